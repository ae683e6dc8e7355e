package journal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// A Shift is one working shift of one desk in one profile. Desks have shifts of
// their own; they are numbered from 1.
type Shift struct {
	Profile, Desk string
	Number        int64

	OpenedAt time.Time
	OpenedBy string       // the operating system's user
	Float    money.Amount // cash in the till at the opening, minor units
	Currency string       // of Float and Counted

	// First is the number of the first operation that could begin after the
	// opening: unlike a time, it does not depend on any clock.
	First int64

	ClosedAt   time.Time // zero: the shift is open
	ClosedBy   string
	Counted    money.Amount // cash counted at the closing; see HasCounted
	HasCounted bool

	Snapshot []byte // the Z report as it was closed; nil while the shift is open
	Hash     []byte // SHA-256 of Snapshot
	Previous []byte // Hash of the Z before it; empty for the first
	Rows     []byte // SHA-256 over all that the shift counted, fact by fact

	openingSum []byte // checksum of the opening's row
	openCounts []byte // digest of the counts made at the opening
}

// Open reports that the shift was not closed yet.
func (s *Shift) Open() bool { return s.Number != 0 && s.ClosedAt.IsZero() }

// ShiftProblem says why a shift cannot be opened, closed or told.
type ShiftProblem string

// The problems of a [ShiftError].
const (
	ShiftIsOpen  ShiftProblem = "is_open"  // one is open already; it is the error's
	ShiftNotOpen ShiftProblem = "not_open" // none is; the error's was the last, if there was any
	ShiftUnknown ShiftProblem = "unknown"  // there is none of that number
)

// A ShiftError says that a shift is not as a command needs it. Nothing was
// written.
type ShiftError struct {
	Problem ShiftProblem
	Desk    string
	Number  int64 // that was asked for; 0: the open one
	Shift   Shift // who and when; its Number is 0 if there is none
}

func (e *ShiftError) Error() string {
	return fmt.Sprintf("shift of desk %q: %s (number %d)", e.Desk, e.Problem, e.Shift.Number)
}

// An Opening is what a desk declares when it opens a shift.
type Opening struct {
	Profile  string
	Float    money.Amount // minor units
	Currency string
}

// OpenShift opens this desk's next shift. What became of the desk's operations
// until now is counted as known: it happened outside the shift, and its cash is
// in the float already. Of two processes that come at once one opens the shift,
// the other gets a *ShiftError that says who did.
func (j *Journal) OpenShift(ctx context.Context, o Opening) (Shift, error) {
	var opened Shift
	err := j.store.write(ctx, func(q querier) error {
		last, err := j.lastShift(ctx, q, o.Profile, j.options.Desk)
		switch {
		case err != nil:
			return err
		case last.Open():
			return &ShiftError{Problem: ShiftIsOpen, Desk: j.options.Desk, Shift: last}
		}
		s := Shift{
			Profile: o.Profile, Desk: j.options.Desk, Number: last.Number + 1, OpenedAt: j.now(), OpenedBy: j.options.OSUser,
			Float: o.Float, Currency: o.Currency,
		}
		if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM operations`).Scan(&s.First); err != nil {
			return storageError("", err)
		}
		counts, err := j.uncounted(ctx, q, s, phaseOpening)
		if err != nil {
			return err
		}
		if err := insertCounts(ctx, q, counts); err != nil {
			return err
		}
		s.openCounts = digestOf(counts)
		opened = s
		return insertOpening(ctx, q, s)
	})
	return opened, err
}

// A Closing is what a desk declares when it closes a shift.
type Closing struct {
	Profile    string
	Counted    money.Amount // cash in the till, minor units; see HasCounted
	HasCounted bool

	// Number is the shift that the cash was counted of. If another is open by now,
	// it stays open. 0: whichever is.
	Number int64
}

// CloseShift closes this desk's open shift with a Z report. seal makes the
// report's bytes from all that the shift counted; it runs inside the
// transaction that closes, perhaps more than once, so it must not do anything
// else. Its bytes are stored and hashed with the closing. The shift is closed
// durably, with its Z, or it is still open.
func (j *Journal) CloseShift(ctx context.Context, c Closing, seal func(ShiftBook) ([]byte, error)) (Shift, error) {
	var closed Shift
	err := j.store.write(ctx, func(q querier) error {
		book, counts, err := j.currentBook(ctx, q, c.Profile, j.options.Desk)
		if err != nil {
			return err
		}
		s := &book.Shift
		if c.Number != 0 && c.Number != s.Number {
			return &ShiftError{Problem: ShiftIsOpen, Desk: j.options.Desk, Number: c.Number, Shift: *s}
		}
		s.ClosedAt, s.ClosedBy = j.now(), j.options.OSUser
		s.Counted, s.HasCounted = c.Counted, c.HasCounted
		if s.Snapshot, err = seal(book); err != nil {
			return err
		}
		hash := sha256.Sum256(s.Snapshot)
		s.Hash = hash[:]
		if err := insertCounts(ctx, q, counts); err != nil {
			return err
		}
		closed = *s
		return insertClosing(ctx, q, *s)
	})
	return closed, err
}

const openingColumns = "profile, desk, number, opened_at, opened_by, opening_float, currency, first_operation, counts, checksum"

func insertOpening(ctx context.Context, q querier, s Shift) error {
	at := s.OpenedAt.UnixMilli()
	_, err := q.ExecContext(ctx, "INSERT INTO shift_openings ("+openingColumns+") VALUES ("+placeholders(10)+")",
		s.Profile, s.Desk, s.Number, at, s.OpenedBy, int64(s.Float), s.Currency, s.First, s.openCounts, s.sumOfOpening())
	return err
}

func (s *Shift) sumOfOpening() []byte {
	c := newChecksum("shift_openings")
	c.text(s.Profile)
	c.text(s.Desk)
	c.int(s.Number)
	c.int(s.OpenedAt.UnixMilli())
	c.text(s.OpenedBy)
	c.int(int64(s.Float))
	c.text(s.Currency)
	c.int(s.First)
	c.bytes(s.openCounts)
	return c.sum()
}

const closingColumns = "profile, desk, number, closed_at, closed_by, was_counted, counted, counts, previous_hash, snapshot, snapshot_hash, checksum"

func insertClosing(ctx context.Context, q querier, s Shift) error {
	previous := s.Previous
	if previous == nil {
		previous = []byte{} // a NULL is none
	}
	_, err := q.ExecContext(ctx, "INSERT INTO shift_closings ("+closingColumns+") VALUES ("+placeholders(12)+")",
		s.Profile, s.Desk, s.Number, s.ClosedAt.UnixMilli(), s.ClosedBy, s.HasCounted, int64(s.Counted), s.Rows, previous,
		s.Snapshot, s.Hash, s.sumOfClosing())
	return err
}

func (s *Shift) sumOfClosing() []byte {
	c := newChecksum("shift_closings")
	c.text(s.Profile)
	c.text(s.Desk)
	c.int(s.Number)
	c.int(s.ClosedAt.UnixMilli())
	c.text(s.ClosedBy)
	c.flag(s.HasCounted)
	c.int(int64(s.Counted))
	c.bytes(s.Rows)
	c.bytes(s.Previous)
	c.bytes(s.Snapshot)
	c.bytes(s.Hash)
	return c.sum()
}
