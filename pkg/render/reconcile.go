package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/statement"
)

// A Reconciliation is what comparing a statement with the journal came to.
type Reconciliation struct {
	Digest  string // SHA-256 of the statement, in hex
	Results []statement.Result
}

// outcomesInOrder are the outcomes as a person should read them: first what was
// or can be recorded, then what somebody must look at, then the rest.
func outcomesInOrder() []statement.Outcome {
	return []statement.Outcome{
		statement.Settled, statement.Provable, statement.Conflict, statement.Contradicts, statement.Different, statement.Ambiguous,
		statement.OnlyHere, statement.OnlyThere, statement.Duplicate, statement.Unclear, statement.PassedOver, statement.Matched,
	}
}

// Reconciled prints the comparison: an object or a row a result; in text a
// section an outcome. What agrees is counted, and listed with Verbose alone.
func (r *Renderer) Reconciled(x Reconciliation) error {
	if r.Format != Text {
		return r.reconciledRows(x)
	}
	var lines []string
	looks := 0
	for _, outcome := range outcomesInOrder() {
		var of []statement.Result
		for _, result := range x.Results {
			if result.Outcome == outcome {
				of = append(of, result)
			}
			if result.Outcome == outcome && !result.Agrees() {
				looks++
			}
		}
		if len(of) == 0 {
			continue
		}
		section, err := r.section(r.out, "reconcile.about."+string(outcome), outcome, of)
		if err != nil {
			return err
		}
		lines = append(append(lines, section...), "")
	}
	if looks == 0 {
		lines = append(lines, r.out.strong(good, r.wrapOut(r.Catalog.T("reconcile.agrees", nil)))...)
	} else {
		lines = append(lines, r.out.strong(caution, r.wrapOut(r.Catalog.N("reconcile.look", looks, nil)))...)
	}
	return r.print(lines...)
}

// Provable says on Err what would be recorded, before that is asked.
func (r *Renderer) Provable(x Reconciliation) error {
	for _, outcome := range []statement.Outcome{statement.Provable, statement.Contradicts} {
		var of []statement.Result
		for _, result := range x.Results {
			if result.Outcome == outcome {
				of = append(of, result)
			}
		}
		if len(of) == 0 {
			continue
		}
		lines, err := r.section(r.err, "reconcile.asked."+string(outcome), outcome, of)
		if err != nil {
			return err
		}
		r.tell(append(lines, "")...)
	}
	return nil
}

// section is one outcome: how often, what it means (told by the key about, if
// there is such a one), and which ones.
func (r *Renderer) section(p palette, about string, outcome statement.Outcome, results []statement.Result) ([]string, error) {
	lines := p.strong(toneOfOutcome(outcome), r.wrapOut(r.Catalog.N("reconcile.count."+string(outcome), len(results), nil)))
	if outcome == statement.Matched && !r.Verbose || outcome == statement.PassedOver && !r.Verbose {
		return lines, nil
	}
	if r.Catalog.Has(about) {
		lines = append(lines, r.wrapOut(r.Catalog.T(about, nil))...)
	}
	if (outcome == statement.Provable || outcome == statement.Settled) && slices.ContainsFunc(results, func(x statement.Result) bool { return x.Entry.Call.Kind == api.KindPayout }) {
		lines = append(lines, r.wrapOut(r.Catalog.T("reconcile.about.payouts", nil))...)
	}
	table, err := r.compared(results)
	return append(lines, table...), err
}

// compared lays the results out as a table. Where there is no room for all that
// is to be remarked, the remarks stand below it: they say what is wrong.
func (r *Renderer) compared(results []statement.Result) ([]string, error) {
	columns := []column{{label: "reconcile.line", right: true}, {label: "label.number", right: true}, {label: "label.time", drop: 3},
		{label: "label.kind", drop: 2}, {label: "label.user", cut: 6, drop: 1}, {label: "reconcile.here", right: true},
		{label: "reconcile.there", right: true}, {label: "reconcile.remark", cut: 14, drop: 4}}
	rows := make([][]string, 0, len(results))
	var remarks []string // each once, in order
	places := map[string][]string{}
	for _, result := range results {
		cells := r.comparison(result)
		rows = append(rows, cells)
		remark := cells[len(cells)-1]
		if remark == "" {
			continue
		}
		if len(places[remark]) == 0 {
			remarks = append(remarks, remark)
		}
		place := r.Catalog.T("reconcile.place.operation", data{"N": cells[1]})
		if cells[0] != "" {
			place = r.Catalog.T("reconcile.place.line", data{"N": cells[0]})
		}
		places[remark] = append(places[remark], place)
	}
	table, err := r.layOut(columns, rows)
	whole := strings.Join(table, "\n")
	if err != nil || !slices.ContainsFunc(remarks, func(remark string) bool { return !strings.Contains(whole, remark) }) {
		return table, err
	}
	for i := range rows {
		rows[i] = rows[i][:len(columns)-1]
	}
	table, err = r.layOut(columns[:len(columns)-1], rows)
	for _, remark := range remarks {
		table = append(table, r.wrapOut(strings.Join(places[remark], ", ")+": "+remark)...)
	}
	return table, err
}

func toneOfOutcome(o statement.Outcome) tone {
	switch o {
	case statement.Settled, statement.Matched:
		return good
	case statement.Conflict, statement.Contradicts, statement.Different:
		return alarm
	case statement.Provable, statement.Ambiguous, statement.OnlyHere, statement.OnlyThere, statement.Duplicate, statement.Unclear:
		return caution
	case statement.PassedOver:
	}
	return plain
}

// comparison is a result as a row of the table: line, number, time, kind, user,
// our sum, theirs, remark.
func (r *Renderer) comparison(x statement.Result) []string {
	cells := make([]string, 8)
	if x.Ignored != nil {
		cells[0], cells[7] = strconv.Itoa(x.Ignored.Line), r.remarks(x)
		return cells
	}
	if row := x.Row; row != nil {
		cells[0], cells[6] = strconv.Itoa(row.Line), sum{row.Amount, row.Currency}.in(r.Catalog)
		cells[3], cells[4] = r.kind(row.Kind), userOf(cmp.Or(row.UserID, row.ProjectUserID), row.ProjectUserID)
		if !row.From.IsZero() {
			cells[2] = r.clock(r.Catalog, row.From)
		}
	}
	if e := x.Entry; e != nil {
		cells[1], cells[2], cells[3], cells[4], cells[5] = number(e.ID), r.clock(r.Catalog, e.CreatedAt), r.kind(e.Call.Kind), person(e), r.total(e)
	}
	cells[7] = r.remarks(x)
	return cells
}

// remarks says what is special about a result, in words.
func (r *Renderer) remarks(x statement.Result) string {
	var said []string
	if e := x.Entry; e != nil && x.Outcome != statement.Provable && x.Outcome != statement.Matched && (x.Outcome != statement.Settled || e.Call.Kind == api.KindPayout) {
		said = append(said, r.outcome(e)) // elsewhere the heading says it
	}
	for _, reason := range x.Reasons {
		said = append(said, r.Catalog.T("reconcile.reason."+reason+variant(x, reason), nil))
	}
	if x.Row != nil && x.Row.Status != "" && x.Row.Booking != statement.Booked {
		said = append(said, "«"+Sanitize(x.Row.Status)+"»")
	}
	if len(x.Candidates) > 0 {
		said = append(said, r.Catalog.T("reconcile.candidates", data{"IDs": numbers(x.Candidates)}))
	}
	return strings.Join(said, ", ")
}

// variant ends the key of a reason that is said in several ways: whose status it
// is, and what it says.
func variant(x statement.Result, reason string) string {
	switch {
	case reason != statement.ReasonStatus || x.Row == nil:
		return ""
	case x.Row.Booking == statement.Booked:
		return ".cancelled"
	case x.Row.Booking == statement.Unproven:
		return ".pending"
	}
	return ""
}

func (r *Renderer) reconciledRows(x Reconciliation) error {
	if r.Format == CSV {
		if err := r.emitHeader(r.result("", statement.Result{})); err != nil {
			return err
		}
	}
	for _, result := range x.Results {
		if err := r.emit(r.result(x.Digest, result)); err != nil {
			return err
		}
	}
	return nil
}

// result is one result as scripts read it: what the journal has, then what the
// statement has.
func (r *Renderer) result(digest string, x statement.Result) object {
	var row statement.Row
	var amount any
	switch {
	case x.Row != nil:
		row, amount = *x.Row, figure(x.Row.Amount.String())
	case x.Ignored != nil:
		row.Line, row.Raw = x.Ignored.Line, x.Ignored.Raw
	}
	o := object{{"result", string(x.Outcome)}, {"by", orNull(x.By)}}
	o = append(o, r.ours(x.Entry)...)
	return append(o, object{
		{"line", orNullNumber(row.Line)},
		{"statement_kind", orNull(string(row.Kind))},
		{"statement_id", orNull(row.ID)},
		{"statement_request_id", orNull(row.RequestID)},
		{"statement_user_id", orNull(cmp.Or(row.UserID, row.ProjectUserID))},
		{"statement_amount", amount},
		{"statement_currency", orNull(row.Currency)},
		{"statement_at", r.stamp(row.From)},
		{"statement_status", orNull(row.Status)},
		{"candidates", filled(x.Candidates)},
		{"reasons", filled(x.Reasons)},
		{"raw", orNull(string(row.Raw))},
		{"statement_sha256", orNull(digest)},
	}...)
}

// ours is the operation's part of a result; null throughout if there is none.
func (r *Renderer) ours(e *journal.Entry) object {
	if e == nil {
		e = &journal.Entry{}
	}
	var outcome, amount any
	if e.ID != 0 {
		outcome, amount = e.State.String(), figure(e.Amount().String())
	}
	t := e.Call.Terms
	return object{
		{"operation", orNullNumber(e.ID)},
		{"outcome", outcome},
		{"kind", orNull(string(e.Call.Kind))},
		{"user_id", orNull(t.UserID)},
		{"project_user_id", orNull(e.ProjectUserID)},
		{"amount", amount},
		{"currency", orNull(t.Currency)},
		{"deposit_id", orNull(e.DepositID)},
		{"payout_id", orNull(e.PayoutID)},
		{"request_id", orNull(t.RequestID)},
		{"created_at", r.stamp(e.CreatedAt)},
	}
}

// filled is an empty list rather than none.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
