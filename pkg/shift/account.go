package shift

import (
	"iter"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// An Account is what the merchant account should hold in one currency. Deposits
// draw on it and payouts fill it (Raisboy API, «Работа со счётом», 3); topping
// up and drawing down go through a manager. All sums are in minor units.
type Account struct {
	Currency string

	Opening    money.Amount // the balance that the manager named last; see HasOpening
	HasOpening bool
	OpenedAt   time.Time // what happened before it is in Opening; zero: no opening

	Topups      money.Amount
	Withdrawals money.Amount
	Deposits    money.Amount // those that are done
	Payouts     money.Amount // those that are completed, and the project knows it

	// Expected is opening + topups − deposits + payouts − withdrawals. Low and
	// High bound what the portal may show, depending on what is uncertain.
	Expected, Low, High money.Amount

	Uncertain []int64 // the operations that make the difference, ascending
}

// An account in the making. What lies below and above the expected balance is
// added up by itself, so that no order of entries can overflow in between.
type tally struct {
	Account
	below, above money.Amount
	err          error
}

func (t *tally) add(to *money.Amount, amount money.Amount) {
	sum, err := to.Add(amount)
	if err != nil && t.err == nil {
		t.err = err
	}
	*to = sum
}

// Accounts gives the expected balance of each currency that the entries and
// movements of one profile have: that of first before the others, which follow
// by name. An error of the entries is returned; so is [money.ErrOverflow].
//
// The latest opening of a currency counts from its time on: what happened
// before is in the balance that the manager named.
func Accounts(entries iter.Seq2[journal.Entry, error], movements []journal.Movement, first string) ([]Account, error) {
	tallies := map[string]*tally{}
	of := func(currency string) *tally {
		if tallies[currency] == nil {
			tallies[currency] = &tally{Account: Account{Currency: currency}}
		}
		return tallies[currency]
	}
	of(first)
	for _, m := range movements {
		t := of(m.Currency)
		if m.Kind == journal.MovementOpening && !m.At.Before(t.OpenedAt) {
			t.Opening, t.HasOpening, t.OpenedAt = m.Amount, true, m.At
		}
	}
	for _, m := range movements {
		of(m.Currency).move(m)
	}
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		t := of(e.Call.Terms.Currency)
		switch e.Call.Kind {
		case api.KindDeposit:
			t.deposit(&e)
		case api.KindPayout:
			t.payout(&e)
		default: // nothing else moves money
		}
	}
	accounts := make([]Account, 0, len(tallies))
	for _, t := range tallies {
		a, err := t.close()
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, a)
	}
	slices.SortFunc(accounts, func(a, b Account) int {
		switch {
		case a.Currency == b.Currency:
			return 0
		case a.Currency == first || b.Currency != first && a.Currency < b.Currency:
			return -1
		}
		return 1
	})
	return accounts, nil
}

// move counts a movement since the opening. One of the same moment counts: of
// two that a person enters for one moment, the opening is meant to come first.
func (t *tally) move(m journal.Movement) {
	if t.HasOpening && m.At.Before(t.OpenedAt) {
		return
	}
	switch m.Kind {
	case journal.MovementTopup:
		t.add(&t.Topups, m.Amount)
	case journal.MovementWithdrawal:
		t.add(&t.Withdrawals, m.Amount)
	case journal.MovementOpening:
	}
}

// deposit counts a deposit: it draws on the account when it is sent.
func (t *tally) deposit(e *journal.Entry) {
	if t.before(lastSent(e)) {
		return
	}
	amount := max(e.Amount(), e.Claimed)
	switch e.State {
	case journal.StateDone:
		if t.before(e.CreatedAt) { // sent before the opening and again after it
			t.lower(e, e.Amount())
			return
		}
		t.add(&t.Deposits, e.Amount())
	case journal.StateUnknown, journal.StateOpen, journal.StateMismatch:
		t.lower(e, amount)
	case journal.StateConflict:
		t.lower(e, amount)
		t.raise(e, amount)
	case journal.StateRefused, journal.StateNotSent:
	}
}

// payout counts a payout: it fills the account when the project learns that it
// was completed (our reading: the document does not say when).
func (t *tally) payout(e *journal.Entry) {
	amount := max(e.Amount(), e.Claimed)
	switch e.State {
	case journal.StateDone:
		switch {
		case e.PayoutStatus == api.StatusCancelled:
		case e.PayoutStatus != api.StatusCompleted:
			t.raise(e, e.Amount())
		case e.Notice != nil && e.Notice.State != journal.NoticeDelivered && !projectCompleted(e):
			t.raise(e, e.Amount()) // the project may not know yet
		case !t.before(completedAt(e)):
			t.add(&t.Payouts, e.Amount())
		}
	case journal.StateUnknown, journal.StateOpen, journal.StateMismatch:
		t.raise(e, amount)
	case journal.StateConflict:
		t.lower(e, amount)
		t.raise(e, amount)
	case journal.StateRefused, journal.StateNotSent:
	}
}

func (t *tally) before(at time.Time) bool { return t.HasOpening && at.Before(t.OpenedAt) }

func (t *tally) lower(e *journal.Entry, amount money.Amount) {
	t.add(&t.below, amount)
	t.uncertain(e)
}

func (t *tally) raise(e *journal.Entry, amount money.Amount) {
	t.add(&t.above, amount)
	t.uncertain(e)
}

func (t *tally) uncertain(e *journal.Entry) {
	if n := len(t.Uncertain); n == 0 || t.Uncertain[n-1] != e.ID { // a conflict comes twice in a row
		t.Uncertain = append(t.Uncertain, e.ID)
	}
}

func (t *tally) close() (Account, error) {
	t.Expected = t.Opening
	for _, part := range []money.Amount{t.Topups, -t.Deposits, t.Payouts, -t.Withdrawals} {
		t.add(&t.Expected, part)
	}
	t.Low, t.High = t.Expected, t.Expected
	t.add(&t.Low, -t.below)
	t.add(&t.High, t.above)
	slices.Sort(t.Uncertain)
	return t.Account, t.err
}

// lastSent is when an operation's bytes may have left for the last time.
func lastSent(e *journal.Entry) time.Time {
	at := e.CreatedAt
	for _, f := range e.Facts {
		switch f.Kind() {
		case journal.FactAttempt, journal.FactAnswer:
			at = f.At
		default: // says nothing about sending
		}
	}
	return at
}

// completedAt is when a completed payout filled the account: when the project
// said so, or was told.
func completedAt(e *journal.Entry) time.Time {
	at := e.CreatedAt
	for _, f := range e.Facts {
		switch c := f.Content.(type) {
		case journal.Webhook:
			if c.Status == api.StatusCompleted {
				return f.At
			}
		case journal.Answer:
			if c.PayoutStatus == api.StatusCompleted {
				return f.At
			}
		case journal.Notice:
			if c.State == journal.NoticeDelivered {
				return f.At
			}
		}
		at = f.At
	}
	return at
}

// projectCompleted reports that the project itself said completed.
func projectCompleted(e *journal.Entry) bool {
	return slices.ContainsFunc(e.Facts, func(f journal.Fact) bool {
		switch c := f.Content.(type) {
		case journal.Webhook:
			return c.Status == api.StatusCompleted
		case journal.Answer:
			return c.PayoutStatus == api.StatusCompleted
		}
		return false
	})
}
