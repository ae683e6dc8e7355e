package diagnose

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxQuoted bounds, in bytes, what of a difference is quoted.
const maxQuoted = 60

// finding describes a candidate that gives the signature.
func (d *diagnosis) finding(c, rule *candidate) Finding {
	shown := d.blotted(c)
	f := Finding{Deviations: c.codes(), Signed: d.secrets.mask(shown.build(nil))}
	for at, v := range shown {
		if len(v.deviations) == 0 {
			continue
		}
		f.Changes = append(f.Changes, d.change(at, v, c, rule))
	}
	f.Cause = causeOf(c)
	return f
}

// blotted is the candidate as it may be shown. Where a part of the request holds
// a secret, or the key's place does, all of that part is hidden: what became of
// it in the making, base64 at any offset or an escape, could not be searched for.
func (d *diagnosis) blotted(c *candidate) candidate {
	shown := *c
	hide := func(at int) {
		v := *shown[at]
		v.text = []byte(hidden)
		shown[at] = &v
	}
	holds := func(text []byte) bool { return !bytes.Equal(d.secrets.mask(text), text) }
	for _, part := range []struct {
		at   int
		text []byte
	}{{inBody, d.capture.Body}, {inPath, []byte(d.capture.Target)}, {inTimestamp, []byte(d.capture.Timestamp)}, {inCredentials, []byte(d.capture.APIKey + d.secrets.APIKey)}} {
		if holds(part.text) || holds(shown[part.at].text) {
			hide(part.at)
		}
	}
	for _, code := range shown[inCredentials].deviations {
		if code == "key.is_secret" || code == "credentials.exchanged" {
			hide(inCredentials)
		}
	}
	return shown
}

// causeOf names a finding: by its deviation, or, where a tool's habit made
// several of a body, by what happened to it.
func causeOf(c *candidate) string {
	for _, v := range c {
		switch {
		case len(v.deviations) == 0:
		case v.cost == 1 && len(v.deviations) > 1 && strings.HasPrefix(v.deviations[0], "body."):
			return "body.reserialised"
		default:
			return v.deviations[0]
		}
	}
	return ""
}

func (d *diagnosis) change(at int, v *variant, c, rule *candidate) Change {
	change := Change{Deviations: v.deviations, Tools: v.tools}
	switch at {
	case inMethod:
		change.Part = PartMethod
	case inPath:
		change.Part = PartPath
	case inBody:
		change.Part = PartBody
	case inTimestamp:
		change.Part = PartTimestamp
	case inCredentials:
		change.Part, change.Where = PartCredentials, "credentials"
		return change
	case inSeparator:
		change.Part, change.Where = PartSeparator, "separator"
		change.Was, change.Rule = string(v.text), string(rule[at].text)
		return change
	case inEnds:
		change.Part, change.Where = PartEnds, "separator"
		change.Was = string(c[inSeparator].text)
		return change
	case inLayout:
		change.Part, change.Where = PartLayout, "parts"
		change.Was, change.Rule = partNames(v.order), partNames(rule[at].order)
		return change
	default:
		return d.digestChange(v)
	}
	if string(v.text) == hidden {
		change.Where = string(change.Part)
		return change
	}
	was, should, where := difference(v.text, rule[at].text)
	change.Was, change.Rule = string(d.secrets.mask([]byte(was))), string(d.secrets.mask([]byte(should)))
	change.Where = string(change.Part) + ":" + strconv.Itoa(where)
	return change
}

func (d *diagnosis) digestChange(v *variant) Change {
	change := Change{Part: PartDigest, Deviations: v.deviations, Where: "signature", Was: clip(d.capture.Signature)}
	if slices.Contains(v.deviations, "digest.upper_case") || slices.Contains(v.deviations, "digest.mixed_case") {
		change.Rule = clip(strings.ToLower(d.capture.Signature))
	}
	change.Was = string(d.secrets.mask([]byte(change.Was)))
	return change
}

// partNames says which parts are joined, and how.
func partNames(order []uint8) string {
	names := make([]string, len(order))
	for i, part := range order {
		names[i] = [...]string{"METHOD", "PATH", "BODY", "TIMESTAMP", "API_KEY"}[part]
	}
	return strings.Join(names, " ")
}

// difference finds the first place where two texts differ and quotes both from
// there, whole words and numbers: "6000.0" and "6000.00" rather than "" and "0".
func difference(was, rule []byte) (quotedWas, quotedRule string, where int) {
	start := 0
	for start < len(was) && start < len(rule) && was[start] == rule[start] {
		start++
	}
	where = start
	end := 0
	for end < len(was)-start && end < len(rule)-start && was[len(was)-1-end] == rule[len(rule)-1-end] {
		end++
	}
	inWord := func(c byte) bool {
		return c >= 0x80 || c == '.' || c == '-' || c == '+' || c == '_' || c == '%' || c == '\\' ||
			('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z')
	}
	for start > 0 && where-start < maxQuoted/2 && inWord(rule[start-1]) {
		start--
	}
	for end > 0 && inWord(rule[len(rule)-end]) {
		end--
	}
	return clip(string(was[start : len(was)-end])), clip(string(rule[start : len(rule)-end])), wordStart(rule, start, where)
}

// wordStart is where the quoted word begins, which is easier to find than the
// byte within it.
func wordStart(rule []byte, start, where int) int {
	if bytes.IndexByte(rule[start:where], '\n') >= 0 {
		return where
	}
	return start
}

// clip shortens a quotation.
func clip(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
