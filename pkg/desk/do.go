package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
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
	if err := d.request(o).Check(); err != nil {
		return Receipt{}, err
	}
	p := d.proposal(o)
	// Asked before the network and the operator are: a replay needs neither,
	// and nobody should confirm what will be held back.
	if !o.Straight {
		if r, done, err := d.peek(ctx, p, o); done || err != nil {
			return r, err
		}
	}
	if r, over := d.overLimit(p, o); over { // of what is recorded it says nothing
		return r, nil
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
	if p.Call, err = d.freeze(o); err != nil { // now: the operator took time to think
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
	return d.sendAndSettle(ctx, entry, o.Answered), nil
}

// identify gives a batch's row its ref and a payout its request_id: the same ref
// must give the same one on every machine, so that two journals cannot pay one
// ref twice.
func identify(o Order) (Order, error) {
	if !o.Kind.MovesMoney() { // an order that nobody filled in must move none
		return o, fmt.Errorf("%w: %q is no order", api.ErrKind, o.Kind)
	}
	if o.Ref == "" && o.Batch != "" && o.Line > 0 {
		o.Ref = journal.LineRef(o.Batch, o.Line)
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

// proposal is what the order comes to, but for the bytes, which are made last.
func (d *Desk) proposal(o Order) journal.Proposal {
	return journal.Proposal{
		Call: api.Call{Kind: o.Kind, Terms: o.terms()}, Profile: d.Profile, Sandbox: d.Sandbox, KeyID: journal.KeyID(d.APIKey),
		Ref: o.Ref, Batch: o.Batch, Line: o.Line, ReportRefused: o.ReportRefused,
	}
}

func (d *Desk) guard(o Order) journal.Guard {
	return journal.Guard{
		Window: d.Window, Again: o.Again, Stands: o.Stands, ShiftMax: d.Limits.ShiftMax, ShiftSince: d.Limits.ShiftSince, ShiftFirst: d.Limits.ShiftFirst,
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
	if above := d.Limits.ConfirmAbove; above > 0 && o.Amount > above && (limit <= 0 || o.Amount <= limit) {
		limit, key = above, "limits.confirm_above"
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
