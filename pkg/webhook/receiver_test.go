package webhook_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

const (
	ok               = `{"success":true}`
	failed           = `{"success":false}`
	emptyBody        = `{"success":false,"error":"empty_body"}`
	invalidJSON      = `{"success":false,"error":"invalid_json"}`
	invalidSignature = `{"success":false,"error":"invalid_signature"}`
	paymentNotFound  = `{"success":false,"error":"payment_not_found"}`
)

func TestRefused(t *testing.T) {
	packed := new(bytes.Buffer)
	zip := gzip.NewWriter(packed)
	if _, err := zip.Write([]byte(accepted)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	signedBody := func(body string) func(*http.Request) {
		return func(r *http.Request) {
			s := final()
			s.body = body
			*r = *s.request(t)
		}
	}
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Del(name)
			for _, value := range values {
				r.Header.Add(name, value)
			}
		}
	}
	at := func(d time.Duration) func(*http.Request) {
		return func(r *http.Request) {
			s := webhook1()
			s.stamp = sign.Unix.Format(testNow().Add(d))
			*r = *s.request(t)
		}
	}
	good := webhook1().signature(t)
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		status int
		body   string
		reason webhook.Reason
	}{
		{"GET", func(r *http.Request) { r.Method = "GET" }, 405, failed, webhook.ReasonMethod},
		{"PUT", func(r *http.Request) { r.Method = "PUT" }, 405, failed, webhook.ReasonMethod},
		{"post in small letters", func(r *http.Request) { r.Method = "post" }, 405, failed, webhook.ReasonMethod},
		{"gzip", func(r *http.Request) {
			signedBody(packed.String())(r)
			r.Header.Set("Content-Encoding", "gzip")
		}, 400, invalidJSON, webhook.ReasonContentEncoding},
		{"gzip behind identity", header("Content-Encoding", "identity, gzip"), 400, invalidJSON, webhook.ReasonContentEncoding},
		{"gzip in a second header", header("Content-Encoding", "identity", "br"), 400, invalidJSON, webhook.ReasonContentEncoding},
		{"too large, length known", signedBody(strings.Repeat(" ", 64<<10) + "{}"), 400, invalidJSON, webhook.ReasonTooLarge},
		{"too large, length unknown", func(r *http.Request) {
			signedBody(strings.Repeat(" ", 64<<10) + "{}")(r)
			r.ContentLength = -1
		}, 400, invalidJSON, webhook.ReasonTooLarge},
		{"torn", func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(accepted[:40]), broken{}))
		}, 500, failed, webhook.ReasonIncomplete},
		{"empty", signedBody(""), 400, emptyBody, webhook.ReasonEmptyBody},
		{"white space", signedBody(" \r\n\t"), 400, emptyBody, webhook.ReasonEmptyBody},
		{"no JSON", signedBody("payout_id=1"), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"list", signedBody("[]"), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"truncated", signedBody(completed[:50]), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"trailing data", signedBody(completed + "{}"), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"duplicate key", signedBody(`{"payout_id":"p","status":"cancelled","status":"completed"}`), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"key in other case", signedBody(`{"payout_id":"p","status":"cancelled","STATUS":"completed"}`), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"wrong type", signedBody(`{"payout_id":789,"status":"completed"}`), 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"JSON before the signature", func(r *http.Request) {
			signedBody("{")(r)
			r.Header.Del("X-Signature")
		}, 400, invalidJSON, webhook.ReasonInvalidJSON},
		{"no signature", header("X-Signature"), 401, invalidSignature, webhook.ReasonMissingHeader},
		{"empty signature", header("X-Signature", ""), 401, invalidSignature, webhook.ReasonMissingHeader},
		{"no key", header("X-API-Key"), 401, invalidSignature, webhook.ReasonMissingHeader},
		{"no timestamp", header("X-Timestamp"), 401, invalidSignature, webhook.ReasonMissingHeader},
		{"right signature first of two", header("X-Signature", good, strings.Repeat("0", 64)), 401, invalidSignature, webhook.ReasonDuplicateHeader},
		{"right signature twice", header("X-Signature", good, good), 401, invalidSignature, webhook.ReasonDuplicateHeader},
		{"two keys", header("X-API-Key", testKey, "other"), 401, invalidSignature, webhook.ReasonDuplicateHeader},
		{"two timestamps", header("X-Timestamp", testStamp(), "1"), 401, invalidSignature, webhook.ReasonDuplicateHeader},
		{"signature in capitals", header("X-Signature", strings.ToUpper(good)), 401, invalidSignature, webhook.ReasonInvalidSignature},
		{"two signatures in one", header("X-Signature", good+", "+good), 401, invalidSignature, webhook.ReasonInvalidSignature},
		{"zeroes", header("X-Signature", strings.Repeat("0", 64)), 401, invalidSignature, webhook.ReasonInvalidSignature},
		{"other key", header("X-API-Key", "other"), 401, invalidSignature, webhook.ReasonWrongKey},
		{"no time", header("X-Timestamp", "yesterday"), 401, invalidSignature, webhook.ReasonInvalidTimestamp},
		{"too old", at(-5*time.Minute - time.Second), 401, invalidSignature, webhook.ReasonStaleTimestamp},
		{"too new", at(5*time.Minute + time.Second), 401, invalidSignature, webhook.ReasonStaleTimestamp},
		{"body changed", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(accepted, "5000.0", "5000.00", 1)))
		}, 401, invalidSignature, webhook.ReasonInvalidSignature},
		{"line feed in the timestamp", header("X-Timestamp", "1\n2"), 401, invalidSignature, webhook.ReasonInvalidSignature},
		{"verified, but empty", signedBody("{}"), 400, invalidJSON, webhook.ReasonNotWebhook},
		{"verified, a status of nothing", signedBody(`{"status":"completed"}`), 400, invalidJSON, webhook.ReasonNotWebhook},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := &memory{}
			request := webhook1().request(t)
			test.change(request)
			got := answerOf(newReceiver(t, sink), request)
			if got.Code != test.status || got.Body.String() != test.body {
				t.Errorf("answer %d %s, want %d %s", got.Code, got.Body, test.status, test.body)
			}
			if kind := got.Header().Get("Content-Type"); kind != "application/json" {
				t.Errorf("Content-Type %q", kind)
			}
			if len(sink.recorded()) != 0 {
				t.Error("it was recorded")
			}
			if len(sink.rejected) != 1 {
				t.Fatalf("%d rejected", len(sink.rejected))
			}
			r := sink.rejected[0]
			if r.Reason != test.reason || r.Status != test.status {
				t.Errorf("reason %s, status %d, error %v; want %s", r.Reason, r.Status, r.Err, test.reason)
			}
			if verified := r.Reason == webhook.ReasonNotWebhook; (r.Event.SignedPath != "") != verified || (r.Event.KeyIndex >= 0) != verified {
				t.Errorf("signed path %q, key %d", r.Event.SignedPath, r.Event.KeyIndex)
			}
			if !r.Event.ReceivedAt.Equal(testNow()) {
				t.Errorf("received at %v", r.Event.ReceivedAt)
			}
		})
	}
}

// broken is a connection that is cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestEventIsWhatCameIn(t *testing.T) {
	sink := &memory{}
	request := webhook1().request(t)
	request.Host = "desk.example:8788"
	if got := answerOf(newReceiver(t, sink), request); got.Code != 200 {
		t.Fatalf("answer %d", got.Code)
	}
	parsed, err := api.ReadWebhook([]byte(accepted))
	if err != nil {
		t.Fatal(err)
	}
	want := webhook.Event{
		Webhook: parsed, Method: "POST", Path: hookPath, SignedPath: webhook.SignedWebhookURL,
		Headers: map[string][]string{
			"Content-Type": {"application/json"},
			"Host":         {"desk.example:8788"},
			"X-Api-Key":    {testKey},
			"X-Signature":  {webhook1().signature(t)},
			"X-Timestamp":  {testStamp()},
		},
		Body: []byte(accepted), ReceivedAt: testNow(),
	}
	if diff := cmp.Diff(want, sink.events[0]); diff != "" {
		t.Error(diff)
	}
	request.Header["X-Signature"][0] = "changed later"
	if sink.events[0].Headers["X-Signature"][0] == "changed later" {
		t.Error("the event shares its headers with the request")
	}
}

func TestHealth(t *testing.T) {
	sink := &memory{}
	receiver := newReceiver(t, sink)
	for _, method := range []string{"GET", "HEAD"} {
		if got := answerOf(receiver, httptest.NewRequest(method, "/healthz", nil)); got.Code != 200 {
			t.Errorf("%s: %d", method, got.Code)
		}
	}
	if got := answerOf(receiver, httptest.NewRequest("DELETE", "/healthz", nil)); got.Code != 405 || got.Header().Get("Allow") != "POST" {
		t.Errorf("DELETE: %d, Allow %q", got.Code, got.Header().Get("Allow"))
	}
	s := final()
	s.over, s.to = "/healthz", "/healthz"
	if got := answerOf(receiver, s.request(t)); got.Code != 200 || len(sink.recorded()) != 1 {
		t.Errorf("a webhook to /healthz: %d, %d recorded", got.Code, len(sink.recorded()))
	}
}

// A receiver without a secret verifies nothing, and does not blame the sender.
func TestWithoutSecret(t *testing.T) {
	sink := &memory{}
	receiver := newReceiver(t, sink)
	receiver.Verifier = sign.Verifier{APIKey: testKey, Keys: []*sign.Key{nil, {}}}
	s := webhook1()
	if got := answerOf(receiver, s.request(t)); got.Code != 500 || len(sink.recorded()) != 0 || sink.rejected[0].Reason != webhook.ReasonNoKey {
		t.Errorf("answer %d, %d recorded, %+v", got.Code, len(sink.recorded()), sink.rejected)
	}
}

// The answers are held against what the document prints, as it prints it.
func TestAnswersAreTheDocuments(t *testing.T) {
	for file, body := range map[string]string{
		"notify-200.printed.json":              ok,
		"notify-400-empty-body.printed.json":   emptyBody,
		"notify-400-invalid-json.printed.json": invalidJSON,
		"notify-401.printed.json":              invalidSignature,
		"notify-404.printed.json":              paymentNotFound,
	} {
		printed, err := os.ReadFile("../../testdata/http/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(string(printed)), ""); got != body {
			t.Errorf("%s: the document has %s, the tests %s", file, got, body)
		}
	}
}

// Nothing that is secret or the person's is logged.
func TestLog(t *testing.T) {
	text := new(bytes.Buffer)
	for _, sink := range []*memory{{}, {ack: webhook.AckUnknownPayment}, {err: errors.New("disk full")}} {
		receiver := newReceiver(t, sink)
		receiver.Log = slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug}))
		answerOf(receiver, webhook1().request(t))
		answerOf(receiver, httptest.NewRequest("POST", "/x%0A%1B[31m", strings.NewReader("{}")))
	}
	for _, want := range []string{"webhook recorded", "pout_789", "unknown payout", "disk full", "reason=missing_header"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, text)
		}
	}
	for _, secret := range []string{testSecret, testKey, webhook1().signature(t), "currency", "\x1b"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, text)
		}
	}
}

// The zero Now is the wall clock.
func TestWallClock(t *testing.T) {
	receiver := newReceiver(t, &memory{})
	receiver.Now = nil
	s := final()
	s.stamp = sign.Unix.Format(time.Now())
	if got := answerOf(receiver, s.request(t)); got.Code != 200 {
		t.Errorf("answer %d", got.Code)
	}
}

func TestErrorTexts(t *testing.T) {
	for err, want := range map[error]string{
		&webhook.HeaderError{Name: "X-Signature"}:           "header X-Signature is missing",
		&webhook.HeaderError{Name: "X-Signature", Count: 2}: "header X-Signature came more than once",
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}
