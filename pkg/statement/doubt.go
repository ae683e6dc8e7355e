package statement

import (
	"slices"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// zones is how far apart two clocks are at most that show different zones' times.
const zones = 14 * time.Hour

// vouch finds out of which kinds the ids in the statement are the project's own:
// those of which one at least is an operation's here. A column may be called
// deposit_id and hold the partner's numbers.
func (m *matcher) vouch() {
	m.vouched = map[api.Kind]bool{}
	for i := range m.rows {
		r := &m.rows[i]
		if r.ID == "" || r.OwnID {
			continue
		}
		m.vouched[r.Kind] = m.vouched[r.Kind] || slices.ContainsFunc(m.named["id "+r.ID], func(e *journal.Entry) bool { return e.Call.Kind == r.Kind })
	}
}

// trusts reports that the line's id is the project's: that an operation has
// another one then proves that it is not the line's.
func (m *matcher) trusts(r *Row) bool {
	return r.ID != "" && !r.OwnID && (m.vouched[r.Kind] || strings.HasPrefix(r.ID, depositPrefix) || strings.HasPrefix(r.ID, payoutPrefix))
}

// counts reports that the line's number proves an operation that the line cannot
// be: it is a counter, which begins anew in every file. Such a line settles
// nothing, and the operation is left for its own.
func (m *matcher) counts(r *Row, e *journal.Entry) bool {
	if !r.OwnID || r.RequestID != "" && r.RequestID == e.Call.Terms.RequestID {
		return false
	}
	apart := m.rules.Window
	if !r.Zoned {
		apart += zones
	}
	return !alike(r, e) || !r.From.IsZero() && !near(r, e, apart)
}

// oneIDOfTwoKinds sets aside lines that have one id and one sum, and are of two
// kinds by their signs or words: the one takes the other back.
func (m *matcher) oneIDOfTwoKinds() {
	for _, rows := range m.group(func(r *Row) string {
		if r.ID == "" {
			return ""
		}
		return r.ID + "\x00" + r.Amount.String()
	}) {
		first := m.rows[rows[0]].Kind
		if !slices.ContainsFunc(rows, func(row int) bool { return m.rows[row].Kind != first }) {
			continue
		}
		for _, row := range rows {
			m.say(row, Result{Outcome: Ambiguous, Candidates: ids(m.meant(&m.rows[row])), Reasons: []string{ReasonID}})
		}
	}
}

// lookAtClocks holds the times of lines against those of the deposits that they
// are by their ids. If most are of another time, the statement's zone is read
// wrongly, and what would be matched by time would be matched with something
// else; if all agree, to the minute as far as they say it, it is read rightly.
func (m *matcher) lookAtClocks() {
	fitting, off := 0, 0
	for _, r := range m.results {
		switch {
		case r.By != ByID || r.Entry == nil || r.Row.From.IsZero() || r.Row.Kind != api.KindDeposit:
		case !near(r.Row, r.Entry, m.rules.Window):
			off++
		default:
			fitting++
			m.timed = m.timed || r.Row.Until.Sub(r.Row.From) <= time.Minute && near(r.Row, r.Entry, min(m.rules.Window, 20*time.Minute))
		}
	}
	m.skewed, m.timed = off > fitting, m.timed && off == 0
}

// free reports that the operation has no line that is certainly its own.
func (m *matcher) free(e *journal.Entry) bool { return !m.taken[e.ID] || m.claimed[e.ID] }

// doubtful reports that the line's time may be another zone's.
func (m *matcher) doubtful(r *Row) bool { return !r.Zoned && !m.timed }

// overlooked gives the operations that the line could be as well as the one that
// it would be evidence for, although they do not fit it as it reads. They have no
// line of their own in this statement, and differ from the other in no more than
//   - their time, where the line's could be another zone's, or where they are of
//     the statement's days, or were proved by a line before, which could be this;
//   - their id, where the line's may be the partner's own number;
//   - the project's id of the user, where that is not known of one of the two, or
//     zeros in front of it, which spreadsheets take away.
func (m *matcher) overlooked(line int, e *journal.Entry, lines map[int64][]int) []int64 {
	if e.State == journal.StateDone {
		return nil // nothing is recorded about it
	}
	var found []int64
	r := &m.rows[line]
	doubtful := m.doubtful(r)
	for _, other := range m.entries {
		if other == e || !m.free(other) || len(lines[other.ID]) > 0 || !m.alikeBut(r, e, other) {
			continue
		}
		done := other.State == journal.StateDone && expected(other)
		moved := other.State == journal.StateDone || other.State.Unsettled() || other.State == journal.StateRefused && other.Decision != nil
		switch {
		case moved && near(r, other, m.rules.Window),
			done && m.due(other),
			done && other.Proof != nil && near(r, other, m.rules.Window+zones),
			moved && doubtful && near(r, other, m.rules.Window+zones):
			found = append(found, other.ID)
		}
	}
	return found
}

// alikeBut is alike, where the line is taken to be e, for what a line may say
// otherwise although it is the other's.
func (m *matcher) alikeBut(r *Row, e, other *journal.Entry) bool {
	a, b := e.Call.Terms, other.Call.Terms
	sameUser := a.UserID == b.UserID || e.ProjectUserID != "" && e.ProjectUserID == other.ProjectUserID ||
		strings.TrimLeft(a.UserID, "0") == strings.TrimLeft(b.UserID, "0")
	return r.Kind == other.Call.Kind && (r.Amount == other.Amount() || r.Amount == b.Amount) && r.Currency == b.Currency &&
		(sameUser || samePerson(r, other)) && (!m.trusts(r) || !otherID(r, other)) && (r.RequestID == "" || r.RequestID == b.RequestID)
}

// takenBack looks for lines of other kinds that speak of what a line proves: a
// refund has the id of its deposit, or its user and sum. What the statement gives
// and takes is for a person.
func (m *matcher) takenBack(ignored []Ignored) {
	said := map[string][]*Ignored{}
	for i := range ignored {
		if ignored[i].Reason != IgnoredKind || ignored[i].fee {
			continue
		}
		for _, name := range ignored[i].about.aliases(ignored[i].about.Amount.String()) {
			said[name] = append(said[name], &ignored[i])
		}
	}
	if len(said) == 0 {
		return
	}
	for i := range m.results {
		r := &m.results[i]
		if r.Row == nil || r.Outcome != Provable && r.Outcome != Contradicts && r.Outcome != Matched {
			continue
		}
		names := append(r.Row.aliases(r.Row.Amount.String()), r.Row.aliases("0.00")...) // 0.00: a sum that could not be read
		if e := r.Entry; e != nil {
			also := Row{ID: idOf(e), RequestID: e.Call.Terms.RequestID, UserID: e.Call.Terms.UserID, ProjectUserID: e.ProjectUserID}
			names = append(names, also.aliases(r.Row.Amount.String())...)
		}
		for _, name := range names {
			if slices.ContainsFunc(said[name], func(i *Ignored) bool { return i.takeback || r.Outcome != Matched }) {
				r.Outcome, r.Reasons = Different, []string{ReasonReversed}
				break
			}
		}
	}
}

// aliases are the names by which another line could speak of the same.
func (r *Row) aliases(amount string) []string {
	var all []string
	for _, id := range distinct(r.ID, r.RequestID) {
		all = append(all, "id "+id)
	}
	for _, user := range distinct(r.UserID, r.ProjectUserID) {
		all = append(all, "user "+user+"\x00"+amount)
	}
	return all
}
