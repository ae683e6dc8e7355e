//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
func (p *person) types(want exitCode, line string, turns ...turn) string {
	p.Helper()
	shown, code := talk(p.T, p.columns, p.env, []string{"sh", "-c", line}, turns...)
	shown = plain(shown)
	p.session.WriteString("\n$ " + line + "\n" + shown)
	if code != int(want) {
		p.Fatalf("%s: exit %d, want %d\n%s", line, code, want, shown)
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
