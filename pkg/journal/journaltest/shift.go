package journaltest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

func shiftChecks() []check {
	return []check{
		{"a shift is opened, closed and read back", shiftReadsBack},
		{"one shift is open at a time", oneShiftAtATime},
		{"desks and profiles have shifts of their own", shiftsOfTheirOwn},
		{"a shift counts by facts and not by time", shiftCountsFacts},
		{"what happened between two shifts is apart", shiftOutside},
		{"a payout concerns the desk that completed it", shiftOfAnotherDesk},
		{"an abandoned operation is told as it was", shiftAbandoned},
		{"many operations are counted", shiftOfMany},
		{"a Z that cannot be made closes nothing", sealFails},
		{"only the shift that was counted is closed", closesWhatWasCounted},
		{"processes race to open and to close", shiftsRace},
		{"a process that is killed while it closes leaves the shift open", killedCloser},
		{"the limit of a shift counts from its opening", limitOfShift},
		{"a receipt's prints are numbered", printsAreNumbered},
	}
}

// openShift opens a shift of the handle's desk.
func (w *world) openShift(j *journal.Journal, float money.Amount) journal.Shift {
	w.Helper()
	w.clock.advance(time.Second)
	s, err := j.OpenShift(w.Context(), journal.Opening{Profile: "main", Float: float, Currency: "UZS"})
	if err != nil {
		w.Fatalf("open a shift: %v", err)
	}
	return s
}

// closeShift closes it; the Z names what was counted.
func (w *world) closeShift(j *journal.Journal) (journal.Shift, journal.ShiftBook) {
	w.Helper()
	w.clock.advance(time.Second)
	var book journal.ShiftBook
	s, err := j.CloseShift(w.Context(), journal.Closing{Profile: "main"}, func(b journal.ShiftBook) ([]byte, error) {
		book = b
		return []byte(counted(b)), nil
	})
	if err != nil {
		w.Fatalf("close the shift: %v", err)
	}
	return s, book
}

func (w *world) wantShiftError(err error, p journal.ShiftProblem, number int64) {
	w.Helper()
	var refused *journal.ShiftError
	if !errors.As(err, &refused) || refused.Problem != p || refused.Shift.Number != number {
		w.Fatalf("error %v, wanted %s about shift %d", err, p, number)
	}
}

func shiftReadsBack(w *world) {
	opened := w.openShift(w.desk, 10000000)
	if opened.Number != 1 || !opened.Open() || opened.First != 1 || opened.Desk != "till-1" || opened.OpenedBy != "cashier" {
		w.Fatalf("opened %+v", opened)
	}
	w.into(w.begin(w.desk, deposit("a", 100)).ID, journal.StateDone)
	open, err := w.desk.OpenedShift(w.Context(), "main", "till-1")
	if err != nil || open.Number != 1 || open.Float != 10000000 || open.Currency != "UZS" || !open.OpenedAt.Equal(opened.OpenedAt) {
		w.Fatalf("open %+v, error %v", open, err)
	}
	w.clock.advance(time.Hour)
	closed, err := w.desk.CloseShift(w.Context(), journal.Closing{Profile: "main", Counted: 7, HasCounted: true},
		func(b journal.ShiftBook) ([]byte, error) {
			if b.Shift.Counted != 7 || b.Shift.ClosedAt.IsZero() || len(b.Shift.Rows) == 0 {
				return nil, fmt.Errorf("to seal: %+v", b.Shift)
			}
			return []byte("the Z of " + counted(b)), nil
		})
	if err != nil {
		w.Fatal(err)
	}
	hash := sha256.Sum256(closed.Snapshot)
	if closed.Open() || !closed.HasCounted || !bytes.Equal(closed.Hash, hash[:]) || len(closed.Previous) != 0 {
		w.Fatalf("closed %+v", closed)
	}
	again := w.book(w.open("till-2"), "till-1", 1)
	w.wantCounted(again, "outside within 1:0→2")
	if s := again.Shift; !bytes.Equal(s.Snapshot, closed.Snapshot) || !bytes.Equal(s.Hash, closed.Hash) || !bytes.Equal(s.Rows, closed.Rows) ||
		!s.ClosedAt.Equal(closed.ClosedAt) || s.Counted != 7 || !s.HasCounted || s.Float != 10000000 || s.ClosedBy != "cashier" {
		w.Fatalf("read %+v", s)
	}
	w.openShift(w.desk, 0)
	if next, _ := w.closeShift(w.desk); next.Number != 2 || !bytes.Equal(next.Previous, closed.Hash) {
		w.Fatalf("the next Z is %d after %x", next.Number, next.Previous)
	}
}

func oneShiftAtATime(w *world) {
	_, err := w.desk.CloseShift(w.Context(), journal.Closing{Profile: "main"}, nil)
	w.wantShiftError(err, journal.ShiftNotOpen, 0)
	_, err = w.desk.ShiftBook(w.Context(), "main", "till-1", 0)
	w.wantShiftError(err, journal.ShiftNotOpen, 0)
	w.openShift(w.desk, 0)
	_, err = w.open("till-1").OpenShift(w.Context(), journal.Opening{Profile: "main"})
	w.wantShiftError(err, journal.ShiftIsOpen, 1)
	w.closeShift(w.desk)
	_, err = w.desk.CloseShift(w.Context(), journal.Closing{Profile: "main"}, nil)
	w.wantShiftError(err, journal.ShiftNotOpen, 1)
	_, err = w.desk.ShiftBook(w.Context(), "main", "till-1", 2)
	w.wantShiftError(err, journal.ShiftUnknown, 0)
	if s, err := w.desk.OpenedShift(w.Context(), "main", "till-1"); err != nil || s.Number != 0 {
		w.Fatalf("shift %d is open, error %v", s.Number, err)
	}
}

func shiftsOfTheirOwn(w *world) {
	second := w.open("till-2")
	w.openShift(w.desk, 1)
	w.openShift(second, 2)
	if s, err := w.desk.OpenShift(w.Context(), journal.Opening{Profile: "other"}); err != nil || s.Number != 1 {
		w.Fatalf("in another profile: %d, error %v", s.Number, err)
	}
	w.begin(w.desk, deposit("a", 100))                      // 1
	w.begin(second, deposit("b", 200))                      // 2
	w.begin(w.desk, deposit("c", 300).withProfile("other")) // 3
	_, mine := w.closeShift(w.desk)
	w.wantCounted(mine, "outside within 1:0→1")
	_, theirs := w.closeShift(second)
	w.wantCounted(theirs, "outside within 2:0→1")
	shifts, err := w.desk.Shifts(w.Context())
	if err != nil || len(shifts) != 3 || shifts[0].Desk != "till-1" || shifts[1].Desk != "till-2" || shifts[2].Profile != "other" {
		w.Fatalf("%d shifts, error %v", len(shifts), err)
	}
}

func sealFails(w *world) {
	w.openShift(w.desk, 0)
	w.begin(w.desk, deposit("a", 100))
	unmade := errors.New("no Z")
	_, err := w.desk.CloseShift(w.Context(), journal.Closing{Profile: "main"}, func(journal.ShiftBook) ([]byte, error) { return nil, unmade })
	if !errors.Is(err, unmade) {
		w.Fatalf("error %v", err)
	}
	w.verify()
	_, book := w.closeShift(w.desk)
	w.wantCounted(book, "outside within 1:0→1")
}

func limitOfShift(w *world) {
	w.begin(w.desk, deposit("before", 900))
	s := w.openShift(w.desk, 0)
	g := journal.Guard{ShiftMax: 1000, ShiftSince: w.clock.now(), ShiftFirst: s.First}
	w.clock.advance(-time.Hour) // by the time alone, nothing would count
	w.beginGuarded(w.desk, deposit("a", 600), g)
	w.beginGuarded(w.open("till-2"), deposit("b", 300), g)
	held := w.held(w.desk, deposit("c", 200), g, journal.HeldLimit, 0)
	if held.Used != 900 || held.Limit != 1000 {
		w.Fatalf("used %v of %v", held.Used, held.Limit)
	}
}
