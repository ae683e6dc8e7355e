package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/config"
)

// commandTree gives every command that help lists, topics apart.
func commandTree(t *testing.T) []*cobra.Command {
	t.Helper()
	a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}}
	a.speak(config.Options{})
	root := a.rootCommand()
	root.InitDefaultHelpCmd()
	var all []*cobra.Command
	each(root, func(c *cobra.Command) {
		if !c.IsAdditionalHelpTopicCommand() {
			all = append(all, c)
		}
	})
	if len(all) < 30 {
		t.Fatalf("only %d commands", len(all))
	}
	return all
}

// TestEveryCommandHasAnExample: help that shows no line to copy is half a help.
func TestEveryCommandHasAnExample(t *testing.T) {
	for _, c := range commandTree(t) {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		name := c.CommandPath()
		if c.HasSubCommands() { // of a group, that of one of its commands
			name = c.Root().Name()
		}
		if !strings.Contains(c.Example, name) {
			t.Errorf("%s: its example is another command's: %s", c.CommandPath(), c.Example)
		}
	}
}

// TestExamplesRun runs every line of every example in a shell, against a project
// on loopback. Not all can succeed, for the operations that they name need not
// be there; but none may be misunderstood.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	at := newExampleShop(t)
	ran := map[string]bool{}
	for _, c := range commandTree(t) {
		for line := range strings.SplitSeq(c.Example, "\n") {
			if !ran[line] {
				ran[line] = true
				at.run(t, shell, line)
			}
		}
	}
}

// exampleShop is what the examples find: a project, files, and a home.
type exampleShop struct {
	folder      string
	environment []string
}

func newExampleShop(t *testing.T) exampleShop {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"body.json":      `{"user_id":"1"}`,
		"captured.txt":   "POST /x HTTP/1.1\r\nX-API-Key: k\r\nX-Timestamp: 1764247157\r\nX-Signature: " + strings.Repeat("0", 64) + "\r\n\r\n{}",
		"secret.txt":     "sandbox-secret-not-real",
		"new-secret.txt": "another",
		"rows.csv":       "user_id,amount,ref\n456789,6000,r-1\n",
		"statement.csv":  "deposit_id,Client,Amount,Total,type\nraisboy_dep_1,456789,6000.00,6000.00,deposit\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := unusedSandbox(t)
	at := exampleShop{folder: folder, environment: append(os.Environ(), "HOME="+folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", // the keyring of whoever runs the tests is not theirs
		"PROFILE="+filepath.Join(folder, "profile.ps1"), "RAISBOY_SANDBOX_ADDR="+address, "RAISBOY_PAGER=cat",
		"RAISBOY_LISTEN_ADDR=127.0.0.1:0", "RAISBOY_BASE_URL=http://"+address, "RAISBOY_API_KEY=sandbox-key-not-real", "RAISBOY_SECRET=sandbox-secret-not-real")}
	command := exec.CommandContext(t.Context(), commandForTests(t), "sandbox", "--addr", address)
	command.Env = at.environment
	ready, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, ready) }()
	return at
}

// endless are commands that end when they are told to.
func endless(line string) bool {
	return strings.HasPrefix(line, "raisboy listen") || line == "raisboy sandbox" || strings.HasPrefix(line, "raisboy sandbox --")
}

func (at exampleShop) run(t *testing.T, shell, line string) {
	t.Helper()
	patience := time.Minute
	if endless(line) {
		patience = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	script := strings.NewReplacer("HEX", strings.Repeat("0", 64), " URL", " http://127.0.0.1:1/").Replace(line)
	if endless(line) {
		script = "exec " + script
	}
	command := exec.CommandContext(ctx, shell, "-c", script)
	command.Dir, command.Env = at.folder, at.environment
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	var said strings.Builder
	command.Stderr = &said
	err := command.Run()
	code := command.ProcessState.ExitCode()
	switch {
	case ctx.Err() != nil && !endless(line):
		t.Errorf("%s: does not end", line)
	case strings.Contains(said.String(), "has the number"), strings.Contains(said.String(), "no_payout"), strings.Contains(said.String(), "raisboy batch list"), strings.Contains(said.String(), "already in use"), strings.Contains(said.String(), "there is a profile"):
		return // understood
	case code == 1, code == 2, code == 126, code == 127, code < 0:
		t.Errorf("%s: exit %d, %v\n%s", line, code, err, said.String())
	}
}
