package desk

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// How often, and for how long, a request that may be repeated is repeated.
const (
	maxSends      = 4
	maxSendPeriod = 60 * time.Second
	firstBackoff  = 500 * time.Millisecond
	maxBackoff    = 10 * time.Second
)

// untilStopped gives a context that ends with Stop as well: a question that
// moves no money may be broken off at any moment.
func (d *Desk) untilStopped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := d.Stop
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// attempt is one sending and what came of it.
type attempt struct {
	sentAt  time.Time
	outcome api.Outcome
}

// send sends a call until its outcome is final, as often as the rules allow: a
// deposit that may have left is never repeated. Before each time it asks whether
// the operation is still this desk's; nil: it belongs to nobody.
func (d *Desk) send(ctx context.Context, call api.Call, owned func() error) []attempt {
	var attempts []attempt
	delays := &backoff.ExponentialBackOff{
		InitialInterval: firstBackoff, MaxInterval: maxBackoff, Multiplier: 2, RandomizationFactor: 0.5,
	}
	delays.Reset()
	began := d.Now()
	for {
		a := attempt{sentAt: d.Now()}
		if err := disowned(owned); err != nil {
			if len(attempts) > 0 { // they say more
				return attempts
			}
			a.outcome = api.Outcome{Verdict: api.NotSent, Cause: api.CauseNotOwner, Detail: err.Error()}
			return []attempt{a}
		}
		a.outcome = d.sendOnce(ctx, call)
		attempts = append(attempts, a)
		if len(attempts) == maxSends || !repeatable(call, a.outcome) {
			return attempts
		}
		wait := max(delays.NextBackOff(), a.outcome.RetryAfter)
		if d.Now().Add(wait).Sub(began) > maxSendPeriod || d.stopped() || d.sleep(ctx, wait) != nil || d.stopped() {
			return attempts
		}
	}
}

func disowned(owned func() error) error {
	if owned == nil {
		return nil
	}
	return owned()
}

// repeatable: what did not leave may be sent again; what may have left only if
// the project promises the same result for the same body, and only where the
// answer leaves the hope that it will.
func repeatable(call api.Call, o api.Outcome) bool {
	switch o.Verdict {
	case api.NotSent:
		return o.Cause == api.CauseNoConnection
	case api.Unknown:
		return call.Repeatable && o.Cause != api.CauseRedirect && o.Cause != api.CauseInterrupted
	case api.Done, api.Refused, api.Mismatch:
	}
	return false
}

// sendOnce tells the operator, if they want to stop while an answer is
// awaited, that it is awaited.
func (d *Desk) sendOnce(ctx context.Context, call api.Call) api.Outcome {
	if d.Waiting != nil && d.Stop != nil && call.Kind.MovesMoney() {
		answered := make(chan struct{})
		defer close(answered)
		go func() {
			select {
			case <-d.Stop:
				d.Waiting()
			case <-answered:
			}
		}()
	}
	return d.Client.Send(ctx, call)
}

// sendAndSettle sends what the journal holds as open and appends what came of
// it. The answer is recorded even if the command is being given up. See
// Order.Answered for answered; nil: nobody is told.
func (d *Desk) sendAndSettle(ctx context.Context, entry journal.Entry, answered func()) Receipt {
	d.pass(PointAfterIntent)
	attempts := d.send(ctx, entry.Call, func() error { return d.Journal.Owned(ctx, entry) })
	d.pass(PointAfterAnswer)
	last := attempts[len(attempts)-1].outcome
	if answered != nil && last.Verdict == api.Done {
		answered()
	}
	r := Receipt{Recorded: true, ServerDate: last.ServerDate, RetryAfter: last.RetryAfter}
	additions := make([]journal.Addition, 0, len(attempts))
	for _, a := range attempts {
		answer := journal.AnswerOf(a.outcome, a.sentAt)
		answer.Owner = entry.Owner // if another sends by now, this is evidence and no more
		additions = append(additions, journal.Addition{Content: answer, Raw: a.outcome.Answer})
	}
	settled, err := d.record(ctx, entry.ID, additions)
	if err != nil {
		r.Recorded, r.RecordError = false, err
		settled = entry.With(d.Now(), additions)
	}
	d.pass(PointAfterSettled)
	r.Entry = settled
	return r
}

// How often an answer is offered to a journal that does not take it.
const maxRecords = 3

// record appends evidence, trying again where the journal is only busy.
func (d *Desk) record(ctx context.Context, id int64, additions []journal.Addition) (journal.Entry, error) {
	ctx = context.WithoutCancel(ctx)
	var entry journal.Entry
	var err error
	for range maxRecords {
		entry, err = d.Journal.Update(ctx, id, func(journal.Entry) ([]journal.Addition, error) {
			d.pass(PointSettling)
			return additions, nil
		})
		var storage *journal.StorageError
		if err == nil || !errors.As(err, &storage) || storage.Problem != journal.ProblemBusy {
			break
		}
	}
	return entry, err
}
