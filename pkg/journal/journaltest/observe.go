package journaltest

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func observeChecks() []check {
	return []check{
		{"the statuses in order", statusesInOrder},
		{"a repeat changes nothing", repeatChangesNothing},
		{"a rank never falls", rankNeverFalls},
		{"a webhook overtakes the answer", overtakesTheAnswer},
		{"a webhook proves an unknown payout", provesUnknown},
		{"a webhook for what was refused is a conflict", revivesRefused},
		{"opposite ends are a conflict", oppositeEnds},
		{"what differs is a mismatch", whatDiffers},
		{"an answer that names another payout is a mismatch", otherPayoutID},
		{"what is not recognised changes nothing", unrecognised},
		{"a request id that was used again", usedAgain},
		{"profiles apart", profilesApart},
	}
}

// created is a payout that the project answered with pout_1.
func (w *world) created() journal.Entry {
	w.Helper()
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	return w.settle(w.desk, e.ID, payoutAnswer(api.Done, "pout_1", api.StatusPending))
}

func (w *world) wantEvent(seen journal.Observation, kind journal.EventKind, operation int64, duplicate bool) {
	w.Helper()
	got := seen.Event
	if got.Kind != kind || got.Operation != operation || got.Duplicate != duplicate || seen.Found != (operation != 0) {
		w.Fatalf("event %d: %s of operation %d, duplicate %t, found %t; wanted %s of %d, %t",
			got.ID, got.Kind, got.Operation, got.Duplicate, seen.Found, kind, operation, duplicate)
	}
	stored, err := w.desk.Event(w.Context(), got.ID)
	if err != nil || stored.Kind != kind || stored.Operation != operation || stored.Duplicate != duplicate ||
		string(stored.Body) != string(got.Body) || stored.Webhook != got.Webhook ||
		stored.Path != "/hook" || stored.SignedPath != "request" || stored.Headers["X-Timestamp"][0] != "1764247157" {
		w.Fatalf("stored %+v, error %v", stored, err)
	}
}

func accepted() hook {
	return hook{status: api.StatusAccepted, payout: "pout_1", request: "req-1", amount: "5000.0", currency: "UZS",
		url: "https://project.example/api/payments/notify/1/pout_1"}
}

func final(s api.PayoutStatus) hook {
	return hook{status: s, payout: "pout_1", amount: "5000.00", currency: "UZS"}
}

func statusesInOrder(w *world) {
	e := w.created()
	seen := w.observe(w.desk, accepted())
	w.wantEvent(seen, journal.EventAccepted, e.ID, false)
	if seen.Before.PayoutStatus != api.StatusPending || seen.After.PayoutStatus != api.StatusAccepted ||
		seen.After.WebhookURL != accepted().url || !seen.After.PayoutOpen() {
		w.Fatalf("from %s to %s, url %q", seen.Before.PayoutStatus, seen.After.PayoutStatus, seen.After.WebhookURL)
	}
	seen = w.observe(w.open("till-2"), final(api.StatusCompleted))
	w.wantEvent(seen, journal.EventCompleted, e.ID, false)
	w.wantState(seen.After, journal.StateDone)
	if got := w.get(w.desk, e.ID); got.PayoutStatus != api.StatusCompleted || got.PayoutOpen() || len(got.Facts) != 4 {
		w.Fatalf("status %s, %d facts", got.PayoutStatus, len(got.Facts))
	}
}

func repeatChangesNothing(w *world) {
	e := w.created()
	w.observe(w.desk, accepted())
	w.observe(w.desk, final(api.StatusCompleted))
	for _, h := range []hook{accepted(), final(api.StatusCompleted), accepted()} {
		seen := w.observe(w.desk, h)
		if !seen.Event.Duplicate || seen.Before.PayoutStatus != seen.After.PayoutStatus || len(seen.After.Facts) != 4 {
			w.Fatalf("duplicate %t, %d facts", seen.Event.Duplicate, len(seen.After.Facts))
		}
	}
	w.wantState(w.get(w.desk, e.ID), journal.StateDone)
}

func rankNeverFalls(w *world) {
	e := w.created()
	w.observe(w.desk, final(api.StatusCompleted))
	seen := w.observe(w.desk, accepted())
	w.wantEvent(seen, journal.EventAccepted, e.ID, false)
	if seen.After.PayoutStatus != api.StatusCompleted || seen.After.State != journal.StateDone {
		w.Fatalf("%s, %s", seen.After.PayoutStatus, seen.After.State)
	}
	if seen.After.WebhookURL != accepted().url {
		w.Error("what came late was not taken in")
	}
}

func overtakesTheAnswer(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	seen := w.observe(w.open("till-2"), accepted())
	w.wantEvent(seen, journal.EventAccepted, e.ID, false)
	w.wantState(seen.After, journal.StateDone)
	if seen.After.PayoutID != "pout_1" {
		w.Errorf("payout_id %q", seen.After.PayoutID)
	}
	got := w.settle(w.desk, e.ID, payoutAnswer(api.Done, "pout_1", api.StatusPending))
	w.wantState(got, journal.StateDone)
	if got.PayoutStatus != api.StatusAccepted {
		w.Errorf("status fell to %s", got.PayoutStatus)
	}
}

func provesUnknown(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, e.ID, answer(api.Unknown))
	w.wantState(w.observe(w.desk, accepted()).After, journal.StateDone)
}

func revivesRefused(w *world) {
	for i, verdict := range []api.Verdict{api.Refused, api.NotSent} {
		request := []string{"req-a", "req-b"}[i]
		e := w.begin(w.desk, payout("2564568", 500000, request))
		w.settle(w.desk, e.ID, answer(verdict))
		seen := w.observe(w.desk, hook{status: api.StatusAccepted, payout: "pout_" + request, request: request})
		w.wantState(seen.After, journal.StateConflict)
		w.held(w.desk, payout("2564568", 500000, "req-c"), journal.Guard{Again: true}, journal.HeldConflict, e.ID)
		w.update(w.desk, e.ID, journal.Decision{Ruling: journal.RuledCreated})
	}
}

func oppositeEnds(w *world) {
	e := w.created()
	w.observe(w.desk, final(api.StatusCancelled))
	seen := w.observe(w.desk, final(api.StatusCompleted))
	w.wantEvent(seen, journal.EventCompleted, e.ID, false)
	w.wantState(seen.After, journal.StateConflict)
}

func whatDiffers(w *world) {
	base := accepted()
	differ := map[string]func(*hook){
		"amount":       func(h *hook) { h.amount = "5000.01" },
		"no sum":       func(h *hook) { h.amount = "5000.005" },
		"currency":     func(h *hook) { h.currency = "USD" },
		"payout_id":    func(h *hook) { h.payout = "pout_2" },
		"request_id":   func(h *hook) { h.request = "req-2" },
		"negative":     func(h *hook) { h.amount = "-5000.00" },
		"amount, late": func(h *hook) { h.amount, h.status = "1.00", api.StatusCompleted },
	}
	number := 0
	for name, change := range differ {
		w.sub(name, func(w *world) {
			// Every payout has ids of its own, so that each webhook finds one alone.
			number++
			own := string(rune('a' + number))
			e := w.begin(w.desk, payout("user"+own, 500000, "req-1"+own))
			w.settle(w.desk, e.ID, payoutAnswer(api.Done, "pout_1"+own, api.StatusPending))
			h := base
			change(&h)
			h.payout, h.request = h.payout+own, h.request+own
			seen := w.observe(w.desk, h)
			w.wantState(seen.After, journal.StateMismatch)
			if seen.After.ID != e.ID || seen.Event.Kind == journal.EventOrphan {
				w.Errorf("operation %d, %s", seen.After.ID, seen.Event.Kind)
			}
		})
	}
}

// otherPayoutID holds whichever of the two comes first, and whether or not the
// answer could be believed.
func otherPayoutID(w *world) {
	for _, verdict := range []api.Verdict{api.Done, api.Unknown} {
		for _, webhookFirst := range []bool{true, false} {
			own := verdict.String() + map[bool]string{true: "-1", false: "-2"}[webhookFirst]
			e := w.begin(w.desk, payout("user"+own, 500000, own))
			h := hook{status: api.StatusAccepted, payout: "pout_x" + own, request: own}
			if webhookFirst {
				w.observe(w.desk, h)
			}
			w.settle(w.desk, e.ID, payoutAnswer(verdict, "pout_y"+own, ""))
			if !webhookFirst {
				w.observe(w.desk, h)
			}
			w.wantState(w.get(w.desk, e.ID), journal.StateMismatch)
		}
	}
}

func unrecognised(w *world) {
	e := w.created()
	failed := accepted()
	failed.failed = true
	for _, h := range []hook{failed, {status: "exploded", payout: "pout_1"}, {status: api.StatusPending, payout: "pout_1"}, {payout: "pout_1"}} {
		seen := w.observe(w.desk, h)
		w.wantEvent(seen, journal.EventUnrecognised, e.ID, false)
		if len(seen.After.Facts) != 2 || seen.After.PayoutStatus != api.StatusPending {
			w.Fatalf("%+v changed something", h)
		}
	}
}

// usedAgain: a refused request id is free; a webhook is about the payout that
// may exist.
func usedAgain(w *world) {
	first := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, first.ID, answer(api.Refused))
	second := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, second.ID, answer(api.Unknown))
	third := w.observe(w.desk, accepted())
	w.wantEvent(third, journal.EventAccepted, second.ID, false)
	w.wantState(w.get(w.desk, first.ID), journal.StateRefused)
	found, err := w.desk.Find(w.Context(), "main", "req-1")
	if err != nil || len(found) != 2 || found[0].ID != first.ID || found[1].ID != second.ID {
		w.Fatalf("found %d, error %v", len(found), err)
	}
}

func profilesApart(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1").withProfile("other"))
	w.wantEvent(w.observe(w.desk, accepted()), journal.EventOrphan, 0, false)
	if got := w.get(w.desk, e.ID); len(got.Facts) != 1 {
		w.Fatal("a webhook of one profile touched an operation of another")
	}
}
