package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/config"
)

// What a flag takes is named in its usage; where that was forgotten, help would
// say "string".
func TestHelpNamesWhatAFlagTakes(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}}
		a.speak(config.Options{Lang: lang})
		each(a.rootCommand(), func(c *cobra.Command) {
			a.localize(c)
			for _, flags := range []*pflag.FlagSet{c.LocalFlags(), c.InheritedFlags()} {
				flags.VisitAll(func(f *pflag.Flag) {
					takes, _ := pflag.UnquoteUsage(f)
					if slices.Contains([]string{"string", "int", "duration", "strings"}, takes) {
						t.Errorf("%s: %s --%s takes %q", lang, c.CommandPath(), f.Name, takes)
					}
				})
			}
		})
	}
}

// Every word of a usage line that stands for something is in the reader's
// language; ID and the words of the API are in every one.
func TestUsageLinesAreTranslated(t *testing.T) {
	a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}}
	a.speak(config.Options{Lang: "ru"})
	root := a.rootCommand()
	if got := strings.Join(a.usageLines(root), "; "); got != "raisboy [команда] [флаги]" {
		t.Errorf("of raisboy itself: %s", got)
	}
	each(root, func(c *cobra.Command) {
		for _, line := range a.usageLines(c) {
			for _, word := range strings.Fields(line) {
				if word == "[flags]" || word == "[command]" || len(word) > 2 && word == strings.ToUpper(word) && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
					t.Errorf("%s: %s", c.CommandPath(), line)
				}
			}
		}
	})
}
