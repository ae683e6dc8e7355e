package sandbox

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// Kind says what an Entry of the ledger records.
type Kind string

// The kinds of entries.
const (
	DepositCreated Kind = "deposit"           // the user was credited
	PayoutCreated  Kind = "payout"            // a payout came into being, pending
	PayoutStatus   Kind = "payout_status"     // a payout became accepted, completed or cancelled
	WebhookSent    Kind = "webhook"           // the agent answered a webhook, or the sandbox gave up
	Redirected     Kind = "redirect_followed" // a client followed a redirect
)

// Entry is one line of the ledger: something that was done. Fields that say
// nothing about its kind are empty.
type Entry struct {
	At            time.Time    `json:"-"`
	Kind          Kind         `json:"kind"`
	UserID        string       `json:"user_id,omitempty"`
	ProjectUserID string       `json:"project_user_id,omitempty"`
	Amount        money.Amount `json:"-"`
	Currency      string       `json:"currency,omitempty"`
	Method        string       `json:"payment_method,omitempty"`
	RequestID     string       `json:"request_id,omitempty"`
	DepositID     string       `json:"deposit_id,omitempty"`
	PayoutID      string       `json:"payout_id,omitempty"`
	Status        string       `json:"status,omitempty"` // of the payout; for a webhook, the one it told
	WebhookURL    string       `json:"webhook_url,omitempty"`
	BodySHA256    string       `json:"body_sha256,omitempty"` // of the request's body, lower-case hex
	HTTPStatus    int          `json:"http_status,omitempty"` // the agent's answer to a webhook; 0: none came
	Tries         int          `json:"tries,omitempty"`       // how often a webhook was sent until then
	Fault         string       `json:"fault,omitempty"`       // the Conduct that met the request
}

// stampLayout is the document's form of a timestamp in a body, and the
// ledger's: milliseconds and a numeric offset.
const stampLayout = "2006-01-02T15:04:05.000-07:00"

// line is how an Entry is written: sums as text, never as a binary fraction.
type line struct {
	At     string `json:"at"`
	Amount string `json:"amount,omitempty"`
	plainEntry
}

type plainEntry Entry

// MarshalJSON prints the entry as a line of the ledger.
func (e Entry) MarshalJSON() ([]byte, error) {
	l := line{At: e.At.UTC().Format(stampLayout), plainEntry: plainEntry(e)}
	if e.Amount != 0 {
		l.Amount = e.Amount.String()
	}
	return json.Marshal(l)
}

// UnmarshalJSON reads a line of the ledger.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return err
	}
	at, err := time.Parse(stampLayout, l.At)
	if err != nil {
		return err
	}
	*e = Entry(l.plainEntry)
	e.At = at.UTC()
	if l.Amount != "" {
		var ok bool
		if e.Amount, ok = amountOf([]byte(l.Amount)); !ok {
			return fmt.Errorf("sandbox: amount %q in the ledger", l.Amount)
		}
	}
	return nil
}
