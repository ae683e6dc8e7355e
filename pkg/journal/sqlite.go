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
	pool   *sqlitePool
}

// openSQLite opens the file, making it first if it is not there, unless
// readOnly.
func openSQLite(ctx context.Context, path string, readOnly bool) (*sqliteStore, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &StorageError{Path: path, Problem: ProblemOther, Err: err}
	}
	exists, err := checkPlace(path, readOnly)
	if err == nil && !exists {
		if err = createSQLite(ctx, path); err == nil {
			_, err = checkPlace(path, true) // another process may have been quicker
		}
	}
	if err != nil {
		return nil, err
	}
	s, err := connectSQLite(ctx, path, readOnly)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, s.close(func() error { return nil }))
	}
	return s, nil
}

// connectSQLite makes the first connection to a file that is there.
func connectSQLite(ctx context.Context, path string, readOnly bool) (*sqliteStore, error) {
	db, err := sql.Open("sqlite", dsn(path, readOnly))
	if err != nil {
		return nil, storageError(path, err)
	}
	s := &sqliteStore{path: path, db: db, locker: fileLocker{dir: path + ".locks"}, pool: &sqlitePool{db: db}}
	s.writer = newGroupWriter(&sqliteWriter{pool: s.pool})
	if err := s.checkVersion(ctx); err != nil {
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

// checkSchema makes sure that the file is a journal that this build can write.
func (s *sqliteStore) checkSchema(ctx context.Context) error {
	var application, version int
	err := s.db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version)`).Scan(&application, &version)
	switch {
	case err != nil:
		return storageError(s.path, err)
	case application != applicationID:
		return &StorageError{Path: s.path, Problem: ProblemNotAJournal}
	case version > schemaVersion:
		return &StorageError{Path: s.path, Problem: ProblemNewer, Err: fmt.Errorf("schema %d", version)}
	case version < schemaVersion:
		return &StorageError{Path: s.path, Problem: ProblemOlder, Err: fmt.Errorf("schema %d", version)}
	}
	return nil
}

func (s *sqliteStore) write(ctx context.Context, fn func(querier) error) error {
	err := s.writer.do(ctx, fn)
	if isDatabaseError(err) {
		return storageError(s.path, err)
	}
	return err
}

func (s *sqliteStore) view(ctx context.Context, fn func(querier) error) error {
	c, err := s.pool.begin(ctx)
	if err != nil {
		return storageError(s.path, err)
	}
	defer func() { s.pool.giveBack(c) }()
	err = fn(c)
	if isDatabaseError(err) {
		return storageError(s.path, err)
	}
	return err
}

func (s *sqliteStore) locks() locker { return s.locker }

func (s *sqliteStore) close(released func() error) error {
	s.writer.close()
	s.pool.close()
	err := errors.Join(released(), s.db.Close())
	_ = os.Remove(s.locker.dir) // succeeds only when nobody holds a lock
	return err
}

func isDatabaseError(err error) bool {
	if err == nil {
		return false
	}
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
		case sqlite3.SQLITE_IOERR:
			if failed.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for the index of the log
				problem = ProblemFull
			}
		}
	} else if found, ok := postgresProblem(err); ok && !errors.Is(err, context.DeadlineExceeded) {
		problem = found // a statement of the journal's, run there
	}
	return &StorageError{Path: path, Problem: problem, Err: err}
}
