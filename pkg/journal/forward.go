package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ForwardState says how far an event was passed on to a local application.
type ForwardState string

// The states of a [Forward]. The empty one is of an event that is none of the
// application's: refused, a repeat, or received while none was named.
const (
	ForwardWaiting ForwardState = "waiting"
	ForwardTaken   ForwardState = "taken"    // the application answered 2xx
	ForwardGivenUp ForwardState = "given_up" // it did not for so long that nobody waits for it
)

// A Forward is an event's way to a local application. It changes no payout.
type Forward struct {
	State      ForwardState
	Attempts   int
	HTTPStatus int       // of the last answer; 0: none came
	TriedAt    time.Time // of the last attempt; zero: none was made
	NextAt     time.Time // of the next one, while it waits
}

// Queue names the events that are passed on one after the other: those of one
// payout. It is that of the operation, or of the payout while it is an orphan's.
func (e Event) Queue() string {
	switch {
	case e.Operation != 0:
		return fmt.Sprintf("operation %d", e.Operation)
	case e.Webhook.PayoutID != "":
		return "payout " + e.Webhook.PayoutID
	}
	return "request " + e.Webhook.RequestID
}

// keepEvent stores a verified webhook and queues it for the local application
// if it is to have it. Of repeats the application gets none, and only so many
// are stored.
func (j *Journal) keepEvent(ctx context.Context, q querier, e *Event) error {
	repeats, err := j.repeats(ctx, q, *e)
	if err != nil {
		return err
	}
	if repeats >= maxRepeats {
		e.ID = 0
	}
	if e.ID == 0 || repeats > 0 || e.Duplicate {
		e.Forward = Forward{}
	}
	if e.ID == 0 {
		return nil
	}
	if err := j.insertEvent(ctx, q, *e); err != nil || e.Forward.State == "" {
		return err
	}
	e.Forward = Forward{State: ForwardWaiting, NextAt: e.ReceivedAt.Truncate(time.Millisecond)}
	return j.saveForward(ctx, q, *e)
}

// repeats counts, up to maxRepeats, what is stored already of a repeat: the
// repeats of its payout, or, of an orphan, those with the same bytes.
func (j *Journal) repeats(ctx context.Context, q querier, e Event) (n int, err error) {
	switch {
	case e.Operation == 0:
		column, value := orphanKey(e)
		err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM events WHERE operation = 0 AND `+column+` <> ''
			AND `+column+` = ? AND profile = ? AND kind = 'orphan' AND body = ? LIMIT ?) AS known`,
			value, e.Profile, e.Body, maxRepeats).Scan(&n)
	case e.Duplicate:
		err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM events WHERE operation = ? AND operation <> 0
			AND duplicate <> 0 LIMIT ?) AS known`, e.Operation, maxRepeats).Scan(&n)
	}
	return n, err
}

// orphanKey is by which column an orphan is found.
func orphanKey(e Event) (column, value string) {
	if e.Webhook.PayoutID != "" {
		return "payout_id", e.Webhook.PayoutID
	}
	return "request_id", e.Webhook.RequestID
}

const forwardColumns = "event, profile, queue, state, attempts, http_status, tried_at, next_at, checksum"

func (j *Journal) saveForward(ctx context.Context, q querier, e Event) error {
	f := e.Forward
	_, err := q.ExecContext(ctx, `INSERT INTO forwards (`+forwardColumns+`) VALUES (`+placeholders(9)+`)
		ON CONFLICT (event) DO UPDATE SET queue = excluded.queue, state = excluded.state, attempts = excluded.attempts,
		http_status = excluded.http_status, tried_at = excluded.tried_at, next_at = excluded.next_at, checksum = excluded.checksum`,
		e.ID, e.Profile, e.Queue(), string(f.State), f.Attempts, f.HTTPStatus, millis(f.TriedAt), millis(f.NextAt),
		forwardSum(e.ID, e.Profile, e.Queue(), f))
	return err
}

func forwardSum(event int64, profile, queue string, f Forward) []byte {
	c := newChecksum("forwards")
	for _, number := range []int64{event, int64(f.Attempts), int64(f.HTTPStatus), millis(f.TriedAt), millis(f.NextAt)} {
		c.int(number)
	}
	for _, text := range []string{profile, queue, string(f.State)} {
		c.text(text)
	}
	return c.sum()
}

// forward reads an event's way to the application; none is no error.
func (j *Journal) forward(ctx context.Context, q querier, event int64) (Forward, error) {
	var (
		f                     Forward
		id, triedAt, nextAt   int64
		profile, queue, state string
		checksum              []byte
	)
	err := q.QueryRowContext(ctx, `SELECT `+forwardColumns+` FROM forwards WHERE event = ?`, event).
		Scan(&id, &profile, &queue, &state, &f.Attempts, &f.HTTPStatus, &triedAt, &nextAt, &checksum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Forward{}, nil
	case err != nil:
		return Forward{}, readError(err, &DamageError{Table: "forwards"})
	}
	f.State, f.TriedAt, f.NextAt = ForwardState(state), moment(triedAt), moment(nextAt)
	if string(checksum) != string(forwardSum(id, profile, queue, f)) {
		return Forward{}, &DamageError{Table: "forwards", What: fmt.Sprintf("checksum of event %d", event)}
	}
	return f, nil
}

// moment is the opposite of millis.
func moment(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at)
}

// requeue puts an orphan that found its operation behind the events that the
// operation has: its queue is named otherwise from now on.
func (j *Journal) requeue(ctx context.Context, q querier, e Event) error {
	var err error
	if e.Forward, err = j.forward(ctx, q, e.ID); err != nil || e.Forward.State == "" {
		return err
	}
	return j.saveForward(ctx, q, e)
}

// DueForwards gives the events that are to be passed on at the given time, the
// oldest first: of each payout the first that waits, and no other before that
// one was taken. Those in except are left out.
func (j *Journal) DueForwards(ctx context.Context, profile string, at time.Time, limit int, except []int64) ([]Event, error) {
	args := []any{profile, at.UnixMilli()}
	without := ""
	if len(except) > 0 {
		without = ` AND f.event NOT IN (` + placeholders(len(except)) + `)`
		for _, id := range except {
			args = append(args, id)
		}
	}
	var due []Event
	err := j.store.view(ctx, func(q querier) error {
		ids, err := j.ids(ctx, q, `SELECT f.event FROM forwards f WHERE f.profile = ? AND f.state = 'waiting' AND f.next_at <= ?`+
			without+` AND NOT EXISTS (SELECT 1 FROM forwards b WHERE b.profile = f.profile AND b.queue = f.queue
			AND b.state = 'waiting' AND b.event < f.event) ORDER BY f.event LIMIT ?`, append(args, limit)...)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := j.event(ctx, q, id)
			if err != nil {
				return err
			}
			due = append(due, e)
		}
		return nil
	})
	return due, err
}

// Forwarded records what became of an attempt to pass an event on. Attempts of
// f are counted here. One that was taken stays so, whatever a later answer to an
// earlier attempt says. ErrNotFound if the event is not queued.
func (j *Journal) Forwarded(ctx context.Context, event int64, f Forward) error {
	return j.store.write(ctx, func(q querier) error {
		e, err := j.event(ctx, q, event)
		if err != nil {
			return err
		}
		if e.Forward.State == "" {
			return fmt.Errorf("event %d is not queued: %w", event, ErrNotFound)
		}
		attempts := e.Forward.Attempts + 1
		if e.Forward.State != ForwardTaken || f.State == ForwardTaken {
			e.Forward = f
		}
		e.Forward.Attempts = attempts
		return j.saveForward(ctx, q, e)
	})
}

// LockForwards takes the right to pass the profile's events on, so that several
// receivers on one journal do not pass on the same ones. Where another process
// has it, nil is returned without an error.
func (j *Journal) LockForwards(ctx context.Context, profile string) (*Lock, error) {
	held, holder, err := j.store.locks().tryLock(ctx, "forwarder-"+profile, j.holder())
	if err != nil || holder != nil {
		return nil, err
	}
	return &Lock{held}, nil
}

// A Backlog counts what of a profile's payouts waits for somebody.
type Backlog struct {
	Pending   int // requested, not accepted yet
	Accepted  int // to be paid out, or called off
	Unsettled int // unknown, mismatch or conflict
	Notices   int // decisions of which the project does not know yet
	Forwards  int // events that the local application has yet to take
}

// Backlog counts what waits.
func (j *Journal) Backlog(ctx context.Context, profile string) (Backlog, error) {
	var b Backlog
	err := j.store.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT
			COALESCE(SUM(CASE WHEN state = 'done' AND payout_status = 'pending' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'done' AND payout_status = 'accepted' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state IN ('unknown', 'mismatch', 'conflict') THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN notice_state IN ('queued', 'stopped') THEN 1 ELSE 0 END), 0),
			(SELECT COUNT(*) FROM forwards WHERE profile = ? AND state = 'waiting')
			FROM operations WHERE profile = ? AND kind = 'payout'`, profile, profile).
			Scan(&b.Pending, &b.Accepted, &b.Unsettled, &b.Notices, &b.Forwards)
	})
	return b, err
}
