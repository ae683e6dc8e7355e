package journaltest

import (
	"errors"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// rowMoved: a row that is known by its line alone has another key once a line is
// put in above it. Long after the window, that must not pay it twice.
func rowMoved(w *world) {
	x := deposit("u1", 100)
	atLine := func(batch string, line int) journal.Proposal {
		p := w.row(x.withRef(journal.LineRef(batch, line)), line, true)
		p.Batch = batch
		return p
	}
	first, _, err := w.desk.Begin(w.Context(), atLine("may", 2), journal.Guard{})
	if err != nil {
		w.Fatal(err)
	}
	w.settle(w.desk, first.ID, answer(api.Done))
	w.clock.advance(240 * time.Hour)

	for _, g := range []journal.Guard{{}, {Window: window}} {
		var held *journal.HeldError
		_, _, err := w.open("till-2").Begin(w.Context(), atLine("may", 3), g)
		if !errors.As(err, &held) || held.Reason != journal.HeldDuplicate || held.By.ID != first.ID || !held.Moved {
			w.Errorf("the row on the next line: %v, wanted it held back by operation %d", err, first.ID)
		}
	}
	// So it does where the row comes back in a file of its own.
	p := atLine("may", 7)
	p.Line = 2
	var held *journal.HeldError
	if _, _, err := w.desk.Begin(w.Context(), p, journal.Guard{}); !errors.As(err, &held) || !held.Moved {
		w.Errorf("may/7 in line 2: %v", err)
	}
	// The same line is a replay, whatever holds others back.
	if e, replayed, err := w.desk.Begin(w.Context(), atLine("may", 2), journal.Guard{}); err != nil || !replayed || e.ID != first.ID {
		w.Errorf("operation %d, replayed %t, error %v", e.ID, replayed, err)
	}
	// Meant is what somebody says is meant, what has a reference of its own, and
	// what another batch has.
	june := atLine("june", 3)
	own := w.row(x.withRef("order-8"), 3, true)
	for name, p := range map[string]journal.Proposal{"another batch": june, "a reference of its own": own} {
		e, replayed, err := w.desk.Begin(w.Context(), p, journal.Guard{Window: window})
		if err != nil || replayed {
			w.Errorf("%s: replayed %t, error %v", name, replayed, err)
			continue
		}
		w.settle(w.desk, e.ID, refused("EXCEEDS_MAX_AMOUNT", 403))
	}
	if _, replayed, err := w.desk.Begin(w.Context(), atLine("may", 4), journal.Guard{Again: true}); err != nil || replayed {
		w.Errorf("again: replayed %t, error %v", replayed, err)
	}
}
