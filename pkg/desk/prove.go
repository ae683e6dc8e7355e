package desk

import (
	"context"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Evidence is a line of a partner's statement, with the state in which the
// operation was when a person looked at the two.
type Evidence struct {
	Statement journal.Statement
	Raw       []byte // the line as it stands in the file
	Seen      journal.State
}

// Prove records a line of a statement as evidence for an operation that is
// unknown, which it settles as done, or that is held to be refused or not sent,
// which it makes a conflict. The same line again changes nothing. A
// *journal.UsedRowError says that the line proves another operation, a
// *RulingError that the operation is not what it was, or not what the line says.
func (d *Desk) Prove(ctx context.Context, id int64, v Evidence) (Receipt, error) {
	lock, held, err := d.lock(ctx, id)
	if lock == nil {
		return held, err
	}
	defer func() { _ = lock.Release() }()
	if err := d.checkPayoutID(ctx, id, Settlement{PayoutID: v.Statement.PayoutID}); err != nil {
		return Receipt{}, err
	}
	replayed := false
	entry, err := d.Journal.Update(ctx, id, func(e journal.Entry) ([]journal.Addition, error) {
		if replayed = e.Proof != nil && e.Proof.Row == v.Statement.Row; replayed {
			return nil, nil
		}
		if problem := d.provable(e, v); problem != "" {
			return nil, &RulingError{Entry: e, Problem: problem}
		}
		return []journal.Addition{{Content: v.Statement, Raw: v.Raw}}, nil
	})
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Entry: entry, Replayed: replayed, Recorded: true}, nil
}

// provable says what keeps the line from being evidence; empty: nothing does.
func (d *Desk) provable(e journal.Entry, v Evidence) RulingProblem {
	s, t := v.Statement, e.Call.Terms
	known := e.DepositID
	if e.Call.Kind == api.KindPayout {
		known = e.PayoutID
	}
	named := s.DepositID + s.PayoutID
	switch {
	case e.Profile != d.Profile:
		return RulingOtherOrigin
	case e.State == journal.StateOpen:
		return RulingBusy
	case e.State != v.Seen || e.Proof != nil:
		return RulingWrongState
	case s.Amount != t.Amount || s.Currency != t.Currency:
		return RulingAmount
	case (s.DepositID != "") && e.Call.Kind != api.KindDeposit, (s.PayoutID != "") && e.Call.Kind != api.KindPayout:
		return RulingWrongKind
	case known != "" && named != "" && known != named:
		return RulingPayoutID
	}
	switch e.State {
	case journal.StateUnknown, journal.StateRefused, journal.StateNotSent:
		return ""
	case journal.StateOpen, journal.StateDone, journal.StateMismatch, journal.StateConflict:
	}
	return RulingWrongState
}
