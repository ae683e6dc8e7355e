package statement

import (
	"cmp"
	"slices"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// terms are what must be equal for a line to fit an operation, so that only a
// few have to be held against each other.
type terms struct {
	kind     api.Kind
	user     string
	amount   money.Amount
	currency string
}

// byTerms matches the lines that are left, by what they say, with those of the
// operations that are left and wanted. Only booked lines count: a line that
// failed could as well be the attempt before.
func (m *matcher) byTerms(wanted func(*journal.Entry) bool) {
	index := map[terms][]*journal.Entry{}
	for _, e := range m.entries {
		if m.taken[e.ID] || !wanted(e) {
			continue
		}
		t := e.Call.Terms
		for _, user := range distinct(t.UserID, e.ProjectUserID) {
			for _, amount := range distinct(t.Amount, e.Amount()) {
				key := terms{e.Call.Kind, user, amount, t.Currency}
				index[key] = append(index[key], e)
			}
		}
	}
	fits := make([][]*journal.Entry, len(m.rows)) // by line
	lines := map[int64][]int{}                    // by operation
	for i := range m.rows {
		r := &m.rows[i]
		if m.rowTaken[i] || r.Booking != Booked {
			continue
		}
		for _, user := range distinct(r.UserID, r.ProjectUserID) {
			for _, e := range index[terms{r.Kind, user, r.Amount, r.Currency}] {
				if sameTerms(r, e, m.rules.Window) && !slices.Contains(fits[i], e) {
					fits[i] = append(fits[i], e)
					lines[e.ID] = append(lines[e.ID], i)
				}
			}
		}
	}
	rivals := make([][]int64, len(m.rows)) // all of them before any is spoken for
	for i, found := range fits {
		slices.SortFunc(found, func(a, b *journal.Entry) int { return cmp.Compare(a.ID, b.ID) })
		if len(found) == 1 {
			rivals[i] = slices.Concat(m.refused(i, found[0]), m.overlooked(i, found[0], lines), m.rivalsElsewhere(i, found[0]), m.twin(i, found[0]))
		}
	}
	for i, found := range fits {
		switch {
		case len(found) == 0:
		case len(rivals[i]) > 0:
			candidates := append(rivals[i], found[0].ID)
			slices.Sort(candidates)
			m.say(i, Result{Outcome: Ambiguous, By: ByTerms, Candidates: slices.Compact(candidates), Reasons: []string{ReasonTerms}})
		case len(found) == 1 && len(lines[found[0].ID]) == 1:
			m.say(i, judge(&m.rows[i], found[0], ByTerms))
		case m.even(i, fits, lines):
			m.say(i, Result{Outcome: Matched, By: ByTerms, Candidates: ids(found)})
		default:
			m.say(i, Result{Outcome: Ambiguous, By: ByTerms, Candidates: ids(found), Reasons: []string{ReasonTerms}})
		}
	}
}

// refused gives the operations that the project refused and that the line could
// be as well, where it would be evidence for one that is unknown or that a
// person ruled out: that an answer was wrong is unlikely, but then the line
// would be about the other. What never left this machine is none of them.
func (m *matcher) refused(line int, e *journal.Entry) []int64 {
	var found []int64
	if e.State == journal.StateDone {
		return nil // nothing is recorded about it
	}
	for _, other := range m.entries {
		if other.State == journal.StateRefused && m.free(other) && other != e && sameTerms(&m.rows[line], other, m.rules.Window) {
			found = append(found, other.ID)
		}
	}
	return found
}

// due reports that the statement should have a line of the operation.
func (m *matcher) due(e *journal.Entry) bool {
	from, until := span(e)
	return expected(e) && from.Before(m.rules.Until) && !until.Before(m.rules.Since)
}

// even reports that the line is one of several alike that are as many as the
// operations alike, all of which are done: which is which makes no difference,
// and nothing is settled by it.
func (m *matcher) even(line int, fits [][]*journal.Entry, lines map[int64][]int) bool {
	found := fits[line]
	same := lines[found[0].ID]
	if len(same) != len(found) {
		return false
	}
	for _, e := range found {
		if e.State != journal.StateDone || e.Amount() != m.rows[line].Amount || !slices.Equal(lines[e.ID], same) ||
			e.Call.Kind == api.KindPayout && e.PayoutStatus == api.StatusCancelled {
			return false
		}
	}
	for _, other := range same {
		if !slices.Equal(fits[other], found) {
			return false
		}
	}
	return true
}

// distinct gives the values that are neither zero nor repeated.
func distinct[T comparable](a, b T) []T {
	var zero T
	var all []T
	if a != zero {
		all = append(all, a)
	}
	if b != zero && b != a {
		all = append(all, b)
	}
	return all
}

// rest lists what has no counterpart.
func (m *matcher) rest() {
	for i := range m.rows {
		r := &m.rows[i]
		switch {
		case m.rowTaken[i]:
		case r.Booking != Booked:
			m.say(i, Result{Outcome: Unclear, Candidates: m.underway(r), Reasons: []string{ReasonStatus}})
		case r.From.IsZero() && r.ID == "" && r.RequestID == "":
			m.say(i, Result{Outcome: OnlyThere, Reasons: []string{ReasonNoTime}})
		case m.skewed:
			m.say(i, Result{Outcome: OnlyThere, Reasons: []string{ReasonClock}})
		default:
			m.say(i, Result{Outcome: OnlyThere})
		}
	}
	for _, e := range m.entries {
		if !m.taken[e.ID] && m.due(e) {
			m.results = append(m.results, Result{Outcome: OnlyHere, Entry: e})
		}
	}
}

// underway gives the payouts that somebody may be about to hand over and that a
// line which says that they failed could be.
func (m *matcher) underway(r *Row) []int64 {
	var found []int64
	for _, e := range m.entries {
		if r.Booking == Failed && e.PayoutOpen() && !m.taken[e.ID] && sameTerms(r, e, m.rules.Window) {
			found = append(found, e.ID)
		}
	}
	return found
}
