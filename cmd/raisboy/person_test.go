//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// transcriptVariable names a folder into which a person's whole session is
// written, for somebody to read who has never seen the tool.
const transcriptVariable = "RAISBOY_TRANSCRIPTS"

// A person sits at a terminal: types lines, answers questions, and reads. What
// they saw is kept.
type person struct {
	*testing.T
	env     []string
	columns uint16
	session bytes.Buffer
	hidden  *strings.Replacer // what of this run alone is not kept, and what stands for it
}

// A reply is what the person types once a question stands on the screen.
type reply struct{ question, typed string }

// newPerson has a terminal of 80 columns and the given variables beside an
// empty home's.
func newPerson(t *testing.T, home string, variables ...string) *person {
	t.Helper()
	p := &person{T: t, columns: 80, hidden: strings.NewReplacer(home, "~")}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "RAISBOY_") && name != "COLUMNS" {
			p.env = append(p.env, variable)
		}
	}
	p.env = append(p.env, "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "DBUS_SESSION_BUS_ADDRESS=",
		"TERM=xterm", "NO_COLOR=1", "PAGER=cat", "PS1=$ ")
	p.env = append(p.env, variables...)
	if folder := os.Getenv(transcriptVariable); folder != "" {
		t.Cleanup(func() { p.keep(filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "-")+".txt")) })
	}
	return p
}

// keep writes the session down, without the places of this one run.
func (p *person) keep(path string) {
	if err := os.WriteFile(path, []byte(p.hidden.Replace(p.session.String())), 0o600); err != nil {
		p.Error(err)
	}
}

// remarks says in the session what is not to be seen on the screen.
func (p *person) remarks(what string) { p.session.WriteString("\n# " + what + "\n") }

// types runs a line of shell on the terminal, answers what it asks, and gives
// what appeared.
func (p *person) types(want exitCode, line string, replies ...reply) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-c", line)
	command.Env = p.env
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: p.columns})
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	var screen bytes.Buffer
	answered := 0 // how far of the screen
	for buffer := make([]byte, 4096); ; {
		n, err := terminal.Read(buffer)
		screen.Write(buffer[:n])
		for len(replies) > 0 {
			at := strings.Index(screen.String()[answered:], replies[0].question)
			if at < 0 {
				break
			}
			answered += at + len(replies[0].question)
			if _, err := terminal.WriteString(replies[0].typed); err != nil {
				p.Fatal(err)
			}
			replies = replies[1:]
		}
		if err != nil { // a terminal whose last program ended reads as EIO on Linux
			if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				p.Fatal(err)
			}
			break
		}
	}
	_ = command.Wait() // the exit code is looked at below
	shown := plain(screen.String())
	p.session.WriteString("\n$ " + line + "\n" + shown)
	if code := command.ProcessState.ExitCode(); code != int(want) || len(replies) > 0 {
		p.Fatalf("%s: exit %d, want %d; unanswered %q\n%s", line, code, want, replies, shown)
	}
	return shown
}

// plain is what is to be read on a screen that nothing is drawn over.
func plain(screen string) string {
	screen = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`).ReplaceAllString(screen, "")
	return strings.ReplaceAll(screen, "\r", "")
}

// sees wants a word on the screen.
func (p *person) sees(screen string, words ...string) {
	p.Helper()
	for _, word := range words {
		if !strings.Contains(screen, word) {
			p.Errorf("%q is not to be seen in\n%s", word, screen)
		}
	}
}
