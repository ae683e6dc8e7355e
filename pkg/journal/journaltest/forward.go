package journaltest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func forwardChecks() []check {
	return []check{
		{"events are listed page by page", eventsAreListed},
		{"repeats are bounded", repeatsAreBounded},
		{"only what is new is queued", onlyNewIsQueued},
		{"one of a payout at a time", oneOfAPayoutAtATime},
		{"an orphan joins its payout's queue", orphanJoinsItsQueue},
		{"what became of an attempt survives a restart", attemptsSurvive},
		{"what was taken is not taken back", takenStaysTaken},
		{"one forwarder at a time", oneForwarder},
		{"what waits is counted", whatWaitsIsCounted},
	}
}

// queued observes a webhook that the application is to have.
func (w *world) queued(h hook) journal.Event {
	w.Helper()
	w.clock.advance(time.Millisecond)
	event, err := h.event(w.clock.now())
	if err != nil {
		w.Fatal(err)
	}
	event.Forward.State = journal.ForwardWaiting
	seen, err := w.desk.Observe(w.Context(), event)
	if err != nil {
		w.Fatal(err)
	}
	return seen.Event
}

func (w *world) forwards(j *journal.Journal, except ...int64) []int64 {
	w.Helper()
	events, err := j.DueForwards(w.Context(), "main", w.clock.now(), 100, except)
	if err != nil {
		w.Fatal(err)
	}
	var ids []int64
	for _, e := range events {
		if e.Forward.State != journal.ForwardWaiting || len(e.Body) == 0 {
			w.Errorf("event %d is due: %+v", e.ID, e.Forward)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func (w *world) wantForwards(want ...int64) {
	w.Helper()
	if got := w.forwards(w.desk); !slices.Equal(got, want) {
		w.Fatalf("due are %v, wanted %v", got, want)
	}
}

func (w *world) tried(id int64, state journal.ForwardState, wait time.Duration) {
	w.Helper()
	f := journal.Forward{State: state, HTTPStatus: 503, TriedAt: w.clock.now(), NextAt: w.clock.now().Add(wait)}
	if err := w.desk.Forwarded(w.Context(), id, f); err != nil {
		w.Fatal(err)
	}
}

func eventsAreListed(w *world) {
	w.created()
	w.observe(w.desk, accepted()) // 1
	w.clock.advance(time.Hour)
	noon := w.clock.now()
	const orphans = 450 // several pages
	for i := range orphans {
		w.observe(w.desk, hook{status: api.StatusAccepted, payout: fmt.Sprintf("pout_%d", i+10)})
	}
	w.clock.advance(time.Hour)
	evening := w.clock.now()
	w.observe(w.desk, final(api.StatusCompleted))
	rejected, err := accepted().event(w.clock.now())
	if err != nil {
		w.Fatal(err)
	}
	rejected.Reason = "invalid_signature"
	if err := w.desk.Reject(w.Context(), rejected); err != nil {
		w.Fatal(err)
	}
	last := int64(orphans + 3)
	for _, c := range []struct {
		name        string
		filter      journal.EventFilter
		first, last int64
		count       int
	}{
		{"all", journal.EventFilter{}, 1, last, orphans + 3},
		{"orphans", journal.EventFilter{Kind: journal.EventOrphan}, 2, last - 2, orphans},
		{"rejected", journal.EventFilter{Kind: journal.EventRejected}, last, last, 1},
		{"since", journal.EventFilter{Since: evening}, last - 1, last, 2},
		{"until", journal.EventFilter{Until: noon}, 1, 1, 1},
		{"the newest", journal.EventFilter{Limit: 300}, last - 299, last, 300},
		{"the newest of a kind", journal.EventFilter{Kind: journal.EventOrphan, Limit: 2}, last - 3, last - 2, 2},
		{"more than there are", journal.EventFilter{Limit: 5000}, 1, last, orphans + 3},
		{"of a profile", journal.EventFilter{Profile: "main"}, 1, last, orphans + 3},
		{"of another profile", journal.EventFilter{Profile: "other", Limit: 3}, 0, 0, 0},
	} {
		var ids []int64
		for e, err := range w.desk.Events(w.Context(), c.filter) {
			if err != nil {
				w.Fatalf("%s: %v", c.name, err)
			}
			ids = append(ids, e.ID)
		}
		if len(ids) != c.count || !slices.IsSorted(ids) || c.count > 0 && (ids[0] != c.first || ids[len(ids)-1] != c.last) {
			w.Errorf("%s: %d events, %v", c.name, len(ids), ids)
		}
	}
	for e := range w.desk.Events(w.Context(), journal.EventFilter{}) {
		if e.ID > 1 {
			w.Fatal("a list was not left when its reader had enough")
		}
		break
	}
}

// Whoever caught one webhook may send it a thousand times before it is stale.
func repeatsAreBounded(w *world) {
	w.created()
	stranger := hook{status: api.StatusAccepted, payout: "pout_9"}
	for range 150 {
		for _, h := range []hook{accepted(), stranger} {
			seen := w.observe(w.desk, h)
			if (h == accepted()) != seen.Found {
				w.Fatalf("found %t", seen.Found)
			}
		}
	}
	count := map[journal.EventKind]int{}
	for e, err := range w.desk.Events(w.Context(), journal.EventFilter{}) {
		if err != nil {
			w.Fatal(err)
		}
		count[e.Kind]++
	}
	if count[journal.EventAccepted] != 101 || count[journal.EventOrphan] != 100 {
		w.Errorf("%v are stored", count)
	}
	// News is stored however many repeats there are.
	if seen := w.observe(w.desk, final(api.StatusCompleted)); seen.Event.ID == 0 || seen.After.PayoutStatus != api.StatusCompleted {
		w.Errorf("event %d, %s", seen.Event.ID, seen.After.PayoutStatus)
	}
}

func onlyNewIsQueued(w *world) {
	w.created()
	w.observe(w.desk, accepted()) // nobody wanted it
	w.queued(accepted())          // a repeat
	orphan := w.queued(hook{status: api.StatusAccepted, payout: "pout_9"})
	w.queued(hook{status: api.StatusAccepted, payout: "pout_9"}) // a repeat
	odd := w.queued(hook{status: "frozen", payout: "pout_1"})
	w.wantForwards(orphan.ID, odd.ID)
	if err := w.desk.Forwarded(w.Context(), 1, journal.Forward{}); !errors.Is(err, journal.ErrNotFound) {
		w.Errorf("an event that is not queued: %v", err)
	}
	if err := w.desk.Forwarded(w.Context(), 99, journal.Forward{}); !errors.Is(err, journal.ErrNotFound) {
		w.Errorf("no event: %v", err)
	}
	if due, err := w.desk.DueForwards(w.Context(), "other", w.clock.now(), 10, nil); err != nil || len(due) != 0 {
		w.Errorf("of another profile %v, %v", due, err)
	}
}

func oneOfAPayoutAtATime(w *world) {
	w.created()
	first := w.queued(accepted())
	second := w.queued(final(api.StatusCompleted))
	other := w.queued(hook{status: api.StatusAccepted, payout: "pout_9"})
	w.wantForwards(first.ID, other.ID)
	if got := w.forwards(w.desk, first.ID); !slices.Equal(got, []int64{other.ID}) {
		w.Errorf("while the first is under way, due are %v", got)
	}
	w.tried(first.ID, journal.ForwardWaiting, time.Minute)
	w.wantForwards(other.ID) // the stuck payout holds up its own alone
	w.tried(other.ID, journal.ForwardTaken, 0)
	w.wantForwards()
	w.clock.advance(time.Minute)
	w.wantForwards(first.ID)
	w.tried(first.ID, journal.ForwardTaken, 0)
	w.wantForwards(second.ID)
	w.tried(second.ID, journal.ForwardGivenUp, 0)
	w.wantForwards()
}

func orphanJoinsItsQueue(w *world) {
	orphan := w.queued(accepted())
	w.created() // the orphan is attached
	if e, err := w.desk.Event(w.Context(), orphan.ID); err != nil || e.Operation == 0 || e.Forward.State != journal.ForwardWaiting {
		w.Fatalf("operation %d, %+v, %v", e.Operation, e.Forward, err)
	}
	second := w.queued(final(api.StatusCompleted))
	w.wantForwards(orphan.ID)
	w.tried(orphan.ID, journal.ForwardTaken, 0)
	w.wantForwards(second.ID)
}

func attemptsSurvive(w *world) {
	w.created()
	event := w.queued(accepted())
	w.tried(event.ID, journal.ForwardWaiting, time.Minute)
	w.tried(event.ID, journal.ForwardWaiting, time.Hour)
	stored, err := w.open("till-2").Event(w.Context(), event.ID)
	f := stored.Forward
	if err != nil || f.State != journal.ForwardWaiting || f.Attempts != 2 || f.HTTPStatus != 503 ||
		!f.TriedAt.Equal(w.clock.now()) || !f.NextAt.Equal(w.clock.now().Add(time.Hour)) {
		w.Errorf("%+v, %v", f, err)
	}
}

// A forwarder whose session broke may still await an answer while another one
// passes the same event on.
func takenStaysTaken(w *world) {
	w.created()
	event := w.queued(accepted())
	w.tried(event.ID, journal.ForwardTaken, 0)
	w.clock.advance(time.Second)
	w.tried(event.ID, journal.ForwardWaiting, 0)
	w.wantForwards()
	stored, err := w.desk.Event(w.Context(), event.ID)
	if f := stored.Forward; err != nil || f.State != journal.ForwardTaken || f.Attempts != 2 || !f.TriedAt.Before(w.clock.now()) {
		w.Errorf("%+v, %v", f, err)
	}
}

func oneForwarder(w *world) {
	first, err := w.desk.LockForwards(w.Context(), "main")
	if err != nil || first == nil {
		w.Fatalf("%v, %v", first, err)
	}
	other := w.open("till-2")
	if second, err := other.LockForwards(w.Context(), "main"); err != nil || second != nil {
		w.Fatalf("a second forwarder: %v, %v", second, err)
	}
	if err := first.Release(); err != nil {
		w.Fatal(err)
	}
	second, err := other.LockForwards(w.Context(), "main")
	if err != nil || second == nil {
		w.Fatalf("after the first: %v, %v", second, err)
	}
	if err := second.Release(); err != nil {
		w.Fatal(err)
	}
}

func whatWaitsIsCounted(w *world) {
	w.created()
	w.queued(accepted())
	unknown := w.begin(w.desk, payout("b", 100, "req-2"))
	w.settle(w.desk, unknown.ID, answer(api.Unknown))
	pending := w.begin(w.desk, payout("c", 100, "req-3"))
	w.settle(w.desk, pending.ID, payoutAnswer(api.Done, "pout_3", api.StatusPending))
	w.settle(w.desk, w.begin(w.desk, deposit("d", 100)).ID, answer(api.Unknown))
	want := journal.Backlog{Pending: 1, Accepted: 1, Unsettled: 1, Forwards: 1}
	if got, err := w.desk.Backlog(w.Context(), "main"); err != nil || got != want {
		w.Errorf("%+v, %v", got, err)
	}
	if got, err := w.desk.Backlog(w.Context(), "other"); err != nil || got != (journal.Backlog{}) {
		w.Errorf("of another profile %+v, %v", got, err)
	}
}
