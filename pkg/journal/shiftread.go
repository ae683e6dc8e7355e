package journal

import (
	"context"
	"fmt"
	"time"
)

func nameOfShift(s Shift) string {
	return fmt.Sprintf("shift %d of desk %q in profile %q", s.Number, s.Desk, s.Profile)
}

// lastShift gives the desk's newest shift; its Number is 0 if there is none.
func (j *Journal) lastShift(ctx context.Context, q querier, profile, desk string) (Shift, error) {
	var number int64
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM shift_openings WHERE profile = ? AND desk = ?`,
		profile, desk).Scan(&number)
	if err != nil {
		return Shift{}, readError(err, &DamageError{Table: "shift_openings"})
	}
	if number == 0 {
		return Shift{}, nil
	}
	return j.shift(ctx, q, profile, desk, number)
}

// shift reads one shift, or returns an error wrapping ErrNotFound.
func (j *Journal) shift(ctx context.Context, q querier, profile, desk string, number int64) (Shift, error) {
	found, err := j.shifts(ctx, q, "profile = ? AND desk = ? AND number = ?", profile, desk, number)
	switch {
	case err != nil:
		return Shift{}, err
	case len(found) == 0:
		return Shift{}, fmt.Errorf("shift %d: %w", number, ErrNotFound)
	}
	return found[0], nil
}

// shifts reads the chosen shifts, their openings with their closings.
func (j *Journal) shifts(ctx context.Context, q querier, where string, args ...any) ([]Shift, error) {
	found, err := j.openings(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	type key struct {
		profile, desk string
		number        int64
	}
	places := make(map[key]int, len(found))
	for i, s := range found {
		places[key{s.Profile, s.Desk, s.Number}] = i
	}
	closings, err := j.closings(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	for _, c := range closings {
		i, ok := places[key{c.Profile, c.Desk, c.Number}]
		if !ok {
			return nil, &DamageError{Table: "shift_closings", What: nameOfShift(c) + " was never opened"}
		}
		s := &found[i]
		c.OpenedAt, c.OpenedBy, c.Float, c.Currency, c.First = s.OpenedAt, s.OpenedBy, s.Float, s.Currency, s.First
		c.openingSum, c.openCounts = s.openingSum, s.openCounts
		*s = c
	}
	return found, nil
}

func (j *Journal) openings(ctx context.Context, q querier, where string, args ...any) ([]Shift, error) {
	return gather(ctx, q, readOpening, `SELECT `+openingColumns+` FROM shift_openings WHERE `+where+` ORDER BY profile, desk, number`, args...)
}

func readOpening(scan scanner) (s Shift, err error) {
	var at int64
	err = scan(&s.Profile, &s.Desk, &s.Number, &at, &s.OpenedBy, &s.Float, &s.Currency, &s.First, &s.openCounts, &s.openingSum)
	if err != nil {
		return s, readError(err, &DamageError{Table: "shift_openings"})
	}
	s.OpenedAt = time.UnixMilli(at)
	if string(s.sumOfOpening()) != string(s.openingSum) {
		return s, &DamageError{Table: "shift_openings", What: "checksum of " + nameOfShift(s)}
	}
	return s, nil
}

func (j *Journal) closings(ctx context.Context, q querier, where string, args ...any) ([]Shift, error) {
	return gather(ctx, q, readClosing, `SELECT `+closingColumns+` FROM shift_closings WHERE `+where+` ORDER BY profile, desk, number`, args...)
}

func readClosing(scan scanner) (s Shift, err error) {
	var at int64
	var checksum []byte
	err = scan(&s.Profile, &s.Desk, &s.Number, &at, &s.ClosedBy, &s.HasCounted, &s.Counted, &s.Rows, &s.Previous,
		&s.Snapshot, &s.Hash, &checksum)
	if err != nil {
		return s, readError(err, &DamageError{Table: "shift_closings"})
	}
	s.ClosedAt = time.UnixMilli(at)
	if string(s.sumOfClosing()) != string(checksum) {
		return s, &DamageError{Table: "shift_closings", What: "checksum of " + nameOfShift(s)}
	}
	return s, nil
}
