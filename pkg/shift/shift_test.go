package shift_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

func (w *world) current(desk string) shift.Report {
	w.Helper()
	r, err := shift.Current(context.Background(), w.desks[desk], "main", desk)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w *world) z(desk string, c journal.Closing) shift.Report {
	w.Helper()
	c.Profile = "main"
	r, err := shift.Close(context.Background(), w.desks[desk], c)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func total(kind, outcome, status string, count int64, sum money.Amount) shift.Total {
	return shift.Total{Kind: kind, Method: "bank_card", Currency: "UZS", Outcome: outcome, Status: status, Count: count, Sum: sum}
}

func (w *world) wantTotals(got []shift.Total, want ...shift.Total) {
	w.Helper()
	if diff := cmp.Diff(append([]shift.Total{}, want...), got); diff != "" {
		w.Fatalf("totals (-want +got):\n%s", diff)
	}
}

func (w *world) wantTill(r shift.Report, want shift.Till) {
	w.Helper()
	want.Currency = "UZS"
	if diff := cmp.Diff(want, r.Till()); diff != "" {
		w.Fatalf("till (-want +got):\n%s", diff)
	}
}

func TestLateSettlement(t *testing.T) {
	w := testWorld(t, "till-1")
	w.open("till-1", 1000)
	id := w.begin("till-1", api.KindDeposit, 300, "UZS")
	w.learn("till-1", id, unknown())
	first := w.z("till-1", journal.Closing{Counted: 1300, HasCounted: true})
	w.wantTotals(first.Totals, total("deposit", "unknown", "", 1, 300))
	w.wantTill(first, shift.Till{Float: 1000, Expected: 1000, Low: 1000, High: 1300, HasCounted: true, Counted: 1300, Difference: 300})
	w.open("till-1", 1300)
	second := w.z("till-1", journal.Closing{}) // still unknown: named again
	w.wantTotals(second.Totals, total("deposit", "unknown", "", 1, 300))
	if got := second.OpenItems(); len(got) != 1 || got[0] != id {
		t.Fatalf("open items %v", got)
	}
	w.open("till-1", 0)
	w.learn("till-1", id, journal.Decision{Ruling: journal.RuledCredited})
	third := w.z("till-1", journal.Closing{})
	w.wantTotals(third.Totals, total("deposit", "done", "", 1, 300))
	if got := third.LateItems(); len(got) != 1 || got[0] != id || len(third.Open) != 0 {
		t.Fatalf("late items %v, open %v", got, third.Open)
	}
}

func TestReversalAfterTheZ(t *testing.T) {
	w := testWorld(t, "till-1")
	w.open("till-1", 1000)
	id := w.begin("till-1", api.KindPayout, 300, "UZS")
	w.learn("till-1", id, requested(), hook(api.StatusAccepted), ended(journal.RuledCompleted))
	w.wantTill(w.z("till-1", journal.Closing{}), shift.Till{Float: 1000, Out: 300, Expected: 700, Low: 700, High: 700})
	w.open("till-1", 700)
	w.learn("till-1", id, hook(api.StatusCancelled))
	r := w.current("till-1")
	w.wantTotals(r.Totals, total("payout", "done", "completed", -1, -300), total("payout", "conflict", "", 1, 300))
	// The cash did leave: what is expected now is one end of the range.
	w.wantTill(r, shift.Till{Float: 700, Out: -300, Expected: 1000, Low: 700, High: 1000})
	if got := r.LateItems(); len(got) != 1 || got[0] != id {
		t.Fatalf("late items %v", got)
	}
}

func TestPayoutLeavesTheTillThatHandedItOver(t *testing.T) {
	w := testWorld(t, "till-1", "till-2")
	w.open("till-1", 0)
	w.open("till-2", 0)
	id := w.begin("till-1", api.KindPayout, 300, "UZS")
	w.learn("till-1", id, requested(), hook(api.StatusAccepted))
	waiting := w.z("till-1", journal.Closing{})
	w.wantTotals(waiting.Totals, total("payout", "done", "accepted", 1, 300))
	if got := waiting.UnpaidItems(); len(got) != 1 || len(waiting.Open) != 0 || waiting.Till().Expected != 0 {
		t.Fatalf("unpaid %v, open %v", got, waiting.Open)
	}
	w.learn("till-2", id, ended(journal.RuledCompleted))
	w.wantTotals(w.current("till-2").Totals, total("payout", "done", "completed", 1, 300))
	w.open("till-1", 0)
	w.wantTotals(w.current("till-1").Totals)
}

func TestCurrenciesAreNeverMixed(t *testing.T) {
	w := testWorld(t, "till-1")
	w.open("till-1", 1000)
	for _, currency := range []string{"USD", "UZS", "EUR"} {
		w.learn("till-1", w.begin("till-1", api.KindDeposit, 300, currency), done())
	}
	r := w.z("till-1", journal.Closing{Counted: 5, HasCounted: true})
	want := []shift.Till{
		{Currency: "UZS", Float: 1000, In: 300, Expected: 1300, Low: 1300, High: 1300, HasCounted: true, Counted: 5, Difference: -1295},
		{Currency: "EUR", In: 300, Expected: 300, Low: 300, High: 300},
		{Currency: "USD", In: 300, Expected: 300, Low: 300, High: 300},
	}
	if diff := cmp.Diff(want, r.Cash); diff != "" {
		t.Fatalf("cash (-want +got):\n%s", diff)
	}
}

func TestOutsideAShift(t *testing.T) {
	w := testWorld(t, "till-1")
	w.learn("till-1", w.begin("till-1", api.KindDeposit, 100, "UZS"), done()) // history
	w.open("till-1", 0)
	first := w.z("till-1", journal.Closing{})
	w.wantTotals(first.Totals)
	w.wantTotals(first.Outside)
	w.learn("till-1", w.begin("till-1", api.KindDeposit, 200, "UZS"), done())
	w.open("till-1", 200)
	r := w.z("till-1", journal.Closing{})
	w.wantTotals(r.Totals)
	w.wantTotals(r.Outside, total("deposit", "done", "", 1, 200))
	w.wantTill(r, shift.Till{Float: 200, Expected: 200, Low: 200, High: 200})
}

// TestOverflow: a total that cannot be held closes nothing.
func TestOverflow(t *testing.T) {
	w := testWorld(t, "till-1")
	w.open("till-1", math.MaxInt64-100)
	w.learn("till-1", w.begin("till-1", api.KindDeposit, 300, "UZS"), done())
	_, err := shift.Close(context.Background(), w.desks["till-1"], journal.Closing{Profile: "main"})
	if !errors.Is(err, money.ErrOverflow) {
		t.Fatalf("error %v, wanted an overflow", err)
	}
	if s, err := w.desks["till-1"].OpenedShift(context.Background(), "main", "till-1"); err != nil || s.Number != 1 {
		t.Fatalf("shift %d is open, error %v", s.Number, err)
	}
}

func TestReprintIsTheZ(t *testing.T) {
	w := testWorld(t, "till-1")
	w.open("till-1", 1000)
	id := w.begin("till-1", api.KindDeposit, 300, "UZS")
	w.learn("till-1", id, unknown())
	z := w.z("till-1", journal.Closing{Counted: 1300, HasCounted: true})
	w.learn("till-1", id, done(), journal.Decision{Ruling: journal.RuledCredited})
	w.now = w.now.Add(24 * time.Hour)
	again, err := shift.Closed(context.Background(), w.desks["till-1"], "main", "till-1", 1)
	if err != nil || !again.Reprint || z.Reprint || z.Hash == "" {
		t.Fatalf("reprint %t of %t, hash %q, error %v", again.Reprint, z.Reprint, z.Hash, err)
	}
	again.Reprint = false
	if diff := cmp.Diff(z, again); diff != "" {
		t.Fatalf("a reprint says something else (-Z +reprint):\n%s", diff)
	}
	var missing *journal.ShiftError
	if _, err := shift.Closed(context.Background(), w.desks["till-1"], "main", "till-1", 2); !errors.As(err, &missing) || missing.Problem != journal.ShiftUnknown {
		t.Fatalf("error %v", err)
	}
}

// TestVerifyFindsALie closes shifts with reports that are not what the facts
// say, hashed and chained as they should be: the journal alone cannot tell.
func TestVerifyFindsALie(t *testing.T) {
	for name, lie := range map[string]func(*shift.Report){
		"a sum":                   func(r *shift.Report) { r.Totals[0].Sum++ },
		"a line":                  func(r *shift.Report) { r.Totals = r.Totals[1:] },
		"the cash":                func(r *shift.Report) { r.Cash[0].Expected++ },
		"an open item":            func(r *shift.Report) { r.Open = []shift.Item{} },
		"the Z before":            func(r *shift.Report) { r.Previous = strings.Repeat("0", 64) },
		"the rows":                func(r *shift.Report) { r.Rows = strings.Repeat("0", 64) },
		"the desk":                func(r *shift.Report) { r.Desk = "till-2" },
		"another version":         func(r *shift.Report) { r.Version = 2 },
		"an X instead of the Z":   func(r *shift.Report) { r.Type = shift.X },
		"the time of its closing": func(r *shift.Report) { r.ClosedAt = r.ClosedAt.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := testWorld(t, "till-1")
			j := w.desks["till-1"]
			w.open("till-1", 1000)
			w.learn("till-1", w.begin("till-1", api.KindDeposit, 300, "UZS"), done())
			w.learn("till-1", w.begin("till-1", api.KindDeposit, 400, "UZS"), unknown())
			_, err := j.CloseShift(context.Background(), journal.Closing{Profile: "main"}, func(b journal.ShiftBook) ([]byte, error) {
				r, err := shift.Summarize(b)
				if err != nil {
					return nil, err
				}
				lie(&r)
				return json.Marshal(r)
			})
			if err != nil {
				t.Fatal(err)
			}
			if report, err := j.Verify(context.Background()); err != nil || !report.OK() {
				t.Fatalf("damaged %v, error %v: nothing to be found by package shift", report.Damaged, err)
			}
			damaged, err := shift.Verify(context.Background(), j)
			if err != nil || len(damaged) != 1 || damaged[0].Table != "shift_closings" {
				t.Fatalf("found %v, error %v", damaged, err)
			}
		})
	}
}

// FuzzSnapshot: whatever bytes are in a snapshot's place, they are read as the
// report that they are, or are damage.
func FuzzSnapshot(f *testing.F) {
	f.Add([]byte(`{"version":1,"type":"Z","profile":"main","desk":"till-1","shift":1,"totals":[],"cash":[]}`))
	f.Add([]byte(`{"version":1,"shift":-1,"cash":[{"expected":9223372036854775807}],"open":[{}]}`))
	f.Add([]byte(`null`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		w := testWorld(t, "till-1")
		j := w.desks["till-1"]
		w.open("till-1", 0)
		_, err := j.CloseShift(context.Background(), journal.Closing{Profile: "main"}, func(journal.ShiftBook) ([]byte, error) {
			return append([]byte{}, snapshot...), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := shift.Closed(context.Background(), j, "main", "till-1", 1)
		var damage *journal.DamageError
		if err != nil && !errors.As(err, &damage) {
			t.Fatal(err)
		}
		_, _, _ = r.OpenItems(), r.UnpaidItems(), r.LateItems()
		damaged, err := shift.Verify(context.Background(), j)
		honest, made := shift.Summarize(mustBook(t, j))
		if made != nil {
			t.Fatal(made)
		}
		want, marshalled := json.Marshal(honest)
		if marshalled != nil || err != nil || (len(damaged) == 0) != bytes.Equal(want, snapshot) {
			t.Fatalf("damaged %v, error %v", damaged, err)
		}
	})
}

func mustBook(t *testing.T, j *journal.Journal) journal.ShiftBook {
	t.Helper()
	b, err := j.ShiftBook(context.Background(), "main", "till-1", 1)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
