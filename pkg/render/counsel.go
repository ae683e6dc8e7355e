package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/text"
)

// data fills the places of a sentence.
type data = map[string]any

// A counsel is what a person is told about an operation: its verdict, why, and
// what to do next. It is made of keys, so that the same counsel can be said in
// the operator's language and, as a script's "hint", in English.
type counsel struct {
	tone    tone
	verdict string // key
	why     []step
	next    []step
	later   []step // what would keep it from happening again; said last, and no part of a hint
}

// A step is one sentence, with the command to run where there is one.
type step struct {
	key     string
	data    data
	command string
	words   []string // of a command that quotes bytes, so that it is broken without changing them
}

// A sum is an amount in a sentence; how it is written depends on the language.
type sum struct {
	amount   money.Amount
	currency string
}

// A word is a key in a sentence's place.
type word string

// A moment is a time in a sentence.
type moment struct{ at time.Time }

// say gives a step's sentence in a catalog's language, without the command.
func (r *Renderer) say(c *text.Catalog, s step) string {
	filled := make(data, len(s.data))
	for name, value := range s.data {
		switch v := value.(type) {
		case sum:
			filled[name] = v.in(c)
		case word:
			filled[name] = c.T(string(v), nil)
		case moment:
			filled[name] = r.clock(c, v.at)
		case string:
			filled[name] = Sanitize(v)
		default:
			filled[name] = v
		}
	}
	return c.T(s.key, filled)
}

// clock writes a moment as people of the language read it, in local time.
func (r *Renderer) clock(c *text.Catalog, t time.Time) string {
	layout := "2006-01-02 15:04:05"
	if c.Lang() == text.Russian {
		layout = "02.01.2006 15:04:05"
	}
	return t.In(r.Location).Format(layout)
}

// in writes the sum as people of the language read it: 6 000,00 UZS.
func (s sum) in(c *text.Catalog) string {
	point := "."
	if c.Lang() == text.Russian {
		point = ","
	}
	written := s.amount.Format(" ", point)
	if s.currency != "" {
		written += " " + Sanitize(s.currency)
	}
	return written
}

// hint is what to do next as one English sentence, for scripts; null: nothing.
func (r *Renderer) hint(c counsel) any {
	text, after := "", ""
	for _, s := range c.next {
		text += after + r.say(r.english, s)
		if after = " "; s.command != "" {
			text, after = text+" "+s.command, "; "
		}
	}
	return orNull(text)
}

// An adviser makes counsels. It knows what every suggested command needs in
// order to reach the same profile.
type adviser struct{ flags string }

// command completes a command to be suggested.
func (a adviser) command(e *journal.Entry, words ...string) string {
	line := "raisboy " + strings.Join(words, " ")
	switch {
	case a.flags != "":
		return line + " " + a.flags
	case e.Sandbox:
		return line + " --sandbox"
	}
	return line
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

// receipt gives the counsel about what came of an order.
func (a adviser) receipt(x *desk.Receipt) counsel {
	if x.Held != nil {
		return a.held(x)
	}
	c := a.entry(&x.Entry)
	if x.Replayed {
		c.why = append(c.why, step{key: "receipt.replayed"})
	}
	if !x.Recorded {
		if c.tone == good {
			c.tone = caution
		}
		c.why = append([]step{{key: "receipt.not_recorded"}}, c.why...)
		c.next = append([]step{{key: "next.not_recorded"}}, c.next...)
	}
	return c
}

// entry gives the counsel about a recorded operation, or one that was not
// begun (its ID is 0).
func (a adviser) entry(e *journal.Entry) counsel {
	deposit := e.Call.Kind == api.KindDeposit
	resolve := a.command(e, "resolve", number(e.ID))
	switch e.State {
	case journal.StateDone:
		return a.done(e)
	case journal.StateRefused:
		return a.refused(e)
	case journal.StateNotSent:
		return a.notSent(e)
	case journal.StateOpen:
		return counsel{tone: waiting, verdict: "verdict.open",
			next: []step{{key: "next.open", command: a.command(e, "journal", "show", number(e.ID))}}}
	case journal.StateMismatch:
		return counsel{tone: alarm, verdict: "verdict.mismatch", why: a.why(e),
			next: []step{{key: "next.mismatch", command: resolve}}}
	case journal.StateConflict:
		return counsel{tone: alarm, verdict: "verdict.conflict", why: append(a.why(e), a.notice(e).why...),
			next: append([]step{{key: "next.conflict", command: resolve}}, a.notice(e).next...)}
	case journal.StateUnknown:
	}
	c := counsel{tone: alarm, verdict: "verdict.unknown", why: a.why(e)}
	if !deposit { // nothing is given back of what nobody paid in
		c.verdict = "verdict.payout_unknown"
	}
	if nextTime(api.Cause(e.Code)) {
		c.later = remedy(e.Code)
	} else {
		c.why = append(c.why, remedy(e.Code)...)
	}
	if e.Code == string(api.CauseRateLimited) {
		c.why = append(c.why, step{key: "next.rate_limited"})
	}
	if deposit {
		c.next = []step{{key: "next.deposit_unknown", command: resolve}}
	} else {
		c.next = []step{{key: "next.payout_unknown", command: resolve}}
	}
	return c
}

// nextTime reports a cause whose remedy is for the next time. What to do about
// this operation comes before it.
func nextTime(c api.Cause) bool {
	switch c {
	case api.CauseInterrupted, api.CauseTimeout, api.CauseConnectionLost, api.CauseServerError, api.CauseMalformed,
		api.CauseTooLarge, api.CauseRedirect, api.CauseRateLimited, api.CauseUnexpectedStatus:
		return true
	default:
		return false
	}
}

// done: a deposit is at its end; a payout has its whole life before it.
func (a adviser) done(e *journal.Entry) counsel {
	why := append(ruled(e), stated(e)...)
	if e.Call.Kind == api.KindDeposit {
		return counsel{tone: good, verdict: "verdict.credited", why: why}
	}
	n := a.notice(e)
	switch e.PayoutStatus {
	case api.StatusCompleted:
		return counsel{tone: good, verdict: "verdict.payout_completed", why: append(why, n.why...), next: n.next}
	case api.StatusCancelled:
		return counsel{tone: bad, verdict: "verdict.payout_cancelled", why: append(why, n.why...), next: n.next}
	case api.StatusAccepted:
		return counsel{tone: good, verdict: "verdict.payout_accepted", why: why, next: a.accepted(e)}
	case api.StatusPending:
	}
	return counsel{tone: waiting, verdict: "verdict.payout_requested", why: why,
		next: []step{{key: "next.payout_pending", command: a.command(e, "listen")}}}
}

func (a adviser) accepted(e *journal.Entry) []step {
	return []step{
		{key: "next.payout_accepted", command: a.command(e, "payout", "complete", number(e.ID))},
		{key: "next.payout_decline", command: a.command(e, "payout", "cancel", number(e.ID))},
	}
}

func (a adviser) refused(e *journal.Entry) counsel {
	c := counsel{tone: bad, verdict: "verdict.not_created", why: ruled(e)}
	if e.Call.Kind == api.KindDeposit {
		c.verdict = "verdict.not_credited"
	}
	if e.Decision == nil {
		c.why, c.next = a.why(e), append(remedy(e.Code), userRemedy(e.Call.Terms.UserID, e.Code)...)
	}
	if e.Call.Kind == api.KindDeposit {
		c.next = append(c.next, step{key: "next.refused_deposit"})
	} else {
		c.next = append(c.next, step{key: "next.refused_payout"})
	}
	if e.Decision == nil {
		c.next = append(c.next, a.examine(e, api.Outcome{Verdict: api.Refused, HTTPStatus: e.HTTPStatus, Code: e.Code})...)
		c.next = append(c.next, a.diagnose(e)...)
	}
	return c
}

func (a adviser) notSent(e *journal.Entry) counsel {
	c := counsel{tone: bad, verdict: "verdict.not_created", why: a.why(e), next: remedy(e.Code)}
	if e.Call.Kind == api.KindDeposit {
		c.verdict = "verdict.not_credited"
	}
	if e.ID == 0 {
		c.next = append(c.next, step{key: "next.not_asked"})
	} else {
		c.next = append(c.next, step{key: "next.not_sent"})
	}
	return c
}

// why explains the code that decided, and adds the project's own words.
func (a adviser) why(e *journal.Entry) []step {
	var steps []step
	if e.Code != "" || e.State == journal.StateRefused {
		steps = append(steps, meaning(e.Code))
	}
	steps = append(steps, fieldSteps(e.Fields)...)
	if answer := answerOf(e.HTTPStatus, e.Code, e.Message); answer != "" {
		steps = append(steps, step{key: "receipt.answer", data: data{"Answer": answer}})
	}
	return append(append(steps, ruled(e)...), stated(e)...)
}

// ruled says that a person settled it, and what they noted.
func ruled(e *journal.Entry) []step {
	if e.Decision == nil {
		return nil
	}
	steps := []step{{key: "receipt.ruled", data: data{"Ruling": word("ruling." + string(e.Decision.Ruling))}}}
	if e.Decision.Note != "" {
		steps = append(steps, step{key: "receipt.note", data: data{"Note": e.Decision.Note}})
	}
	return steps
}
