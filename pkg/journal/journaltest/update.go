package journaltest

import (
	"context"
	"errors"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func updateChecks() []check {
	return []check{
		{"a verdict becomes a state", verdictBecomesState},
		{"the worst stands", worstStands},
		{"an answer is kept whole", answerIsKept},
		{"nothing decided, nothing written", nothingDecided},
		{"an operation that is not there", updateOfNothing},
		{"a write that was begun is not cancelled", begunIsNotCancelled},
		{"a second intent is refused", secondIntent},
		{"a ruling and what contradicts it", rulings},
		{"reopening", reopening},
		{"an owner that is gone leaves an unknown", ownerGone},
		{"a late answer settles a dead owner's operation", lateAnswer},
		{"text that is not UTF-8 does no harm", notUTF8},
	}
}

func verdictBecomesState(w *world) {
	want := map[api.Verdict]journal.State{
		api.Done: journal.StateDone, api.Refused: journal.StateRefused, api.NotSent: journal.StateNotSent,
		api.Mismatch: journal.StateMismatch, api.Unknown: journal.StateUnknown,
	}
	for verdict, state := range want {
		w.sub(verdict.String(), func(w *world) {
			e := w.begin(w.desk, deposit("user"+verdict.String(), 600000))
			w.clock.advance(time.Second)
			settled := w.settle(w.desk, e.ID, answer(verdict))
			w.wantState(settled, state)
			w.wantState(w.get(w.open("till-2"), e.ID), state)
			if settled.SettledAt.IsZero() != state.Unsettled() {
				w.Errorf("a %s operation is settled at %v", state, settled.SettledAt)
			}
			if settled.Attempts != 1 || len(settled.Facts) != 2 {
				w.Errorf("attempts %d, facts %d", settled.Attempts, len(settled.Facts))
			}
		})
	}
}

func worstStands(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000))
	for _, step := range []struct {
		verdict api.Verdict
		want    journal.State
	}{
		{api.NotSent, journal.StateNotSent}, {api.Unknown, journal.StateUnknown}, {api.Refused, journal.StateUnknown},
		{api.NotSent, journal.StateUnknown}, {api.Done, journal.StateDone}, {api.Refused, journal.StateDone},
		{api.Mismatch, journal.StateMismatch}, {api.Done, journal.StateMismatch},
	} {
		w.wantState(w.settle(w.desk, e.ID, answer(step.verdict)), step.want)
	}
}

func answerIsKept(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000))
	raw := []byte("{\"status\":\"success\"}\x00\xff")
	given := journal.Answer{
		Verdict: "done", HTTPStatus: 201, Message: "OK", DepositID: "raisboy_dep_1", Detail: "d",
		Fields: []api.FieldProblem{{Field: "user_id", Problem: "presence"}},
		SentAt: w.clock.now(), ServerDate: start().Add(time.Second),
	}
	_, err := w.desk.Update(w.Context(), e.ID, func(e journal.Entry) ([]journal.Addition, error) {
		w.wantState(e, journal.StateOpen)
		return []journal.Addition{{Content: given, Raw: raw}}, nil
	})
	if err != nil {
		w.Fatal(err)
	}
	got := w.get(w.open("till-2"), e.ID)
	kept, ok := got.Facts[1].Content.(journal.Answer)
	if !ok || string(got.Facts[1].Raw) != string(raw) || !kept.SentAt.Equal(given.SentAt) || !kept.ServerDate.Equal(given.ServerDate) {
		w.Fatalf("kept %+v with %q", kept, got.Facts[1].Raw)
	}
	if got.DepositID != given.DepositID || got.Message != "OK" || got.HTTPStatus != 201 || len(got.Fields) != 1 {
		w.Fatalf("entry %+v", got)
	}
}

func nothingDecided(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000))
	wanted := errors.New("decided against it")
	_, err := w.desk.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: answer(api.Done)}}, wanted
	})
	if !errors.Is(err, wanted) {
		w.Fatalf("error %v", err)
	}
	w.update(w.desk, e.ID)
	if got := w.get(w.desk, e.ID); len(got.Facts) != 1 || got.State != journal.StateOpen {
		w.Fatalf("%d facts, %s", len(got.Facts), got.State)
	}
}

func updateOfNothing(w *world) {
	_, err := w.desk.Update(w.Context(), 99, func(journal.Entry) ([]journal.Addition, error) {
		w.Error("asked to decide about nothing")
		return nil, nil
	})
	if !errors.Is(err, journal.ErrNotFound) {
		w.Fatalf("error %v, wanted ErrNotFound", err)
	}
	if _, err := w.desk.Get(w.Context(), 99); !errors.Is(err, journal.ErrNotFound) {
		w.Fatalf("error %v, wanted ErrNotFound", err)
	}
	if _, err := w.desk.Reopen(w.Context(), 99, "", func(journal.Entry) error { return nil }); !errors.Is(err, journal.ErrNotFound) {
		w.Fatalf("error %v, wanted ErrNotFound", err)
	}
}

func begunIsNotCancelled(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000))
	ctx, cancel := context.WithCancel(w.Context())
	_, err := w.desk.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
		cancel()
		return []journal.Addition{{Content: answer(api.Done)}}, nil
	})
	if err != nil {
		w.Fatalf("a write that was begun: %v", err)
	}
	w.wantState(w.get(w.desk, e.ID), journal.StateDone)

	_, err = w.desk.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
		w.Error("begun after it was cancelled")
		return nil, nil
	})
	if !errors.Is(err, context.Canceled) {
		w.Fatalf("error %v, wanted it cancelled", err)
	}
}

func secondIntent(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000))
	_, err := w.desk.Update(w.Context(), e.ID, func(e journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: e.Facts[0].Content, Raw: e.Facts[0].Raw}}, nil
	})
	if err == nil {
		w.Fatal("a second intent was taken")
	}
	w.wantState(w.get(w.desk, e.ID), journal.StateOpen)
}

func rulings(w *world) {
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, e.ID, answer(api.Unknown))
	w.wantState(w.update(w.desk, e.ID, journal.Decision{Ruling: journal.RuledNotCreated, Note: "asked"}), journal.StateRefused)
	w.wantState(w.settle(w.desk, e.ID, answer(api.Refused)), journal.StateRefused)
	seen := w.observe(w.desk, hook{status: api.StatusAccepted, payout: "pout_1", request: "req-1"})
	w.wantState(seen.After, journal.StateConflict)
	w.wantState(w.update(w.desk, e.ID, journal.Decision{Ruling: journal.RuledNotCreated}), journal.StateRefused)
	// The person was wrong: the project speaks of the payout once more.
	seen = w.observe(w.desk, hook{status: api.StatusCompleted, payout: "pout_1", request: "req-1"})
	w.wantState(seen.After, journal.StateConflict)
	w.wantState(w.update(w.desk, e.ID, journal.Decision{Ruling: journal.RuledCreated}), journal.StateDone)
}

func reopening(w *world) {
	second := w.open("till-2")
	e := w.begin(w.desk, payout("2564568", 500000, "req-1"))
	w.settle(w.desk, e.ID, answer(api.Unknown))
	no := errors.New("not now")
	if _, err := second.Reopen(w.Context(), e.ID, "", func(journal.Entry) error { return no }); !errors.Is(err, no) {
		w.Fatalf("error %v", err)
	}
	w.wantState(w.get(w.desk, e.ID), journal.StateUnknown)
	reopened, err := second.Reopen(w.Context(), e.ID, "they asked for it", func(e journal.Entry) error {
		w.wantState(e, journal.StateUnknown)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	w.wantState(reopened, journal.StateOpen)
	w.wantState(w.get(w.desk, e.ID), journal.StateOpen)
	facts := w.get(w.desk, e.ID).Facts
	if attempt, ok := facts[len(facts)-1].Content.(journal.Attempt); !ok || attempt.Note != "they asked for it" {
		w.Errorf("the order to send again is recorded as %+v", facts[len(facts)-1])
	}
	if reopened.Owner == e.Owner {
		w.Error("the owner is still the first one")
	}
	if err := second.Close(); err != nil {
		w.Fatal(err)
	}
	w.wantState(w.get(w.desk, e.ID), journal.StateUnknown)
	// A refusal after an ambiguous attempt settles nothing.
	w.wantState(w.settle(w.desk, e.ID, answer(api.Refused)), journal.StateUnknown)
}

func ownerGone(w *world) {
	second := w.open("till-2")
	e := w.begin(second, deposit("2564568", 600000))
	w.wantState(w.get(w.desk, e.ID), journal.StateOpen)
	if err := second.Close(); err != nil {
		w.Fatal(err)
	}
	gone := w.get(w.desk, e.ID)
	w.wantState(gone, journal.StateUnknown)
	if gone.Code != journal.CodeAbandoned || !gone.SettledAt.IsZero() {
		w.Errorf("code %q, settled %v", gone.Code, gone.SettledAt)
	}
	listed := 0
	for e, err := range w.desk.List(w.Context(), journal.Filter{States: []journal.State{journal.StateUnknown}}) {
		if err != nil || e.ID != gone.ID {
			w.Fatal(e.ID, err)
		}
		listed++
	}
	for e := range w.desk.List(w.Context(), journal.Filter{States: []journal.State{journal.StateOpen}}) {
		w.Errorf("operation %d is listed as open", e.ID)
	}
	if listed != 1 {
		w.Errorf("%d unknown operations are listed", listed)
	}
}

func lateAnswer(w *world) {
	second := w.open("till-2")
	e := w.begin(second, deposit("2564568", 600000))
	if err := second.Close(); err != nil {
		w.Fatal(err)
	}
	w.wantState(w.settle(w.desk, e.ID, answer(api.Done)), journal.StateDone)
	if got := w.get(w.desk, e.ID); got.Code != "" {
		w.Errorf("code %q of a done operation", got.Code)
	}
}

// notUTF8 would make the row that is searched differ for good from the facts
// that it is derived from, if the two were written from different values.
func notUTF8(w *world) {
	e := w.begin(w.desk, deposit("2564568", 600000).withRef("caf\xe9").withProjectUser("\xff"))
	w.wantState(w.get(w.desk, e.ID), journal.StateOpen)
	w.wantState(w.settle(w.desk, e.ID, payoutAnswer(api.Done, "\xfe", api.StatusPending)), journal.StateDone)
}
