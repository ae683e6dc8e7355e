package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// createSQLite makes an empty journal under another name, and gives it its own
// only when all of it is on disk. So a journal is there whole or not at all: a
// file that is empty, or has no tables, has lost what was in it, and is never
// taken for a new one. Of several processes that come at once, one is the first.
func createSQLite(ctx context.Context, path string) (err error) {
	draft := path + ".new-" + uuid.NewString()
	fail := func(err error) error {
		var known *StorageError
		if err == nil || errors.As(err, &known) {
			return err
		}
		return &StorageError{Path: path, Problem: problemOf(err), Err: err}
	}
	f, err := os.OpenFile(draft, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(err)
	}
	defer func() {
		for _, tail := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(draft + tail) // some are not there
		}
	}()
	if err := f.Close(); err != nil {
		return fail(err)
	}
	s, err := connectSQLite(ctx, draft, false)
	if err != nil {
		return renamed(path, err)
	}
	if err := errors.Join(s.createSchema(ctx), s.close(func() error { return nil })); err != nil {
		return renamed(path, err)
	}
	// A link, not a renaming: it never takes the place of another's journal.
	if err := os.Link(draft, path); err != nil && !errors.Is(err, os.ErrExist) {
		return fail(err)
	}
	return fail(syncFolder(filepath.Dir(path)))
}

// renamed lets an error speak of the journal rather than of its draft.
func renamed(path string, err error) error {
	var storage *StorageError
	if !errors.As(err, &storage) {
		return err
	}
	return &StorageError{Path: path, Problem: storage.Problem, Err: storage.Err}
}

// createSchema makes the tables, and leaves them in the file itself: closing
// would do that, but does not say when the disk is too full for it.
func (s *sqliteStore) createSchema(ctx context.Context) error {
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
	err := s.write(ctx, func(q querier) error {
		_, err := q.ExecContext(ctx, schema+mark)
		return err
	})
	if err != nil {
		return err
	}
	var busy, log, moved int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
		return storageError(s.path, err)
	}
	if busy != 0 {
		return &StorageError{Path: s.path, Problem: ProblemBusy}
	}
	return nil
}
