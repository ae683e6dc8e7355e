package render_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// The verdict in front of a check takes room, too.
func TestNoCheckIsWiderThanTheTerminal(t *testing.T) {
	about := render.Sentence{Key: "doctor.signature.accepted", Data: map[string]any{"Code": "USER_NOT_FOUND"}}
	for _, lang := range []text.Lang{text.English, text.Russian} {
		for width := 30; width <= 120; width++ {
			var out strings.Builder
			r := render.New(render.Options{Out: &out, Err: &out, Catalog: text.New(lang), Width: width})
			if err := r.Check(render.Check{Name: "signature", Status: render.CheckOK, Detail: about, Remedy: about}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if line = strings.TrimSuffix(line, "\n"); lipgloss.Width(line) > width {
					t.Errorf("%v, wider than %d: %q", lang, width, line)
				}
			}
			if said := strings.Join(strings.Fields(out.String()), " "); strings.Count(said, "USER_NOT_FOUND") != 2 {
				t.Errorf("%v, %d: %s", lang, width, said)
			}
		}
	}
}
