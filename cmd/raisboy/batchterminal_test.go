//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// rowsFile puts a file of rows into a folder of its own.
func rowsFile(t *testing.T, rows string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBatchConfirmation: one question for the whole file, after what was found
// in it; and a terminal that is asked nothing.
func TestBatchConfirmation(t *testing.T) {
	t.Parallel()
	at, asks := newHome(t), regexp.MustCompile(queries)
	file := rowsFile(t, "user,amount\n1,1000\n2,2000,5\n")
	deposit := strings.Fields("deposit --batch b --sandbox --confirm --lang ru --file " + file)
	if output, code := onTerminal(t, deposit, at); code != 2 || !strings.Contains(output, "строка 3, символ 8") {
		t.Errorf("exit %d\n%s", code, output)
	}
	file = rowsFile(t, "user,amount\n1,1000\n2,2000.5\n")
	deposit[len(deposit)-1] = file
	for _, answer := range []struct {
		typed, want string
		code        int
	}{
		{"n\n", "ничего не отправлено", 130}, {"\x03", "остановлено", 130}, {"да\n", "ЗАЧИСЛЕНО", 0},
	} {
		output, code := onTerminal(t, deposit, at, turn{"[y/N]", answer.typed})
		shown := strings.Join(strings.Fields(output), " ")
		if code != answer.code || !strings.Contains(shown, answer.want) || !strings.Contains(shown, "на банковскую карту 2 3 000,50 UZS") ||
			!strings.Contains(shown, "Зачислить: 2 строки, 3 000,50 UZS, профиль sandbox, песочница") {
			t.Errorf("answer %q: exit %d, want %d\n%s", answer.typed, code, answer.code, output)
		}
		if found := asks.FindString(output); found != "" {
			t.Errorf("the terminal is asked %q", found)
		}
	}
	// Done: nothing to ask about.
	if output, code := onTerminal(t, deposit, at); code != 0 || !strings.Contains(output, "уже проведены раньше") {
		t.Errorf("again: exit %d\n%s", code, output)
	}
}

// TestBatchAboveConfirmation: rows above confirm_above want the sum of the file,
// typed or expected; a pipe does not stand in for it.
func TestBatchAboveConfirmation(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	server, address := newProject(t, sandbox.Options{})
	config := filepath.Join(home, "config.yaml")
	text := fmt.Sprintf("profiles:\n  main:\n    base_url: %s\n    api_key: %s\n    secret: env:SECRET\n    limits:\n      confirm_above: \"1 500\"\n",
		address, sandbox.APIKey)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file := rowsFile(t, "user,amount\n1,1000\n2,2000\n")
	for _, test := range []struct {
		more  string
		code  exitCode
		moved int
	}{
		{"", exitHeld, 0}, {"--yes", exitHeld, 0}, {"--confirm-amount 2000", exitHeld, 0}, {"--expect-sum 2999", exitUsage, 0},
		{"--stream", exitRows, 1}, {"--expect-sum 3000", exitDone, 2},
	} {
		args := strings.Fields("deposit --profile main --batch b -o json --config " + config + " --file " + file + " " + test.more)
		command := exec.CommandContext(t.Context(), commandForTests(t), args...)
		command.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8", "SECRET="+sandbox.Secret)
		output, _ := command.CombinedOutput()
		if code := exitCode(command.ProcessState.ExitCode()); code != test.code {
			t.Errorf("%s: exit %d, want %d\n%s", test.more, code, test.code, output)
		}
		entries, err := server.Ledger()
		if err != nil || len(entries) != test.moved {
			t.Errorf("%s: the project moved %d deposits, want %d; %v", test.more, len(entries), test.moved, err)
		}
	}
}

// TestBatchProgressFits: the line is as wide as the terminal that it stands on,
// wherever the rows go; a line that is too long scrolls at every redrawing.
func TestBatchProgressFits(t *testing.T) {
	t.Parallel()
	_, address := newProject(t, sandbox.Options{SlowDelay: time.Second})
	file := rowsFile(t, "user,amount\nslow,1\nslow,2\nu404,3\n")
	command := commandForTests(t) + " deposit --batch b --yes --lang ru --file " + file
	for name, shell := range map[string]string{"terminal": command, "file": command + " >" + file + ".out"} {
		output, code := talk(t, 60, newTill(t, address), []string{"sh", "-c", shell})
		drawn := 0
		for _, line := range strings.FieldsFunc(output, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if strings.Contains(line, "/3, ") || strings.Contains(line, " из 3, ") {
				drawn++
			}
			if n := utf8.RuneCountInString(line); n > 60 && !strings.HasPrefix(line, "строка ") || n == 60 && strings.Contains(line, "░") {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		if code != 9 || drawn == 0 || !strings.Contains(output, "проведены не все") {
			t.Errorf("%s: exit %d, drawn %d times\n%q", name, code, drawn, output)
		}
	}
}

// TestBatchInterrupted: the first Ctrl-C lets the rows on their way finish, the
// second leaves them unknown; both times the batch can be run again.
func TestBatchInterrupted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		signals int
		slow    time.Duration
		want    string
	}{
		{"once", 1, 4 * time.Second, `"outcome":"done"`}, {"twice", 2, 5 * time.Second, `"outcome":"unknown"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, address := newProject(t, sandbox.Options{SlowDelay: test.slow})
			env := newTill(t, address)
			file := rowsFile(t, "user,amount\nslow,1\nslow,2\nslow,3\n")
			batch := exec.CommandContext(t.Context(), commandForTests(t),
				"deposit", "--file", file, "--batch", "b", "--jobs", "1", "-o", "json", "--max-unknown", "0")
			var out, said bytes.Buffer
			batch.Env, batch.Stdout, batch.Stderr = env, &out, &said
			if err := batch.Start(); err != nil {
				t.Fatal(err)
			}
			awaitIntent(t, env)
			for range test.signals {
				if err := batch.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				time.Sleep(300 * time.Millisecond) // so that two signals are not taken for one
			}
			_ = batch.Wait()
			if code := batch.ProcessState.ExitCode(); code != int(exitRows) || strings.Count(out.String(), "\n") != 1 ||
				!strings.Contains(out.String(), test.want) || !strings.Contains(said.String(), "no more rows are begun") ||
				!strings.Contains(said.String(), "it goes on where it stopped") {
				t.Errorf("exit %d\n%s\n%s", code, out.String(), said.String())
			}
		})
	}
}

// TestUsersInterrupted: nothing is recorded of users that were only asked about,
// and nothing else is said.
func TestUsersInterrupted(t *testing.T) {
	t.Parallel()
	_, address := newProject(t, sandbox.Options{Fault: sandbox.Fault{Delay: 300 * time.Millisecond, All: true}})
	users := rowsFile(t, "user\n"+strings.Repeat("1\n", 1000))
	asking := exec.CommandContext(t.Context(), commandForTests(t), "validate", "--file", users, "--jobs", "1", "-o", "json")
	said := &heard{}
	asking.Env, asking.Stderr = newTill(t, address), said
	out, err := asking.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := asking.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		if i == 0 {
			_ = asking.Process.Signal(os.Interrupt)
		}
	}
	_ = asking.Wait()
	if code := asking.ProcessState.ExitCode(); code != int(exitRows) || !strings.Contains(said.text(), "it asks about all of them anew") {
		t.Errorf("exit %d\n%s", code, said.text())
	}
}
