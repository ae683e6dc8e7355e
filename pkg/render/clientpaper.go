package render

import (
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Paper prints what the client takes away: an operation in so many columns,
// with a verdict that never says more than is known. A second print says that
// it is one. For scripts it is the operation with "print", "reprint" and
// "printed_at" at its end.
func (r *Renderer) Paper(e journal.Entry, p journal.Print, width int) error {
	if r.Format != Text {
		return r.emit(append(r.operation(&desk.Receipt{Entry: e, Recorded: true}),
			member{"print", p.Number}, member{"reprint", p.Number > 1}, member{"printed_at", r.stamp(p.At)}))
	}
	verdict, note := paperVerdict(&e)
	lines := centered(strings.ToUpper(r.kind(e.Call.Kind))+" "+r.Catalog.T("label.number", nil)+" "+number(e.ID), width)
	if e.Sandbox {
		lines = append(lines, centered(r.Catalog.T("receipt.sandbox", nil), width)...)
	}
	if p.Number > 1 {
		lines = append(lines, centered(r.Catalog.T("paper.reprint", data{"Number": p.Number}), width)...)
	}
	rule := repeat("-", width)
	lines = append(append(lines, rule), centered(r.Catalog.T(verdict, nil), width)...)
	lines = append(append(lines, centered(r.total(&e), width)...), rule)
	for _, row := range r.paperRows(&e) {
		label := r.Catalog.T(row.label, nil)
		switch {
		case row.value == "":
		case row.id && len(justified(label, row.value, width)) > 1:
			// Long ids stand at the left edge, so that they can be read aloud.
			lines = append(append(lines, wrap(label, width)...), chop(row.value, width)...)
		default:
			lines = append(lines, justified(label, row.value, width)...)
		}
	}
	if note != "" {
		lines = append(append(lines, rule), wrap(r.Catalog.T(note, nil), width)...)
	}
	if p.Number > 1 {
		lines = append(append(lines, rule), justified(r.Catalog.T("paper.printed", nil), r.clock(r.Catalog, p.At), width)...)
	}
	return r.print(lines...)
}

func (r *Renderer) paperRows(e *journal.Entry) []row {
	at := e.SettledAt
	if at.IsZero() {
		at = e.CreatedAt
	}
	return []row{
		{label: "paper.desk", value: Sanitize(e.Desk)},
		{label: "paper.time", value: r.clock(r.Catalog, at)},
		{label: "label.user", value: person(e)},
		{label: "label.method", value: r.method(e.Call.Terms.PaymentMethod)},
		{label: "label.ref", value: Sanitize(e.Ref), id: true},
		{label: "label.deposit_id", value: Sanitize(e.DepositID), id: true},
		{label: "label.payout_id", value: Sanitize(e.PayoutID), id: true},
		{label: "label.request_id", value: Sanitize(e.Call.Terms.RequestID), id: true},
	}
}

// paperVerdict gives the keys of what a paper may promise, and of what the
// client should do with it; the second may be empty. Only what is done is said
// to be done: every state that is not settled is being checked.
func paperVerdict(e *journal.Entry) (verdict, note string) {
	deposit := e.Call.Kind == api.KindDeposit
	switch {
	case e.State.Unsettled() && deposit:
		return "paper.checking", "paper.note_deposit"
	case e.State.Unsettled():
		return "paper.checking", "paper.note_payout"
	case e.State == journal.StateDone && deposit:
		return "paper.credited", ""
	case e.State == journal.StateDone && e.PayoutStatus == api.StatusCompleted:
		return "paper.paid", ""
	case e.State == journal.StateDone && e.PayoutStatus == api.StatusCancelled:
		return "paper.cancelled", "paper.note_cancelled"
	case e.State == journal.StateDone:
		return "paper.requested", "paper.note_requested"
	case deposit:
		return "paper.not_credited", "paper.note_not_credited"
	}
	return "paper.not_created", "paper.note_cancelled"
}
