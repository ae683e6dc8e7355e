package journal

import (
	"context"
	"fmt"
	"strings"
)

// phase says at which end of a shift an operation was counted.
type phase int64

const (
	phaseOpening phase = 0 // what lies before it happened outside the shift
	phaseClosing phase = 1
)

// A shiftCount records how far one operation had come when a desk counted it:
// so many of its facts, of which known were counted earlier. Boundaries between
// shifts are these positions and never a time, so no clock can make a shift
// lose an operation or count it twice.
type shiftCount struct {
	profile, desk string
	number        int64
	phase         phase
	operation     int64
	known, facts  int64
	abandoned     bool // its owner was gone: it was unknown, which no fact says
}

// concerning chooses the operations that have, or once had, a part in a desk's
// till: those begun there, and payouts about which somebody there decided.
const concerning = `o.profile = ? AND (o.desk = ? OR o.kind = 'payout' AND o.id IN
	(SELECT operation FROM facts WHERE kind = 'decision' AND desk = ?))`

// unfinished is the condition of operations that a report names even if nothing
// new is known of them.
const unfinished = `o.state IN ('open', 'unknown', 'mismatch', 'conflict') OR
	o.state = 'done' AND o.kind = 'payout' AND o.payout_status NOT IN ('completed', 'cancelled')`

// uncounted lists how far the desk's operations have come beyond what it
// counted before, and all that are unfinished, in the order of their numbers.
func (j *Journal) uncounted(ctx context.Context, q querier, s Shift, at phase) ([]shiftCount, error) {
	const earlier = `FROM shift_counts c WHERE c.operation = o.id AND c.desk = ? AND c.profile = ?`
	var counts []shiftCount
	err := each(ctx, q, func(scan scanner) error {
		c := shiftCount{profile: s.Profile, desk: s.Desk, number: s.Number, phase: at}
		if err := scan(&c.operation, &c.facts, &c.known); err != nil {
			return readError(err, &DamageError{Table: "operations"})
		}
		if c.known > c.facts {
			return &DamageError{Table: "shift_counts", Operation: c.operation, What: "more facts were counted than there are"}
		}
		if at != phaseOpening || c.known != c.facts { // else it is unfinished, but nothing new: no news from outside
			counts = append(counts, c)
		}
		return nil
	}, `SELECT o.id, o.facts, (SELECT COALESCE(MAX(c.facts), 0) `+earlier+`) FROM operations o
		WHERE `+concerning+` AND (`+unfinished+` OR NOT EXISTS (SELECT 1 `+earlier+` AND c.facts >= o.facts)) ORDER BY o.id`,
		s.Desk, s.Profile, s.Profile, s.Desk, s.Desk, s.Desk, s.Profile)
	return counts, err
}

const countColumns = "profile, desk, number, phase, operation, known, facts, abandoned, checksum"

// countsAtOnce is how many are written by one statement.
const countsAtOnce = 50

func insertCounts(ctx context.Context, q querier, counts []shiftCount) error {
	const columns = 9
	for len(counts) > 0 {
		n := 1
		if len(counts) >= countsAtOnce {
			n = countsAtOnce
		}
		var values []string
		var args []any
		for _, c := range counts[:n] {
			values = append(values, "("+placeholders(columns)+")")
			args = append(args, c.profile, c.desk, c.number, int64(c.phase), c.operation, c.known, c.facts, c.abandoned, c.sum())
		}
		_, err := q.ExecContext(ctx, "INSERT INTO shift_counts ("+countColumns+") VALUES "+strings.Join(values, ", "), args...)
		if err != nil {
			return err
		}
		counts = counts[n:]
	}
	return nil
}

func (c shiftCount) sum() []byte {
	s := newChecksum("shift_counts")
	s.text(c.profile)
	s.text(c.desk)
	s.int(c.number)
	s.int(int64(c.phase))
	s.int(c.operation)
	s.int(c.known)
	s.int(c.facts)
	s.flag(c.abandoned)
	return s.sum()
}

// digestOf is one hash over counts: none of them can be taken away unnoticed.
func digestOf(counts []shiftCount) []byte {
	s := newChecksum("counts")
	for _, c := range counts {
		s.bytes(c.sum())
	}
	return s.sum()
}

// counts reads what a shift counted at one of its ends.
func (j *Journal) counts(ctx context.Context, q querier, s Shift, at phase) ([]shiftCount, error) {
	return gather(ctx, q, func(scan scanner) (c shiftCount, err error) {
		var checksum []byte
		err = scan(&c.profile, &c.desk, &c.number, &c.phase, &c.operation, &c.known, &c.facts, &c.abandoned, &checksum)
		if err != nil {
			return c, readError(err, &DamageError{Table: "shift_counts"})
		}
		if string(checksum) != string(c.sum()) {
			return c, &DamageError{Table: "shift_counts", Operation: c.operation, What: "checksum"}
		}
		return c, nil
	}, `SELECT `+countColumns+` FROM shift_counts
		WHERE profile = ? AND desk = ? AND number = ? AND phase = ? ORDER BY operation`, s.Profile, s.Desk, s.Number, int64(at))
}

// A history is the facts of one operation with the checksums of their rows.
type history struct {
	facts []Fact
	sums  [][]byte
}

// historiesAtOnce is how many operations are read by one statement: a shift has
// hundreds, and a server far away answers each statement for itself.
const historiesAtOnce = 100

// histories reads the facts of the counted operations.
func (j *Journal) histories(ctx context.Context, q querier, counts []shiftCount) (map[int64]history, error) {
	all := make(map[int64]history, len(counts))
	err := inChunks(counts, func(operations []any) error { return j.readHistories(ctx, q, all, operations) })
	return all, err
}

// inChunks hands over the numbers of the counted operations, always as many at
// once, so that it is always the same statement.
func inChunks(counts []shiftCount, read func(operations []any) error) error {
	for len(counts) > 0 {
		n := min(len(counts), historiesAtOnce)
		operations := make([]any, historiesAtOnce)
		for i := range operations {
			operations[i] = counts[min(i, n-1)].operation
		}
		if err := read(operations); err != nil {
			return err
		}
		counts = counts[n:]
	}
	return nil
}

// countedRows reads the rows of the counted operations.
func (j *Journal) countedRows(ctx context.Context, q querier, counts []shiftCount) (map[int64]projection, error) {
	all := make(map[int64]projection, len(counts))
	err := inChunks(counts, func(operations []any) error {
		return each(ctx, q, func(scan scanner) error {
			var p projection
			if err := scan(p.fields()...); err != nil {
				return readError(err, &DamageError{Table: "operations"})
			}
			all[p.id] = p
			return nil
		}, `SELECT `+projectionColumns+` FROM operations WHERE id IN (`+placeholders(len(operations))+`)`, operations...)
	})
	return all, err
}

func (j *Journal) readHistories(ctx context.Context, q querier, all map[int64]history, operations []any) error {
	return each(ctx, q, func(scan scanner) error {
		r, err := readRow(scan)
		if err != nil {
			return readError(err, &DamageError{Table: "facts"})
		}
		f, err := r.fact()
		if err != nil {
			return err
		}
		h := all[r.operation]
		all[r.operation] = history{append(h.facts, f), append(h.sums, r.checksum)}
		return nil
	}, `SELECT `+factColumns+` FROM facts WHERE operation IN (`+placeholders(len(operations))+`)
		ORDER BY operation, position`, operations...)
}

// step tells what a count counted.
func (c shiftCount) step(h history) (Step, error) {
	if c.known < 0 || c.known > c.facts || c.facts > int64(len(h.facts)) {
		return Step{}, &DamageError{Table: "shift_counts", Operation: c.operation,
			What: fmt.Sprintf("facts %d to %d of %d", c.known, c.facts, len(h.facts))}
	}
	now, err := Fold(h.facts[:c.facts])
	if err != nil {
		return Step{}, err
	}
	if c.abandoned {
		if now.State != StateOpen {
			return Step{}, &DamageError{Table: "shift_counts", Operation: c.operation, What: "it was not open"}
		}
		now.State, now.Code = StateUnknown, CodeAbandoned
	}
	s := Step{Now: now}
	if c.known > 0 {
		s.Before, err = Fold(h.facts[:c.known])
	}
	return s, err
}
