package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

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

// Validate asks the project whether the user may move money (Raisboy API,
// section 2). Nothing is recorded: no money moves.
func (d *Desk) Validate(ctx context.Context, userID string) (api.Outcome, error) {
	call, err := api.Validation{UserID: userID}.Call(d.Endpoints)
	if err != nil {
		return api.Outcome{}, err
	}
	ctx, cancel := d.untilStopped(ctx)
	defer cancel()
	attempts := d.send(ctx, call, nil)
	return attempts[len(attempts)-1].outcome, nil
}

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

// Do carries out an order: checks it, validates the user, asks the operator,
// records the intent, sends, and settles. The receipt says what came of it,
// also where nothing was sent.
//
// An error means that nothing was sent: a *api.FieldError or api.ErrKind for a
// wrong order, a *journal.StorageError or *journal.DamageError for a journal that cannot be
// trusted, ErrStopped, the context's error, or what Confirm returned.
func (d *Desk) Do(ctx context.Context, o Order) (Receipt, error) {
	o, err := identify(o)
	if err != nil {
		return Receipt{}, err
	}
	draft, err := d.freeze(o)
	if err != nil {
		return Receipt{}, err
	}
	p := d.proposal(o, draft)
	if r, over := d.overLimit(p, o); over {
		return r, nil
	}
	// Asked before the network and the operator are: a replay needs neither,
	// and nobody should confirm what will be held back.
	if r, done, err := d.peek(ctx, p, o); done || err != nil {
		return r, err
	}
	var user api.Outcome
	if !o.SkipValidate {
		if user, err = d.Validate(ctx, o.UserID); err != nil {
			return Receipt{}, err
		}
		p.ProjectUserID = user.UserID
		if user.Verdict != api.Done && user.Verdict != api.Refused {
			if err := d.givenUp(ctx); err != nil { // that is why there is no answer
				return Receipt{}, err
			}
		}
		if r, done := judgeUser(p, o, user); done {
			return r, nil
		}
	}
	if err := d.confirm(ctx, o, user); err != nil {
		return Receipt{}, err
	}
	if p.Call, err = d.freeze(o); err != nil { // anew: the operator took time to think
		return Receipt{}, err
	}
	d.pass(PointBeforeIntent)
	entry, replayed, err := d.Journal.Begin(ctx, p, d.guard(o))
	if r, held := heldReceipt(p, err); held || err != nil {
		return r, errUnlessHeld(held, err)
	}
	if replayed {
		return Receipt{Entry: entry, Replayed: true, Recorded: true}, nil
	}
	return d.sendAndSettle(ctx, entry), nil
}

// identify gives a payout its request_id: the same ref must give the same one
// on every machine, so that two journals cannot pay one ref twice.
func identify(o Order) (Order, error) {
	if !o.Kind.MovesMoney() { // an order that nobody filled in must move none
		return o, fmt.Errorf("%w: %q is no order", api.ErrKind, o.Kind)
	}
	if o.Kind != api.KindPayout || o.RequestID != "" {
		return o, nil
	}
	if o.RequestID = o.Ref; o.RequestID != "" {
		return o, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return o, fmt.Errorf("make a request id: %w", err)
	}
	o.RequestID = id.String()
	return o, nil
}

func (d *Desk) proposal(o Order, call api.Call) journal.Proposal {
	return journal.Proposal{
		Call: call, Profile: d.Profile, Sandbox: d.Sandbox, KeyID: journal.KeyID(d.APIKey),
		Ref: o.Ref, Batch: o.Batch, Line: o.Line,
	}
}

func (d *Desk) guard(o Order) journal.Guard {
	return journal.Guard{
		Window: d.Window, Again: o.Again, ShiftMax: d.Limits.ShiftMax, ShiftSince: d.Limits.ShiftSince,
	}
}

// sketch is the entry of an operation that was not begun.
func sketch(p journal.Proposal) journal.Entry {
	return journal.Entry{
		Call: p.Call, Profile: p.Profile, Sandbox: p.Sandbox, Ref: p.Ref, Batch: p.Batch, Line: p.Line,
		ProjectUserID: p.ProjectUserID, State: journal.StateNotSent,
	}
}

func (d *Desk) overLimit(p journal.Proposal, o Order) (Receipt, bool) {
	limit, key := d.Limits.DepositMax, "limits.deposit_max"
	if o.Kind == api.KindPayout {
		limit, key = d.Limits.PayoutMax, "limits.payout_max"
	}
	if limit <= 0 || o.Amount <= limit {
		return Receipt{}, false
	}
	held := &journal.HeldError{Reason: journal.HeldLimit, Limit: limit, Key: key}
	return Receipt{Entry: sketch(p), Held: held, Recorded: true}, true
}

func (d *Desk) peek(ctx context.Context, p journal.Proposal, o Order) (r Receipt, done bool, err error) {
	entry, replayed, err := d.Journal.Peek(ctx, p, d.guard(o))
	if r, held := heldReceipt(p, err); held {
		return r, true, nil
	}
	return Receipt{Entry: entry, Replayed: true, Recorded: true}, replayed, err
}

func heldReceipt(p journal.Proposal, err error) (Receipt, bool) {
	var held *journal.HeldError
	if errors.As(err, &held) {
		return Receipt{Entry: sketch(p), Held: held, Recorded: true}, true
	}
	return Receipt{}, false
}

func errUnlessHeld(held bool, err error) error {
	if held {
		return nil
	}
	return err
}

// judgeUser ends an order at its validation, unless the user may move the sum.
func judgeUser(p journal.Proposal, o Order, user api.Outcome) (Receipt, bool) {
	e := sketch(p)
	e.HTTPStatus, e.Code, e.Message, e.Fields = user.HTTPStatus, user.CodeOrCause(), user.Message, user.Fields
	r := Receipt{Entry: e, Recorded: true, ServerDate: user.ServerDate, RetryAfter: user.RetryAfter}
	switch user.Verdict {
	case api.Done:
		if user.HasMaxAmount && o.Amount > user.MaxAmount {
			r.Held = &journal.HeldError{Reason: journal.HeldMaxAmount, Limit: user.MaxAmount}
			return r, true
		}
		return Receipt{}, false
	case api.Refused:
		r.Entry.State = journal.StateRefused
	case api.NotSent, api.Unknown, api.Mismatch:
		// No answer to a question moves no money: it may simply be asked again.
	}
	return r, true
}

func (d *Desk) confirm(ctx context.Context, o Order, user api.Outcome) error {
	if d.Confirm != nil {
		err := d.Confirm(ctx, Preview{
			Order: o, ProjectUserID: user.UserID, MaxAmount: user.MaxAmount, HasMaxAmount: user.HasMaxAmount,
			Profile: d.Profile, Sandbox: d.Sandbox,
		})
		if err != nil {
			return err
		}
	}
	return d.givenUp(ctx)
}

// givenUp says why nothing more is to begin; nil: it may.
func (d *Desk) givenUp(ctx context.Context) error {
	if d.stopped() {
		return ErrStopped
	}
	return ctx.Err()
}

func (d *Desk) mayBegin(ctx context.Context) bool { return d.givenUp(ctx) == nil }

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
// it. The answer is recorded even if the command is being given up.
func (d *Desk) sendAndSettle(ctx context.Context, entry journal.Entry) Receipt {
	d.pass(PointAfterIntent)
	attempts := d.send(ctx, entry.Call, func() error { return d.Journal.Owned(ctx, entry) })
	d.pass(PointAfterAnswer)
	last := attempts[len(attempts)-1].outcome
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
