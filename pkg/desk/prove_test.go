package desk_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// recorded begins an operation and records what it came to, without a network.
func (w *world) recorded(o desk.Order, facts ...journal.Content) journal.Entry {
	w.Helper()
	o.RequestID = o.Ref
	call, err := w.till.Freeze(o)
	if err != nil {
		w.Fatal(err)
	}
	e, _, err := w.till.Journal.Begin(w.Context(), journal.Proposal{Call: call, Profile: "main", Ref: o.Ref, KeyID: journal.KeyID(testAPIKey)}, journal.Guard{})
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range facts {
		e, err = w.till.Journal.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: c}}, nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	return e
}

func depositBy(user, ref string) desk.Order {
	o := depositOrder()
	o.UserID, o.Ref = user, ref
	return o
}

func evidence(row string, seen journal.State) desk.Evidence {
	return desk.Evidence{Seen: seen, Raw: []byte("the line"), Statement: journal.Statement{
		Row: row, Digest: "digest", Line: 2, By: "terms", Amount: 500000, Currency: "UZS"}}
}

func TestProve(t *testing.T) {
	lost, refused := journal.Answer{Verdict: "unknown"}, journal.Answer{Verdict: "refused", HTTPStatus: 404}
	w := newWorld(t)
	unknown := w.recorded(depositBy("a", "a"), lost)
	r, err := w.till.Prove(t.Context(), unknown.ID, evidence("row-1", journal.StateUnknown))
	if err != nil || r.Entry.State != journal.StateDone || r.Replayed || !r.Recorded {
		t.Fatalf("%+v, %v", r, err)
	}
	if last := r.Entry.Facts[len(r.Entry.Facts)-1]; last.Kind() != journal.FactStatement || string(last.Raw) != "the line" {
		t.Fatalf("%+v", last)
	}
	// The same line again, from another desk, changes nothing.
	r, err = w.open("till-2").Prove(t.Context(), unknown.ID, evidence("row-1", journal.StateUnknown))
	if err != nil || !r.Replayed || len(r.Entry.Facts) != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	// What was held to be refused is a conflict now, by an answer or by a person.
	for i, facts := range [][]journal.Content{{refused}, {journal.Answer{Verdict: "not_sent"}}, {lost, journal.Decision{Ruling: journal.RuledNotCredited}}} {
		e := w.recorded(depositBy("b", string(rune('b'+i))), facts...)
		r, err := w.till.Prove(t.Context(), e.ID, evidence("row-b"+string(rune('b'+i)), e.State))
		if err != nil || r.Entry.State != journal.StateConflict {
			t.Fatalf("%s became %s, %v", e.State, r.Entry.State, err)
		}
		r, err = w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledCredited, Note: "partner"})
		if err != nil || r.Entry.State != journal.StateDone {
			t.Fatalf("%s, %v", r.Entry.State, err)
		}
	}
}

func TestProveRefuses(t *testing.T) {
	w := newWorld(t)
	lost := journal.Answer{Verdict: "unknown"}
	payout := payoutOrder()
	payout.Ref = "r1"
	second := payout
	second.Ref, second.UserID = "r3", "y"
	other := payoutOrder()
	other.UserID, other.Ref = "z", "r2"
	w.recorded(other, journal.Answer{Verdict: "done", PayoutID: "pout_2"})
	for name, c := range map[string]struct {
		order  desk.Order
		facts  []journal.Content
		change func(*desk.Evidence)
		want   desk.RulingProblem
	}{
		"done meanwhile":         {depositBy("a", ""), []journal.Content{lost, journal.Answer{Verdict: "done"}}, nil, desk.RulingWrongState},
		"done, and seen so":      {depositBy("b", ""), []journal.Content{journal.Answer{Verdict: "done"}}, func(v *desk.Evidence) { v.Seen = journal.StateDone }, desk.RulingWrongState},
		"refused meanwhile":      {depositBy("c", ""), []journal.Content{lost, journal.Decision{Ruling: journal.RuledNotCredited}}, nil, desk.RulingWrongState},
		"being sent":             {depositBy("d", ""), nil, func(v *desk.Evidence) { v.Seen = journal.StateOpen }, desk.RulingBusy},
		"another sum":            {depositBy("e", ""), []journal.Content{lost}, func(v *desk.Evidence) { v.Statement.Amount++ }, desk.RulingAmount},
		"another currency":       {depositBy("f", ""), []journal.Content{lost}, func(v *desk.Evidence) { v.Statement.Currency = "USD" }, desk.RulingAmount},
		"a payout's id":          {depositBy("g", ""), []journal.Content{lost}, func(v *desk.Evidence) { v.Statement.PayoutID = "p" }, desk.RulingWrongKind},
		"a deposit's id":         {second, []journal.Content{lost}, func(v *desk.Evidence) { v.Statement.DepositID = "d" }, desk.RulingWrongKind},
		"another deposit_id":     {depositBy("h", ""), []journal.Content{journal.Answer{Verdict: "unknown", DepositID: "d1"}}, func(v *desk.Evidence) { v.Statement.DepositID = "d2" }, desk.RulingPayoutID},
		"another payout's id":    {payout, []journal.Content{lost}, func(v *desk.Evidence) { v.Statement.PayoutID = "pout_2" }, desk.RulingPayoutID},
		"proved by another line": {depositBy("i", ""), []journal.Content{lost, journal.Statement{Row: "first", Amount: 500000, Currency: "UZS"}}, func(v *desk.Evidence) { v.Seen = journal.StateDone }, desk.RulingWrongState},
		"proved, and ruled out": {depositBy("l", ""), []journal.Content{journal.Answer{Verdict: "refused"}, journal.Statement{Row: "l", Amount: 500000, Currency: "UZS"},
			journal.Decision{Ruling: journal.RuledNotCredited}}, func(v *desk.Evidence) { v.Seen = journal.StateRefused }, desk.RulingWrongState},
	} {
		t.Run(name, func(t *testing.T) {
			e := w.recorded(c.order, c.facts...)
			v := evidence(name, journal.StateUnknown)
			if c.change != nil {
				c.change(&v)
			}
			_, err := w.till.Prove(t.Context(), e.ID, v)
			var refused *desk.RulingError
			if !errors.As(err, &refused) || refused.Problem != c.want {
				t.Fatalf("error %v, wanted %s", err, c.want)
			}
			if after, err := w.till.Journal.Get(t.Context(), e.ID); err != nil || len(after.Facts) != len(e.Facts) {
				t.Errorf("%d facts after %d, %v", len(after.Facts), len(e.Facts), err)
			}
		})
	}
	e := w.recorded(depositBy("j", ""), lost)
	foreign := *w.till.Desk
	foreign.Profile = "other"
	var refused *desk.RulingError
	if _, err := foreign.Prove(t.Context(), e.ID, evidence("j", journal.StateUnknown)); !errors.As(err, &refused) || refused.Problem != desk.RulingOtherOrigin {
		t.Error(err)
	}
	if _, err := w.till.Prove(t.Context(), 999, evidence("k", journal.StateUnknown)); !errors.Is(err, journal.ErrNotFound) {
		t.Error(err)
	}
}

// TestOneLineProvesOneOperation: desks that reconcile the same statement at once
// and take its line for different operations settle one of them.
func TestOneLineProvesOneOperation(t *testing.T) {
	w := newWorld(t)
	const n = 6
	var ids []int64
	for i := range n {
		ids = append(ids, w.recorded(depositBy(string(rune('a'+i)), ""), journal.Answer{Verdict: "unknown"}).ID)
	}
	tills := []*till{w.till, w.open("till-2"), w.open("till-3")}
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() {
			_, err := tills[i%len(tills)].Prove(t.Context(), id, evidence("the row", journal.StateUnknown))
			var used *journal.UsedRowError
			if err != nil && !errors.As(err, &used) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	done := 0
	for _, id := range ids {
		if e, err := w.till.Journal.Get(t.Context(), id); err != nil {
			t.Error(err)
		} else if e.State == journal.StateDone {
			done++
		}
	}
	if done != 1 {
		t.Fatalf("one line settled %d operations", done)
	}
}

// A desk that has the operation in hand keeps others from it.
func TestProveWaitsForNoLock(t *testing.T) {
	w := newWorld(t)
	e := w.recorded(depositBy("a", ""), journal.Answer{Verdict: "unknown"})
	lock, err := w.open("till-2").Journal.Lock(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.till.Prove(t.Context(), e.ID, evidence("row", journal.StateUnknown))
	if err != nil || r.Held == nil || r.Held.Reason != journal.HeldLock {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if r, err = w.till.Prove(t.Context(), e.ID, evidence("row", journal.StateUnknown)); err != nil || r.Entry.State != journal.StateDone {
		t.Fatal(r.Entry.State, err)
	}
}
