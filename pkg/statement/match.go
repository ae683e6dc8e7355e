package statement

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Rules say how lines without ids are matched, and of which time the statement
// is.
type Rules struct {
	Window time.Duration // how far the two sides' clocks may be apart

	// Since and Until bound the time that the statement is about: an operation
	// outside of it need not have a line. Until is not included.
	Since, Until time.Time

	// Proved names the operations that lines prove already, by [Row.Key].
	Proved map[string]int64

	// Others are operations of other profiles of the journal that the statement
	// may be about. They are never settled; a line that could be one of them
	// settles nothing else.
	Others []journal.Entry
}

// Match compares a statement with the operations of one profile. It is pure,
// and what it says does not depend on the order of lines or operations. The
// results stand in the order of the lines; operations without one come last.
//
// Lines that are recorded as proof come first, then those with an id. What is
// left is matched by user, amount, currency and time, and only where the line
// fits no other operation and the operation no other line. Operations that the
// project's own answer refused, or that never left, are tried last of all, with
// lines that fit nothing else; but where a line would be evidence
// for another operation, a refused one that it fits as well makes it ambiguous.
func Match(file *File, entries []journal.Entry, rules Rules) []Result {
	m := matcher{rules: rules, rows: file.Rows, rowTaken: make([]bool, len(file.Rows)),
		number: map[int64]*journal.Entry{}, named: map[string][]*journal.Entry{}, taken: map[int64]bool{}, claimed: map[int64]bool{}}
	for i := range entries {
		m.number[entries[i].ID] = &entries[i]
	}
	m.index()
	m.vouch()
	m.duplicates()
	m.recorded()
	m.byID()
	m.ofOthers()
	if m.lookAtClocks(); !m.skewed {
		m.byTerms(func(e *journal.Entry) bool { return !denied(e) })
		m.byTerms(denied)
	}
	m.takenBack(file.Ignored)
	m.rest()
	for i := range file.Ignored {
		m.results = append(m.results, Result{Outcome: PassedOver, Ignored: &file.Ignored[i], Reasons: []string{string(file.Ignored[i].Reason)}})
	}
	slices.SortStableFunc(m.results, func(a, b Result) int {
		if c := cmp.Compare(a.line(), b.line()); c != 0 {
			return c
		}
		return cmp.Compare(a.operation(), b.operation())
	})
	return m.results
}

const lastLine = int(^uint(0) >> 1)

func (r Result) line() int {
	switch {
	case r.Row != nil:
		return r.Row.Line
	case r.Ignored != nil:
		return r.Ignored.Line
	}
	return lastLine
}

func (r Result) operation() int64 {
	if r.Entry == nil {
		return 0
	}
	return r.Entry.ID
}

// A matcher pairs lines and operations, step by step.
type matcher struct {
	rules    Rules
	rows     []Row
	entries  []*journal.Entry            // ascending, each once
	number   map[int64]*journal.Entry    // the same by number
	named    map[string][]*journal.Entry // the same by their ids
	taken    map[int64]bool              // operations that are spoken for
	claimed  map[int64]bool              // those of them that only may be a line's, which another line may be as well
	rowTaken []bool
	vouched  map[api.Kind]bool // kinds of which the ids in the statement are the project's
	skewed   bool              // times cannot be relied on
	timed    bool              // the times of lines with ids confirm in which zone they are
	results  []Result
}

func (m *matcher) say(row int, r Result) {
	r.Row = &m.rows[row]
	r.trusted = m.trusts(r.Row)
	m.rowTaken[row] = true
	if r.Entry != nil {
		m.taken[r.Entry.ID] = true
	}
	for _, id := range r.Candidates {
		m.taken[id] = true
		m.claimed[id] = r.Outcome == Ambiguous && r.By == ByTerms
	}
	m.results = append(m.results, r)
}

// index puts the operations in order and notes their ids: the project's and, of
// a payout, ours.
func (m *matcher) index() {
	for _, id := range slices.Sorted(maps.Keys(m.number)) {
		e := m.number[id]
		m.entries = append(m.entries, e)
		m.named["id "+idOf(e)] = append(m.named["id "+idOf(e)], e)
		m.named["request "+e.Call.Terms.RequestID] = append(m.named["request "+e.Call.Terms.RequestID], e)
	}
}

// duplicates sets aside lines that repeat another. Of lines that have one id and
// say different things none can be believed.
func (m *matcher) duplicates() {
	m.oneIDOfTwoKinds()
	for _, rows := range m.group(func(r *Row) string { return r.Key }) {
		first := &m.rows[rows[0]]
		same := !slices.ContainsFunc(rows, func(row int) bool { return m.rows[row].says() != first.says() })
		for _, row := range rows[1:] {
			if same {
				m.say(row, Result{Outcome: Duplicate})
			}
		}
		if same {
			continue
		}
		concerned := map[int64]*journal.Entry{}
		for _, row := range rows {
			for _, e := range m.meant(&m.rows[row]) {
				concerned[e.ID] = e
			}
		}
		candidates := slices.Sorted(maps.Keys(concerned))
		for _, row := range rows {
			m.say(row, Result{Outcome: Ambiguous, Candidates: candidates, Reasons: []string{ReasonID}})
		}
	}
}

// meant gives the operations that a line names by an id, or proves already.
func (m *matcher) meant(r *Row) []*journal.Entry {
	var found []*journal.Entry
	if id, ok := m.rules.Proved[r.Key]; ok && m.number[id] != nil {
		found = append(found, m.number[id])
	}
	if r.ID != "" {
		found = append(found, alive(m.named["id "+r.ID])...)
	}
	if r.RequestID != "" {
		found = append(found, alive(m.named["request "+r.RequestID])...)
	}
	slices.SortFunc(found, func(a, b *journal.Entry) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(found)
}

// says is all that a line says, whatever it looks like.
func (r *Row) says() string {
	return strings.Join([]string{string(r.Kind), r.ID, r.RequestID, r.UserID, r.ProjectUserID, r.Amount.String(), r.Currency,
		stampOf(r.From), stampOf(r.Until), string(rune('0' + r.Booking))}, "\x00")
}

// group gives the lines that are left by what name says of them, in order.
func (m *matcher) group(name func(*Row) string) [][]int {
	groups := map[string][]int{}
	for i := range m.rows {
		if key := name(&m.rows[i]); !m.rowTaken[i] && key != "" {
			groups[key] = append(groups[key], i)
		}
	}
	all := slices.Collect(maps.Values(groups))
	slices.SortFunc(all, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	return all
}

// recorded pairs lines with the operations that they prove already.
func (m *matcher) recorded() {
	for i := range m.rows {
		id, ok := m.rules.Proved[m.rows[i].Key]
		switch {
		case m.rowTaken[i] || !ok:
		case m.number[id] != nil && m.counts(&m.rows[i], m.number[id]):
			m.rowTaken[i] = true
			m.results = append(m.results, Result{Outcome: Ambiguous, By: ByRow, Row: &m.rows[i], Candidates: []int64{id}, Reasons: []string{ReasonUsed}})
		case m.number[id] != nil && !m.taken[id]:
			m.say(i, judge(&m.rows[i], m.number[id], ByRow))
		default:
			m.say(i, Result{Outcome: Ambiguous, By: ByRow, Candidates: []int64{id}, Reasons: []string{ReasonUsed}})
		}
	}
}

// byID pairs lines with operations of the same id.
func (m *matcher) byID() {
	named := make([][]*journal.Entry, len(m.rows)) // by line
	lines := map[int64]int{}                       // how many name the operation
	for i := range m.rows {
		if m.rowTaken[i] {
			continue
		}
		meant := m.meant(&m.rows[i])
		for _, e := range meant {
			if !m.taken[e.ID] {
				named[i] = append(named[i], e)
				lines[e.ID]++
			}
		}
		if len(meant) > 0 && len(named[i]) == 0 { // whatever else it fits, it says whose it is
			m.say(i, Result{Outcome: Ambiguous, By: ByID, Candidates: ids(meant), Reasons: []string{ReasonID}})
		}
	}
	for i, found := range named {
		switch {
		case len(found) == 0:
		case len(found) == 1 && lines[found[0].ID] == 1:
			m.say(i, judge(&m.rows[i], found[0], ByID))
		default:
			m.say(i, Result{Outcome: Ambiguous, By: ByID, Candidates: ids(found), Reasons: []string{ReasonID}})
		}
	}
}

// alive leaves, of operations that have one id, those that were not refused: a
// request_id is free again after a refusal.
func alive(all []*journal.Entry) []*journal.Entry {
	var living []*journal.Entry
	for _, e := range all {
		if e.State.HoldsRef() {
			living = append(living, e)
		}
	}
	if len(living) > 0 {
		return living
	}
	return all
}

func ids(entries []*journal.Entry) []int64 {
	all := make([]int64, len(entries))
	for i, e := range entries {
		all[i] = e.ID
	}
	return all
}
