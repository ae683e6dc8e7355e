package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// TestKilledWhileClosing kills the command at any moment of a close. After it
// there is no Z, and the shift is open as it was, or there is a whole one.
func TestKilledWhileClosing(t *testing.T) {
	t.Parallel()
	till := &quickTill{T: t, home: t.TempDir(), sandbox: unusedSandbox(t)}
	number, open := 0, false
	for trial := range counttest.Trials(t, 8) {
		if !open {
			till.run(0, "shift", "open", "--float", "100")
			number++
		}
		till.run(0, "deposit", "--user", fmt.Sprint("user", trial), "--amount", "100")
		closing := till.command("shift", "close", "--counted", "1")
		if err := closing.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(60 * time.Millisecond)) // any moment will do
		_ = closing.Process.Kill()
		_ = closing.Wait() // it was killed, or had ended
		till.run(0, "journal", "verify")
		var z struct {
			Type string `json:"type"`
			Hash string `json:"hash"`
		}
		if err := json.Unmarshal(till.run(0, "shift", "report", "--shift", fmt.Sprint(number), "-o", "json"), &z); err != nil {
			t.Fatal(err)
		}
		open = z.Type == "X"
		want := 0
		if !open {
			want = 8 // no shift is open
		}
		till.run(want, "shift", "report")
		if open == (z.Hash != "") {
			t.Fatalf("trial %d: %s with hash %q", trial, z.Type, z.Hash)
		}
	}
}

// A quickTill runs commands one after the other in a home of its own.
type quickTill struct {
	*testing.T
	home, sandbox string
}

func (q *quickTill) command(args ...string) *exec.Cmd {
	q.Helper()
	command := exec.CommandContext(q.Context(), commandForTests(q.T), append(args, "--sandbox")...)
	command.Env = append(os.Environ(), "HOME="+q.home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "RAISBOY_SANDBOX_ADDR="+q.sandbox)
	return command
}

// run wants an exit code and gives what was printed.
func (q *quickTill) run(want int, args ...string) []byte {
	q.Helper()
	output, err := q.command(args...).Output()
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else if err != nil {
		q.Fatal(err)
	}
	if got != want {
		q.Fatalf("%v: exit %d, want %d\n%s", args, got, want, output)
	}
	return output
}
