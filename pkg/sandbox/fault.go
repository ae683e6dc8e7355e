package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fault says what goes wrong, and how often. The zero value is a sandbox in
// good health. Chances are those of one request and exclude each other; they
// strike after the signature and the fields have been found right, in place of
// the user's own conduct.
type Fault struct {
	Chance map[Conduct]float64 // each in [0, 1], together at most 1
	Times  int                 // at most this many strikes; 0: any number
	All    bool                // strike validations and final notices too, not creations alone
	Delay  time.Duration       // before each request in question is processed
	Seed   uint64              // of the source that chances are drawn from

	Webhook     Webhook
	RequestPath bool // sign webhooks over the path they are sent to, not webhook_url's
}

// Webhook says how the sandbox misbehaves as a sender of Webhook 1. The zero
// value sends it once, properly, a moment after the create's answer.
type Webhook struct {
	Off            bool          // send none by itself
	Early          bool          // send it before the create's answer
	Late           time.Duration // send it so long after the create's answer
	Twice          bool          // send it again once it was acknowledged
	Reordered      bool          // send it again after the final status
	WrongSignature bool          // sign it with another secret
	OldSignature   bool          // sign it properly, ten minutes ago
}

// FaultReason says what is wrong with a part of a fault's specification.
type FaultReason uint8

// The reasons for which ParseFault refuses.
const (
	UnknownFault  FaultReason = iota + 1 // no fault has this name
	BadFaultValue                        // the value is missing, unreadable or out of range
	RepeatedFault                        // the name came before
	ContraryFault                        // it excludes one that came before
	TooMuchFault                         // the chances up to here are more than 1
)

// faultPartLength is how much of a bad part an error keeps, in bytes.
const faultPartLength = 64

// FaultError reports the part of a fault's specification that cannot be read.
type FaultError struct {
	Part   string // the part, shortened if it is long
	Reason FaultReason
}

func (e *FaultError) Error() string {
	why := "cannot be read"
	switch e.Reason {
	case UnknownFault:
		why = "is not known"
	case BadFaultValue:
		why = "has a bad value"
	case RepeatedFault:
		why = "is given twice"
	case ContraryFault:
		why = "contradicts another"
	case TooMuchFault:
		why = "makes the chances more than 1"
	}
	return fmt.Sprintf("sandbox: fault %q %s", e.Part, why)
}

// maxWait bounds every delay that can be asked for.
const maxWait = time.Hour

// ParseFault reads the specification of --fault: parts joined by commas.
//
//	NAME=P            a chance from 0 to 1, NAME one of drop-before,
//	                  drop-after, e500, e502, 429, 302, 307, html, truncate,
//	                  malformed, repeat, slow (see [Conduct])
//	times=N           at most N of them in all
//	on=all            at validations and final notices too (on=creation)
//	delay=200ms       before each of these is processed
//	seed=7            of the chances; the same seed, the same faults
//	webhook=MODE      off, early, late:5s, twice, reordered,
//	                  wrong-signature, old-signature; several may be given
//	path=request      webhooks signed over the path they are sent to
//	                  (path=webhook_url)
//
// An empty specification is the zero Fault. Errors are *[FaultError].
func ParseFault(spec string) (Fault, error) {
	var f Fault
	if strings.TrimSpace(spec) == "" {
		return f, nil
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(spec, ",") {
		part = strings.TrimSpace(part)
		name, value, _ := strings.Cut(part, "=")
		reason := f.set(name, value)
		mark := name
		if name == "webhook" {
			mark = part
		}
		if seen[mark] {
			reason = RepeatedFault
		}
		seen[mark] = true
		if reason != 0 {
			return Fault{}, &FaultError{Part: part[:min(len(part), faultPartLength)], Reason: reason}
		}
	}
	return f, nil
}

// set takes one part of the specification; zero means that it was taken.
func (f *Fault) set(name, value string) FaultReason {
	var ok bool
	switch name {
	case "delay":
		f.Delay, ok = readWait(value)
	case "times":
		n, err := strconv.ParseInt(value, 10, 32)
		f.Times, ok = int(n), err == nil && n > 0
	case "seed":
		n, err := strconv.ParseUint(value, 10, 64)
		f.Seed, ok = n, err == nil
	case "on":
		f.All = value == "all"
		ok = f.All || value == "creation"
	case "path":
		f.RequestPath = value == "request"
		ok = f.RequestPath || value == "webhook_url"
	case "webhook":
		return f.Webhook.set(value)
	default:
		return f.setChance(name, value)
	}
	if !ok {
		return BadFaultValue
	}
	return 0
}

func (f *Fault) setChance(name, value string) FaultReason {
	c, ok := conductOf(name)
	if !ok {
		return UnknownFault
	}
	p, err := strconv.ParseFloat(value, 64)
	if err != nil || !(p >= 0 && p <= 1) { // written so that NaN is refused
		return BadFaultValue
	}
	if f.Chance == nil {
		f.Chance = map[Conduct]float64{}
	}
	f.Chance[c] = p
	// Ten chances of 0.1 are 1, but not quite in binary.
	if sum := f.sum(); sum > 1+1e-9 {
		return TooMuchFault
	}
	return 0
}

// sum adds the chances in a fixed order, so that it is always the same sum.
func (f *Fault) sum() (sum float64) {
	for c := Normal + 1; c < conducts; c++ {
		sum += f.Chance[c]
	}
	return sum
}

func (h *Webhook) set(value string) FaultReason {
	switch mode, wait, timed := strings.Cut(value, ":"); {
	case mode == "late" && timed:
		var ok bool
		if h.Late, ok = readWait(wait); !ok || h.Late == 0 {
			return BadFaultValue
		}
	case timed:
		return BadFaultValue
	case mode == "off":
		h.Off = true
	case mode == "early":
		h.Early = true
	case mode == "twice":
		h.Twice = true
	case mode == "reordered":
		h.Reordered = true
	case mode == "wrong-signature":
		h.WrongSignature = true
	case mode == "old-signature":
		h.OldSignature = true
	default:
		return BadFaultValue
	}
	sends := *h
	sends.Off = false
	if h.Early && h.Late > 0 || h.Off && sends != (Webhook{}) {
		return ContraryFault
	}
	return 0
}

func readWait(s string) (time.Duration, bool) {
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0 && d <= maxWait
}

// String prints the specification that ParseFault reads as f; a healthy
// sandbox's is empty.
func (f Fault) String() string {
	var parts []string
	add := func(on bool, part string) {
		if on {
			parts = append(parts, part)
		}
	}
	for c := Normal + 1; c < conducts; c++ {
		p, given := f.Chance[c]
		add(given, c.String()+"="+strconv.FormatFloat(p, 'g', -1, 64))
	}
	add(f.Times > 0, "times="+strconv.Itoa(f.Times))
	add(f.All, "on=all")
	add(f.Delay > 0, "delay="+f.Delay.String())
	add(f.Seed > 0, "seed="+strconv.FormatUint(f.Seed, 10))
	add(f.Webhook.Off, "webhook=off")
	add(f.Webhook.Early, "webhook=early")
	add(f.Webhook.Late > 0, "webhook=late:"+f.Webhook.Late.String())
	add(f.Webhook.Twice, "webhook=twice")
	add(f.Webhook.Reordered, "webhook=reordered")
	add(f.Webhook.WrongSignature, "webhook=wrong-signature")
	add(f.Webhook.OldSignature, "webhook=old-signature")
	add(f.RequestPath, "path=request")
	return strings.Join(parts, ",")
}
