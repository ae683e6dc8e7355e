package statement

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Outcome says what comparing a line with the journal came to.
type Outcome string

// The outcomes, as in the JSON field "result". Settled and Conflict are set by
// whoever recorded what Provable and Contradicts say.
const (
	Matched     Outcome = "matched"     // both sides say the same
	Provable    Outcome = "provable"    // the line proves an operation whose end was not known; nothing is recorded yet
	Settled     Outcome = "settled"     // recorded: the operation is done
	Contradicts Outcome = "contradicts" // the line proves what is held to be refused or not sent; nothing is recorded yet
	Conflict    Outcome = "conflict"    // recorded: the operation is in conflict, a person decides
	Different   Outcome = "different"   // one operation, but the two sides differ about it; see Reasons
	OnlyHere    Outcome = "only_here"   // an operation of the statement's time without a line; it proves nothing
	OnlyThere   Outcome = "only_there"  // a line without an operation
	Ambiguous   Outcome = "ambiguous"   // a line could be several operations, or several lines one
	Duplicate   Outcome = "duplicate"   // the line stands in the file once more
	Unclear     Outcome = "unproven"    // the line's status, or the operation's, does not let it prove anything
	PassedOver  Outcome = "ignored"     // a line about neither a deposit nor a payout
)

// How a line was matched.
const (
	ByRow   = "row"   // it was recorded as this operation's proof before
	ByID    = "id"    // by deposit_id, payout_id or request_id
	ByTerms = "terms" // by user, amount, currency and time
)

// Reasons of a [Result].
const (
	ReasonAmount   = "amount" // what differs …
	ReasonCurrency = "currency"
	ReasonKind     = "kind"
	ReasonUser     = "user"
	ReasonStatus   = "status"
	ReasonMismatch = "mismatch" // the operation is a mismatch or a conflict already
	ReasonConflict = "conflict"
	ReasonRuled    = "ruled"    // a person decided in spite of this line
	ReasonOpen     = "open"     // its answer is still awaited
	ReasonNoTime   = "time"     // the line has no time, so that it cannot be matched without an id
	ReasonClock    = "clock"    // the times of lines with ids are far from ours, so that no other is matched by time
	ReasonID       = "id"       // several lines have one id, or one line the ids of several operations
	ReasonTerms    = "terms"    // several fit
	ReasonHeld     = "lock"     // another desk has the operation in hand
	ReasonUsed     = "row"      // the line proves another operation
	ReasonMoved    = "moved"    // the operation changed meanwhile
	ReasonReversed = "reversed" // a line of another kind speaks of the same: a refund
)

// A Result is one line, one operation, or a pair of them.
type Result struct {
	Outcome    Outcome
	By         string         // how they were matched; empty: they were not
	Row        *Row           // nil: there is no line
	Entry      *journal.Entry // nil: there is no operation
	Ignored    *Ignored       // of PassedOver
	Candidates []int64        // operations that an ambiguous line could be, ascending
	Reasons    []string       // in a fixed order

	trusted bool // the line's id is the project's
}

// Proof is the evidence that the line is, once somebody ordered it recorded.
func (r Result) Proof(digest string) journal.Statement {
	s := journal.Statement{
		Row: r.Row.Key, Digest: digest, Line: r.Row.Line, By: r.By, Amount: r.Row.Amount, Currency: r.Row.Currency, At: r.Row.From,
	}
	if !r.trusted {
		return s
	}
	if r.Row.Kind == api.KindPayout {
		s.PayoutID = r.Row.ID
	} else {
		s.DepositID = r.Row.ID
	}
	return s
}

// Agrees reports that nobody has to look at this result.
func (r Result) Agrees() bool {
	switch r.Outcome {
	case Matched, Settled, PassedOver:
		return true
	case Unclear: // a line that failed and is no operation of ours takes nothing from anybody
		return r.Entry == nil && r.Row.Booking == Failed && len(r.Candidates) == 0
	case Provable, Contradicts, Conflict, Different, OnlyHere, OnlyThere, Ambiguous, Duplicate:
	}
	return false
}
