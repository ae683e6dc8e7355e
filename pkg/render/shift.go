package render

import (
	"encoding/json"
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

// tableWidth is the narrowest terminal on which a report has tables.
const tableWidth = 72

// Shift prints an X or Z report: as text with tables, as the contract's object,
// or as CSV with one row a total. width is that of a receipt printer's paper, in
// columns; 0: no paper, but the terminal.
func (r *Renderer) Shift(report shift.Report, width int) error {
	switch {
	case r.Format == JSON:
		return r.emit(r.shiftObject(&report))
	case r.Format == CSV:
		return r.shiftRows(&report)
	case width > 0:
		return r.print(r.shiftPage(&report).paper(width)...)
	case r.Width > 0 && r.Width < tableWidth:
		return r.print(r.shiftPage(&report).paper(max(r.Width, MinPaper))...)
	}
	return r.shiftText(&report)
}

// ShiftOpened says that a shift was opened. For scripts it is an X report.
func (r *Renderer) ShiftOpened(report shift.Report) error {
	if r.Format != Text {
		return r.Shift(report, 0)
	}
	lines := r.out.strong(good, r.wrapOut(r.Catalog.T("shift.opened", data{
		"Number": report.Shift, "Desk": Sanitize(report.Desk), "Time": r.clock(r.Catalog, report.OpenedAt)})))
	if report.Sandbox {
		lines = append(lines, r.wrapOut(r.Catalog.T("receipt.sandbox", nil))...)
	}
	till := report.Till()
	lines = append(lines, r.wrapOut(r.Catalog.T("shift.opened_float", data{"Amount": sum{till.Float, till.Currency}.in(r.Catalog)}))...)
	if len(report.Outside) > 0 {
		lines = append(lines, r.wrapOut(r.Catalog.T("shift.opened_outside", nil))...)
	}
	if n := len(report.Open) + len(report.Unpaid); n > 0 && !r.Quiet {
		lines = append(lines, r.wrapOut(r.Catalog.N("shift.carried", n, data{"Items": listed(append(report.OpenItems(), report.UnpaidItems()...))}))...)
	}
	return r.print(lines...)
}

// ShiftQuestion asks whether the shift is to be closed, and names what is not
// settled.
func (r *Renderer) ShiftQuestion(report shift.Report) string {
	question := ""
	if len(report.Open) > 0 {
		question += r.Catalog.N("shift.ask_open", len(report.Open), data{"Items": listed(report.OpenItems())}) + "\n"
	}
	if len(report.Unpaid) > 0 {
		question += r.Catalog.N("shift.ask_unpaid", len(report.Unpaid), data{"Items": listed(report.UnpaidItems())}) + "\n"
	}
	till := report.Till()
	question += r.Catalog.T("shift.ask", data{
		"Number": report.Shift, "Desk": Sanitize(report.Desk), "Profile": Sanitize(report.Profile),
		"Amount": sum{till.Expected, till.Currency}.in(r.Catalog), "Money": r.Catalog.T(string(moneyWord(report.Sandbox)), nil),
	})
	if !till.HasCounted || till.Difference == 0 {
		return question
	}
	// A slip in typing what was counted is put right before the Z, or never.
	word, difference := "shift.cash_over", till.Difference
	if difference < 0 {
		word, difference = "shift.cash_short", -difference
	}
	return question + " " + r.Catalog.T("shift.ask_counted", data{
		"Counted": sum{till.Counted, till.Currency}.in(r.Catalog), "Word": r.Catalog.T(word, nil),
		"Difference": sum{difference, till.Currency}.in(r.Catalog),
	})
}

// listed writes numbers as people do: "4, 7".
func listed(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = number(id)
	}
	return strings.Join(texts, ", ")
}

// shiftObject is a report as scripts read it: the contract's keys first, in its
// order, then what was added to them.
func (r *Renderer) shiftObject(report *shift.Report) object {
	till := report.Till()
	var account any
	if report.Account != nil {
		account = r.account(*report.Account)
	}
	return append(r.shiftHead(report),
		member{"totals", totalObjects(report.Totals)},
		member{"open_items", report.OpenItems()},
		member{"hash", orNull(report.Hash)},
		member{"previous_hash", orNull(report.Previous)},
		member{"profile", report.Profile},
		member{"sandbox", report.Sandbox},
		member{"opened_by", orNull(report.OpenedBy)},
		member{"closed_by", orNull(report.ClosedBy)},
		member{"currency", till.Currency},
		member{"expected", figureOf(till.Expected)},
		member{"expected_low", figureOf(till.Low)},
		member{"expected_high", figureOf(till.High)},
		member{"cash", tillObjects(report.Cash)},
		member{"outside", totalObjects(report.Outside)},
		member{"unpaid_items", report.UnpaidItems()},
		member{"late_items", report.LateItems()},
		member{"rows_hash", report.Rows},
		member{"reprint", report.Reprint},
		member{"account", account},
	)
}

func (r *Renderer) shiftHead(report *shift.Report) object {
	till := report.Till()
	var counted, difference any
	if till.HasCounted {
		counted, difference = figureOf(till.Counted), figureOf(till.Difference)
	}
	return object{
		{"shift", report.Shift},
		{"type", string(report.Type)},
		{"desk", report.Desk},
		{"opened_at", r.stamp(report.OpenedAt)},
		{"closed_at", r.stamp(report.ClosedAt)},
		{"float", figureOf(till.Float)},
		{"counted", counted},
		{"difference", difference},
	}
}

func totalObjects(totals []shift.Total) []object {
	objects := make([]object, 0, len(totals))
	for _, t := range totals {
		objects = append(objects, totalObject(t))
	}
	return objects
}

func totalObject(t shift.Total) object {
	return object{
		{"kind", t.Kind}, {"payment_method", t.Method}, {"currency", t.Currency}, {"outcome", t.Outcome},
		{"count", t.Count}, {"sum", figureOf(t.Sum)}, {"payout_status", orNull(t.Status)},
	}
}

func tillObjects(tills []shift.Till) []object {
	objects := make([]object, 0, len(tills))
	for _, t := range tills {
		objects = append(objects, object{
			{"currency", t.Currency}, {"float", figureOf(t.Float)}, {"in", figureOf(t.In)}, {"out", figureOf(t.Out)},
			{"expected", figureOf(t.Expected)}, {"low", figureOf(t.Low)}, {"high", figureOf(t.High)},
		})
	}
	return objects
}

// shiftRows prints a row for each total, the shift's own values in every one: a
// spreadsheet cannot do with a list in a cell. Without totals there is one row.
func (r *Renderer) shiftRows(report *shift.Report) error {
	totals := totalObjects(report.Totals)
	if len(totals) == 0 {
		empty := totalObject(shift.Total{})
		for i := range empty {
			empty[i].value = nil
		}
		totals = append(totals, empty)
	}
	open, err := json.Marshal(report.OpenItems())
	if err != nil {
		return err
	}
	for _, t := range totals {
		o := append(r.shiftHead(report), t...)
		o = append(o, member{"open_items", string(open)}, member{"hash", orNull(report.Hash)}, member{"previous_hash", orNull(report.Previous)})
		if err := r.emit(o); err != nil {
			return err
		}
	}
	return nil
}

// totalWord says what became of a total's operations.
func (r *Renderer) totalWord(outcome, status string) string {
	key := "shift.line." + outcome
	if outcome == "done" && status != "" {
		key = "shift.line." + status
	}
	if !r.Catalog.Has(key) {
		return Sanitize(status)
	}
	return r.Catalog.T(key, nil)
}

// plainAmount is a sum without its currency, which the page names elsewhere.
func (r *Renderer) plainAmount(a money.Amount) string { return sum{a, ""}.in(r.Catalog) }

func figureOf(a money.Amount) figure { return figure(a.String()) }
