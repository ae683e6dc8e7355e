package desk_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// bank is the project as the property tests have it: it keeps a ledger and
// answers as the draw has it, within the process, so that a till may die at any
// point of a request.
type bank struct {
	rt       *rapid.T
	credits  map[string]int // deposits by body
	payouts  map[string]*bankPayout
	notices  map[string]string // body by payout_id
	verdicts map[string]bool   // final statuses that left for a payout_id
	broken   []string          // what the bank saw that must not be
}

type bankPayout struct {
	id, request string
	told        api.PayoutStatus // the last status that a webhook told
	url         string
}

// died is what a till's sender panics with when its machine stops.
type died struct{}

func newBank(rt *rapid.T) *bank {
	return &bank{rt: rt, credits: map[string]int{}, payouts: map[string]*bankPayout{},
		notices: map[string]string{}, verdicts: map[string]bool{}}
}

// Send implements desk.Sender.
func (b *bank) Send(ctx context.Context, call api.Call) api.Outcome {
	if ctx.Err() != nil {
		return api.Outcome{Verdict: api.NotSent, Cause: api.CauseInterrupted}
	}
	if call.Kind == api.KindValidation {
		return read(call, 201, fmt.Sprintf(`{"status":"success","data":{"user_id":"#%s"}}`, call.Terms.UserID))
	}
	if call.Kind == api.KindNotice {
		b.noticed(call)
	}
	switch way := rapid.SampledFrom(ways()).Draw(b.rt, "the project"); way {
	case "no connection":
		return api.Outcome{Verdict: api.NotSent, Cause: api.CauseNoConnection}
	case "lost":
		return api.Outcome{Cause: api.CauseConnectionLost}
	case "processed, lost":
		b.process(call)
		return api.Outcome{Cause: api.CauseTimeout}
	case "dies":
		panic(died{})
	case "processed, dies":
		b.process(call)
		panic(died{})
	case "processed, 500":
		b.process(call)
		return read(call, 500, "")
	case "redirect":
		return read(call, 302, "")
	case "refused":
		return b.refuse(call)
	case "another sum":
		_, body := b.process(call)
		return read(call, 201, strings.Replace(body, call.Terms.Amount.String(), (call.Terms.Amount+1).String(), 1))
	}
	status, body := b.process(call)
	return read(call, status, body)
}

func ways() []string {
	return []string{"done", "done", "done", "done", "no connection", "lost", "processed, lost", "dies", "processed, dies",
		"processed, 500", "redirect", "refused", "another sum"}
}

func read(call api.Call, status int, body string) api.Outcome {
	return api.ReadOutcome(call, status, http.Header{}, []byte(body))
}

func (b *bank) process(call api.Call) (status int, body string) {
	t := call.Terms
	switch call.Kind {
	case api.KindDeposit:
		b.credits[string(call.Body)]++
		return 201, fmt.Sprintf(`{"status":"success","deposit_id":"d%d","amount":%s}`, len(b.credits), t.Amount)
	case api.KindPayout:
		p := b.payouts[t.RequestID]
		if p == nil {
			id := fmt.Sprintf("pout_%d", len(b.payouts)+1)
			p = &bankPayout{id: id, request: t.RequestID, url: "https://project.example/api/payments/notify/s/" + id}
			b.payouts[t.RequestID] = p
		}
		return 201, fmt.Sprintf(`{"success":true,"payout_id":%q,"status":"pending","amount":%s,"currency":%q,"request_id":%q}`,
			p.id, t.Amount, t.Currency, t.RequestID)
	}
	return 200, `{"success":true}`
}

func (b *bank) refuse(call api.Call) api.Outcome {
	switch call.Kind {
	case api.KindPayout:
		if b.payouts[call.Terms.RequestID] != nil { // it exists: a project does not deny it
			return read(call, 500, "")
		}
		return read(call, 404, `{"success":false,"error_code":"PROJECT_NOT_FOUND","message":"PROJECT_NOT_FOUND"}`)
	case api.KindNotice:
		return read(call, 404, `{"success":false,"error":"payment_not_found"}`)
	}
	return read(call, 404, `{"status":"error","error_code":"404","message":"PROJECT_NOT_FOUND"}`)
}

// noticed watches what a till tells: one body, one end, and only about a payout
// that the project has accepted and did not end otherwise.
func (b *bank) noticed(call api.Call) {
	id := call.Terms.PayoutID
	if before, ok := b.notices[id]; ok && before != string(call.Body) {
		b.broken = append(b.broken, "two different notices about "+id)
	}
	b.notices[id] = string(call.Body)
	for _, p := range b.payouts {
		if p.id == id && p.told.Final() && string(p.told) != call.Terms.Status {
			b.broken = append(b.broken, "a notice against the project's own word about "+id)
		}
		if p.id == id && p.told == "" {
			b.broken = append(b.broken, "a notice about a payout that was not accepted")
		}
	}
}

// A mover is a desk, or something careless in its place.
type mover interface {
	Do(ctx context.Context, o desk.Order) (desk.Receipt, error)
}

// A variant makes the tills of a trial: as they should be, or careless.
type variant struct {
	sender func(desk.Sender) desk.Sender
	mover  func(*desk.Desk) mover
}

// A trial is one random history of tills that share a journal.
type trial struct {
	rt      *rapid.T
	bank    *bank
	clock   *clock
	path    string
	variant variant
	desk    *desk.Desk
	ruled   map[int64]bool // a person decided about it
}

var errDied = errors.New("the till died")

// history runs a trial and says what was violated.
func history(rt *rapid.T, dir string, v variant) (violation error) {
	x := &trial{rt: rt, bank: newBank(rt), clock: newClock(), path: filepath.Join(dir, "trial.db"), variant: v, ruled: map[int64]bool{}}
	defer func() {
		_ = os.RemoveAll(dir)
	}()
	if err := x.boot(); err != nil {
		return err
	}
	defer func() { _ = x.desk.Journal.Close() }()
	steps := rapid.IntRange(5, 30).Draw(rt, "steps")
	for range steps {
		if err := x.step(); err != nil {
			return err
		}
		if err := x.invariants(); err != nil {
			return err
		}
	}
	report, err := x.desk.Journal.Verify(context.Background())
	if err != nil || !report.OK() {
		return fmt.Errorf("verify: %w, %v", err, report.Damaged)
	}
	return nil
}

// boot starts a till anew: the one before is dead, and its locks are free.
func (x *trial) boot() error {
	j, err := journal.Open(context.Background(), x.path, journal.Options{Desk: "till", OSUser: "cashier", Now: x.clock.now})
	if err != nil {
		return err
	}
	var sender desk.Sender = x.bank
	if x.variant.sender != nil {
		sender = x.variant.sender(sender)
	}
	x.desk = &desk.Desk{Journal: j, Client: sender, Notices: x.bank, Now: x.clock.now, Profile: "main", APIKey: testAPIKey,
		Endpoints: api.Endpoints{BaseURL: "https://project.example"}, Window: 2 * time.Minute,
		Sleep: func(_ context.Context, d time.Duration) error { x.clock.advance(d); return nil }}
	return nil
}

// alive runs what a till does. If it dies, another is started.
func (x *trial) alive(do func() error) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, ok := r.(died); !ok {
			panic(r)
		}
		if err = x.desk.Journal.Close(); err == nil {
			if err = x.boot(); err == nil {
				err = errDied
			}
		}
	}()
	return do()
}

func (x *trial) step() error {
	x.clock.advance(time.Millisecond) // no two bodies are alike
	var err error
	switch rapid.SampledFrom([]string{"do", "do", "do", "do", "resolve", "resend", "observe", "observe", "conclude", "deliver", "due", "clock", "crash"}).Draw(x.rt, "step") {
	case "do":
		err = x.do()
	case "resolve":
		err = x.resolve()
	case "resend":
		if id := x.some(); id != 0 {
			err = x.alive(func() error { _, err := x.desk.Resend(context.Background(), id, "", nil); return err })
		}
	case "observe":
		err = x.observe()
	case "conclude":
		if id := x.some(); id != 0 {
			ruling := rapid.SampledFrom([]journal.Ruling{complete, cancel}).Draw(x.rt, "conclusion")
			err = x.alive(func() error { _, err := x.desk.Conclude(context.Background(), id, ruling, "", nil); return err })
		}
	case "deliver":
		if id := x.some(); id != 0 {
			err = x.alive(func() error { _, err := x.desk.Deliver(context.Background(), id); return err })
		}
	case "due":
		err = x.alive(func() error { return x.desk.DeliverDue(context.Background(), func(desk.Receipt) {}) })
	case "clock":
		x.clock.advance(time.Duration(rapid.IntRange(-600, 1800).Draw(x.rt, "seconds")) * time.Second)
	case "crash":
		err = x.alive(func() error { panic(died{}) })
	}
	var ruling *desk.RulingError
	if errors.As(err, &ruling) || errors.Is(err, errDied) {
		return nil
	}
	return err
}

func (x *trial) some() int64 {
	all, err := x.entries()
	if err != nil || len(all) == 0 {
		return 0
	}
	return int64(rapid.IntRange(1, len(all)).Draw(x.rt, "operation"))
}

func (x *trial) entries() ([]journal.Entry, error) {
	var all []journal.Entry
	for e, err := range x.desk.Journal.List(context.Background(), journal.Filter{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (x *trial) do() error {
	o := desk.Order{
		Kind:   rapid.SampledFrom([]api.Kind{api.KindDeposit, api.KindDeposit, api.KindPayout}).Draw(x.rt, "kind"),
		UserID: rapid.SampledFrom([]string{"a", "b"}).Draw(x.rt, "user"),
		Amount: rapid.SampledFrom([]money.Amount{10000, 20000}).Draw(x.rt, "amount"), Currency: "UZS", PaymentMethod: "bank_card",
		Ref:   rapid.SampledFrom([]string{"", "", "r1", "r2"}).Draw(x.rt, "ref"),
		Again: rapid.Bool().Draw(x.rt, "again"), SkipValidate: rapid.Bool().Draw(x.rt, "skip"),
	}
	before, err := x.entries()
	if err != nil {
		return err
	}
	var m mover = x.desk
	if x.variant.mover != nil {
		m = x.variant.mover(x.desk)
	}
	at := x.clock.now()
	var r desk.Receipt
	err = x.alive(func() (err error) { r, err = m.Do(context.Background(), o); return err })
	if err != nil || r.Entry.ID == 0 || r.Replayed {
		return err
	}
	return x.begunRightly(o, before, at)
}

// begunRightly: an operation was begun although one like it was there?
func (x *trial) begunRightly(o desk.Order, before []journal.Entry, at time.Time) error {
	for _, e := range before {
		equal := e.Call.Kind == o.Kind && e.Call.Terms.UserID == o.UserID && e.Call.Terms.Amount == o.Amount
		switch {
		case equal && e.State.Unsettled():
			return fmt.Errorf("begun although operation %d is %s", e.ID, e.State)
		case equal && e.State == done && !o.Again && o.Ref == "" && (e.PayoutOpen() || e.SettledAt.After(at.Add(-2*time.Minute))):
			return fmt.Errorf("begun although operation %d was done at %s, now %s", e.ID, e.SettledAt, at)
		case o.Ref != "" && e.Ref == o.Ref && e.State.HoldsRef():
			return fmt.Errorf("begun although operation %d has the ref", e.ID)
		}
	}
	return nil
}

func (x *trial) resolve() error {
	id := x.some()
	if id == 0 {
		return nil
	}
	s := desk.Settlement{
		Ruling: rapid.SampledFrom([]journal.Ruling{journal.RuledCredited, journal.RuledNotCredited, journal.RuledCreated,
			journal.RuledNotCreated, journal.RuledAccepted}).Draw(x.rt, "ruling"),
		Amount: rapid.SampledFrom([]money.Amount{10000, 10001, 20001}).Draw(x.rt, "accepted"),
	}
	return x.alive(func() error {
		r, err := x.desk.Resolve(context.Background(), id, s)
		x.ruled[id] = x.ruled[id] || err == nil && !r.Replayed
		return err
	})
}

func (x *trial) observe() error {
	var known []*bankPayout
	for i := range len(x.bank.payouts) {
		for _, p := range x.bank.payouts {
			if p.id == "pout_"+strconv.Itoa(i+1) {
				known = append(known, p)
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	p := rapid.SampledFrom(known).Draw(x.rt, "payout")
	status := rapid.SampledFrom([]api.PayoutStatus{api.StatusAccepted, api.StatusAccepted, api.StatusAccepted,
		api.StatusCompleted, api.StatusCancelled}).Draw(x.rt, "status")
	if p.told.Final() || status.Final() && p.told == "" {
		status = api.StatusAccepted
	}
	body := fmt.Sprintf(`{"success":true,"payout_id":%q,"status":%q,"request_id":%q,"webhook_url":%q}`, p.id, status, p.request, p.url)
	w, err := api.ReadWebhook([]byte(body))
	if err != nil {
		return err
	}
	if status.Rank() > p.told.Rank() {
		p.told = status
	}
	seen, err := x.desk.Observe(context.Background(), journal.Event{Webhook: w, Body: []byte(body), ReceivedAt: x.clock.now()})
	if err == nil && !seen.Found {
		return fmt.Errorf("payout %s exists and is not known", p.id)
	}
	return err
}

// invariants hold the journal against the ledger.
func (x *trial) invariants() error {
	all, err := x.entries()
	if err != nil {
		return err
	}
	if len(x.bank.broken) > 0 {
		return errors.New(strings.Join(x.bank.broken, "; "))
	}
	byBody := map[string]journal.Entry{}
	for i, e := range all {
		byBody[string(e.Call.Body)] = e
		if err := x.agrees(e); err != nil {
			return err
		}
		for _, other := range all[:i] {
			if e.SameTerms(other.Call) && open(e) && open(other) {
				return fmt.Errorf("operations %d and %d are equal and both unsettled", other.ID, e.ID)
			}
		}
	}
	for body, times := range x.bank.credits {
		e, ok := byBody[body]
		if !ok {
			return fmt.Errorf("credited and not in the journal: %s", body)
		}
		if resent := countAttempts(e); times > 1+resent {
			return fmt.Errorf("operation %d was credited %d times, resent %d times", e.ID, times, resent)
		}
	}
	for request := range x.bank.payouts {
		if !containsRequest(all, request) {
			return fmt.Errorf("payout %q is not in the journal", request)
		}
	}
	return nil
}

// agrees holds one operation against the ledger.
func (x *trial) agrees(e journal.Entry) error {
	moved := x.bank.credits[string(e.Call.Body)] > 0
	if e.Call.Kind == api.KindPayout {
		p := x.bank.payouts[e.Call.Terms.RequestID]
		// A refused request_id may be used again: then the payout is the other's.
		moved = p != nil && (e.PayoutID != "" || e.State != refused && e.State != notSent)
		if p != nil && e.PayoutID != "" && e.PayoutID != p.id {
			return fmt.Errorf("operation %d has payout %s, the project %s", e.ID, e.PayoutID, p.id)
		}
	}
	if x.ruled[e.ID] {
		return nil
	}
	switch e.State {
	case journal.StateDone, journal.StateMismatch:
		if !moved {
			return fmt.Errorf("operation %d is %s and nothing moved", e.ID, e.State)
		}
	case journal.StateRefused, journal.StateNotSent:
		if moved {
			return fmt.Errorf("operation %d is %s and the money moved", e.ID, e.State)
		}
	case journal.StateUnknown, journal.StateOpen, journal.StateConflict:
	}
	if e.State == unknown && e.SettledAt != (time.Time{}) {
		return fmt.Errorf("operation %d is unknown and settled", e.ID)
	}
	if e.Notice != nil && e.Notice.Call.Terms.Status != string(e.Notice.Status) {
		return fmt.Errorf("operation %d: the notice says %s", e.ID, e.Notice.Call.Body)
	}
	return nil
}

func open(e journal.Entry) bool { return e.State == unknown || e.State == journal.StateOpen }

func countAttempts(e journal.Entry) int {
	n := 0
	for _, f := range e.Facts {
		if f.Kind() == journal.FactAttempt {
			n++
		}
	}
	return n
}

func containsRequest(all []journal.Entry, request string) bool {
	for _, e := range all {
		if e.Call.Terms.RequestID == request && bytes.Contains(e.Call.Body, []byte(request)) {
			return true
		}
	}
	return false
}

func TestHistories(t *testing.T) {
	t.Parallel()
	if err := flag.Set("rapid.checks", strconv.Itoa(counttest.Trials(t, 8))); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	var number atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		if err := history(rt, filepath.Join(root, strconv.FormatInt(number.Add(1), 10)), variant{}); err != nil {
			rt.Fatal(err)
		}
	})
}
