package journaltest

import (
	"bytes"
	"errors"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func beginChecks() []check {
	return []check{
		{"the intent is what was given", intentIsWhatWasGiven},
		{"a ref replays in every state that holds it", refReplays},
		{"a ref is free after refused and not sent", refIsFreed},
		{"a ref with other terms is refused", refWithOtherTerms},
		{"a ref in flight is locked", refInFlight},
		{"a ref belongs to a profile", refBelongsToProfile},
		{"a request id replays under any ref", requestIDReplays},
		{"numbers count up", numbersCountUp},
		{"only what moves money begins", onlyMoneyBegins},
	}
}

func intentIsWhatWasGiven(w *world) {
	x := payout("2564568", 500000, "req-1").withRef("order-7").withProjectUser("#KXA1234")
	p, err := x.proposal(w.clock.now())
	if err != nil {
		w.Fatal(err)
	}
	p.Batch, p.Line, p.Sandbox = "salaries", 3, true
	begun, replayed, err := w.desk.Begin(w.Context(), p, journal.Guard{})
	if err != nil || replayed {
		w.Fatal(replayed, err)
	}
	for _, e := range []journal.Entry{begun, w.get(w.desk, begun.ID), w.get(w.open("till-2"), begun.ID)} {
		w.wantState(e, journal.StateOpen)
		if !bytes.Equal(e.Call.Body, p.Call.Body) || e.Call.URL != p.Call.URL || e.Call.Terms != p.Call.Terms || !e.Call.Repeatable {
			w.Errorf("call %+v, wanted %+v", e.Call, p.Call)
		}
		if e.Ref != p.Ref || e.ProjectUserID != p.ProjectUserID || e.KeyID != p.KeyID || e.Profile != p.Profile ||
			e.Batch != p.Batch || e.Line != p.Line || !e.Sandbox || e.Desk != "till-1" || e.OSUser != "cashier" {
			w.Errorf("entry %+v", e)
		}
		if !e.CreatedAt.Equal(w.clock.now()) || !e.SettledAt.IsZero() || len(e.Facts) != 1 || e.Owner == "" {
			w.Errorf("created %v, settled %v, facts %d, owner %q", e.CreatedAt, e.SettledAt, len(e.Facts), e.Owner)
		}
	}
}

// into brings an operation into the state by machine evidence.
func (w *world) into(id int64, s journal.State) {
	w.Helper()
	switch s {
	case journal.StateOpen:
		return
	case journal.StateDone:
		w.settle(w.desk, id, answer(api.Done))
	case journal.StateRefused:
		w.settle(w.desk, id, answer(api.Refused))
	case journal.StateNotSent:
		w.settle(w.desk, id, answer(api.NotSent))
	case journal.StateMismatch:
		w.settle(w.desk, id, answer(api.Mismatch))
	case journal.StateConflict:
		w.update(w.desk, id, journal.Answer{Verdict: "done", DepositID: "a"}, journal.Answer{Verdict: "done", DepositID: "b"})
	case journal.StateUnknown:
		w.settle(w.desk, id, answer(api.Unknown))
	}
	w.wantState(w.get(w.desk, id), s)
}

// each runs the check in a world of its own place for every state: the users
// differ, so that no guard reaches from one state to the next.
func (w *world) each(states []journal.State, run func(w *world, s journal.State, user string)) {
	for _, s := range states {
		w.sub(s.String(), func(w *world) { run(w, s, "user"+string(rune('a'+int(s)))) })
	}
}

func refReplays(w *world) {
	states := []journal.State{journal.StateDone, journal.StateUnknown, journal.StateMismatch, journal.StateConflict}
	w.each(states, func(w *world, s journal.State, user string) {
		x := deposit(user, 600000).withRef("ref-" + user)
		first := w.begin(w.desk, x)
		w.into(first.ID, s)
		for _, g := range []journal.Guard{{}, {Again: true}, {ShiftMax: 1}} {
			e, replayed, err := w.try(w.open("till-2"), x, g)
			if err != nil || !replayed || e.ID != first.ID || e.State != s || !bytes.Equal(e.Call.Body, first.Call.Body) {
				w.Fatalf("replayed %t, operation %d, %s, error %v; wanted operation %d as it is", replayed, e.ID, e.State, err, first.ID)
			}
		}
	})
}

func refIsFreed(w *world) {
	w.each([]journal.State{journal.StateRefused, journal.StateNotSent}, func(w *world, s journal.State, user string) {
		x := deposit(user, 600000).withRef("ref-" + user)
		first := w.begin(w.desk, x)
		w.into(first.ID, s)
		again := w.begin(w.desk, x)
		w.into(again.ID, s)
		other := w.begin(w.desk, x.withAmount(100))
		w.into(other.ID, journal.StateDone)
		w.held(w.desk, x, journal.Guard{}, journal.HeldRef, other.ID)
	})
}

func refWithOtherTerms(w *world) {
	x := payout("2564568", 500000, "req-1").withRef("order-7")
	first := w.begin(w.desk, x)
	w.settle(w.desk, first.ID, answer(api.Done))
	others := map[string]wish{
		"amount":   x.withAmount(500001),
		"currency": x.withCurrency("USD"),
		"user":     payout("2564569", 500000, "req-1").withRef("order-7"),
		"request":  payout("2564568", 500000, "req-2").withRef("order-7"),
		"kind":     deposit("2564568", 500000).withRef("order-7"),
	}
	for name, other := range others {
		w.sub(name, func(w *world) {
			w.held(w.desk, other, journal.Guard{Again: true}, journal.HeldRef, first.ID)
		})
	}
}

func refInFlight(w *world) {
	x := deposit("2564568", 600000).withRef("order-7")
	first := w.begin(w.desk, x)
	w.held(w.desk, x, journal.Guard{Again: true}, journal.HeldLock, first.ID)
	w.held(w.open("till-2"), x, journal.Guard{Again: true}, journal.HeldLock, first.ID)
}

func refBelongsToProfile(w *world) {
	x := payout("2564568", 500000, "req-1").withRef("order-7")
	first := w.begin(w.desk, x)
	second := w.begin(w.desk, x.withProfile("other"))
	if first.ID == second.ID {
		w.Fatal("one operation for two profiles")
	}
}

func requestIDReplays(w *world) {
	x := payout("2564568", 500000, "req-1").withRef("order-7")
	first := w.begin(w.desk, x)
	w.held(w.desk, x.withRef("order-8"), journal.Guard{}, journal.HeldLock, first.ID)
	w.settle(w.desk, first.ID, payoutAnswer(api.Done, "pout_1", api.StatusPending))
	for _, ref := range []string{"", "order-7", "order-8"} {
		e, replayed, err := w.try(w.desk, x.withRef(ref), journal.Guard{})
		if err != nil || !replayed || e.ID != first.ID {
			w.Fatalf("ref %q: replayed %t, operation %d, error %v", ref, replayed, e.ID, err)
		}
	}
	w.held(w.desk, x.withAmount(1).withRef(""), journal.Guard{Again: true}, journal.HeldRef, first.ID)
}

func numbersCountUp(w *world) {
	second := w.open("till-2")
	for i := range int64(6) {
		j := []*journal.Journal{w.desk, second}[i%2]
		if e := w.begin(j, deposit("2564568", 100).withProfile("p"+string(rune('a'+i)))); e.ID != i+1 {
			w.Fatalf("operation %d, wanted %d", e.ID, i+1)
		}
	}
}

func onlyMoneyBegins(w *world) {
	call, err := api.Validation{UserID: "2564568"}.Call(endpoints())
	if err != nil {
		w.Fatal(err)
	}
	_, _, err = w.desk.Begin(w.Context(), journal.Proposal{Call: call, Profile: "main"}, journal.Guard{})
	var held *journal.HeldError
	if err == nil || errors.As(err, &held) {
		w.Fatalf("error %v, wanted the kind refused", err)
	}
	for e, err := range w.desk.List(w.Context(), journal.Filter{}) {
		w.Fatalf("recorded: %+v, %v", e, err)
	}
}
