// Package stats counts operations and sums their money by outcome, in groups of
// hours, days, methods or users.
//
// It stands beside package shift: that one closes a till, this one answers how
// busy it was. A [Counter] is filled in one pass over a list of entries, keeps
// none of them, and takes as much memory as there are groups. It knows neither
// database nor language.
package stats

import (
	"cmp"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// By says what operations are grouped by. The zero value is one group for all.
type By string

// The groups. An hour is one of the day's twenty-four, whichever the day: it
// tells when a till is busy.
const (
	ByNothing By = ""
	ByHour    By = "hour"   // "00" to "23", when it was begun
	ByDay     By = "day"    // "2026-11-22", when it was begun
	ByMethod  By = "method" // of payment
	ByUser    By = "user"   // the user_id that was sent
)

// Parse reads a By; anything else than its values is false.
func Parse(word string) (By, bool) {
	by := By(word)
	return by, slices.Contains([]By{ByHour, ByDay, ByMethod, ByUser}, by)
}

// A Row is how many operations of one kind, currency and outcome there are in a
// group, and what they come to.
type Row struct {
	Group        string // of By; empty: all
	Kind         api.Kind
	Currency     string
	Outcome      journal.State
	PayoutStatus api.PayoutStatus // of a payout that exists; else empty
	Count        int
	Sum          money.Amount
}

// Moved reports whether the row's money went to the person: deposits that were
// credited, payouts that were paid out. What is unknown has not.
func (r Row) Moved() bool {
	return r.Outcome == journal.StateDone && (r.Kind == api.KindDeposit || r.PayoutStatus == api.StatusCompleted)
}

// Unsettled reports whether somebody must still find out what happened.
func (r Row) Unsettled() bool { return r.Outcome.Unsettled() }

// A Counter counts.
type Counter struct {
	by    By
	place *time.Location
	cells map[cell]*total
	err   error
}

// cell is a Row without its figures.
type cell struct {
	group    string
	kind     api.Kind
	currency string
	outcome  journal.State
	status   api.PayoutStatus
}

type total struct {
	count int
	sum   money.Amount
}

// New makes a counter whose hours and days are those of the place.
func New(by By, place *time.Location) *Counter {
	return &Counter{by: by, place: place, cells: map[cell]*total{}}
}

// Add counts an operation. Only what it needs of the entry is read.
func (c *Counter) Add(e journal.Entry) {
	at := cell{group: c.group(e), kind: e.Call.Kind, currency: e.Call.Terms.Currency, outcome: e.State}
	if e.State == journal.StateDone {
		at.status = e.PayoutStatus
	}
	t := c.cells[at]
	if t == nil {
		t = &total{}
		c.cells[at] = t
	}
	t.count++
	sum, err := t.sum.Add(e.Amount())
	if err != nil && c.err == nil {
		c.err = err
	}
	t.sum = sum
}

func (c *Counter) group(e journal.Entry) string {
	switch c.by {
	case ByHour:
		return e.CreatedAt.In(c.place).Format("15")
	case ByDay:
		return e.CreatedAt.In(c.place).Format(time.DateOnly)
	case ByMethod:
		return e.Call.Terms.PaymentMethod
	case ByUser:
		return e.Call.Terms.UserID
	case ByNothing:
	}
	return ""
}

// Rows gives what was counted: deposits before payouts, by currency, then by
// group, hours, days and methods in their order and users by the money moved,
// most first. Of users, limit leaves so many in each kind and currency (0: all);
// left is how many it took away. The error is money.ErrOverflow.
func (c *Counter) Rows(limit int) (rows []Row, left int, err error) {
	for at, t := range c.cells {
		rows = append(rows, Row{
			Group: at.group, Kind: at.kind, Currency: at.currency, Outcome: at.outcome, PayoutStatus: at.status,
			Count: t.count, Sum: t.sum,
		})
	}
	rank := c.ranks(rows)
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Currency, b.Currency),
			cmp.Compare(rank[sortKey(a)], rank[sortKey(b)]), cmp.Compare(a.Group, b.Group),
			cmp.Compare(place(a), place(b)), cmp.Compare(a.PayoutStatus.Rank(), b.PayoutStatus.Rank()),
			cmp.Compare(a.PayoutStatus, b.PayoutStatus),
		)
	})
	if limit > 0 && c.by == ByUser {
		gone := map[cell]bool{}
		rows = slices.DeleteFunc(rows, func(r Row) bool {
			if rank[sortKey(r)] < limit {
				return false
			}
			gone[sortKey(r)] = true
			return true
		})
		left = len(gone)
	}
	return rows, left, c.err
}

// Totals adds up the groups: a row an outcome, in the order of Rows.
func (c *Counter) Totals() ([]Row, error) {
	all := Counter{by: ByNothing, cells: map[cell]*total{}, err: c.err}
	for at, t := range c.cells {
		at.group = ""
		if all.cells[at] == nil {
			all.cells[at] = &total{}
		}
		sum, err := all.cells[at].sum.Add(t.sum)
		if err != nil {
			return nil, err
		}
		all.cells[at].count, all.cells[at].sum = all.cells[at].count+t.count, sum
	}
	rows, _, err := all.Rows(0)
	return rows, err
}

// place orders outcomes: what is done first, then what needs a person.
func place(r Row) int {
	order := []journal.State{
		journal.StateDone, journal.StateRefused, journal.StateNotSent,
		journal.StateOpen, journal.StateUnknown, journal.StateMismatch, journal.StateConflict,
	}
	return slices.Index(order, r.Outcome)
}

// sortKey is a group of one kind and currency: sums in different currencies are
// not compared.
func sortKey(r Row) cell { return cell{group: r.Group, kind: r.Kind, currency: r.Currency} }

// ranks numbers the users of each kind and currency by the money moved, from 0;
// other groups keep their own order and have no rank.
func (c *Counter) ranks(rows []Row) map[cell]int {
	if c.by != ByUser {
		return nil
	}
	totals := map[cell]total{}
	for _, r := range rows {
		t := totals[sortKey(r)]
		t.count += r.Count
		if r.Moved() {
			t.sum += r.Sum
		}
		totals[sortKey(r)] = t
	}
	users := map[cell][]cell{}
	for user := range totals {
		kind := cell{kind: user.kind, currency: user.currency}
		users[kind] = append(users[kind], user)
	}
	rank := map[cell]int{}
	for _, all := range users {
		slices.SortFunc(all, func(a, b cell) int {
			return cmp.Or(cmp.Compare(totals[b].sum, totals[a].sum), cmp.Compare(totals[b].count, totals[a].count), cmp.Compare(a.group, b.group))
		})
		for i, user := range all {
			rank[user] = i
		}
	}
	return rank
}
