package journaltest

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func orphanChecks() []check {
	return []check{
		{"an orphan attaches by its request id", orphanByRequest},
		{"an orphan attaches by its payout id", orphanByPayout},
		{"an orphan attaches once a webhook names its payout", orphanBehindWebhook},
		{"an orphan attaches behind another orphan", orphanBehindOrphan},
		{"repeats among orphans attach once", orphanRepeated},
		{"an orphan that is not recognised changes nothing", orphanUnrecognised},
		{"an orphan of another profile stays one", orphanOfOther},
	}
}

func (w *world) wantOrphan(h hook) int64 {
	w.Helper()
	seen := w.observe(w.desk, h)
	w.wantEvent(seen, journal.EventOrphan, 0, false)
	return seen.Event.ID
}

func (w *world) wantAttached(event, operation int64, kind journal.EventKind) {
	w.Helper()
	stored, err := w.desk.Event(w.Context(), event)
	if err != nil || stored.Operation != operation || stored.Kind != kind {
		w.Fatalf("event %d: %s of operation %d, error %v; wanted %s of %d", event, stored.Kind, stored.Operation, err, kind, operation)
	}
}

func orphanByRequest(w *world) {
	event := w.wantOrphan(accepted())
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.wantAttached(event, e.ID, journal.EventAccepted)
	got := w.get(w.desk, e.ID)
	w.wantState(got, journal.StateDone)
	if got.PayoutID != "pout_1" || got.PayoutStatus != api.StatusAccepted {
		w.Fatalf("payout_id %q, %s", got.PayoutID, got.PayoutStatus)
	}
}

func orphanByPayout(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	event := w.wantOrphan(final(api.StatusCancelled)) // it has no request_id
	got := w.settle(w.desk, e.ID, payoutAnswer(api.Done, "pout_1", api.StatusPending))
	w.wantAttached(event, e.ID, journal.EventCancelled)
	if got.PayoutStatus != api.StatusCancelled {
		w.Fatalf("status %s", got.PayoutStatus)
	}
}

// orphanBehindWebhook: the answer is lost, so that only Webhook 1 tells which
// payout is meant. A cancelled one must not look as if it could be paid.
func orphanBehindWebhook(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	event := w.wantOrphan(final(api.StatusCancelled))
	seen := w.observe(w.desk, accepted())
	w.wantAttached(event, e.ID, journal.EventCancelled)
	if seen.After.PayoutStatus != api.StatusCancelled {
		w.Fatalf("the observation says %s", seen.After.PayoutStatus)
	}
	if got := w.get(w.desk, e.ID); got.PayoutStatus != api.StatusCancelled {
		w.Fatalf("status %s", got.PayoutStatus)
	}
}

func orphanBehindOrphan(w *world) {
	last := w.wantOrphan(final(api.StatusCancelled))
	first := w.wantOrphan(accepted())
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.wantAttached(first, e.ID, journal.EventAccepted)
	w.wantAttached(last, e.ID, journal.EventCancelled)
	if got := w.get(w.desk, e.ID); got.PayoutStatus != api.StatusCancelled {
		w.Fatalf("status %s", got.PayoutStatus)
	}
}

func orphanRepeated(w *world) {
	w.wantOrphan(accepted())
	second := w.wantOrphan(accepted())
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	stored, err := w.desk.Event(w.Context(), second)
	if err != nil || !stored.Duplicate {
		w.Fatalf("duplicate %t, error %v", stored.Duplicate, err)
	}
	if got := w.get(w.desk, e.ID); len(got.Facts) != 2 {
		w.Fatalf("%d facts", len(got.Facts))
	}
}

func orphanUnrecognised(w *world) {
	event := w.wantOrphan(hook{status: "exploded", payout: "pout_1", request: "req-1"})
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.wantAttached(event, e.ID, journal.EventUnrecognised)
	w.wantState(w.get(w.desk, e.ID), journal.StateOpen)
}

func orphanOfOther(w *world) {
	event := w.wantOrphan(accepted())
	w.begin(w.desk, payout("2564568", 500000, "req-1").withProfile("other"))
	w.wantAttached(event, 0, journal.EventOrphan)
}
