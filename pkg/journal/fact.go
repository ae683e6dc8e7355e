package journal

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// FactKind names what a fact records.
type FactKind string

// The kinds of facts.
const (
	FactIntent   FactKind = "intent"   // the operation's exact bytes, written before any leaves
	FactAttempt  FactKind = "attempt"  // a person ordered the same bytes to be sent again
	FactAnswer   FactKind = "answer"   // what one attempt came to
	FactWebhook  FactKind = "webhook"  // a verified webhook about this operation
	FactDecision FactKind = "decision" // what a person decided
	FactNotice   FactKind = "notice"   // an attempt to deliver Webhook 2, or its result
)

// A Fact is one thing that is known about one operation. Facts of an operation
// are numbered from 1 without gaps; the first is its intent.
type Fact struct {
	Operation int64
	Position  int       // 1, 2, 3 … within the operation
	At        time.Time // by the journal's clock, to the millisecond
	Desk      string    // the till that recorded it
	OSUser    string    // the operating system's user there
	Content   Content
	Raw       []byte // bytes as they crossed the wire; nil where nothing did
}

// Content is what a fact says: one of Intent, Attempt, Answer, Webhook,
// Decision, Notice and Statement.
type Content interface{ kind() FactKind }

// Intent is the first fact of an operation. Its Raw bytes are the request body.
type Intent struct {
	Kind          api.Kind `json:"kind"`
	Profile       string   `json:"profile"`
	Sandbox       bool     `json:"sandbox,omitempty"`
	URL           string   `json:"url"`
	KeyID         string   `json:"key_id,omitempty"`          // fingerprint of the API key, see KeyID
	ProjectUserID string   `json:"project_user_id,omitempty"` // the validation's echo
	Ref           string   `json:"ref,omitempty"`
	Batch         string   `json:"batch,omitempty"`
	Line          int      `json:"line,omitempty"`
	Owner         string   `json:"owner"` // the lock held by the process that may be sending
}

// Attempt reopens an operation: the frozen bytes are about to be sent again.
type Attempt struct {
	Owner string `json:"owner"`
	Note  string `json:"note,omitempty"` // of the person who ordered it
}

// Answer is what one attempt to send came to. Its Raw bytes are the body of
// the answer.
type Answer struct {
	Verdict      string             `json:"verdict"`
	Cause        api.Cause          `json:"cause,omitempty"`
	HTTPStatus   int                `json:"http_status,omitempty"`
	Code         string             `json:"code,omitempty"`
	Message      string             `json:"message,omitempty"`
	Fields       []api.FieldProblem `json:"fields,omitempty"`
	DepositID    string             `json:"deposit_id,omitempty"`
	PayoutID     string             `json:"payout_id,omitempty"`
	PayoutStatus api.PayoutStatus   `json:"payout_status,omitempty"`
	Amount       money.Amount       `json:"amount,omitempty"` // as the project echoed it, minor units; 0: not at all
	Currency     string             `json:"currency,omitempty"`
	Detail       string             `json:"detail,omitempty"`
	SentAt       time.Time          `json:"sent_at,omitzero"`
	Owner        string             `json:"owner,omitempty"` // whose attempt it was: see Entry.Owner
	ServerDate   time.Time          `json:"server_date,omitzero"`
}

// Webhook is a verified webhook that names this operation.
type Webhook struct {
	Event      int64            `json:"event"` // number of the stored event with the raw bytes
	PayoutID   string           `json:"payout_id"`
	RequestID  string           `json:"request_id,omitempty"`
	Status     api.PayoutStatus `json:"status"`
	Amount     money.Amount     `json:"amount,omitempty"` // minor units
	HasAmount  bool             `json:"has_amount,omitempty"`
	Currency   string           `json:"currency,omitempty"`
	WebhookURL string           `json:"webhook_url,omitempty"`
}

// Ruling is what a person decides about an operation.
type Ruling string

// The rulings.
const (
	RuledCredited    Ruling = "credited"     // a deposit reached the user
	RuledNotCredited Ruling = "not_credited" // a deposit did not
	RuledCreated     Ruling = "created"      // a payout exists
	RuledNotCreated  Ruling = "not_created"  // a payout does not
	RuledAccepted    Ruling = "accepted"     // a mismatch stands as the project has it
	RuledCompleted   Ruling = "completed"    // the payout was handed over
	RuledCancelled   Ruling = "cancelled"    // the payout was called off
)

// settles gives the state that a ruling puts an operation into; false for the
// rulings about a payout's end, which leave the state alone.
func (r Ruling) settles() (State, bool) {
	switch r {
	case RuledCredited, RuledCreated, RuledAccepted:
		return StateDone, true
	case RuledNotCredited, RuledNotCreated:
		return StateRefused, true
	case RuledCompleted, RuledCancelled:
	}
	return StateUnknown, false
}

// Decision is a person's ruling. For completed and cancelled its Raw bytes are
// the frozen body of Webhook 2, and URL is where it goes.
type Decision struct {
	Ruling   Ruling `json:"ruling"`
	Note     string `json:"note,omitempty"`
	PayoutID string `json:"payout_id,omitempty"`
	URL      string `json:"url,omitempty"`

	// Amount is what an accepted mismatch really moved, minor units; 0: as sent.
	Amount money.Amount `json:"amount,omitempty"`
}

// NoticeState says where the delivery of Webhook 2 stands.
type NoticeState string

// The states of a notice.
const (
	NoticeQueued    NoticeState = "queued"    // to be delivered
	NoticeDelivered NoticeState = "delivered" // the project said success
	NoticeStopped   NoticeState = "stopped"   // the project refused it; a person must look
	NoticePaused    NoticeState = "paused"    // an incoming final status says the opposite
)

// Notice records that a delivery of Webhook 2 begins (Started) or what it came
// to. Its Raw bytes are the body of the answer.
type Notice struct {
	Started    bool        `json:"started,omitempty"`
	State      NoticeState `json:"state,omitempty"`
	Verdict    string      `json:"verdict,omitempty"`
	Cause      api.Cause   `json:"cause,omitempty"`
	HTTPStatus int         `json:"http_status,omitempty"`
	Code       string      `json:"code,omitempty"`
	Detail     string      `json:"detail,omitempty"`
	NextAt     time.Time   `json:"next_at,omitzero"`
}

func (Intent) kind() FactKind   { return FactIntent }
func (Attempt) kind() FactKind  { return FactAttempt }
func (Answer) kind() FactKind   { return FactAnswer }
func (Webhook) kind() FactKind  { return FactWebhook }
func (Decision) kind() FactKind { return FactDecision }
func (Notice) kind() FactKind   { return FactNotice }

// Kind names what the fact records.
func (f Fact) Kind() FactKind { return f.Content.kind() }

// AnswerOf turns an outcome into the content of an answer fact. The body goes
// into the fact's Raw.
func AnswerOf(o api.Outcome, sentAt time.Time) Answer {
	return Answer{
		Verdict: o.Verdict.String(), Cause: o.Cause, HTTPStatus: o.HTTPStatus, Code: o.Code,
		Message: o.Message, Fields: o.Fields, DepositID: o.DepositID, PayoutID: o.PayoutID,
		PayoutStatus: o.PayoutStatus, Amount: o.Amount, Currency: o.Currency, Detail: o.Detail, SentAt: sentAt.Round(0), ServerDate: o.ServerDate,
	}
}

// KeyID is a fingerprint of an API key, enough to notice that a profile's key
// is another than the recorded one and too little to be of use to a thief.
func KeyID(apiKey string) string {
	sum := sha256.Sum256([]byte("raisboy key id\n" + apiKey))
	return fmt.Sprintf("%x", sum[:6])
}
