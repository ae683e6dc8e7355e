package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// bring makes one operation of the kind in the state. An open one is another
// till's, which is still at it.
func (w *world) bring(kind api.Kind, state journal.State) journal.Entry {
	w.Helper()
	o := orderOf(kind)
	o.SkipValidate = true
	switch state {
	case journal.StateUnknown:
		w.project.on(kind, drop())
	case journal.StateRefused:
		w.project.on(kind, refusal(404, "PROJECT_NOT_FOUND"))
	case journal.StateMismatch:
		w.project.on(kind, otherAmount)
	case journal.StateNotSent:
		w.till.refuse(9)
	case journal.StateConflict:
		return w.contradicted(kind)
	case journal.StateOpen:
		return w.atIt(kind)
	case journal.StateDone:
	}
	e := w.till.begun(o, state)
	w.till.refuse(0)
	w.project.on(kind, accept)
	return e
}

// contradicted is an operation that a person called off and the project then
// confirmed all the same.
func (w *world) contradicted(kind api.Kind) journal.Entry {
	w.Helper()
	e := w.bring(kind, unknown)
	if _, err := w.till.Resolve(w.Context(), e.ID, desk.Settlement{Ruling: noRuling(kind)}); err != nil {
		w.Fatal(err)
	}
	late := journal.Answer{Verdict: api.Done.String(), HTTPStatus: 201, DepositID: "raisboy_dep_late"}
	if kind == api.KindPayout {
		late.DepositID, late.PayoutID, late.PayoutStatus = "", "pout_late", api.StatusPending
	}
	e, err := w.till.Journal.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: late}}, nil
	})
	if err != nil || e.State != conflict {
		w.Fatalf("late evidence after a ruling: %s, %v", e.State, err)
	}
	return e
}

// atIt is an operation that another till sends and has no answer for yet.
func (w *world) atIt(kind api.Kind) journal.Entry {
	w.Helper()
	second := w.open("till-2")
	arrived, release := make(chan struct{}), make(chan struct{})
	w.project.on(kind, func(p *project, rw responseWriter, r request) {
		close(arrived)
		<-release
		accept(p, rw, r)
	})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		o := orderOf(kind)
		o.SkipValidate = true
		if _, err := second.Do(context.Background(), o); err != nil {
			w.Errorf("till-2: %v", err)
		}
	}()
	<-arrived
	w.Cleanup(func() { close(release); <-finished })
	return w.entry(1)
}

func noRuling(kind api.Kind) journal.Ruling {
	if kind == api.KindPayout {
		return journal.RuledNotCreated
	}
	return journal.RuledNotCredited
}

func yesRuling(kind api.Kind) journal.Ruling {
	if kind == api.KindPayout {
		return journal.RuledCreated
	}
	return journal.RuledCredited
}

const (
	settled = "" // the ruling is recorded
	noop    = desk.RulingProblem("no-op")
)

// expected is the whole matrix, told in the rules' own words.
func expected(kind api.Kind, state journal.State, r journal.Ruling) desk.RulingProblem {
	yes, no := r == yesRuling(kind), r == noRuling(kind)
	accepted := r == journal.RuledAccepted
	switch {
	case r == journal.RuledNotCreated && state == mismatch:
		return settled // of a deposit as well
	case accepted && state != mismatch:
		return desk.RulingWrongState
	case !yes && !no && !accepted:
		return desk.RulingWrongKind
	}
	switch state {
	case journal.StateOpen:
		return desk.RulingBusy
	case journal.StateDone:
		if yes {
			return noop
		}
		return desk.RulingOpposite
	case journal.StateRefused, journal.StateNotSent:
		if no {
			return noop
		}
		return desk.RulingOpposite
	case journal.StateMismatch:
		if yes {
			return desk.RulingWrongState // done, but with which sum?
		}
	case journal.StateUnknown, journal.StateConflict:
	}
	return settled
}

func TestResolveMatrix(t *testing.T) {
	t.Parallel()
	rulings := []journal.Ruling{journal.RuledCredited, journal.RuledNotCredited, journal.RuledCreated,
		journal.RuledNotCreated, journal.RuledAccepted, journal.RuledCompleted, journal.RuledCancelled, "", "nonsense"}
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		for state := journal.StateUnknown; state <= journal.StateConflict; state++ {
			t.Run(fmt.Sprintf("%s/%s", kind, state), func(t *testing.T) {
				t.Parallel()
				var shared *world // by the rulings that change nothing
				for _, ruling := range rulings {
					want := expected(kind, state, ruling)
					w := shared
					if w == nil || want == settled {
						w = newWorld(t)
						w.bring(kind, state)
					}
					if want != settled {
						shared = w
					}
					checkRuling(w, w.entry(1), ruling, want)
				}
			})
		}
	}
}

func checkRuling(w *world, e journal.Entry, ruling journal.Ruling, want desk.RulingProblem) {
	s := desk.Settlement{Ruling: ruling, Note: "asked the manager"}
	if ruling == journal.RuledAccepted {
		s.Amount = 400000
	}
	var r desk.Receipt
	var err error
	w.quiet(func() { r, err = w.till.Resolve(w.Context(), e.ID, s) })
	after := w.entry(e.ID)
	switch want {
	case settled:
		if err != nil || r.Replayed || !r.Recorded || after.Decision == nil || after.Decision.Ruling != ruling || after.Decision.Note != s.Note {
			w.Fatalf("%v, decision %+v", err, after.Decision)
		}
		ruledDone := ruling == journal.RuledCredited || ruling == journal.RuledCreated || ruling == journal.RuledAccepted
		if (after.State == done) != ruledDone || (after.State == refused) == ruledDone || r.Entry.State != after.State {
			w.Errorf("it is %s now", after.State)
		}
		if ruling == journal.RuledAccepted && after.Amount() != 400000 {
			w.Errorf("accepted %s", after.Amount())
		}
		checkRepeats(w, after, s)
	case noop:
		if err != nil || !r.Replayed || len(after.Facts) != len(e.Facts) {
			w.Errorf("%v, replayed %t, %d facts", err, r.Replayed, len(after.Facts))
		}
	default:
		w.ruling(err, want)
		if len(after.Facts) != len(e.Facts) {
			w.Error("something was recorded")
		}
	}
}

// checkRepeats: the same again changes nothing, the opposite is refused.
func checkRepeats(w *world, e journal.Entry, s desk.Settlement) {
	r, err := w.open("till-3").Resolve(w.Context(), e.ID, s)
	if err != nil || !r.Replayed || len(w.entry(e.ID).Facts) != len(e.Facts) {
		w.Errorf("the same again: %v, replayed %t, %d facts, before %d", err, r.Replayed, len(w.entry(e.ID).Facts), len(e.Facts))
	}
	kind := e.Call.Kind
	opposite := yesRuling(kind)
	if e.State == done {
		opposite = noRuling(kind)
	}
	_, err = w.till.Resolve(w.Context(), e.ID, desk.Settlement{Ruling: opposite})
	w.ruling(err, desk.RulingOpposite)
	if e.State != done {
		return
	}
	if s.Amount != 0 {
		s.Amount++
		_, err = w.till.Resolve(w.Context(), e.ID, s)
		w.ruling(err, desk.RulingAmount)
	}
}

// A mismatch is accepted with a sum that the project itself named.
func TestAcceptedAmount(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		e := w.bring(kind, mismatch)
		for _, amount := range []int{0, -400000, 500000, 400001} {
			_, err := w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledAccepted, Amount: moneyOf(amount)})
			w.ruling(err, desk.RulingAmount)
		}
	}
	// The webhook is a witness, too.
	w := newWorld(t)
	e := w.till.begun(payoutOrder(), done)
	w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, amount: 300000})
	if e = w.entry(e.ID); e.State != mismatch {
		t.Fatalf("%s", e.State)
	}
	r, err := w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledAccepted, Amount: 300000})
	if err != nil || r.Entry.State != done || r.Entry.Amount() != 300000 {
		t.Errorf("%s, %s, %v", r.Entry.State, r.Entry.Amount(), err)
	}
}

func TestCreatedPayoutID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.bring(api.KindPayout, unknown)
	created := func(id string) (desk.Receipt, error) {
		return w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledCreated, PayoutID: id, Amount: 7})
	}
	if r, err := created(""); err != nil || r.Entry.State != done || r.Entry.Amount() != 500000 {
		t.Fatalf("%+v, %v", r, err)
	}
	// The manager names it later: that is news, once.
	if r, err := created("pout_7"); err != nil || r.Replayed || r.Entry.PayoutID != "pout_7" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := created("pout_7"); err != nil || !r.Replayed {
		t.Errorf("%+v, %v", r, err)
	}
	_, err := created("pout_8")
	w.ruling(err, desk.RulingPayoutID)
}

func TestResolveElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.bring(api.KindDeposit, unknown)
	other := w.open("till-2")
	other.Profile = "other"
	_, err := other.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledCredited})
	w.ruling(err, desk.RulingOtherOrigin)
	if _, err := w.till.Resolve(t.Context(), 99, desk.Settlement{Ruling: journal.RuledCredited}); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// The lock of an operation keeps everybody else's hands off it.
func TestLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deposit, payout := w.bring(api.KindDeposit, unknown), w.accepted()
	for _, id := range []int64{deposit.ID, payout.ID} {
		lock, err := w.open(fmt.Sprint("till-", id+1)).Journal.Lock(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = lock.Release() }()
	}
	never := func(journal.Entry) error { t.Error("asked although another till is at it"); return nil }
	calls := map[string]func() (desk.Receipt, error){
		"resolve": func() (desk.Receipt, error) {
			return w.till.Resolve(t.Context(), deposit.ID, desk.Settlement{Ruling: journal.RuledCredited})
		},
		"resend": func() (desk.Receipt, error) { return w.till.Resend(t.Context(), deposit.ID, "", never) },
		"conclude": func() (desk.Receipt, error) {
			return w.till.Conclude(t.Context(), payout.ID, journal.RuledCompleted, "", never)
		},
		"deliver": func() (desk.Receipt, error) { return w.till.Deliver(t.Context(), payout.ID) },
	}
	for name, call := range calls {
		w.quiet(func() {
			r, err := call()
			if err != nil || r.Held == nil || r.Held.Reason != journal.HeldLock || r.Held.By == nil || r.Held.Holder.Desk == "till-1" || r.Held.Holder.Desk == "" {
				t.Errorf("%s: %+v, %v", name, r.Held, err)
			}
		})
	}
}

// Where locks do not work, nobody is sent anywhere.
func TestLocksFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.bring(api.KindDeposit, unknown)
	second := w.open("till-2")
	if err := second.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: journal.RuledCredited}); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("error %v", err)
	}
	for name, call := range map[string]func() (desk.Receipt, error){
		"resend": func() (desk.Receipt, error) { return second.Resend(t.Context(), e.ID, "", nil) },
		"conclude": func() (desk.Receipt, error) {
			return second.Conclude(t.Context(), e.ID, journal.RuledCompleted, "", nil)
		},
		"deliver": func() (desk.Receipt, error) { return second.Deliver(t.Context(), e.ID) },
	} {
		if _, err := call(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := second.DeliverDue(t.Context(), func(desk.Receipt) {}); err == nil {
		t.Error("no error")
	}
	if _, err := second.Observe(t.Context(), w.event(hook{status: api.StatusCompleted, payout: "pout_1"})); err == nil {
		t.Error("acknowledged without a record")
	}
}

func TestResend(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		for name, tt := range map[string]struct {
			then  behaviour
			state journal.State
			sent  int
		}{
			"done":    {accept, done, 1},
			"refused": {refusal(404, "PROJECT_NOT_FOUND"), unknown, 1}, // the worst stands
			"lost":    {drop(), unknown, map[api.Kind]int{api.KindDeposit: 1, api.KindPayout: 4}[kind]},
			"another": {otherAmount, mismatch, 1},
		} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				e := w.bring(kind, unknown)
				before := w.project.sent(kind)
				w.project.on(kind, tt.then)
				asked := false
				r, err := w.open("till-2").Resend(t.Context(), e.ID, "", func(e journal.Entry) error {
					asked = e.ID == 1 && len(w.entry(1).Facts) == len(e.Facts)
					return nil
				})
				if err != nil || r.Entry.State != tt.state || w.entry(e.ID).State != tt.state || !asked || r.Replayed {
					t.Errorf("%s, stored %s, %v", r.Entry.State, w.entry(e.ID).State, err)
				}
				sent := w.project.sent(kind)[len(before):]
				if len(sent) != tt.sent {
					t.Errorf("sent %d times", len(sent))
				}
				for _, s := range sent {
					if s.body != string(e.Call.Body) || s.timestamp == before[0].timestamp || s.signature == before[0].signature {
						t.Errorf("resent as %+v, first as %+v", s, before[0])
					}
				}
			})
		}
	}
}

func TestResendRefused(t *testing.T) {
	t.Parallel()
	agree := func(journal.Entry) error { return nil }
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		for state := journal.StateOpen; state <= journal.StateConflict; state++ {
			w := newWorld(t)
			e := w.bring(kind, state)
			want := desk.RulingWrongState
			if state == journal.StateOpen {
				want = desk.RulingBusy
			}
			w.quiet(func() {
				_, err := w.till.Resend(t.Context(), e.ID, "", agree)
				w.ruling(err, want)
			})
		}
		w := newWorld(t)
		e := w.bring(kind, unknown)
		for name, change := range map[string]func(*desk.Desk){
			"profile": func(d *desk.Desk) { d.Profile = "other" },
			"key":     func(d *desk.Desk) { d.APIKey = "another" },
			"origin":  func(d *desk.Desk) { d.Endpoints.BaseURL = "http://127.0.0.1:1" },
		} {
			other := w.open("till-" + name)
			change(other.Desk)
			w.quiet(func() {
				_, err := other.Resend(t.Context(), e.ID, "", agree)
				w.ruling(err, desk.RulingOtherOrigin)
			})
		}
		no, stop := errors.New("no"), make(chan struct{})
		w.quiet(func() {
			if _, err := w.till.Resend(t.Context(), e.ID, "", isRefused(no)); !errors.Is(err, no) {
				t.Errorf("error %v", err)
			}
			w.till.Stop = stop
			_, err := w.till.Resend(t.Context(), e.ID, "", func(journal.Entry) error { close(stop); return nil })
			if !errors.Is(err, desk.ErrStopped) {
				t.Errorf("error %v", err)
			}
		})
		if after := w.entry(e.ID); after.State != unknown || len(after.Facts) != len(e.Facts) {
			t.Errorf("it is %s after %d facts", after.State, len(after.Facts))
		}
	}
}

// The webhook comes while the operator is asked: there is nothing to resend.
func TestResendOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.bring(api.KindPayout, unknown)
	second := w.open("till-2")
	w.quiet(func() {
		_, err := w.till.Resend(t.Context(), e.ID, "", func(journal.Entry) error {
			second.observe(hook{status: api.StatusAccepted, payout: "pout_1", request: e.Call.Terms.RequestID})
			return nil
		})
		w.ruling(err, desk.RulingWrongState)
	})
}

// Machine evidence that contradicts a ruling makes a conflict, which a person
// settles once more.
func TestConflictIsResolved(t *testing.T) {
	t.Parallel()
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		w := newWorld(t)
		e := w.bring(kind, conflict)
		o := orderOf(kind)
		o.Again = true
		w.quiet(func() { w.till.heldBack(o, journal.HeldConflict, e.ID) })
		r, err := w.till.Resolve(t.Context(), e.ID, desk.Settlement{Ruling: yesRuling(kind)})
		if err != nil || r.Entry.State != done {
			t.Fatalf("%s, %v", r.Entry.State, err)
		}
		w.clock.advance(time.Hour)
		if kind == api.KindDeposit {
			w.till.begun(o, done)
		}
	}
}

// An owner that died leaves an unknown operation, which may be resolved.
func TestDeadOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.open("till-2")
	w.project.on(api.KindDeposit, func(p *project, rw responseWriter, r request) {
		_ = second.Journal.Close() // its lock goes, as at a crash
		accept(p, rw, r)
	})
	second.do(depositOrder())
	e := w.entry(1)
	if e.State != unknown || e.Code != journal.CodeAbandoned {
		t.Fatalf("%s, %q", e.State, e.Code)
	}
	w.till.heldBack(depositOrder(), journal.HeldUnresolved, 1)
	r, err := w.till.Resolve(t.Context(), 1, desk.Settlement{Ruling: journal.RuledCredited})
	if err != nil || r.Entry.State != done {
		t.Errorf("%s, %v", r.Entry.State, err)
	}
}
