package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A directStmt is a statement on the driver itself. database/sql looks at each
// argument by reflection, copies it, and makes some dozen objects for a query; a
// row of a batch has ninety arguments.
type directStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// direct gives the statement; it is the caller's to close if it is not kept.
func (c *preparedConn) direct(ctx context.Context, query string) (stmt directStmt, kept bool, err error) {
	if stmt, kept = c.directs[query]; kept {
		return stmt, true, nil
	}
	err = c.conn.Raw(func(conn any) error {
		preparer, ok := conn.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("a connection of type %T", conn)
		}
		prepared, err := preparer.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		if stmt, ok = prepared.(directStmt); !ok {
			return errors.Join(fmt.Errorf("a statement of type %T", prepared), prepared.Close())
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	if kept = len(c.directs) < preparedStatements; kept {
		c.directs[query] = stmt
	}
	return stmt, kept, nil
}

// ExecContext runs a statement.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	ctx = c.context(ctx)
	c.wrote = true
	if strings.Contains(query, ";") { // a script: run once, not prepared
		return c.conn.ExecContext(ctx, query, args...)
	}
	values, err := c.values(args)
	if err != nil {
		return nil, err
	}
	stmt, kept, err := c.direct(ctx, query)
	if err != nil {
		return nil, err
	}
	err = c.conn.Raw(func(any) error {
		result, err = stmt.ExecContext(ctx, values)
		return errors.Join(err, c.done(stmt, kept))
	})
	return result, err
}

// done lets go of what a statement needed.
func (c *preparedConn) done(stmt directStmt, kept bool) error {
	clear(c.args)
	if kept {
		return nil
	}
	return stmt.Close()
}

// pairs hands every row of a query for two numbers to read, which must not use
// the connection. See pairReader.
func (c *preparedConn) pairs(ctx context.Context, read func(first, second int64), damage *DamageError, query string, args ...any) error {
	ctx = c.context(ctx)
	values, err := c.values(args)
	if err != nil {
		return err
	}
	stmt, kept, err := c.direct(ctx, query)
	if err != nil {
		return storageError("", err)
	}
	err = c.conn.Raw(func(any) error {
		rows, err := stmt.QueryContext(ctx, values)
		if err != nil {
			return errors.Join(err, c.done(stmt, kept))
		}
		var pair [2]driver.Value
		for err = rows.Next(pair[:]); err == nil; err = rows.Next(pair[:]) {
			first, isNumber := pair[0].(int64)
			second, areNumbers := pair[1].(int64)
			if !isNumber || !areNumbers {
				damage.What = fmt.Sprintf("%T and %T are no numbers", pair[0], pair[1])
				err = damage
				break
			}
			read(first, second)
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return errors.Join(err, rows.Close(), c.done(stmt, kept))
	})
	var damaged *DamageError
	if errors.As(err, &damaged) {
		return damaged
	}
	return storageError("", err)
}

// values are arguments as a driver takes them.
func (c *preparedConn) values(args []any) ([]driver.NamedValue, error) {
	c.args = c.args[:0]
	for i, arg := range args {
		value := driver.NamedValue{Ordinal: i + 1}
		switch arg := arg.(type) {
		case *int64:
			value.Value = *arg
		case *string:
			value.Value = *arg
		case *[]byte:
			value.Value = *arg
		case int64, string, []byte:
			value.Value = arg
		default:
			var err error
			if value.Value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return nil, fmt.Errorf("argument %d: %w", i+1, err)
			}
		}
		c.args = append(c.args, value)
	}
	return c.args, nil
}
