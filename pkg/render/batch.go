package render

import (
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// BatchReceipt prints what came of one row of a batch: the operation with its
// "line", or one line of text. Nothing goes to Err: there may be a million.
func (r *Renderer) BatchReceipt(x desk.Receipt, line int) error {
	if r.Format != Text {
		return r.emit(append(r.operation(&x), member{"line", line}))
	}
	c := adviser{r.Flags}.receipt(&x)
	text := r.headline(&x, c)
	if code := codeOf(&x); code != "" {
		text += ", " + Sanitize(code)
	}
	if x.Held != nil { // a word alone does not say what to look at
		text += ". " + r.say(r.Catalog, c.why[0])
	}
	if x.Replayed {
		text += ", " + r.Catalog.T("batch.replayed", nil)
	}
	return r.print(r.rowLine(line, c.tone, text)...)
}

// codeOf says in a word why a row is not done.
func codeOf(x *desk.Receipt) string {
	switch {
	case x.Held != nil:
		return string(x.Held.Reason)
	case x.Entry.State != journal.StateDone:
		return x.Entry.Code
	}
	return ""
}

// rowLine is one line, broken between words only where a terminal is narrower.
func (r *Renderer) rowLine(line int, t tone, text string) []string {
	label := r.Catalog.T("batch.line", data{"Line": line}) + " "
	lines := r.wrapOut(label + text)
	first, labelled := strings.CutPrefix(lines[0], label)
	for i := range lines {
		lines[i] = r.out.tint(t, lines[i])
	}
	if labelled {
		lines[0] = label + r.out.tint(t, first)
	}
	return lines
}

// BatchInvalid prints a row of an endless batch that could not be read: as an
// operation that was not sent. said is the sentence about it.
func (r *Renderer) BatchInvalid(kind api.Kind, row batch.Row, message, said string) error {
	if r.Format == Text {
		return r.print(r.rowLine(row.Line, bad, r.Catalog.T("verdict.held", nil)+": "+oneLine(said))...)
	}
	if kind == api.KindValidation {
		return r.emit(append(r.validation(row.UserID, api.Outcome{Code: batch.CodeInvalidRow, Message: message}, nil, nil), member{"line", row.Line}))
	}
	x := desk.Receipt{Recorded: true, Entry: journal.Entry{
		State: journal.StateNotSent, Code: batch.CodeInvalidRow, Message: message, Ref: row.Ref,
		Call: api.Call{Kind: kind, Terms: api.Terms{
			UserID: row.UserID, Amount: row.Amount, Currency: row.Currency, PaymentMethod: row.PaymentMethod, RequestID: row.RequestID,
		}},
	}}
	return r.emit(append(r.operation(&x), member{"line", row.Line}))
}

// BatchValidation prints what the project said about the user of one row.
func (r *Renderer) BatchValidation(userID string, o api.Outcome, line int) error {
	c, valid := judgeValidation(o)
	c.next = append(c.next, adviser{r.Flags}.examine(&journal.Entry{}, o)...)
	if r.Format != Text {
		return r.emit(append(r.validation(userID, o, valid, r.hint(c)), member{"line", line}))
	}
	text := r.say(r.Catalog, step{key: c.verdict, data: data{"User": userOf(userID, o.UserID)}})
	if o.Verdict == api.Done {
		text += " " + r.say(r.Catalog, c.why[0])
	} else if code := o.CodeOrCause(); code != "" {
		text += " (" + Sanitize(code) + ")"
	}
	return r.print(r.rowLine(line, c.tone, text)...)
}

// Batches lists batches.
func (r *Renderer) Batches(all []BatchTotals) error {
	if r.Format != Text {
		if r.Format == CSV {
			if err := r.emitHeader(r.batchTotals(BatchTotals{})); err != nil {
				return err
			}
		}
		for _, b := range all {
			if err := r.emit(r.batchTotals(b)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		if !r.Quiet {
			r.tell(r.Catalog.T("batch.none", nil))
		}
		return nil
	}
	columns := []column{
		{label: "batch.label.name"}, {label: "batch.label.rows", right: true}, {label: "batch.label.sum", right: true},
		{label: "batch.label.done", right: true}, {label: "batch.label.failed", right: true}, {label: "batch.label.unknown", right: true},
		{label: "label.time", drop: 1},
	}
	rows := make([][]string, 0, len(all))
	for _, b := range all {
		sums := ""
		for i, s := range b.sums() {
			if i > 0 {
				sums += ", "
			}
			sums += s.in(r.Catalog)
		}
		rows = append(rows, []string{
			Sanitize(b.Name), number(int64(b.Tally.Rows)), sums, number(int64(b.Tally.Of(batch.Done))),
			number(int64(b.Tally.Of(batch.Failed))), number(int64(b.Tally.Of(batch.Unknown))), r.clock(r.Catalog, b.Last),
		})
	}
	lines, err := r.tabulate(columns, rows)
	if err != nil {
		return err
	}
	return r.print(lines...)
}

// Batch prints the totals of one batch, in text with a table of its outcomes.
func (r *Renderer) Batch(b BatchTotals) error {
	if r.Format != Text {
		return r.emit(r.batchTotals(b))
	}
	if err := r.Batches([]BatchTotals{b}); err != nil {
		return err
	}
	lines, err := r.outcomes(&b.Tally)
	if err != nil {
		return err
	}
	return r.print(append([]string{""}, lines...)...)
}

// BatchRow prints a row of a batch that is not done: with the columns of a file
// that can be corrected and run.
func (r *Renderer) BatchRow(x journal.BatchRow) error {
	if r.Format != Text {
		return r.emit(batchRow(x))
	}
	t := caution
	if batch.ClassOf(x.Outcome) == batch.Unknown {
		t = alarm
	}
	text := sum{x.Amount, x.Currency}.in(r.Catalog) + " → " + Sanitize(x.UserID) + ", " + Sanitize(x.Ref) + ": " + r.Catalog.T("batch.outcome."+x.Outcome, nil)
	if x.Code != "" {
		text += ", " + Sanitize(x.Code)
	}
	return r.print(r.rowLine(x.Line, t, text)...)
}

// BatchRowHeader prints the header of a list of rows that may stay empty.
func (r *Renderer) BatchRowHeader() error {
	if r.Format != CSV {
		return nil
	}
	return r.emitHeader(batchRow(journal.BatchRow{}))
}

func batchRow(x journal.BatchRow) object {
	return object{
		{"user_id", ownID(x.UserID)},
		{"amount", x.Amount.String()},
		{"currency", x.Currency},
		{"payment_method", x.PaymentMethod},
		{"ref", idOrNull(x.Ref)},
		{"request_id", idOrNull(x.RequestID)},
		{"line", orNullNumber(x.Line)},
		{"outcome", x.Outcome},
		{"code", orNull(x.Code)},
		{"message", orNull(Sanitize(x.Message))},
	}
}
