package journal

import (
	"context"
	"sync"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// judge says what stands in a proposal's way: the operation of the same ref or
// request_id, which is replayed, or a *HeldError. Neither: it may begin, under
// the number next.
func (j *Journal) judge(ctx context.Context, q querier, p Proposal, g Guard) (first *Entry, next int64, err error) {
	since := j.now().Add(-g.Window)
	s := search{ways: newWays(), j: j, q: q}
	keys := p.keys()
	for _, key := range keys {
		p.holders(&s.ways, key)
	}
	twins := len(s.lookups)
	reach := since.UnixMilli()
	if g.holdsMoved(p) {
		reach = -1 // however long ago: nothing was settled before it
	}
	p.twins(&s.ways, reach)
	if err := s.ask(ctx); err != nil {
		return nil, 0, err
	}
	var refused *Entry
	for i := range keys {
		entries, err := s.found(ctx, 2*i, 2*i+2)
		if err != nil {
			return nil, 0, err
		}
		if first, err = p.replays(entries); first != nil || err != nil {
			return first, 0, err
		}
		if again := p.repeatsRefused(entries); again != nil {
			refused = again
		}
	}
	if refused != nil {
		return refused, 0, nil
	}
	entries, err := s.found(ctx, twins, len(s.lookups))
	if err != nil {
		return nil, 0, err
	}
	if err := p.heldBy(entries, g, since); err != nil {
		return nil, 0, err
	}
	return nil, s.next, j.checkShift(ctx, q, p, g)
}

// A key names at most one operation that is not refused.
type key struct {
	value string
	of    func(*Entry) string
	ways  keyWays
}

// keyWays are the conditions of the two ways to an operation that has a key: to
// one that holds it, or to one that was refused as well.
type keyWays struct{ held, refused [2]string }

const (
	heldState    = ` AND state NOT IN ('refused', 'not_sent')`
	refusedState = ` AND state <> 'not_sent'`
)

// waysByKey gives the ways by a column. In the second, an empty text is put behind
// the column, which keeps the index of the first way out of it.
func waysByKey(column string, kind api.Kind) keyWays {
	direct := column + ` <> '' AND ` + column + ` = ?`
	byUser := `user_id = ? AND kind = '` + string(kind) + `' AND amount = ? AND ` + column + ` || '' = ?`
	return keyWays{
		held:    [2]string{direct + heldState, byUser + heldState},
		refused: [2]string{direct + refusedState, byUser + refusedState},
	}
}

// kindWays are all that a proposal of one kind can take. The kind stands in them
// as it is: what is bound to a place could be any, and SQLite would prepare the
// statement anew for each of them, since there is an index of payouts alone.
type kindWays struct {
	ref, request keyWays
	twins        twinWays
}

var waysByKind = sync.OnceValue(func() map[api.Kind]*kindWays {
	ways := map[api.Kind]*kindWays{}
	for kind, gone := range map[api.Kind]string{api.KindDeposit: goneDeposit, api.KindPayout: gonePayout} {
		ways[kind] = &kindWays{waysByKey("ref", kind), waysByKey("request_id", kind), twinsOf(kind, gone)}
	}
	return ways
})

// keys are those that the proposal bears.
func (p Proposal) keys() []key {
	keys, ways := make([]key, 0, 2), waysByKind()[p.Call.Kind]
	if p.Ref != "" {
		keys = append(keys, key{p.Ref, func(e *Entry) string { return e.Ref }, ways.ref})
	}
	if id := p.Call.Terms.RequestID; id != "" {
		keys = append(keys, key{id, func(e *Entry) string { return e.Call.Terms.RequestID }, ways.request})
	}
	return keys
}

// holders are the two ways to an operation that has the key.
func (p Proposal) holders(w *ways, k key) {
	fits := func(e *Entry) bool { return k.of(e) == k.value }
	conditions := k.ways.held
	if p.ReportRefused {
		conditions = k.ways.refused
	}
	t := p.Call.Terms
	w.add(conditions[0], fits, k.value)
	w.add(conditions[1], fits, t.UserID, int64(t.Amount), k.value)
}

// replays chooses among the operations that have one of the proposal's keys.
func (p Proposal) replays(entries []Entry) (*Entry, error) {
	for _, e := range entries {
		switch {
		case e.Profile != p.Profile || !e.State.HoldsRef():
			continue
		case !e.SameTerms(p.Call):
			return nil, &HeldError{Reason: HeldRef, By: &e}
		case e.State == StateOpen:
			return nil, &HeldError{Reason: HeldLock, By: &e}
		}
		return &e, nil
	}
	return nil, nil
}

// repeatsRefused finds the latest refused operation that the proposal is once
// more, and that is only to be reported. Where a person said that nothing was
// moved, it is still wanted: the project never refused it.
func (p Proposal) repeatsRefused(entries []Entry) (latest *Entry) {
	for _, e := range entries {
		answer := api.Outcome{Verdict: api.Refused, HTTPStatus: e.HTTPStatus, Code: e.Code}
		if p.ReportRefused && e.Profile == p.Profile && e.State == StateRefused && e.SameTerms(p.Call) &&
			e.Decision == nil && !answer.RefusesCredentials() {
			latest = &e
		}
	}
	return latest
}

// heldBy looks among operations that may be equal for one that holds the
// proposal back.
func (p Proposal) heldBy(entries []Entry, g Guard, since time.Time) error {
	var recent *Entry
	for _, e := range entries {
		switch {
		case e.Profile != p.Profile || e.Call.Terms.Currency != p.Call.Terms.Currency:
		case e.State == StateConflict:
			return &HeldError{Reason: HeldConflict, By: &e}
		case e.State.Unsettled():
			return &HeldError{Reason: HeldUnresolved, By: &e}
		case e.State == StateDone && g.holdsMoved(p) && e.Batch == p.Batch && !g.explained(&e):
			return &HeldError{Reason: HeldDuplicate, By: &e, Moved: true}
		case recent == nil && e.State == StateDone && (e.SettledAt.After(since) || e.PayoutOpen()):
			recent = &e
		}
	}
	if recent != nil && g.window(p) {
		return &HeldError{Reason: HeldDuplicate, By: recent}
	}
	return nil
}

// window reports whether what is done holds the proposal back, too. A reference
// that somebody gave says that the operation is meant; one that was made from
// the place in a batch says nothing of the kind.
func (g Guard) window(p Proposal) bool {
	return g.Window > 0 && !g.Again && (p.Ref == "" || p.madeRef())
}

// madeRef reports that the reference was made from a place in the batch.
func (p Proposal) madeRef() bool { return p.Batch != "" && isLineRef(p.Batch, p.Ref) }

// holdsMoved reports whether an equal operation of the same batch holds the
// proposal back whenever it was done. A row whose reference was made from its
// line gets another one when a line is put in above it: that it is new is only
// certain if nothing in the batch is equal to it, or if somebody says so.
func (g Guard) holdsMoved(p Proposal) bool { return p.madeRef() && (!g.Again || g.Stands != nil) }

// explained reports that an equal row of the same batch is another one.
func (g Guard) explained(e *Entry) bool { return g.Again && g.Stands(e.Line) }
