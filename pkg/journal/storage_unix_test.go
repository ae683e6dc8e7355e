//go:build unix

package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOpenRefusesUnsafeFiles(t *testing.T) {
	make := func(path string) error { return alterJournal(path, "SELECT 1") }
	for name, c := range map[string]struct {
		spoil func(path string) error
		want  Problem
	}{
		"readable by others":    {func(path string) error { return errors.Join(make(path), os.Chmod(path, 0o644)) }, ProblemExposed},
		"readable by the group": {func(path string) error { return errors.Join(make(path), os.Chmod(path, 0o640)) }, ProblemExposed},
		"writable by others":    {func(path string) error { return errors.Join(make(path), os.Chmod(path, 0o602)) }, ProblemExposed},
		"a symbolic link":       {func(path string) error { return errors.Join(make(path+".real"), os.Symlink(path+".real", path)) }, ProblemSymlink},
		"a link to nowhere":     {func(path string) error { return os.Symlink(path+".real", path) }, ProblemSymlink},
		"a pipe":                {func(path string) error { return syscall.Mkfifo(path, 0o600) }, ProblemNotRegular},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.db")
			if err := c.spoil(path); err != nil {
				t.Fatal(err)
			}
			wantProblem(t, reopened(path), c.want)
			if _, err := os.Stat(path + ".real"); name == "a link to nowhere" && err == nil {
				t.Error("the link was followed")
			}
		})
	}
	t.Run("a file where its folder should be", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "desk")
		if err := os.WriteFile(dir, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, reopened(filepath.Join(dir, "journal.db")), ProblemReadOnly, ProblemOther)
	})
}

// Another's file and a folder without rights can only be told apart by, or
// from, a user who is bound by rights: each is tried where it says something.
func TestOpenRefusesWhatBelongsToOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk", "journal.db")
	if os.Geteuid() == 0 {
		if err := errors.Join(alterJournal(path, "SELECT 1"), os.Chown(path, 12345, 12345)); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, reopened(path), ProblemOwner)
		return
	}
	if err := os.Mkdir(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, reopened(path), ProblemReadOnly)
}

// Nothing beside the database may be readable by others either, at any moment
// of its life and whatever the umask is.
func TestModesFromBirth(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "state", "raisboy")
	j := openTest(t, filepath.Join(dir, "journal.db"))
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	lock, err := j.Lock(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Release() }()
	seen := 0
	err = filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil || seen < 8 { // folder, database, -wal, -shm, locks, two locks and their holders
		t.Fatalf("%d files, error %v", seen, err)
	}
	if info, err := os.Stat(filepath.Dir(dir)); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatal(info.Mode(), err)
	}
}

// TestNoRoomForTheLog lets no file of the process grow any further, as a full
// quota does: a write fails in the middle, wherever it stands.
func TestNoRoomForTheLog(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	mustBegin(t, j, testDeposit(t, "before", 100))
	log, err := os.Stat(j.store.(*sqliteStore).path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	var limits syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
		t.Fatal(err)
	}
	for _, more := range []int64{1, 5000, 20000} {
		bounded := limits
		setBound(&bounded, log.Size()+more)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &bounded); err != nil {
			t.Fatal(err)
		}
		var failed error
		begun := 0
		for i := 0; failed == nil && i < 100; i++ {
			if _, _, failed = j.Begin(ctx, testDeposit(t, fmt.Sprint("u", more, "-", i), 100), Guard{}); failed == nil {
				begun++
			}
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limits); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, failed, ProblemOther, ProblemFull)
		before := rowsOf(t, j)
		mustBegin(t, j, testDeposit(t, fmt.Sprint("after", more), 100)) // there is room again
		if after := rowsOf(t, j); after != before+2 {
			t.Fatalf("%d rows after %d", after, before)
		}
		if log, err = os.Stat(j.store.(*sqliteStore).path + "-wal"); err != nil {
			t.Fatal(err)
		}
	}
}

func rowsOf(t *testing.T, j *Journal) int {
	t.Helper()
	r, err := j.Verify(context.Background())
	if err != nil || !r.OK() {
		t.Fatalf("damaged %v, error %v", r.Damaged, err)
	}
	return r.Rows
}

func TestProblemsByErrno(t *testing.T) {
	for err, want := range map[error]Problem{
		syscall.EROFS: ProblemReadOnly, syscall.EACCES: ProblemReadOnly, syscall.EPERM: ProblemReadOnly,
		syscall.ENOSPC: ProblemFull, syscall.EDQUOT: ProblemFull, syscall.EIO: ProblemOther,
	} {
		if got := problemOf(fmt.Errorf("open: %w", err)); got != want {
			t.Errorf("%v: %s, wanted %s", err, got, want)
		}
	}
	if text := (&StorageError{Path: "p", Problem: ProblemFull, Err: syscall.ENOSPC}).Error(); !strings.Contains(text, "p: full: ") {
		t.Error(text)
	}
}
