package stats_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/stats"
)

func operation(kind api.Kind, user, currency string, amount money.Amount, state journal.State, status api.PayoutStatus) journal.Entry {
	return journal.Entry{
		Call: api.Call{Kind: kind, Terms: api.Terms{
			UserID: user, Amount: amount, Currency: currency, PaymentMethod: api.MethodBankCard,
		}},
		State: state, PayoutStatus: status,
		CreatedAt: time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC),
	}
}

func drawn(t *rapid.T) []journal.Entry {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) journal.Entry {
		kind := rapid.SampledFrom([]api.Kind{api.KindDeposit, api.KindPayout}).Draw(t, "kind")
		status := api.PayoutStatus("")
		if kind == api.KindPayout {
			status = rapid.SampledFrom([]api.PayoutStatus{api.StatusPending, api.StatusCompleted, api.StatusCancelled}).Draw(t, "status")
		}
		e := operation(kind, fmt.Sprint("u", rapid.IntRange(0, 5).Draw(t, "user")), rapid.SampledFrom([]string{"UZS", "KZT"}).Draw(t, "currency"),
			money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "amount")),
			journal.State(rapid.IntRange(int(journal.StateUnknown), int(journal.StateConflict)).Draw(t, "state")), status)
		e.CreatedAt = e.CreatedAt.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
		return e
	}), 0, 60).Draw(t, "entries")
}

// TestNothingIsLostOrCountedTwice: however they are grouped, the rows hold every
// operation once.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := drawn(t)
		by := rapid.SampledFrom([]stats.By{stats.ByNothing, stats.ByHour, stats.ByDay, stats.ByMethod, stats.ByUser}).Draw(t, "by")
		c := stats.New(by, time.UTC)
		wantCount, wantSum := map[string]int{}, map[string]money.Amount{}
		for _, e := range entries {
			c.Add(e)
			key := fmt.Sprint(e.Call.Kind, e.Call.Terms.Currency, e.State)
			wantCount[key]++
			wantSum[key] += e.Amount()
		}
		rows, left, err := c.Rows(0)
		if err != nil || left != 0 {
			t.Fatal(left, err)
		}
		totals, err := c.Totals()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range totals {
			if r.Group != "" {
				t.Fatalf("%+v is of a group", r)
			}
			key := fmt.Sprint(r.Kind, r.Currency, r.Outcome)
			wantCount[key+"total"] += r.Count
			wantSum[key+"total"] += r.Sum
		}
		for key, n := range wantCount {
			if base, ok := strings.CutSuffix(key, "total"); ok && (wantCount[base] != n || wantSum[base] != wantSum[key]) {
				t.Fatalf("the totals of %s are %d, %v", base, n, wantSum[key])
			}
		}
		for key := range wantCount {
			if strings.HasSuffix(key, "total") {
				delete(wantCount, key)
			}
		}
		seen := map[string]bool{}
		for _, r := range rows {
			id := fmt.Sprintf("%+v", [5]any{r.Group, r.Kind, r.Currency, r.Outcome, r.PayoutStatus})
			if seen[id] || r.Count == 0 {
				t.Fatalf("%s twice, or empty", id)
			}
			seen[id] = true
			key := fmt.Sprint(r.Kind, r.Currency, r.Outcome)
			wantCount[key] -= r.Count
			wantSum[key] -= r.Sum
			if r.Moved() && (r.Outcome != journal.StateDone || r.Kind == api.KindPayout && r.PayoutStatus != api.StatusCompleted) {
				t.Fatalf("%+v counts as moved", r)
			}
		}
		for key := range wantCount {
			if wantCount[key] != 0 || wantSum[key] != 0 {
				t.Fatalf("%s is off by %d, %v", key, wantCount[key], wantSum[key])
			}
		}
	})
}

// TestLimitLeavesTheGreatest: no user that is left out moved more than one that
// is shown, in the same kind and currency.
func TestLimitLeavesTheGreatest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := drawn(t)
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		c := stats.New(stats.ByUser, time.UTC)
		for _, e := range entries {
			c.Add(e)
		}
		all, _, _ := c.Rows(0)
		some, left, _ := c.Rows(limit)
		moved, shown := map[[3]string]money.Amount{}, map[[3]string]bool{}
		for _, r := range all {
			key := [3]string{string(r.Kind), r.Currency, r.Group}
			moved[key] += 0
			if r.Moved() {
				moved[key] += r.Sum
			}
		}
		for _, r := range some {
			shown[[3]string{string(r.Kind), r.Currency, r.Group}] = true
		}
		if len(moved)-len(shown) != left {
			t.Fatalf("%d of %d shown, %d said to be left", len(shown), len(moved), left)
		}
		count := map[[2]string]int{}
		for key := range shown {
			count[[2]string{key[0], key[1]}]++
			for other, sum := range moved {
				if other[0] == key[0] && other[1] == key[1] && !shown[other] && sum > moved[key] {
					t.Fatalf("%v is shown, and %v moved more", key, other)
				}
			}
		}
		for key, n := range count {
			if n > limit {
				t.Fatalf("%d users of %v", n, key)
			}
		}
	})
}

func TestGroupsAreLocal(t *testing.T) {
	e := operation(api.KindDeposit, "u", "UZS", 100, journal.StateDone, "")
	for by, want := range map[stats.By]string{
		stats.ByNothing: "", stats.ByHour: "01", stats.ByDay: "2026-11-23", stats.ByMethod: "bank_card", stats.ByUser: "u",
	} {
		c := stats.New(by, time.FixedZone("+05", 5*60*60))
		c.Add(e)
		if rows, _, _ := c.Rows(0); len(rows) != 1 || rows[0].Group != want {
			t.Errorf("%s: %+v, wanted %q", by, rows, want)
		}
	}
	if _, ok := stats.Parse(""); ok {
		t.Error("nothing is a word")
	}
}

func TestOverflowIsSaid(t *testing.T) {
	c := stats.New(stats.ByNothing, time.UTC)
	e := operation(api.KindDeposit, "u", "UZS", 1<<62, journal.StateDone, "")
	c.Add(e)
	c.Add(e)
	c.Add(e)
	if _, _, err := c.Rows(0); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("error %v", err)
	}
}

func ExampleCounter() {
	c := stats.New(stats.ByDay, time.UTC)
	c.Add(operation(api.KindDeposit, "2564568", "UZS", 600000, journal.StateDone, ""))
	c.Add(operation(api.KindDeposit, "456789", "UZS", 100000, journal.StateUnknown, ""))
	rows, _, _ := c.Rows(0)
	for _, r := range rows {
		fmt.Println(r.Group, r.Kind, r.Outcome, r.Count, r.Sum)
	}
	// Output:
	// 2026-11-22 deposit done 1 6000.00
	// 2026-11-22 deposit unknown 1 1000.00
}
