//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestInterruptWhileReading: a pipe that gives nothing, or no more, keeps nobody
// from ending a command that waits for it.
func TestInterruptWhileReading(t *testing.T) {
	_, address := newProject(t, sandbox.Options{})
	env := newTill(t, address)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, command, given string }{
		{"nothing came", "deposit --batch b --file -", ""},
		{"rows came", "payout --batch b --file -", "user,amount\n1,2\n"},
		{"nobody writes to it", "deposit --batch b --file " + pipe, ""},
		{"a statement", "account reconcile -", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), commandForTests(t), strings.Fields(tt.command)...)
			var out, said bytes.Buffer
			command.Env, command.Stdout, command.Stderr = env, &out, &said
			in, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = in.Close() }()
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := in.Write([]byte(tt.given)); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- command.Wait() }()
			for range 100 { // the first may come before it is listened for
				select {
				case <-ended:
					ended = nil
				case <-time.After(300 * time.Millisecond):
					_ = command.Process.Signal(os.Interrupt)
					continue
				}
				break
			}
			if ended != nil {
				_ = command.Process.Kill()
				t.Fatal("it goes on waiting")
			}
			if code := command.ProcessState.ExitCode(); code != 130 && code != -1 || out.Len() > 0 {
				t.Errorf("exit %d\n%s\n%s", code, out.String(), said.String())
			}
		})
	}
}
