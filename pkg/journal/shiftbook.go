package journal

import (
	"context"
	"errors"
)

// A Step is how far one operation came while a desk counted: from what it had
// counted before to what it counts now.
type Step struct {
	Before Entry // its ID is 0: nothing of it was counted yet
	Now    Entry
}

// A ShiftBook is everything that a shift counts. Both lists are in the order of
// the operations' numbers. They hold what concerns the desk's till in any way;
// whose till an operation's cash is in, package shift decides.
type ShiftBook struct {
	Shift Shift

	// Outside happened between the shift before and this one's opening: its
	// cash is in the float. Empty for a desk's first shift, before which all is
	// history.
	Outside []Step

	// Within happened since the opening; and, with nothing new, what was
	// unfinished all the while.
	Within []Step
}

// ShiftBook reads what a desk's shift counted: the open one's until now if the
// number is 0. It returns a *ShiftError if there is no such shift.
func (j *Journal) ShiftBook(ctx context.Context, profile, desk string, number int64) (ShiftBook, error) {
	var book ShiftBook
	err := j.look(ctx, func(q querier) error {
		var err error
		if number == 0 {
			book, _, err = j.currentBook(ctx, q, profile, desk)
			return err
		}
		s, err := j.shift(ctx, q, profile, desk, number)
		switch {
		case errors.Is(err, ErrNotFound):
			return &ShiftError{Problem: ShiftUnknown, Desk: desk, Number: number}
		case err != nil:
			return err
		case s.Open():
			book, _, err = j.currentBook(ctx, q, profile, desk)
			return err
		}
		book, err = j.closedBook(ctx, q, s)
		return err
	})
	return book, err
}

// OpenedShift gives the desk's open shift; its Number is 0 if there is none.
func (j *Journal) OpenedShift(ctx context.Context, profile, desk string) (Shift, error) {
	var s Shift
	err := j.store.view(ctx, func(q querier) (err error) {
		s, err = j.lastShift(ctx, q, profile, desk)
		return err
	})
	if err != nil || !s.Open() {
		return Shift{}, err
	}
	return s, nil
}

// Shifts lists every shift of every desk in every profile, by profile, desk and
// number.
func (j *Journal) Shifts(ctx context.Context) ([]Shift, error) {
	var all []Shift
	err := j.store.view(ctx, func(q querier) (err error) {
		all, err = j.shifts(ctx, q, "1 = 1")
		return err
	})
	return all, err
}

// currentBook counts the open shift until now. The counts are those that its
// closing would write.
func (j *Journal) currentBook(ctx context.Context, q querier, profile, desk string) (ShiftBook, []shiftCount, error) {
	s, err := j.lastShift(ctx, q, profile, desk)
	if err != nil {
		return ShiftBook{}, nil, err
	}
	if !s.Open() {
		return ShiftBook{}, nil, &ShiftError{Problem: ShiftNotOpen, Desk: desk, Shift: s}
	}
	if s.Number > 1 {
		before, err := j.shift(ctx, q, profile, desk, s.Number-1)
		if err != nil {
			return ShiftBook{}, nil, err
		}
		s.Previous = before.Hash
	}
	counts, err := j.uncounted(ctx, q, s, phaseClosing)
	if err != nil {
		return ShiftBook{}, nil, err
	}
	histories, err := j.histories(ctx, q, counts)
	if err != nil {
		return ShiftBook{}, nil, err
	}
	if err := j.checkCounted(ctx, q, counts, histories); err != nil {
		return ShiftBook{}, nil, err
	}
	book, err := j.tell(ctx, q, s, counts, histories)
	return book, counts, err
}

// checkCounted holds each operation's row against its facts, and notes which
// open ones have lost their owner.
func (j *Journal) checkCounted(ctx context.Context, q querier, counts []shiftCount, histories map[int64]history) error {
	rows, err := j.countedRows(ctx, q, counts)
	if err != nil {
		return err
	}
	for i := range counts {
		c := &counts[i]
		e, err := Fold(histories[c.operation].facts)
		if err != nil {
			return err
		}
		p := rows[c.operation]
		if want := project(&e); string(want.checksum) != string(p.checksum) || string(p.sum()) != string(p.checksum) {
			return &DamageError{Table: "operations", Operation: c.operation, What: "it does not agree with its facts"}
		}
		if e, err = j.awaken(ctx, q, e); err != nil {
			return err
		}
		c.abandoned = e.State == StateUnknown && e.Code == CodeAbandoned
	}
	return nil
}

// closedBook tells a shift from the facts that it counted, and from no other.
func (j *Journal) closedBook(ctx context.Context, q querier, s Shift) (ShiftBook, error) {
	counts, err := j.counts(ctx, q, s, phaseClosing)
	if err != nil {
		return ShiftBook{}, err
	}
	histories, err := j.histories(ctx, q, counts)
	if err != nil {
		return ShiftBook{}, err
	}
	rows := s.Rows
	book, err := j.tell(ctx, q, s, counts, histories)
	if err == nil && string(rows) != string(book.Shift.Rows) {
		err = &DamageError{Table: "shift_closings", What: nameOfShift(s) + " did not count these rows"}
	}
	return book, err
}

// tell makes the book of a shift from its counts, and hashes what it counted.
func (j *Journal) tell(ctx context.Context, q querier, s Shift, counts []shiftCount, histories map[int64]history) (ShiftBook, error) {
	book := ShiftBook{Shift: s}
	opening, err := j.counts(ctx, q, s, phaseOpening)
	if err != nil {
		return ShiftBook{}, err
	}
	if string(digestOf(opening)) != string(s.openCounts) {
		return ShiftBook{}, &DamageError{Table: "shift_openings", What: nameOfShift(s) + " did not count these rows"}
	}
	if s.Number > 1 {
		before, err := j.histories(ctx, q, opening)
		if err != nil {
			return ShiftBook{}, err
		}
		if book.Outside, err = steps(opening, before); err != nil {
			return ShiftBook{}, err
		}
	}
	if book.Within, err = steps(counts, histories); err != nil {
		return ShiftBook{}, err
	}
	book.Shift.Rows = digestOfRows(s, counts, histories)
	return book, nil
}

func steps(counts []shiftCount, histories map[int64]history) ([]Step, error) {
	list := make([]Step, 0, len(counts))
	for _, c := range counts {
		s, err := c.step(histories[c.operation])
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// digestOfRows is one hash over the shift's rows: its opening, every count, and
// the checksum of every fact that was counted for the first time.
func digestOfRows(s Shift, counts []shiftCount, histories map[int64]history) []byte {
	d := newChecksum("shift")
	d.bytes(s.openingSum)
	for _, c := range counts {
		d.bytes(c.sum())
		for _, sum := range histories[c.operation].sums[c.known:c.facts] {
			d.bytes(sum)
		}
	}
	return d.sum()
}
