package shift

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// The API's own words (Raisboy API, sections 3 to 5).
const (
	kindDeposit     = "deposit"
	kindPayout      = "payout"
	statusCompleted = "completed"
	statusCancelled = "cancelled"
)

// Summarize tells a shift from its book. It is pure: the same book gives the
// same report. A sum that no Amount can hold is an error wrapping
// [money.ErrOverflow].
func Summarize(b journal.ShiftBook) (Report, error) {
	s := b.Shift
	r := Report{
		Version: version, Type: X, Profile: s.Profile, Desk: s.Desk, Shift: s.Number,
		OpenedAt: canonical(s.OpenedAt), OpenedBy: s.OpenedBy, ClosedAt: canonical(s.ClosedAt), ClosedBy: s.ClosedBy,
		Previous: hex.EncodeToString(s.Previous), Rows: hex.EncodeToString(s.Rows),
		Open: []Item{}, Unpaid: []Item{}, Late: []Item{},
	}
	if !s.Open() {
		r.Type = Z
	}
	outside, within := lines{}, lines{}
	for _, step := range b.Outside {
		if err := outside.flow(s.Desk, step); err != nil {
			return Report{}, err
		}
	}
	for _, step := range b.Within {
		if err := within.flow(s.Desk, step); err != nil {
			return Report{}, err
		}
		if err := within.stand(s.Desk, step.Now); err != nil {
			return Report{}, err
		}
		r.name(s.Desk, step)
	}
	r.Totals, r.Outside = within.sorted(), outside.sorted()
	var err error
	r.Cash, err = tills(b, r.Totals)
	return r, err
}

// canonical is how a snapshot has a time: to the millisecond, in UTC.
func canonical(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// inTill reports whether an operation belongs to the desk: a deposit to the one
// that began it, a payout to the one that decided it was handed over, else to
// the one that began it.
func inTill(desk string, e journal.Entry) bool {
	if e.ID == 0 {
		return false
	}
	at := e.Desk
	if kindOf(e) == kindPayout {
		for _, f := range e.Facts {
			if d, ok := f.Content.(journal.Decision); ok && d.Ruling == journal.RuledCompleted {
				at = f.Desk
			}
		}
	}
	return at == desk
}

func kindOf(e journal.Entry) string { return string(e.Call.Kind) }

// lineOf is the line on which an operation is counted, with it alone in it.
func lineOf(e journal.Entry) Total {
	t := Total{
		Kind: kindOf(e), Method: e.Call.Terms.PaymentMethod, Currency: e.Call.Terms.Currency, Outcome: e.State.String(),
		Count: 1, Sum: e.Amount(),
	}
	if e.State == journal.StateDone && t.Kind == kindPayout {
		t.Status = string(e.PayoutStatus)
	}
	return t
}

// lines are totals by what they are of: the key is a line without its numbers.
type lines map[Total]Total

func (l lines) add(t Total, sign int64) error {
	key := t
	key.Count, key.Sum = 0, 0
	line, ok := l[key]
	if !ok {
		line = key
	}
	sum, err := line.Sum.Add(t.Sum * money.Amount(sign))
	if err != nil {
		return fmt.Errorf("total of %s in %s: %w", t.Kind, t.Currency, err)
	}
	line.Sum = sum
	line.Count += sign
	l[key] = line
	return nil
}

// flow adds what was settled: what the operation is now, less what it was.
func (l lines) flow(desk string, s journal.Step) error {
	for _, side := range []struct {
		entry journal.Entry
		sign  int64
	}{{s.Before, -1}, {s.Now, 1}} {
		if !inTill(desk, side.entry) {
			continue
		}
		if t := lineOf(side.entry); !t.Standing() {
			if err := l.add(t, side.sign); err != nil {
				return err
			}
		}
	}
	return nil
}

// stand adds what is not settled, as it stands.
func (l lines) stand(desk string, e journal.Entry) error {
	if t := lineOf(e); inTill(desk, e) && t.Standing() {
		return l.add(t, 1)
	}
	return nil
}

// sorted gives the lines in a fixed order, without those that came to nothing.
func (l lines) sorted() []Total {
	list := make([]Total, 0, len(l))
	for _, t := range l {
		if t.Count != 0 || t.Sum != 0 {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Kind, b.Kind), cmp.Compare(place(a), place(b)),
			cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Method, b.Method))
	})
	return list
}

// place puts what moved cash first and what is not settled last.
func place(t Total) int {
	switch {
	case t.in() || t.out():
		return 0
	case !t.Standing():
		return 1
	case t.unpaid():
		return 2
	}
	return 3
}

// in reports that the line's cash is in the till, out that it left it.
func (t Total) in() bool { return t.Kind == kindDeposit && t.Outcome == journal.StateDone.String() }
func (t Total) out() bool {
	return t.Kind == kindPayout && t.Outcome == journal.StateDone.String() && t.Status == statusCompleted
}

// name lists the operation where the report names operations.
func (r *Report) name(desk string, s journal.Step) {
	now, before := inTill(desk, s.Now), inTill(desk, s.Before)
	if now {
		switch t := lineOf(s.Now); {
		case t.unpaid():
			r.Unpaid = append(r.Unpaid, item(s.Now))
		case t.Standing():
			r.Open = append(r.Open, item(s.Now))
		}
	}
	if s.Before.ID == 0 {
		return
	}
	was, is := lines{}, lines{}
	if before {
		_ = was.flow(desk, journal.Step{Now: s.Before}) // one operation overflows nothing
	}
	if now {
		_ = is.flow(desk, journal.Step{Now: s.Now})
	}
	if !slices.Equal(was.sorted(), is.sorted()) {
		r.Late = append(r.Late, item(s.Now))
	}
}

func item(e journal.Entry) Item {
	i := Item{
		Operation: e.ID, Kind: kindOf(e), UserID: e.Call.Terms.UserID, Amount: e.Amount(), Currency: e.Call.Terms.Currency,
		Outcome: e.State.String(), CreatedAt: canonical(e.CreatedAt),
	}
	if i.Kind == kindPayout {
		i.Status = string(e.PayoutStatus)
	}
	return i
}
