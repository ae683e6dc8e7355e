package journal

import (
	"context"
	"errors"
)

// sqliteWriter commits groups on one connection of its own.
type sqliteWriter struct {
	pool *sqlitePool
	conn *preparedConn // nil: none yet
}

func (w *sqliteWriter) end() {
	if w.conn != nil {
		w.conn.close()
	}
}

// errApart: a job failed after it had written something, and there is no
// savepoint to which that could be undone.
var errApart = errors.New("a job of the group is to be undone alone")

// commit runs the group as if no job in it would have to be undone alone, which
// is rare: to be able to, SQLite copies every page that a job changes. If one
// must be, all of them are run anew, each with a savepoint of its own.
func (w *sqliteWriter) commit(group []*writeJob) error {
	err := w.attempt(group, false)
	if errors.Is(err, errApart) {
		err = w.attempt(group, true)
	}
	return err
}

func (w *sqliteWriter) attempt(group []*writeJob, apart bool) (err error) {
	ctx := context.Background()
	if w.conn == nil {
		if w.conn, err = w.pool.forWriting(ctx); err != nil {
			return err
		}
	}
	c := w.conn
	c.undone = false
	if err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := c.refresh(ctx); err != nil {
		return err
	}
	defer func() {
		if err != nil || c.undone {
			c.forget()
		}
		switch {
		case err == nil, errors.Is(err, errApart) && c.rollback(ctx):
		default:
			// The connection's state is in doubt: a fresh one is cheap.
			_ = c.exec(ctx, "ROLLBACK")
			c.discard()
			w.conn = nil
		}
	}()
	run := c.run
	if apart {
		run = c.runApart
	}
	for _, job := range group {
		if job.err = job.ctx.Err(); job.err != nil {
			continue
		}
		if err := run(ctx, job, len(group) == 1); err != nil {
			return err
		}
	}
	if c.undone && !apart { // all that there was: a single job's
		return nil
	}
	return c.exec(ctx, "COMMIT")
}

// run runs a job that is undone, if it fails, with the whole transaction.
func (c *preparedConn) run(ctx context.Context, job *writeJob, alone bool) error {
	c.wrote = false
	job.err = job.fn(c)
	switch {
	case alone && c.undone && job.err != nil:
		return nil //nolint:nilerr // the job has it
	case c.undone: // what the job did since then was in no transaction
		return errApart
	case job.err == nil || !c.wrote:
		return nil
	case alone:
		return c.exec(ctx, "ROLLBACK")
	}
	return errApart
}

// rollback makes sure that there is no transaction.
func (c *preparedConn) rollback(ctx context.Context) bool {
	return c.undone || c.exec(ctx, "ROLLBACK") == nil
}

// runApart runs a job that is undone, if it fails, alone.
func (c *preparedConn) runApart(ctx context.Context, job *writeJob, _ bool) error {
	if err := c.exec(ctx, "SAVEPOINT job"); err != nil {
		return err
	}
	if job.err = job.fn(c); job.err != nil {
		c.forget()
		if err := c.exec(ctx, "ROLLBACK TO job"); err != nil {
			return err
		}
	}
	return c.exec(ctx, "RELEASE job")
}
