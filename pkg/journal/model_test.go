package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/money"
)

// modelled is an operation as the model remembers it: what machines said about
// it, and nothing else.
type modelled struct {
	id       int64
	proposal Proposal
	evidence []Content
	desk     int  // who owns it
	dead     bool // the owner is gone
}

func (m *modelled) state() State {
	s := implied(m.evidence)
	if s == StateOpen && m.dead {
		return StateUnknown
	}
	return s
}

// A machine drives a journal through two desks and holds every answer against
// the model.
type machine struct {
	path       string
	clock      *testClock
	desks      [2]*Journal
	operations []*modelled
}

func (m *machine) open(t *rapid.T, desk int) {
	j, err := Open(context.Background(), m.path, Options{Desk: fmt.Sprint("till-", desk), OSUser: "cashier", Now: m.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	m.desks[desk] = j
}

func (m *machine) desk(t *rapid.T) int { return rapid.IntRange(0, 1).Draw(t, "desk") }

// expected is what the model says of a proposal: whom it replays, who holds it.
func (m *machine) expected(p Proposal, now time.Time) (replay *modelled, reason HeldReason) {
	holds := func(o *modelled) bool { return o.state().HoldsRef() }
	for _, key := range []func(Proposal) string{
		func(p Proposal) string { return p.Ref }, func(p Proposal) string { return p.Call.Terms.RequestID },
	} {
		for _, o := range m.operations {
			if key(p) == "" || key(o.proposal) != key(p) || !holds(o) {
				continue
			}
			a, b := o.proposal.Call.Terms, p.Call.Terms
			a.Timestamp, b.Timestamp = "", ""
			switch {
			case o.proposal.Call.Kind != p.Call.Kind || a != b:
				return nil, HeldRef
			case o.state() == StateOpen:
				return nil, HeldLock
			}
			return o, ""
		}
	}
	for _, o := range m.operations {
		a, b := o.proposal.Call.Terms, p.Call.Terms
		if o.proposal.Call.Kind != p.Call.Kind || a.Amount != b.Amount || a.UserID != b.UserID {
			continue
		}
		switch {
		case o.state() == StateConflict:
			return nil, HeldConflict
		case o.state().Unsettled():
			return nil, HeldUnresolved
		}
	}
	return nil, ""
}

func (m *machine) begin(t *rapid.T) {
	at := m.clock.now()
	user := rapid.SampledFrom([]string{"u", "v"}).Draw(t, "user")
	amount := rapid.SampledFrom([]money.Amount{100, 200}).Draw(t, "amount")
	p := Proposal{Profile: "main", Ref: rapid.SampledFrom([]string{"", "", "x", "y"}).Draw(t, "ref")}
	var err error
	if rapid.Bool().Draw(t, "payout") {
		amount = 100 // what the model of evidence knows
		p.Call, err = api.Payout{UserID: user, Amount: amount, Currency: "UZS", PaymentMethod: "bank_card", RequestID: "r", Timestamp: at}.Call(testEndpoints())
	} else {
		p.Call, err = api.Deposit{UserID: user, Amount: amount, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: at}.Call(testEndpoints())
	}
	if err != nil {
		t.Fatal(err)
	}
	replay, reason := m.expected(p, at)
	desk := m.desk(t)
	e, replayed, err := m.desks[desk].Begin(context.Background(), p, Guard{})
	var held *HeldError
	switch {
	case errors.As(err, &held):
		if held.Reason != reason {
			t.Fatalf("held back (%s), the model says %q", held.Reason, reason)
		}
	case err != nil:
		t.Fatal(err)
	case reason != "":
		t.Fatalf("operation %d, the model holds it back (%s)", e.ID, reason)
	case replayed != (replay != nil) || replayed && e.ID != replay.id:
		t.Fatalf("operation %d, replayed %t; the model replays %+v", e.ID, replayed, replay)
	case !replayed:
		m.operations = append(m.operations, &modelled{id: e.ID, proposal: p, desk: desk})
		if e.ID != int64(len(m.operations)) {
			t.Fatalf("number %d of %d", e.ID, len(m.operations))
		}
	}
}

func (m *machine) pick(t *rapid.T) *modelled {
	if len(m.operations) == 0 {
		t.Skip("nothing was begun") // of this action, not of the test
	}
	return rapid.SampledFrom(m.operations).Draw(t, "operation")
}

func (m *machine) answer(t *rapid.T) {
	o := m.pick(t)
	content := genAnswer().Draw(t, "answer").(Answer)
	if o.proposal.Call.Kind == api.KindDeposit {
		content.PayoutID, content.PayoutStatus = "", ""
	} else {
		// Ids of payouts that are each other's would lead a webhook astray.
		content.DepositID, content.PayoutID = "", ""
	}
	e, err := m.desks[m.desk(t)].Update(context.Background(), o.id, func(before Entry) ([]Addition, error) {
		if before.State != o.state() {
			t.Errorf("operation %d is %s inside the transaction, the model says %s", o.id, before.State, o.state())
		}
		return []Addition{{Content: content, Raw: []byte("{}")}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o.evidence = append(o.evidence, content)
	if e.State != o.state() {
		t.Fatalf("operation %d is %s, the model says %s", o.id, e.State, o.state())
	}
}

// webhook speaks of the one request_id that the payouts have in turn.
func (m *machine) webhook(t *rapid.T) {
	var target *modelled
	for _, o := range m.operations { // the newest that may exist, else the newest
		if o.proposal.Call.Kind == api.KindPayout && (target == nil || o.state().HoldsRef() || !target.state().HoldsRef()) {
			target = o
		}
	}
	if target == nil {
		t.Skip("no payout was begun") // of this action, not of the test
	}
	status := rapid.SampledFrom([]api.PayoutStatus{api.StatusAccepted, api.StatusCompleted, api.StatusCancelled}).Draw(t, "status")
	amount := rapid.SampledFrom([]string{"1.00", "1.0", "1", "1.01"}).Draw(t, "amount")
	body := fmt.Sprintf(`{"success":true,"payout_id":"p%d","request_id":"r","status":%q,"amount":%s}`, target.id, status, amount)
	parsed, err := api.ReadWebhook([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	seen, err := m.desks[m.desk(t)].Observe(context.Background(), Event{
		Profile: "main", Webhook: parsed, ReceivedAt: m.clock.now(), Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	target.evidence = append(target.evidence, Webhook{
		PayoutID: parsed.PayoutID, RequestID: "r", Status: status, HasAmount: true, Amount: parsed.Amount})
	if seen.After.ID != target.id || seen.After.State != target.state() {
		t.Fatalf("operation %d is %s, the model says %d, %s", seen.After.ID, seen.After.State, target.id, target.state())
	}
}

// die ends one desk's process and starts another in its place.
func (m *machine) die(t *rapid.T) {
	desk := m.desk(t)
	if err := m.desks[desk].Close(); err != nil {
		t.Fatal(err)
	}
	for _, o := range m.operations {
		o.dead = o.dead || o.desk == desk
	}
	m.open(t, desk)
}

// check is run after every action.
func (m *machine) check(t *rapid.T) {
	m.clock.tick()
	n := 0
	for e, err := range m.desks[0].List(context.Background(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		o := m.operations[n]
		if n++; e.ID != o.id || e.State != o.state() {
			t.Fatalf("operation %d is %s, the model says %d, %s", e.ID, e.State, o.id, o.state())
		}
	}
	if n != len(m.operations) {
		t.Fatalf("%d operations, the model has %d", n, len(m.operations))
	}
}

// TestJournalAgreesWithItsModel drives random operations through two desks.
// After each the states are the model's; at the end every projection is the
// fold of its facts.
func TestJournalAgreesWithItsModel(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	t.Cleanup(func() { _ = checks.Value.Set(before) })
	if err := checks.Value.Set(strconv.Itoa(counttest.Trials(t, 6))); err != nil { // each waits for the disk many times
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "raisboy-model-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		m := &machine{path: filepath.Join(dir, "journal.db"), clock: newClock()}
		m.open(t, 0)
		m.open(t, 1)
		defer func() { _ = errors.Join(m.desks[0].Close(), m.desks[1].Close()) }()
		t.Repeat(map[string]func(*rapid.T){
			"begin": m.begin, "begin another": m.begin, "answer": m.answer, "webhook": m.webhook, "die": m.die, "": m.check,
		})
		if r, err := m.desks[1].Verify(context.Background()); err != nil || !r.OK() {
			t.Fatalf("damaged %v, error %v", r.Damaged, err)
		}
	})
}
