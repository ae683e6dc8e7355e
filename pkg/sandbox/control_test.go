package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (b *bench) get(path string) reply {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func TestShowLedgerAndAccount(t *testing.T) {
	b := begin(t, Options{Opening: 10_00})
	b.post(DepositPath, depositBody("2564568", "5.00"))
	b.post(DepositPath, depositBody("456789", "6.00"))
	got := b.get("/sandbox/ledger")
	rows := strings.Split(strings.TrimSpace(got.body), "\n")
	if len(rows) != 2 {
		t.Fatalf("%q", got.body)
	}
	var e Entry
	if err := json.Unmarshal([]byte(rows[0]), &e); err != nil || e.ProjectUserID != "#KXA1234" || e.Amount != 5_00 {
		t.Errorf("%+v, %v", e, err)
	}
	b.get("/sandbox/account").want(t, 200, `{"opening":"10.00","deposited":"11.00","paid_out":"0.00","waiting":"0.00","balance":"-1.00"}`)
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSend(t *testing.T) {
	a := newAgent(t, nil)
	b := begin(t, Options{AgentURL: a.url, Fault: Fault{Webhook: Webhook{Off: true}}})
	id := b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r")
	for _, c := range []struct {
		what, id string
		want     SendError
	}{
		{SendWebhook1, "r", SendError{}},
		{SendCompleted, id, SendError{}},
		{SendCancelled, id, SendError{409, "already_final"}},
		{SendWebhook1, "unknown", SendError{404, "no_payout"}},
		{"something", id, SendError{400, "invalid_request"}},
		{SendWebhook1, "", SendError{400, "invalid_request"}},
	} {
		status, err := Send(t.Context(), b.url, nil, c.what, c.id)
		se := &SendError{}
		if errors.As(err, &se); *se != c.want || err == nil && status != 200 {
			t.Errorf("%s %s: %d, %v", c.what, c.id, status, err)
		}
	}
	if len(a.all()) != 2 {
		t.Errorf("%d webhooks", len(a.all()))
	}
	for name, c := range map[string]struct {
		agent string
		want  SendError
	}{"nobody to send to": {"", SendError{409, "no_agent"}}, "nobody there": {"http://127.0.0.1:1", SendError{502, "unreachable"}}} {
		b := begin(t, Options{AgentURL: c.agent, Fault: Fault{Webhook: Webhook{Off: true}}})
		b.post(PayoutPath, payoutBody("1", "1.00", "r"))
		_, err := Send(t.Context(), b.url, nil, SendWebhook1, "r")
		if se := (*SendError)(nil); !errors.As(err, &se) || *se != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Send(t.Context(), "http://127.0.0.1:1", nil, SendWebhook1, "r"); err == nil {
		t.Error("sent by nobody")
	}
}

// TestSendIsForThisMachine: not for others, nor for a page in a browser.
func TestSendIsForThisMachine(t *testing.T) {
	b := begin(t, Options{})
	ask := func(from, kind string) int {
		req := httptest.NewRequest("POST", "/sandbox/send", strings.NewReader(`{"what":"webhook1","id":"r"}`))
		req.RemoteAddr = from
		req.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		b.server.ServeHTTP(rec, req)
		return rec.Code
	}
	if got := ask("192.0.2.1:1234", "application/json"); got != 403 {
		t.Errorf("from another machine: %d", got)
	}
	if got := ask("127.0.0.1:1234", "text/plain"); got != 415 {
		t.Errorf("from a page: %d", got)
	}
	if got := ask("[::1]:1234", "application/json"); got != 409 {
		t.Errorf("from this machine: %d", got)
	}
}

func TestIdentify(t *testing.T) {
	b := begin(t, Options{})
	if err := Identify(t.Context(), b.url, nil); err != nil {
		t.Errorf("a sandbox: %v", err)
	}
	if err := Identify(t.Context(), b.url, http.DefaultClient); err != nil {
		t.Errorf("a sandbox, through a client: %v", err)
	}
	first, second := b.get(identityPath+"?challenge=a"), b.get(identityPath+"?challenge=b")
	if first.status != 200 || first.body == second.body {
		t.Error("every challenge has the same proof")
	}
	if got := b.get(identityPath); got.status != 400 {
		t.Errorf("without a challenge: %d", got.status)
	}
	other := begin(t, Options{Secret: "another"})
	for name, h := range map[string]http.Handler{
		"another secret": other.server,
		"not found":      http.NotFoundHandler(),
		"a page":         http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }),
		"a recording": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, first.body)
		}),
		"a redirect to one": http.RedirectHandler(b.url+identityPath+"?challenge=a", http.StatusFound),
		"another version": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"raisboy_sandbox":2,"proof":"`+proof(Secret, r.URL.Query().Get("challenge"))+`"}`)
		}),
	} {
		web := httptest.NewServer(h)
		if err := Identify(t.Context(), web.URL, nil); !errors.Is(err, ErrNotSandbox) {
			t.Errorf("%s: %v", name, err)
		}
		web.Close()
		if err := Identify(t.Context(), web.URL, nil); err == nil || errors.Is(err, ErrNotSandbox) {
			t.Errorf("nobody there: %v", err)
		}
	}
	for _, bad := range []string{"http://[", ":", "http://\x7f"} {
		if err := Identify(t.Context(), bad, nil); err == nil {
			t.Errorf("%q identified itself", bad)
		}
	}
}

func TestServe(t *testing.T) {
	armed, received := atomic.Bool{}, make(chan struct{})
	tell := sync.OnceFunc(func() { close(received) })
	s, err := New(Options{SlowDelay: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Now: func() time.Time { // read once the request is there, whole
			if armed.Load() {
				tell()
			}
			return time.Now()
		}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	b := &bench{t: t, server: s, url: "http://" + l.Addr().String()}
	if err := Identify(ctx, b.url, nil); err != nil {
		t.Fatal(err)
	}
	// A request that is under way is finished.
	answered := make(chan reply, 1)
	req := b.request(DepositPath, depositBody("slow", "1.00"))
	armed.Store(true)
	go func() { answered <- b.do(req) }()
	<-received
	stop()
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if got := <-answered; got.status != 201 {
		t.Errorf("%d (%v)", got.status, got.err)
	}
	if err := Identify(t.Context(), b.url, nil); err == nil {
		t.Error("it still answers")
	}
}

func TestServeOnAClosedListener(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}
