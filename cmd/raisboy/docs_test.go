package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// readPage gives a page of docs.
func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shell runs a script of a page in an empty home with a sandbox address of its
// own, and gives its exit code and what it printed. What it left running is
// ended.
func shell(t *testing.T, script string) (code int, out string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	command := exec.CommandContext(ctx, "sh", "-c", `trap 'code=$?; jobs -p >.jobs; kill $(cat .jobs) 2>.jobs || true; wait; exit $code' EXIT`+"\n"+script)
	command.Dir, command.WaitDelay = home, 10*time.Second
	command.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8", "NO_COLOR=1",
		"RAISBOY_SANDBOX_ADDR="+unusedSandbox(t))
	var both bytes.Buffer
	command.Stdout, command.Stderr = &both, &both
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatalf("%v\n%s", err, both.String())
	}
	return command.ProcessState.ExitCode(), both.String()
}

// marked finds the blocks of a page that follow a mark: <!-- MARK -->.
func marked(page, mark string) [][]string {
	return regexp.MustCompile("(?ms)^<!-- "+mark+" -->\n```[a-z]*\n(.*?)^```$").FindAllStringSubmatch(page, -1)
}

// TestExitCodePage runs every example of docs/exit-codes.md and wants the code
// that it stands for; there is one for each code that the command knows.
func TestExitCodePage(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the examples use /dev/full and prlimit")
	}
	codes := []exitCode{exitDone, exitInternal, exitUsage, exitSetup, exitRefused, exitCredentials, exitNotSent, exitUnknown,
		exitHeld, exitRows, exitUnrecorded, exitNotFinal, exitInterrupted}
	page := readPage(t, "exit-codes.md")
	var found []exitCode
	for _, example := range marked(page, `ends (\d+)`) {
		code, err := strconv.Atoi(example[1])
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, exitCode(code))
		t.Run(example[1], func(t *testing.T) {
			t.Parallel()
			if got, out := shell(t, example[2]); got != code {
				t.Errorf("ended with %d\n%s\n%s", got, example[2], out)
			}
		})
	}
	if !slices.Equal(found, codes) {
		t.Errorf("examples for %v, codes %v", found, codes)
	}
	for _, code := range codes {
		if !strings.Contains(page, fmt.Sprintf("\n| %d |", code)) {
			t.Errorf("the table lacks %d", code)
		}
	}
}

// TestExitCodeScript runs the page's script, and what it is said to print.
func TestExitCodeScript(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell")
	}
	page := readPage(t, "exit-codes.md")
	script, session := marked(page, "case"), marked(page, "case runs")
	if len(script) != 1 || len(session) != 1 {
		t.Fatalf("%d scripts, %d sessions", len(script), len(session))
	}
	command, want, _ := strings.Cut(strings.TrimPrefix(session[0][1], "$ "), "\n")
	code, out := shell(t, script[0][1]+command)
	if code != int(exitUnknown) {
		t.Errorf("ended with %d", code)
	}
	got := strings.SplitAfter(out, "\n")
	for i, line := range strings.Split(strings.TrimSpace(want), "\n") {
		begins, _, _ := strings.Cut(line, "…")
		if i >= len(got) || !strings.HasPrefix(got[i], begins) {
			t.Errorf("the page says %q\n%s", line, out)
		}
	}
}

// TestCronLines runs the page's lines where nothing is set up and nothing was
// done: notices cannot be delivered, which somebody is told; no journal is no
// damaged one.
func TestCronLines(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell")
	}
	tables := marked(readPage(t, "exit-codes.md"), "cron")
	if len(tables) != 1 {
		t.Fatalf("%d tables", len(tables))
	}
	var said []string
	for line := range strings.Lines(tables[0][1]) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		job := strings.Join(strings.Fields(line)[5:], " ")
		code, out := shell(t, "{ "+job+"; } 2>/dev/null")
		if code != 0 {
			t.Errorf("%s: ended with %d", job, code)
		}
		said = append(said, out)
	}
	if want := []string{"raisboy payout deliver ended with 3\n", ""}; !slices.Equal(said, want) {
		t.Errorf("cron would mail %q, not %q", said, want)
	}
}

// TestJSONPage runs the page's script.
func TestJSONPage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell")
	}
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readPage(t, "json.md"), -1)
	if len(blocks) == 0 {
		t.Fatal("no script")
	}
	for _, block := range blocks {
		if code, out := shell(t, "set -e\n"+block[1]); code != 0 || !strings.Contains(out, "credited") {
			t.Errorf("ended with %d\n%s\n%s", code, block[1], out)
		}
	}
}
