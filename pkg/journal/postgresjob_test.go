package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// TestPostgresLateFailure: a statement of which the server finds out only when
// it runs it fails the job that gave it, whether or not the job looked, and no
// other of its group.
func TestPostgresLateFailure(t *testing.T) {
	ctx := t.Context()
	j, _ := newPostgres(t)
	mustBegin(t, j, testDeposit(t, "first", 100))
	again := func(q querier) error { // a key that is there already
		_, err := q.ExecContext(ctx, insertFact, int64(1), 1, "intent", int64(0), "", "", []byte("{}"), nil, []byte("sum"))
		return err
	}
	for name, job := range map[string]func(querier) error{
		"alone": again,
		"then asks": func(q querier) error {
			if err := again(q); err != nil {
				return err
			}
			_, err := j.ids(ctx, q, `SELECT id FROM operations`)
			return err
		},
		"then passes over": func(q querier) error {
			_ = again(q)
			var n int
			_ = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM operations`).Scan(&n)
			return nil
		},
		"then counts": func(q querier) error {
			result, err := q.ExecContext(ctx, insertFact, int64(1), 1, "intent", int64(0), "", "", []byte("{}"), nil, []byte("sum"))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err == nil {
				t.Errorf("%d rows", n)
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			inside, gate := make(chan struct{}), make(chan struct{})
			var group sync.WaitGroup
			group.Go(func() { // so that what follows shares one commit
				err := j.store.write(ctx, func(querier) error {
					close(inside)
					<-gate
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
			<-inside
			const n = 5 // the bad ones are in the middle and at the end
			failures := make([]error, n)
			jobs := j.store.(*postgresStore).writer.jobs
			for i := range n {
				p := testDeposit(t, fmt.Sprint(name, i), 100)
				group.Go(func() {
					if i == 2 || i == n-1 {
						failures[i] = j.store.write(ctx, job)
						return
					}
					_, _, failures[i] = j.Begin(ctx, p, Guard{})
				})
				for len(jobs) <= i && t.Context().Err() == nil {
					continue
				}
			}
			close(gate)
			group.Wait()
			for i, err := range failures {
				var storage *StorageError
				if bad := i == 2 || i == n-1; errors.As(err, &storage) != bad || !bad && err != nil {
					t.Errorf("write %d: error %v", i, err)
				}
			}
		})
	}
	if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 2*(1+4*3) {
		t.Fatalf("%d rows, damaged %v, error %v", r.Rows, r.Damaged, err)
	}
}

// TestPostgresRowsAffected: a result that is asked for is that of its statement,
// though several waited.
func TestPostgresRowsAffected(t *testing.T) {
	ctx := t.Context()
	j, _ := newPostgres(t)
	mustBegin(t, j, testDeposit(t, "a", 100))
	mustBegin(t, j, testDeposit(t, "b", 100))
	err := j.store.write(ctx, func(q querier) error {
		for _, want := range []struct {
			query string
			rows  int64
		}{
			{`UPDATE operations SET line = line WHERE id > 0`, 2},
			{`UPDATE operations SET line = line WHERE id = 1`, 1},
			{`UPDATE operations SET line = line WHERE id = 9`, 0},
		} {
			if _, err := q.ExecContext(ctx, `UPDATE operations SET line = line`); err != nil {
				return err
			}
			result, err := q.ExecContext(ctx, want.query)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil || n != want.rows {
				t.Errorf("%s: %d rows, error %v", want.query, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPostgresRoundTrips counts how often the journal waits for its server: that,
// and not what it computes, is what a write costs over a network.
func TestPostgresRoundTrips(t *testing.T) {
	ctx := t.Context()
	wire, address := newWire(t, FreshPostgres(t))
	j := openTest(t, address)
	for i := range 2 { // the first prepares the statements
		p := testDeposit(t, fmt.Sprint("u", i), 100)
		before := wire.said.Load()
		e := mustBegin(t, j, p)
		begun := wire.said.Load()
		mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done"}})
		settled := wire.said.Load()
		if i == 0 {
			continue
		}
		if begun-before != 3 || settled-begun != 4 {
			t.Errorf("%d questions to begin, %d to settle; wanted 3 and 4", begun-before, settled-begun)
		}
	}
	if r, err := j.Verify(context.WithoutCancel(ctx)); err != nil || !r.OK() {
		t.Fatal(r.Damaged, err)
	}
}

// TestPostgresSeesItsOwn: what a job asks sees what it has written, though that
// waited.
func TestPostgresSeesItsOwn(t *testing.T) {
	ctx := t.Context()
	j, _ := newPostgres(t)
	mustBegin(t, j, testDeposit(t, "a", 100))
	err := j.store.write(ctx, func(q querier) error {
		for line := range int64(4) {
			if _, err := q.ExecContext(ctx, `UPDATE operations SET line = ?`, line+1); err != nil {
				return err
			}
			var got int64
			if line%2 == 0 {
				if err := q.QueryRowContext(ctx, `SELECT line FROM operations`).Scan(&got); err != nil {
					return err
				}
			} else {
				lines, err := j.ids(ctx, q, `SELECT line FROM operations`)
				if err != nil {
					return err
				}
				got = lines[0]
			}
			if got != line+1 {
				t.Errorf("line %d, wanted %d", got, line+1)
			}
		}
		return errors.New("decided against it")
	})
	if err == nil {
		t.Fatal("no error")
	}
}
