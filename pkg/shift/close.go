package shift

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/raisboy/raisboy/pkg/journal"
)

// Current tells a desk's open shift so far, and changes nothing. It returns a
// *journal.ShiftError if none is open.
func Current(ctx context.Context, j *journal.Journal, profile, desk string) (Report, error) {
	book, err := j.ShiftBook(ctx, profile, desk, 0)
	if err != nil {
		return Report{}, err
	}
	return Summarize(book)
}

// Close closes the open shift of the journal's desk with its Z report. The
// shift is closed durably, with its Z, or it is still open.
func Close(ctx context.Context, j *journal.Journal, c journal.Closing) (Report, error) {
	closed, err := j.CloseShift(ctx, c, seal)
	if err != nil {
		return Report{}, err
	}
	return read(closed)
}

// seal makes the canonical bytes of a Z report.
func seal(b journal.ShiftBook) ([]byte, error) {
	r, err := Summarize(b)
	if err != nil {
		return nil, err
	}
	snapshot, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write a Z report: %w", err)
	}
	return snapshot, nil
}

// Closed tells a shift as it was closed, from the very bytes that were hashed;
// an open one as [Current] does. It returns a *journal.ShiftError if there is no
// shift of that number.
func Closed(ctx context.Context, j *journal.Journal, profile, desk string, number int64) (Report, error) {
	book, err := j.ShiftBook(ctx, profile, desk, number)
	if err != nil {
		return Report{}, err
	}
	if book.Shift.Open() {
		return Summarize(book)
	}
	r, err := read(book.Shift)
	r.Reprint = true
	return r, err
}

// read reads a snapshot back.
func read(s journal.Shift) (Report, error) {
	var r Report
	if err := json.Unmarshal(s.Snapshot, &r); err != nil {
		return Report{}, &journal.DamageError{Table: table, What: fmt.Sprintf("Z %d of desk %q: %v", s.Number, s.Desk, err)}
	}
	if r.Version != version {
		return Report{}, &journal.DamageError{Table: table, What: fmt.Sprintf("Z %d of desk %q has version %d", s.Number, s.Desk, r.Version)}
	}
	r.Hash = hex.EncodeToString(s.Hash)
	return r, nil
}

// table is where the journal keeps Z reports.
const table = "shift_closings"
