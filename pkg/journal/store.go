package journal

import (
	"context"
	"database/sql"
)

// querier runs statements, inside a transaction or outside.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// store is what differs between databases: how a write becomes durable, how
// owners are locked. Statements are written once, for both.
type store interface {
	// write runs fn in a transaction and returns once it is durable. fn may be
	// run together with others in one commit; if it fails, its own effects
	// alone are undone; it may also be run again, if the database undid what it
	// did. No other process writes meanwhile: what fn reads stays true until the
	// commit, for it decides about rows that are not there yet.
	write(ctx context.Context, fn func(querier) error) error
	// view runs fn in a transaction that sees what is committed, all of it as of
	// one moment: an operation lies in several rows, and a reader that took them
	// one by one while another desk writes would see damage that is not there.
	view(ctx context.Context, fn func(querier) error) error
	locks() locker
	// verify runs the database's own integrity check; a *DamageError is damage.
	verify(ctx context.Context) error
	// close ends the writes, then runs released, then closes the database.
	close(released func() error) error
}
