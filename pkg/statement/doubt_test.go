package statement

import (
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// prove records what the statement proves, and gives what it said.
func (s *shelf) prove(text string) string {
	s.Helper()
	results := s.reconcile(text)
	for _, r := range results {
		if r.Outcome != Provable {
			continue
		}
		if _, err := s.journal.Update(s.Context(), r.Entry.ID, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: r.Proof("digest"), Raw: r.Row.Raw}}, nil
		}); err != nil {
			s.Fatal(err)
		}
	}
	return said(results)
}

// TestOneLineInManyFiles: whatever form the line comes in the second time, it
// proves no second operation.
func TestOneLineInManyFiles(t *testing.T) {
	const first = "kind;user;amount;time\ndeposit;a;100;2025-11-27 12:01:00\n"
	for name, c := range map[string]struct{ second, want string }{
		"the same":                    {first, "2 matched by row 1\n- only_here 2"},
		"columns in another order":    {"time,amount,user,kind\n27.11.2025 12:01:00,\"100,00\",a,Депозит\n", "2 matched by row 1\n- only_here 2"},
		"in the zone of another desk": {"kind;user;amount;time\ndeposit;a;100;2025-11-27T17:01:00+05:00\n", "2 matched by row 1\n- only_here 2"},
		"without seconds":             {"kind;user;amount;time\ndeposit;a;100;2025-11-27 12:01\n", "2 ambiguous by terms of [1 2]: terms"},
		"a day alone":                 {"kind;user;amount;time\ndeposit;a;100;2025-11-27\n", "2 ambiguous by terms of [1 2]: terms"},
		"with an id":                  {"deposit_id;user;amount;time\nraisboy_dep_7;a;100;2025-11-27 12:01:00\n", "2 ambiguous by terms of [1 2]: terms"},
		"with the partner's number":   {"id;kind;user;amount;time\n7;deposit;a;100;2025-11-27 12:01:00\n", "2 ambiguous by terms of [1 2]: terms"},
		"two files glued together":    {first + "deposit;a;100;2025-11-27 12:01:00\n", "2 matched by row 1\n3 ambiguous by terms of [1 2]: terms"},
		"glued with their headers":    {first + first, "2 matched by row 1\n3 ignored: header\n4 ambiguous by terms of [1 2]: terms"},
		"five hours later":            {"kind;user;amount;time\ndeposit;a;100;2025-11-27 17:01:00\n", "2 ambiguous by terms of [1 3]: terms"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
			if got := s.prove(first); got != "2 provable by terms 1" {
				t.Fatal(got)
			}
			if at := time.Minute; name != "five hours later" {
				s.record(wish{user: "a"}, at, map[time.Duration]journal.Content{at + time.Second: answered(api.Unknown, "")})
			} else {
				at = 5 * time.Hour
				s.record(wish{user: "b"}, at, map[time.Duration]journal.Content{at + time.Second: answered(api.Done, "d2")})
				s.record(wish{user: "a"}, at, map[time.Duration]journal.Content{at + time.Second: answered(api.Unknown, "")})
				c.want += "\n- only_here 2"
			}
			if got := s.prove(c.second); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestANumberThatOnlyCounts: lines are numbered from 1 in every file. The number
// says nothing about which line it is, and takes no operation from its own.
func TestANumberThatOnlyCounts(t *testing.T) {
	s := newShelf(t)
	s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
	if got := s.prove("id;kind;user;amount;time\n1;deposit;a;100;2025-11-27 12:00:30\n"); got != "2 provable by terms 1" {
		t.Fatal(got)
	}
	s.record(wish{user: "a"}, time.Minute, map[time.Duration]journal.Content{time.Minute + time.Second: answered(api.Unknown, "")})
	want := "2 ambiguous by row of [1]: row\n3 ambiguous by terms of [1 2]: terms"
	if got := s.prove("id;kind;user;amount;time\n1;deposit;b;300;2025-11-27 12:10:00\n2;deposit;a;100;2025-11-27 12:00:30\n"); got != want {
		t.Fatalf("got\n%s", got)
	}
	if got := s.prove("id;kind;user;amount;time\n1;deposit;a;100;2025-11-29 12:00:30\n"); !strings.HasPrefix(got, "2 ambiguous by row of [1]: row") {
		t.Fatalf("got\n%s", got)
	}
}

// TestAgreesOnlyIfNobodyMustLook holds the exit code of each result.
func TestAgreesOnlyIfNobodyMustLook(t *testing.T) {
	failed := &Row{Booking: Failed}
	for _, c := range []struct {
		result Result
		want   bool
	}{
		{Result{Outcome: Matched}, true}, {Result{Outcome: Settled}, true}, {Result{Outcome: PassedOver}, true},
		{Result{Outcome: Unclear, Row: failed}, true}, {Result{Outcome: Unclear, Row: &Row{}}, false}, {Result{Outcome: Unclear, Row: failed, Candidates: []int64{1}}, false},
		{Result{Outcome: Unclear, Row: failed, Entry: &journal.Entry{}}, false}, {Result{Outcome: Provable}, false}, {Result{Outcome: Contradicts}, false},
		{Result{Outcome: Conflict}, false}, {Result{Outcome: Different}, false}, {Result{Outcome: OnlyHere}, false}, {Result{Outcome: OnlyThere}, false},
		{Result{Outcome: Ambiguous}, false}, {Result{Outcome: Duplicate}, false},
	} {
		if c.result.Agrees() != c.want {
			t.Errorf("%s agrees: %t", c.result.Outcome, !c.want)
		}
	}
}

// TestWhoIsMeant: of two ids of a user both must be his, as far as they are known.
func TestWhoIsMeant(t *testing.T) {
	validated, not := wish{id: 1, user: "a", project: "#A"}.entry(t), wish{id: 1, user: "a"}.entry(t)
	for _, c := range []struct {
		user, project     string
		validated, unseen bool
	}{
		{"a", "", true, true}, {"#A", "", true, false}, {"b", "", false, false}, {"", "#A", true, false}, {"", "a", true, true}, {"", "#B", false, false},
		{"a", "#A", true, true}, {"a", "#B", false, true}, {"b", "#A", false, false}, {"", "", false, false},
	} {
		r := &Row{UserID: c.user, ProjectUserID: c.project}
		if got := samePerson(r, &validated); got != c.validated {
			t.Errorf("%q, %q: %t", c.user, c.project, got)
		}
		if got := samePerson(r, &not); got != c.unseen {
			t.Errorf("%q, %q, not validated: %t", c.user, c.project, got)
		}
	}
	r := &Row{Kind: api.KindDeposit, UserID: "a", Amount: 10000, Currency: "UZS", From: noon(), Until: noon().Add(time.Second)}
	if !sameTerms(r, &validated, 0) {
		t.Error("not the same terms")
	}
	for _, change := range []func(*Row){
		func(r *Row) { r.Kind = api.KindPayout }, func(r *Row) { r.UserID = "b" }, func(r *Row) { r.Amount++ }, func(r *Row) { r.Currency = "USD" },
		func(r *Row) { r.From, r.Until = r.Until, r.Until.Add(time.Second) }, func(r *Row) { r.From, r.Until = time.Time{}, time.Time{} },
	} {
		other := *r
		if change(&other); sameTerms(&other, &validated, 0) {
			t.Errorf("%+v", other)
		}
	}
}

// TestWhatIsDoneAboutAnOperationLaterIsNotItsTime: a person's ruling and the
// proof by a statement come days later, and say nothing about when it was sent.
func TestWhatIsDoneAboutAnOperationLaterIsNotItsTime(t *testing.T) {
	for name, later := range map[string]journal.Content{
		"a proof": journal.Statement{Row: "row", Amount: 10000, Currency: "UZS"}, "a ruling": journal.Decision{Ruling: journal.RuledNotCredited},
		"another ruling": journal.Decision{Ruling: journal.RuledCredited},
	} {
		s := newShelf(t)
		id := s.record(wish{user: "a"}, -48*time.Hour, map[time.Duration]journal.Content{-47 * time.Hour: answered(api.Unknown, "")})
		s.now = noon().Add(time.Hour)
		if _, err := s.journal.Update(s.Context(), id, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: later}}, nil
		}); err != nil {
			t.Fatal(err)
		}
		s.record(wish{user: "a"}, 0, map[time.Duration]journal.Content{time.Second: answered(api.Unknown, "")})
		if got := said(s.reconcile("kind;user;amount;time\ndeposit;a;100;2025-11-27 12:01\n")); got != "2 provable by terms 2" {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestNumbersOfThePartner: they are kept with what they were recorded for where
// nothing speaks against it, and never become an operation's id.
func TestNumbersOfThePartner(t *testing.T) {
	unknown := []journal.Content{answered(api.Unknown, "")}
	for _, c := range []struct {
		name, text string
		ops        []wish
		recorded   bool // line 2, for operation 1
		want       string
	}{
		{"a payout that its request_id names", "id;request_id;kind;amount\n7;r;payout;100\n",
			[]wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Done, "", "")}}}, true, "2 matched by row 1"},
		{"no time this time", "id;kind;user;amount\n7;deposit;a;100\n", []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Done, "")}}}, true, "2 matched by row 1"},
		{"another zone this time, perhaps", "id;kind;user;amount;time\n7;deposit;a;100;2025-11-27 17:00\n", []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Done, "")}}}, true, "2 matched by row 1"},
		{"another time for certain", "id;kind;user;amount;time\n7;deposit;a;100;2025-11-27T17:00:00Z\n", []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Done, "")}}}, true, "2 ambiguous by row of [1]: row\n- only_here 1"},
		{"deposits and payouts each count", "id;kind;user;amount;time\n7;deposit;a;100;2025-11-27 12:00\n7;payout;a;200;2025-11-27 12:00\n",
			[]wish{{id: 1, user: "a", facts: unknown}, {id: 2, user: "a", amount: 20000, kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}}}, false,
			"2 provable by terms 1\n3 provable by terms 2"},
		{"beside ids of the project", "deposit_id;id;kind;user;amount;time\nd2;6;deposit;b;100;2025-11-27 12:00\n;7;deposit;a;100;2025-11-27 12:00\n",
			[]wish{{id: 1, user: "a", facts: unknown}, {id: 2, user: "b", facts: []journal.Content{answered(api.Done, "d2")}}}, false, "2 matched by id 2\n3 provable by terms 1"},
	} {
		f := mustRead(t, c.text)
		r := rules()
		r.Proved = map[string]int64{}
		if c.recorded {
			r.Proved[f.Rows[0].Key] = 1
		}
		results := Match(f, entriesOf(t, c.ops...), r)
		if got := said(results); got != c.want {
			t.Errorf("%s: got\n%s", c.name, got)
		}
		for _, result := range results {
			if result.Outcome != Provable {
				continue
			}
			if p := result.Proof("digest"); p.DepositID != "" || p.PayoutID != "" {
				t.Errorf("%s: the number became an id: %+v", c.name, p)
			}
		}
	}
}

// TestAWideWindowConfirmsNoZone: what is hours apart may fit, and shows nothing.
func TestAWideWindowConfirmsNoZone(t *testing.T) {
	f := mustRead(t, header+";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd3;;;deposit;b;100;UZS;2025-11-27 17:00;ok\n")
	ops := entriesOf(t, wish{id: 1, user: "a", facts: []journal.Content{answered(api.Unknown, "")}}, wish{id: 2, user: "a", minutes: 30 * 60, facts: []journal.Content{answered(api.Done, "d2")}},
		wish{id: 3, user: "b", facts: []journal.Content{answered(api.Done, "d3")}})
	r := rules()
	r.Window = day
	if got := said(Match(f, ops, r)); got != "2 ambiguous by terms of [1 2]: terms\n3 matched by id 3" {
		t.Errorf("got\n%s", got)
	}
}
