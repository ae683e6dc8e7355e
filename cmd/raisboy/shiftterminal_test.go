//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestClosingAsks answers the question of a cashier who closes a shift with
// something unsettled in it.
func TestClosingAsks(t *testing.T) {
	t.Parallel()
	asks, at := regexp.MustCompile(queries), newHome(t)
	run := func(line, answer string) (string, int) {
		t.Helper()
		var turns []turn
		if answer != "" {
			turns = append(turns, turn{"[y/N]", answer})
		}
		output, code := onTerminal(t, append(strings.Fields(line), "--sandbox", "--lang", "ru"), at, turns...)
		if found := asks.FindString(output); found != "" {
			t.Errorf("%s asks the terminal %q", line, found)
		}
		return output, code
	}
	run("shift open --float 1000", "")
	run("deposit --user drop --amount 150", "")
	for _, answer := range []string{"n\n", "\n", "\x03", "\x04"} {
		output, code := run("shift close --counted 1000 --confirm", answer)
		if code != 130 || !strings.Contains(output, "Не решена 1 операция (1)") || !strings.Contains(output, "1 000,00 UZS") {
			t.Errorf("answer %q: exit %d\n%s", answer, code, output)
		}
	}
	for counted, want := range map[string]string{
		"1000": "", "900": "Насчитано 900,00 UZS, НЕДОСТАЧА 100,00 UZS.", "100000": "Насчитано 100 000,00 UZS, ИЗЛИШЕК 99 000,00 UZS.",
	} {
		output, _ := run("shift close --confirm --counted "+counted, "n\n")
		said := strings.Join(strings.Fields(output), " ")
		if !strings.Contains(said, want) || want == "" && strings.Contains(said, "Насчитано") {
			t.Errorf("counted %s: no %q in\n%s", counted, want, output)
		}
	}
	if output, code := run("shift close --confirm --no-input", ""); code != 2 || !strings.Contains(output, "--yes") {
		t.Errorf("nobody may be asked: exit %d\n%s", code, output)
	}
	if output, code := run("shift report", ""); code != 0 || !strings.Contains(output, "ПРОМЕЖУТОЧНЫЙ") {
		t.Errorf("it is not open any more: exit %d\n%s", code, output)
	}
	if output, code := run("shift close --counted 1000 --confirm", "да\n"); code != 0 || !strings.Contains(output, "Отчёт Z № 1") {
		t.Errorf("yes: exit %d\n%s", code, output)
	}
	run("shift open", "")
	if output, code := run("shift close --confirm --yes", ""); code != 0 || strings.Contains(output, "[y/N]") || !strings.Contains(output, "Отчёт Z № 2") {
		t.Errorf("--yes: exit %d\n%s", code, output)
	}
	run("shift open", "")
	if output, code := run("shift close", ""); code != 0 || strings.Contains(output, "[y/N]") {
		t.Errorf("the sandbox asks: exit %d\n%s", code, output)
	}
	if output, code := run("receipt 1", ""); code != 0 || !strings.Contains(output, "ИСХОД ПРОВЕРЯЕТСЯ") {
		t.Errorf("receipt: exit %d\n%s", code, output)
	}
}
