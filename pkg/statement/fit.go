package statement

import (
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// span is from when to when an operation was on its way: from its intent to the
// last thing that was heard of it or done about it. A ruling is not among them:
// a person may decide days later.
func span(e *journal.Entry) (from, until time.Time) {
	from, until = e.CreatedAt, e.CreatedAt
	for _, f := range e.Facts {
		switch c := f.Content.(type) {
		case journal.Statement:
			continue
		case journal.Decision:
			if c.Ruling != journal.RuledCompleted && c.Ruling != journal.RuledCancelled {
				continue
			}
		}
		if f.At.After(until) {
			until = f.At
		}
	}
	return from, until
}

// near reports that the line's time and the operation's are no further apart
// than the window.
func near(r *Row, e *journal.Entry, window time.Duration) bool {
	from, until := span(e)
	return !r.From.IsZero() && r.From.Add(-window).Before(until.Add(time.Millisecond)) && r.Until.Add(window).After(from)
}

// samePerson reports that a user that the line names is the operation's, and
// that none of them is somebody else.
func samePerson(r *Row, e *journal.Entry) bool {
	user, project := e.Call.Terms.UserID, e.ProjectUserID
	is := func(id string) bool { return id != "" && (id == user || id == project) }
	switch {
	case r.UserID != "" && r.ProjectUserID == "":
		return is(r.UserID)
	case r.UserID == "" && r.ProjectUserID != "":
		return is(r.ProjectUserID)
	case project == "": // not validated: nobody knows the project's own id
		return is(r.UserID)
	}
	return is(r.UserID) && is(r.ProjectUserID)
}

// otherID reports that both have an id of the project's, or a request_id, and
// not the same.
func otherID(r *Row, e *journal.Entry) bool {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	if r.RequestID != "" && r.RequestID != e.Call.Terms.RequestID {
		return true
	}
	return !r.OwnID && differ(r.ID, idOf(e))
}

// idOf is the project's id of the operation; empty while it is not known.
func idOf(e *journal.Entry) string {
	if e.Call.Kind == api.KindPayout {
		return e.PayoutID
	}
	return e.DepositID
}

// sameTerms reports that the line can be the operation by what it says: kind,
// user, amount, currency and time.
func sameTerms(r *Row, e *journal.Entry, window time.Duration) bool {
	return alike(r, e) && near(r, e, window)
}

// alike is sameTerms at whatever time.
func alike(r *Row, e *journal.Entry) bool {
	return r.Kind == e.Call.Kind && samePerson(r, e) && (r.Amount == e.Amount() || r.Amount == e.Call.Terms.Amount) &&
		r.Currency == e.Call.Terms.Currency && !otherID(r, e)
}

// differences names what the two sides say otherwise about one operation.
func differences(r *Row, e *journal.Entry) []string {
	var reasons []string
	add := func(differs bool, reason string) {
		if differs {
			reasons = append(reasons, reason)
		}
	}
	add(r.Kind != e.Call.Kind, ReasonKind)
	add((r.UserID != "" || r.ProjectUserID != "") && !samePerson(r, e), ReasonUser)
	add(r.Amount != e.Amount(), ReasonAmount)
	add(r.Currency != e.Call.Terms.Currency, ReasonCurrency)
	add(otherID(r, e), ReasonID)
	return reasons
}

// denied reports an operation that, by a final answer or because nothing left
// this machine, moved no money. A person's word that it did not is less.
func denied(e *journal.Entry) bool {
	return e.Decision == nil && (e.State == journal.StateRefused || e.State == journal.StateNotSent)
}

// expected reports an operation that a statement of its time should have.
func expected(e *journal.Entry) bool {
	switch e.State {
	case journal.StateRefused, journal.StateNotSent:
		return false
	case journal.StateDone:
		return e.Call.Kind == api.KindDeposit || e.PayoutStatus == api.StatusCompleted
	case journal.StateUnknown, journal.StateOpen, journal.StateMismatch, journal.StateConflict:
	}
	return true
}
