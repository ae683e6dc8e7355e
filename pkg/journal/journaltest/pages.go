package journaltest

import (
	"fmt"
	"slices"

	"github.com/raisboy/raisboy/pkg/journal"
)

// listHasPages: a list that is longer than what is read at a time lacks nothing,
// and a limit takes its newest.
func listHasPages(w *world) {
	const count = 207
	var all, done []int64
	for i := range count {
		e := w.begin(w.desk, deposit(fmt.Sprint("user-", i), 100))
		if all = append(all, e.ID); i%50 == 0 {
			w.into(e.ID, journal.StateDone)
			done = append(done, e.ID)
		}
	}
	only := []journal.State{journal.StateDone}
	for limit, want := range map[int][]int64{0: all, 1: all[count-1:], 150: all[count-150:], count: all, count + 1: all} {
		if got := w.list(journal.Filter{Limit: limit}); !slices.Equal(got, want) {
			w.Errorf("limit %d: operations %v, wanted %v", limit, got, want)
		}
	}
	for limit, want := range map[int][]int64{0: done, 1: done[len(done)-1:], 3: done[len(done)-3:], 9: done} {
		if got := w.list(journal.Filter{Limit: limit, States: only}); !slices.Equal(got, want) {
			w.Errorf("limit %d of what is done: operations %v, wanted %v", limit, got, want)
		}
	}
}
