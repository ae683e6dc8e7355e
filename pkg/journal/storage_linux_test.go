package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// setBound sets the soft limit; its type differs between systems.
func setBound(limit *syscall.Rlimit, size int64) { limit.Cur = uint64(size) }

// TestFullDisk fills a real file system, where that may be mounted.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=600k"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("mounting a file system is not permitted to this user; TestNoRoomForTheLog needs no mount")
		}
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	j := openTest(t, filepath.Join(dir, "desk", "journal.db"))
	var failed error
	begun := 0
	for i := 0; failed == nil && i < 2000; i++ {
		if _, _, failed = j.Begin(ctx, testDeposit(t, fmt.Sprint("u", i), 100), Guard{}); failed == nil {
			begun++
		}
	}
	wantProblem(t, failed, ProblemFull)
	if rows := rowsOf(t, j); rows != 2*begun {
		t.Fatalf("%d rows for %d operations", rows, begun)
	}
	path := j.store.(*sqliteStore).path
	if err := j.Close(); err != nil {
		t.Logf("close on a full disk: %v", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	again := openTest(t, path)
	if rows := rowsOf(t, again); rows != 2*begun {
		t.Fatalf("%d rows for %d operations once there was room", rows, begun)
	}
	mustBegin(t, again, testDeposit(t, "after", 100))
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, _, err := beginAt(t, path)
	wantProblem(t, err, ProblemReadOnly)
	var where *StorageError
	if errors.As(err, &where) && !filepath.IsAbs(where.Path) {
		t.Errorf("%q is no place that a person could look at", where.Path)
	}
	readOnly, err := Open(ctx, path, testOptions())
	if err == nil {
		err = errors.Join(readOnly.CanWrite(ctx), readOnly.Close())
	}
	wantProblem(t, err, ProblemReadOnly)
	wantProblem(t, reopened(filepath.Join(dir, "another.db")), ProblemReadOnly)
}

func beginAt(t *testing.T, path string) (Entry, bool, error) {
	j, err := Open(context.Background(), path, testOptions())
	if err != nil {
		return Entry{}, false, err
	}
	defer func() { _ = j.Close() }()
	return j.Begin(context.Background(), testDeposit(t, "u", 100), Guard{})
}

// TestNoRoomToOpen: a journal that was closed in good order needs room for the
// index of its log, and SQLite has a code of its own for lacking that.
func TestNoRoomToOpen(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("mounting a file system is not permitted to this user")
		}
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	path := filepath.Join(dir, "journal.db")
	if _, _, err := beginAt(t, path); err != nil {
		t.Fatal(err)
	}
	fill, err := os.Create(filepath.Join(dir, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = fill.Write(make([]byte, 512))
	}
	if err := fill.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = beginAt(t, path)
	wantProblem(t, err, ProblemFull)
}
