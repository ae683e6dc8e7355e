package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bench is a sandbox on loopback and a client of it.
type bench struct {
	t      testing.TB
	server *Server
	url    string
}

// begin starts a sandbox whose waits are short.
func begin(t testing.TB, o Options) *bench {
	t.Helper()
	o.SlowDelay = or(o.SlowDelay, time.Millisecond)
	o.WebhookDelay = or(o.WebhookDelay, time.Millisecond)
	o.WebhookRetry = or(o.WebhookRetry, time.Millisecond)
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{t: t, server: s, url: web.URL}
}

// reply is what a client saw.
type reply struct {
	status int
	header http.Header
	body   string
	err    error // the connection broke, before the answer or in its middle
}

// request makes a rightly signed request.
func (b *bench) request(path, body string) *http.Request {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	b.sign(req, path, body, strconv.FormatInt(b.server.now().Unix(), 10))
	return req
}

func (b *bench) sign(req *http.Request, path, body, stamp string) {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", APIKey)
	req.Header.Set("X-Timestamp", stamp)
	req.Header.Set("X-Signature", signature(Secret, "\n", req.Method, path, []byte(body), stamp, APIKey))
}

// do sends a request over a connection of its own and follows no redirect.
func (b *bench) do(req *http.Request) reply {
	res, err := direct(nil).Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(body), err}
}

func (b *bench) post(path, body string) reply { return b.do(b.request(path, body)) }

func (b *bench) entries(kinds ...Kind) []Entry {
	b.t.Helper()
	all, err := b.server.Ledger()
	if err != nil {
		b.t.Fatal(err)
	}
	var out []Entry
	for _, e := range all {
		for _, k := range kinds {
			if e.Kind == k {
				out = append(out, e)
			}
		}
	}
	return out
}

// until waits for something that happens on its own, however long it takes.
func until(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for range 3000 {
		if happened() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}

const someTime = "2025-11-27T12:39:17.281+00:00"

func depositBody(user, amount string) string {
	return fmt.Sprintf(`{"user_id":%q,"status":"paid","amount":%s,"currency":"UZS","payment_method":"bank_card","timestamp":%q}`,
		user, amount, someTime)
}

func payoutBody(user, amount, requestID string) string {
	return fmt.Sprintf(`{"user_id":%q,"amount":%s,"currency":"UZS","payment_method":"bank_card","request_id":%q,"timestamp":%q}`,
		user, amount, requestID, someTime)
}

// want checks status and exact body.
func (r reply) want(t testing.TB, status int, body string) {
	t.Helper()
	if r.err != nil {
		t.Fatalf("no answer: %v", r.err)
	}
	if r.status != status || r.body != body {
		t.Fatalf("answer %d %s\nwant   %d %s", r.status, r.body, status, body)
	}
}

// created checks a payout's answer and returns its payout_id.
func (r reply) created(t testing.TB, status, amount, requestID string) string {
	t.Helper()
	var got struct {
		ID string `json:"payout_id"`
	}
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.err != nil {
		t.Fatalf("%v, %v: %s", r.err, err, r.body)
	}
	r.want(t, 201, fmt.Sprintf(`{"success":true,"payout_id":%q,"status":%q,"amount":%s,"currency":"UZS","request_id":%q}`,
		got.ID, status, amount, requestID))
	if !strings.HasPrefix(got.ID, "pout_") {
		t.Fatalf("payout_id %q", got.ID)
	}
	return got.ID
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"AgentURL":  {AgentURL: "ftp://127.0.0.1"},
		"PublicURL": {PublicURL: "http://127.0.0.1/prefix"},
	} {
		_, err := New(o)
		if oe := (*OptionError)(nil); !errors.As(err, &oe) || oe.Option != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRoutes(t *testing.T) {
	b := begin(t, Options{})
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", DepositPath, 405},
		{"PUT", notifyPath + "sandbox/pout_1", 405},
		{"POST", "/", 404},
		{"POST", "/api/payout/create/", 404},
		{"POST", "//api/payout/create", 404},
		{"POST", "/api/payout%2Fcreate", 404},
		{"GET", "/sandbox/send", 404},
		{"GET", "/sandbox/nothing", 404},
	} {
		req, err := http.NewRequest(c.method, b.url+c.path, bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		if got := b.do(req); got.status != c.status {
			t.Errorf("%s %s: %d, want %d (%v)", c.method, c.path, got.status, c.status, got.err)
		}
	}
}

func TestClosedServer(t *testing.T) {
	b := begin(t, Options{})
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.post(DepositPath, depositBody("1", "1.00")); got.status != 503 {
		t.Errorf("status %d", got.status)
	}
	if _, err := b.server.Ledger(); err == nil {
		t.Error("a closed ledger was read")
	}
	if _, err := b.server.SendAccepted("x"); err == nil {
		t.Error("a closed server sent a webhook")
	}
}
