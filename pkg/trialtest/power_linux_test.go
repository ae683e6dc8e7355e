package trialtest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/journal"
)

// tracedCommits is how many commits a traced writer makes.
const tracedCommits = 48

func writer(t *testing.T, role, path string, env ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append([]string{
		childVariable + "=" + role, "RAISBOY_JOURNAL=" + path, commitsVariable + "=" + strconv.Itoa(tracedCommits),
	}, env...)
	return c
}

// TestPowerCut rebuilds what a power cut can leave of the journal from a trace of
// its writer, opens it, and demands every commit that was acknowledged.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "main.db")
	ops := traced(t, writer(t, "journal-writer", path), path)
	states, cuts := cutStates(t, ops, path, counttest.Trials(t, 150), openJournal)
	t.Logf("%d operations traced, %d states, acknowledged commits lost in %d", len(ops), states, len(cuts))
	for _, c := range cuts[:min(len(cuts), 5)] {
		t.Error(c)
	}
}

// TestPowerCutWithoutSyncs is the negative control: the same journal and the
// same trace, but no fsync is carried out (synchronous=OFF).
func TestPowerCutWithoutSyncs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "main.db")
	ops := traced(t, writer(t, "journal-writer", path), path, "fsync:retval=0", "fdatasync:retval=0")
	states, cuts := cutStates(t, ops, path, counttest.Trials(t, 60), openJournal)
	t.Logf("%d states, acknowledged commits lost in %d", states, len(cuts))
	if len(cuts) < states/10 {
		t.Error("nothing is lost without a single fsync: the simulation is blind")
	}
}

// TestNewFolderIsDurable: a journal in a new folder is lost with the folder, if
// its name is not on disk before the first commit is acknowledged.
func TestNewFolderIsDurable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "raisboy", "main.db")
	ops := traced(t, writer(t, "journal-writer", path), path)
	made := map[string]bool{}
	for _, o := range ops {
		switch o.kind {
		case opMkdir:
			made[o.path] = true
		case opSyncDir:
			for dir := range made {
				if filepath.Dir(dir) == o.path {
					delete(made, dir)
				}
			}
		case opAck:
			if len(made) > 0 {
				t.Errorf("commit %d is acknowledged, and these names may be lost: %v", o.offset, made)
			}
			return
		case opWrite, opTruncate, opSync, opCreate, opUnlink, opLink:
		}
	}
	t.Error("nothing was acknowledged")
}

// TestPowerCutOfSQLite holds the simulation against SQLite's own promises: FULL
// loses nothing, NORMAL and OFF do.
func TestPowerCutOfSQLite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		synchronous string
		loses       bool
	}{{"FULL", false}, {"NORMAL", true}, {"OFF", true}} {
		t.Run(tt.synchronous, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "raw.db")
			ops := traced(t, writer(t, "raw-writer", path, "RAISBOY_TRIAL_SYNCHRONOUS="+tt.synchronous), path)
			states, cuts := cutStates(t, ops, path, counttest.Trials(t, 60), openRaw)
			t.Logf("synchronous=%s: %d states, acknowledged commits lost in %d", tt.synchronous, states, len(cuts))
			if tt.loses != (len(cuts) > 0) {
				t.Errorf("losses: %v", cuts[:min(len(cuts), 3)])
			}
		})
	}
}

// cutStates makes n states and tries each with open, which says what is wrong
// with it, given the number of the last acknowledged commit.
func cutStates(t *testing.T, ops []op, original string, n int, open func(path string, acked int) error) (states int, losses []string) {
	t.Helper()
	if acks := slices.IndexFunc(ops, func(o op) bool { return o.kind == opAck && o.offset == tracedCommits }); acks < 0 {
		t.Fatal("the trace lacks the last acknowledgement")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	base := t.TempDir()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() { // there a state costs no disk
		var err error
		if base, err = os.MkdirTemp("/dev/shm", "raisboy-power-"); err != nil {
			base = t.TempDir()
		}
		t.Cleanup(func() { _ = os.RemoveAll(base) })
	}
	var mutex sync.Mutex
	var group sync.WaitGroup
	numbers := make(chan int)
	for range 2 {
		group.Go(func() {
			for number := range numbers {
				random := rand.New(rand.NewPCG(seed, uint64(number)))
				at := 1 + random.IntN(len(ops))
				dir := filepath.Join(base, strconv.Itoa(number))
				acked, err := cut(ops[:at], filepath.Dir(original), random, dir)
				if err == nil {
					err = open(filepath.Join(dir, filepath.Base(original)), acked)
				}
				_ = os.RemoveAll(dir)
				mutex.Lock()
				if states++; err != nil {
					losses = append(losses, fmt.Sprintf("state %d of seed %d, cut after step %d of %d, %d acknowledged: %v", number, seed, at, len(ops), acked, err))
				}
				mutex.Unlock()
			}
		})
	}
	for number := range n {
		numbers <- number
	}
	close(numbers)
	group.Wait()
	return states, losses
}

// openJournal wants operations 1 … to be there as far as they were acknowledged.
func openJournal(path string, acked int) error {
	ctx := context.Background()
	j, err := journal.Open(ctx, path, journal.Options{Desk: "d", OSUser: "u", Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { _ = j.Close() }()
	if r, err := j.Verify(ctx); err != nil || !r.OK() {
		return fmt.Errorf("verify: %w, %v", err, r.Damaged)
	}
	for id := 1; id <= (acked+1)/2; id++ {
		e, err := j.Get(ctx, int64(id))
		if err != nil {
			return err
		}
		if answered := e.State == journal.StateDone; !answered && 2*id <= acked {
			return fmt.Errorf("operation %d has lost its answer", id)
		}
	}
	return nil
}

func openRaw(path string, acked int) error {
	if _, err := os.Stat(path); err != nil && acked == 0 {
		return nil
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM numbers WHERE n <= ?`, acked).Scan(&n); acked > 0 && (err != nil || n != acked) {
		return fmt.Errorf("%d of %d are left, %w", n, acked, err)
	}
	return nil
}
