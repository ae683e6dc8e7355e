package webhook_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

const (
	testKey      = "pk_test_0123456789"
	testSecret   = "sk_test_do_not_use_in_production"
	testPrevious = "sk_test_the_one_before"
	hookPath     = "/hooks/raisboy"
	notifyPath   = "/api/payments/notify/17/pout_789"

	accepted = `{"success":true,"payout_id":"pout_789","status":"accepted","amount":5000.0,"currency":"UZS",` +
		`"webhook_url":"https://project.example` + notifyPath + `","request_id":"payout_req_789","timestamp":"2025-11-28T12:39:17.281+00:00"}`
	completed = `{"payout_id":"pout_789","status":"completed","amount":5000.0,"currency":"UZS","timestamp":"2025-11-28T12:39:17.281+00:00"}`
)

// testNow is the clock of every receiver under test.
func testNow() time.Time { return time.Unix(1764247157, 0).UTC() }

func testStamp() string { return strconv.FormatInt(testNow().Unix(), 10) }

// memory is a Sink that remembers.
type memory struct {
	mu       sync.Mutex
	events   []webhook.Event
	rejected []webhook.Rejected

	ack       webhook.Ack // zero means AckRecorded
	noAck     bool
	err       error // of Record
	rejectErr error
	before    func(ctx context.Context) // called in Record, before anything
	after     func()                    // called at the end of Record
}

func (m *memory) Record(ctx context.Context, e webhook.Event) (webhook.Ack, error) {
	if m.before != nil {
		m.before(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.after != nil {
		defer m.after()
	}
	if m.err != nil {
		return webhook.AckRecorded, m.err // the error wins
	}
	m.events = append(m.events, e)
	if m.ack == 0 && !m.noAck {
		return webhook.AckRecorded, nil
	}
	return m.ack, nil
}

func (m *memory) Reject(_ context.Context, r webhook.Rejected) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rejected = append(m.rejected, r)
	return m.rejectErr
}

func (m *memory) recorded() []webhook.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.events
}

func newKey(t testing.TB, secret string) *sign.Key {
	t.Helper()
	key, err := sign.NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newReceiver(t testing.TB, sink webhook.Sink) *webhook.Receiver {
	return &webhook.Receiver{
		Verifier: sign.Verifier{Keys: []*sign.Key{newKey(t, testSecret), newKey(t, testPrevious)}, APIKey: testKey},
		Sink:     sink,
		Now:      testNow,
	}
}

// signed says how a request of the tests is made.
type signed struct {
	over   string // the path that is signed
	to     string // the path that it is sent to
	body   string
	stamp  string
	key    string
	secret string
}

// webhook1 is signed as the document has it, final over the path it is sent to.
func webhook1() signed {
	return signed{over: notifyPath, to: hookPath, body: accepted, stamp: testStamp(), key: testKey, secret: testSecret}
}

func final() signed {
	return signed{over: hookPath, to: hookPath, body: completed, stamp: testStamp(), key: testKey, secret: testSecret}
}

func (s signed) signature(t testing.TB) string {
	t.Helper()
	text, err := newKey(t, s.secret).Hex(sign.Message{
		Method: "POST", Path: s.over, Body: []byte(s.body), Timestamp: s.stamp, APIKey: s.key})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s signed) request(t testing.TB) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, s.to, bytes.NewReader([]byte(s.body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-API-Key", s.key)
	r.Header.Set("X-Timestamp", s.stamp)
	r.Header.Set("X-Signature", s.signature(t))
	return r
}

// answerOf lets the receiver answer a request.
func answerOf(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func mustParse(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
