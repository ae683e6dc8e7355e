package journal

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// facts numbers the contents behind the intent of the proposal.
func facts(p Proposal, contents ...Content) []Fact {
	at := newClock().now()
	all := []Fact{{Operation: 1, Position: 1, At: at, Raw: p.Call.Body, Content: Intent{
		Kind: p.Call.Kind, Profile: p.Profile, URL: p.Call.URL, Owner: "owner-1"}}}
	for i, c := range contents {
		all = append(all, Fact{Operation: 1, Position: i + 2, At: at.Add(time.Duration(i+1) * time.Second), Content: c})
	}
	return all
}

func mustFold(t interface{ Fatal(...any) }, all []Fact) Entry {
	e, err := Fold(all)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func genVerdict() *rapid.Generator[api.Verdict] {
	return rapid.SampledFrom([]api.Verdict{api.Unknown, api.Done, api.Refused, api.NotSent, api.Mismatch})
}

func genStatus() *rapid.Generator[api.PayoutStatus] {
	return rapid.SampledFrom([]api.PayoutStatus{"", api.StatusPending, api.StatusAccepted, api.StatusCompleted, api.StatusCancelled})
}

func genAnswer() *rapid.Generator[Content] {
	return rapid.Custom(func(t *rapid.T) Content {
		return Answer{
			Verdict: genVerdict().Draw(t, "verdict").String(), HTTPStatus: 200,
			PayoutID:     rapid.SampledFrom([]string{"", "", "p1", "p1", "p2"}).Draw(t, "payout id"),
			DepositID:    rapid.SampledFrom([]string{"", "", "d1", "d1", "d2"}).Draw(t, "deposit id"),
			PayoutStatus: genStatus().Draw(t, "status"),
		}
	})
}

func genWebhook() *rapid.Generator[Content] {
	return rapid.Custom(func(t *rapid.T) Content {
		return Webhook{
			PayoutID:  rapid.SampledFrom([]string{"", "p1", "p1", "p1", "p2"}).Draw(t, "payout id"),
			Status:    genStatus().Filter(func(s api.PayoutStatus) bool { return s.Rank() > 1 }).Draw(t, "status"),
			HasAmount: true, Amount: rapid.SampledFrom([]money.Amount{100, 100, 100, 101}).Draw(t, "amount"),
			Currency:  rapid.SampledFrom([]string{"", "UZS", "UZS", "USD"}).Draw(t, "currency"),
			RequestID: rapid.SampledFrom([]string{"", "r", "r", "s"}).Draw(t, "request id"),
		}
	})
}

func genStatement() *rapid.Generator[Content] {
	return rapid.Custom(func(t *rapid.T) Content {
		return Statement{
			Row: rapid.SampledFrom([]string{"row-1", "row-1", "row-1", "row-2"}).Draw(t, "row"), Digest: "d", Line: 2, By: "id",
			PayoutID: rapid.SampledFrom([]string{"", "p1", "p1", "p2"}).Draw(t, "payout id"),
			Amount:   rapid.SampledFrom([]money.Amount{100, 100, 100, 101}).Draw(t, "amount"),
			Currency: rapid.SampledFrom([]string{"UZS", "UZS", "USD"}).Draw(t, "currency"),
		}
	})
}

func genMachine() *rapid.Generator[[]Content] {
	return rapid.SliceOfN(rapid.OneOf(genAnswer(), genWebhook(), genStatement()), 0, 7)
}

// implied is a second reading of the design's table: what the evidence of
// machines says about a payout of 1.00 UZS with the request id r, in whatever
// order it came.
func implied(contents []Content) State {
	var done, mismatch, refused, notSent, unknown, webhook, answered, stated bool
	rows := map[string]bool{}
	payouts, deposits, ends := map[string]bool{}, map[string]bool{}, map[api.PayoutStatus]bool{}
	for _, c := range contents {
		switch c := c.(type) {
		case Answer:
			answered = true
			payouts[c.PayoutID], deposits[c.DepositID], ends[c.PayoutStatus] = true, true, true
			done = done || c.Verdict == "done"
			mismatch = mismatch || c.Verdict == "mismatch"
			refused = refused || c.Verdict == "refused"
			notSent = notSent || c.Verdict == "not_sent"
			unknown = unknown || c.Verdict == "unknown"
		case Webhook:
			webhook = true
			payouts[c.PayoutID], ends[c.Status] = true, true
			mismatch = mismatch || c.Amount != 100 || c.Currency == "USD" || c.RequestID == "s"
		case Statement:
			stated = true
			payouts[c.PayoutID], rows[c.Row] = true, true
			mismatch = mismatch || c.Amount != 100 || c.Currency != "UZS"
		}
	}
	delete(payouts, "")
	delete(deposits, "")
	switch {
	case len(deposits) > 1, len(rows) > 1, ends[api.StatusCompleted] && ends[api.StatusCancelled]:
		return StateConflict
	case (webhook || stated) && (refused || notSent) && !unknown && !done:
		return StateConflict
	case mismatch, len(payouts) > 1:
		return StateMismatch
	case done, webhook, stated:
		return StateDone
	case !answered:
		return StateOpen
	case unknown:
		return StateUnknown
	case refused:
		return StateRefused
	}
	return StateNotSent
}

func TestFoldOfMachineEvidenceIsTheTable(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	rapid.Check(t, func(t *rapid.T) {
		contents := genMachine().Draw(t, "evidence")
		if got, want := mustFold(t, facts(p, contents...)).State, implied(contents); got != want {
			t.Fatalf("%s, wanted %s", got, want)
		}
	})
}

// Answers and webhooks race each other in reality: their order must not matter.
func TestFoldOfMachineEvidenceCommutes(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	rapid.Check(t, func(t *rapid.T) {
		contents := genMachine().Draw(t, "evidence")
		shuffled := rapid.Permutation(contents).Draw(t, "another order")
		a, b := mustFold(t, facts(p, contents...)), mustFold(t, facts(p, shuffled...))
		if a.State != b.State || a.Attempts != b.Attempts {
			t.Fatalf("%s after %d, but %s after %d", a.State, a.Attempts, b.State, b.Attempts)
		}
		if a.State != StateConflict && a.PayoutStatus != b.PayoutStatus {
			t.Fatalf("payout %s, but %s", a.PayoutStatus, b.PayoutStatus)
		}
		if a.PayoutStatus.Rank() != b.PayoutStatus.Rank() {
			t.Fatalf("payout %s, but %s", a.PayoutStatus, b.PayoutStatus)
		}
		settled := a.State != StateConflict && a.State != StateMismatch // else there may be two ids
		if settled && (a.PayoutID != b.PayoutID || a.DepositID != b.DepositID) {
			t.Fatalf("ids %q %q, but %q %q", a.PayoutID, a.DepositID, b.PayoutID, b.DepositID)
		}
	})
}

// TestFoldForgetsNothing: a further fact never turns what may have moved into
// what did not.
func TestFoldForgetsNothing(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	moved := func(s State) bool { return s == StateDone || s == StateMismatch || s == StateConflict }
	rapid.Check(t, func(t *rapid.T) {
		contents := genMachine().Draw(t, "evidence")
		for n := 1; n <= len(contents); n++ {
			before, after := mustFold(t, facts(p, contents[:n-1]...)), mustFold(t, facts(p, contents[:n]...))
			if moved(before.State) && !moved(after.State) ||
				before.State == StateMismatch && after.State == StateDone ||
				before.State == StateUnknown && (after.State == StateRefused || after.State == StateNotSent || after.State == StateOpen) {
				t.Fatalf("from %s to %s by %+v", before.State, after.State, contents[n-1])
			}
			if after.PayoutStatus.Rank() < before.PayoutStatus.Rank() ||
				before.PayoutStatus.Final() && after.PayoutStatus != before.PayoutStatus {
				t.Fatalf("payout from %s to %s", before.PayoutStatus, after.PayoutStatus)
			}
			if before.PayoutID != "" && after.PayoutID != before.PayoutID || before.DepositID != "" && after.DepositID != before.DepositID {
				t.Fatal("an id was replaced")
			}
			if len(after.Facts) != n+1 {
				t.Fatalf("%d facts after %d", len(after.Facts), n+1)
			}
		}
	})
}

func TestFoldRefusalAfterAmbiguousAttemptStaysUnknown(t *testing.T) {
	p := testDeposit(t, "u", 100)
	rapid.Check(t, func(t *rapid.T) {
		negative := rapid.SampledFrom([]api.Verdict{api.Refused, api.NotSent, api.Unknown})
		verdicts := rapid.SliceOf(negative).Draw(t, "verdicts")
		at := rapid.IntRange(0, len(verdicts)).Draw(t, "where")
		verdicts = append(verdicts[:at:at], append([]api.Verdict{api.Unknown}, verdicts[at:]...)...)
		var contents []Content
		for _, v := range verdicts {
			contents = append(contents, Answer{Verdict: v.String()})
		}
		if got := mustFold(t, facts(p, contents...)).State; got != StateUnknown {
			t.Fatalf("%s after %v", got, verdicts)
		}
	})
}

func genRuling() *rapid.Generator[Decision] {
	return rapid.Custom(func(t *rapid.T) Decision {
		d := Decision{Ruling: rapid.SampledFrom([]Ruling{RuledCreated, RuledNotCreated, RuledAccepted}).Draw(t, "ruling")}
		if d.Ruling == RuledAccepted {
			d.Amount = rapid.SampledFrom([]money.Amount{0, 101}).Draw(t, "amount")
		}
		return d
	})
}

// A ruling stands whatever the evidence was that it ruled about; later word of
// a machine against it makes a conflict, however often that was ruled away.
func TestFoldRulings(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	rapid.Check(t, func(t *rapid.T) {
		var contents []Content
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			contents = append(contents, genMachine().Draw(t, "evidence")...)
			decision := genRuling().Draw(t, "decision")
			contents = append(contents, decision)
			ruled, _ := decision.Ruling.settles()
			e := mustFold(t, facts(p, contents...))
			if e.State != ruled {
				t.Fatalf("%s after the ruling %s", e.State, decision.Ruling)
			}
			if e.PayoutID == "" || e.PayoutStatus.Final() || implied(contents) == StateConflict {
				continue
			}
			later := Webhook{PayoutID: e.PayoutID, Status: api.StatusAccepted, HasAmount: true, Amount: e.Amount(), Currency: "UZS", RequestID: "r"}
			if implied(append(slices.Clone(contents), later)) == StateConflict {
				continue // against a refusal, whatever the ruling was
			}
			e = mustFold(t, facts(p, append(contents[:len(contents):len(contents)], later)...))
			switch {
			case ruled == StateRefused && e.State != StateConflict:
				t.Fatalf("%s after a webhook against the ruling", e.State)
			case ruled == StateDone && decision.Ruling == RuledAccepted && implied(contents) == StateMismatch && e.State != StateDone:
				t.Fatalf("%s after a webhook for the ruling", e.State)
			}
			later.Amount += 7
			if e = mustFold(t, facts(p, append(contents[:len(contents):len(contents)], later)...)); decision.Ruling == RuledAccepted && e.State != StateConflict {
				t.Fatalf("%s after a webhook of another sum than the accepted one", e.State)
			}
		}
	})
}

// Fold is pure: it changes nothing that it is given, and says the same twice.
func TestFoldIsPure(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	rapid.Check(t, func(t *rapid.T) {
		all := facts(p, genMachine().Draw(t, "evidence")...)
		kept := append([]Fact(nil), all...)
		a, b := mustFold(t, all), mustFold(t, all)
		if diff := cmp.Diff(a, b, cmp.AllowUnexported(Entry{}, evidence{})); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(kept, all); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWithIsTheFoldToCome(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	call, err := api.Notice{PayoutID: "p1", Status: api.StatusCompleted, Amount: 100, Currency: "UZS", Timestamp: newClock().now(), URL: "https://project.example/n"}.Call()
	if err != nil {
		t.Fatal(err)
	}
	all := facts(p, Answer{Verdict: "done", PayoutID: "p1"}, Decision{Ruling: RuledCompleted, URL: call.URL},
		Notice{Started: true}, Notice{State: NoticeStopped, Verdict: "refused"}, Answer{Verdict: "mismatch"})
	all[2].Raw = call.Body
	for n := 1; n <= len(all); n++ {
		before, kept := mustFold(t, all[:n]), mustFold(t, all[:n])
		for _, later := range all[n:] {
			after := before.With(later.At, []Addition{{Content: later.Content, Raw: later.Raw}})
			want := mustFold(t, append(slices.Clone(all[:n]), Fact{Operation: 1, Position: n + 1, At: later.At, Content: later.Content, Raw: later.Raw}))
			if diff := cmp.Diff(want, after, cmp.AllowUnexported(Entry{}, evidence{})); diff != "" {
				t.Fatalf("%d facts and a %s: %s", n, later.Kind(), diff)
			}
		}
		if diff := cmp.Diff(kept, before, cmp.AllowUnexported(Entry{}, evidence{})); diff != "" {
			t.Fatalf("what was asked about changed: %s", diff)
		}
	}
}

// TestWebhookSpeaksForALostAnswer: what is shown of a payout that a webhook
// proves is not the timeout of an attempt, whichever of the two came first.
func TestWebhookSpeaksForALostAnswer(t *testing.T) {
	lost := Answer{Verdict: api.Unknown.String(), Cause: api.CauseTimeout}
	hook := Webhook{PayoutID: "p1", Status: api.StatusAccepted}
	for name, contents := range map[string][]Content{"answer first": {lost, hook}, "webhook first": {hook, lost}} {
		e := mustFold(t, facts(testPayout(t, "u", 100, "r"), contents...))
		if e.State != StateDone || e.Code != "" {
			t.Errorf("%s: %s, code %q", name, e.State, e.Code)
		}
	}
	if e := mustFold(t, facts(testPayout(t, "u", 100, "r"), lost)); e.Code != string(api.CauseTimeout) {
		t.Errorf("code %q", e.Code)
	}
}
