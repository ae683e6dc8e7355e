//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// queries are what a program sends to ask a terminal something: device
// attributes, cursor position, colours, modes, window size.
const queries = `\x1b\[[0-9;?>=]*[cn]|\x1b\][0-9]+;(?:[0-9]+;)?\?|\x1b\[\?[0-9;]*\$p|\x1b\[1[4-9]t|\x1bP[+$]q|\x05`

// TestSilentTerminal runs every command on a terminal that answers nothing:
// none may ask it anything, and all must end.
func TestSilentTerminal(t *testing.T) {
	asks, at := regexp.MustCompile(queries), newHome(t)
	for _, line := range []string{
		"--help", "deposit --help", "help exit-codes", "version", "completion bash",
		"validate --user 1 --sandbox", "deposit --user 1 --amount 5 --sandbox", "deposit --user drop --amount 5 --sandbox",
		"payout --user 1 --amount 5 --sandbox", "payout list --sandbox", "payout show 3 --sandbox", "resolve --sandbox",
		"journal list --sandbox", "journal show 1 --sandbox", "journal verify --sandbox",
		"sign --path /x --body y --sandbox", "sign --path /x --body y --explain --sandbox",
		"deposit --user 1 --amount 0 --sandbox", "no-such-command",
		"config show --sandbox", "config path", "config check", "config init --no-input", "config rotate-secret --no-input",
	} {
		output := onTerminal(t, strings.Fields(line), at, nil)
		if found := asks.Find(output); found != nil {
			t.Errorf("%s asks the terminal %q", line, found)
		}
		if len(output) == 0 {
			t.Errorf("%s prints nothing", line)
		}
	}
}

// TestNoQueryIsMissed is the control: the pattern knows the usual questions.
func TestNoQueryIsMissed(t *testing.T) {
	asks := regexp.MustCompile(queries)
	for _, question := range []string{
		"\x1b]11;?\x07", "\x1b]10;?\x1b\\", "\x1b]4;1;?\x07", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?6n", "\x1b[?2026$p", "\x1b[14t", "\x1bP+q", "\x05",
	} {
		if !asks.MatchString(question) {
			t.Errorf("%q is not recognised", question)
		}
	}
	if asks.MatchString("\x1b[1;32mCREDITED\x1b[0m") {
		t.Error("a colour is taken for a question")
	}
}

// TestConfirmation answers the questions of a person at a terminal.
func TestConfirmation(t *testing.T) {
	at := newHome(t)
	deposit := strings.Fields("deposit --user 456789 --amount 6000 --sandbox --confirm --lang ru")
	for _, answer := range []struct {
		typed, want string
		code        int
	}{
		{"n\n", "ошибка", 130}, {"\n", "ошибка", 130}, {"\x03", "ошибка", 130}, {"\x04", "ошибка", 130}, {"да\n", "ЗАЧИСЛЕНО", 0},
	} {
		var code int
		output := string(onTerminal(t, deposit, at, &conversation{prompt: "[y/N]", answer: answer.typed, code: &code}))
		if code != answer.code || !strings.Contains(output, answer.want) || !strings.Contains(output, "6 000,00 UZS") {
			t.Errorf("answer %q: exit %d, want %d\n%s", answer.typed, code, answer.code, output)
		}
	}
}

type conversation struct {
	prompt, answer string
	code           *int
}

// onTerminal runs the binary on a pseudo-terminal of 60 columns and gives what
// appeared on it.
func onTerminal(t *testing.T, args []string, at newcomerHome, talk *conversation) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, commandForTests(t), args...)
	command.Env = append(os.Environ(), "HOME="+at.folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "TERM=xterm-256color",
		"NO_COLOR=", "RAISBOY_SANDBOX_ADDR="+at.sandbox)
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 60})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	var output bytes.Buffer
	buffer := make([]byte, 4096)
	for {
		n, err := terminal.Read(buffer)
		output.Write(buffer[:n])
		if talk != nil && talk.answer != "" && strings.Contains(output.String(), talk.prompt) {
			if _, err := terminal.WriteString(talk.answer); err != nil {
				t.Fatal(err)
			}
			talk.answer = ""
		}
		if err != nil { // a terminal whose last program ended reads as EIO on Linux
			if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EIO) {
				t.Fatal(err)
			}
			break
		}
	}
	_ = command.Wait() // the exit code is looked at below
	if ctx.Err() != nil {
		t.Errorf("%v did not end by itself; it printed %q", args, output.String())
	}
	if talk != nil {
		*talk.code = command.ProcessState.ExitCode()
	}
	return output.Bytes()
}

// newcomerHome is an empty home, and a sandbox address that nobody uses.
type newcomerHome struct{ folder, sandbox string }

func newHome(t *testing.T) newcomerHome {
	t.Helper()
	return newcomerHome{folder: t.TempDir(), sandbox: unusedSandbox(t)}
}
