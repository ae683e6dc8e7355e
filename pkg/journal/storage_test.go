package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func wantProblem(t *testing.T, err error, want ...Problem) {
	t.Helper()
	var storage *StorageError
	if !errors.As(err, &storage) {
		t.Fatalf("error %v, wanted the storage's", err)
	}
	for _, p := range want {
		if storage.Problem == p {
			if storage.Error() == "" {
				t.Error("no text")
			}
			return
		}
	}
	t.Fatalf("problem %q (%v), wanted %q", storage.Problem, err, want)
}

// reopened opens the file and reads what is in it.
func reopened(path string) error {
	j, err := Open(context.Background(), path, testOptions())
	if err != nil {
		return err
	}
	r, err := j.Verify(context.Background())
	if err == nil && !r.OK() {
		err = r.Damaged[0]
	}
	return errors.Join(err, j.Close())
}

func TestOpenRefusesWhatIsNoJournal(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(path string) error
		want  Problem
	}{
		"a folder": {func(path string) error { return os.Mkdir(path, 0o700) }, ProblemNotRegular},
		"garbage":  {func(path string) error { return os.WriteFile(path, make([]byte, 5000), 0o600) }, ProblemNotAJournal},
		"a garbage header": {func(path string) error {
			return spoilJournal(path, func(b []byte) []byte { copy(b, "NOSQLITE"); return b })
		}, ProblemNotAJournal},
		"a text": {func(path string) error { return os.WriteFile(path, []byte("user_id,amount\n"), 0o600) }, ProblemNotAJournal},
		"another program's database": {func(path string) error {
			return alterJournal(path, "PRAGMA application_id = 7")
		}, ProblemNotAJournal},
		"a database without a mark": {func(path string) error {
			return alterJournal(path, "PRAGMA application_id = 0; PRAGMA user_version = 0")
		}, ProblemNotAJournal},
		"a newer journal": {func(path string) error {
			return alterJournal(path, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion+1))
		}, ProblemNewer},
		"one from before the first release": {func(path string) error {
			return alterJournal(path, "PRAGMA user_version = 1")
		}, ProblemOlder},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			wantProblem(t, reopened(path), c.want)
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("what was refused was written to")
			}
		})
	}
}

// spoilJournal makes a journal with an operation in it and changes its bytes.
func spoilJournal(path string, spoil func([]byte) []byte) error {
	if err := alterJournal(path, "SELECT 1"); err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, spoil(content), 0o600)
}

func alterJournal(path, script string) error {
	ctx := context.Background()
	j, err := Open(ctx, path, testOptions())
	if err != nil {
		return err
	}
	_, err = j.store.(*sqliteStore).db.ExecContext(ctx, script)
	return errors.Join(err, j.Close())
}

func TestTruncatedFile(t *testing.T) {
	for _, keep := range []int{2, 50, 100, 512, 4095, 4096, 5000, 8192, 3 * 4096} {
		t.Run(fmt.Sprint(keep), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			if err := spoilJournal(path, func(b []byte) []byte { return b[:keep] }); err != nil {
				t.Fatal(err)
			}
			err := reopened(path)
			var damage *DamageError
			if !errors.As(err, &damage) {
				wantProblem(t, err, ProblemCorrupt, ProblemNotAJournal)
			}
		})
	}
}

func TestOpenElsewhere(t *testing.T) {
	_, err := Open(context.Background(), "mysql://user:secret@host/journal", testOptions())
	wantProblem(t, err, ProblemUnsupported)
	if text := err.Error(); text != "journal mysql://…: unsupported" {
		t.Errorf("%q may tell the password", text)
	}
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	options := testOptions()
	options.ReadOnly = true
	path := filepath.Join(t.TempDir(), "desk", "journal.db")
	_, err := Open(ctx, path, options)
	wantProblem(t, err, ProblemMissing)
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Error("a reader made a folder")
	}
	writer := openTest(t, path)
	e := mustBegin(t, writer, testDeposit(t, "u", 100))
	reader, err := Open(ctx, path, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if got, err := reader.Get(ctx, e.ID); err != nil || got.State != StateOpen {
		t.Fatalf("%s, error %v", got.State, err)
	}
	_, _, err = reader.Begin(ctx, testDeposit(t, "v", 100), Guard{})
	wantProblem(t, err, ProblemReadOnly)
	wantProblem(t, reader.Bind(ctx, "main", false, []string{"https://a.example"}), ProblemReadOnly)
}

// TestLostJournal: what is left of a journal is never taken for a new one.
func TestLostJournal(t *testing.T) {
	for _, readOnly := range []bool{false, true} {
		options := testOptions()
		options.ReadOnly = readOnly
		path := filepath.Join(t.TempDir(), "journal.db")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(context.Background(), path, options)
		wantProblem(t, err, ProblemCorrupt)
		if err := os.Rename(path, path+"-wal"); err != nil {
			t.Fatal(err)
		}
		_, err = Open(context.Background(), path, options)
		wantProblem(t, err, map[bool]Problem{false: ProblemCorrupt, true: ProblemMissing}[readOnly])
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a journal was made: %v", err)
		}
	}
}

// TestFullDatabase fills the file to a bound: the write fails, says why, leaves
// nothing behind, and there is room again the next one succeeds.
func TestFullDatabase(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	limit := func(pages int) {
		t.Helper()
		err := j.store.write(ctx, func(q querier) error {
			var got int
			return q.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&got)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as small as it is
	begun, full := 0, error(nil)
	for i := 0; full == nil && i < 1000; i++ {
		if _, _, full = j.Begin(ctx, testDeposit(t, fmt.Sprint("u", i), 100), Guard{}); full == nil {
			begun++
		}
	}
	wantProblem(t, full, ProblemFull)
	if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 2*begun {
		t.Fatalf("%d rows for %d operations, damaged %v, error %v", r.Rows, begun, r.Damaged, err)
	}
	limit(100000)
	if e := mustBegin(t, j, testDeposit(t, "later", 100)); e.ID != int64(begun+1) {
		t.Fatalf("operation %d after %d", e.ID, begun)
	}
}

func TestOldSQLite(t *testing.T) {
	for version, old := range map[string]bool{
		"3.51.3": false, "3.51.4": false, "3.52.0": false, "4.0.0": false, "3.51.10": false,
		"3.51.2": true, "3.50.9": true, "2.99.99": true, "3.51": true, "3": true, "": true, "x.y.z": true,
	} {
		if olderSQLite(version) != old {
			t.Errorf("%q: old %t, wanted %t", version, !old, old)
		}
	}
}

// The path may hold what means something in an address.
func TestPathsOfEveryKind(t *testing.T) {
	for _, name := range []string{"with space", "per%20cent", "a?b=c", "hash#tag", "касса", "semi;colon", "amp&ersand", "plus+"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name, name+".db")
			mustBegin(t, openTest(t, path), testDeposit(t, "u", 100))
			if _, err := os.Stat(path); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// What a crash leaves in the folder of locks is tidied up by whoever asks.
func TestLocksAreTidiedUp(t *testing.T) {
	j := newTest(t)
	l := j.store.locks().(fileLocker)
	lock, holder, err := l.tryLock(t.Context(), "owner-1", Holder{Desk: "till-1"})
	if err != nil || holder != nil {
		t.Fatal(holder, err)
	}
	if held, err := l.held(t.Context(), "owner-1"); err != nil || !held {
		t.Fatal(held, err)
	}
	// The process is gone: the kernel let go, the file stayed.
	if err := lock.(*fileLock).file.Close(); err != nil {
		t.Fatal(err)
	}
	if held, err := l.held(t.Context(), "owner-1"); err != nil || held {
		t.Fatal(held, err)
	}
	left, err := os.ReadDir(l.dir)
	if err != nil || len(left) != 0 {
		t.Fatalf("%d files left, error %v", len(left), err)
	}
	if err := os.RemoveAll(l.dir); err != nil {
		t.Fatal(err)
	}
	if held, err := l.held(t.Context(), "owner-1"); err != nil || held {
		t.Fatal(held, err)
	}
	if h := readHolder(filepath.Join(l.dir, "nobody")); *h != (Holder{}) {
		t.Fatal(h)
	}
}

// A folder of locks that cannot be made stops the intent, not the process.
func TestNoFolderForLocks(t *testing.T) {
	j := newTest(t)
	l := j.store.locks().(fileLocker)
	if err := os.WriteFile(l.dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := j.Begin(t.Context(), testDeposit(t, "u", 100), Guard{})
	wantProblem(t, err, ProblemOther)
	if _, err := j.Lock(t.Context(), 1); err == nil {
		t.Error("a lock without a folder")
	}
	if _, err := j.Reopen(t.Context(), 1, "", func(Entry) error { return nil }); err == nil {
		t.Error("reopened without a lock")
	}
	for e := range j.List(t.Context(), Filter{}) {
		t.Errorf("recorded: %+v", e)
	}
}

func TestListenIsSeen(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	other := openTest(t, j.store.(*sqliteStore).path)
	if running, err := other.Listening(ctx, "main"); err != nil || running {
		t.Fatal(running, err)
	}
	lock, err := j.Listen(ctx, "main")
	if err != nil || lock == nil {
		t.Fatal(lock, err)
	}
	if second, err := other.Listen(ctx, "main"); err != nil || second != nil {
		t.Fatal(second, err)
	}
	for profile, want := range map[string]bool{"main": true, "other": false} {
		if running, err := other.Listening(ctx, profile); err != nil || running != want {
			t.Fatal(profile, running, err)
		}
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if running, err := other.Listening(ctx, "main"); err != nil || running {
		t.Fatal(running, err)
	}
}
