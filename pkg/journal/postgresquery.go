package journal

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// postgresQuerier runs the statements that are written for SQLite.
//
// Texts are stored as bytes there, for two reasons: PostgreSQL's text cannot
// hold every string that an answer or a webhook may name (a NUL; whatever the
// encoding of the database lacks), and what cannot be stored would be lost.
type postgresQuerier struct {
	to querier

	// ctx takes the place of the caller's: inside a group's transaction no job
	// may interrupt a statement. Nil: the caller's.
	ctx context.Context
}

func (q postgresQuerier) context(callers context.Context) context.Context {
	if q.ctx != nil {
		return q.ctx
	}
	return callers
}

// ExecContext runs a statement.
func (q postgresQuerier) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return q.to.ExecContext(q.context(ctx), numbered(query), inBytes(args)...)
}

// QueryContext runs a query.
func (q postgresQuerier) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return q.to.QueryContext(q.context(ctx), numbered(query), inBytes(args)...)
}

// QueryRowContext runs a query for one row.
func (q postgresQuerier) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return q.to.QueryRowContext(q.context(ctx), numbered(query), inBytes(args)...)
}

// numbered writes $1, $2 … for each question mark. No statement of the package
// has one in a literal.
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}

// inBytes gives the arguments as the columns are: texts as bytes, truth as a
// number, and what pointers point to.
func inBytes(args []any) []any {
	converted := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			arg = []byte(v)
		case *string:
			arg = []byte(*v)
		case *int64:
			arg = *v
		case *[]byte:
			arg = *v
		case bool:
			arg = map[bool]int64{true: 1}[v]
		}
		converted[i] = arg
	}
	return converted
}

// postgresSchema is the schema as PostgreSQL is told it: one declaration, so
// that the two cannot come to differ.
func postgresSchema() string {
	return strings.NewReplacer(" INTEGER", " BIGINT", " TEXT", " BYTEA", " BLOB", " BYTEA",
		") WITHOUT ROWID, STRICT;", ");", ") STRICT;", ");").Replace(schema) + `
CREATE TABLE holders (
  name    BYTEA  NOT NULL PRIMARY KEY,
  backend BIGINT NOT NULL,
  holder  BYTEA  NOT NULL
);
CREATE TABLE journal (
  application BIGINT NOT NULL PRIMARY KEY,
  version     BIGINT NOT NULL
);
`
}
