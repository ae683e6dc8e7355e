package statement

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A shelf is a journal whose clock is set by hand.
type shelf struct {
	*testing.T
	journal *journal.Journal
	now     time.Time
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{T: t, now: noon()}
	j, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "main.db"), journal.Options{Desk: "till-1", OSUser: "cashier", Now: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	s.journal = j
	return s
}

// record begins an operation at a time and adds what was heard of it, each at
// its own time after noon.
func (s *shelf) record(x wish, at time.Duration, facts map[time.Duration]journal.Content) int64 {
	s.Helper()
	s.now = noon().Add(at)
	entry := x.entry(s)
	if x.profile == "" {
		x.profile = "main"
	}
	e, _, err := s.journal.Begin(s.Context(), journal.Proposal{Call: entry.Call, Profile: x.profile}, journal.Guard{})
	if err != nil {
		s.Fatal(err)
	}
	for when, c := range facts {
		s.now = noon().Add(when)
		_, err := s.journal.Update(s.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: c}}, nil
		})
		if err != nil {
			s.Fatal(err)
		}
	}
	return e.ID
}

func (s *shelf) reconcile(text string) []Result {
	s.Helper()
	f := mustRead(s.T, text)
	entries, rules, err := Gather(s.Context(), s.journal, "main", f, Rules{Window: 15 * time.Minute}, time.UTC)
	if err != nil {
		s.Fatal(err)
	}
	return Match(f, entries, rules)
}

// TestGatherFindsRivalsThatBeganLongAgo: what began long ago and ended on the
// statement's day could be the line, too.
func TestGatherFindsRivalsThatBeganLongAgo(t *testing.T) {
	s := newShelf(t)
	s.record(wish{user: "a", kind: api.KindPayout, request: "r1"}, -240*time.Hour,
		map[time.Duration]journal.Content{-2 * time.Minute: created(api.Done, "p1", api.StatusCompleted)})
	s.record(wish{user: "a", kind: api.KindPayout, request: "r2"}, 0, map[time.Duration]journal.Content{time.Second: created(api.Unknown, "", "")})
	got := said(s.reconcile("kind;user;amount;time\npayout;a;100;2025-11-27 12:01\n"))
	if want := "2 ambiguous by terms of [1 2]: terms"; got != want {
		t.Fatalf("got\n%s", got)
	}
}

// TestGatherByID: ids reach operations of any time, and lines without times all.
func TestGatherByID(t *testing.T) {
	s := newShelf(t)
	s.record(wish{user: "a", kind: api.KindPayout, request: "r1"}, -900*time.Hour, map[time.Duration]journal.Content{-899 * time.Hour: created(api.Done, "p1", "")})
	s.record(wish{user: "a"}, -800*time.Hour, map[time.Duration]journal.Content{-799 * time.Hour: answered(api.Done, "d1")})
	for text, want := range map[string]string{
		"payout_id;amount;time\np1;100;2025-11-27 12:01\n": "2 matched by id 1",
		"request_id;amount;time\nr1;100;2025-11-27\n":      "2 matched by id 1",
		"deposit_id;amount\nd1;100\n":                      "2 matched by id 2",
		"deposit_id;amount;time\nd2;100;2025-11-27\n":      "2 only_there",
	} {
		if got := said(s.reconcile(text)); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// TestGatherFindsADepositByItsIDAtAnyTime: a line that is booked days later by
// its id is not taken for a deposit of that minute.
func TestGatherFindsADepositByItsIDAtAnyTime(t *testing.T) {
	for profile, want := range map[string]string{"main": "2 matched by id 1\n- only_here 2", "second": "2 ambiguous by id of [1]: row\n- only_here 2"} {
		s := newShelf(t)
		s.record(wish{user: "a", profile: profile}, -96*time.Hour, map[time.Duration]journal.Content{-95 * time.Hour: answered(api.Done, "raisboy_dep_1")})
		s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
		if got := said(s.reconcile("deposit_id;user;amount;time\nraisboy_dep_1;a;100;2025-11-27 12:01\n")); got != want {
			t.Errorf("%s: got\n%s", profile, got)
		}
	}
}

// TestGatherKnowsWhatIsProved: a line stays with the operation that it proves,
// and what the journal does not hold is no error.
func TestGatherKnowsWhatIsProved(t *testing.T) {
	s := newShelf(t)
	text := "kind;user;amount;time\ndeposit;a;100;2025-11-27 12:01\n"
	id := s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
	proof := s.reconcile(text)[0].Proof("digest")
	if _, err := s.journal.Update(t.Context(), id, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: proof}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	s.record(wish{user: "a"}, time.Minute, map[time.Duration]journal.Content{2 * time.Minute: answered(api.Unknown, "")})
	if got := said(s.reconcile(text)); got != "2 matched by row 1\n- only_here 2" {
		t.Fatal(got)
	}
	f := mustRead(t, text)
	if since, until := f.days(time.UTC); !since.Equal(noon().Add(-12*time.Hour)) || !until.Equal(noon().Add(12*time.Hour)) {
		t.Errorf("%v to %v", since, until)
	}
	if since, until := (&File{}).days(time.UTC); !since.IsZero() || !until.IsZero() {
		t.Errorf("%v to %v", since, until)
	}
}

// TestGatherReachesOverTheStatementsDays: a minute before midnight is another
// day, a line that is recorded may be about any, and so may --since be.
func TestGatherReachesOverTheStatementsDays(t *testing.T) {
	s := newShelf(t)
	s.record(wish{user: "a"}, -12*time.Hour-5*time.Minute, map[time.Duration]journal.Content{-12*time.Hour - 4*time.Minute: answered(api.Unknown, "")})
	if got := said(s.reconcile("kind;user;amount;time\ndeposit;a;100;2025-11-27 00:05\n")); got != "2 provable by terms 1" {
		t.Errorf("before midnight:\n%s", got)
	}
	s = newShelf(t)
	s.record(wish{user: "a"}, -900*time.Hour, map[time.Duration]journal.Content{-899 * time.Hour: answered(api.Unknown, "")})
	s.now = noon().Add(-898 * time.Hour)
	if got := s.prove("deposit_id;user;amount;time\nraisboy_dep_7;a;100;" + noon().Add(-900*time.Hour).Format(time.RFC3339) + "\n"); got != "2 provable by terms 1" {
		t.Fatal(got)
	}
	if got := said(s.reconcile("deposit_id;user;amount;time\nraisboy_dep_7;a;100;2025-11-27 12:01\n")); got != "2 matched by row 1" {
		t.Errorf("recorded long ago:\n%s", got)
	}
	f := mustRead(t, "kind;user;amount;time\ndeposit;b;1;2025-11-27 12:01\n")
	entries, rules, err := Gather(t.Context(), s.journal, "main", f, Rules{Window: time.Minute, Since: noon().Add(-1000 * time.Hour)}, time.UTC)
	if got := said(Match(f, entries, rules)); err != nil || got != "2 only_there\n- only_here 1" {
		t.Errorf("since long ago: %v\n%s", err, got)
	}
	s.record(wish{user: "a"}, 900*time.Hour, map[time.Duration]journal.Content{901 * time.Hour: answered(api.Done, "d9")})
	entries, rules, err = Gather(t.Context(), s.journal, "main", f, Rules{Window: time.Minute, Until: noon().Add(1000 * time.Hour)}, time.UTC)
	if got := said(Match(f, entries, rules)); err != nil || got != "2 only_there\n- only_here 2" {
		t.Errorf("until long after: %v\n%s", err, got)
	}
}

// TestAnotherProfileTakesNothingAwayThatIsKnown: what is done here already needs
// no evidence, and what was refused there moved nothing.
func TestAnotherProfileTakesNothingAwayThatIsKnown(t *testing.T) {
	for here, there := range map[api.Verdict]api.Verdict{api.Done: api.Done, api.Unknown: api.Refused} {
		s := newShelf(t)
		s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(here, "")})
		s.record(wish{user: "a", profile: "second"}, time.Minute, map[time.Duration]journal.Content{time.Minute + time.Second: answered(there, "")})
		want := map[api.Verdict]string{api.Done: "2 matched by terms 1", api.Unknown: "2 provable by terms 1"}[here]
		if got := said(s.reconcile("kind;user;amount;time\ndeposit;a;100;2025-11-27 12:01\n")); got != want {
			t.Errorf("%s here, %s there:\n%s", here, there, got)
		}
	}
}

// TestAnotherProfilesLineProvesNothingHere: two profiles may draw on one merchant
// account. A deposit whose answer was lost in one and that was given again in the
// other was credited once, and its line is the other's.
func TestAnotherProfilesLineProvesNothingHere(t *testing.T) {
	for text, want := range map[string]string{
		"deposit_id;user;amount;time\nd7;a;100;2025-11-27 12:02\n": "2 ambiguous by id of [2]: row\n- only_here 1",
		"kind;user;amount;time\ndeposit;a;100;2025-11-27 12:02\n":  "2 ambiguous by terms of [1 2]: terms",
		"deposit_id;user;amount;time\nd8;a;100;2025-11-27 12:02\n": "2 provable by terms 1",
		"kind;user;amount;time\ndeposit;a;100;2025-11-27 11:47\n":  "2 provable by terms 1",
		"kind;user;amount;time\ndeposit;a;100;2025-11-27 18:00\n":  "2 only_there\n- only_here 1",
		"request_id;user;amount;time\nr9;a;100;2025-11-27 12:02\n": "2 ambiguous by id of [3]: row\n- only_here 1",
		"payout_id;user;amount;time\nd7;a;100;2025-11-27 12:02\n":  "2 only_there\n- only_here 1",
	} {
		s := newShelf(t)
		s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
		s.record(wish{user: "a", profile: "second"}, 3*time.Minute, map[time.Duration]journal.Content{3*time.Minute + time.Second: answered(api.Done, "d7")})
		s.record(wish{user: "a", profile: "second", kind: api.KindPayout, request: "r9"}, 3*time.Minute,
			map[time.Duration]journal.Content{4 * time.Minute: created(api.Done, "p9", api.StatusCompleted)})
		if got := said(s.reconcile(text)); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", text, got, want)
		}
	}
}
