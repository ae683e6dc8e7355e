package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestLocksExclude takes and releases one lock from many sides, while others
// remove the folder as soon as it is empty, as every journal does when it is
// closed. Nobody may fail for that, and no two may hold the lock.
func TestLocksExclude(t *testing.T) {
	t.Run("many", func(t *testing.T) { locksExclude(t, 8, 200) })
	t.Run("one", func(t *testing.T) { locksExclude(t, 1, 2000) }) // leaves the folder empty each time
}

func locksExclude(t *testing.T, desks, tries int) {
	ctx := context.Background()
	l := fileLocker{dir: filepath.Join(t.TempDir(), "locks")}
	var (
		holders, taken atomic.Int64
		workers        sync.WaitGroup
		remover        sync.WaitGroup
		ended          = make(chan struct{})
	)
	remover.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
				_ = os.Remove(l.dir)
			}
		}
	})
	for range desks {
		workers.Go(func() {
			for range tries {
				lock, holder, err := l.tryLock(ctx, "operation-1", Holder{Desk: "till-1"})
				if errors.Is(err, errLockChurn) {
					continue // it says so rather than wait
				}
				if err != nil {
					t.Error(err)
					return
				}
				if holder != nil {
					continue
				}
				taken.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				runtime.Gosched()
				holders.Add(-1)
				if err := lock.unlock(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	close(ended)
	remover.Wait()
	if taken.Load() == 0 {
		t.Error("nobody ever got the lock")
	}
}

// TestLockFolderComesAndGoes: whoever closes a journal removes the folder of its
// locks if it is empty, at any moment of another's taking one.
func TestLockFolderComesAndGoes(t *testing.T) {
	l := fileLocker{dir: filepath.Join(t.TempDir(), "locks")}
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_ = os.Remove(l.dir)
					_ = os.Mkdir(l.dir, 0o700)
				}
			}
		})
	}
	for i := range 500 {
		lock, holder, err := l.tryLock(t.Context(), "one", Holder{})
		if err != nil || holder != nil {
			t.Errorf("try %d: %+v, %v", i, holder, err)
			break
		}
		if err := lock.unlock(); err != nil {
			t.Errorf("try %d: %v", i, err)
			break
		}
	}
	close(stop)
	group.Wait()
}
