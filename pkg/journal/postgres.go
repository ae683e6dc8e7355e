package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresStore keeps a journal in a schema of a PostgreSQL database, for desks
// on several machines. It writes as SQLite does: one transaction at a time, of
// all desks together, under an advisory lock; the writes of one process share
// a commit. Nothing that a transaction reads can then change before it ends,
// whatever it reads, and the numbers of operations have no gaps.
//
// Locks on the keys of a decision alone (a ref, a user's sum) would let more
// desks write at once, but not soundly: a webhook is stored as an orphan while
// the answer that tells its payout_id is being recorded elsewhere, neither sees
// the other, and the webhook is never attached.
type postgresStore struct {
	target postgresTarget
	db     *sql.DB // for reading; the writer keeps one connection of it
	locker *postgresLocker
	writer *groupWriter
}

// maxPostgresConns bounds the connections of one process: one writes, the
// others read; that of the locks comes on top. A server has a hundred or so.
const maxPostgresConns = 4

// isPostgres tells the address of a PostgreSQL database from others.
func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// openPostgres opens the journal, creating its schema unless readOnly.
func openPostgres(ctx context.Context, address string, readOnly bool) (*postgresStore, error) {
	target, err := parsePostgres(address, readOnly)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*target.config, stdlib.OptionAfterConnect(target.prepare))
	db.SetMaxOpenConns(maxPostgresConns)
	db.SetMaxIdleConns(maxPostgresConns)
	s := &postgresStore{target: target, db: db, locker: &postgresLocker{target: target}}
	s.writer = newGroupWriter(&postgresWriter{target: target, db: db})
	if err = s.checkSession(ctx); err == nil {
		err = s.createSchema(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.failure(err), s.close(func() error { return nil }))
	}
	return s, nil
}

// failure names the problem behind what the driver says, and where it is.
func (s *postgresStore) failure(err error) error { return s.target.failure(err) }

// raw lends one connection to fn, past database/sql.
func raw(ctx context.Context, db *sql.DB, fn func(*pgx.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	return rawConn(conn, fn)
}

func rawConn(conn *sql.Conn, fn func(*pgx.Conn) error) error {
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection of type %T", driver)
		}
		return fn(c.Conn())
	})
}

func (s *postgresStore) write(ctx context.Context, fn func(querier) error) error {
	if s.target.readOnly {
		return &StorageError{Path: s.target.name, Problem: ProblemReadOnly, Err: errReadOnly}
	}
	return s.failure(s.writer.do(ctx, fn))
}

// errReadOnly says that a journal that was opened for reading was written to.
var errReadOnly = errors.New("opened for reading only")

// view's transaction keeps to what was committed when it began.
func (s *postgresStore) view(ctx context.Context, fn func(querier) error) error {
	tx, err := s.beginView(ctx)
	if err != nil {
		return s.failure(err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to commit
	return s.failure(fn(postgresQuerier{to: tx}))
}

// beginView tries again where an idle connection turns out to be dead, as all
// of them are after the server was restarted.
func (s *postgresStore) beginView(ctx context.Context) (tx *sql.Tx, err error) {
	for range maxPostgresConns + 1 {
		tx, err = s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err == nil || !connectionLost(err) || ctx.Err() != nil {
			break
		}
	}
	return tx, err
}

func (s *postgresStore) locks() locker { return s.locker }

// verify asks whether PostgreSQL itself holds one of the indexes to be damaged.
// Of a value that changed on the disk the checksums of the rows tell.
func (s *postgresStore) verify(ctx context.Context) error {
	var index string
	err := s.db.QueryRowContext(ctx, `SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE c.relnamespace = to_regnamespace($1) AND NOT (i.indisvalid AND i.indisready AND i.indislive) LIMIT 1`,
		s.target.schema).Scan(&index)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return s.failure(err)
	}
	return &DamageError{Table: "database", What: "index " + index + " is not valid"}
}

func (s *postgresStore) close(released func() error) error {
	s.writer.close()
	return errors.Join(released(), s.locker.close(), s.db.Close())
}
