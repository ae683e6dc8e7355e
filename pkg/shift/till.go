package shift

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// tills reckons the cash, each currency for itself.
func tills(b journal.ShiftBook, totals []Total) ([]Till, error) {
	s := b.Shift
	list := []Till{{Currency: s.Currency, Float: s.Float, HasCounted: s.HasCounted, Counted: s.Counted}}
	till := func(currency string) *Till {
		i := slices.IndexFunc(list, func(t Till) bool { return t.Currency == currency })
		if i < 0 {
			i, list = len(list), append(list, Till{Currency: currency})
		}
		return &list[i]
	}
	var sums reckoner
	for _, t := range totals {
		switch {
		case t.in():
			sums.add(&till(t.Currency).In, t.Sum)
		case t.out():
			sums.add(&till(t.Currency).Out, t.Sum)
		}
	}
	for _, step := range b.Within {
		if low, high := doubt(step.Now); inTill(s.Desk, step.Now) && (low != 0 || high != 0) {
			t := till(step.Now.Call.Terms.Currency)
			sums.add(&t.Low, low)
			sums.add(&t.High, high)
		}
	}
	for i := range list {
		t := &list[i]
		t.Expected = t.Float
		sums.add(&t.Expected, t.In)
		sums.add(&t.Expected, -t.Out)
		sums.add(&t.Low, t.Expected)
		sums.add(&t.High, t.Expected)
		if t.HasCounted {
			t.Difference = t.Counted
			sums.add(&t.Difference, -t.Expected)
		}
	}
	slices.SortStableFunc(list[1:], func(a, b Till) int { return cmp.Compare(a.Currency, b.Currency) })
	if sums.err != nil {
		return nil, fmt.Errorf("cash of shift %d: %w", s.Number, sums.err)
	}
	return list, nil
}

// doubt bounds by how much an operation that is not settled may change the
// till. A deposit's cash was taken in before it was sent, and perhaps given
// back. A payout's was handed over only where somebody says that it was
// completed, or where what is said contradicts itself.
func doubt(e journal.Entry) (low, high money.Amount) {
	if !e.State.Unsettled() {
		return 0, 0
	}
	amount := max(e.Amount(), e.Claimed)
	if kindOf(e) == kindDeposit {
		return 0, amount
	}
	completed := e.PayoutStatus == statusCompleted || e.Notice != nil && e.Notice.Status == statusCompleted
	if completed || e.State == journal.StateConflict {
		return -amount, 0
	}
	return 0, 0
}

// A reckoner adds amounts and remembers the first sum that cannot be held.
type reckoner struct{ err error }

func (r *reckoner) add(to *money.Amount, amount money.Amount) {
	sum, err := to.Add(amount)
	if err != nil && r.err == nil {
		r.err = err
	}
	*to = sum
}
