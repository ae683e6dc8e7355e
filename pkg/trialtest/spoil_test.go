//go:build unix

package trialtest

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// nobody is the user that children run as where this process is root, whom file
// modes do not stop.
const nobody = 65534

// plainUser gives the world a folder of its own, outside the test's, and has its
// commands run by a user who is not root.
func (w *world) plainUser(t *testing.T) func(*exec.Cmd) *exec.Cmd {
	t.Helper()
	dir, err := os.MkdirTemp("", "raisboy-plain-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(dir, 0o700)
		_ = os.RemoveAll(dir)
	})
	w.dir, w.journal = dir, filepath.Join(dir, "main.db")
	if os.Geteuid() != 0 {
		return func(c *exec.Cmd) *exec.Cmd { return c }
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	return func(c *exec.Cmd) *exec.Cmd {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return c
	}
}

// keep makes a copy that restore puts back.
func keep(t *testing.T, w *world) {
	t.Helper()
	whole, err := os.ReadFile(w.journal)
	if err == nil {
		err = os.WriteFile(w.journal+".kept", whole, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, w *world) {
	t.Helper()
	whole, err := os.ReadFile(w.journal + ".kept")
	if err == nil {
		err = os.WriteFile(w.journal, whole, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, at int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(data, at); err != nil {
		t.Fatal(err)
	}
}

// lockJournal has another program take the database for itself.
func lockJournal(t *testing.T, w *world) {
	c := exec.Command(os.Args[0])
	c.Env = append(w.environment(), childVariable+"=lock-holder")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	if _, err := io.ReadFull(out, make([]byte, len("held\n"))); err != nil {
		t.Fatal(err)
	}
}
