package journal

import (
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// State is what is known about an operation's money. The zero value is
// StateUnknown, the safe one.
type State uint8

// The states. Open, unknown, mismatch and conflict are unsettled: they hold
// back a second operation like the first.
const (
	StateUnknown  State = iota // it may have moved
	StateOpen                  // its intent is written, its owner lives, no answer yet
	StateDone                  // it moved, or the payout exists
	StateRefused               // it did not, by a final answer or a person's word
	StateNotSent               // nothing left this machine
	StateMismatch              // the project confirmed something else
	StateConflict              // the evidence contradicts itself or a decision
)

// String gives the JSON field "outcome".
func (s State) String() string {
	switch s {
	case StateOpen:
		return "open"
	case StateDone:
		return "done"
	case StateRefused:
		return "refused"
	case StateNotSent:
		return "not_sent"
	case StateMismatch:
		return "mismatch"
	case StateConflict:
		return "conflict"
	case StateUnknown:
	}
	return "unknown"
}

// ParseState reads what String gives; anything else is StateUnknown, false.
func ParseState(s string) (State, bool) {
	for state := StateUnknown; state <= StateConflict; state++ {
		if state.String() == s {
			return state, true
		}
	}
	return StateUnknown, false
}

// Unsettled reports whether somebody must still find out what happened.
func (s State) Unsettled() bool {
	switch s {
	case StateUnknown, StateOpen, StateMismatch, StateConflict:
		return true
	case StateDone, StateRefused, StateNotSent:
	}
	return false
}

// HoldsRef reports whether an operation in this state keeps its ref and its
// request_id from being used for another.
func (s State) HoldsRef() bool { return s != StateRefused && s != StateNotSent }

// CodeAbandoned is the code of an operation whose owner is gone without having
// recorded an answer. It may have seen one: nobody knows.
const CodeAbandoned = "abandoned"

// An Entry is one operation as its facts tell it: the result of [Fold].
type Entry struct {
	ID      int64 // a small number that a person can say aloud
	Profile string
	Sandbox bool
	Desk    string // the till that began it
	OSUser  string

	Call          api.Call // frozen: the bytes that were, or may have been, sent
	KeyID         string
	ProjectUserID string // the project's own id of the user, from the validation
	Ref           string
	Batch         string
	Line          int
	Owner         string // name of the lock whose holder may be sending

	State        State
	HTTPStatus   int    // of the answer that decided; 0: none
	Code         string // the project's code, or raisboy's cause in lower case
	Message      string // the project's words; untrusted text
	Fields       []api.FieldProblem
	DepositID    string
	PayoutID     string
	PayoutStatus api.PayoutStatus
	Claimed      money.Amount // what the project has, minor units, where it says another sum; 0: nothing else
	WebhookURL   string       // where Webhook 2 goes; from a verified webhook only
	Attempts     int

	Decision *Decision // the latest that settles the state; nil: none
	Notice   *NoticeProgress
	Proof    *Statement // the first line of a statement that proves it; nil: none

	CreatedAt time.Time
	SettledAt time.Time // when it came into its settled state; zero: unsettled

	Facts []Fact // all of them, in order

	evidence evidence
}

// NoticeProgress is where the delivery of Webhook 2 stands.
type NoticeProgress struct {
	Status     api.PayoutStatus // completed or cancelled
	State      NoticeState
	Call       api.Call // frozen
	Attempts   int      // deliveries that came to a result
	Begun      bool     // a delivery was begun: the opposite is refused for good
	Ambiguous  bool     // one of them may have arrived without our knowing
	HTTPStatus int
	Code       string
	LastError  string
	NextAt     time.Time // zero: at once, or never (see State)
}

// changedAt is when the last fact was recorded.
func (e *Entry) changedAt() time.Time { return e.Facts[len(e.Facts)-1].At }

// PayoutOpen reports a payout that exists and has no final status yet.
func (e *Entry) PayoutOpen() bool {
	return e.Call.Kind == api.KindPayout && e.State == StateDone && !e.PayoutStatus.Final()
}

// Amount is what the operation moved or would move, in minor units: the sum
// that was sent, or that a person accepted in its place after a mismatch.
func (e *Entry) Amount() money.Amount {
	if e.Decision != nil && e.Decision.Amount != 0 {
		return e.Decision.Amount
	}
	return e.Call.Terms.Amount
}

// SameTerms reports whether another call asks for the same thing: kind, user,
// amount, currency, method and request_id. The timestamp does not count, it
// differs with every call.
func (e *Entry) SameTerms(c api.Call) bool {
	a, b := e.Call.Terms, c.Terms
	return e.Call.Kind == c.Kind && a.UserID == b.UserID && a.Amount == b.Amount &&
		a.Currency == b.Currency && a.PaymentMethod == b.PaymentMethod && a.RequestID == b.RequestID
}
