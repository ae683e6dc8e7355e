package statement

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// judge says what a line and the one operation that it is come to.
func judge(r *Row, e *journal.Entry, by string) Result {
	result := Result{Outcome: Matched, By: by, Row: r, Entry: e, Reasons: differences(r, e)}
	if len(result.Reasons) > 0 {
		result.Outcome = Different
		return result
	}
	if r.Booking != Booked {
		return unbooked(result)
	}
	because := func(o Outcome, reason string) Result {
		result.Outcome, result.Reasons = o, []string{reason}
		return result
	}
	switch e.State {
	case journal.StateDone:
		if e.Call.Kind == api.KindPayout && e.PayoutStatus == api.StatusCancelled {
			return because(Different, ReasonStatus)
		}
	case journal.StateUnknown:
		result.Outcome = Provable
	case journal.StateRefused, journal.StateNotSent:
		if by == ByRow { // it is recorded, and a person decided in spite of it
			return because(Different, ReasonRuled)
		}
		result.Outcome = Contradicts
	case journal.StateOpen:
		return because(Unclear, ReasonOpen)
	case journal.StateMismatch:
		return because(Different, ReasonMismatch)
	case journal.StateConflict:
		return because(Different, ReasonConflict)
	}
	return result
}

// unbooked judges a line that says that no money moved, or not yet.
func unbooked(result Result) Result {
	e := result.Entry
	moved := e.State == journal.StateDone && (e.Call.Kind == api.KindDeposit || e.PayoutStatus == api.StatusCompleted)
	denied := e.State == journal.StateRefused || e.State == journal.StateNotSent || e.State == journal.StateDone && e.PayoutStatus == api.StatusCancelled
	switch {
	case result.Row.Booking == Failed && e.State == journal.StateDone && !denied:
		result.Outcome = Different // called off there, and here somebody may be about to hand the money over
	case result.Row.Booking == Failed && denied, e.State == journal.StateDone && !moved && !denied:
		return result // both say that nothing moved; or a payout that is still on its way
	default:
		result.Outcome = Unclear
	}
	result.Reasons = []string{ReasonStatus}
	return result
}
