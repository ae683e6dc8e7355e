package journaltest

import (
	"errors"

	"github.com/raisboy/raisboy/pkg/journal"
)

// closesWhatWasCounted: while one terminal asks whether shift 1 is to be closed,
// another closes it and opens the next. The cash of the first must not become
// the count of the second.
func closesWhatWasCounted(w *world) {
	seal := func(journal.ShiftBook) ([]byte, error) { return []byte("Z"), nil }
	first := w.openShift(w.desk, 100)
	w.closeShift(w.open("till-1"))
	second := w.openShift(w.desk, 200)
	var refused *journal.ShiftError
	closing := journal.Closing{Profile: "main", Counted: 100, HasCounted: true, Number: first.Number}
	if _, err := w.desk.CloseShift(w.Context(), closing, seal); !errors.As(err, &refused) ||
		refused.Problem != journal.ShiftIsOpen || refused.Shift.Number != second.Number {
		w.Fatalf("the first shift once more: %v, wanted to hear of the second", err)
	}
	if s, err := w.desk.OpenedShift(w.Context(), "main", "till-1"); err != nil || s.Number != second.Number {
		w.Fatalf("shift %d is open, error %v", s.Number, err)
	}
	closing.Number = second.Number
	if s, err := w.desk.CloseShift(w.Context(), closing, seal); err != nil || s.Number != second.Number {
		w.Fatalf("shift %d, error %v", s.Number, err)
	}
}
