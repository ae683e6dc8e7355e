//go:build unix

package trialtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/journal"
)

// TestDisk gives the command a journal that it cannot use, in every way. Each
// has its own sentence and exit code 3, and nothing is sent. Afterwards, with
// the cause mended, the journal is whole and knows what it knew.
func TestDisk(t *testing.T) {
	t.Parallel()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name   string
		spoil  func(t *testing.T, w *world)
		mend   func(t *testing.T, w *world)
		says   string
		asRoot bool // the case needs root's rights to set up
	}{
		{ // first, for it takes longest
			name: "held by another program", says: "is held by another program",
			spoil: lockJournal,
			mend:  func(*testing.T, *world) {},
		}, {
			name: "read-only file", says: "cannot be written",
			spoil: func(t *testing.T, w *world) { must(t, os.Chmod(w.journal, 0o400)) },
			mend:  func(t *testing.T, w *world) { must(t, os.Chmod(w.journal, 0o600)) },
		}, {
			name: "read-only folder", says: "cannot be written",
			spoil: func(t *testing.T, w *world) { must(t, os.Chmod(w.dir, 0o500)) },
			mend:  func(t *testing.T, w *world) { must(t, os.Chmod(w.dir, 0o700)) },
		}, {
			name: "others may read it", says: "other users of this machine can read",
			spoil: func(t *testing.T, w *world) { must(t, os.Chmod(w.journal, 0o644)) },
			mend:  func(t *testing.T, w *world) { must(t, os.Chmod(w.journal, 0o600)) },
		}, {
			name: "wrong owner", says: "belongs to another user", asRoot: true,
			spoil: func(t *testing.T, w *world) { must(t, os.Chown(w.journal, 1, 1)) },
			mend:  func(t *testing.T, w *world) { must(t, os.Chown(w.journal, nobody, nobody)) },
		}, {
			name: "symbolic link", says: "a symbolic link stands in place",
			spoil: func(t *testing.T, w *world) {
				must(t, os.Rename(w.journal, w.journal+".real"))
				must(t, os.Symlink(w.journal+".real", w.journal))
			},
			mend: func(t *testing.T, w *world) { must(t, os.Rename(w.journal+".real", w.journal)) },
		}, {
			name: "folder in its place", says: "not an ordinary file",
			spoil: func(t *testing.T, w *world) {
				must(t, os.Rename(w.journal, w.journal+".real"))
				must(t, os.Mkdir(w.journal, 0o755))
			},
			mend: func(t *testing.T, w *world) {
				must(t, os.Remove(w.journal))
				must(t, os.Rename(w.journal+".real", w.journal))
			},
		}, {
			name: "garbage header", says: "is not a journal of raisboy",
			spoil: func(t *testing.T, w *world) { overwrite(t, w.journal, 0, bytes.Repeat([]byte{0xA5}, 100)) },
			mend:  restore,
		}, {
			name: "somebody else's database", says: "is not a journal of raisboy",
			spoil: func(t *testing.T, w *world) { overwrite(t, w.journal, 68, []byte{1, 2, 3, 4}) },
			mend:  restore,
		}, {
			name: "newer journal", says: "was written by a newer raisboy",
			spoil: func(t *testing.T, w *world) { overwrite(t, w.journal, 60, []byte{0, 0, 0, 99}) },
			mend:  restore,
		}, {
			name: "emptied", says: "the file is empty",
			spoil: func(t *testing.T, w *world) { must(t, os.Truncate(w.journal, 0)) },
			mend:  restore,
		}, {
			name: "cut within the header", says: "is damaged",
			spoil: func(t *testing.T, w *world) { must(t, os.Truncate(w.journal, 50)) },
			mend:  restore,
		}, {
			name: "cut after the first page", says: "is damaged",
			spoil: func(t *testing.T, w *world) { must(t, os.Truncate(w.journal, 4096)) },
			mend:  restore,
		}, {
			name: "last page missing", says: "is damaged",
			spoil: func(t *testing.T, w *world) {
				info, err := os.Stat(w.journal)
				must(t, err)
				must(t, os.Truncate(w.journal, info.Size()-4096))
			},
			mend: restore,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.asRoot && os.Geteuid() != 0 {
				t.Skip("only root can give files to other users")
			}
			w := newWorld(t, "")
			as := w.plainUser(t)
			first := finish(t, as(w.prepare(nil, "deposit", "--user", "drop", "--amount", "10", "--skip-validate")))
			if first.exit != 7 {
				t.Fatal(first)
			}
			keep(t, w)
			tt.spoil(t, w)
			sent := len(w.project.all())
			var both sync.WaitGroup // at once: each may wait fifteen seconds for the journal
			for _, kind := range []string{"deposit", "payout"} {
				both.Go(func() {
					r := finish(t, as(w.prepare(nil, kind, "--user", "plain", "--amount", "20")))
					if r.exit != 3 || !strings.Contains(r.stderr, tt.says) || !strings.Contains(r.stderr, "nothing was sent") || !strings.Contains(r.stderr, "hint: ") {
						t.Errorf("exit %d, stdout %q, stderr %q", r.exit, r.stdout, r.stderr)
					}
				})
			}
			both.Wait()
			if again := len(w.project.all()); again != sent {
				t.Errorf("%d requests were sent", again-sent)
			}
			tt.mend(t, w)
			if r := finish(t, as(w.prepare(nil, "deposit", "--user", "drop", "--amount", "10", "--skip-validate"))); r.exit != 8 && tt.name != "held by another program" {
				t.Errorf("mended, the journal has forgotten: exit %d, %s", r.exit, r.stderr)
			}
		})
	}
}

// TestFlippedRow flips bytes in the rows of an unknown deposit and runs the
// command again: it is held back or the damage is reported, and nothing is sent.
func TestFlippedRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	order := []string{"deposit", "--user", "drop-anna", "--amount", "10", "--skip-validate"}
	if r := w.command(t, order...); r.exit != 7 {
		t.Fatal(r)
	}
	keep(t, w)
	whole, err := os.ReadFile(w.journal)
	if err != nil {
		t.Fatal(err)
	}
	sent, exits := len(w.project.all()), map[int]int{}
	for at := 0; ; at++ {
		next := bytes.Index(whole[at:], []byte("drop-anna"))
		if next < 0 {
			break
		}
		at += next
		for _, flip := range []int{at - 3, at + 2, at + 12} {
			restore(t, w)
			overwrite(t, w.journal, int64(flip), []byte{whole[flip] ^ 4})
			r := w.command(t, order...)
			if exits[r.exit]++; r.exit != 8 && r.exit != 3 {
				t.Errorf("byte %d: exit %d, %s%s", flip, r.exit, r.stdout, r.stderr)
			}
		}
	}
	t.Log("exit codes:", exits)
	if again := len(w.project.all()); again != sent || exits[3] == 0 {
		t.Errorf("%d requests were sent; exit codes %v", again-sent, exits)
	}
}

// TestFileSizeLimit stops the journal's files from growing, at every size.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	stride := 13
	if counttest.Trials(t, 1) > 1 {
		stride = 1
	}
	exits := map[int]int{}
	var mutex sync.Mutex
	var group sync.WaitGroup
	for half := range 2 {
		group.Go(func() {
			for blocks := half * stride; blocks <= 400; blocks += 2 * stride { // of 512 bytes
				w := newWorld(t, "")
				limited := exec.Command("/bin/sh", append([]string{"-c", `ulimit -f "$0" && exec "$@"`, fmt.Sprint(blocks), os.Getenv(binaryVariable)},
					"deposit", "--user", "plain", "--amount", "10", "--skip-validate", "--timeout", "60s")...)
				limited.Env = w.environment()
				r := finish(t, limited)
				judgeFull(t, w, r, 0, fmt.Sprintf("%d blocks", blocks))
				mutex.Lock()
				exits[r.exit]++
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	t.Log("exit codes:", exits)
	if exits[0] == 0 || exits[3] == 0 {
		t.Error("the limits were all too high or all too low")
	}
}

// judgeFull: out of space nothing is sent; and if that happens after the answer
// came, it is said.
func judgeFull(t *testing.T, w *world, r run, before int, what string) {
	t.Helper()
	sent := len(w.project.all()) - before
	switch {
	case r.exit == 0 && sent == 1, r.exit == 10 && sent == 1 && strings.Contains(r.stdout, `"recorded":false`):
	case r.exit == 3 && sent == 0 && strings.Contains(r.stderr, "nothing was sent"):
	default:
		t.Errorf("%s: exit %d, %d requests, %s%s", what, r.exit, sent, r.stdout, r.stderr)
	}
	if _, err := os.Stat(w.journal); err != nil {
		return // not even that
	}
	if found := w.evidence(t).check(); len(found) > 0 {
		t.Errorf("%s: %v", what, found)
	}
	j, err := journal.Open(context.Background(), w.journal, journal.Options{Now: time.Now, ReadOnly: true})
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}
