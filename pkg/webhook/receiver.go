package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
)

// A Receiver is the handler of incoming webhooks. Its fields are set before the
// first request and not changed after; it may not be copied then.
//
// It bounds the body itself. The header's size and all times are bounded by the
// server in front of it, so use Serve, or the one that Server makes.
type Receiver struct {
	// Verifier holds the current secret and, while keys rotate, the previous
	// one after it.
	Verifier sign.Verifier

	// PublicURL is the address that the project was given, if a proxy with a
	// path of its own stands before the receiver; else nil.
	PublicURL *url.URL

	Sink Sink // required

	Now func() time.Time // nil means time.Now
	Log *slog.Logger     // nil means no log; it is given no secret and no body

	Limits Limits

	TLS *tls.Config // of Serve; nil means plain HTTP, which is for loopback and behind a proxy

	rejecting atomic.Int32 // calls of Reject that have not returned
}

// maxRejecting bounds the calls of Reject at one time. They cost the Sink a
// write each and anyone can cause them; Record goes first.
const maxRejecting = 16

// healthPath answers GET for whoever watches whether the receiver is up.
const healthPath = "/healthz"

// ServeHTTP receives one webhook: POST on any path. The package's comment lists
// the answers.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if request.URL.Path == healthPath && (request.Method == http.MethodGet || request.Method == http.MethodHead) {
		success().write(w, request.ContentLength == 0)
		return
	}
	in := &incoming{event: Event{
		Method:   request.Method,
		Path:     wirePath(request.URL),
		KeyIndex: -1,
		Headers:  headersOf(request),
	}, done: func() {}}
	given := r.receive(in, w, request)
	given.write(w, in.whole)
	in.done()
	if in.reason != "" {
		r.reject(request.Context(), in, given)
	}
}

// incoming is a request on its way through the checks.
type incoming struct {
	event  Event
	whole  bool   // its body was read to the end
	reason Reason // why it was refused; empty if it was not
	err    error
	done   func() // notes that it was answered
}

// refuse notes the reason and gives the answer back.
func (in *incoming) refuse(a answer, reason Reason, err error) answer {
	in.reason, in.err = reason, err
	return a
}

// receive takes a request through the checks, in the document's order, and
// gives the answer.
func (r *Receiver) receive(in *incoming, w http.ResponseWriter, request *http.Request) answer {
	if request.Method != http.MethodPost {
		in.whole = request.ContentLength == 0
		return in.refuse(notAllowed(), ReasonMethod, nil)
	}
	if !identity(request.Header) {
		return in.refuse(invalidJSON(), ReasonContentEncoding, nil)
	}
	body, err := readBody(w, request, r.Limits.body())
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return in.refuse(invalidJSON(), ReasonTooLarge, tooLarge)
	}
	if err != nil {
		return in.refuse(sendAgain(), ReasonIncomplete, err)
	}
	in.whole, in.event.Body, in.event.ReceivedAt = true, body, r.now()
	in.done = working(request.Context())
	parsed, err := api.ReadWebhook(body)
	if errors.Is(err, api.ErrEmptyBody) {
		return in.refuse(emptyBody(), ReasonEmptyBody, err)
	}
	if err != nil {
		return in.refuse(invalidJSON(), ReasonInvalidJSON, err)
	}
	in.event.Webhook = parsed
	if err := r.verify(&in.event, request.Header); err != nil {
		reason := reasonOf(err)
		if reason == ReasonNoKey { // our fault and not the sender's
			return in.refuse(sendAgain(), reason, err)
		}
		return in.refuse(invalidSignature(), reason, err)
	}
	if !isWebhook(parsed) {
		return in.refuse(invalidJSON(), ReasonNotWebhook, nil)
	}
	return r.record(request.Context(), in)
}

// errNoAck is a Sink that did not say what it has done.
var errNoAck = errors.New("the sink acknowledged nothing")

// record hands a verified webhook to the Sink and turns its word into the
// answer.
func (r *Receiver) record(ctx context.Context, in *incoming) answer {
	// A sender that goes away must not undo the recording of what it sent.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Limits.recordTime())
	defer cancel()
	ack, err := r.Sink.Record(ctx, in.event)
	if err != nil {
		return in.refuse(sendAgain(), ReasonNotRecorded, err)
	}
	switch ack {
	case AckRecorded:
		r.logger().Debug("webhook recorded", "payout", in.event.Webhook.PayoutID, "signed_path", in.event.SignedPath)
		return success()
	case AckUnknownPayment:
		r.logger().Info("webhook about an unknown payout", "payout", in.event.Webhook.PayoutID)
		return paymentNotFound()
	case AckReflected:
		return in.refuse(invalidSignature(), ReasonReflected, nil)
	}
	return in.refuse(sendAgain(), ReasonNotRecorded, errNoAck)
}

// reject gives a refused request to the Sink as evidence, unless too many are
// on their way there already.
func (r *Receiver) reject(ctx context.Context, in *incoming, given answer) {
	level := slog.LevelInfo
	if given.status == http.StatusInternalServerError {
		level = slog.LevelError
	}
	r.logger().Log(ctx, level, "webhook refused", "reason", in.reason, "path", in.event.Path, "error", in.err)
	defer r.rejecting.Add(-1)
	if r.rejecting.Add(1) > maxRejecting {
		return
	}
	if in.event.ReceivedAt.IsZero() {
		in.event.ReceivedAt = r.now()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Limits.recordTime())
	defer cancel()
	err := r.Sink.Reject(ctx, Rejected{Reason: in.reason, Event: in.event, Status: given.status, Err: in.err})
	if err != nil {
		r.logger().Error("refused webhook not kept", "error", err)
	}
}

func (r *Receiver) logger() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}

// headersOf copies the headers and puts Host back among them.
func headersOf(request *http.Request) map[string][]string {
	headers := maps.Clone(map[string][]string(request.Header))
	if headers == nil {
		headers = map[string][]string{}
	}
	for name, values := range headers {
		headers[name] = slices.Clone(values)
	}
	if request.Host != "" {
		headers["Host"] = []string{request.Host}
	}
	return headers
}

// identity reports whether the body comes as it is. A compressed one is refused
// unread: its size says nothing about what it becomes, and what was signed is
// what is on the wire.
func identity(h http.Header) bool {
	for _, value := range h.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(value, ",") {
			if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
				return false
			}
		}
	}
	return true
}

// bodyRoom is what a body gets at first, in bytes: several times what a webhook
// of the document has.
const bodyRoom = 2 << 10

// readBody reads the whole body. The error is a *http.MaxBytesError if it is
// over the limit, in bytes; any other means that it did not come whole. Memory
// is taken as bytes arrive and not as they are announced, and doubled each time:
// io.ReadAll, which grows by a quarter, leaves five times as much behind.
func readBody(w http.ResponseWriter, request *http.Request, limit int64) ([]byte, error) {
	if request.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	source := http.MaxBytesReader(w, request.Body, limit)
	room := min(bodyRoom, limit)
	if request.ContentLength >= 0 {
		room = min(room, request.ContentLength)
	}
	body := make([]byte, 0, room+1) // one more, in which the end is found
	for {
		n, err := source.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, err
		case len(body) == cap(body):
			grown := make([]byte, len(body), min(2*int64(cap(body)), limit+1))
			copy(grown, body)
			body = grown
		}
	}
}
