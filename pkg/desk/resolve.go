package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// RulingProblem says why a ruling, or the like, was not taken.
type RulingProblem string

// The problems of a [RulingError].
const (
	RulingWrongKind   RulingProblem = "wrong_kind"   // not a ruling about this kind of operation
	RulingWrongState  RulingProblem = "wrong_state"  // nothing is open about it, or not this
	RulingOpposite    RulingProblem = "opposite"     // it was settled the other way
	RulingBusy        RulingProblem = "busy"         // its owner is still at it
	RulingAmount      RulingProblem = "amount"       // the confirmed amount is not the project's
	RulingPayoutID    RulingProblem = "payout_id"    // another payout_id is known already
	RulingOtherOrigin RulingProblem = "other_origin" // the profile, its address or key is not the recorded one
	RulingNotAccepted RulingProblem = "not_accepted" // the project has not yet allowed to pay out
	RulingBegun       RulingProblem = "begun"        // the opposite notice was already attempted
	RulingTwice       RulingProblem = "twice"        // another desk completed it while this one was asked
	RulingAddress     RulingProblem = "address"      // the webhook_url must not be used, see Err
	RulingNoAddress   RulingProblem = "no_address"   // no verified webhook_url is known
)

// A RulingError says why what a person wanted done about an operation was not.
// Nothing was recorded.
type RulingError struct {
	Entry   journal.Entry
	Ruling  journal.Ruling // empty: a resend, a delivery or a statement's line
	Problem RulingProblem
	Err     error // may be nil
}

func (e *RulingError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("operation %d, %s: %s: %v", e.Entry.ID, e.Ruling, e.Problem, e.Err)
	}
	return fmt.Sprintf("operation %d, %s: %s", e.Entry.ID, e.Ruling, e.Problem)
}

func (e *RulingError) Unwrap() error { return e.Err }

// errNothingNew ends a transaction that found its decision recorded already.
var errNothingNew = errors.New("decided so already")

// A Settlement is a person's word about an operation whose end is not known.
type Settlement struct {
	Ruling   journal.Ruling
	Note     string
	PayoutID string       // with RuledCreated, where the manager named it
	Amount   money.Amount // with RuledAccepted: what the project moved, minor units
}

// Resolve records a person's ruling. The same ruling again changes nothing; a
// *RulingError says why another one was not taken.
func (d *Desk) Resolve(ctx context.Context, id int64, s Settlement) (Receipt, error) {
	if s.Ruling != journal.RuledCreated {
		s.PayoutID = ""
	}
	if s.Ruling != journal.RuledAccepted {
		s.Amount = 0
	}
	lock, held, err := d.lock(ctx, id)
	if lock == nil {
		return held, err
	}
	defer func() { _ = lock.Release() }()
	if err := d.checkPayoutID(ctx, id, s); err != nil {
		return Receipt{}, err
	}
	replayed := false
	entry, err := d.Journal.Update(ctx, id, func(e journal.Entry) ([]journal.Addition, error) {
		replayed = false
		err := d.checkSettlement(e, s)
		if errors.Is(err, errNothingNew) {
			replayed = true
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []journal.Addition{{Content: journal.Decision{
			Ruling: s.Ruling, Note: s.Note, PayoutID: s.PayoutID, Amount: s.Amount,
		}}}, nil
	})
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Entry: entry, Replayed: replayed, Recorded: true}, nil
}

// Resolvable says whether Resolve would take the settlement of an operation as
// e has it: nil, or the *RulingError. It records nothing; Resolve looks again.
func (d *Desk) Resolvable(e journal.Entry, s Settlement) error {
	if err := d.checkSettlement(e, s); !errors.Is(err, errNothingNew) {
		return err
	}
	return nil
}

// checkPayoutID refuses a payout_id that is another operation's: one payout of
// the project is one of ours.
func (d *Desk) checkPayoutID(ctx context.Context, id int64, s Settlement) error {
	others, err := d.Journal.Find(ctx, d.Profile, s.PayoutID)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != id && other.PayoutID == s.PayoutID {
			return &RulingError{Entry: other, Ruling: s.Ruling, Problem: RulingPayoutID}
		}
	}
	return nil
}

func (d *Desk) checkSettlement(e journal.Entry, s Settlement) error {
	refuse := func(p RulingProblem) error { return &RulingError{Entry: e, Ruling: s.Ruling, Problem: p} }
	if e.Profile != d.Profile {
		return refuse(RulingOtherOrigin)
	}
	if problem := fits(e, s); problem != "" {
		return refuse(problem)
	}
	switch e.State {
	case journal.StateOpen:
		return refuse(RulingBusy)
	case journal.StateUnknown, journal.StateConflict, journal.StateMismatch:
		return nil
	case journal.StateDone, journal.StateRefused, journal.StateNotSent:
	}
	switch {
	case ruledBefore(e, s.Ruling) && e.Decision.Amount != s.Amount:
		return refuse(RulingAmount)
	case s.PayoutID != "" && e.PayoutID == "" && e.State == journal.StateDone:
		return nil // the manager named it after the first word about it
	case ruledBefore(e, s.Ruling), saysDone(s.Ruling) == (e.State == journal.StateDone):
		return errNothingNew
	}
	return refuse(RulingOpposite)
}

// fits says what forbids the ruling for this kind of operation in this state;
// empty: nothing. What was ruled before always fits.
func fits(e journal.Entry, s Settlement) RulingProblem {
	deposit := e.Call.Kind == api.KindDeposit
	mismatch := e.State == journal.StateMismatch
	switch s.Ruling {
	case journal.RuledCredited, journal.RuledCreated:
		switch {
		case deposit != (s.Ruling == journal.RuledCredited):
			return RulingWrongKind
		case mismatch:
			return RulingWrongState // done with which sum? RuledAccepted says it
		case s.PayoutID != "" && e.PayoutID != "" && s.PayoutID != e.PayoutID:
			return RulingPayoutID
		}
	case journal.RuledNotCredited:
		if !deposit {
			return RulingWrongKind
		}
	case journal.RuledNotCreated:
		if deposit && !mismatch && !ruledBefore(e, s.Ruling) {
			return RulingWrongKind
		}
	case journal.RuledAccepted:
		switch {
		case ruledBefore(e, s.Ruling):
		case !mismatch:
			return RulingWrongState
		case !named(e, s.Amount):
			return RulingAmount
		}
	default: // completed and cancelled are for Conclude
		return RulingWrongKind
	}
	return ""
}

// named reports whether the project itself named the sum, in an answer, a
// webhook or a statement. Where it named none that can be read, the person's word stands.
func named(e journal.Entry, amount money.Amount) bool {
	known := false
	for _, f := range e.Facts {
		var sum money.Amount
		switch c := f.Content.(type) {
		case journal.Webhook:
			sum = c.Amount
		case journal.Statement:
			sum = c.Amount
		case journal.Answer:
			sum = api.ReadOutcome(e.Call, c.HTTPStatus, nil, f.Raw).Amount
		}
		if sum != 0 && sum == amount {
			return true
		}
		known = known || sum != 0
	}
	return !known && amount > 0
}

func ruledBefore(e journal.Entry, r journal.Ruling) bool {
	return e.Decision != nil && e.Decision.Ruling == r
}

func saysDone(r journal.Ruling) bool {
	return r == journal.RuledCredited || r == journal.RuledCreated || r == journal.RuledAccepted
}

// Resend sends an unknown operation's frozen bytes again, under a fresh stamp.
// For a deposit the project may credit it twice; confirm asks for that and is
// called before anything is written. It is refused while the owner lives, and
// if the profile's address or key is not the recorded one.
func (d *Desk) Resend(ctx context.Context, id int64, note string, confirm func(journal.Entry) error) (Receipt, error) {
	lock, held, err := d.lock(ctx, id)
	if lock == nil {
		return held, err
	}
	defer func() { _ = lock.Release() }()
	e, err := d.Journal.Get(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.checkResend(e); err != nil {
		return Receipt{}, err
	}
	if err := d.agreed(e, confirm); err != nil {
		return Receipt{}, err
	}
	if e, err = d.Journal.Reopen(ctx, id, note, d.checkResend); err != nil {
		return Receipt{}, err
	}
	return d.sendAndSettle(ctx, e, nil), nil
}

func (d *Desk) checkResend(e journal.Entry) error {
	refuse := func(p RulingProblem) error { return &RulingError{Entry: e, Problem: p} }
	switch e.State {
	case journal.StateUnknown:
	case journal.StateOpen:
		return refuse(RulingBusy)
	case journal.StateDone, journal.StateRefused, journal.StateNotSent, journal.StateMismatch, journal.StateConflict:
		return refuse(RulingWrongState)
	}
	if e.Profile != d.Profile || e.KeyID != journal.KeyID(d.APIKey) || e.Call.URL != d.Endpoints.URL(e.Call.Kind) {
		return refuse(RulingOtherOrigin)
	}
	return nil
}

// lock takes an operation's lock. Where another process has it there is none,
// and a receipt that says so, or an error.
func (d *Desk) lock(ctx context.Context, id int64) (*journal.Lock, Receipt, error) {
	lock, err := d.Journal.Lock(ctx, id)
	var locked *journal.LockedError
	if !errors.As(err, &locked) {
		return lock, Receipt{}, err
	}
	e, err := d.Journal.Get(ctx, id)
	if err != nil {
		return nil, Receipt{}, err
	}
	held := &journal.HeldError{Reason: journal.HeldLock, By: &e, Holder: locked.Holder}
	return nil, Receipt{Entry: e, Held: held, Recorded: true}, nil
}
