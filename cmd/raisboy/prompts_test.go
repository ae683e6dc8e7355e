//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// aDesk sets a profile up for a project on this machine.
func aDesk(t *testing.T, base, lines string) (home string) {
	t.Helper()
	home = t.TempDir()
	folder := filepath.Join(home, ".config", "raisboy")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.secret": sandbox.Secret + "\n",
		"config.yaml": "profiles:\n  main:\n    base_url: " + base + "\n    api_key: " + sandbox.APIKey + "\n    secret: file:main.secret\n" + lines,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// TestEveryPromptSaysWhatGoesWhere: profile, both names of the user, the amount
// as people write it, and that the money is real.
func TestEveryPromptSaysWhatGoesWhere(t *testing.T) {
	t.Parallel()
	home := aDesk(t, project(t), "    limits: {confirm_above: 4000}\n")
	for _, c := range []struct {
		lang, line, wait, typed string
		code                    int
		want                    []string
	}{
		{"ru", "deposit --user 2564568 --amount 4000", "[y/N]", "да\n", 0, []string{"4 000,00 UZS → 2564568 (#KXA1234)", "профиль main", "НАСТОЯЩИЕ ДЕНЬГИ", "ЗАЧИСЛЕНО"}},
		{"en", "deposit --user 2564568 --amount 3000", "[y/N]", "n\n", 130, []string{"3 000.00 UZS → 2564568 (#KXA1234)", "profile main", "REAL MONEY"}},
		{"ru", "deposit --user 2564568 --amount 4500", "раз:", "4 500,00\n", 0, []string{"4 500,00 UZS → 2564568 (#KXA1234)", "профиль main", "НАСТОЯЩИЕ ДЕНЬГИ", "ЗАЧИСЛЕНО"}},
		{"en", "deposit --user 2564568 --amount 4600 --yes", "again:", "4600\n", 0, []string{"4 600.00 UZS → 2564568 (#KXA1234)", "profile main", "REAL MONEY", "CREDITED"}},
		{"en", "deposit --user 2564568 --amount 4700", "again:", "y\n", 8, []string{"not confirmed"}},
		{"ru", "deposit --user 2564568 --amount 4700", "раз:", "4,700\n", 8, nil},
		{"en", "deposit --user 2564568 --amount 4700", "again:", "\x03", 130, nil},
		{"ru", "payout --user 2564568 --amount 4800", "раз:", "4800\n", 0, []string{"4 800,00 UZS", "2564568 (#KXA1234)", "профиль main", "НАСТОЯЩИЕ ДЕНЬГИ"}},
		{"en", "payout --user 2564568 --amount 300", "[y/N]", "y\n", 0, []string{"300.00 UZS", "2564568 (#KXA1234)", "profile main", "REAL MONEY"}},
	} {
		said, code := converseWith(t, home, nil, c.line+" --lang "+c.lang, turn{c.wait, c.typed})
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s", c.line, code, c.code, said)
		}
		flat := strings.Join(strings.Fields(said), " ")
		for _, want := range c.want {
			if !strings.Contains(flat, want) {
				t.Errorf("%s: no %q in\n%s", c.line, want, said)
			}
		}
	}
}
