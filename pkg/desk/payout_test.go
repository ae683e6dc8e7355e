package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

const (
	complete = journal.RuledCompleted
	cancel   = journal.RuledCancelled
)

func (t *till) conclude(id int64, r journal.Ruling) desk.Receipt {
	t.w.Helper()
	receipt, err := t.Conclude(t.w.Context(), id, r, "", nil)
	if err != nil {
		t.w.Fatalf("conclude %d, %s: %v", id, r, err)
	}
	return receipt
}

// The webhook may overtake the create's answer, in any shape of that answer.
func TestWebhookOvertakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer behaviour
		state  journal.State
		sent   int
	}{
		"done":     {accept, done, 1},
		"lost":     {drop(), done, 4},
		"refused":  {refusal(404, "PROJECT_NOT_FOUND"), conflict, 1}, // it exists and it does not
		"mismatch": {otherAmount, mismatch, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			listener := w.open("listener")
			var once sync.Once
			w.project.on(api.KindPayout, func(p *project, rw responseWriter, r request) {
				once.Do(func() {
					seen := listener.observe(hook{status: api.StatusAccepted, payout: "pout_1", request: r.member("request_id")})
					if !seen.Found || seen.Event.Operation != 1 || seen.After.PayoutStatus != api.StatusAccepted || seen.AddressProblem != nil {
						t.Errorf("%+v", seen)
					}
				})
				tt.answer(p, rw, r)
			})
			e := w.till.begun(payoutOrder(), tt.state)
			if e.PayoutStatus != api.StatusAccepted || e.PayoutID != "pout_1" || e.WebhookURL == "" {
				t.Errorf("%s, %s, %s", e.PayoutStatus, e.PayoutID, e.WebhookURL)
			}
			if n := len(w.project.sent(api.KindPayout)); n != tt.sent {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

// In whatever order they come, the same webhooks lead to the same end.
func TestObserveOrders(t *testing.T) {
	t.Parallel()
	accepted := hook{status: api.StatusAccepted, payout: "pout_1"}
	completed := hook{status: api.StatusCompleted, payout: "pout_1"}
	cancelled := hook{status: api.StatusCancelled, payout: "pout_1"}
	wrongSum := hook{status: api.StatusAccepted, payout: "pout_1", amount: 499999}
	wrongCurrency := hook{status: api.StatusAccepted, payout: "pout_1", currency: "USD"}
	otherPayout := hook{status: api.StatusAccepted, payout: "pout_2", request: "r"}
	failed := hook{status: api.StatusCompleted, payout: "pout_1", failed: true}
	strange := hook{status: "rejected", payout: "pout_1"}
	for name, tt := range map[string]struct {
		hooks  []hook
		state  journal.State
		status api.PayoutStatus
	}{
		"as documented":         {[]hook{accepted, completed}, done, api.StatusCompleted},
		"the end comes first":   {[]hook{completed, accepted}, done, api.StatusCompleted},
		"called off":            {[]hook{accepted, cancelled}, done, api.StatusCancelled},
		"repeats":               {[]hook{accepted, accepted, completed, completed, accepted}, done, api.StatusCompleted},
		"two ends":              {[]hook{completed, cancelled}, conflict, api.StatusCompleted},
		"two ends, other way":   {[]hook{accepted, cancelled, completed}, conflict, api.StatusCancelled},
		"another sum":           {[]hook{wrongSum}, mismatch, api.StatusAccepted},
		"another currency":      {[]hook{accepted, wrongCurrency}, mismatch, api.StatusAccepted},
		"another payout's id":   {[]hook{otherPayout, completed}, mismatch, api.StatusCompleted},
		"unrecognised, success": {[]hook{failed}, done, api.StatusPending},
		"unrecognised, status":  {[]hook{strange, accepted}, done, api.StatusAccepted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			o := payoutOrder()
			o.Ref = "r"
			e := w.till.begun(o, done)
			known := map[hook]bool{}
			for _, h := range tt.hooks {
				seen := w.till.observe(h)
				if !seen.Found || seen.Reflected || seen.Event.Duplicate != known[h] {
					t.Errorf("%+v: found %t, duplicate %t", h, seen.Found, seen.Event.Duplicate)
				}
				if seen.Event.Duplicate && len(seen.Before.Facts) != len(seen.After.Facts) {
					t.Error("a repeat changed something")
				}
				known[h] = true
			}
			if e = w.entry(e.ID); e.State != tt.state || e.PayoutStatus != tt.status {
				t.Errorf("%s, %s; wanted %s, %s", e.State, e.PayoutStatus, tt.state, tt.status)
			}
			if tt.state != done {
				_, err := w.till.Conclude(t.Context(), e.ID, complete, "", nil)
				w.ruling(err, desk.RulingWrongState)
				o.Ref = ""
				w.quiet(func() { o.Again = true; _ = w.till.do(o) })
			}
		})
	}
}

func TestOrphan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if seen := w.till.observe(hook{status: api.StatusAccepted, payout: "pout_1", request: "order-7"}); seen.Found || seen.AddressProblem != nil {
		t.Errorf("%+v", seen)
	}
	o := payoutOrder()
	o.Ref = "order-7"
	if e := w.till.begun(o, done); e.PayoutStatus != api.StatusAccepted || e.WebhookURL == "" {
		t.Errorf("%s, %s", e.PayoutStatus, e.WebhookURL)
	}
}

// A webhook about what was refused, or never left, revives it for a person.
func TestRevival(t *testing.T) {
	t.Parallel()
	for _, state := range []journal.State{refused, notSent} {
		w := newWorld(t)
		e := w.bring(api.KindPayout, state)
		seen := w.till.observe(hook{status: api.StatusAccepted, payout: "pout_9", request: e.Call.Terms.RequestID})
		if seen.After.State != conflict || w.entry(e.ID).State != conflict {
			t.Errorf("from %s to %s", state, seen.After.State)
		}
		o := payoutOrder()
		o.Again = true
		w.quiet(func() { w.till.heldBack(o, journal.HeldConflict, e.ID) })
	}
	// An unknown one is simply proven.
	w := newWorld(t)
	e := w.bring(api.KindPayout, unknown)
	if seen := w.till.observe(hook{status: api.StatusAccepted, payout: "pout_9", request: e.Call.Terms.RequestID}); seen.After.State != done {
		t.Errorf("it is %s", seen.After.State)
	}
}

func TestConcludeRefused(t *testing.T) {
	t.Parallel()
	never := func(journal.Entry) error { t.Error("asked"); return nil }
	refuse := func(w *world, id int64, r journal.Ruling, want desk.RulingProblem) {
		t.Helper()
		before := len(w.entry(id).Facts)
		w.quiet(func() {
			_, err := w.till.Conclude(t.Context(), id, r, "", never)
			w.ruling(err, want)
		})
		if len(w.entry(id).Facts) != before {
			t.Error("something was recorded")
		}
	}
	w := newWorld(t)
	refuse(w, w.bring(api.KindDeposit, done).ID, complete, desk.RulingWrongKind)
	pending := w.till.begun(payoutOrder(), done)
	refuse(w, pending.ID, complete, desk.RulingNotAccepted)
	refuse(w, pending.ID, journal.RuledCreated, desk.RulingWrongKind)
	refuse(w, pending.ID, "accepted", desk.RulingWrongKind)
	w.till.observe(hook{status: api.StatusAccepted, payout: pending.PayoutID, url: "-"})
	refuse(w, pending.ID, complete, desk.RulingNoAddress)
	w.till.Profile = "other"
	refuse(w, pending.ID, complete, desk.RulingOtherOrigin)

	for _, state := range []journal.State{journal.StateOpen, unknown, refused, notSent, mismatch, conflict} {
		w := newWorld(t)
		refuse(w, w.bring(api.KindPayout, state).ID, complete, desk.RulingWrongState)
	}

	w = newWorld(t)
	e := w.till.begun(payoutOrder(), done)
	seen := w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, url: "https://evil.example/api/payments/notify/s/" + e.PayoutID})
	if !errors.Is(seen.AddressProblem, desk.ErrNoticeHost) {
		t.Errorf("no warning: %v", seen.AddressProblem)
	}
	refuse(w, e.ID, complete, desk.RulingAddress)
	if _, err := w.till.Conclude(t.Context(), e.ID, complete, "", never); !errors.Is(err, desk.ErrNoticeHost) {
		t.Errorf("error %v", err)
	}

	w = newWorld(t)
	e = w.accepted()
	w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
	refuse(w, e.ID, complete, desk.RulingOpposite) // do not pay
	w.quiet(func() {
		if r := w.till.conclude(e.ID, cancel); !r.Replayed || r.Entry.Notice != nil {
			t.Errorf("the project knows already: %+v", r)
		}
	})
}

func TestConclude(t *testing.T) {
	t.Parallel()
	for _, r := range []journal.Ruling{complete, cancel} {
		w := newWorld(t)
		e := w.accepted()
		asked := 0
		receipt, err := w.till.Conclude(t.Context(), e.ID, r, "till 1", func(now journal.Entry) error {
			asked++
			lock, err := w.open("till-2").Journal.Lock(t.Context(), e.ID)
			var locked *journal.LockedError
			if lock != nil || !errors.As(err, &locked) || locked.Holder.Desk != "till-1" {
				t.Errorf("the operator is asked without the lock: %v", err)
			}
			if now.PayoutStatus != api.StatusAccepted || len(w.entry(e.ID).Facts) != len(now.Facts) {
				t.Error("something was written before the operator agreed")
			}
			return nil
		})
		n := receipt.Entry.Notice
		if err != nil || asked != 1 || n == nil || n.State != journal.NoticeDelivered || n.Status != api.PayoutStatus(r) ||
			n.Attempts != 1 || n.LastError != "" || receipt.Replayed || !receipt.Recorded {
			t.Fatalf("%+v, %+v, %v", receipt, n, err)
		}
		sent := w.project.sent(api.KindNotice)
		if len(sent) != 1 || sent[0].member("status") != string(r) || sent[0].path != "/api/payments/notify/"+system+"/"+e.PayoutID ||
			sent[0].body != string(n.Call.Body) {
			t.Errorf("%+v", sent)
		}
		w.quiet(func() {
			if again := w.till.conclude(e.ID, r); !again.Replayed || again.Entry.PayoutStatus != api.PayoutStatus(r) {
				t.Errorf("%+v", again)
			}
			if again, err := w.till.Deliver(t.Context(), e.ID); err != nil || !again.Replayed {
				t.Errorf("%+v, %v", again, err)
			}
			opposite := map[journal.Ruling]journal.Ruling{complete: cancel, cancel: complete}[r]
			_, err := w.till.Conclude(t.Context(), e.ID, opposite, "", nil)
			w.ruling(err, desk.RulingBegun)
		})
	}
}

func TestConcludeGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	no, stop := errors.New("no"), make(chan struct{})
	w.quiet(func() {
		if _, err := w.till.Conclude(t.Context(), e.ID, complete, "", isRefused(no)); !errors.Is(err, no) {
			t.Errorf("error %v", err)
		}
		w.till.Stop = stop
		_, err := w.till.Conclude(t.Context(), e.ID, complete, "", func(journal.Entry) error { close(stop); return nil })
		if !errors.Is(err, desk.ErrStopped) {
			t.Errorf("error %v", err)
		}
		if err := w.till.DeliverDue(t.Context(), func(desk.Receipt) { t.Error("delivered") }); err != nil {
			t.Error(err)
		}
	})
	if after := w.entry(e.ID); after.Notice != nil || after.PayoutStatus != api.StatusAccepted {
		t.Errorf("%+v", after.Notice)
	}
}

// A webhook that comes while the operator is asked is heard.
func TestWebhookWhileAsked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		hook hook
		want desk.RulingProblem
	}{
		"opposite":    {hook{status: api.StatusCancelled}, desk.RulingOpposite},
		"same":        {hook{status: api.StatusCompleted}, noop},
		"another sum": {hook{status: api.StatusAccepted, amount: 7}, desk.RulingWrongState},
		"a repeat":    {hook{status: api.StatusAccepted}, settled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			e := w.accepted()
			listener := w.open("listener")
			tt.hook.payout, tt.hook.request = e.PayoutID, e.Call.Terms.RequestID
			r, err := w.till.Conclude(t.Context(), e.ID, complete, "", func(journal.Entry) error {
				listener.observe(tt.hook)
				return nil
			})
			switch tt.want {
			case settled:
				if err != nil || r.Entry.Notice == nil || r.Entry.Notice.State != journal.NoticeDelivered {
					t.Errorf("%+v, %v", r, err)
				}
			case noop:
				if err != nil || !r.Replayed || r.Entry.PayoutStatus != api.StatusCompleted || r.Entry.Notice != nil {
					t.Errorf("%+v, %v", r, err)
				}
			default:
				w.ruling(err, tt.want)
			}
			if n := len(w.project.sent(api.KindNotice)); (n == 1) != (tt.want == settled) {
				t.Errorf("%d notices were sent", n)
			}
		})
	}
}

// Before the first attempt a decision may be taken back; once the project said
// how it ended, only its own way.
func TestOppositeBeforeAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.till.Notices = nil // nothing is delivered from here
	if r := w.till.conclude(e.ID, complete); r.Entry.Notice.State != journal.NoticeQueued || r.Entry.Notice.Begun {
		t.Fatalf("%+v", r.Entry.Notice)
	}
	if r := w.till.conclude(e.ID, cancel); r.Entry.Notice.Status != api.StatusCancelled || r.Entry.PayoutStatus != api.StatusCancelled {
		t.Fatalf("%+v", r.Entry.Notice)
	}
	w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
	_, err := w.till.Conclude(t.Context(), e.ID, complete, "", nil)
	w.ruling(err, desk.RulingOpposite) // it is called off: do not pay
	w.till.Notices = w.till.client
	if r, err := w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticeDelivered {
		t.Errorf("%+v, %v", r.Entry.Notice, err)
	}
}

// The project ends it the other way before the notice went out: the notice is
// paused, a person settles the conflict, and then only the project's own end
// can be agreed to.
func TestContradicted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.till.concluded(e.ID)
	seen := w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
	if seen.After.State != conflict || seen.After.Notice.State != journal.NoticePaused {
		t.Fatalf("%s, %+v", seen.After.State, seen.After.Notice)
	}
	w.quiet(func() {
		if r, err := w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticePaused {
			t.Errorf("%+v, %v", r.Entry.Notice, err)
		}
		if err := w.till.DeliverDue(t.Context(), func(desk.Receipt) { t.Error("delivered") }); err != nil {
			t.Error(err)
		}
		if w.till.concludeError(e.ID, complete) == nil {
			t.Error("a contradicted decision was repeated")
		}
		if _, err := w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledCreated}); err != nil {
			t.Fatal(err)
		}
		if r, err := w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticePaused {
			t.Errorf("%+v, %v", r.Entry.Notice, err)
		}
	})
	if r := w.till.conclude(e.ID, cancel); r.Entry.State != done || r.Entry.Notice.State != journal.NoticeDelivered {
		t.Errorf("%s, %+v", r.Entry.State, r.Entry.Notice)
	}
}

// concludeError gives the error of a conclusion.
func (t *till) concludeError(id int64, r journal.Ruling) error {
	_, err := t.Conclude(t.w.Context(), id, r, "", nil)
	return err
}

// Our own Webhook 2, sent back to us, is no word of the project's.
func TestReflection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.project.on(api.KindNotice, answers(500, ""))
	e = w.till.conclude(e.ID, complete).Entry
	event := w.event(hook{status: api.StatusCompleted, payout: e.PayoutID})
	event.Body = e.Notice.Call.Body
	parsed, err := api.ReadWebhook(event.Body)
	if err != nil {
		t.Fatal(err)
	}
	event.Webhook = parsed
	seen, err := w.till.Observe(t.Context(), event)
	if err != nil || !seen.Reflected || seen.Found || len(w.entry(e.ID).Facts) != len(e.Facts) {
		t.Errorf("%+v, %v", seen, err)
	}
	if seen := w.till.observe(hook{status: api.StatusCompleted, payout: e.PayoutID}); seen.Reflected || !seen.Found {
		t.Errorf("the project's own word: %+v", seen)
	}
}

// The cashier's decision is recorded although the command is being given up,
// and then nothing is begun that could not be taken back.
func TestConcludeCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	ctx, stop := context.WithCancel(t.Context())
	w.quiet(func() {
		r, err := w.till.Conclude(ctx, e.ID, complete, "", func(journal.Entry) error { stop(); return nil })
		if err != nil || r.Entry.Notice == nil || r.Entry.Notice.State != journal.NoticeQueued || r.Entry.Notice.Begun {
			t.Errorf("%+v, %v", r.Entry.Notice, err)
		}
	})
	w.clock.advance(time.Second)
	if e := w.till.conclude(e.ID, cancel).Entry; e.Notice.State != journal.NoticeDelivered || e.Notice.Status != api.StatusCancelled {
		t.Errorf("%+v", e.Notice)
	}
}
