package api

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/sign"
)

// roundTripper lets a test stand where the network would be.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// depositTo makes the document's deposit to a test server.
func depositTo(t testing.TB, base string) Call {
	t.Helper()
	call, err := deposit().Call(Endpoints{BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func transportFor(t testing.TB, c *Client, options TransportOptions) {
	t.Helper()
	transport := NewTransport(options)
	t.Cleanup(transport.CloseIdleConnections)
	c.Transport = transport
}

func TestSendOverTheWire(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(201)
		_, _ = io.WriteString(w, depositDone)
	}))
	defer server.Close()
	c := newClient(t) // without a transport: the zero value works
	call := depositTo(t, server.URL)
	o := c.Send(t.Context(), call)
	if o.Verdict != Done || o.DepositID != "raisboy_dep_1" || o.ServerDate.IsZero() || string(o.Answer) != depositDone {
		t.Fatalf("%+v", o)
	}
	if !bytes.Equal(body, call.Body) || got.ContentLength != int64(len(body)) || len(got.TransferEncoding) != 0 {
		t.Errorf("body %q, length %d", body, got.ContentLength)
	}
	mac := hmac.New(sha256.New, []byte("sk_test_do_not_use_in_production"))
	mac.Write([]byte("POST\n/api/v4/payments/raisboy/deposit/create\n" + string(body) + "\n1764247157\npk_test_0123456789"))
	want := http.Header{
		"Accept":         {"application/json"},
		"Content-Length": {got.Header.Get("Content-Length")},
		"Content-Type":   {"application/json"},
		"User-Agent":     {"raisboy"},
		"X-Api-Key":      {"pk_test_0123456789"},
		"X-Signature":    {hex.EncodeToString(mac.Sum(nil))},
		"X-Timestamp":    {"1764247157"},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Error(diff)
	}
	if got.Method != "POST" || got.Proto != "HTTP/1.1" {
		t.Error(got.Method, got.Proto)
	}
}

// What would let net/http send a POST twice is never there.
func TestRequestCannotBeRepeated(t *testing.T) {
	c := newClient(t)
	c.UserAgent = "raisboy/1.0"
	c.TimestampFormat = sign.ISO8601
	var seen *http.Request
	c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		seen = r
		return &http.Response{StatusCode: 201, Body: io.NopCloser(strings.NewReader(depositDone))}, nil
	})
	if o := c.Send(t.Context(), callOf(t, KindDeposit)); o.Verdict != Done {
		t.Fatalf("%+v", o)
	}
	if seen.GetBody != nil {
		t.Error("GetBody is set")
	}
	for name := range seen.Header {
		if strings.Contains(strings.ToLower(name), "idempotency") {
			t.Errorf("%s is set", name)
		}
	}
	if seen.Header.Get("User-Agent") != "raisboy/1.0" || seen.Header.Get("X-Timestamp") != "2025-11-27T12:39:17.000+00:00" {
		t.Errorf("%v", seen.Header)
	}
	if _, ok := seen.Body.(io.Seeker); ok {
		t.Error("the body can be rewound")
	}
}

// The signature covers the path as it goes over the wire, and no query.
func TestSignedPathIsTheOneOnTheWire(t *testing.T) {
	for _, path := range []string{"/n/17/pout_1?a=b", "/n%2F17/%D1%8F", "//n//17/", ""} {
		var uri, signature string
		var body []byte
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			uri, signature = r.RequestURI, r.Header.Get("X-Signature")
			body, _ = io.ReadAll(r.Body)
			_, _ = io.WriteString(w, `{"success":true}`)
		}))
		n := notice()
		n.URL = server.URL + path
		call, err := n.Call()
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t)
		if o := c.Send(t.Context(), call); o.Verdict != Done {
			t.Errorf("%s: %+v", path, o)
		}
		wire, _, _ := strings.Cut(uri, "?")
		want, err := c.Key.Hex(sign.Message{Method: "POST", Path: wire, Body: body, Timestamp: "1764247157", APIKey: c.APIKey})
		if err != nil || signature != want {
			t.Errorf("%s: sent as %s, signature of another path (%v)", path, uri, err)
		}
		server.Close()
	}
}

func TestHeader(t *testing.T) {
	c := newClient(t)
	header, err := c.Header(callOf(t, KindDeposit), time.Unix(1764247157, 0))
	if err != nil || len(header) != 4 || header.Get(HeaderTimestamp) != "1764247157" || len(header.Get(HeaderSignature)) != 64 {
		t.Errorf("%v %v", header, err)
	}
	c.Separator = `\n`
	other, err := c.Header(callOf(t, KindDeposit), time.Unix(1764247157, 0))
	if err != nil || other.Get(HeaderSignature) == header.Get(HeaderSignature) {
		t.Error("the separator changes nothing")
	}
}

// A call that cannot be signed or addressed never reaches the transport.
func TestInvalidCalls(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Client, *Call)
		want  error
	}{
		{"no secret", func(c *Client, _ *Call) { c.Key = nil }, ErrNoKey},
		{"no clock", func(c *Client, _ *Call) { c.Now = nil }, ErrNoClock},
		{"no key", func(c *Client, _ *Call) { c.APIKey = "" }, ErrAPIKey},
		{"line feed in key", func(c *Client, _ *Call) { c.APIKey = "pk\nX-Evil: 1" }, ErrAPIKey},
		{"space in key", func(c *Client, _ *Call) { c.APIKey = "pk " }, ErrAPIKey},
		{"letter in key", func(c *Client, _ *Call) { c.APIKey = "рк" }, ErrAPIKey},
		{"no body", func(_ *Client, call *Call) { call.Body = nil }, ErrNoBody},
		{"http", func(_ *Client, call *Call) { call.URL = "http://project.example/x" }, ErrPlainHTTP},
		{"http by address", func(_ *Client, call *Call) { call.URL = "http://10.0.0.1/x" }, ErrPlainHTTP},
		{"no address", func(_ *Client, call *Call) { call.URL = "" }, nil},
		{"relative", func(_ *Client, call *Call) { call.URL = "/x" }, nil},
		{"user info", func(_ *Client, call *Call) { call.URL = "https://u:p@h/x" }, nil},
		{"zero key", func(c *Client, _ *Call) { c.Key = new(sign.Key) }, nil},
	}
	for _, tt := range tests {
		c, call := newClient(t), callOf(t, KindDeposit)
		c.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
			t.Errorf("%s: sent", tt.name)
			return nil, errors.New("sent")
		})
		tt.spoil(c, &call)
		o := c.Send(t.Context(), call)
		if o.Verdict != NotSent || o.Cause != CauseInvalidCall || o.Detail == "" {
			t.Errorf("%s: %+v", tt.name, o)
		}
		if tt.want != nil && o.Detail != tt.want.Error() {
			t.Errorf("%s: %s", tt.name, o.Detail)
		}
	}
	for host, want := range map[string]bool{"localhost": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"0.0.0.0": false, "localhost.example": false, "127.0.0.1.example": false} {
		if loopback(host) != want {
			t.Errorf("loopback(%q) = %v", host, !want)
		}
	}
}

// A redirect is reported and not followed: the target receives nothing.
func TestRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var hits atomic.Int32
		target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target.URL, status)
		}))
		c := newClient(t)
		transportFor(t, c, TransportOptions{})
		o := c.Send(t.Context(), depositTo(t, server.URL))
		if o.Verdict != Unknown || o.Cause != CauseRedirect || o.HTTPStatus != status {
			t.Errorf("%d: %+v", status, o)
		}
		server.Close()
		target.Close()
		if hits.Load() != 0 {
			t.Errorf("%d: the target was called", status)
		}
	}
}

// The negative control: the default client hands key and signature to whoever
// the redirect names.
func TestDefaultClientWouldFollow(t *testing.T) {
	var leaked atomic.Value
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked.Store(r.Header.Get(HeaderAPIKey))
	}))
	defer target.Close()
	server := httptest.NewServer(http.RedirectHandler(target.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	request, err := http.NewRequest("POST", server.URL, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(HeaderAPIKey, "pk")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if leaked.Load() != "pk" {
		t.Error("the default client no longer leaks: this control controls nothing any more")
	}
}

func TestCancelledBeforehand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := newClient(t)
	c.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errors.New("sent")
	})
	if o := c.Send(ctx, callOf(t, KindDeposit)); o.Verdict != NotSent || o.Cause != CauseInterrupted {
		t.Errorf("%+v", o)
	}
}

// A transport that reads the body and says nothing of its connection cannot
// make an outcome look like not sent.
func TestSilentTransport(t *testing.T) {
	c := newClient(t)
	c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		_, _ = io.ReadAll(r.Body)
		return nil, errors.New("gone")
	})
	if o := c.Send(t.Context(), callOf(t, KindDeposit)); o.Verdict != Unknown || o.Cause != CauseConnectionLost {
		t.Errorf("%+v", o)
	}
}
