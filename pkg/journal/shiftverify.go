package journal

import (
	"context"
	"crypto/sha256"
	"fmt"
)

// verifyShifts reads every shift: no gap in the numbers, none open but the
// last, every Z hashed and chained to the one before it, every count where the
// one before it ended, and the facts that were counted as they were. That a Z
// says what its facts say is held by package shift, which knows what it says.
func (j *Journal) verifyShifts(ctx context.Context, q querier, r *Report) error {
	shifts, err := j.shifts(ctx, q, "1 = 1")
	if err != nil {
		return r.note(err)
	}
	var last Shift
	var known map[int64]int64
	for _, s := range shifts {
		if s.Profile != last.Profile || s.Desk != last.Desk || last.Number == 0 {
			last, known = Shift{Profile: s.Profile, Desk: s.Desk}, map[int64]int64{}
		}
		r.Rows++
		if !s.Open() {
			r.Rows++
		}
		if err := r.note(s.follows(last)); err != nil {
			return err
		}
		n, err := j.verifyCounts(ctx, q, s, known)
		if err := r.note(err); err != nil {
			return err
		}
		r.Rows += n
		last = s
	}
	return j.verifyStrays(ctx, q, r)
}

// follows checks a shift's place in the chain of its desk.
func (s *Shift) follows(last Shift) error {
	damaged := func(what string) error {
		return &DamageError{Table: "shift_closings", What: nameOfShift(*s) + ": " + what}
	}
	hash := sha256.Sum256(s.Snapshot)
	switch {
	case s.Number != last.Number+1:
		return damaged("a number is missing before it")
	case last.Number != 0 && last.Open():
		return damaged("the shift before it was never closed")
	case s.Open():
		return nil
	case string(s.Previous) != string(last.Hash):
		return damaged("it does not follow the Z before it")
	case string(s.Hash) != string(hash[:]):
		return damaged("its hash is another's")
	}
	return nil
}

// verifyCounts holds a shift's counts against the facts and against how far the
// desk had counted before.
func (j *Journal) verifyCounts(ctx context.Context, q querier, s Shift, known map[int64]int64) (rows int, err error) {
	for _, at := range []phase{phaseOpening, phaseClosing} {
		counts, err := j.counts(ctx, q, s, at)
		if err != nil {
			return rows, err
		}
		rows += len(counts)
		for _, c := range counts {
			if c.known != known[c.operation] {
				return rows, &DamageError{Table: "shift_counts", Operation: c.operation,
					What: fmt.Sprintf("%s counts from fact %d, %d were counted", nameOfShift(s), c.known, known[c.operation])}
			}
			known[c.operation] = c.facts
		}
		if at == phaseClosing && s.Open() && len(counts) > 0 {
			return rows, &DamageError{Table: "shift_counts", What: nameOfShift(s) + " is open, yet it counted"}
		}
	}
	if s.Open() {
		opening, err := j.counts(ctx, q, s, phaseOpening)
		if err == nil && string(digestOf(opening)) != string(s.openCounts) {
			err = &DamageError{Table: "shift_openings", What: nameOfShift(s) + " did not count these rows"}
		}
		return rows, err
	}
	_, err = j.closedBook(ctx, q, s)
	return rows, err
}

// verifyStrays looks for counts of shifts that do not exist, and checks the
// prints of receipts.
func (j *Journal) verifyStrays(ctx context.Context, q querier, r *Report) error {
	var strays int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM shift_counts c WHERE NOT EXISTS
		(SELECT 1 FROM shift_openings o WHERE o.profile = c.profile AND o.desk = c.desk AND o.number = c.number)
		OR c.phase NOT IN (0, 1)`).Scan(&strays)
	if err != nil {
		return storageError("", err)
	}
	if strays > 0 {
		r.Damaged = append(r.Damaged, &DamageError{Table: "shift_counts", What: fmt.Sprintf("%d counts of no shift", strays)})
	}
	return j.verifyPrints(ctx, q, r)
}
