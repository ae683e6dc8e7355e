package render

import (
	"slices"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// boxWidth is the narrowest terminal on which a receipt gets a frame.
const boxWidth = 46

// Receipt prints what came of an order. In text it is a block that a cashier
// can turn round and show the client, and below it what to do next. In JSON and
// CSV the operation goes to Out, and the verdict with the next step to Err,
// unless Quiet and there is nothing that must be known. A row of a batch has its
// "line" at the end.
func (r *Renderer) Receipt(x desk.Receipt) error {
	o := r.operation(&x)
	if x.Entry.Line != 0 {
		o = append(o, member{"line", x.Entry.Line})
	}
	return r.receipt(x, o)
}

// Conclusion prints what came of `payout complete`, `cancel` and `deliver`: the
// receipt, in JSON and CSV with a "notice" at its end.
func (r *Renderer) Conclusion(x desk.Receipt) error {
	return r.receipt(x, append(r.operation(&x), member{"notice", r.noticeValue(x.Entry.Notice)}))
}

func (r *Renderer) receipt(x desk.Receipt, o object) error {
	c := adviser{r.Flags}.receipt(&x)
	quiet := r.Quiet && settled(&x)
	switch {
	case r.Format != Text:
		if !quiet {
			r.tell(r.announce(&x, c, "")...)
		}
		return r.emit(o)
	case quiet:
		return r.print(r.out.strong(c.tone, r.wrapOut(r.headline(&x, c)))...)
	}
	return r.print(append(r.block(&x, c), r.counselLines(r.out, c, r.Width)...)...)
}

// settled reports that nothing is left that anybody would have to know.
func settled(x *desk.Receipt) bool {
	e := &x.Entry
	return x.Held == nil && x.Recorded && e.State == journal.StateDone && !e.PayoutOpen() &&
		(e.Notice == nil || e.Notice.State == journal.NoticeDelivered)
}

// Lost tells Err what came of an order when Out did not take it.
func (r *Renderer) Lost(x desk.Receipt) {
	place := ""
	if x.Entry.Line != 0 { // a batch has many
		place = r.Catalog.T("batch.line", data{"Line": x.Entry.Line}) + " "
	}
	r.tell(r.announce(&x, adviser{r.Flags}.receipt(&x), place)...)
}

// announce says an outcome on Err, with the numbers by which it is found again.
func (r *Renderer) announce(x *desk.Receipt, c counsel, place string) []string {
	lines := r.err.strong(c.tone, r.wrapErr(place+r.headline(x, c)))
	for _, id := range []struct{ label, value string }{
		{"label.deposit_id", x.Entry.DepositID}, {"label.payout_id", x.Entry.PayoutID},
	} {
		if id.value != "" {
			lines = append(lines, r.Catalog.T(id.label, nil)+" "+Sanitize(id.value))
		}
	}
	return append(lines, r.counselLines(r.err, c, r.errColumns())...)
}

// headline is a receipt in one line: verdict, amount, user, number.
func (r *Renderer) headline(x *desk.Receipt, c counsel) string {
	e := &x.Entry
	line := r.Catalog.T(c.verdict, nil) + ": " + r.total(e) + " → " + person(e)
	if e.ID != 0 && x.Held == nil {
		line += ", " + r.Catalog.T("label.operation", nil) + " " + number(e.ID)
	}
	if e.Sandbox {
		line += " (" + r.Catalog.T("receipt.sandbox", nil) + ")"
	}
	return line
}

// total is the operation's sum as people read it.
func (r *Renderer) total(e *journal.Entry) string {
	return sum{e.Amount(), e.Call.Terms.Currency}.in(r.Catalog)
}

func person(e *journal.Entry) string { return userOf(e.Call.Terms.UserID, e.ProjectUserID) }

// userOf is the user's id with the project's own id of them, where that is
// another.
func userOf(id, projectID string) string {
	user := Sanitize(id)
	if projectID != "" && projectID != id {
		user += " (" + Sanitize(projectID) + ")"
	}
	return user
}

// counselLines says why and what next. Commands stand on lines of their own,
// so that they can be copied.
func (r *Renderer) counselLines(p palette, c counsel, width int) []string {
	var lines []string
	for _, s := range c.why {
		lines = append(lines, wrap(r.say(r.Catalog, s), width)...)
	}
	return append(lines, r.stepLines(p, append(slices.Clip(c.next), c.later...), width)...)
}

func (r *Renderer) stepLines(p palette, steps []step, width int) []string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, wrap(r.say(r.Catalog, s), width)...)
		switch {
		case s.words != nil:
			lines = append(lines, p.strong(plain, foldCommand(s.words, width))...)
		case s.command != "":
			lines = append(lines, p.strong(plain, hang("  ", s.command, width))...)
		}
	}
	return lines
}

// A row is one line of a receipt's block.
type row struct {
	label, value string
	id           bool // to be copied: never wrapped beside its label
}

// block is the part of a receipt that the client may see.
func (r *Renderer) block(x *desk.Receipt, c counsel) []string {
	e := &x.Entry
	framed := r.Width >= boxWidth
	inner := r.Width
	if framed {
		inner -= 4
	}
	lines := r.out.strong(c.tone, wrap(r.Catalog.T(c.verdict, nil), inner))
	if e.Sandbox {
		lines = append(lines, wrap(r.Catalog.T("receipt.sandbox", nil), inner)...)
	}
	lines = append(lines, r.out.strong(plain, wrap(r.total(e), inner))...)
	rows := r.rows(x)
	labels := 0
	for _, row := range rows {
		labels = max(labels, lipgloss.Width(row.label)+2)
	}
	var below []string
	for _, row := range rows {
		prefix := pad(row.label, labels)
		switch width := lipgloss.Width(row.value); {
		case !row.id:
			lines = append(lines, hang(prefix, row.value, inner)...)
		case inner <= 0 || labels+width <= inner:
			lines = append(lines, prefix+row.value)
		case width <= inner:
			lines = append(lines, row.label, row.value)
		default: // outside the frame, whose sides would be copied with it
			below = append(below, row.label)
			below = append(below, chop(row.value, r.Width)...)
		}
	}
	if framed {
		lines = r.out.frame(c.tone, lines)
	}
	return append(lines, below...)
}

// rows are the details of a receipt; what is not known is left out.
func (r *Renderer) rows(x *desk.Receipt) []row {
	e := &x.Entry
	t := e.Call.Terms
	rows := []row{
		{label: "label.user", value: person(e)},
		{label: "label.method", value: r.method(t.PaymentMethod)},
	}
	if e.State == journal.StateMismatch && e.Claimed != 0 {
		rows = append(rows, row{label: "label.claimed", value: sum{e.Claimed, t.Currency}.in(r.Catalog)})
	}
	if x.Held == nil && e.ID != 0 {
		rows = append(rows, row{label: "label.operation", value: number(e.ID)})
	}
	rows = append(rows,
		row{label: "label.ref", value: Sanitize(e.Ref)},
		row{label: "label.deposit_id", value: Sanitize(e.DepositID), id: true},
		row{label: "label.payout_id", value: Sanitize(e.PayoutID), id: true})
	if e.Call.Kind == api.KindPayout {
		rows = append(rows, row{label: "label.request_id", value: Sanitize(t.RequestID), id: true})
	}
	at := shownTime(e)
	if !at.IsZero() {
		rows = append(rows, row{label: "label.time", value: r.clock(r.Catalog, at)})
	}
	var known []row
	for _, row := range rows {
		if row.value != "" {
			row.label = r.Catalog.T(row.label, nil)
			known = append(known, row)
		}
	}
	return known
}

// shownTime is the one moment that a receipt names.
func shownTime(e *journal.Entry) time.Time {
	if e.SettledAt.IsZero() {
		return e.CreatedAt
	}
	return e.SettledAt
}

// method names a payment method in words; one that is not known stays as it is.
func (r *Renderer) method(method string) string {
	if key := "method." + method; r.Catalog.Has(key) {
		return r.Catalog.T(key, nil)
	}
	return Sanitize(method)
}
