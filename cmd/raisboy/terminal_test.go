//go:build unix

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// queries are what a program sends to ask a terminal something: device
// attributes, cursor position, colours, modes, window size.
const queries = `\x1b\[[0-9;?>=]*[cn]|\x1b\][0-9]+;(?:[0-9]+;)?\?|\x1b\[\?[0-9;]*\$p|\x1b\[1[4-9]t|\x1bP[+$]q|\x05`

// TestSilentTerminal runs every command on a terminal that answers nothing:
// none may ask it anything, and all must end.
func TestSilentTerminal(t *testing.T) {
	t.Parallel()
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
		output, _ := onTerminal(t, strings.Fields(line), at)
		if found := asks.FindString(output); found != "" {
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
	t.Parallel()
	at := newHome(t)
	deposit := strings.Fields("deposit --user 456789 --amount 6000 --sandbox --confirm --lang ru")
	for _, answer := range []struct {
		typed, want string
		code        int
	}{
		{"n\n", "ошибка", 130}, {"\n", "ошибка", 130}, {"\x03", "ошибка", 130}, {"\x04", "ошибка", 130}, {"да\n", "ЗАЧИСЛЕНО", 0},
	} {
		output, code := onTerminal(t, deposit, at, turn{"[y/N]", answer.typed})
		if code != answer.code || !strings.Contains(output, answer.want) || !strings.Contains(output, "6 000,00 UZS") {
			t.Errorf("answer %q: exit %d, want %d\n%s", answer.typed, code, answer.code, output)
		}
	}
}

// onTerminal runs the binary in a newcomer's home, on a terminal of 60 columns,
// and gives what appeared and the exit code.
func onTerminal(t *testing.T, args []string, at newcomerHome, turns ...turn) (string, int) {
	t.Helper()
	environment := append(os.Environ(), "HOME="+at.folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "TERM=xterm-256color",
		"NO_COLOR=", "RAISBOY_SANDBOX_ADDR="+at.sandbox)
	return talk(t, 60, environment, append([]string{commandForTests(t)}, args...), turns...)
}

// newcomerHome is an empty home, and a sandbox address that nobody uses.
type newcomerHome struct{ folder, sandbox string }

func newHome(t *testing.T) newcomerHome {
	t.Helper()
	return newcomerHome{folder: t.TempDir(), sandbox: unusedSandbox(t)}
}
