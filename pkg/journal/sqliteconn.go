package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// preparedConn is one connection whose statements stay prepared: a batch runs the
// same few of them a million times, and to read one takes longer than to run it.
type preparedConn struct {
	conn     *sql.Conn
	prepared map[string]preparedStmt

	// whole keeps a job's context from interrupting a statement: SQLite answers
	// an interrupted write by undoing the whole transaction, so that one cancelled
	// job would take with it the answers that others are recording.
	whole bool

	recent // of the writer's connection

	wrote  bool // a statement that is no query was run since it was last looked at
	undone bool // likewise, SQLite undid the transaction, by itself or when told to
}

type preparedStmt struct {
	*sql.Stmt
	writes bool
}

// preparedStatements bounds how many are kept; the package has fewer, but for
// what lists are filtered by.
const preparedStatements = 100

func prepareConn(ctx context.Context, db *sql.DB) (*preparedConn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{conn: conn, prepared: map[string]preparedStmt{}}, nil
}

// forWriting makes it the writer's.
func (c *preparedConn) forWriting() error {
	c.whole = true
	return c.onRollback(func() { c.undone = true })
}

func (c *preparedConn) onRollback(call func()) error {
	return c.conn.Raw(func(driver any) error {
		hooks, ok := driver.(sqlite.HookRegisterer)
		if !ok {
			return fmt.Errorf("a connection of type %T", driver)
		}
		hooks.RegisterRollbackHook(call)
		return nil
	})
}

// stmt gives the statement; it is the caller's to close if it is not kept.
func (c *preparedConn) stmt(ctx context.Context, query string) (stmt preparedStmt, kept bool, err error) {
	stmt, kept = c.prepared[query]
	if !kept {
		if stmt.Stmt, err = c.conn.PrepareContext(ctx, query); err != nil {
			return stmt, false, err
		}
		stmt.writes = !strings.HasPrefix(query, "SELECT") && !strings.HasPrefix(query, "PRAGMA")
		if kept = len(c.prepared) < preparedStatements; kept {
			c.prepared[query] = stmt
		}
	}
	c.wrote = c.wrote || stmt.writes
	return stmt, kept, nil
}

func (c *preparedConn) context(ctx context.Context) context.Context {
	if c.whole {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// ExecContext runs a statement.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = c.context(ctx)
	if strings.Contains(query, ";") { // a script: run once, not prepared
		c.wrote = true
		return c.conn.ExecContext(ctx, query, args...)
	}
	stmt, kept, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if !kept {
		defer func() { _ = stmt.Close() }()
	}
	return stmt.ExecContext(ctx, args...)
}

// QueryContext runs a query.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = c.context(ctx)
	stmt, kept, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if !kept {
		defer func() { _ = stmt.Close() }() // which waits for its rows
	}
	return stmt.QueryContext(ctx, args...) //nolint:sqlclosecheck // the caller closes them
}

// QueryRowContext runs a query for one row.
func (c *preparedConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = c.context(ctx)
	stmt, kept, err := c.stmt(ctx, query)
	if err != nil {
		return c.conn.QueryRowContext(ctx, query, args...) // which meets the same error and carries it
	}
	if !kept {
		defer func() { _ = stmt.Close() }()
	}
	return stmt.QueryRowContext(ctx, args...)
}

// refresh makes sure that what is remembered is what the transaction sees.
func (c *preparedConn) refresh(ctx context.Context) error {
	var version int64
	err := c.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version)
	c.asOf(version)
	return err
}

func (c *preparedConn) exec(ctx context.Context, query string) error {
	_, err := c.ExecContext(ctx, query)
	return err
}

// close gives the connection back to the pool.
func (c *preparedConn) close() {
	c.letGo()
	_ = c.conn.Close()
}

// letGo comes before the end of the connection.
func (c *preparedConn) letGo() {
	if c.whole {
		_ = c.onRollback(nil)
	}
	for _, stmt := range c.prepared {
		_ = stmt.Close()
	}
	clear(c.prepared)
}

// discard closes the connection for good: close only gives it back to the pool,
// perhaps with a transaction still in it.
func (c *preparedConn) discard() {
	c.letGo()
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn })
}
