package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// MovementKind says what was done to the merchant account by hand (Raisboy API,
// «Работа со счётом», 4: topping up and drawing down go through a manager).
type MovementKind string

// The kinds of movements.
const (
	MovementOpening    MovementKind = "opening"    // the balance that the manager named
	MovementTopup      MovementKind = "topup"      // money was paid in
	MovementWithdrawal MovementKind = "withdrawal" // money was drawn out
)

// A Movement is one change of the merchant account that no operation made.
// Movements are appended and never changed: a mistake is corrected by a
// movement the other way.
type Movement struct {
	ID         int64 // 1, 2, 3 … over all profiles
	Profile    string
	Kind       MovementKind
	Amount     money.Amount // minor units; positive, but zero or more of an opening
	Currency   string
	Note       string
	At         time.Time // when it happened, to the millisecond; zero: now
	RecordedAt time.Time // by the journal's clock
	Desk       string    // the till that recorded it
	OSUser     string
}

// ErrMovement says that a movement is none: its kind, sum or currency is missing.
var ErrMovement = errors.New("not a movement of an account")

// A RepeatedMovementError says that an equal movement was recorded a moment
// ago. Nothing was recorded.
type RepeatedMovementError struct{ First Movement }

func (e *RepeatedMovementError) Error() string {
	return fmt.Sprintf("movement %d is equal to this one", e.First.ID)
}

func (m Movement) check() error {
	switch m.Kind {
	case MovementOpening:
		if m.Amount < 0 {
			return fmt.Errorf("%w: an amount below zero", ErrMovement)
		}
	case MovementTopup, MovementWithdrawal:
		if m.Amount <= 0 {
			return fmt.Errorf("%w: no amount", ErrMovement)
		}
	default:
		return fmt.Errorf("%w: kind %q", ErrMovement, m.Kind)
	}
	if m.Currency == "" || m.Profile == "" {
		return fmt.Errorf("%w: no currency or no profile", ErrMovement)
	}
	return nil
}

// Move records a movement, durably. An equal one (kind, sum, currency and note)
// that was recorded within the window holds it back with a
// *RepeatedMovementError: a command that was run twice is one movement. Window
// 0: it is meant to be repeated. ID, RecordedAt, Desk and OSUser are filled in.
func (j *Journal) Move(ctx context.Context, m Movement, window time.Duration) (Movement, error) {
	if err := m.check(); err != nil {
		return Movement{}, err
	}
	err := j.store.write(ctx, func(q querier) error {
		now := j.now()
		if err := j.repeatedMovement(ctx, q, m, now.Add(-window), window); err != nil {
			return err
		}
		err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM movements`).Scan(&m.ID)
		if err != nil {
			return err
		}
		m.RecordedAt, m.Desk, m.OSUser = now, j.options.Desk, j.options.OSUser
		if m.At.IsZero() {
			m.At = now
		}
		m.At = m.At.Truncate(time.Millisecond)
		_, err = q.ExecContext(ctx, `INSERT INTO movements (`+movementColumns+`) VALUES (`+placeholders(11)+`)`,
			m.ID, m.Profile, string(m.Kind), int64(m.Amount), m.Currency, m.Note, m.At.UnixMilli(), now.UnixMilli(), m.Desk, m.OSUser, m.sum())
		return err
	})
	if err != nil {
		return Movement{}, err
	}
	return m, nil
}

// repeatedMovement looks for an equal movement. One from the future counts: a
// clock that was set back hides nothing.
func (j *Journal) repeatedMovement(ctx context.Context, q querier, m Movement, since time.Time, window time.Duration) error {
	if window <= 0 {
		return nil
	}
	recent, err := j.movements(ctx, q, `profile = ? AND recorded_at > ?`, m.Profile, since.UnixMilli())
	for _, first := range recent {
		if first.Kind == m.Kind && first.Amount == m.Amount && first.Currency == m.Currency && first.Note == m.Note {
			return &RepeatedMovementError{First: first}
		}
	}
	return err
}

// Movements gives what was done to a profile's merchant account by hand, in the
// order in which it was recorded.
func (j *Journal) Movements(ctx context.Context, profile string) ([]Movement, error) {
	var all []Movement
	err := j.store.view(ctx, func(q querier) (err error) {
		all, err = j.movements(ctx, q, `profile = ?`, profile)
		return err
	})
	return all, err
}

const movementColumns = "id, profile, kind, amount, currency, note, at, recorded_at, desk, os_user, checksum"

func (j *Journal) movements(ctx context.Context, q querier, where string, args ...any) ([]Movement, error) {
	return gather(ctx, q, readMovement, `SELECT `+movementColumns+` FROM movements WHERE `+where+` ORDER BY id`, args...)
}

func readMovement(scan scanner) (Movement, error) {
	var (
		m              Movement
		kind           string
		amount         int64
		at, recordedAt int64
		checksum       []byte
	)
	err := scan(&m.ID, &m.Profile, &kind, &amount, &m.Currency, &m.Note, &at, &recordedAt, &m.Desk, &m.OSUser, &checksum)
	if err != nil {
		return Movement{}, readError(err, &DamageError{Table: "movements"})
	}
	m.Kind, m.Amount = MovementKind(kind), money.Amount(amount)
	m.At, m.RecordedAt = time.UnixMilli(at), time.UnixMilli(recordedAt)
	if string(checksum) != string(m.sum()) {
		return Movement{}, &DamageError{Table: "movements", What: fmt.Sprintf("checksum of movement %d", m.ID)}
	}
	return m, nil
}

func (m Movement) sum() []byte {
	c := newChecksum("movements")
	for _, number := range []int64{m.ID, int64(m.Amount), m.At.UnixMilli(), m.RecordedAt.UnixMilli()} {
		c.int(number)
	}
	for _, text := range []string{m.Profile, string(m.Kind), m.Currency, m.Note, m.Desk, m.OSUser} {
		c.text(text)
	}
	return c.sum()
}

// verifyMovements reads each movement for itself, so that one that is damaged
// does not hide the others, and looks for gaps in their numbers.
func (j *Journal) verifyMovements(ctx context.Context, q querier, r *Report) error {
	ids, err := j.ids(ctx, q, `SELECT id FROM movements ORDER BY id`)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if id != int64(i+1) && (i == 0 || ids[i-1] != id-1) { // a gap is told once, however wide
			r.Damaged = append(r.Damaged, &DamageError{Table: "movements", What: fmt.Sprintf("movement %d is missing", id-1)})
		}
		_, err := readMovement(q.QueryRowContext(ctx, `SELECT `+movementColumns+` FROM movements WHERE id = ?`, id).Scan)
		if err := r.note(err); err != nil {
			return err
		}
		r.Rows++
	}
	return nil
}
