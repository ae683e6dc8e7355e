package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// A Holder says who holds a lock, for the person who has to wait.
type Holder struct {
	Desk   string    `json:"desk"`
	OSUser string    `json:"os_user"`
	PID    int       `json:"pid"`
	Since  time.Time `json:"since"`
}

// A LockedError says that another process holds an operation's lock.
type LockedError struct {
	Operation int64
	Holder    Holder // zero where it could not be read
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("operation %d is held by desk %q, user %q, process %d",
		e.Operation, e.Holder.Desk, e.Holder.OSUser, e.Holder.PID)
}

// locker takes locks that the kernel, or the database's session, releases when
// their holder dies, however it dies. There is no timer: a slow owner keeps its
// operation, a dead one loses it at once.
type locker interface {
	// tryLock takes the named lock, or says who holds it: (nil, holder, nil).
	tryLock(ctx context.Context, name string, holder Holder) (unlocker, *Holder, error)
	// held reports whether a living process holds the named lock.
	held(ctx context.Context, name string) (bool, error)
}

type unlocker interface {
	// check returns an error wrapping ErrLockLost if the lock is not held any more.
	check(ctx context.Context) error
	unlock() error
}

// fileLocker keeps its locks as files in a folder beside the database.
type fileLocker struct{ dir string }

type fileLock struct {
	file   *flock.Flock
	holder string // path of the file that names the holder
}

// lockTries bounds how often a lock file is taken anew because its last holder
// removed it between our opening and our locking it.
const lockTries = 100

// errLockChurn says that a lock changes hands too fast.
var errLockChurn = errors.New("it changes hands too fast")

func (l fileLocker) tryLock(_ context.Context, name string, holder Holder) (unlocker, *Holder, error) {
	path := filepath.Join(l.dir, name)
	for range lockTries {
		// Whoever closes a journal removes the folder if it is empty.
		err := os.MkdirAll(l.dir, 0o700)
		if errors.Is(err, os.ErrExist) { // it was there, and was removed before it was looked at
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("lock folder: %w", err)
		}
		file := flock.New(path, flock.SetPermissions(0o600))
		locked, err := file.TryLock()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("lock: %w", err)
		}
		if !locked {
			return nil, readHolder(path + ".holder"), nil
		}
		if !isCurrent(file, path) {
			_ = file.Close() // an unlinked file: its lock excludes nobody
			continue
		}
		lock := &fileLock{file: file, holder: path + ".holder"}
		if err := writeHolder(lock.holder, holder); err != nil {
			return nil, nil, errors.Join(err, lock.unlock())
		}
		return lock, nil, nil
	}
	return nil, nil, fmt.Errorf("lock %s: %w", name, errLockChurn)
}

// held asks with a shared lock, so that two who ask at once do not take each
// other for the owner. A file whose owner is gone is removed.
func (l fileLocker) held(_ context.Context, name string) (bool, error) {
	path := filepath.Join(l.dir, name)
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	file := flock.New(path, flock.SetFlag(os.O_RDWR), flock.SetPermissions(0o600))
	free, err := file.TryRLock()
	switch {
	case errors.Is(err, os.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ask for a lock: %w", err)
	case !free:
		return true, nil
	}
	_ = os.Remove(path)
	_ = os.Remove(path + ".holder")
	return false, file.Close()
}

// check has nothing to ask: the kernel takes a file's lock from the dead alone.
func (l *fileLock) check(context.Context) error { return nil }

// unlock removes the file before it lets go, so that whoever opened it in
// between sees that it is not the current one.
func (l *fileLock) unlock() error {
	_ = os.Remove(l.holder)
	_ = os.Remove(l.file.Path()) // fails on Windows while open: then it simply stays
	return l.file.Close()
}

func isCurrent(file *flock.Flock, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(path)
	return err == nil && os.SameFile(ours, now)
}

func writeHolder(path string, h Holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("name the holder of a lock: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("name the holder of a lock: %w", err)
	}
	return nil
}

func readHolder(path string) *Holder {
	var h Holder
	text, err := os.ReadFile(path)
	if err == nil {
		_ = json.Unmarshal(text, &h) // a half-written name is no name
	}
	return &h
}

// A Lock is held until it is released or its process dies. An operation's keeps
// other desks away while a person decides about it: before the cashier is told
// to hand over cash, and during a delivery of Webhook 2.
type Lock struct{ held unlocker }

// Check returns an error wrapping [ErrLockLost] if the lock is not held any
// more. A file's is held as long as the process lives; a PostgreSQL session can
// end before, and another desk may have the lock since.
func (l *Lock) Check(ctx context.Context) error { return l.held.check(ctx) }

// Release lets it go.
func (l *Lock) Release() error { return l.held.unlock() }

// Lock takes the operation's lock for this process, without waiting. It
// returns a *LockedError that names the holder if another process has it. The
// lock dies with the process.
func (j *Journal) Lock(ctx context.Context, id int64) (*Lock, error) {
	held, holder, err := j.store.locks().tryLock(ctx, fmt.Sprintf("operation-%d", id), j.holder())
	switch {
	case err != nil:
		return nil, err
	case holder != nil:
		return nil, &LockedError{Operation: id, Holder: *holder}
	}
	return &Lock{held}, nil
}

// Listen takes the sign that a receiver of the profile's webhooks runs, so that
// others can see that one does. Where another process has it, that one is the
// sign, and nil is returned without an error.
func (j *Journal) Listen(ctx context.Context, profile string) (*Lock, error) {
	held, holder, err := j.store.locks().tryLock(ctx, listenerLock(profile), j.holder())
	if err != nil || holder != nil {
		return nil, err
	}
	return &Lock{held}, nil
}

// Listening reports whether a receiver of the profile's webhooks runs.
func (j *Journal) Listening(ctx context.Context, profile string) (bool, error) {
	return j.store.locks().held(ctx, listenerLock(profile))
}

func listenerLock(profile string) string { return "listener-" + profile }

func (j *Journal) holder() Holder {
	return Holder{Desk: j.options.Desk, OSUser: j.options.OSUser, PID: os.Getpid(), Since: j.now()}
}
