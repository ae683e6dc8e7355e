package journaltest

import (
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// counted writes a book down: "outside 1:0→2 within 2:0→1". An
// exclamation mark is an operation without an owner.
func counted(b journal.ShiftBook) string {
	text := "outside" + written(b.Outside)
	return text + " within" + written(b.Within)
}

func written(steps []journal.Step) string {
	text := ""
	for _, s := range steps {
		text += fmt.Sprintf(" %d:%d→%d", s.Now.ID, len(s.Before.Facts), len(s.Now.Facts))
		if s.Now.State == journal.StateUnknown && s.Now.Code == journal.CodeAbandoned {
			text += "!"
		}
	}
	return text
}

func (w *world) wantCounted(b journal.ShiftBook, want string) {
	w.Helper()
	if got := counted(b); got != want {
		w.Fatalf("shift %d counted %q, wanted %q", b.Shift.Number, got, want)
	}
}

func (w *world) book(j *journal.Journal, desk string, number int64) journal.ShiftBook {
	w.Helper()
	b, err := j.ShiftBook(w.Context(), "main", desk, number)
	if err != nil {
		w.Fatalf("book of shift %d: %v", number, err)
	}
	return b
}

func shiftCountsFacts(w *world) {
	w.into(w.begin(w.desk, deposit("a", 100)).ID, journal.StateDone) // 1, before the first shift
	w.openShift(w.desk, 0)
	w.clock.advance(-24 * time.Hour) // somebody set the clock right
	late := w.begin(w.desk, deposit("b", 100))
	w.into(late.ID, journal.StateUnknown)
	w.clock.advance(48 * time.Hour)
	w.into(w.begin(w.desk, deposit("c", 100)).ID, journal.StateDone) // 3
	_, first := w.closeShift(w.desk)
	w.wantCounted(first, "outside within 2:0→2 3:0→2")
	w.clock.advance(-72 * time.Hour)
	w.openShift(w.desk, 0)
	w.update(w.desk, late.ID, journal.Decision{Ruling: journal.RuledCredited})
	w.wantCounted(w.book(w.desk, "till-1", 0), "outside within 2:2→3")
	_, second := w.closeShift(w.desk)
	w.wantCounted(second, "outside within 2:2→3")
	w.wantCounted(w.book(w.desk, "till-1", 1), "outside within 2:0→2 3:0→2")
}

func shiftOutside(w *world) {
	w.openShift(w.desk, 0)
	open := w.begin(w.desk, deposit("a", 100))
	w.into(open.ID, journal.StateUnknown)
	w.closeShift(w.desk)
	w.into(w.begin(w.desk, deposit("b", 100)).ID, journal.StateDone) // 2, while no shift is open
	w.openShift(w.desk, 0)
	w.into(w.begin(w.desk, deposit("c", 100)).ID, journal.StateDone) // 3
	_, second := w.closeShift(w.desk)
	w.wantCounted(second, "outside 2:0→2 within 1:2→2 3:0→2")
	w.openShift(w.desk, 0)
	_, third := w.closeShift(w.desk)
	w.wantCounted(third, "outside within 1:2→2") // unsettled still: named again
}

func shiftOfAnotherDesk(w *world) {
	second := w.open("till-2")
	w.openShift(w.desk, 0)
	w.openShift(second, 0)
	e := w.created()
	w.observe(w.desk, accepted())
	call, err := api.Notice{PayoutID: "pout_1", Status: api.StatusCompleted, Amount: 500000, Currency: "UZS",
		Timestamp: w.clock.now(), URL: accepted().url}.Call()
	if err != nil {
		w.Fatal(err)
	}
	_, err = second.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.Decision{Ruling: journal.RuledCompleted, URL: call.URL}, Raw: call.Body}}, nil
	})
	if err != nil {
		w.Fatal(err)
	}
	_, mine := w.closeShift(w.desk)
	w.wantCounted(mine, "outside within 1:0→4")
	_, theirs := w.closeShift(second)
	w.wantCounted(theirs, "outside within 1:0→4")
}

func shiftAbandoned(w *world) {
	gone := w.open("till-1")
	w.openShift(w.desk, 0)
	w.begin(gone, deposit("a", 100))
	w.wantCounted(w.book(w.desk, "till-1", 0), "outside within 1:0→1")
	if err := gone.Close(); err != nil {
		w.Fatal(err)
	}
	_, closed := w.closeShift(w.desk)
	w.wantCounted(closed, "outside within 1:0→1!")
	w.update(w.desk, 1, answer(api.Done)) // it had been answered after all
	w.wantCounted(w.book(w.desk, "till-1", 1), "outside within 1:0→1!")
}

// shiftOfMany has more than one statement reads or writes.
func shiftOfMany(w *world) {
	const many = 130
	for i := range many {
		w.begin(w.desk, deposit(fmt.Sprint("user", i), 100))
	}
	w.openShift(w.desk, 0)
	for i := range many {
		w.settle(w.desk, int64(i+1), answer(api.Done))
	}
	_, book := w.closeShift(w.desk)
	if len(book.Within) != many {
		w.Fatalf("%d of %d were counted", len(book.Within), many)
	}
	for i, s := range book.Within {
		if s.Now.ID != int64(i+1) || len(s.Before.Facts) != 1 || len(s.Now.Facts) != 2 {
			w.Fatalf("operation %d: from %d to %d", s.Now.ID, len(s.Before.Facts), len(s.Now.Facts))
		}
	}
}
