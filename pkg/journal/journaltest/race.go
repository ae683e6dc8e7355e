package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func raceChecks() []check {
	return []check{
		{"one ref begins once", refRaces},
		{"one user's sum begins once", guardRaces},
		{"a limit is not overrun", limitRaces},
		{"everything that was acknowledged is there", writesAtOnce},
		{"who reads meanwhile sees no damage", readsMeanwhile},
		{"one desk gets the lock", lockRaces},
	}
}

const racers = 16

// race runs every racer at once and collects what their Begin came to.
func (w *world) race(g journal.Guard, x func(i int) wish) (begun []journal.Entry, failed []error) {
	w.Helper()
	desks := []*journal.Journal{w.desk, w.open("till-2"), w.open("till-3")}
	var (
		group sync.WaitGroup
		lock  sync.Mutex
		gun   = make(chan struct{})
	)
	for i := range racers {
		p, err := x(i).proposal(w.clock.now())
		if err != nil {
			w.Fatal(err)
		}
		group.Go(func() {
			<-gun
			e, replayed, err := desks[i%len(desks)].Begin(w.Context(), p, g)
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				failed = append(failed, err)
			case !replayed:
				begun = append(begun, e)
			}
		})
	}
	close(gun)
	group.Wait()
	return begun, failed
}

// wantOne expects that one racer began and that the others were held back.
func (w *world) wantOne(begun []journal.Entry, failed []error, reason journal.HeldReason) {
	w.Helper()
	if len(begun) != 1 || len(failed) != racers-1 {
		w.Fatalf("%d began, %d failed", len(begun), len(failed))
	}
	for _, err := range failed {
		var held *journal.HeldError
		if !errors.As(err, &held) || held.Reason != reason || held.By.ID != begun[0].ID {
			w.Fatalf("error %v, wanted it held back (%s) by %d", err, reason, begun[0].ID)
		}
	}
}

func refRaces(w *world) {
	// Other users: the ref alone keeps them apart, as other terms.
	begun, failed := w.race(journal.Guard{}, func(i int) wish { return deposit(fmt.Sprint("u", i), 100).withRef("order-7") })
	w.wantOne(begun, failed, journal.HeldRef)
	begun, failed = w.race(journal.Guard{}, func(int) wish { return payout("p", 100, "req-1") })
	w.wantOne(begun, failed, journal.HeldLock)
}

func guardRaces(w *world) {
	begun, failed := w.race(journal.Guard{}, func(i int) wish { return deposit("2564568", 100).withRef(fmt.Sprint("r", i)) })
	w.wantOne(begun, failed, journal.HeldUnresolved)
	begun, failed = w.race(journal.Guard{}, func(i int) wish { return deposit(fmt.Sprint("u", i), 100).withProjectUser("#A") })
	w.wantOne(begun, failed, journal.HeldUnresolved)
}

func limitRaces(w *world) {
	g := journal.Guard{ShiftMax: 500, ShiftSince: w.clock.now()}
	begun, failed := w.race(g, func(i int) wish { return deposit(fmt.Sprint("u", i), 100) })
	if len(begun) != 5 || len(failed) != racers-5 {
		w.Fatalf("%d began under a limit of five", len(begun))
	}
}

func writesAtOnce(w *world) {
	begun, failed := w.race(journal.Guard{}, func(i int) wish { return deposit(fmt.Sprint("u", i), 100) })
	if len(begun) != racers || len(failed) != 0 {
		w.Fatalf("%d began, errors %v", len(begun), failed)
	}
	var group sync.WaitGroup
	for _, e := range begun {
		group.Go(func() {
			_, err := w.desk.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
				return []journal.Addition{{Content: answer(api.Done)}}, nil
			})
			if err != nil {
				w.Error(err)
			}
		})
	}
	group.Wait()
	for _, e := range begun {
		if got := w.get(w.desk, e.ID); got.State != journal.StateDone || string(got.Call.Body) != string(e.Call.Body) {
			w.Errorf("operation %d is %s with %s", e.ID, got.State, got.Call.Body)
		}
	}
}

// readsMeanwhile: an operation and its facts lie in several rows; a reader must
// see them as of one moment.
func readsMeanwhile(w *world) {
	e := w.begin(w.desk, deposit("2564568", 100))
	second := w.open("till-2")
	ctx, stop := context.WithCancel(w.Context())
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for ctx.Err() == nil {
				if _, err := second.Get(w.Context(), e.ID); err != nil {
					w.Error("get:", err)
					return
				}
				for _, err := range w.desk.List(w.Context(), journal.Filter{}) {
					if err != nil {
						w.Error("list:", err)
						return
					}
				}
				if r, err := second.Verify(w.Context()); err != nil || !r.OK() {
					w.Error("verify:", r.Damaged, err)
					return
				}
			}
		})
	}
	for range 40 {
		w.settle(w.desk, e.ID, answer(api.Unknown))
	}
	stop()
	group.Wait()
}

func lockRaces(w *world) {
	e := w.created()
	desks := []*journal.Journal{w.desk, w.open("till-2")}
	var (
		group  sync.WaitGroup
		lock   sync.Mutex
		inside int
	)
	for i := range racers {
		group.Go(func() {
			for range 8 {
				held, err := desks[i%2].Lock(w.Context(), e.ID)
				var locked *journal.LockedError
				if errors.As(err, &locked) {
					continue
				}
				if err != nil {
					w.Error(err)
					return
				}
				lock.Lock()
				if inside++; inside != 1 {
					w.Errorf("%d hold the lock", inside)
				}
				lock.Unlock()
				lock.Lock()
				inside--
				lock.Unlock()
				if err := held.Release(); err != nil {
					w.Error(err)
				}
			}
		})
	}
	group.Wait()
}
