package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// TestNarrowListTellsDepositsFromPayouts: on a terminal of 60 columns the kind
// stays, whenever the operations were made, and the time with it.
func TestNarrowListTellsDepositsFromPayouts(t *testing.T) {
	var all []named[journal.Entry]
	for _, name := range []string{"deposit credited", "payout requested", "deposit unknown", "payout accepted"} {
		all = append(all, named[journal.Entry]{name, entryOf(t, name)})
	}
	for _, later := range []time.Duration{0, time.Minute, 3 * time.Hour, 48 * time.Hour, 500 * 24 * time.Hour} {
		for lang, want := range map[text.Lang][]string{text.English: {"deposit", "payout", "time"}, text.Russian: {"депозит", "выплата", "время"}} {
			out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Entries(list(all)) }}, render.Options{
				Catalog: text.New(lang), Width: 60, Now: func() time.Time { return at(9).Add(later) },
			})
			for _, word := range want {
				if !strings.Contains(out, word) {
					t.Errorf("%v, %v: no %s in\n%s", lang, later, word, out)
				}
			}
			for line := range strings.Lines(out) {
				if lipgloss.Width(strings.TrimRight(line, "\n")) > 60 {
					t.Errorf("%v, %v: wider than 60: %q", lang, later, line)
				}
			}
		}
	}
}
