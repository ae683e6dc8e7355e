//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestInterruptInFlight: the first Ctrl-C, or a closed window, waits for the
// answer that is under way and says so; a second gives it up, and the outcome
// is unknown.
func TestInterruptInFlight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		signals []os.Signal
		code    int
		says    string
	}{
		{"once", []os.Signal{os.Interrupt}, 0, `"outcome":"done"`},
		{"window closed", []os.Signal{syscall.SIGHUP}, 0, `"outcome":"done"`},
		{"twice", []os.Signal{os.Interrupt, os.Interrupt}, 7, `"outcome":"unknown"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, address := newProject(t, sandbox.Options{SlowDelay: 3 * time.Second})
			env := newTill(t, address)
			command := exec.CommandContext(t.Context(), commandForTests(t), "deposit", "--user", "slow", "--amount", "5", "-o", "json")
			var out, said bytes.Buffer
			command.Env, command.Stdout, command.Stderr = env, &out, &said
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			awaitIntent(t, env)
			for _, signal := range tt.signals {
				if err := command.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				time.Sleep(300 * time.Millisecond) // so that two signals are not taken for one
			}
			_ = command.Wait()
			if code := command.ProcessState.ExitCode(); code != tt.code || !strings.Contains(out.String(), tt.says) ||
				!strings.Contains(said.String(), "waiting for its answer") {
				t.Errorf("exit %d, want %d\n%s\n%s", code, tt.code, out.String(), said.String())
			}
		})
	}
}

// awaitIntent waits until the journal holds an operation that is being sent.
func awaitIntent(t *testing.T, env []string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		list := exec.CommandContext(t.Context(), commandForTests(t), "journal", "list", "-o", "json")
		list.Env = env
		if text, err := list.Output(); err == nil && bytes.Contains(text, []byte(`"outcome":"open"`)) {
			return
		}
	}
	t.Fatal("no intent was ever written")
}
