package journaltest

import (
	"errors"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func readChecks() []check {
	return []check{
		{"a profile is bound to its origins", bindsOrigins},
		{"a list is filtered", listIsFiltered},
		{"a list is read in pages", listHasPages},
		{"a payout is found by either id", foundByEitherID},
		{"notices that are due", dueNotices},
		{"rejected webhooks are kept and bounded", rejectedAreKept},
		{"an operation's lock", operationLock},
		{"verify counts its rows", verifyCounts},
	}
}

func bindsOrigins(w *world) {
	ctx := w.Context()
	origins := []string{"https://project.example", "https://pay.example"}
	swapped := []string{origins[1], origins[0]}
	// To ask whether it may be bound binds nothing.
	if err := w.desk.Bound(ctx, "main", false, []string{"https://evil.example"}); err != nil {
		w.Fatal(err)
	}
	for range 2 {
		if err := w.desk.Bind(ctx, "main", false, origins); err != nil {
			w.Fatal(err)
		}
	}
	if err := w.open("till-2").Bind(ctx, "main", false, swapped); err != nil {
		w.Fatalf("in another order: %v", err)
	}
	if err := w.desk.Bound(ctx, "main", false, swapped); err != nil {
		w.Errorf("in another order: %v", err)
	}
	if origins[0] != "https://project.example" {
		w.Error("the caller's slice was sorted")
	}
	refused := []struct {
		sandbox bool
		origins []string
	}{
		{false, []string{"https://evil.example"}}, {false, origins[:1]}, {true, origins},
	}
	for _, r := range refused {
		var other *journal.OriginError
		if err := w.desk.Bind(ctx, "main", r.sandbox, r.origins); !errors.As(err, &other) || other.Profile != "main" {
			w.Errorf("bind to %v, sandbox %t: %v", r.origins, r.sandbox, err)
		}
		if err := w.desk.Bound(ctx, "main", r.sandbox, r.origins); !errors.As(err, &other) || other.Profile != "main" {
			w.Errorf("bound to %v, sandbox %t: %v", r.origins, r.sandbox, err)
		}
	}
	if err := w.desk.Bind(ctx, "sandbox", true, []string{"http://127.0.0.1:8787"}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) list(f journal.Filter) []int64 {
	w.Helper()
	var ids []int64
	for e, err := range w.desk.List(w.Context(), f) {
		if err != nil {
			w.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func listIsFiltered(w *world) {
	w.into(w.begin(w.desk, deposit("a", 100)).ID, journal.StateDone)    // 1
	w.into(w.begin(w.desk, deposit("b", 100)).ID, journal.StateUnknown) // 2
	w.clock.advance(time.Hour)
	noon := w.clock.now()
	w.begin(w.desk, deposit("c", 100).withProjectUser("#A"))                  // 3
	w.into(w.begin(w.desk, payout("a", 100, "r")).ID, journal.StateRefused)   // 4
	w.begin(w.desk, deposit("a", 100).withProfile("other"))                   // 5
	p := w.begin(w.desk, payout("d", 100, "s"))                               // 6
	w.settle(w.desk, p.ID, payoutAnswer(api.Done, "pout", api.StatusPending)) // 6
	for _, c := range []struct {
		name   string
		filter journal.Filter
		want   []int64
	}{
		{"all", journal.Filter{}, []int64{1, 2, 3, 4, 5, 6}},
		{"profile", journal.Filter{Profile: "other"}, []int64{5}},
		{"kind", journal.Filter{Kind: api.KindPayout}, []int64{4, 6}},
		{"states", journal.Filter{States: []journal.State{journal.StateDone, journal.StateRefused}}, []int64{1, 4, 6}},
		{"unknown alone", journal.Filter{States: []journal.State{journal.StateUnknown}}, []int64{2}},
		{"open", journal.Filter{States: []journal.State{journal.StateOpen}}, []int64{3, 5}},
		{"payout status", journal.Filter{PayoutStatus: api.StatusPending}, []int64{6}},
		{"user", journal.Filter{User: "a"}, []int64{1, 4, 5}},
		{"project user", journal.Filter{User: "#A"}, []int64{3}},
		{"since", journal.Filter{Since: noon}, []int64{3, 4, 5, 6}},
		{"until", journal.Filter{Until: noon}, []int64{1, 2}},
		{"newest", journal.Filter{Limit: 2}, []int64{5, 6}},
		{"newest of a state", journal.Filter{Limit: 1, States: []journal.State{journal.StateUnknown}}, []int64{2}},
		{"none", journal.Filter{User: "nobody"}, nil},
	} {
		if got := w.list(c.filter); !slices.Equal(got, c.want) {
			w.Errorf("%s: operations %v, wanted %v", c.name, got, c.want)
		}
	}
	for range w.desk.List(w.Context(), journal.Filter{}) {
		break // a reader may stop
	}
}

func foundByEitherID(w *world) {
	e := w.created()
	for key, want := range map[string]int{"pout_1": 1, "req-1": 1, "nothing": 0, "": 0} {
		found, err := w.desk.Find(w.Context(), "main", key)
		if err != nil || len(found) != want || want == 1 && found[0].ID != e.ID {
			w.Errorf("find %q: %d, error %v", key, len(found), err)
		}
	}
	if found, err := w.desk.Find(w.Context(), "other", "pout_1"); err != nil || len(found) != 0 {
		w.Errorf("found in another profile: %d, error %v", len(found), err)
	}
}

// decide orders the payout's end, with a frozen notice.
func (w *world) decide(id int64, ruling journal.Ruling) journal.Entry {
	w.Helper()
	call, err := api.Notice{PayoutID: "pout_1", Status: api.PayoutStatus(ruling), Amount: 500000, Currency: "UZS",
		Timestamp: w.clock.now(), URL: accepted().url}.Call()
	if err != nil {
		w.Fatal(err)
	}
	e, err := w.desk.Update(w.Context(), id, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.Decision{Ruling: ruling, URL: call.URL}, Raw: call.Body}}, nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func (w *world) wantDue(profile string, at time.Time, want ...int64) {
	w.Helper()
	got, err := w.desk.DueNotices(w.Context(), profile, at)
	if err != nil || !slices.Equal(got, want) {
		w.Fatalf("due %v, error %v; wanted %v", got, err, want)
	}
}

func dueNotices(w *world) {
	e := w.created()
	w.observe(w.desk, accepted())
	w.wantDue("main", w.clock.now())
	decided := w.decide(e.ID, journal.RuledCompleted)
	if decided.Notice == nil || decided.Notice.State != journal.NoticeQueued || decided.PayoutStatus != api.StatusCompleted {
		w.Fatalf("notice %+v, %s", decided.Notice, decided.PayoutStatus)
	}
	now := w.clock.now()
	w.wantDue("main", now, e.ID)
	w.wantDue("other", now)
	w.update(w.desk, e.ID, journal.Notice{Started: true},
		journal.Notice{State: journal.NoticeQueued, Verdict: "unknown", Cause: api.CauseTimeout, NextAt: now.Add(time.Minute)})
	w.wantDue("main", now)
	w.wantDue("main", now.Add(time.Minute), e.ID)
	if got := w.list(journal.Filter{Notices: true}); !slices.Equal(got, []int64{e.ID}) {
		w.Fatalf("listed %v", got)
	}
	// The project says the opposite: the notice waits for a person.
	w.observe(w.desk, final(api.StatusCancelled))
	w.wantDue("main", now.Add(time.Hour))
	got := w.get(w.desk, e.ID)
	w.wantState(got, journal.StateConflict)
	n := got.Notice
	if n.State != journal.NoticePaused || n.Attempts != 1 || !n.Begun || !n.Ambiguous || n.Code != string(api.CauseTimeout) {
		w.Fatalf("notice %+v", n)
	}
	w.update(w.desk, e.ID, journal.Notice{State: journal.NoticeDelivered, Verdict: "done", HTTPStatus: 200})
	if got := w.list(journal.Filter{Notices: true}); len(got) != 0 {
		w.Fatalf("listed %v after the delivery", got)
	}
}

func rejectedAreKept(w *world) {
	e := w.created()
	for i := range 3 {
		event, err := accepted().event(w.clock.now())
		if err != nil {
			w.Fatal(err)
		}
		event.Reason, event.Body = "invalid_signature", []byte("not JSON")
		if err := w.desk.Reject(w.Context(), event); err != nil {
			w.Fatal(err)
		}
		stored, err := w.desk.Event(w.Context(), int64(i+1))
		if err != nil || stored.Kind != journal.EventRejected || stored.Reason != "invalid_signature" || string(stored.Body) != "not JSON" {
			w.Fatalf("stored %+v, error %v", stored, err)
		}
	}
	if _, err := w.desk.Event(w.Context(), 9); !errors.Is(err, journal.ErrNotFound) {
		w.Fatalf("error %v, wanted ErrNotFound", err)
	}
	if got := w.get(w.desk, e.ID); len(got.Facts) != 2 {
		w.Fatal("a rejected webhook became a fact")
	}
}

func operationLock(w *world) {
	e := w.created()
	second := w.open("till-2")
	lock, err := w.desk.Lock(w.Context(), e.ID)
	if err != nil {
		w.Fatal(err)
	}
	for _, j := range []*journal.Journal{second, w.desk} {
		var locked *journal.LockedError
		if _, err := j.Lock(w.Context(), e.ID); !errors.As(err, &locked) || locked.Operation != e.ID ||
			locked.Holder.Desk != "till-1" || locked.Holder.OSUser != "cashier" || locked.Holder.PID == 0 || locked.Holder.Since.IsZero() {
			w.Fatalf("error %v, wanted to hear who holds it", err)
		}
	}
	other, err := second.Lock(w.Context(), e.ID+1)
	if err != nil {
		w.Fatalf("another operation's lock: %v", err)
	}
	if err := errors.Join(other.Release(), lock.Release()); err != nil {
		w.Fatal(err)
	}
	lock, err = second.Lock(w.Context(), e.ID)
	if err != nil {
		w.Fatalf("after its release: %v", err)
	}
	if err := lock.Release(); err != nil {
		w.Fatal(err)
	}
}

func verifyCounts(w *world) {
	if err := w.desk.Bind(w.Context(), "main", false, []string{"https://project.example"}); err != nil {
		w.Fatal(err)
	}
	w.created()
	w.observe(w.desk, accepted())
	w.wantOrphan(hook{status: api.StatusAccepted, payout: "pout_9"})
	report, err := w.desk.Verify(w.Context())
	// An operation, its three facts, two events, a profile.
	if err != nil || !report.OK() || report.Rows != 7 {
		w.Fatalf("%d rows, damaged %v, error %v", report.Rows, report.Damaged, err)
	}
}
