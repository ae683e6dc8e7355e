package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// minSQLite is the oldest SQLite that is used: earlier ones could lose a
// commit when two connections reset the write-ahead log at the same moment.
var minSQLite = [3]int{3, 51, 3}

// sqliteStore keeps a journal in one SQLite file. Many processes may share the
// file; within a process one writer puts concurrent writes into one commit.
type sqliteStore struct {
	path   string
	db     *sql.DB
	locker fileLocker
	writer *groupWriter
}

// openSQLite opens the file, creating it with its schema unless readOnly.
func openSQLite(ctx context.Context, path string, readOnly bool) (*sqliteStore, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &StorageError{Path: path, Problem: ProblemOther, Err: err}
	}
	if err := prepareFile(path, readOnly); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, readOnly))
	if err != nil {
		return nil, storageError(path, err)
	}
	s := &sqliteStore{path: path, db: db, locker: fileLocker{dir: path + ".locks"}}
	s.writer = newGroupWriter(s)
	if err = s.checkVersion(ctx); err == nil {
		err = s.createSchema(ctx, readOnly)
	}
	if err != nil {
		return nil, errors.Join(err, s.close(func() error { return nil }))
	}
	return s, nil
}

// dsn is the driver's address of the file. FULL makes every commit wait for
// the disk; fullfsync makes that true on macOS as well.
func dsn(path string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}}
	pragmas := []string{"busy_timeout(15000)", "journal_mode(WAL)", "synchronous(FULL)", "fullfsync(1)", "foreign_keys(1)"}
	if readOnly {
		q.Set("mode", "ro")
		pragmas = []string{"busy_timeout(15000)", "query_only(1)"}
	}
	q["_pragma"] = pragmas
	return (&url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: q.Encode()}).String()
}

func escapePath(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a Windows drive
		path = "/" + path
	}
	return strings.ReplaceAll(url.PathEscape(path), "%2F", "/")
}

func (s *sqliteStore) checkVersion(ctx context.Context) error {
	var version string
	if err := s.db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return storageError(s.path, err)
	}
	if olderSQLite(version) {
		return &StorageError{Path: s.path, Problem: ProblemOldSQLite, Err: fmt.Errorf("SQLite %s", version)}
	}
	return nil
}

func olderSQLite(version string) bool {
	parts := strings.SplitN(version, ".", len(minSQLite))
	for i, want := range minSQLite {
		have := 0
		if i < len(parts) {
			have, _ = strconv.Atoi(parts[i])
		}
		if have != want {
			return have < want
		}
	}
	return false
}

func (s *sqliteStore) createSchema(ctx context.Context, readOnly bool) error {
	state, err := s.schemaState(ctx, s.db)
	if err != nil || state == schemaVersion {
		return err
	}
	if readOnly {
		return &StorageError{Path: s.path, Problem: ProblemMissing}
	}
	return s.write(ctx, nil, func(q querier) error {
		// Another process may have been quicker.
		if state, err := s.schemaState(ctx, q); err != nil || state == schemaVersion {
			return err
		}
		mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
		_, err := q.ExecContext(ctx, schema+mark)
		return err
	})
}

// schemaState gives 0 for an empty database, schemaVersion for a journal, and
// an error for anything else.
func (s *sqliteStore) schemaState(ctx context.Context, q querier) (int, error) {
	var application, version, tables int
	err := q.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)`).
		Scan(&application, &version, &tables)
	switch {
	case err != nil:
		return 0, storageError(s.path, err)
	case application == 0 && version == 0 && tables == 0:
		return 0, nil
	case application != applicationID:
		return 0, &StorageError{Path: s.path, Problem: ProblemNotAJournal}
	case version > schemaVersion:
		return 0, &StorageError{Path: s.path, Problem: ProblemNewer, Err: fmt.Errorf("schema %d", version)}
	}
	return version, nil
}

func (s *sqliteStore) write(ctx context.Context, _ []string, fn func(querier) error) error {
	err := s.writer.do(ctx, fn)
	if isDatabaseError(err) {
		return storageError(s.path, err)
	}
	return err
}

func (s *sqliteStore) view(ctx context.Context, fn func(querier) error) error {
	// ReadOnly makes it a deferred transaction, which waits for no writer.
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return storageError(s.path, err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to commit
	err = fn(tx)
	if isDatabaseError(err) {
		return storageError(s.path, err)
	}
	return err
}

func (s *sqliteStore) locks() locker { return s.locker }

func (s *sqliteStore) close(released func() error) error {
	s.writer.close()
	err := errors.Join(released(), s.db.Close())
	_ = os.Remove(s.locker.dir) // succeeds only when nobody holds a lock
	return err
}

func isDatabaseError(err error) bool {
	var failed *sqlite.Error
	return errors.As(err, &failed)
}

// storageError names the problem behind what the driver says.
func storageError(path string, err error) error {
	var failed *sqlite.Error
	var known *StorageError
	if err == nil || errors.As(err, &known) {
		return err
	}
	problem := ProblemOther
	if errors.As(err, &failed) {
		switch failed.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			problem = ProblemBusy
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
			problem = ProblemReadOnly
		case sqlite3.SQLITE_FULL:
			problem = ProblemFull
		case sqlite3.SQLITE_CORRUPT:
			problem = ProblemCorrupt
		case sqlite3.SQLITE_NOTADB:
			problem = ProblemNotAJournal
		}
	}
	return &StorageError{Path: path, Problem: problem, Err: err}
}
