package journal

import (
	"context"
	"errors"
	"sync"
	"testing"
)

var errUnwanted = errors.New("not wanted after all")

// attempted appends to an operation within a job, which stays open by it.
func attempted(ctx context.Context, j *Journal, q querier, e Entry) error {
	stored, err := j.known(ctx, q, e.ID)
	if err != nil {
		return err
	}
	_, err = j.append(ctx, q, stored, []Addition{{Content: Attempt{Owner: e.Owner}}})
	return err
}

// What a job wrote and what was then undone must not be remembered: the next
// fact would leave a gap before it.
func TestForgetsWhatWasUndone(t *testing.T) {
	ctx := context.Background()
	for name, undo := range map[string]func(querier) error{
		"by the journal": func(querier) error { return errUnwanted },
		"by SQLite, as on a full disk": func(q querier) error {
			_, err := q.ExecContext(ctx, "ROLLBACK")
			return errors.Join(err, errUnwanted)
		},
		"by SQLite, and passed over": func(q querier) error {
			_, err := q.ExecContext(ctx, "ROLLBACK")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := newTest(t)
			e := mustBegin(t, j, testDeposit(t, "u", 100))
			err := j.store.write(ctx, func(q querier) error {
				if err := attempted(ctx, j, q, e); err != nil {
					return err
				}
				return undo(q)
			})
			var storage *StorageError
			if !errors.Is(err, errUnwanted) && !errors.As(err, &storage) && err != nil {
				t.Fatal(err)
			}
			settledWith(t, j, e, 2)
		})
	}
	t.Run("in a group", func(t *testing.T) {
		j := newTest(t)
		e := mustBegin(t, j, testDeposit(t, "u", 100))
		release := hold(t, j)
		var group sync.WaitGroup
		group.Go(func() {
			err := j.store.write(ctx, func(q querier) error {
				return errors.Join(attempted(ctx, j, q, e), errUnwanted)
			})
			if !errors.Is(err, errUnwanted) {
				t.Error(err)
			}
		})
		queued(t, j, 1)
		group.Go(func() { mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "unknown"}}) })
		queued(t, j, 2)
		release()
		group.Wait()
		settledWith(t, j, e, 3)
	})
}

// settledWith ends an operation, which has so many facts then.
func settledWith(t *testing.T, j *Journal, e Entry, facts int) {
	t.Helper()
	mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done"}})
	got, err := j.Get(t.Context(), e.ID)
	if err != nil || got.State != StateDone || len(got.Facts) != facts {
		t.Errorf("%s with %d facts, wanted %d; error %v", got.State, len(got.Facts), facts, err)
	}
	if r, err := j.Verify(t.Context()); err != nil || !r.OK() {
		t.Errorf("damaged: %v, error %v", r.Damaged, err)
	}
}

// Another process may have written what this one did not: a ruling, a webhook.
func TestForgetsWhatOthersChanged(t *testing.T) {
	j := newTest(t)
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	other := openTest(t, j.store.(*sqliteStore).path)
	mustUpdate(t, other, e.ID, Addition{Content: Attempt{Owner: e.Owner}})
	settledWith(t, j, e, 3)
}

func TestRememberedAreFewAndOpen(t *testing.T) {
	var r recent
	for id := range int64(3 * maxRecent) {
		r.remember(Entry{ID: id, State: StateOpen})
		if e, ok := r.recall(id); !ok || e.ID != id || len(r.entries) > maxRecent {
			t.Fatalf("operation %d: %v, %d remembered", id, ok, len(r.entries))
		}
	}
	r.remember(Entry{ID: 3*maxRecent - 1, State: StateDone})
	if _, ok := r.recall(3*maxRecent - 1); ok {
		t.Error("a settled one is remembered")
	}
}
