package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/money"
)

// BatchTotals sums up a batch as the journal has it.
type BatchTotals struct {
	Name        string
	Tally       batch.Tally
	First, Last time.Time // when its rows were begun
}

// sums adds up what was counted by currency.
func (b *BatchTotals) sums() []sum {
	var sums []sum
	for _, c := range b.Tally.Counts() {
		i := slices.IndexFunc(sums, func(s sum) bool { return s.currency == c.Currency })
		if i < 0 {
			i, sums = len(sums), append(sums, sum{currency: c.Currency})
		}
		sums[i].amount += c.Sum
	}
	slices.SortFunc(sums, func(a, b sum) int { return strings.Compare(a.currency, b.currency) })
	return sums
}

// batchTotals is the contract of "batch list|show". "sum" adds up all rows,
// whatever their currency, as a spreadsheet does.
func (r *Renderer) batchTotals(b BatchTotals) object {
	outcomes := object{}
	for _, c := range b.Tally.Counts() {
		i := slices.IndexFunc(outcomes, func(m member) bool { return m.name == c.Outcome })
		if i < 0 {
			outcomes = append(outcomes, member{c.Outcome, c.Rows})
			continue
		}
		if n, ok := outcomes[i].value.(int); ok {
			outcomes[i].value = n + c.Rows
		}
	}
	var total money.Amount
	for _, s := range b.sums() {
		total += s.amount
	}
	return object{
		{"name", b.Name}, {"rows", b.Tally.Rows}, {"sum", total.String()}, {"by_outcome", outcomes},
		{"first_at", r.stamp(b.First)}, {"last_at", r.stamp(b.Last)},
	}
}

// BatchOutcomes says on Err how many rows, and what sums, ended in which way.
func (r *Renderer) BatchOutcomes(t *batch.Tally) {
	if t.Rows == 0 || r.Quiet && t.Of(batch.Done) == t.Rows {
		return
	}
	lines, err := r.outcomes(t)
	if err != nil { // the table alone cannot be drawn
		lines = []string{fmt.Sprint(t.Counts())}
	}
	r.tell(lines...)
}

func (r *Renderer) outcomes(t *batch.Tally) ([]string, error) {
	columns := []column{
		{label: "label.outcome"}, {label: "label.code"}, {label: "batch.label.rows", right: true}, {label: "batch.label.sum", right: true},
	}
	var rows [][]string
	replayed := 0
	for _, c := range t.Counts() {
		total := ""
		if c.Currency != "" {
			total = sum{c.Sum, c.Currency}.in(r.Catalog)
		}
		replayed += c.Replayed
		rows = append(rows, []string{r.Catalog.T("batch.outcome."+c.Outcome, nil), Sanitize(c.Code), number(int64(c.Rows)), total})
	}
	lines, err := r.tabulate(columns, rows)
	if replayed > 0 && err == nil {
		lines = append(lines, r.Catalog.N("batch.replayed-rows", replayed, nil))
	}
	return lines, err
}

// BatchQuestion asks about a whole batch, or has its sum typed once more. The
// key's places may be Rows, Sum, Profile and Money.
func (r *Renderer) BatchQuestion(key string, rows int, sums []batch.Total, plain money.Amount, profile string, sandbox bool) string {
	return r.say(r.Catalog, step{key: key, data: data{
		"Rows": r.Catalog.N("batch.rows", rows, nil), "Sum": r.joined(sums), "Plain": sum{amount: plain},
		"Profile": profile, "Money": moneyWord(sandbox),
	}})
}

// joined lists sums by currency.
func (r *Renderer) joined(totals []batch.Total) string {
	text := ""
	for i, t := range totals {
		if i > 0 {
			text += " + "
		}
		text += sum{t.Sum, t.Currency}.in(r.Catalog)
	}
	if text == "" {
		text = "0"
	}
	return text
}
