//go:build unix

package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// converseWith runs the binary on a terminal of 60 columns and holds a
// conversation with it. It gives everything that appeared, and the exit code.
func converseWith(t *testing.T, home string, environment []string, line string, turns ...turn) (string, int) {
	t.Helper()
	environment = append(append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "TERM=xterm-256color", "NO_COLOR=1",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "LC_ALL=", "LC_MESSAGES=", "LANG=en_US.UTF-8"), environment...)
	said, code := talk(t, 60, environment, append([]string{commandForTests(t)}, strings.Fields(line)...), turns...)
	return strings.ReplaceAll(said, "\r\n", "\n"), code
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
