package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
)

// sqliteWriter commits groups on one connection of its own.
type sqliteWriter struct {
	db   *sql.DB
	conn *writerConn // nil: none yet
}

func (w *sqliteWriter) end() {
	if w.conn != nil {
		w.conn.close()
	}
}

func (w *sqliteWriter) commit(group []*writeJob) (err error) {
	ctx := context.Background()
	if w.conn == nil {
		c, err := w.db.Conn(ctx)
		if err != nil {
			return err
		}
		w.conn = &writerConn{conn: c, prepared: map[string]*sql.Stmt{}}
	}
	c := w.conn
	if err := c.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// The connection's state is in doubt: a fresh one is cheap.
			_ = c.exec(ctx, "ROLLBACK")
			c.discard()
			w.conn = nil
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
