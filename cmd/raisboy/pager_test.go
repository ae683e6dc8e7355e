//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pagerHome is a home with some operations, and a pager of the test's own.
func pagerHome(t *testing.T, script string) newcomerHome {
	t.Helper()
	at := newHome(t)
	for _, line := range []string{"deposit --user 1 --amount 5 --sandbox -q", "deposit --user 2 --amount 6 --sandbox -q"} {
		onTerminal(t, strings.Fields(line), at)
	}
	path := filepath.Join(at.folder, "pager.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RAISBOY_PAGER", path)
	return at
}

// list shows the journal on a terminal and gives what appeared, and the exit
// code.
func list(t *testing.T, at newcomerHome, words ...string) (string, int) {
	t.Helper()
	return onTerminal(t, append(strings.Fields("journal list --sandbox"), words...), at)
}

func TestPager(t *testing.T) {
	at := pagerHome(t, "echo PAGED; cat")
	if out, code := list(t, at); code != 0 || !strings.Contains(out, "PAGED") || !strings.Contains(out, "just now") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for _, words := range []string{"-o json", "-o csv", "--no-input", "--user nobody"} {
		if out, code := list(t, at, strings.Fields(words)...); code != 0 || strings.Contains(out, "PAGED") {
			t.Errorf("%s: exit %d:\n%s", words, code, out)
		}
	}
	for _, none := range []string{"", "cat", "no-such-pager-here"} {
		t.Setenv("RAISBOY_PAGER", none)
		if out, code := list(t, at); code != 0 || strings.Contains(out, "PAGED") || !strings.Contains(out, "just now") {
			t.Errorf("pager %q: exit %d:\n%s", none, code, out)
		}
	}
	t.Setenv("RAISBOY_PAGER", "sed 's/^/> /' | cat") // what only a shell understands
	if out, code := list(t, at); code != 0 || !strings.Contains(out, "> ") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestPagerThatIsQuit: whoever leaves the pager has seen enough.
func TestPagerThatIsQuit(t *testing.T) {
	at := pagerHome(t, "head -n 1")
	if out, code := list(t, at); code != 0 || strings.Contains(out, "error") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	at = pagerHome(t, "exec 0<&-; echo GONE")
	if out, code := list(t, at); code != 0 || !strings.Contains(out, "GONE") || strings.Contains(out, "error") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestPagerKeepsTheTerminal: Ctrl-C in the pager is the pager's, however often.
func TestPagerKeepsTheTerminal(t *testing.T) {
	at := pagerHome(t, `trap : INT
cat >/dev/null
for i in 1 2 3; do kill -INT 0; done
echo DONE`) // to all in the foreground, as the terminal does
	if out, code := list(t, at); code != 0 || !strings.Contains(out, "DONE") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	i := newInterruption(t.Context())
	defer i.end()
	i.watch()
	i.deafen(true)
	for range cap(i.signals) + 3 { // the last is taken in once two were looked at
		select {
		case i.signals <- os.Interrupt:
		case <-i.Done():
		}
	}
	select {
	case <-i.stop:
		t.Fatal("Ctrl-C in the pager stopped the command")
	default:
	}
	if i.Err() != nil {
		t.Fatal("Ctrl-C in the pager broke the command off")
	}
	i.deafen(false)
	i.signals <- os.Interrupt
	<-i.stop
}

// TestPagerIsToldNoSecret: a pager has a shell in it, and writes files.
func TestPagerIsToldNoSecret(t *testing.T) {
	at := pagerHome(t, "env; cat >/dev/null")
	for name, value := range map[string]string{
		"RAISBOY_SECRET": "hush-1", "RAISBOY_PREVIOUS_SECRET": "hush-2", "RAISBOY_API_KEY": "hush-3", "PGPASSWORD": "hush-4",
	} {
		t.Setenv(name, value)
	}
	out, code := list(t, at)
	if code != 0 || strings.Contains(out, "hush") || !strings.Contains(out, "LESS=FRX") || !strings.Contains(out, "LESSCHARSET=utf-8") || !strings.Contains(out, "HOME=") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	kept := strings.Join(pagerEnvironment([]string{"A=1", "LESS=R", "LESSCHARSET=koi8-r", "OWN=s", "raisboy_secret=s", "LV=x"}, []string{"OWN"}), " ")
	if kept != "A=1 LESS=R LESSCHARSET=koi8-r LV=x" {
		t.Errorf("kept: %s", kept)
	}
}
