package desk_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

func TestDeliveryOutcomes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer    behaviour
		state     journal.NoticeState
		ambiguous bool
	}{
		"success":                {accept, journal.NoticeDelivered, false},
		"201":                    {answers(201, `{"success":true}`), journal.NoticeDelivered, false},
		"success with words":     {answers(200, `{"success":true,"message":"OK"}`), journal.NoticeDelivered, false},
		"2xx false":              {answers(200, `{"success":false}`), journal.NoticeQueued, true},
		"2xx documented error":   {refusal(200, "invalid_signature"), journal.NoticeQueued, false},
		"2xx text":               {answers(200, `{"success":"true"}`), journal.NoticeQueued, true},
		"2xx empty":              {answers(200, ""), journal.NoticeQueued, true},
		"2xx of a proxy":         {answers(200, "<html>"), journal.NoticeQueued, true},
		"500":                    {answers(500, `{"success":true}`), journal.NoticeQueued, true},
		"lost":                   {processedThen(drop()), journal.NoticeQueued, true},
		"reset":                  {cut(true, ""), journal.NoticeQueued, true},
		"429":                    {answers(429, "", "Retry-After", "900"), journal.NoticeQueued, true},
		"403":                    {refusal(403, "PROHIBITED"), journal.NoticeQueued, false},
		"400":                    {refusal(400, "invalid_json"), journal.NoticeStopped, false},
		"401":                    {refusal(401, "invalid_signature"), journal.NoticeStopped, false},
		"404":                    {refusal(404, "payment_not_found"), journal.NoticeStopped, false},
		"404 of a proxy":         {answers(404, "<html>"), journal.NoticeStopped, true},
		"302":                    {answers(302, "", "Location", "/"), journal.NoticeStopped, true},
		"308":                    {answers(308, "", "Location", "/"), journal.NoticeStopped, true},
		"success, but not alone": {answers(200, `{"success":true,"success":true}`), journal.NoticeQueued, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			e := w.accepted()
			w.project.on(api.KindNotice, tt.answer)
			began := w.clock.now()
			r := w.till.conclude(e.ID, complete)
			n := r.Entry.Notice
			if n.State != tt.state || n.Ambiguous != tt.ambiguous || !n.Begun || n.Attempts != 1 || !r.Recorded {
				t.Fatalf("%+v", n)
			}
			if (n.LastError == "" && n.Code == "") != (n.State == journal.NoticeDelivered) {
				t.Errorf("error %q, code %q", n.LastError, n.Code)
			}
			if n.NextAt.IsZero() != (n.State != journal.NoticeQueued) || !n.NextAt.IsZero() && n.NextAt.Before(began.Add(r.RetryAfter)) {
				t.Errorf("next at %s, now %s, Retry-After %s", n.NextAt, began, r.RetryAfter)
			}
			if e := w.entry(e.ID); e.State != done || e.PayoutStatus != api.StatusCompleted || e.Notice.State != n.State {
				t.Errorf("stored as %s, %s, %+v", e.State, e.PayoutStatus, e.Notice)
			}
			err := w.till.concludeError(e.ID, cancel)
			w.ruling(err, desk.RulingBegun)
		})
	}
}

// Nobody is there: nothing left, so nothing is ambiguous, but it was begun.
func TestDeliveryWithoutConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.till.client.Transport.(interface{ CloseIdleConnections() }).CloseIdleConnections()
	w.till.refuse(1)
	n := w.till.conclude(e.ID, complete).Entry.Notice
	if n.State != journal.NoticeQueued || n.Ambiguous || n.Code != "no_connection" || len(w.project.sent(api.KindNotice)) != 0 {
		t.Errorf("%+v", n)
	}
}

// A delivery never ends by itself; its delays grow, its bytes do not change.
func TestDeliveryGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	failures := slices.Repeat([]behaviour{answers(500, "")}, 14)
	w.project.on(api.KindNotice, append(failures, accept)...)
	n := w.till.conclude(e.ID, complete).Entry.Notice
	var delays []time.Duration
	for n.State == journal.NoticeQueued {
		delay := n.NextAt.Sub(w.clock.now())
		delays = append(delays, delay)
		w.clock.advance(delay - time.Millisecond)
		w.quiet(func() {
			if err := w.till.DeliverDue(t.Context(), func(desk.Receipt) { t.Error("delivered before its time") }); err != nil {
				t.Fatal(err)
			}
		})
		w.clock.advance(time.Millisecond)
		seen := 0
		if err := w.till.DeliverDue(t.Context(), func(r desk.Receipt) { seen++; n = r.Entry.Notice }); err != nil || seen != 1 {
			t.Fatalf("%d seen, %v", seen, err)
		}
	}
	for i, delay := range delays {
		center := min(5*time.Second<<min(i, 10), 15*time.Minute)
		if delay < center*3/4-time.Second || delay > min(center*5/4, 15*time.Minute) {
			t.Errorf("delay %d is %s, around %s", i, delay, center)
		}
	}
	sent := w.project.sent(api.KindNotice)
	if len(sent) != 15 || n.State != journal.NoticeDelivered || n.Attempts != 15 || !n.Ambiguous {
		t.Errorf("%d sent, %+v", len(sent), n)
	}
	stamps := map[string]bool{}
	for _, r := range sent {
		stamps[r.timestamp+r.signature] = true
		if r.body != sent[0].body || r.path != sent[0].path {
			t.Errorf("sent %s, first %s", r.body, sent[0].body)
		}
	}
	if len(stamps) != len(sent) {
		t.Errorf("%d stamps", len(stamps))
	}
}

// Stopped by the project, it waits for a person; after an attempt that may have
// arrived, that is remembered.
func TestStoppedDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.project.on(api.KindNotice, drop(), refusal(404, "payment_not_found"), refusal(401, "invalid_signature"), accept)
	w.till.conclude(e.ID, complete)
	r, err := w.till.Deliver(t.Context(), e.ID)
	if n := r.Entry.Notice; err != nil || n.State != journal.NoticeStopped || !n.Ambiguous || n.Code != "PAYMENT_NOT_FOUND" {
		t.Fatalf("%+v, %v", n, err)
	}
	w.quiet(func() {
		w.clock.advance(24 * time.Hour)
		if err := w.till.DeliverDue(t.Context(), func(desk.Receipt) { t.Error("delivered by itself") }); err != nil {
			t.Error(err)
		}
		if r := w.till.conclude(e.ID, complete); !r.Replayed || r.Entry.Notice.State != journal.NoticeStopped {
			t.Errorf("%+v", r)
		}
	})
	if r, err = w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticeStopped {
		t.Errorf("%+v, %v", r.Entry.Notice, err)
	}
	// Whoever asks for it has corrected what was wrong.
	if r, err = w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticeDelivered || !r.Entry.Notice.Ambiguous {
		t.Errorf("%+v, %v", r.Entry.Notice, err)
	}
}

// The opposite comes while a notice waits for its next attempt, or while one is
// under way.
func TestContradictedDelivery(t *testing.T) {
	t.Parallel()
	for _, under := range []bool{false, true} {
		w := newWorld(t)
		e := w.accepted()
		listener := w.open("listener")
		opposite := hook{status: api.StatusCancelled, payout: e.PayoutID}
		w.project.on(api.KindNotice, func(p *project, rw responseWriter, r request) {
			if under {
				listener.observe(opposite)
			}
			answers(500, "")(p, rw, r)
		})
		w.till.conclude(e.ID, complete)
		if !under {
			listener.observe(opposite)
		}
		e = w.entry(e.ID)
		if e.State != conflict || e.Notice.State != journal.NoticePaused || e.PayoutStatus != api.StatusCompleted {
			t.Errorf("%s, %s, %+v", e.State, e.PayoutStatus, e.Notice)
		}
		w.clock.advance(time.Hour)
		w.quiet(func() {
			if err := w.till.DeliverDue(t.Context(), func(desk.Receipt) { t.Error("delivered") }); err != nil {
				t.Error(err)
			}
			if _, err := w.till.Deliver(t.Context(), e.ID); err != nil {
				t.Error(err)
			}
		})
		if err := w.till.concludeError(e.ID, complete); err == nil {
			t.Error("no error")
		}
	}
	// A stopped one is not repeated either once the project says otherwise.
	w := newWorld(t)
	e := w.accepted()
	w.project.on(api.KindNotice, refusal(401, "invalid_signature"))
	w.till.conclude(e.ID, complete)
	w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
	w.quiet(func() {
		if _, err := w.till.Deliver(t.Context(), e.ID); err != nil {
			t.Error(err)
		}
	})
}

// The opposite comes between the decision and the first byte.
func TestContradictedAtTheLastMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	calls := 0
	now := w.till.Now
	w.till.Notices = w.till.client
	w.till.Now = func() time.Time { // read when the notice is made, before the decision is written
		if calls++; calls == 1 {
			w.till.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
		}
		return now()
	}
	w.quiet(func() { w.ruling(w.till.concludeError(e.ID, complete), desk.RulingOpposite) })
}

// The opposite comes when the delivery was just about to begin.
func TestContradictedWhileDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.till.concluded(e.ID)
	listener := w.open("listener")
	calls := 0
	w.till.Now = func() time.Time { // read for the list of what is due, then for this one
		if calls++; calls == 2 {
			listener.observe(hook{status: api.StatusCancelled, payout: e.PayoutID})
		}
		return w.clock.now()
	}
	w.quiet(func() {
		seen := 0
		err := w.till.DeliverDue(t.Context(), func(r desk.Receipt) {
			seen++
			if n := r.Entry.Notice; n.State != journal.NoticePaused || n.Attempts != 0 {
				t.Errorf("%+v", n)
			}
		})
		if err != nil || seen != 1 {
			t.Errorf("%d seen, %v", seen, err)
		}
	})
}

// That a delivery begins is on disk before the first byte leaves.
func TestDeliveryIsRecordedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	second := w.open("till-2")
	var found atomic.Int32
	w.project.on(api.KindNotice, func(p *project, rw responseWriter, r request) {
		e, err := second.Journal.Get(context.Background(), e.ID)
		if err == nil && e.Notice != nil && e.Notice.Begun && string(e.Notice.Call.Body) == r.body {
			if last, ok := e.Facts[len(e.Facts)-1].Content.(journal.Notice); ok && last.Started {
				found.Add(1)
			}
		}
		held, err := second.Conclude(context.Background(), e.ID, cancel, "", nil)
		if err != nil || held.Held == nil || held.Held.Reason != journal.HeldLock {
			t.Errorf("another till was let in: %+v, %v", held, err)
		}
		answers(500, "")(p, rw, r)
	})
	w.till.conclude(e.ID, complete)
	if _, err := w.till.Deliver(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if found.Load() != 2 {
		t.Errorf("%d of 2 deliveries were recorded before they were sent", found.Load())
	}
}

// A till that dies during a delivery leaves a notice that may have arrived.
func TestDeathDuringDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	dying := w.open("till-2")
	w.project.on(api.KindNotice, func(p *project, rw responseWriter, r request) {
		_ = dying.Journal.Close()
		accept(p, rw, r)
	}, refusal(404, "payment_not_found"))
	r, err := dying.Conclude(t.Context(), e.ID, complete, "", nil)
	if err != nil || r.Recorded || !errors.Is(r.RecordError, journal.ErrClosed) || r.Entry.Notice.State != journal.NoticeDelivered {
		t.Fatalf("%+v, %v", r, err)
	}
	if n := w.entry(e.ID).Notice; n.State != journal.NoticeQueued || !n.Begun || n.Attempts != 0 {
		t.Fatalf("%+v", n)
	}
	w.ruling(w.till.concludeError(e.ID, cancel), desk.RulingBegun)
	if r, err = w.till.Deliver(t.Context(), e.ID); err != nil || r.Entry.Notice.State != journal.NoticeStopped || !r.Entry.Notice.Ambiguous {
		t.Errorf("%+v, %v", r.Entry.Notice, err)
	}
}

// Where the beginning cannot be recorded, nothing leaves; where the end cannot,
// it is told.
func TestDeliveryNotRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	second := w.open("till-2")
	second.concluded(e.ID)
	writable := second.Journal
	second.Journal = w.readOnly()
	w.quiet(func() {
		r, err := second.Deliver(t.Context(), e.ID)
		if err != nil || !r.Recorded || r.RecordError == nil || r.Entry.Notice.Begun {
			t.Errorf("%+v, %v", r, err)
		}
	})
	second.Journal = writable
	second.Notices = closingSender{second}
	r, err := second.Deliver(t.Context(), e.ID)
	if err != nil || r.Recorded || r.RecordError == nil || r.Entry.Notice.State != journal.NoticeDelivered {
		t.Errorf("%+v, %v", r, err)
	}
	if n := w.entry(e.ID).Notice; n.State != journal.NoticeQueued || n.Attempts != 0 || !n.Begun {
		t.Errorf("%+v", n)
	}
}

// closingSender loses its journal before the answer comes.
type closingSender struct{ t *till }

func (s closingSender) Send(context.Context, api.Call) api.Outcome {
	_ = s.t.Journal.Close()
	return api.Outcome{Verdict: api.Done}
}

// What the settings do not allow any more is stopped, with the reason.
func TestDeliveryAfterSettingsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := w.accepted()
	w.till.concluded(e.ID)
	w.till.Endpoints.BaseURL = "http://127.0.0.1:1"
	w.quiet(func() {
		r, err := w.till.Deliver(t.Context(), e.ID)
		if n := r.Entry.Notice; err != nil || n.State != journal.NoticeStopped || n.LastError == "" {
			t.Errorf("%+v, %v", n, err)
		}
	})
	other := w.open("till-2")
	other.Profile = "other"
	_, err := other.Deliver(t.Context(), e.ID)
	w.ruling(err, desk.RulingOtherOrigin)
}

// Nothing to deliver is no error.
func TestNothingToDeliver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, e := range []journal.Entry{w.accepted(), w.till.begun(depositOrder(), done)} {
		w.quiet(func() {
			if r, err := w.till.Deliver(t.Context(), e.ID); err != nil || !r.Replayed || r.Entry.Notice != nil {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	if _, err := w.till.Deliver(t.Context(), 99); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// The notices that wait longest come first, and only those whose time has come.
func TestDeliverDueOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.project.on(api.KindNotice, answers(500, ""))
	next := map[int64]time.Time{}
	var ids []int64
	for _, user := range []string{"a", "b", "c", "d"} {
		o := payoutOrder()
		o.UserID = user
		e := w.till.begun(o, done)
		w.till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, request: e.Call.Terms.RequestID})
		next[e.ID] = w.till.conclude(e.ID, complete).Entry.Notice.NextAt
		ids = append(ids, e.ID)
	}
	// The first failed twice: its time comes last.
	r, err := w.till.Deliver(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	next[ids[0]] = r.Entry.Notice.NextAt
	slices.SortFunc(ids, func(a, b int64) int { return next[a].Compare(next[b]) })
	w.project.on(api.KindNotice, accept)
	deliver := func() (order []int64) {
		if err := w.till.DeliverDue(t.Context(), func(r desk.Receipt) { order = append(order, r.Entry.ID) }); err != nil {
			t.Fatal(err)
		}
		return order
	}
	w.clock.millis.Store(next[ids[2]].UnixMilli())
	due := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return next[id].After(w.clock.now()) })
	if got := deliver(); !slices.Equal(got, due) {
		t.Errorf("delivered %v, due were %v", got, due)
	}
	w.clock.advance(time.Hour)
	if got := deliver(); !slices.Equal(got, ids[len(due):]) {
		t.Errorf("delivered %v, due were %v", got, ids[len(due):])
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := w.till.DeliverDue(ctx, func(desk.Receipt) { t.Error("delivered") }); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Two tills never deliver one notice at a time, and do not outrun its backoff.
func TestDeliverRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var under, most, total atomic.Int32
	w.project.on(api.KindNotice, func(p *project, rw responseWriter, r request) {
		most.Store(max(most.Load(), under.Add(1)))
		total.Add(1)
		defer under.Add(-1)
		answers(500, "")(p, rw, r)
	})
	e := w.accepted()
	w.till.Notices = nil
	w.till.conclude(e.ID, complete)
	tills := []*till{w.open("a"), w.open("b"), w.open("c")}
	for range 5 {
		before := total.Load()
		var group sync.WaitGroup
		for _, till := range tills {
			group.Go(func() {
				if err := till.DeliverDue(context.Background(), func(desk.Receipt) {}); err != nil {
					t.Errorf("%v", err)
				}
			})
		}
		group.Wait()
		if total.Load()-before > 1 {
			t.Errorf("%d deliveries at one time that was due", total.Load()-before)
		}
		w.clock.advance(time.Hour)
	}
	if most.Load() != 1 {
		t.Errorf("%d deliveries at once", most.Load())
	}
}
