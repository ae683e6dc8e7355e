package journaltest

import (
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func guardChecks() []check {
	return []check{
		{"what is unsettled holds an equal one back", unsettledHoldsBack},
		{"a dead owner's operation holds an equal one back", deadOwnerHoldsBack},
		{"the same user under the project's id", sameProjectUser},
		{"a done one holds back within the window", windowHoldsBack},
		{"a payout that is not final is inside the window", openPayoutHoldsBack},
		{"the limit of a shift", shiftLimit},
		{"what is held back leaves no trace", heldLeavesNoTrace},
	}
}

const window = 2 * time.Minute

func unsettledHoldsBack(w *world) {
	reasons := map[journal.State]journal.HeldReason{
		journal.StateOpen: journal.HeldUnresolved, journal.StateUnknown: journal.HeldUnresolved,
		journal.StateMismatch: journal.HeldUnresolved, journal.StateConflict: journal.HeldConflict,
	}
	states := []journal.State{journal.StateOpen, journal.StateUnknown, journal.StateMismatch, journal.StateConflict}
	w.each(states, func(w *world, s journal.State, user string) {
		x := deposit(user, 600000)
		first := w.begin(w.desk, x)
		w.into(first.ID, s)
		for _, g := range []journal.Guard{{}, {Window: window}, {Window: window, Again: true}} {
			w.held(w.desk, x, g, reasons[s], first.ID)
			w.held(w.desk, x.withRef("another "+user), g, reasons[s], first.ID)
			w.held(w.open("till-2"), x, g, reasons[s], first.ID)
		}
		w.clock.advance(240 * time.Hour)
		w.held(w.desk, x, journal.Guard{}, reasons[s], first.ID)

		w.begin(w.desk, x.withAmount(600001))
		w.begin(w.desk, x.withCurrency("USD"))
		w.begin(w.desk, x.withProfile("other"))
		w.begin(w.desk, deposit(user+"2", 600000))
		w.begin(w.desk, payout(user, 600000, "req-"+user))
	})
}

func deadOwnerHoldsBack(w *world) {
	second := w.open("till-2")
	x := deposit("2564568", 600000).withRef("order-7")
	first := w.begin(second, x)
	if err := second.Close(); err != nil {
		w.Fatal(err)
	}
	w.held(w.desk, x.withRef(""), journal.Guard{Again: true}, journal.HeldUnresolved, first.ID)
	e, replayed, err := w.try(w.desk, x, journal.Guard{})
	if err != nil || !replayed || e.State != journal.StateUnknown {
		w.Fatalf("replayed %t, %s, error %v; wanted the unknown operation", replayed, e.State, err)
	}
}

func sameProjectUser(w *world) {
	first := w.begin(w.desk, deposit("2564568", 600000).withProjectUser("#KXA1234"))
	w.held(w.desk, deposit("002564568", 600000).withProjectUser("#KXA1234"), journal.Guard{}, journal.HeldUnresolved, first.ID)
	w.held(w.desk, deposit("2564568", 600000).withProjectUser("#OTHER"), journal.Guard{}, journal.HeldUnresolved, first.ID)
	w.held(w.desk, deposit("2564568", 600000), journal.Guard{}, journal.HeldUnresolved, first.ID)
	w.begin(w.desk, deposit("002564568", 600000).withProjectUser("#OTHER"))
	// Two users without an echo are not the same user.
	w.begin(w.desk, deposit("1", 600000))
	w.begin(w.desk, deposit("2", 600000))
}

func windowHoldsBack(w *world) {
	g := journal.Guard{Window: window}
	x := deposit("2564568", 600000)
	first := w.begin(w.desk, x.withRef("order-7"))
	w.clock.advance(time.Hour) // the window opens at the settlement, not at the beginning
	w.settle(w.desk, first.ID, answer(api.Done))
	settled := w.clock.now()

	w.held(w.desk, x, g, journal.HeldDuplicate, first.ID)
	w.clock.millis.Store(settled.Add(window).UnixMilli() - 2) // try advances by one
	w.held(w.desk, x, g, journal.HeldDuplicate, first.ID)
	w.clock.millis.Store(settled.Add(-240 * time.Hour).UnixMilli()) // a clock that was set back
	w.held(w.desk, x, g, journal.HeldDuplicate, first.ID)

	// Each of these lifts it. What is begun is taken out of the way at once.
	lifts := map[string]func(*world) journal.Entry{
		"again": func(w *world) journal.Entry {
			return w.beginGuarded(w.desk, x, journal.Guard{Window: window, Again: true})
		},
		"another ref": func(w *world) journal.Entry { return w.beginGuarded(w.desk, x.withRef("order-8"), g) },
		"no window":   func(w *world) journal.Entry { return w.beginGuarded(w.desk, x, journal.Guard{}) },
		"time": func(w *world) journal.Entry {
			w.clock.millis.Store(settled.Add(window).UnixMilli())
			return w.beginGuarded(w.desk, x, g)
		},
	}
	for name, lift := range lifts {
		w.sub(name, func(w *world) {
			w.clock.millis.Store(settled.UnixMilli())
			w.settle(w.desk, lift(w).ID, answer(api.Refused))
		})
	}
}

func openPayoutHoldsBack(w *world) {
	g := journal.Guard{Window: window}
	first := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, first.ID, payoutAnswer(api.Done, "pout_1", api.StatusPending))
	w.clock.advance(24 * time.Hour)
	w.held(w.desk, payout("2564568", 500000, "req-2"), g, journal.HeldDuplicate, first.ID)
	w.observe(w.desk, hook{status: api.StatusAccepted, payout: "pout_1"})
	w.held(w.desk, payout("2564568", 500000, "req-2"), g, journal.HeldDuplicate, first.ID)
	w.observe(w.desk, hook{status: api.StatusCancelled, payout: "pout_1"})
	w.beginGuarded(w.desk, payout("2564568", 500000, "req-2"), g)
}

func shiftLimit(w *world) {
	w.settle(w.desk, w.begin(w.desk, deposit("before", 999999)).ID, answer(api.Done))
	w.clock.advance(time.Second)
	g := journal.Guard{ShiftMax: 1000000, ShiftSince: w.clock.now()}
	w.clock.advance(time.Second)
	users := []string{"a", "b", "c", "d", "e", "f"}
	for i, s := range []journal.State{
		journal.StateDone, journal.StateUnknown, journal.StateOpen, journal.StateMismatch, journal.StateRefused, journal.StateNotSent,
	} {
		w.into(w.begin(w.desk, deposit(users[i], 200000)).ID, s)
	}
	w.begin(w.desk, deposit("usd", 900000).withCurrency("USD"))
	w.begin(w.desk, deposit("other", 900000).withProfile("other"))

	held := w.held(w.desk, deposit("g", 200001), g, journal.HeldLimit, 0)
	if held.Limit != 1000000 || held.Used != 800000 || held.Key != "limits.shift_max" {
		w.Errorf("limit %d, used %d, key %q", held.Limit, held.Used, held.Key)
	}
	w.beginGuarded(w.desk, deposit("g", 200000), g) // exactly
	w.held(w.desk, deposit("h", 1), g, journal.HeldLimit, 0)
}

func heldLeavesNoTrace(w *world) {
	first := w.begin(w.desk, deposit("2564568", 600000))
	before, err := w.desk.Verify(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	w.held(w.desk, deposit("2564568", 600000), journal.Guard{}, journal.HeldUnresolved, first.ID)
	w.held(w.desk, deposit("1", 600000), journal.Guard{ShiftMax: 1}, journal.HeldLimit, 0)
	after, err := w.desk.Verify(w.Context())
	if err != nil || after.Rows != before.Rows {
		w.Fatalf("%d rows, wanted %d; error %v", after.Rows, before.Rows, err)
	}
	if e := w.begin(w.desk, deposit("1", 600000)); e.ID != first.ID+1 {
		w.Fatalf("operation %d after what was held back, wanted %d", e.ID, first.ID+1)
	}
}
