//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A turn is one exchange of a conversation: what must appear, and what is typed
// then.
type turn struct{ wait, typed string }

// converseWith runs the binary on a terminal of 60 columns and holds a
// conversation with it. It gives everything that appeared, and the exit code.
func converseWith(t *testing.T, home string, environment []string, line string, turns ...turn) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, commandForTests(t), strings.Fields(line)...)
	command.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "TERM=xterm-256color", "NO_COLOR=1",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "LC_ALL=", "LC_MESSAGES=", "LANG=en_US.UTF-8")
	command.Env = append(command.Env, environment...)
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 60})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	seen, buffer := 0, make([]byte, 4096)
	for {
		n, err := terminal.Read(buffer)
		output.Write(buffer[:n])
		for len(turns) > 0 {
			at := strings.Index(output.String()[seen:], turns[0].wait)
			if at < 0 {
				break
			}
			seen += at + len(turns[0].wait)
			if _, err := terminal.WriteString(turns[0].typed); err != nil {
				t.Fatal(err)
			}
			turns = turns[1:]
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			break
		}
	}
	_ = command.Wait() // the exit code is looked at by the caller
	if ctx.Err() != nil {
		t.Fatalf("%s did not end by itself; it printed %q", line, output.String())
	}
	if after, err := term.GetState(int(terminal.Fd())); err != nil || *after != *before {
		t.Errorf("%s leaves the terminal changed: what is typed may no longer show (%v)\n%s", line, err, output.String())
	}
	if len(turns) > 0 {
		t.Errorf("%s never said %q:\n%s", line, turns[0].wait, output.String())
	}
	return strings.ReplaceAll(output.String(), "\r\n", "\n"), command.ProcessState.ExitCode()
}

// project starts a sandbox that plays a real project, with keys of its own, and
// gives its address.
func project(t *testing.T) string {
	t.Helper()
	address := unusedSandbox(t)
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, commandForTests(t), "sandbox", "--addr", address, "-q")
	command.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "RAISBOY_SANDBOX_ADDR="+address)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	if err := command.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	for range 500 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
			return "http://" + address
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the project did not start")
	return ""
}

// configFile gives the text of the default configuration file, "" if none is.
func configFile(t *testing.T, home string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, ".config", "raisboy", "config.yaml"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

// filesBelow lists every file below a folder.
func filesBelow(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
