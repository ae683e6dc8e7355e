//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReconcileAsks: at a terminal nothing is settled before somebody said yes,
// and it is said before what that would be.
func TestReconcileAsks(t *testing.T) {
	t.Parallel()
	at := newHome(t)
	if output, _ := onTerminal(t, strings.Fields("deposit --user drop --amount 6000 --sandbox"), at); !strings.Contains(output, "UNKNOWN") {
		t.Fatalf("%s", output)
	}
	path := filepath.Join(at.folder, "statement.csv")
	line := "kind;user;amount;time\ndeposit;drop;6000,00;" + time.Now().Format(time.RFC3339) + "\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	reconcile := []string{"account", "reconcile", path, "--sandbox", "--lang", "ru", "--since", "2020-01-01", "--until", "2020-01-02"}
	settled := func() bool {
		output, _ := onTerminal(t, strings.Fields("journal show 1 --sandbox -o json"), at)
		return strings.Contains(strings.ReplaceAll(output, "\r\n", ""), `"outcome":"done"`)
	}
	for _, answer := range []struct {
		typed, want string
		code        int
		settled     bool
	}{
		{"n\n", "Человек должен", 8, false}, {"\x03", "остановлено", 130, false}, {"\x04", "остановлено", 130, false},
		{"да\n", "Всё сходится", 0, true},
	} {
		output, code := onTerminal(t, reconcile, at, turn{"[y/N]", answer.typed})
		before, _, asked := strings.Cut(output, "[y/N]")
		if !asked || !strings.Contains(before, "6 000,00 UZS") || !strings.Contains(before, "НЕИЗВЕСТНО") {
			t.Errorf("asked before it was said what: %s", output)
		}
		if code != answer.code || !strings.Contains(output, answer.want) || settled() != answer.settled {
			t.Errorf("answer %q: exit %d, want %d, settled %t\n%s", answer.typed, code, answer.code, settled(), output)
		}
	}
	output, code := onTerminal(t, reconcile, at)
	if code != 0 || strings.Contains(output, "[y/N]") {
		t.Errorf("asked about what is recorded: exit %d\n%s", code, output)
	}
	if output, _ := onTerminal(t, append(reconcile, "--no-input"), at); strings.Contains(output, "[y/N]") {
		t.Errorf("%s", output)
	}
}
