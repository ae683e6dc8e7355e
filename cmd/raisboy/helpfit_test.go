package main

import (
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/config"
)

// TestHelpFitsTheTerminal: on 60 columns and on 80 every page of help is broken
// between words, and says the same.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ru"} {
		a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}}
		a.speak(config.Options{Lang: lang})
		each(a.rootCommand(), func(c *cobra.Command) {
			a.localize(c)
			for _, sub := range c.Commands() {
				a.localize(sub)
			}
			page := a.page(c)
			for _, columns := range []int{60, 80} {
				fit := fitted(page, columns)
				if strings.Join(strings.Fields(fit), " ") != strings.Join(strings.Fields(page), " ") {
					t.Errorf("%s, %s on %d columns: not the same words\n%s", lang, c.CommandPath(), columns, fit)
				}
				if strings.Contains(page, "6 000,50") && !strings.Contains(fit, "6 000,50") {
					t.Errorf("%s, %s on %d columns: an amount is broken\n%s", lang, c.CommandPath(), columns, fit)
				}
				for _, line := range strings.Split(fit, "\n") {
					command := strings.HasPrefix(strings.TrimSpace(line), "raisboy ")
					if words := strings.Fields(line); !command && utf8.RuneCountInString(line) > columns && len(words) > 1 {
						t.Errorf("%s, %s on %d columns: %q", lang, c.CommandPath(), columns, line)
					}
				}
			}
			if fitted(page, 0) != page {
				t.Errorf("%s, %s: changed where there is no terminal", lang, c.CommandPath())
			}
		})
	}
}
