package journal

import (
	"errors"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
)

func TestFoldTable(t *testing.T) {
	const (
		done, refused, unknown, notSent, mismatch = "done", "refused", "unknown", "not_sent", "mismatch"
	)
	a := func(verdict string) Content { return Answer{Verdict: verdict} }
	rule := func(r Ruling) Content { return Decision{Ruling: r} }
	hook := Webhook{PayoutID: "p1", Status: api.StatusAccepted}
	line := Statement{Row: "1", Amount: 100, Currency: "UZS"}
	for _, c := range []struct {
		name     string
		contents []Content
		want     State
	}{
		{"an intent alone", nil, StateOpen},
		{"an unheard-of verdict", []Content{a("splendid")}, StateUnknown},
		{"ruled, repeated", []Content{a(unknown), rule(RuledNotCredited), a(unknown)}, StateRefused},
		{"ruled not credited, then refused", []Content{a(unknown), rule(RuledNotCredited), a(refused)}, StateRefused},
		{"ruled not credited, then done", []Content{a(unknown), rule(RuledNotCredited), a(done)}, StateConflict},
		{"ruled not credited, then mismatch", []Content{a(unknown), rule(RuledNotCredited), a(mismatch)}, StateConflict},
		{"ruled credited, then refused after an ambiguous one", []Content{a(unknown), rule(RuledCredited), a(refused)}, StateDone},
		{"ruled credited, then mismatch", []Content{a(unknown), rule(RuledCredited), a(mismatch)}, StateConflict},
		{"the owner was gone, ruled credited, late refusal", []Content{rule(RuledCredited), a(refused)}, StateConflict},
		{"the owner was gone, ruled not credited, late not sent", []Content{rule(RuledNotCredited), a(notSent)}, StateRefused},
		{"the owner was gone, ruled credited, late not sent", []Content{rule(RuledCredited), a(notSent)}, StateConflict},
		{"the owner was gone, ruled credited, late unknown", []Content{rule(RuledCredited), a(unknown)}, StateDone},
		{"a conflict ruled away comes back", []Content{a(refused), hook, rule(RuledNotCreated), hook}, StateConflict},
		{"a conflict ruled for, confirmed again", []Content{a(refused), hook, rule(RuledCreated), hook}, StateDone},
		{"a conflict ruled for, own end against the project's", []Content{
			a(refused), hook, rule(RuledCreated), rule(RuledCompleted), Webhook{PayoutID: "p1", Status: api.StatusCancelled}}, StateConflict},
		{"own end, then the same by the project", []Content{
			a(done), hook, rule(RuledCompleted), Webhook{PayoutID: "p1", Status: api.StatusCompleted}}, StateDone},
		{"own end, then the opposite by the project", []Content{
			a(done), hook, rule(RuledCancelled), Webhook{PayoutID: "p1", Status: api.StatusCompleted}}, StateConflict},
		{"sent again after a ruling", []Content{a(unknown), rule(RuledNotCreated), Attempt{Owner: "o"}}, StateOpen},
		{"sent again after a ruling, ambiguous", []Content{a(unknown), rule(RuledNotCreated), Attempt{Owner: "o"}, a(unknown)}, StateUnknown},
		{"sent again after a ruling, refused", []Content{a(unknown), rule(RuledNotCreated), Attempt{Owner: "o"}, a(refused)}, StateUnknown},
		{"a statement about an unknown one", []Content{a(unknown), line}, StateDone},
		{"a statement, then a refusal", []Content{a(unknown), line, a(refused)}, StateDone},
		{"a statement before any answer", []Content{line}, StateDone},
		{"a statement about a refused one", []Content{a(refused), line}, StateConflict},
		{"a statement about one that was not sent", []Content{a(notSent), line}, StateConflict},
		{"a statement and an answer that agree", []Content{a(done), line}, StateDone},
		{"a statement about a mismatch", []Content{a(mismatch), line}, StateMismatch},
		{"a statement of another sum", []Content{a(unknown), Statement{Row: "1", Amount: 99, Currency: "UZS"}}, StateMismatch},
		{"a statement of another currency", []Content{a(unknown), Statement{Row: "1", Amount: 100, Currency: "USD"}}, StateMismatch},
		{"two lines for one operation", []Content{a(unknown), line, Statement{Row: "2", Amount: 100, Currency: "UZS"}}, StateConflict},
		{"ruled not created, then a statement", []Content{a(unknown), rule(RuledNotCreated), line}, StateConflict},
		{"ruled not created in spite of a statement", []Content{a(refused), line, rule(RuledNotCreated)}, StateRefused},
		{"ruled created, then a statement", []Content{a(unknown), rule(RuledCreated), line}, StateDone},
		{"accepted with another sum, then a statement of what was sent", []Content{
			a(mismatch), Decision{Ruling: RuledAccepted, Amount: 90}, line}, StateConflict},
		{"a notice without a decision", []Content{a(done), Notice{State: NoticeQueued}}, StateDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := mustFold(t, facts(testPayout(t, "u", 100, "r"), c.contents...))
			if e.State != c.want {
				t.Fatalf("%s, wanted %s", e.State, c.want)
			}
			if e.SettledAt.IsZero() != e.State.Unsettled() {
				t.Errorf("%s, settled at %v", e.State, e.SettledAt)
			}
		})
	}
}

func TestFoldAmounts(t *testing.T) {
	p := testPayout(t, "u", 100, "r")
	e := mustFold(t, facts(p, Answer{Verdict: "mismatch"}))
	if e.Amount() != 100 {
		t.Errorf("amount %d", e.Amount())
	}
	e = mustFold(t, facts(p, Answer{Verdict: "mismatch"}, Decision{Ruling: RuledAccepted, Amount: 90, PayoutID: "p7"}))
	if e.Amount() != 90 || e.PayoutID != "p7" || e.PayoutStatus != api.StatusPending {
		t.Errorf("amount %d, payout %q, %s", e.Amount(), e.PayoutID, e.PayoutStatus)
	}
}

func TestFoldUnreadableNoticeIsStopped(t *testing.T) {
	all := facts(testPayout(t, "u", 100, "r"), Answer{Verdict: "done", PayoutID: "p1"}, Decision{Ruling: RuledCompleted, URL: "https://x"})
	all[2].Raw = []byte("not a notice")
	e := mustFold(t, all)
	if e.Notice == nil || e.Notice.State != NoticeStopped || e.Notice.LastError == "" || e.PayoutStatus != api.StatusCompleted {
		t.Fatalf("%+v, %s", e.Notice, e.PayoutStatus)
	}
}

func TestFoldRefusesWhatIsNoOperation(t *testing.T) {
	good := func() []Fact { return facts(testDeposit(t, "u", 100), Answer{Verdict: "done"}) }
	for name, spoil := range map[string]func([]Fact) []Fact{
		"nothing":         func([]Fact) []Fact { return nil },
		"no intent":       func(f []Fact) []Fact { return f[1:] },
		"a gap":           func(f []Fact) []Fact { f[1].Position = 3; return f },
		"a repeat":        func(f []Fact) []Fact { f[1].Position = 1; return f },
		"swapped":         func(f []Fact) []Fact { f[0], f[1] = f[1], f[0]; return f },
		"two intents":     func(f []Fact) []Fact { f[1].Content = f[0].Content; return f },
		"no body":         func(f []Fact) []Fact { f[0].Raw = nil; return f },
		"another's body":  func(f []Fact) []Fact { f[0].Raw = []byte(`{"user_id":"u"}`); return f },
		"no kind of call": func(f []Fact) []Fact { f[0].Content = Intent{}; return f },
	} {
		t.Run(name, func(t *testing.T) {
			var damage *DamageError
			if _, err := Fold(spoil(good())); !errors.As(err, &damage) || damage.Error() == "" {
				t.Fatalf("error %v, wanted damage", err)
			}
		})
	}
}
