package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

// TestListReadsPages: a list longer than a page is complete and in order, with
// every limit, also where the state is only known by reading.
func TestListReadsPages(t *testing.T) {
	j := newTest(t)
	var all, open []int64
	for i := range 2*listPage + 7 {
		e := mustBegin(t, j, testDeposit(t, fmt.Sprint("u", i), 100))
		if all = append(all, e.ID); i%3 == 0 {
			mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done", HTTPStatus: 201, DepositID: "d"}})
		} else {
			open = append(open, e.ID)
		}
	}
	newest := func(ids []int64, limit int) []int64 {
		if limit == 0 {
			return ids
		}
		return ids[max(0, len(ids)-limit):]
	}
	for _, limit := range []int{0, 1, 2, listPage - 1, listPage, listPage + 1, len(open), len(all), 10_000} {
		if got := idsOf(t, j, Filter{Limit: limit}); !slices.Equal(got, newest(all, limit)) {
			t.Errorf("limit %d: %v", limit, got)
		}
		if got := idsOf(t, j, Filter{Limit: limit, States: []State{StateOpen}}); !slices.Equal(got, newest(open, limit)) {
			t.Errorf("limit %d of the open: %v", limit, got)
		}
	}
}

// TestListGoesOnAfterDamage: a spoilt row is named, and what stands behind it is
// listed all the same.
func TestListGoesOnAfterDamage(t *testing.T) {
	j := newTest(t)
	const count = listPage + 3
	for i := range count {
		mustBegin(t, j, testDeposit(t, fmt.Sprint("u", i), 100))
	}
	damaged := []int64{2, 3, listPage, listPage + 1, count}
	for _, id := range damaged {
		withSQLExec(t, j, "UPDATE facts SET desk = 'other' WHERE operation = ?", id)
	}
	for _, f := range []Filter{{}, {States: []State{StateOpen}}, {Limit: count}, {Limit: count, States: []State{StateOpen}}} {
		var found []int64
		seen := 0
		for e, err := range j.List(context.Background(), f) {
			var damage *DamageError
			switch {
			case errors.As(err, &damage):
				if e.ID != damage.Operation {
					t.Errorf("entry %d, damage %v", e.ID, damage)
				}
				found = append(found, damage.Operation)
			case err != nil:
				t.Fatal(err)
			}
			seen++
		}
		if !slices.Equal(found, damaged) || seen != count {
			t.Errorf("%+v: %d operations, damaged %v; wanted %d, %v", f, seen, found, count, damaged)
		}
	}
	if got := idsOf(t, j, Filter{Limit: 1, User: "u0"}); !slices.Equal(got, []int64{1}) {
		t.Errorf("a filter past the damage: %v", got)
	}
}

// TestListEndsWithTheReader: a reader that is cancelled hears of it once.
func TestListEndsWithTheReader(t *testing.T) {
	j := newTest(t)
	mustBegin(t, j, testDeposit(t, "a", 100))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	failures := 0
	for _, err := range j.List(ctx, Filter{}) {
		if err == nil {
			t.Error("listed after it was cancelled")
		}
		failures++
	}
	if failures != 1 {
		t.Errorf("%d errors", failures)
	}
}

// TestListAgreesWithAModel: whatever is asked for, the pages give what one
// reading of everything would.
func TestListAgreesWithAModel(t *testing.T) {
	j := openTest(t, filepath.Join(t.TempDir(), "model.db"))
	var all []Entry
	for i := range listPage + 20 {
		e := mustBegin(t, j, testDeposit(t, fmt.Sprint("u", i%7), money.Amount(100+i)))
		if i%5 != 0 {
			e = mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: []string{"done", "refused", "unknown"}[i%3], HTTPStatus: 201, DepositID: "d"}})
		}
		all = append(all, e)
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := Filter{Limit: rapid.IntRange(0, len(all)+2).Draw(rt, "limit")}
		if rapid.Bool().Draw(rt, "by user") {
			f.User = fmt.Sprint("u", rapid.IntRange(0, 7).Draw(rt, "user"))
		}
		f.States = rapid.SliceOfNDistinct(rapid.SampledFrom([]State{StateUnknown, StateOpen, StateDone, StateRefused}), 0, 3, rapid.ID).Draw(rt, "states")
		var want []int64
		for _, e := range all {
			if f.has(e.State) && (f.User == "" || e.Call.Terms.UserID == f.User) {
				want = append(want, e.ID)
			}
		}
		if f.Limit > 0 {
			want = want[max(0, len(want)-f.Limit):]
		}
		if got := idsOf(t, j, f); !slices.Equal(got, want) {
			rt.Fatalf("%+v: %v, wanted %v", f, got, want)
		}
	})
}

func idsOf(t testing.TB, j *Journal, f Filter) []int64 {
	t.Helper()
	var ids []int64
	for e, err := range j.List(context.Background(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func withSQLExec(t testing.TB, j *Journal, query string, args ...any) {
	t.Helper()
	store, ok := j.store.(*sqliteStore)
	if !ok {
		t.Fatal("not SQLite")
	}
	if _, err := store.db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}
