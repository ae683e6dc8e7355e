package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// TestTwoWays: of the ways to an equal operation each takes an index of its own,
// none reads the whole table, and the second ways not even a row of it. (Without that a damaged page of an index would
// hide an operation; pkg/trialtest flips bytes to see.)
func TestTwoWays(t *testing.T) {
	j := newTest(t)
	p := testPayout(t, "u", 100, "r")
	p.ProjectUserID = "#A"
	var indexes []string
	var w ways
	p.twins(&w, 1)
	for _, l := range w.lookups {
		n := strings.Count(l.where, "?")
		indexes = append(indexes, planned(t, j, `SELECT id FROM operations WHERE `+l.where, w.args[:n]...))
		w.args = w.args[n:]
	}
	want := "operations_user operations_twin, alone operations_project_user operations_project_twin, alone"
	if got := strings.Join(indexes, " "); got != want {
		t.Errorf("the ways are %s, want %s", got, want)
	}
	for _, ways := range waysByKind() {
		for index, key := range map[string]keyWays{"operations_ref": ways.ref, "operations_request": ways.request} {
			for _, conditions := range [][2]string{key.held, key.refused} {
				if got := planned(t, j, `SELECT id FROM operations WHERE `+conditions[0], "x"); got != index {
					t.Errorf("%s is found by %s", conditions[0], got)
				}
				if got := planned(t, j, `SELECT id FROM operations WHERE `+conditions[1], "u", 1, "x"); got != "operations_user" {
					t.Errorf("%s is found by %s", conditions[1], got)
				}
			}
		}
	}
}

// TestEachWayLeads: every way finds the operation by itself. The other ways would
// hide that one of them leads nowhere, until a page is damaged.
func TestEachWayLeads(t *testing.T) {
	j := newTest(t)
	payout := testPayout(t, "u", 100, "r")
	payout.Ref, payout.ProjectUserID = "first", "#A"
	deposit := testDeposit(t, "v", 200)
	deposit.Ref, deposit.ProjectUserID = "second", "#B"
	for _, p := range []Proposal{payout, deposit} {
		e := mustBegin(t, j, p)
		for _, p.ReportRefused = range []bool{false, true} {
			ways := newWays()
			for _, key := range p.keys() {
				p.holders(&ways, key)
			}
			p.twins(&ways, -1)
			if want := 2*len(p.keys()) + 4; len(ways.lookups) != want {
				t.Errorf("a %s has %d ways, want %d", p.Call.Kind, len(ways.lookups), want)
			}
			for _, l := range ways.lookups {
				var found int64
				n := strings.Count(l.where, "?")
				withSQL(t, j, func(db *sql.DB) error {
					return db.QueryRow(`SELECT COALESCE(SUM(id), 0) FROM operations WHERE `+l.where, ways.args[:n]...).Scan(&found)
				})
				if found != e.ID {
					t.Errorf("%s leads to %d, not to operation %d", l.where, found, e.ID)
				}
				ways.args = ways.args[n:]
			}
		}
	}
}

// TestWatchReadsNoWholeJournal: whoever waits for payouts asks every second.
func TestWatchReadsNoWholeJournal(t *testing.T) {
	where, args := Filter{Profile: "main", Kind: api.KindPayout, ChangedSince: time.Now()}.where()
	if got := planned(t, newTest(t), spanOf+where, args...); got != "operations_changed" {
		t.Errorf("what changed is found by %s", got)
	}
}

// planned names the index that SQLite takes for a query, and says if it needs
// nothing else.
func planned(t *testing.T, j *Journal, query string, args ...any) string {
	t.Helper()
	var name string
	withSQL(t, j, func(db *sql.DB) error {
		var id, parent, unused int
		var detail string
		if err := db.QueryRow("EXPLAIN QUERY PLAN "+query, args...).Scan(&id, &parent, &unused, &detail); err != nil {
			return err
		}
		_, index, _ := strings.Cut(detail, "USING ")
		index, alone := strings.CutPrefix(index, "COVERING ")
		index, found := strings.CutPrefix(index, "INDEX ")
		if !found {
			return errors.New(detail)
		}
		index, _, _ = strings.Cut(index, " ")
		if alone {
			index += ", alone"
		}
		name = index
		return nil
	})
	return name
}

// BenchmarkGuard is what the look for equal operations costs, beside a number of
// done and of unknown ones.
func BenchmarkGuard(b *testing.B) {
	for _, size := range []struct{ done, unknown int }{{1000, 0}, {10000, 10}, {10000, 1000}} {
		b.Run(fmt.Sprintf("done=%d/unknown=%d", size.done, size.unknown), func(b *testing.B) {
			ctx := context.Background()
			j, err := Open(ctx, b.TempDir()+"/main.db", testOptions())
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = j.Close() }()
			err = j.store.write(ctx, func(q querier) error {
				for i := range size.done + size.unknown {
					e, err := j.insert(ctx, q, int64(i+1), Proposal{Call: benchDeposit(b, i), Profile: "main"}, "owner")
					if err != nil {
						return err
					}
					verdict := api.Done
					if i >= size.done {
						verdict = api.Unknown
					}
					if err := j.add(ctx, q, &e, []Addition{{Content: Answer{Verdict: verdict.String()}}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			p := Proposal{Call: benchDeposit(b, -1), Profile: "main"}
			b.ResetTimer()
			for b.Loop() {
				if _, replayed, err := j.Peek(ctx, p, Guard{}); replayed || err != nil {
					b.Fatal(replayed, err)
				}
			}
		})
	}
}

func benchDeposit(b *testing.B, i int) api.Call {
	b.Helper()
	call, err := api.Deposit{
		UserID: fmt.Sprintf("user%d", i), Amount: 100, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: newClock().now(),
	}.Call(api.Endpoints{BaseURL: "https://project.example", APIPrefix: "/api"})
	if err != nil {
		b.Fatal(err)
	}
	return call
}
