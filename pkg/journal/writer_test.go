package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// hold keeps the writer busy until release is called, so that what is written
// meanwhile shares one commit.
func hold(t *testing.T, j *Journal) (release func()) {
	t.Helper()
	inside, gate, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- j.store.write(context.Background(), func(querier) error {
			close(inside)
			<-gate
			return nil
		})
	}()
	<-inside
	return func() {
		close(gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// queued waits until n jobs stand before the writer.
func queued(t *testing.T, j *Journal, n int) {
	t.Helper()
	jobs := j.store.(*sqliteStore).writer.jobs
	for len(jobs) < n {
		if t.Context().Err() != nil {
			t.Fatal("the jobs do not come")
		}
	}
}

// TestGroupSharesACommit puts sixty-four writes into one commit, among them
// ones that are held back, fail or are cancelled: each gets its own answer.
func TestGroupSharesACommit(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	first := mustBegin(t, j, testDeposit(t, "first", 100))
	release := hold(t, j)
	const n = 64
	wanted := errors.New("decided against it")
	cancelled, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	failures := make([]error, n)
	for i := range n {
		p := testDeposit(t, fmt.Sprint("user", i), 100)
		if i%8 == 1 {
			p = testDeposit(t, "first", 100)
		}
		group.Go(func() {
			switch i % 8 {
			case 2:
				_, failures[i] = j.Update(ctx, first.ID, func(Entry) ([]Addition, error) { return nil, wanted })
			case 3:
				_, _, failures[i] = j.Begin(cancelled, p, Guard{})
			case 4: // a statement that fails in the middle of a job
				failures[i] = j.store.write(ctx, func(q querier) error {
					if _, err := q.ExecContext(ctx, "DELETE FROM facts"); err != nil {
						return err
					}
					_, err := q.ExecContext(ctx, "INSERT INTO nowhere VALUES (1)")
					return err
				})
			default:
				_, _, failures[i] = j.Begin(ctx, p, Guard{})
			}
		})
	}
	queued(t, j, n)
	cancel()
	release()
	group.Wait()
	begun := 0
	for i, err := range failures {
		var held *HeldError
		var storage *StorageError
		ok := err == nil
		switch i % 8 {
		case 1:
			ok = errors.As(err, &held)
		case 2:
			ok = errors.Is(err, wanted)
		case 3:
			ok = errors.Is(err, context.Canceled)
		case 4:
			ok = errors.As(err, &storage)
		default:
			begun++
		}
		if !ok {
			t.Errorf("write %d: error %v", i, err)
		}
	}
	r, err := j.Verify(ctx)
	if err != nil || !r.OK() || r.Rows != 2*(begun+1) {
		t.Fatalf("%d rows, wanted %d; damaged %v, error %v", r.Rows, 2*(begun+1), r.Damaged, err)
	}
}

// A cancelled colleague must not take with it the answer that is recorded in
// the same commit.
func TestCancelledWriteLeavesItsGroupAlone(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	a := mustBegin(t, j, testDeposit(t, "a", 100))
	b := mustBegin(t, j, testDeposit(t, "b", 100))
	release := hold(t, j)
	short, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	update := func(ctx context.Context, id int64, before func()) {
		_, err := j.Update(ctx, id, func(Entry) ([]Addition, error) {
			before()
			return []Addition{{Content: Answer{Verdict: "done"}}}, nil
		})
		if err != nil {
			t.Errorf("operation %d: %v", id, err)
		}
	}
	group.Go(func() { update(ctx, a.ID, func() {}) })
	group.Go(func() { update(short, b.ID, cancel) }) // it was begun, so it is finished
	queued(t, j, 2)
	release()
	group.Wait()
	for _, id := range []int64{a.ID, b.ID} {
		if e, err := j.Get(ctx, id); err != nil || e.State != StateDone {
			t.Errorf("operation %d is %s, error %v", id, e.State, err)
		}
	}
}

// If the commit itself fails, nobody in the group is told that it succeeded.
func TestFailedCommitFailsItsGroup(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	release := hold(t, j)
	var group sync.WaitGroup
	failures := make([]error, 8)
	for i := range failures {
		p := testDeposit(t, fmt.Sprint("u", i), 100)
		group.Go(func() {
			if i != 5 {
				_, _, failures[i] = j.Begin(ctx, p, Guard{})
				return
			}
			failures[i] = j.store.write(ctx, func(q querier) error {
				_, err := q.ExecContext(ctx, "ROLLBACK") // as SQLite does by itself on a full disk
				return err
			})
		})
	}
	queued(t, j, len(failures))
	release()
	group.Wait()
	for i, err := range failures {
		var storage *StorageError
		if !errors.As(err, &storage) {
			t.Errorf("write %d: error %v, wanted the storage's", i, err)
		}
	}
	if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 0 {
		t.Fatalf("%d rows, damaged %v, error %v", r.Rows, r.Damaged, err)
	}
	mustBegin(t, j, testDeposit(t, "after", 100)) // on a fresh connection
}

func TestMoreThanAGroup(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	release := hold(t, j)
	const n = maxGroup + 40
	var group sync.WaitGroup
	for i := range n {
		p := testDeposit(t, fmt.Sprint("u", i), 100)
		group.Go(func() {
			if _, _, err := j.Begin(ctx, p, Guard{}); err != nil {
				t.Error(err)
			}
		})
	}
	queued(t, j, maxGroup)
	release()
	group.Wait()
	if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 2*n {
		t.Fatalf("%d rows, wanted %d; damaged %v, error %v", r.Rows, 2*n, r.Damaged, err)
	}
}

// What was acknowledged before or during a close is there, and what was not is
// refused: never both, never neither.
func TestCloseWhileWriting(t *testing.T) {
	ctx := context.Background()
	for range 2 {
		j := newTest(t)
		path := j.store.(*sqliteStore).path
		var group sync.WaitGroup
		var lock sync.Mutex
		var acknowledged []int64
		mustBegin(t, j, testDeposit(t, "before", 100))
		for i := range 16 {
			p := testDeposit(t, fmt.Sprint("u", i), 100)
			group.Go(func() {
				e, _, err := j.Begin(ctx, p, Guard{})
				switch {
				case err == nil:
					lock.Lock()
					acknowledged = append(acknowledged, e.ID)
					lock.Unlock()
				case !errors.Is(err, ErrClosed):
					t.Error(err)
				}
			})
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		group.Wait()
		again := openTest(t, path)
		for _, id := range acknowledged {
			if e, err := again.Get(ctx, id); err != nil || e.State != StateUnknown {
				t.Errorf("operation %d is %s, error %v", id, e.State, err)
			}
		}
		if r, err := again.Verify(ctx); err != nil || !r.OK() || r.Rows != 2*(len(acknowledged)+1) {
			t.Fatalf("%d rows for %d acknowledged, damaged %v, error %v", r.Rows, len(acknowledged), r.Damaged, err)
		}
	}
}

func TestClosedJournal(t *testing.T) {
	ctx := context.Background()
	fresh, used := newTest(t), newTest(t)
	e := mustBegin(t, used, testDeposit(t, "u", 100))
	for _, j := range []*Journal{fresh, used} {
		for range 2 {
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := j.Begin(ctx, testDeposit(t, "v", 100), Guard{}); !errors.Is(err, ErrClosed) {
			t.Errorf("begin: error %v", err)
		}
		if _, err := j.Update(ctx, e.ID, func(Entry) ([]Addition, error) { return nil, nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("update: error %v", err)
		}
		if _, err := j.Get(ctx, e.ID); err == nil {
			t.Error("get: no error")
		}
	}
	if _, err := fresh.Reopen(ctx, e.ID, "", func(Entry) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("reopen: error %v", err)
	}
}

func TestCancelledBeforeItBegins(t *testing.T) {
	j := newTest(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 20 { // the writer may be offered it or not
		if _, _, err := j.Begin(ctx, testDeposit(t, "u", 100), Guard{}); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
	}
	for e := range j.List(context.Background(), Filter{}) {
		t.Fatalf("recorded: %+v", e)
	}
	for _, err := range j.List(ctx, Filter{}) {
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("list: error %v", err)
		}
	}
	if _, err := j.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("verify: error %v", err)
	}
	if _, _, err := j.Peek(ctx, testDeposit(t, "u", 100), Guard{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("peek: error %v", err)
	}
}
