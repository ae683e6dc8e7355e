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
	conn    *sql.Conn
	queries map[string]*sql.Stmt
	directs map[string]directStmt
	args    []driver.NamedValue // of a directStmt, kept for the next

	// whole keeps a job's context from interrupting a statement: SQLite answers
	// an interrupted write by undoing the whole transaction, so that one cancelled
	// job would take with it the answers that others are recording.
	whole bool

	recent // of the writer's connection

	wrote  bool // a statement that is no query was run since it was last looked at
	undone bool // likewise, SQLite undid the transaction, by itself or when told to
}

// preparedStatements bounds how many are kept of each kind; the package has fewer,
// but for what lists are filtered by.
const preparedStatements = 100

func prepareConn(ctx context.Context, db *sql.DB) (*preparedConn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{conn: conn, queries: map[string]*sql.Stmt{}, directs: map[string]directStmt{}}, nil
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

// query gives the statement; it is the caller's to close if it is not kept.
func (c *preparedConn) query(ctx context.Context, query string) (stmt *sql.Stmt, kept bool, err error) {
	stmt, kept = c.queries[query]
	if !kept {
		if stmt, err = c.conn.PrepareContext(ctx, query); err != nil {
			return nil, false, err
		}
		if kept = len(c.queries) < preparedStatements; kept {
			c.queries[query] = stmt
		}
	}
	c.wrote = c.wrote || !strings.HasPrefix(query, "SELECT") && !strings.HasPrefix(query, "PRAGMA")
	return stmt, kept, nil
}

// context is the job's, or, of the writer, one that nothing ends.
func (c *preparedConn) context(ctx context.Context) context.Context {
	if c.whole {
		return context.Background()
	}
	return ctx
}

// QueryContext runs a query.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = c.context(ctx)
	stmt, kept, err := c.query(ctx, query)
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
	stmt, kept, err := c.query(ctx, query)
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
	for _, stmt := range c.queries {
		_ = stmt.Close()
	}
	_ = c.conn.Raw(func(any) error {
		for _, stmt := range c.directs {
			_ = stmt.Close()
		}
		return nil
	})
	clear(c.queries)
	clear(c.directs)
}

// discard closes the connection for good: close only gives it back to the pool,
// perhaps with a transaction still in it.
func (c *preparedConn) discard() {
	c.letGo()
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn })
}
