//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A turn is one exchange on a terminal: what must appear, and what is typed
// then.
type turn struct{ wait, typed string }

// talk runs a program on a terminal of so many columns, takes its turns, and
// gives what appeared and the exit code. The program must take them all, end by
// itself, and leave the terminal as it was.
func talk(t *testing.T, columns uint16, environment []string, line []string, turns ...turn) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	command.Env = environment
	terminal, before := startOnTerminal(t, command, columns)
	shown, left := takeTurns(t, terminal, turns)
	_ = command.Wait() // the exit code is looked at by the caller
	if ctx.Err() != nil {
		t.Fatalf("%q did not end by itself; it printed %q", line, shown)
	}
	if after, err := term.GetState(int(terminal.Fd())); err != nil || *after != *before {
		t.Errorf("%q leaves the terminal changed: what is typed may no longer show (%v)\n%s", line, err, shown)
	}
	if len(left) > 0 {
		t.Errorf("%q never said %q:\n%s", line, left[0].wait, shown)
	}
	return shown, command.ProcessState.ExitCode()
}

// startOnTerminal starts a program on a terminal of its own, and gives the
// terminal's state from before: once the program runs, it may have changed it.
func startOnTerminal(t *testing.T, command *exec.Cmd, columns uint16) (*os.File, *term.State) {
	t.Helper()
	terminal, programs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	defer func() { _ = programs.Close() }()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 40, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdin, command.Stdout, command.Stderr = programs, programs, programs
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return terminal, before
}

// takeTurns reads a terminal to its end, and gives the turns that never came.
func takeTurns(t *testing.T, terminal *os.File, turns []turn) (string, []turn) {
	t.Helper()
	var screen bytes.Buffer
	seen := 0 // how far of the screen
	for buffer := make([]byte, 4096); ; {
		n, err := terminal.Read(buffer)
		screen.Write(buffer[:n])
		for len(turns) > 0 {
			at := strings.Index(screen.String()[seen:], turns[0].wait)
			if at < 0 {
				break
			}
			seen += at + len(turns[0].wait)
			if _, err := terminal.WriteString(turns[0].typed); err != nil {
				t.Fatal(err)
			}
			turns = turns[1:]
		}
		if err != nil { // a terminal whose last program ended reads as EIO on Linux
			if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			return screen.String(), turns
		}
	}
}
