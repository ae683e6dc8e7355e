package trialtest

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// TestFullDisk runs deposits on a disk with less and less room: a tmpfs of its
// own. Whatever write it is that fails, nothing is sent without a record.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("raisboy-trial", dir, "tmpfs", 0, "size=1m,mode=700"); err != nil {
		t.Skip("this system does not let the test mount a small disk:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	stride := 3
	if counttest.Trials(t, 1) > 1 {
		stride = 1
	}
	exits := map[int]int{}
	for room := 0; room < 48; room += stride { // pages of 4 KiB
		for _, begun := range []bool{false, true} { // a new journal, and one with something in it
			w := newWorld(t, "")
			w.journal = filepath.Join(dir, "main.db")
			if begun {
				if r := w.command(t, "deposit", "--user", "plain", "--amount", "5", "--skip-validate", "--timeout", "60s"); r.exit != 0 {
					t.Fatal(r)
				}
			}
			before := len(w.project.all())
			fillDisk(t, dir, room)
			r := w.command(t, "deposit", "--user", "plain", "--amount", "10", "--skip-validate", "--timeout", "60s")
			exits[r.exit]++
			if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
				t.Fatal(err)
			}
			what := fmt.Sprintf("%d pages of room, journal there: %t", room, begun)
			judgeFull(t, w, r, before, what)
			removeJournal(t, w.journal)
		}
	}
	t.Log("exit codes:", exits)
	if exits[0] == 0 || exits[3] == 0 {
		t.Error("the disks were all too large or all too small")
	}
}

// fillDisk leaves so many pages of room.
func fillDisk(t *testing.T, dir string, room int) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, (int(fs.Bavail)-room)*int(fs.Bsize)), 0o600); err != nil {
		t.Fatal(err)
	}
}
