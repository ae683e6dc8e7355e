package desk_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// quiet expects that nothing reaches the project while do runs.
func (w *world) quiet(do func()) {
	w.Helper()
	before := len(w.project.requests)
	do()
	if after := len(w.project.requests); after != before {
		w.Errorf("%d requests reached the project", after-before)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.till.begun(depositOrder(), done)
	if n := len(w.project.sent(api.KindValidation)); n != 1 || first.ProjectUserID != "#2564568" {
		t.Errorf("%d validations, project's id %q", n, first.ProjectUserID)
	}
	again := depositOrder()
	again.Again = true
	withRef := depositOrder()
	withRef.Ref = "order-7"
	w.quiet(func() { w.till.heldBack(depositOrder(), journal.HeldDuplicate, first.ID) })
	w.till.begun(again, done)
	w.till.begun(withRef, done)
	w.clock.advance(2*time.Minute + time.Second)
	w.till.begun(depositOrder(), done)

	// The project's id of the user is known only once it was asked: then it
	// counts, too, and the same person under another id is held back.
	other := depositOrder()
	other.UserID = "7777777"
	w.project.on(api.KindValidation, answers(201, `{"status":"success","data":{"user_id":"#2564568"}}`))
	held := w.till.heldBack(other, journal.HeldDuplicate, 4)
	if held.Error() == "" || len(w.project.sent(api.KindDeposit)) != 4 {
		t.Errorf("%v, %d deposits", held, len(w.project.sent(api.KindDeposit)))
	}
	another := depositOrder()
	another.Amount++
	w.till.begun(another, done)
}

// Nothing but a person's word lifts what is not settled.
func TestUnresolvedHoldsBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		w.project.on(kind, drop())
		first := w.till.begun(orderOf(kind), unknown)
		second := w.open("till-2")
		w.clock.advance(24 * time.Hour)
		for _, flags := range []desk.Order{{}, {Again: true}, {Ref: "r"}, {Again: true, Ref: "r", Batch: "b", Line: 7}, {SkipValidate: true}} {
			o := orderOf(kind)
			o.Again, o.Ref, o.Batch, o.Line, o.SkipValidate = flags.Again, flags.Ref, flags.Batch, flags.Line, flags.SkipValidate
			w.quiet(func() {
				w.till.heldBack(o, journal.HeldUnresolved, first.ID)
				second.heldBack(o, journal.HeldUnresolved, first.ID)
			})
		}
		ruling := journal.RuledNotCredited
		if kind == api.KindPayout {
			ruling = journal.RuledNotCreated
		}
		if _, err := second.Resolve(t.Context(), first.ID, desk.Settlement{Ruling: ruling}); err != nil {
			t.Fatal(err)
		}
		w.project.on(kind, accept)
		second.begun(orderOf(kind), done)
	}
}

// A payout that is not final counts as inside the window, however old.
func TestOpenPayoutHoldsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.clock.advance(48 * time.Hour)
	w.quiet(func() { w.till.heldBack(payoutOrder(), journal.HeldDuplicate, e.ID) })
	w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID, request: e.Call.Terms.RequestID})
	w.till.begun(payoutOrder(), done)
}

func TestRefs(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		o := orderOf(kind)
		o.Ref = "order-7"
		w.project.on(kind, refusal(404, "PROJECT_NOT_FOUND"), accept)
		w.till.begun(o, refused)
		first := w.till.begun(o, done) // a refusal sets the ref free
		if kind == api.KindPayout && first.Call.Terms.RequestID != "order-7" {
			t.Errorf("request_id %q", first.Call.Terms.RequestID)
		}
		w.quiet(func() {
			w.clock.advance(time.Hour)
			r := w.till.do(o)
			if !r.Replayed || r.Entry.ID != first.ID || r.Entry.State != done || !r.Recorded || r.Held != nil {
				t.Errorf("replay: %+v", r)
			}
			changed := o
			changed.Amount++
			w.till.heldBack(changed, journal.HeldRef, first.ID)
			changed = o
			changed.Kind = map[api.Kind]api.Kind{api.KindDeposit: api.KindPayout, api.KindPayout: api.KindDeposit}[kind]
			w.till.heldBack(changed, journal.HeldRef, first.ID)
		})
	}
}

// The outcome of an unknown operation is replayed as such, and never resent.
func TestReplayOfUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := depositOrder()
	o.Ref = "order-7"
	w.project.on(api.KindDeposit, drop())
	first := w.till.begun(o, unknown)
	w.quiet(func() {
		if r := w.till.do(o); !r.Replayed || r.Entry.ID != first.ID || r.Entry.State != unknown {
			t.Errorf("replay: %+v", r)
		}
	})
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := payoutOrder()
	first := w.till.begun(o, done)
	if len(first.Call.Terms.RequestID) != 36 {
		t.Errorf("request_id %q", first.Call.Terms.RequestID)
	}
	o.RequestID = first.Call.Terms.RequestID
	w.quiet(func() {
		if r := w.till.do(o); !r.Replayed || r.Entry.ID != first.ID {
			t.Errorf("replay: %+v", r)
		}
	})
	if err := w.till.Check(payoutOrder()); err != nil {
		t.Errorf("a payout without a request_id gets one: %v", err)
	}
	call, err := w.till.Freeze(payoutOrder())
	if err != nil || call.Terms.RequestID == "" {
		t.Errorf("dry run: %+v, %v", call, err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.Limits = desk.Limits{DepositMax: 500000, PayoutMax: 400000, ShiftMax: 900000, ShiftSince: w.clock.now()}
	w.quiet(func() {
		held := w.till.heldBack(payoutOrder(), journal.HeldLimit, 0)
		if held.Key != "limits.payout_max" || held.Limit != 400000 {
			t.Errorf("%+v", held)
		}
		o := depositOrder()
		o.Amount++
		if held := w.till.heldBack(o, journal.HeldLimit, 0); held.Key != "limits.deposit_max" {
			t.Errorf("%+v", held)
		}
	})
	w.project.on(api.KindDeposit, drop())
	w.till.begun(depositOrder(), unknown) // counts: it may have moved
	o := depositOrder()
	o.UserID, o.Amount = "another", 400001
	w.quiet(func() {
		if held := w.till.heldBack(o, journal.HeldLimit, 0); held.Key != "limits.shift_max" || held.Used != 500000 {
			t.Errorf("%+v", held)
		}
	})
	o.Amount, o.Ref = 400000, "r"
	w.project.on(api.KindDeposit, accept)
	w.till.begun(o, done)
	w.till.Limits.DepositMax = 1 // it says nothing about what is done
	w.quiet(func() {
		if r := w.till.do(o); !r.Replayed || r.Held != nil {
			t.Errorf("replayed %t, held %v", r.Replayed, r.Held)
		}
	})
}

func TestValidation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer behaviour
		asked  int
		state  journal.State
		code   string
		held   journal.HeldReason
	}{
		{"no such user", refusal(404, "USER_NOT_FOUND"), 1, refused, "USER_NOT_FOUND", ""},
		{"signature", refusal(401, "INVALID_SIGNATURE"), 1, refused, "INVALID_SIGNATURE", ""},
		{"prohibited", refusal(403, "PROHIBITED_FOR_USER"), 1, refused, "PROHIBITED_FOR_USER", ""},
		{"too much", answers(201, `{"status":"success","data":{"user_id":"#1","max_amount":4999.99}}`), 1, notSent, "", journal.HeldMaxAmount},
		{"no answer", drop(), 4, notSent, "connection_lost", ""},
		{"failing", answers(503, "", "Retry-After", "9"), 4, notSent, "server_error", ""},
		{"redirected", answers(302, ""), 1, notSent, "redirect", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.project.on(api.KindValidation, tt.answer)
			w.till.Confirm = func(context.Context, desk.Preview) error {
				t.Error("the operator was asked")
				return nil
			}
			r := w.till.do(depositOrder())
			if r.Entry.ID != 0 || r.Entry.State != tt.state || r.Entry.Code != tt.code || !r.Recorded {
				t.Errorf("%s, code %q: %+v", r.Entry.State, r.Entry.Code, r)
			}
			if (r.Held == nil) != (tt.held == "") || r.Held != nil && (r.Held.Reason != tt.held || r.Held.Limit != 499999) {
				t.Errorf("held: %+v", r.Held)
			}
			if r.RefusesCredentials() != (tt.code == "INVALID_SIGNATURE") {
				t.Error("whose fault it is")
			}
			if n := len(w.project.sent(api.KindValidation)); n != tt.asked {
				t.Errorf("asked %d times, wanted %d", n, tt.asked)
			}
			if len(w.project.sent(api.KindDeposit)) != 0 || len(w.entries()) != 0 {
				t.Error("something was sent or recorded")
			}
		})
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.Sandbox = true
	var seen desk.Preview
	w.till.Confirm = func(_ context.Context, p desk.Preview) error {
		seen = p
		if len(w.entries()) != 0 {
			t.Error("recorded before the operator agreed")
		}
		return nil
	}
	e := w.till.begun(depositOrder(), done)
	want := desk.Preview{Order: depositOrder(), ProjectUserID: "#2564568", MaxAmount: 100000000, HasMaxAmount: true, Profile: "main", Sandbox: true}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("asked about %+v, wanted %+v", seen, want)
	}
	if !e.Sandbox || e.DepositID != "raisboy_dep_1" || e.Desk != "till-1" {
		t.Errorf("%+v", e)
	}
}

// What is wrong with an order is found before anything is asked of anybody.
func TestWrongOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := map[string]func(*desk.Order){
		"no kind":    func(o *desk.Order) { o.Kind = "" },
		"validation": func(o *desk.Order) { o.Kind = api.KindValidation },
		"notice":     func(o *desk.Order) { o.Kind = api.KindNotice },
		"user":       func(o *desk.Order) { o.UserID = "" },
		"amount":     func(o *desk.Order) { o.Amount = 0 },
		"negative":   func(o *desk.Order) { o.Amount = -1 },
		"currency":   func(o *desk.Order) { o.Currency = "USZ!" },
		"method":     func(o *desk.Order) { o.PaymentMethod = "cash" },
		"ref":        func(o *desk.Order) { o.Kind, o.Ref = api.KindPayout, "a\nb" },
	}
	for name, spoil := range wrong {
		o := depositOrder()
		spoil(&o)
		w.quiet(func() {
			_, err := w.till.Do(t.Context(), o)
			var field *api.FieldError
			if err == nil || errors.As(err, &field) == errors.Is(err, api.ErrKind) {
				t.Errorf("%s: %v", name, err)
			}
			if w.till.Check(o) == nil {
				t.Errorf("%s: passes the check", name)
			}
			if _, err := w.till.Freeze(o); err == nil {
				t.Errorf("%s: passes the dry run", name)
			}
		})
	}
	if _, err := w.till.Validate(t.Context(), ""); err == nil {
		t.Error("nobody was validated")
	}
	if len(w.entries()) != 0 {
		t.Error("something was recorded")
	}
}

func TestConfirmRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	no := errors.New("no")
	w.till.Confirm = func(context.Context, desk.Preview) error { return no }
	if _, err := w.till.Do(t.Context(), depositOrder()); !errors.Is(err, no) {
		t.Errorf("error %v", err)
	}
	if len(w.project.sent(api.KindDeposit)) != 0 || len(w.entries()) != 0 {
		t.Error("something was sent or recorded")
	}
}

func TestStopBeforeSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := make(chan struct{})
	w.till.Stop = stop
	w.till.Confirm = func(context.Context, desk.Preview) error { close(stop); return nil }
	if _, err := w.till.Do(t.Context(), depositOrder()); !errors.Is(err, desk.ErrStopped) {
		t.Errorf("error %v", err)
	}
	if len(w.project.sent(api.KindDeposit)) != 0 || len(w.entries()) != 0 {
		t.Error("something was sent or recorded")
	}
	// Stopped while the user is validated in vain: that is no answer either.
	w.till.Confirm = nil
	w.project.on(api.KindValidation, drop())
	if _, err := w.till.Do(t.Context(), depositOrder()); !errors.Is(err, desk.ErrStopped) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w.till.Stop = nil
	w.project.on(api.KindValidation, func(p *project, rw http.ResponseWriter, r request) { cancel(); drop()(p, rw, r) })
	if _, err := w.till.Do(ctx, depositOrder()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The first Ctrl-C waits for the answer and says so; nothing is repeated.
func TestStopInFlight(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		for _, lost := range []bool{false, true} {
			w := newWorld(t)
			stop, told := make(chan struct{}), make(chan struct{})
			w.till.Stop = stop
			w.till.Waiting = func() { close(told) }
			w.project.on(kind, func(p *project, rw http.ResponseWriter, r request) {
				close(stop)
				<-told // the answer comes only after the operator was told
				if lost {
					drop()(p, rw, r)
					return
				}
				accept(p, rw, r)
			})
			want := done
			if lost {
				want = unknown
			}
			w.till.begun(orderOf(kind), want)
			if n := len(w.project.sent(kind)); n != 1 {
				t.Errorf("%s sent %d times", kind, n)
			}
		}
	}
}

func TestCancelledInFlight(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		released := make(chan struct{})
		w.project.on(kind, func(p *project, _ http.ResponseWriter, r request) {
			p.process(r)
			cancel()
			<-released
		})
		r, err := w.till.Do(ctx, orderOf(kind))
		close(released)
		if err != nil || !r.Recorded || r.Entry.State != unknown || r.Entry.Code != "interrupted" {
			t.Errorf("%s: %s, code %q, recorded %t, error %v", kind, r.Entry.State, r.Entry.Code, r.Recorded, err)
		}
		if e := w.entry(r.Entry.ID); e.State != unknown || e.Attempts != 1 {
			t.Errorf("%s stored as %s after %d attempts", kind, e.State, e.Attempts)
		}
		if n := len(w.project.sent(kind)); n != 1 {
			t.Errorf("%s sent %d times", kind, n)
		}
		w.project.on(kind, accept)
		w.till.heldBack(orderOf(kind), journal.HeldUnresolved, 1)
	}
}

// Given up between two attempts, a payout is not tried again.
func TestCancelledBetweenAttempts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.till.Sleep = func(context.Context, time.Duration) error { cancel(); return ctx.Err() }
	w.project.on(api.KindPayout, answers(500, ""))
	r, err := w.till.Do(ctx, payoutOrder())
	if err != nil || r.Entry.State != unknown || len(w.project.sent(api.KindPayout)) != 1 {
		t.Errorf("%s, %v, %d sent", r.Entry.State, err, len(w.project.sent(api.KindPayout)))
	}
	if e := w.entry(1); e.State != unknown {
		t.Errorf("stored as %s", e.State)
	}
}

// The real sleep ends early where nobody wants to wait any more.
func TestSleepEnds(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"stop", "cancel"} {
		w := newWorld(t)
		w.till.Sleep = nil
		stop := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.till.Stop = stop
		w.project.on(api.KindPayout, func(p *project, rw http.ResponseWriter, r request) {
			answers(429, "", "Retry-After", "50")(p, rw, r)
			go func() {
				if way == "stop" {
					close(stop)
				} else {
					cancel()
				}
			}()
		})
		r, err := w.till.Do(ctx, payoutOrder())
		if err != nil || r.Entry.State != unknown || len(w.project.sent(api.KindPayout)) != 1 {
			t.Errorf("%s: %s, %v, %d sent", way, r.Entry.State, err, len(w.project.sent(api.KindPayout)))
		}
	}
	// And it does sleep where nobody stops it.
	w := newWorld(t)
	w.till.Sleep = nil
	w.project.on(api.KindPayout, answers(500, ""), accept)
	w.till.begun(payoutOrder(), done)
}

// Where the intent cannot be written, nothing is sent.
func TestJournalFailsAtBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.Confirm = func(context.Context, desk.Preview) error { return w.till.Journal.Close() }
	_, err := w.till.Do(t.Context(), depositOrder())
	if !errors.Is(err, journal.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if n := len(w.project.sent(api.KindDeposit)); n != 0 {
		t.Errorf("%d deposits were sent", n)
	}
}

func TestReadOnlyJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.till.Journal = w.readOnly()
	_, err := w.till.Do(t.Context(), depositOrder())
	var storage *journal.StorageError
	if !errors.As(err, &storage) || storage.Problem != journal.ProblemReadOnly {
		t.Errorf("error %v", err)
	}
	if n := len(w.project.sent(api.KindDeposit)); n != 0 {
		t.Errorf("%d deposits were sent", n)
	}
}

// A lock folder that cannot be made is no reason to send without a lock.
func TestLocksFailAtBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := os.WriteFile(w.path+".locks", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(w.path + ".locks") }()
	_, err := w.till.Do(t.Context(), depositOrder())
	var storage *journal.StorageError
	var path *fs.PathError
	if !errors.As(err, &storage) || !errors.As(err, &path) {
		t.Errorf("error %v", err)
	}
	if n := len(w.project.sent(api.KindDeposit)); n != 0 {
		t.Errorf("%d deposits were sent", n)
	}
}

// Answered, but not to be recorded: the number and the answer are told all the
// same, and the operation is unknown to everybody else.
func TestJournalFailsAtSettling(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		w.project.on(kind, func(p *project, rw http.ResponseWriter, r request) {
			if err := w.till.Journal.Close(); err != nil {
				t.Error(err)
			}
			accept(p, rw, r)
		})
		r := w.till.do(orderOf(kind))
		e := r.Entry
		if r.Recorded || !errors.Is(r.RecordError, journal.ErrClosed) || e.ID != 1 || e.State != done || e.HTTPStatus != 201 {
			t.Errorf("%s: %s, id %d, recorded %t, %v", kind, e.State, e.ID, r.Recorded, r.RecordError)
		}
		if e.DepositID == "" && e.PayoutID == "" {
			t.Errorf("%s: the answer is not told: %+v", kind, e)
		}
		second := w.open("till-2")
		second.heldBack(orderOf(kind), journal.HeldUnresolved, 1)
		if stored, err := second.Journal.Get(t.Context(), 1); err != nil || stored.State != unknown {
			t.Errorf("%s: stored as %s, %v", kind, stored.State, err)
		}
	}
}

// The intent is on disk before the first byte leaves: whoever gets the request
// can read it there.
func TestIntentComesFirst(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		second := w.open("till-2")
		var found atomic.Bool
		w.project.on(kind, func(p *project, rw http.ResponseWriter, r request) {
			e, err := second.Journal.Get(context.Background(), 1)
			found.Store(err == nil && e.State == journal.StateOpen && string(e.Call.Body) == r.body)
			accept(p, rw, r)
		})
		w.till.begun(orderOf(kind), done)
		if !found.Load() {
			t.Errorf("the %s was sent before it was recorded", kind)
		}
	}
}

// Two tills that order the same at once: one of them sends.
func TestTwoTillsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tills := []*till{w.till, w.open("till-2"), w.open("till-3"), w.open("till-4")}
	results := make(chan desk.Receipt, len(tills))
	for _, till := range tills {
		go func() {
			r, err := till.Do(context.Background(), depositOrder())
			if err != nil {
				t.Errorf("%v", err)
			}
			results <- r
		}()
	}
	sent := 0
	for range tills {
		if r := <-results; r.Held == nil {
			sent++
		}
	}
	if sent != 1 || w.project.credited() != 1 {
		t.Errorf("%d tills sent, %d credits", sent, w.project.credited())
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, err := w.till.Validate(t.Context(), "2564568")
	if err != nil || o.Verdict != api.Done || o.UserID != "#2564568" || o.MaxAmount != money.Amount(100000000) {
		t.Errorf("%+v, %v", o, err)
	}
}
