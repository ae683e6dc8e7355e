package render

import (
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/text"
)

// Entry prints one recorded operation with all that is known about it: the
// receipt, its history, and the ways to settle it if it is unsettled. JSON and
// CSV have the operation with "history" at its end.
func (r *Renderer) Entry(e journal.Entry) error {
	x := desk.Receipt{Entry: e, Recorded: true}
	if r.Format != Text {
		events := make([]object, 0, len(e.Facts))
		for _, f := range e.Facts {
			events = append(events, object{
				{"at", r.stamp(f.At)}, {"what", string(f.Kind())}, {"detail", r.detail(r.english, f)},
			})
		}
		return r.emit(append(r.operation(&x), member{"history", events}))
	}
	a := adviser{r.Flags}
	c := a.receipt(&x)
	lines := r.block(&x, c)
	if ago := r.ago(shownTime(&e)); ago != "" && r.Width > 0 {
		lines = append(lines, r.out.faint([]string{ago})...)
	}
	if choices := a.choices(&e); len(choices) > 0 && e.State.Unsettled() {
		c.next = choices // the general advice would lead back here
	}
	lines = append(lines, r.counselLines(r.out, c, r.Width)...)
	lines = append(lines, "", r.Catalog.T("label.history", nil)+":")
	for _, f := range e.Facts {
		lines = append(lines, hang(r.hour(f.At)+"  ", r.detail(r.Catalog, f)+who(f), r.Width)...)
	}
	return r.print(lines...)
}

// who says where a fact was recorded.
func who(f journal.Fact) string {
	if f.Desk == "" {
		return ""
	}
	return " (" + Sanitize(strings.TrimSuffix(f.Desk+", "+f.OSUser, ", ")) + ")"
}

// detail says what a fact records.
func (r *Renderer) detail(c *text.Catalog, f journal.Fact) string {
	switch content := f.Content.(type) {
	case journal.Intent:
		return c.N("history.intent", len(f.Raw), data{"URL": Sanitize(content.URL)})
	case journal.Attempt:
		return c.T("history.attempt", nil) + quoted(content.Note)
	case journal.Answer:
		return c.T("history.answer", data{"Outcome": answered(c, content)})
	case journal.Webhook:
		said := statusWord(c, content.Status)
		if content.HasAmount {
			said += ", " + sum{content.Amount, content.Currency}.in(c)
		}
		return c.T("history.webhook", data{"Status": said})
	case journal.Decision:
		ruling := c.T("ruling."+string(content.Ruling), nil)
		if content.Amount != 0 {
			ruling += ", " + sum{content.Amount, ""}.in(c)
		}
		return c.T("history.decision", data{"Ruling": ruling + quoted(content.Note)})
	case journal.Statement:
		return c.T("history.statement", data{"Line": content.Line, "Amount": sum{content.Amount, content.Currency}.in(c), "Digest": Sanitize(shorten(content.Digest, 13))})
	case journal.Notice:
		if content.Started {
			return c.T("history.notice_begun", nil)
		}
		state := c.T("notice_state."+string(content.State), nil)
		return c.T("history.notice", data{"State": joined(state, content.HTTPStatus, content.Code, string(content.Cause))})
	}
	return string(f.Kind())
}

// quoted is a person's note behind what it is about.
func quoted(note string) string {
	if note == "" {
		return ""
	}
	return ", «" + Sanitize(note) + "»"
}

// answered says what an attempt came to.
func answered(c *text.Catalog, a journal.Answer) string {
	word := c.T("outcome."+a.Verdict, nil)
	if a.PayoutStatus != "" && a.Verdict == api.Done.String() {
		word = statusWord(c, a.PayoutStatus)
	}
	word = joined(word, a.HTTPStatus, a.Code, string(a.Cause))
	if a.Verdict == api.Mismatch.String() && a.Amount != 0 {
		word += ", " + sum{a.Amount, a.Currency}.in(c)
	}
	return word
}

func joined(word string, status int, codes ...string) string {
	if status != 0 {
		word += ", HTTP " + strconv.Itoa(status)
	}
	for _, code := range codes {
		if code != "" {
			word += ", " + Sanitize(code)
		}
	}
	return word
}

// statusWord is a payout's status in a word. One that the document does not
// know stays as it is, and a payout without one was only just requested.
func statusWord(c *text.Catalog, s api.PayoutStatus) string {
	switch {
	case s == "":
		s = api.StatusPending
	case s.Rank() == 0:
		return Sanitize(string(s))
	}
	return c.T("status."+string(s), nil)
}
