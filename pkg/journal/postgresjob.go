package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postgresJob is the querier of one job in a group. Statements that are no
// queries wait until something is asked, or the job ends: on the way to a server
// many take no longer than one. What becomes of them is the job's, whether or not
// the job looks.
type postgresJob struct {
	postgresQuerier
	conn *sql.Conn

	waiting []postgresStatement
	ran     []pgconn.CommandTag
	failed  error // the first failure of one that waited; nothing is run after it
}

// A postgresStatement is ready to be run.
type postgresStatement struct {
	prepared *pgconn.StatementDescription
	params   pgx.ExtendedQueryBuilder
}

// ExecContext puts a statement with those that wait. The first time that the
// connection meets it, the server is asked whether it can be run at all.
func (j *postgresJob) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if j.failed != nil {
		return nil, j.failed
	}
	values, err := driverValues(args)
	if err != nil {
		return nil, err
	}
	var s postgresStatement
	err = rawConn(j.conn, func(conn *pgx.Conn) (err error) {
		query := numbered(query)
		if s.prepared, err = conn.Prepare(j.ctx, query, query); err != nil {
			return err
		}
		return s.params.Build(conn.TypeMap(), s.prepared, values)
	})
	if err != nil {
		return nil, err
	}
	j.waiting = append(j.waiting, s)
	return postgresResult{j, len(j.ran) + len(j.waiting) - 1}, nil
}

// driverValues converts arguments as database/sql does.
func driverValues(args []any) ([]any, error) {
	values := inBytes(args)
	for i, arg := range values {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		if bytes, ok := value.([]byte); ok && bytes == nil {
			value = nil
		}
		values[i] = value
	}
	return values, nil
}

// QueryContext runs a query, after what waits.
func (j *postgresJob) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := j.flush(); err != nil {
		return nil, err
	}
	return j.postgresQuerier.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row, after what waits.
func (j *postgresJob) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	_ = j.flush() // the row meets a failed transaction then, and the job has the cause
	return j.postgresQuerier.QueryRowContext(ctx, query, args...)
}

// flush runs what waits, and then these statements of the writer's, which are
// not run if anything before them fails.
func (j *postgresJob) flush(then ...string) error {
	if j.failed != nil || len(j.waiting)+len(then) == 0 {
		return j.failed
	}
	j.failed = rawConn(j.conn, func(conn *pgx.Conn) (err error) {
		way := conn.PgConn().StartPipeline(j.ctx)
		defer func() {
			if closing := way.Close(); err == nil {
				err = closing
			}
		}()
		for _, s := range j.waiting {
			way.SendQueryPrepared(s.prepared.Name, s.params.ParamValues, s.params.ParamFormats, s.params.ResultFormats)
		}
		for _, statement := range then {
			way.SendQueryParams(statement, nil, nil, nil, nil)
		}
		if err := way.Sync(); err != nil {
			return err
		}
		for range j.waiting {
			tag, err := nextTag(way)
			if err != nil {
				return err
			}
			j.ran = append(j.ran, tag)
		}
		for _, statement := range then {
			tag, err := nextTag(way)
			if err == nil && statement == commit && tag.String() != commit {
				err = errUndone
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	j.waiting = nil
	return j.failed
}

// nextTag says how the next statement on the way ended.
func nextTag(way *pgconn.Pipeline) (pgconn.CommandTag, error) {
	results, err := way.GetResults()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	reader, ok := results.(*pgconn.ResultReader)
	if !ok {
		return pgconn.CommandTag{}, fmt.Errorf("the server answered with a %T", results)
	}
	return reader.Close()
}

// postgresResult is what becomes of a statement that may wait still.
type postgresResult struct {
	job   *postgresJob
	index int
}

// LastInsertId is not known to PostgreSQL.
func (r postgresResult) LastInsertId() (int64, error) { return 0, errors.ErrUnsupported }

// RowsAffected runs what waits.
func (r postgresResult) RowsAffected() (int64, error) {
	if err := r.job.flush(); err != nil {
		return 0, err
	}
	return r.job.ran[r.index].RowsAffected(), nil
}
