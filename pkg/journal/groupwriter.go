package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
)

// maxGroup bounds how many writes share a commit.
const maxGroup = 256

// ErrClosed is returned for a write to a journal that was closed.
var ErrClosed = errors.New("journal is closed")

// groupWriter drains concurrent writes into one transaction each time the disk
// is free. No timer delays a write in the hope of company: while one commit
// waits for the disk, the next group gathers by itself.
type groupWriter struct {
	store *sqliteStore
	jobs  chan *writeJob
	stop  chan struct{}
	done  chan struct{}
	start sync.Once
	end   sync.Once
}

type writeJob struct {
	ctx    context.Context
	fn     func(querier) error
	result chan error
	err    error
}

func newGroupWriter(s *sqliteStore) *groupWriter {
	return &groupWriter{
		store: s, jobs: make(chan *writeJob, maxGroup),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// do hands fn to the writer and waits until it is durable or has failed. A
// cancelled context stops a write that was not begun, never one that was.
func (w *groupWriter) do(ctx context.Context, fn func(querier) error) error {
	w.start.Do(func() { go w.run() })
	job := &writeJob{ctx: ctx, fn: fn, result: make(chan error, 1)}
	select {
	case w.jobs <- job:
	case <-w.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-job.result:
		return err
	case <-w.done:
		select {
		case err := <-job.result:
			return err
		default:
			return ErrClosed
		}
	}
}

// close ends the writer after the writes that it was given.
func (w *groupWriter) close() {
	w.end.Do(func() {
		close(w.stop)
		w.start.Do(func() { close(w.done) }) // never ran
	})
	<-w.done
}

func (w *groupWriter) run() {
	defer close(w.done)
	var conn *writerConn
	defer func() {
		if conn != nil {
			conn.close()
		}
	}()
	for {
		group := w.gather()
		if group == nil {
			return
		}
		err := w.commit(&conn, group)
		for _, job := range group {
			if job.err == nil { // it did nothing wrong; the commit may have
				job.err = err
			}
			job.result <- job.err
		}
	}
}

func (w *groupWriter) gather() []*writeJob {
	var group []*writeJob
	select {
	case job := <-w.jobs:
		group = append(group, job)
	case <-w.stop:
		select { // what was handed over before the stop is still written
		case job := <-w.jobs:
			group = append(group, job)
		default:
			return nil
		}
	}
	for len(group) < maxGroup {
		select {
		case job := <-w.jobs:
			group = append(group, job)
		default:
			return group
		}
	}
	return group
}

// commit runs the group in one transaction. An error that it returns is the
// transaction's: none of the group is durable.
func (w *groupWriter) commit(conn **writerConn, group []*writeJob) (err error) {
	ctx := context.Background()
	if *conn == nil {
		c, err := w.store.db.Conn(ctx)
		if err != nil {
			return err
		}
		*conn = &writerConn{conn: c, prepared: map[string]*sql.Stmt{}}
	}
	c := *conn
	if err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// The connection's state is in doubt: a fresh one is cheap.
			_ = c.exec(ctx, "ROLLBACK")
			c.discard()
			*conn = nil
		}
	}()
	for _, job := range group {
		if job.err = job.ctx.Err(); job.err != nil {
			continue
		}
		if err := c.exec(ctx, "SAVEPOINT job"); err != nil {
			return err
		}
		if job.err = job.fn(c); job.err != nil {
			if err := c.exec(ctx, "ROLLBACK TO job"); err != nil {
				return err
			}
		}
		if err := c.exec(ctx, "RELEASE job"); err != nil {
			return err
		}
	}
	return c.exec(ctx, "COMMIT")
}

// writerConn is one connection whose statements stay prepared: a batch runs the
// same few of them a million times.
//
// It does not let a job's context interrupt a statement: SQLite answers an
// interrupted write by undoing the whole transaction, so that one cancelled job
// would take with it the answers that others are recording.
type writerConn struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// preparedStatements bounds how many are kept; the package has fewer.
const preparedStatements = 100

func (c *writerConn) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := c.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(ctx, query)
	if err == nil && len(c.prepared) < preparedStatements {
		c.prepared[query] = stmt
	}
	return stmt, err
}

func (c *writerConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if strings.Contains(query, ";") { // a script: run once, not prepared
		return c.conn.ExecContext(ctx, query, args...)
	}
	stmt, err := c.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next time; closeStatements ends it
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (c *writerConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	stmt, err := c.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next time; closeStatements ends it
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *writerConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	stmt, err := c.stmt(ctx, query) //nolint:sqlclosecheck // kept for the next time; closeStatements ends it
	if err != nil {
		return c.conn.QueryRowContext(ctx, query, args...) // which meets the same error and carries it
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (c *writerConn) exec(ctx context.Context, query string) error {
	_, err := c.ExecContext(ctx, query)
	return err
}

func (c *writerConn) close() {
	c.closeStatements()
	_ = c.conn.Close()
}

// closeStatements comes before the end of the connection that they belong to.
func (c *writerConn) closeStatements() {
	for _, stmt := range c.prepared {
		_ = stmt.Close()
	}
	clear(c.prepared)
}

// discard closes the connection for good: close only gives it back to the pool,
// perhaps with a transaction still in it.
func (c *writerConn) discard() {
	c.closeStatements()
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn })
}
