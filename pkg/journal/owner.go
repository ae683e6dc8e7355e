package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/google/uuid"
)

// ownerPrefix begins the name of a lock that tells other processes that this
// one may be sending. Nobody ever waits for one.
const ownerPrefix = "owner-"

// ownership takes the lock that an intent names, once for the life of this
// journal; again, under another name, if it was lost.
func (j *Journal) ownership(ctx context.Context) (string, error) {
	j.owning.Lock()
	defer j.owning.Unlock()
	switch {
	case j.closed:
		return "", &StorageError{Problem: ProblemOther, Err: ErrClosed}
	case j.ownerLock != nil:
		return *j.owner.Load(), nil
	}
	name := ownerPrefix + uuid.NewString()
	held, holder, err := j.store.locks().tryLock(ctx, name, j.holder())
	if err == nil && holder != nil {
		err = fmt.Errorf("lock %s is taken", name)
	}
	var known *StorageError
	switch {
	case errors.As(err, &known):
		return "", err
	case err != nil:
		var file *fs.PathError // the lock's, beside the journal
		if errors.As(err, &file) {
			return "", &StorageError{Path: file.Path, Problem: problemOf(err), Err: err}
		}
		return "", &StorageError{Problem: problemOf(err), Err: err}
	}
	j.ownerLock = held
	j.owner.Store(&name)
	return name, nil
}

// CanWrite reports whether an operation could be recorded now, and records
// nothing: a journal on a disk that became read-only can still be opened.
func (j *Journal) CanWrite(ctx context.Context) error {
	if _, err := j.ownership(ctx); err != nil {
		return err
	}
	return j.store.write(ctx, func(querier) error { return nil })
}

// Owned reports whether the operation, begun or reopened by this journal, is
// still this process's: the answer is an error wrapping [ErrLockLost] if it is
// not. Others take it for unknown then, and may be sending its bytes again: it
// must not be sent from here any more.
//
// On SQLite an owner cannot lose its lock. On PostgreSQL it does when its
// session breaks, whether or not anything else of the journal still works.
func (j *Journal) Owned(ctx context.Context, e Entry) error {
	j.owning.Lock()
	lock := j.ownerLock
	own := j.owner.Load()
	j.owning.Unlock()
	if lock == nil || own == nil || *own != e.Owner {
		return fmt.Errorf("operation %d: %w", e.ID, ErrLockLost)
	}
	err := lock.check(ctx)
	if errors.Is(err, ErrLockLost) {
		j.disown(lock)
	}
	if err != nil {
		return fmt.Errorf("operation %d: %w", e.ID, err)
	}
	return nil
}

// disown forgets a lost lock: the next intent takes another, and what the lost
// one stood for is read as what it is, unknown.
func (j *Journal) disown(lost unlocker) {
	j.owning.Lock()
	defer j.owning.Unlock()
	if j.ownerLock == lost {
		j.ownerLock = nil
		j.owner.Store(nil)
	}
}
