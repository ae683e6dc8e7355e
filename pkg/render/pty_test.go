//go:build unix

package render_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// notColor finds every escape sequence that is more than a colour: a question
// to the terminal is always one of those.
func notColor(written []byte) []byte {
	left := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAll(written, nil)
	if i := bytes.IndexByte(left, 0x1b); i >= 0 {
		return left[i:min(i+20, len(left))]
	}
	return nil
}

// A terminal that answers nothing is asked nothing, and nothing is read from it.
func TestTheTerminalIsNeverAsked(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(master) // a closed terminal ends it with an error on Linux
		written <- all
	}()
	if _, err := master.WriteString("typed ahead\n"); err != nil {
		t.Fatal(err)
	}
	for _, s := range scenes(t) {
		for _, format := range []render.Format{render.Text, render.JSON, render.CSV} {
			r := render.New(render.Options{Out: terminal, Err: terminal, Format: format, Catalog: text.New(text.Russian),
				Color: true, ErrColor: true, Width: 80, Verbose: true, Now: func() time.Time { return at(1) }})
			if err := s.show(r); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
		}
	}
	typed := make([]byte, 64)
	if n, err := terminal.Read(typed); err != nil || string(typed[:n]) != "typed ahead\n" {
		t.Errorf("what was typed ahead is gone: %q, %v", typed[:n], err)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	all := <-written
	_ = master.Close()
	if len(all) == 0 {
		t.Fatal("nothing was written at all")
	}
	if asked := notColor(all); asked != nil {
		t.Errorf("the terminal was asked: %q", asked)
	}
}

// showVariable makes TestShowEverything speak to the terminal that it was
// started on.
const showVariable = "RAISBOY_TEST_SHOW_EVERYTHING"

// TestShowEverything is what TestAProgramOnATerminalAsksNothing starts.
func TestShowEverything(t *testing.T) {
	if os.Getenv(showVariable) == "" {
		return
	}
	for _, s := range scenes(t) {
		r := render.New(render.Options{Out: os.Stdout, Err: os.Stderr, Catalog: text.New(text.Russian), Color: true, ErrColor: true, Width: 80})
		if err := s.show(r); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
}

// A program in the foreground of a capable terminal is the one that libraries
// ask for colours, some by being imported: this program starts again as one.
func TestAProgramOnATerminalAsksNothing(t *testing.T) {
	// Only a program that waits for an answer is ended by this.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestShowEverything$")
	command.Env = append(os.Environ(), showVariable+"=1", "TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=")
	master, err := pty.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := io.ReadAll(master) // the terminal's end is an error on Linux
	err = command.Wait()
	_ = master.Close()
	if asked := notColor(all); asked != nil {
		t.Fatalf("the terminal was asked: %q", asked)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, all)
	}
	if !bytes.Contains(all, []byte("ЗАЧИСЛЕНО")) {
		t.Fatalf("it showed nothing: %q", all)
	}
}

func TestTheTestNoticesAQuestion(t *testing.T) {
	for _, question := range []string{"\x1b]11;?\a", "\x1b[6n", "\x1b[c"} {
		if notColor([]byte("\x1b[1mok\x1b[0m"+question)) == nil {
			t.Errorf("%q would pass", question)
		}
	}
}
