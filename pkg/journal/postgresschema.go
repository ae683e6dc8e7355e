package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// createSchema makes the tables, unless they are there. Of several desks that
// come at once, one makes them.
func (s *postgresStore) createSchema(ctx context.Context) error {
	return raw(ctx, s.db, func(conn *pgx.Conn) error {
		exists, err := s.schemaExists(ctx, conn)
		switch {
		case err != nil || exists:
			return err
		case s.target.readOnly:
			return &StorageError{Path: s.target.name, Problem: ProblemMissing}
		}
		return s.makeSchema(ctx, conn)
	})
}

func (s *postgresStore) makeSchema(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after a commit
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, s.target.key(writeLock)); err != nil {
		return err
	}
	// Another process may have been quicker.
	if exists, err := s.schemaExists(ctx, conn); err != nil || exists {
		return err
	}
	var named bool
	if err := tx.QueryRow(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, s.target.schema).Scan(&named); err != nil {
		return err
	}
	script := postgresSchema()
	if !named { // to ask with IF NOT EXISTS takes the right to create it, even so
		script = "CREATE SCHEMA " + s.target.schema + ";" + script
	}
	script += fmt.Sprintf("INSERT INTO journal (application, version) VALUES (%d, %d);", applicationID, schemaVersion)
	if _, err := tx.Exec(ctx, script, pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// schemaExists reports whether this build's tables are there. Anything else in
// their place is an error.
func (s *postgresStore) schemaExists(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var tables, marked int
	err := conn.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE relname = 'journal' AND relkind = 'r') FROM pg_class
		WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')`,
		pgx.QueryExecModeSimpleProtocol, s.target.schema).Scan(&tables, &marked)
	switch {
	case err != nil:
		return false, err
	case tables == 0:
		return false, nil
	case marked == 0:
		return false, &StorageError{Path: s.target.name, Problem: ProblemNotAJournal}
	}
	var version int64
	err = conn.QueryRow(ctx, `SELECT version FROM journal WHERE application = $1`,
		pgx.QueryExecModeSimpleProtocol, int64(applicationID)).Scan(&version)
	switch {
	case errors.Is(err, pgx.ErrNoRows), problemIs(err, ProblemOther): // a table of that name, but another's
		return false, &StorageError{Path: s.target.name, Problem: ProblemNotAJournal}
	case err != nil:
		return false, err
	case version > schemaVersion:
		return false, &StorageError{Path: s.target.name, Problem: ProblemNewer, Err: fmt.Errorf("schema %d", version)}
	case version < schemaVersion:
		return false, &StorageError{Path: s.target.name, Problem: ProblemOlder, Err: fmt.Errorf("schema %d", version)}
	}
	return true, nil
}

func problemIs(err error, want Problem) bool {
	problem, ok := postgresProblem(err)
	return ok && problem == want
}

// checkSession makes the first connection, and finds out whether a session is
// one: a pooler that gives each transaction another server session would take
// the locks of owners away from them without a word.
func (s *postgresStore) checkSession(ctx context.Context) error {
	return raw(ctx, s.db, func(conn *pgx.Conn) error {
		before, err := backendOf(ctx, conn)
		if err != nil || before == conn.PgConn().PID() {
			return err // no pooler in between: it would answer with a number of its own
		}
		for range poolProbes {
			pooled, err := s.shared(ctx, conn, before)
			if err != nil {
				return err
			}
			if pooled {
				return &StorageError{Path: s.target.name, Problem: ProblemPooled}
			}
		}
		return nil
	})
}

// poolProbes is how often a pooler is put to the test.
const poolProbes = 3

// shared reports that another client's transaction runs in the server session
// of ours, or that ours is in another one meanwhile.
func (s *postgresStore) shared(ctx context.Context, conn *pgx.Conn, before uint32) (bool, error) {
	second, err := s.target.connect(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = second.Close(context.WithoutCancel(ctx)) }()
	tx, err := second.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	theirs, err := backendOf(ctx, second)
	if err != nil {
		return false, err
	}
	ours, err := backendOf(ctx, conn)
	return theirs == before || ours != before, err
}

func backendOf(ctx context.Context, conn *pgx.Conn) (uint32, error) {
	var pid int64
	err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return uint32(pid), err
}
