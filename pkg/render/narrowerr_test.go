package render_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// TestErrFitsItsTerminal: with stdout in a pipe, what is said on a terminal of 40
// columns is broken between words, and nothing of it is lost. An id is printed
// beside its label however long it is, to be copied.
func TestErrFitsItsTerminal(t *testing.T) {
	for _, x := range receipts(t) {
		said := func(columns int) string {
			var stderr bytes.Buffer
			o := render.Options{Out: &bytes.Buffer{}, Err: &stderr, ErrWidth: columns, Format: render.JSON, Catalog: text.New(text.Russian), Location: tashkent()}
			x.value.Entry.Line = 12
			render.New(o).Lost(x.value)
			if err := render.New(o).Receipt(x.value); err != nil {
				t.Fatal(err)
			}
			return stderr.String()
		}
		narrow := said(40)
		for _, line := range strings.Split(narrow, "\n") {
			if lipgloss.Width(line) > 40 && !strings.Contains(line, "raisboy_dep_") && !strings.Contains(line, "pout_") {
				t.Errorf("%s: too wide: %q", x.name, line)
			}
		}
		if bare(narrow) != bare(said(0)) {
			t.Errorf("%s: not the same words:\n%s\n%s", x.name, narrow, said(0))
		}
	}
}

// bare is a text without what breaks it, or a command in it, into lines.
func bare(text string) string {
	return strings.NewReplacer("\\", "", "'", "", " ", "", "\n", "").Replace(text)
}

// TestConfigFaultFits: what stands before a mistake and its remedy counts as well.
func TestConfigFaultFits(t *testing.T) {
	words := func(said string) render.Sentence {
		return render.Sentence{Words: func(*text.Catalog) string { return said }}
	}
	for columns := 40; columns <= 80; columns++ {
		var out bytes.Buffer
		r := render.New(render.Options{Out: &out, Err: &bytes.Buffer{}, Width: columns, Catalog: text.New(text.Russian)})
		err := r.ConfigFault(render.ConfigFault{
			Profile: "main", File: "config.yaml", Line: 4,
			Cause:  words("настройки с таким именем здесь нет, и похожей на неё тоже нет ни одной"),
			Remedy: words("посмотрите имена всех настроек в описании и исправьте эту строку файла"),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if lipgloss.Width(line) > columns {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
	}
}
