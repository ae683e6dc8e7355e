package api

import (
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// Verdict is what an answer, or its absence, says about the money. The zero
// value is Unknown, the safe one: it neither pays again nor gives back.
type Verdict uint8

// The verdicts of the design's table.
const (
	Unknown  Verdict = iota // the money may have moved
	Done                    // the project confirmed
	Refused                 // the project refused; final
	NotSent                 // no byte of the request left this machine
	Mismatch                // the project confirmed something other than what was sent
)

var verdictNames = [...]string{"unknown", "done", "refused", "not_sent", "mismatch"}

// String gives the name used in JSON and in the journal.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[Unknown]
}

// ParseVerdict reads what String gives; anything else is Unknown, false.
func ParseVerdict(s string) (Verdict, bool) {
	for i, name := range verdictNames {
		if name == s {
			return Verdict(i), true
		}
	}
	return Unknown, false
}

// Cause says why a verdict was reached when the answer's own code does not:
// lower case, so that it can stand beside the project's upper-case codes in the
// JSON field "code" without being taken for one.
type Cause string

// The causes.
const (
	CauseAnswered         Cause = ""                  // the answer speaks for itself
	CauseNoConnection     Cause = "no_connection"     // DNS, dial or TLS failed: NotSent
	CauseInvalidCall      Cause = "invalid_call"      // it could not be signed or addressed: NotSent
	CauseInterrupted      Cause = "interrupted"       // the caller gave up waiting
	CauseNotOwner         Cause = "not_owner"         // the desk lost its hold on the operation before it was sent: NotSent
	CauseTimeout          Cause = "timeout"           // sent, no answer in time
	CauseConnectionLost   Cause = "connection_lost"   // sent, then reset or EOF
	CauseServerError      Cause = "server_error"      // 5xx, 408, 409, 425, 499
	CauseMalformed        Cause = "malformed_answer"  // 2xx that cannot be believed
	CauseTooLarge         Cause = "answer_too_large"  // over the bound
	CauseRedirect         Cause = "redirect"          // 3xx, never followed
	CauseRateLimited      Cause = "rate_limited"      // 429
	CauseAlreadyProcessed Cause = "already_processed" // DEPOSIT…_ALREADY_PROCESSED
	CauseUnexpectedStatus Cause = "unexpected_status" // any other 4xx or 1xx that is not the API speaking
	CauseEchoMismatch     Cause = "echo_mismatch"     // amount, currency or request_id differ
)

// An Outcome is what came of one attempt to send a Call.
type Outcome struct {
	Verdict Verdict
	Cause   Cause

	HTTPStatus int    // 0: no answer
	Code       string // the project's name for it, e.g. "USER_NOT_FOUND"; empty: none
	ErrorCode  string // "error_code" as it came, a number or a name, e.g. "404"; never branched on
	Message    string // the project's words, as they came, at most 500 bytes; untrusted text
	Fields     []FieldProblem

	RetryAfter time.Duration // of a 429 or 503, at most an hour; 0: not said
	ServerDate time.Time     // the answer's Date header; zero: none

	UserID       string       // echoed by a validation: the project's own id
	MaxAmount    money.Amount // minor units, of a validation; see HasMaxAmount
	HasMaxAmount bool
	DepositID    string
	PayoutID     string
	PayoutStatus PayoutStatus
	RequestID    string
	Amount       money.Amount // echoed by a payout, minor units
	Currency     string

	Detail string // an error's text for the log and -v, never branched on
	Answer []byte // the body as it came, at most 1 MiB; kept as evidence
}

// A FieldProblem is one complaint of the project about a field of the body
// (Raisboy API, sections 2 and 3: Grape's "errors").
type FieldProblem struct {
	Field   string // "user_id"
	Problem string // "presence", "coerce", …: names not known are kept
}

// CodeOrCause is the JSON field "code": the project's own code, else the cause.
func (o Outcome) CodeOrCause() string {
	if o.Code != "" {
		return o.Code
	}
	return string(o.Cause)
}
