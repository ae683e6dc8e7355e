package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// agent receives webhooks; answers with what status says, 200 if it is nil.
type agent struct {
	url    string
	status func(n int) int
	mu     sync.Mutex
	got    []received
}

type received struct {
	path, key, stamp, sig, contentType, body string
}

func newAgent(t *testing.T, status func(n int) int) *agent {
	a := &agent{status: status}
	web := httptest.NewServer(a)
	t.Cleanup(web.Close)
	a.url = web.URL
	return a
}

func (a *agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, received{r.URL.Path, r.Header.Get("X-API-Key"), r.Header.Get("X-Timestamp"),
		r.Header.Get("X-Signature"), r.Header.Get("Content-Type"), string(body)})
	if a.status != nil {
		w.WriteHeader(a.status(len(a.got)))
	}
}

func (a *agent) all() []received {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]received(nil), a.got...)
}

// signedOver tells whether a webhook bears the right signature over path.
func (r received) signedOver(path string) bool {
	return r.sig == signature(Secret, "\n", "POST", path, []byte(r.body), r.stamp, r.key)
}

var noon = time.Date(2025, 11, 28, 12, 39, 17, 281_999_999, time.UTC)

func (b *bench) waitFor(status string) payout {
	b.t.Helper()
	var p payout
	until(b.t, "the payout is "+status, func() bool {
		err := b.server.ledger.view(func(k *book) { p = *k.find("r") })
		return err == nil && p.status == status
	})
	return p
}

func TestWebhook1(t *testing.T) {
	a := newAgent(t, func(n int) int { return map[bool]int{true: 200, false: 503}[n > 2] })
	b := begin(t, Options{AgentURL: a.url + "/hook", PublicURL: "https://backend.example/", Now: func() time.Time { return noon }})
	id := b.post(PayoutPath, payoutBody("kxa1234", "5000.00", "r")).created(t, "pending", "5000.00", "r")
	until(t, "the third try is recorded", func() bool { return len(b.entries(WebhookSent)) == 1 })
	path := notifyPath + systemID + "/" + id
	want := fmt.Sprintf(`{"success":true,"payout_id":%q,"status":"accepted","amount":5000.0,"currency":"UZS",`+
		`"webhook_url":"https://backend.example%s","request_id":"r","timestamp":"2025-11-28T12:39:17.281+00:00"}`, id, path)
	for _, got := range a.all() {
		if got.body != want {
			t.Errorf("%s\nwant %s", got.body, want)
		}
		if got.path != "/hook" || got.key != APIKey || got.contentType != "application/json" || got.stamp != fmt.Sprint(noon.Unix()) {
			t.Errorf("%+v", got)
		}
		if !got.signedOver(path) {
			t.Error("not signed over the path of webhook_url")
		}
	}
	if e := b.entries(WebhookSent)[0]; e.Tries != 3 || e.HTTPStatus != 200 || e.Status != statusAccepted {
		t.Errorf("%+v", e)
	}
	b.post(PayoutPath, payoutBody("kxa1234", "5000.00", "r")).created(t, "accepted", "5000.00", "r")
}

func TestWebhookGivesUp(t *testing.T) {
	a := newAgent(t, func(int) int { return 401 })
	b := begin(t, Options{AgentURL: a.url})
	b.post(PayoutPath, payoutBody("1", "1.00", "r"))
	until(t, "it gives up", func() bool { return len(b.entries(WebhookSent)) == 1 })
	if e := b.entries(WebhookSent)[0]; e.Tries != webhookTries || e.HTTPStatus != 401 || len(a.all()) != webhookTries {
		t.Errorf("%+v", e)
	}
}

func TestWebhookModes(t *testing.T) {
	for spec, check := range map[string]func(t *testing.T, b *bench, a *agent, id string){
		"webhook=off": func(t *testing.T, b *bench, a *agent, _ string) {
			if err := b.server.Close(); err != nil || len(a.all()) != 0 {
				t.Errorf("%d sent (%v)", len(a.all()), err)
			}
		},
		"webhook=twice": func(t *testing.T, _ *bench, a *agent, id string) {
			until(t, "two came", func() bool { return len(a.all()) == 2 })
			if all := a.all(); all[0].body != all[1].body || !all[1].signedOver(notifyPath+systemID+"/"+id) {
				t.Errorf("%+v", all)
			}
		},
		"webhook=late:20ms": func(t *testing.T, b *bench, a *agent, _ string) {
			b.waitFor(statusAccepted)
			until(t, "it came", func() bool { return len(a.all()) == 1 })
		},
		"webhook=wrong-signature": func(t *testing.T, _ *bench, a *agent, id string) {
			until(t, "it came", func() bool { return len(a.all()) > 0 })
			if a.all()[0].signedOver(notifyPath + systemID + "/" + id) {
				t.Error("the signature is right")
			}
		},
		"webhook=old-signature": func(t *testing.T, _ *bench, a *agent, id string) {
			until(t, "it came", func() bool { return len(a.all()) > 0 })
			got := a.all()[0]
			at, ok := readStamp(got.stamp)
			if !ok || time.Since(at) <= window || !got.signedOver(notifyPath+systemID+"/"+id) {
				t.Errorf("%+v", got)
			}
		},
		"path=request": func(t *testing.T, _ *bench, a *agent, _ string) {
			until(t, "it came", func() bool { return len(a.all()) > 0 })
			if !a.all()[0].signedOver("/") {
				t.Error("not signed over the request's path")
			}
		},
		"webhook=reordered": func(t *testing.T, b *bench, a *agent, id string) {
			b.waitFor(statusAccepted)
			b.notice(id, "completed", "1.0", "UZS").want(t, 200, `{"success":true}`)
			until(t, "it came again", func() bool { return len(a.all()) == 2 })
			if all := a.all(); all[1].body != all[0].body {
				t.Errorf("%+v", all)
			}
		},
	} {
		t.Run(spec, func(t *testing.T) {
			fault, err := ParseFault(spec)
			if err != nil {
				t.Fatal(err)
			}
			a := newAgent(t, nil)
			b := begin(t, Options{AgentURL: a.url, Fault: fault})
			check(t, b, a, b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r"))
		})
	}
}

// TestEarlyWebhook: Webhook 1 overtakes the create's answer.
func TestEarlyWebhook(t *testing.T) {
	a := newAgent(t, nil)
	b := begin(t, Options{AgentURL: a.url, Fault: Fault{Webhook: Webhook{Early: true}}})
	b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "accepted", "1.00", "r")
	if len(a.all()) != 1 {
		t.Errorf("%d webhooks before the answer", len(a.all()))
	}
	// If the agent is not ready the webhook is tried again later.
	shy := newAgent(t, func(n int) int { return map[bool]int{true: 200, false: 503}[n > 1] })
	b = begin(t, Options{AgentURL: shy.url, Fault: Fault{Webhook: Webhook{Early: true}}})
	b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "accepted", "1.00", "r")
	until(t, "it is delivered", func() bool { return len(b.entries(WebhookSent)) == 1 })
}

// TestWebhooksAreResumed: an agent that was away gets them from the next run.
func TestWebhooksAreResumed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	first := begin(t, Options{LedgerPath: path, AgentURL: "http://127.0.0.1:1", WebhookRetry: time.Hour})
	id := first.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r")
	first.post(PayoutPath, payoutBody("1", "1.00", "other"))
	first.waitFor(statusAccepted)
	if err := first.server.Close(); err != nil {
		t.Fatal(err)
	}
	begin(t, Options{LedgerPath: path, AgentURL: "http://127.0.0.1:1"}) // still nobody there
	a := newAgent(t, nil)
	third := begin(t, Options{LedgerPath: path, AgentURL: a.url})
	until(t, "both are delivered", func() bool { return len(third.entries(WebhookSent)) == 2 })
	got := a.all()[0]
	if !strings.Contains(got.body, id) || !got.signedOver(notifyPath+systemID+"/"+id) {
		t.Errorf("%+v", got)
	}
	fourth := begin(t, Options{LedgerPath: path, AgentURL: a.url})
	if err := fourth.server.Close(); err != nil {
		t.Fatal(err)
	}
	if len(a.all()) != 2 {
		t.Errorf("%d webhooks, two were due", len(a.all()))
	}
}

func TestSendByHand(t *testing.T) {
	a := newAgent(t, func(n int) int { return map[bool]int{true: 404, false: 200}[n == 1] })
	b := begin(t, Options{AgentURL: a.url, Now: func() time.Time { return noon },
		Fault: Fault{Webhook: Webhook{Off: true}}})
	id := b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r")
	if status, err := b.server.SendAccepted("r"); status != 404 || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	for range 2 {
		if status, err := b.server.SendFinal(id, statusCancelled); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
	}
	all := a.all()
	want := fmt.Sprintf(`{"payout_id":%q,"status":"cancelled","amount":1.0,"currency":"UZS","timestamp":"2025-11-28T12:39:17.281+00:00"}`, id)
	if len(all) != 3 || all[1].body != want || !all[1].signedOver("/") {
		t.Errorf("%+v", all)
	}
	if _, err := b.server.SendFinal(id, statusCompleted); !errors.Is(err, ErrFinal) {
		t.Errorf("the opposite status: %v", err)
	}
	if _, err := b.server.SendFinal(id, statusPending); err == nil {
		t.Error("pending was sent as a final status")
	}
	if _, err := b.server.SendAccepted("nobody's"); !errors.Is(err, ErrNoPayout) {
		t.Errorf("an unknown payout: %v", err)
	}
	alone := begin(t, Options{})
	if _, err := alone.server.SendAccepted("r"); !errors.Is(err, ErrNoAgent) {
		t.Errorf("without an agent: %v", err)
	}
	if _, err := alone.server.SendFinal("r", statusCompleted); !errors.Is(err, ErrNoAgent) {
		t.Errorf("without an agent: %v", err)
	}
}

// TestSendFinalOutOfTheBlue: a final status for a payout that was never
// accepted, and Webhook 1 after it.
func TestSendFinalOutOfTheBlue(t *testing.T) {
	a := newAgent(t, nil)
	b := begin(t, Options{AgentURL: a.url, Fault: Fault{Webhook: Webhook{Off: true}}})
	b.post(PayoutPath, payoutBody("1", "1.00", "r"))
	if _, err := b.server.SendFinal("r", statusCompleted); err != nil {
		t.Fatal(err)
	}
	if _, err := b.server.SendAccepted("r"); err != nil {
		t.Fatal(err)
	}
	account, err := b.server.Account()
	if err != nil || account.PaidOut != 1_00 || account.Waiting != 0 || b.waitFor(statusCompleted).status != statusCompleted {
		t.Errorf("%+v, %v", account, err)
	}
}
