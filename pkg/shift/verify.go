package shift

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/raisboy/raisboy/pkg/journal"
)

// Verify folds anew the facts that every closed shift counted, and holds what
// they say against the Z report that was stored, byte by byte. The journal's own
// Verify checks checksums, hashes and the chain of the reports, but does not
// know what a report says. The error is about the reading; damage is listed.
func Verify(ctx context.Context, j *journal.Journal) ([]*journal.DamageError, error) {
	shifts, err := j.Shifts(ctx)
	if err != nil {
		return noted(nil, err)
	}
	var damaged []*journal.DamageError
	for _, s := range shifts {
		if s.Open() {
			continue
		}
		if damaged, err = noted(damaged, verify(ctx, j, s)); err != nil {
			return damaged, err
		}
	}
	return damaged, nil
}

func verify(ctx context.Context, j *journal.Journal, s journal.Shift) error {
	if _, err := read(s); err != nil {
		return err
	}
	book, err := j.ShiftBook(ctx, s.Profile, s.Desk, s.Number)
	if err != nil {
		return err
	}
	again, err := seal(book)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, s.Snapshot) {
		return &journal.DamageError{Table: table,
			What: fmt.Sprintf("Z %d of desk %q does not say what its facts say", s.Number, s.Desk)}
	}
	return nil
}

// noted keeps damage in the list and lets other errors through.
func noted(list []*journal.DamageError, err error) ([]*journal.DamageError, error) {
	var damage *journal.DamageError
	if errors.As(err, &damage) {
		return append(list, damage), nil
	}
	return list, err
}
