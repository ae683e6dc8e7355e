package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// virtual is a clock that is set by hand, far from the machine's own.
type virtual struct{ at atomic.Int64 }

func (v *virtual) now() time.Time          { return time.UnixMilli(v.at.Load()) }
func (v *virtual) advance(d time.Duration) { v.at.Add(d.Milliseconds()) }

// TestDeadBackEnd has the project's back end die for an hour between Webhook 1
// and the final notice, in virtual time: the decision is taken, the notice
// waits, survives a restart, is tried again at growing intervals, and arrives
// once the back end is back. Journal and ledger then agree.
func TestDeadBackEnd(t *testing.T) {
	t.Parallel()
	clock := &virtual{}
	clock.at.Store(time.Date(2025, 11, 28, 12, 39, 17, 0, time.UTC).UnixMilli())
	var d *desk.Desk
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !observed(t, d, r) {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer agent.Close()
	project, err := sandbox.New(sandbox.Options{Now: clock.now, AgentURL: agent.URL, Fault: sandbox.Fault{Webhook: sandbox.Webhook{Off: true}}})
	if err != nil {
		t.Fatal(err)
	}
	var dead atomic.Bool
	var attempts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if dead.Load() {
			attempts.Add(1)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		project.ServeHTTP(w, r)
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "journal.db")
	d = tillOf(t, clock, path, server.URL)
	r, err := d.Do(t.Context(), desk.Order{Kind: api.KindPayout, UserID: "kxa1234", Amount: 500000, Currency: "UZS", PaymentMethod: "bank_card", RequestID: "req-1"})
	if err != nil || r.Entry.State != journal.StateDone {
		t.Fatalf("%s, %v", r.Entry.State, err)
	}
	if status, err := project.SendAccepted("req-1"); err != nil || status != http.StatusOK {
		t.Fatalf("Webhook 1: %d, %v", status, err)
	}

	dead.Store(true)
	r, err = d.Conclude(t.Context(), r.Entry.ID, journal.RuledCompleted, "", nil)
	if err != nil || r.Entry.Notice == nil || r.Entry.Notice.State != journal.NoticeQueued || exitOfNotice(r) != exitNotFinal {
		t.Fatalf("%+v, %v", r.Entry.Notice, err)
	}
	died := clock.now()
	deliverWhile(t, d, clock, func() bool { return clock.now().Sub(died) < 20*time.Minute })
	_ = d.Journal.Close() // it is started again
	d = tillOf(t, clock, path, server.URL)
	deliverWhile(t, d, clock, func() bool { return clock.now().Sub(died) < time.Hour })
	if n := attempts.Load(); n < 8 || n > 30 {
		t.Errorf("%d attempts in an hour", n)
	}
	if _, err := d.Conclude(t.Context(), r.Entry.ID, journal.RuledCancelled, "", nil); err == nil {
		t.Error("the opposite was taken although a notice was attempted")
	}
	if e := get(t, d, r.Entry.ID); e.Notice.State != journal.NoticeQueued || e.PayoutStatus != api.StatusCompleted {
		t.Errorf("after an hour %s, %s", e.Notice.State, e.PayoutStatus)
	}

	dead.Store(false)
	back := clock.now()
	deliverWhile(t, d, clock, func() bool {
		return get(t, d, r.Entry.ID).Notice.State == journal.NoticeQueued && clock.now().Sub(back) < 20*time.Minute
	})
	if e := get(t, d, r.Entry.ID); e.Notice.State != journal.NoticeDelivered || e.State != journal.StateDone {
		t.Errorf("in the end %s, %s", e.Notice.State, e.State)
	}
	ledger, err := project.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	if last := ledger[len(ledger)-1]; last.Kind != sandbox.PayoutStatus || last.Status != "completed" || last.PayoutID != get(t, d, r.Entry.ID).PayoutID {
		t.Errorf("the ledger ends with %+v", last)
	}
	if report, err := d.Journal.Verify(context.WithoutCancel(t.Context())); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

// tillOf is a desk with a process's own handle of the journal.
func tillOf(t *testing.T, clock *virtual, path, address string) *desk.Desk {
	t.Helper()
	j, err := journal.Open(t.Context(), path, journal.Options{Desk: "till-1", Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	client := projectClient(t, api.NewTransport(api.TransportOptions{}), clock.now)
	client.Timeout = time.Minute
	return &desk.Desk{Journal: j, Client: client, Notices: client, Now: clock.now, Profile: "main",
		Endpoints: api.Endpoints{BaseURL: address}}
}

// deliverWhile looks for notices that are due every second, as a listener does.
func deliverWhile(t *testing.T, d *desk.Desk, clock *virtual, goOn func() bool) {
	t.Helper()
	for goOn() {
		clock.advance(time.Second)
		if err := d.DeliverDue(t.Context(), func(desk.Receipt) {}); err != nil {
			t.Fatal(err)
		}
	}
}

func get(t *testing.T, d *desk.Desk, id int64) journal.Entry {
	t.Helper()
	e, err := d.Journal.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// observed hands Webhook 1 to the desk, as the receiver does once it is verified.
func observed(t *testing.T, d *desk.Desk, r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
		return false
	}
	parsed, err := api.ReadWebhook(body)
	if err != nil {
		t.Error(err)
		return false
	}
	seen, err := d.Observe(r.Context(), journal.Event{Webhook: parsed, ReceivedAt: d.Now(), Method: r.Method, Path: "/", Body: body})
	if err != nil || seen.After.PayoutStatus != api.StatusAccepted || seen.AddressProblem != nil {
		t.Errorf("%+v, %v", seen, err)
	}
	return err == nil
}
