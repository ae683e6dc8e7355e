package desk_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sign"
)

// A till is one desk with its own handle on the journal, as another process
// would have it.
type till struct {
	*desk.Desk
	w      *world
	client *api.Client

	mutex   sync.Mutex
	waited  []time.Duration // what Sleep was asked for
	refused int             // connections still to be refused
}

// A world is one project, one journal and the tills that share them.
type world struct {
	*testing.T
	clock   *clock
	project *project
	path    string
	till    *till // the first
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := newClock()
	w := &world{T: t, clock: c, project: newProject(t, c), path: filepath.Join(t.TempDir(), "main.db")}
	w.till = w.open("till-1")
	t.Cleanup(w.verify)
	return w
}

// verify holds the journal to its own checksums and folds, by a handle that no
// test has closed.
func (w *world) verify() {
	report, err := w.till.Journal.Verify(context.Background())
	if err != nil {
		report, err = w.readOnly().Verify(context.Background())
	}
	if err != nil || !report.OK() {
		w.Errorf("verify: %v, damaged %v", err, report.Damaged)
	}
}

func (w *world) open(name string) *till {
	w.Helper()
	j, err := journal.Open(w.Context(), w.path, journal.Options{Desk: name, OSUser: "cashier", Now: w.clock.now})
	if err != nil {
		w.Fatalf("open %s: %v", name, err)
	}
	w.Cleanup(func() { _ = j.Close() })
	key, err := sign.NewKey([]byte(testSecret))
	if err != nil {
		w.Fatal(err)
	}
	t := &till{w: w}
	transport := api.NewTransport(api.TransportOptions{DialContext: t.dial})
	w.Cleanup(transport.CloseIdleConnections)
	t.client = &api.Client{Transport: transport, Key: key, APIKey: testAPIKey, Now: w.clock.tick, Timeout: time.Minute}
	t.Desk = &desk.Desk{
		Journal: j, Client: t.client, Notices: t.client, Now: w.clock.now, Sleep: t.sleep,
		Profile: "main", APIKey: testAPIKey, Endpoints: api.Endpoints{BaseURL: w.project.URL}, Window: 2 * time.Minute,
	}
	return t
}

var errNobody = errors.New("nobody listens")

func (t *till) dial(ctx context.Context, network, address string) (net.Conn, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.refused > 0 {
		t.refused--
		return nil, errNobody
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// refuse lets the next connections fail before a byte leaves.
func (t *till) refuse(n int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.refused = n
}

func (t *till) sleep(ctx context.Context, d time.Duration) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.waited = append(t.waited, d)
	t.w.clock.advance(d)
	return ctx.Err()
}

func depositOrder() desk.Order {
	return desk.Order{Kind: api.KindDeposit, UserID: "2564568", Amount: 500000, Currency: "UZS", PaymentMethod: "bank_card"}
}

func payoutOrder() desk.Order {
	o := depositOrder()
	o.Kind = api.KindPayout
	return o
}

func orderOf(kind api.Kind) desk.Order {
	o := depositOrder()
	o.Kind = kind
	return o
}

// do carries out an order that must not fail.
func (t *till) do(o desk.Order) desk.Receipt {
	t.w.Helper()
	r, err := t.Do(t.w.Context(), o)
	if err != nil {
		t.w.Fatalf("do %+v: %v", o, err)
	}
	return r
}

// begun carries out an order that must be sent and come to the state.
func (t *till) begun(o desk.Order, want journal.State) journal.Entry {
	t.w.Helper()
	r := t.do(o)
	if r.Held != nil || r.Replayed || !r.Recorded || r.Entry.ID == 0 || r.Entry.State != want {
		t.w.Fatalf("do %+v: state %s, code %q, held %v, replayed %t, recorded %t; wanted %s",
			o, r.Entry.State, r.Entry.Code, r.Held, r.Replayed, r.Recorded, want)
	}
	return r.Entry
}

func (t *till) heldBack(o desk.Order, reason journal.HeldReason, by int64) *journal.HeldError {
	t.w.Helper()
	r := t.do(o)
	if r.Held == nil || r.Held.Reason != reason || (r.Held.By == nil) != (by == 0) || by != 0 && r.Held.By.ID != by || r.Entry.ID != 0 {
		t.w.Fatalf("do %+v: %v (entry %d, %s), wanted it held back (%s) by %d", o, r.Held, r.Entry.ID, r.Entry.State, reason, by)
	}
	return r.Held
}

func (w *world) entry(id int64) journal.Entry {
	w.Helper()
	e, err := w.till.Journal.Get(w.Context(), id)
	if err != nil {
		w.Fatalf("get %d: %v", id, err)
	}
	return e
}

func (w *world) entries() []journal.Entry {
	w.Helper()
	var all []journal.Entry
	for e, err := range w.till.Journal.List(context.Background(), journal.Filter{}) {
		if err != nil {
			w.Fatalf("list: %v", err)
		}
		all = append(all, e)
	}
	return all
}

// ruling expects that a decision was refused for the reason.
func (w *world) ruling(err error, want desk.RulingProblem) {
	w.Helper()
	var ruling *desk.RulingError
	if !errors.As(err, &ruling) || ruling.Problem != want {
		w.Fatalf("error %v, wanted a refusal (%s)", err, want)
	}
	if ruling.Error() == "" {
		w.Fatal("no words")
	}
}

func (w *world) hookURL(payoutID string) string {
	return w.project.URL + "/api/payments/notify/" + system + "/" + payoutID
}

// hook is a webhook in short.
type hook struct {
	status   api.PayoutStatus
	payout   string
	request  string
	amount   money.Amount // 0: as ordered
	currency string       // "": as ordered
	url      string       // "": the project's own; "-": none
	failed   bool
}

func (w *world) event(h hook) journal.Event {
	if h.amount == 0 {
		h.amount = 500000
	}
	if h.currency == "" {
		h.currency = "UZS"
	}
	body := fmt.Sprintf(`{"success":%t,"payout_id":%q,"status":%q,"amount":%s,"currency":%q,"request_id":%q`,
		!h.failed, h.payout, h.status, h.amount, h.currency, h.request)
	if h.url == "" && h.status == api.StatusAccepted {
		h.url = w.hookURL(h.payout)
	}
	if h.url != "" && h.url != "-" {
		body += fmt.Sprintf(`,"webhook_url":%q`, h.url)
	}
	body += "}"
	parsed, err := api.ReadWebhook([]byte(body))
	if err != nil {
		w.Errorf("webhook %s: %v", body, err)
	}
	return journal.Event{Webhook: parsed, ReceivedAt: w.clock.now(), Method: http.MethodPost, Path: "/hook",
		SignedPath: "request", Body: []byte(body)}
}

func (t *till) observe(h hook) desk.Observation {
	t.w.Helper()
	seen, err := t.Observe(t.w.Context(), t.w.event(h))
	if err != nil {
		t.w.Errorf("observe %+v: %v", h, err)
	}
	return seen
}

// accepted brings a payout as far as Webhook 1.
func (w *world) accepted() journal.Entry {
	w.Helper()
	e := w.till.begun(payoutOrder(), journal.StateDone)
	w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, request: e.Call.Terms.RequestID})
	e = w.entry(e.ID)
	if e.State != journal.StateDone || e.PayoutStatus != api.StatusAccepted {
		w.Fatalf("payout is %s, %s", e.State, e.PayoutStatus)
	}
	return e
}

// concluded decides an accepted payout as completed, and delivers nothing yet.
func (t *till) concluded(id int64) {
	t.w.Helper()
	notices := t.Notices
	t.Notices = nil
	t.conclude(id, complete)
	t.Notices = notices
}

func isRefused(want error) func(journal.Entry) error {
	return func(journal.Entry) error { return want }
}

type responseWriter = http.ResponseWriter

func moneyOf(minor int) money.Amount { return money.Amount(minor) }

// readOnly is a handle that can be read and not written.
func (w *world) readOnly() *journal.Journal {
	w.Helper()
	j, err := journal.Open(context.Background(), w.path, journal.Options{Desk: "reader", Now: w.clock.now, ReadOnly: true})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = j.Close() })
	return j
}
