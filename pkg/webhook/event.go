package webhook

import (
	"context"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// A Sink keeps what came in. It is called by many goroutines at once, and must
// not change the headers and the body that it is given.
type Sink interface {
	// Record keeps a verified webhook. It is durable when Record returns; an
	// error means that it is not, and the sender is asked to send it again. The
	// context ends after Limits.RecordTime, not when the sender goes away.
	Record(ctx context.Context, e Event) (Ack, error)

	// Reject may keep a request that was refused, for the diagnosis. It is
	// called after the answer has been given, so that it never holds one up,
	// and not at all while many others are still being kept: anyone can cause
	// them. An error is logged and changes nothing.
	Reject(ctx context.Context, r Rejected) error
}

// Ack is what a Sink has done with a webhook. The zero value acknowledges
// nothing: the sender is asked to send again.
type Ack uint8

// The acknowledgements of Record.
const (
	AckRecorded       Ack = iota + 1 // durable, and its payout is known: 200
	AckUnknownPayment                // durable, but no payout of this desk: 404 payment_not_found
	AckReflected                     // the bytes of our own notice: 401 invalid_signature
)

// SignedPath says over which path a webhook's signature held.
type SignedPath string

// The paths of api.md's reading: the body's webhook_url first («подписываем
// PATH из webhook_url»), then the path that the request came in on.
const (
	SignedWebhookURL SignedPath = "webhook_url"
	SignedRequest    SignedPath = "request" // as it came, or as the public URL has it
)

// An Event is a webhook whose signature held.
type Event struct {
	Webhook api.Webhook

	Method     string     // "POST"
	Path       string     // escaped, as on the wire, without the query
	SignedPath SignedPath // over which path the signature held; empty if it did not
	KeyIndex   int        // which of Verifier.Keys made the signature, -1 if none did

	// Headers are as net/http gives them, names in canonical case, with Host,
	// which net/http keeps elsewhere.
	Headers map[string][]string
	Body    []byte // raw, byte for byte

	ReceivedAt time.Time // by Receiver.Now, once the body had come whole; of a refused one, when it was refused
}

// A Rejected is a request that was refused. Of the Event stands there what was
// known by then: no Body if it did not come whole, no Webhook if the body could
// not be read as one. Unless SignedPath is set nothing of it is verified.
type Rejected struct {
	Reason Reason
	Event  Event
	Status int   // HTTP status of the answer
	Err    error // the cause, nil if the reason says it all
}

// Reason is why a request was refused: a stable code for scripts and records.
// The sender is told less, see the package's comment.
type Reason string

// The reasons, in the order of the checks.
const (
	ReasonMethod           Reason = "method"            // not POST
	ReasonContentEncoding  Reason = "content_encoding"  // compressed: 1 MB of gzip can become 1 GB
	ReasonTooLarge         Reason = "too_large"         // body over Limits.Body
	ReasonIncomplete       Reason = "incomplete"        // the body did not arrive whole, or not in time
	ReasonEmptyBody        Reason = "empty_body"        // nothing, or white space alone
	ReasonInvalidJSON      Reason = "invalid_json"      // see api.ReadWebhook
	ReasonMissingHeader    Reason = "missing_header"    // an authentication header is absent or empty
	ReasonDuplicateHeader  Reason = "duplicate_header"  // one came more than once
	ReasonWrongKey         Reason = "wrong_key"         // X-API-Key is another one
	ReasonInvalidTimestamp Reason = "invalid_timestamp" // X-Timestamp cannot be read
	ReasonStaleTimestamp   Reason = "stale_timestamp"   // outside the window, before or after; Err is a *sign.ClockError
	ReasonInvalidSignature Reason = "invalid_signature" // malformed, or over other bytes, or with another secret
	ReasonNoKey            Reason = "no_key"            // this receiver has no secret to verify with
	ReasonNotWebhook       Reason = "not_a_webhook"     // verified, but about no payout's status: likely our own request sent back
	ReasonReflected        Reason = "reflected"         // the Sink's AckReflected
	ReasonNotRecorded      Reason = "not_recorded"      // verified, but Record failed; Err is its error
)

// A HeaderError names the authentication header that did not come exactly once.
type HeaderError struct {
	Name  string // as the document has it, "X-Signature"
	Count int    // how many came with a value; not 1
}

// Error gives the name and what is wrong.
func (e *HeaderError) Error() string {
	if e.Count == 0 {
		return "header " + e.Name + " is missing"
	}
	return "header " + e.Name + " came more than once"
}
