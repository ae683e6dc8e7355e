package journaltest

import (
	"errors"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func printsAreNumbered(w *world) {
	e := w.begin(w.desk, deposit("a", 100))
	for i := range 3 {
		printed, p, err := w.desk.Print(w.Context(), e.ID)
		if err != nil || p.Number != int64(i+1) || p.Desk != "till-1" || p.OSUser != "cashier" || p.Facts != i+1 || printed.ID != e.ID {
			w.Fatalf("print %+v, error %v", p, err)
		}
		w.settle(w.desk, e.ID, answer(api.Unknown))
	}
	if _, _, err := w.desk.Print(w.Context(), 99); !errors.Is(err, journal.ErrNotFound) {
		w.Fatalf("error %v, wanted ErrNotFound", err)
	}
}
