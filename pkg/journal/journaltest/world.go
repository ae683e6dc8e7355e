package journaltest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// clock is set by hand, so that no check depends on how fast the machine is.
type clock struct{ millis atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.millis.Load()) }
func (c *clock) advance(d time.Duration) { c.millis.Add(d.Milliseconds()) }

// start is the document's own example (Raisboy API, section 3).
func start() time.Time { return time.Date(2025, 11, 27, 12, 39, 17, 281_000_000, time.UTC) }

// A world is one journal and the desks that share it.
type world struct {
	*testing.T
	address string
	clock   *clock
	desk    *journal.Journal // the first desk
}

func newWorld(t *testing.T, address string) *world {
	t.Helper()
	w := &world{T: t, address: address, clock: &clock{}}
	w.clock.millis.Store(start().UnixMilli())
	w.desk = w.open("till-1")
	return w
}

// open gives another desk's handle on the same journal.
func (w *world) open(desk string) *journal.Journal {
	w.Helper()
	j, err := journal.Open(w.Context(), w.address, journal.Options{Desk: desk, OSUser: "cashier", Now: w.clock.now})
	if err != nil {
		w.Fatalf("open %s: %v", desk, err)
	}
	w.Cleanup(func() {
		if err := j.Close(); err != nil {
			w.Errorf("close %s: %v", desk, err)
		}
	})
	return j
}

// sub runs a part of a check as a subtest in the same world.
func (w *world) sub(name string, run func(*world)) {
	w.Run(name, func(t *testing.T) {
		part := *w
		part.T = t
		run(&part)
	})
}

func (w *world) verify() {
	w.Helper()
	report, err := w.desk.Verify(w.Context())
	if err != nil {
		w.Errorf("verify: %v", err)
	}
	for _, damage := range report.Damaged {
		w.Errorf("verify: %v", damage)
	}
}

func endpoints() api.Endpoints { return api.Endpoints{BaseURL: "https://project.example"} }

// A wish is an operation in short; its zero members are filled in.
type wish struct {
	kind        api.Kind
	profile     string
	user        string
	projectUser string
	amount      money.Amount
	currency    string
	ref         string
	request     string
}

func deposit(user string, amount money.Amount) wish {
	return wish{kind: api.KindDeposit, user: user, amount: amount}
}

func payout(user string, amount money.Amount, request string) wish {
	return wish{kind: api.KindPayout, user: user, amount: amount, request: request}
}

func (x wish) withRef(ref string) wish           { x.ref = ref; return x }
func (x wish) withProfile(profile string) wish   { x.profile = profile; return x }
func (x wish) withCurrency(currency string) wish { x.currency = currency; return x }
func (x wish) withProjectUser(id string) wish    { x.projectUser = id; return x }
func (x wish) withAmount(a money.Amount) wish    { x.amount = a; return x }

// proposal freezes the wish at the time: another time, another body.
func (x wish) proposal(at time.Time) (journal.Proposal, error) {
	if x.currency == "" {
		x.currency = "UZS"
	}
	if x.profile == "" {
		x.profile = "main"
	}
	var call api.Call
	var err error
	switch x.kind {
	case api.KindPayout:
		call, err = api.Payout{UserID: x.user, Amount: x.amount, Currency: x.currency, PaymentMethod: "bank_card",
			RequestID: x.request, Timestamp: at}.Call(endpoints())
	default:
		call, err = api.Deposit{UserID: x.user, Amount: x.amount, Currency: x.currency, PaymentMethod: "bank_card",
			Timestamp: at}.Call(endpoints())
	}
	return journal.Proposal{Call: call, Profile: x.profile, Ref: x.ref, ProjectUserID: x.projectUser,
		KeyID: journal.KeyID("key")}, err
}

// begin begins the wish and expects that it was begun anew.
func (w *world) begin(j *journal.Journal, x wish) journal.Entry {
	w.Helper()
	return w.beginGuarded(j, x, journal.Guard{})
}

func (w *world) beginGuarded(j *journal.Journal, x wish, g journal.Guard) journal.Entry {
	w.Helper()
	e, replayed, err := w.try(j, x, g)
	if err != nil || replayed {
		w.Fatalf("begin %+v: replayed %t, error %v, wanted a new operation", x, replayed, err)
	}
	return e
}

func (w *world) try(j *journal.Journal, x wish, g journal.Guard) (journal.Entry, bool, error) {
	w.Helper()
	w.clock.advance(time.Millisecond)
	p, err := x.proposal(w.clock.now())
	if err != nil {
		w.Fatalf("freeze %+v: %v", x, err)
	}
	return j.Begin(w.Context(), p, g)
}

// held expects that the wish is held back, for the reason, by the operation.
func (w *world) held(j *journal.Journal, x wish, g journal.Guard, reason journal.HeldReason, by int64) *journal.HeldError {
	w.Helper()
	_, _, err := w.try(j, x, g)
	var held *journal.HeldError
	if !errors.As(err, &held) {
		w.Fatalf("begin %+v: error %v, wanted it held back (%s)", x, err, reason)
	}
	if held.Reason != reason || (held.By == nil) != (by == 0) || held.By != nil && held.By.ID != by {
		w.Fatalf("begin %+v: %v, wanted it held back (%s) by operation %d", x, held, reason, by)
	}
	return held
}

// settle records an answer.
func (w *world) settle(j *journal.Journal, id int64, a journal.Answer) journal.Entry {
	w.Helper()
	return w.update(j, id, a)
}

func (w *world) update(j *journal.Journal, id int64, contents ...journal.Content) journal.Entry {
	w.Helper()
	var additions []journal.Addition
	for _, c := range contents {
		additions = append(additions, journal.Addition{Content: c})
	}
	e, err := j.Update(w.Context(), id, func(journal.Entry) ([]journal.Addition, error) { return additions, nil })
	if err != nil {
		w.Fatalf("update %d: %v", id, err)
	}
	return e
}

func (w *world) get(j *journal.Journal, id int64) journal.Entry {
	w.Helper()
	e, err := j.Get(w.Context(), id)
	if err != nil {
		w.Fatalf("get %d: %v", id, err)
	}
	return e
}

func (w *world) wantState(e journal.Entry, want journal.State) {
	w.Helper()
	if e.State != want {
		w.Fatalf("operation %d is %s, wanted %s", e.ID, e.State, want)
	}
}

// answer is an answer fact of the verdict.
func answer(v api.Verdict) journal.Answer {
	return journal.Answer{Verdict: v.String(), HTTPStatus: 201}
}

func payoutAnswer(v api.Verdict, id string, status api.PayoutStatus) journal.Answer {
	return journal.Answer{Verdict: v.String(), HTTPStatus: 201, PayoutID: id, PayoutStatus: status}
}

// A hook is a webhook in short.
type hook struct {
	status   api.PayoutStatus
	payout   string
	request  string
	amount   string // as JSON prints it; empty: absent
	currency string
	url      string
	failed   bool // "success":false
}

func (h hook) event(at time.Time) (journal.Event, error) {
	body := fmt.Sprintf(`{"success":%t,"status":%q`, !h.failed, h.status)
	for _, member := range []struct{ name, value string }{
		{"payout_id", h.payout}, {"request_id", h.request}, {"currency", h.currency}, {"webhook_url", h.url},
	} {
		if member.value != "" {
			body += fmt.Sprintf(`,%q:%q`, member.name, member.value)
		}
	}
	if h.amount != "" {
		body += `,"amount":` + h.amount
	}
	body += "}"
	parsed, err := api.ReadWebhook([]byte(body))
	return journal.Event{
		Profile: "main", Webhook: parsed, ReceivedAt: at, Method: "POST", Path: "/hook", SignedPath: "request",
		Headers: map[string][]string{"X-Timestamp": {"1764247157"}}, Body: []byte(body),
	}, err
}

func (w *world) observe(j *journal.Journal, h hook) journal.Observation {
	w.Helper()
	w.clock.advance(time.Millisecond)
	event, err := h.event(w.clock.now())
	if err != nil {
		w.Fatalf("webhook %+v: %v", h, err)
	}
	seen, err := j.Observe(w.Context(), event)
	if err != nil {
		w.Fatalf("observe %+v: %v", h, err)
	}
	return seen
}
