package statement

import (
	"slices"

	"github.com/raisboy/raisboy/pkg/journal"
)

// others gives those of other profiles' operations that a test of theirs chooses,
// by number. What holds no reference moved nothing that a line could be about.
func (m *matcher) others(chosen func(*journal.Entry) bool) []int64 {
	var found []int64
	for i := range m.rules.Others {
		if e := &m.rules.Others[i]; e.State.HoldsRef() && chosen(e) {
			found = append(found, e.ID)
		}
	}
	slices.Sort(found)
	return found
}

// ofOthers sets aside lines that have the id of another profile's operation. Two
// profiles may draw on one merchant account, whose statement has the lines of
// both: a line that is known to be the other's proves nothing here.
func (m *matcher) ofOthers() {
	if len(m.rules.Others) == 0 {
		return
	}
	byID := map[string][]int64{}
	m.others(func(e *journal.Entry) bool {
		for _, name := range []string{"id " + idOf(e), "request " + e.Call.Terms.RequestID} {
			byID[string(e.Call.Kind)+" "+name] = append(byID[string(e.Call.Kind)+" "+name], e.ID)
		}
		return false
	})
	for i := range m.rows {
		r := &m.rows[i]
		if m.rowTaken[i] {
			continue
		}
		var found []int64
		if r.ID != "" {
			found = append(found, byID[string(r.Kind)+" id "+r.ID]...)
		}
		if r.RequestID != "" {
			found = append(found, byID[string(r.Kind)+" request "+r.RequestID]...)
		}
		if slices.Sort(found); len(found) > 0 {
			m.say(i, Result{Outcome: Ambiguous, By: ByID, Candidates: slices.Compact(found), Reasons: []string{ReasonUsed}})
		}
	}
}

// twin gives the operation that a line like this one, word for word and without
// an id, is recorded to prove: two files that were put together have a line twice.
func (m *matcher) twin(line int, e *journal.Entry) []int64 {
	r := &m.rows[line]
	if e.State == journal.StateDone || r.ID != "" || r.RequestID != "" {
		return nil
	}
	var found []int64
	for _, result := range m.results {
		if result.By == ByRow && result.Entry != nil && result.Row.Amount == r.Amount && result.Row.says() == r.says() {
			found = append(found, result.Entry.ID)
		}
	}
	return found
}

// rivalsElsewhere gives other profiles' operations that the line could be as
// well, where it would be evidence for one of this profile.
func (m *matcher) rivalsElsewhere(line int, e *journal.Entry) []int64 {
	if e.State == journal.StateDone {
		return nil // nothing is recorded about it
	}
	return m.others(func(other *journal.Entry) bool { return sameTerms(&m.rows[line], other, m.rules.Window) })
}
