package desk_test

import (
	"errors"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A project that sent a webhook_url that may not be used can mend it by sending
// another: until then nothing can be concluded, afterwards it can.
func TestWrongAddressIsMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.till.begun(payoutOrder(), done)
	wrong := w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, url: "https://evil.example/api/payments/notify/s/" + e.PayoutID})
	if !errors.Is(wrong.AddressProblem, desk.ErrNoticeHost) {
		t.Errorf("the first address: %v", wrong.AddressProblem)
	}
	w.ruling(w.till.concludeError(e.ID, complete), desk.RulingAddress)
	right := w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID})
	if right.AddressProblem != nil {
		t.Errorf("the second address: %v", right.AddressProblem)
	}
	r := w.till.conclude(e.ID, complete)
	if r.Entry.Notice.State != journal.NoticeDelivered || r.Entry.Notice.Call.URL != w.hookURL(e.PayoutID) {
		t.Errorf("%+v", r.Entry.Notice)
	}
}

// A person cannot give one payout of the project to two operations.
func TestOnePayoutOneOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.bring(api.KindPayout, unknown)
	w.project.on(api.KindPayout, accept)
	o := payoutOrder()
	o.UserID = "777" // an equal one would be held back
	first := w.till.begun(o, done)
	_, err := w.till.Resolve(t.Context(), second.ID, desk.Settlement{Ruling: journal.RuledCreated, PayoutID: first.PayoutID})
	w.ruling(err, desk.RulingPayoutID)
	if state := w.entry(second.ID).State; state != unknown {
		t.Errorf("it became %s", state)
	}
}

// Ctrl-C during the validation breaks it off: no money is on its way, and
// nobody is told that it is.
func TestStopDuringValidation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop, waited := make(chan struct{}), false
	w.till.Stop = stop
	w.till.Waiting = func() { waited = true }
	over := make(chan struct{})
	w.project.on(api.KindValidation, func(*project, responseWriter, request) {
		close(stop)
		<-over // it never answers by itself
	})
	_, err := w.till.Do(t.Context(), depositOrder())
	close(over)
	if !errors.Is(err, desk.ErrStopped) || waited || len(w.project.sent(api.KindDeposit)) != 0 {
		t.Errorf("%v, waited %t", err, waited)
	}
}
