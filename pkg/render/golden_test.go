package render_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is meant, run with -update:\n%s", name, diff)
	}
}

// told prints scenes into one text, stdout and then what stderr got.
func told(t *testing.T, scenes []scene, o render.Options) string {
	t.Helper()
	var b strings.Builder
	for _, s := range scenes {
		out, err := shown(t, s, o)
		fmt.Fprintf(&b, "=== %s\n%s", s.name, out)
		if err != "" {
			fmt.Fprintf(&b, "--- stderr\n%s", err)
		}
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	keys := regexp.MustCompile(`\b(verdict|next|held|code|cause|label|notice|notice_state|event|list|receipt|ruling|choice|history|status|outcome|kind|method|validation|journal|signature|sandbox|dry)\.[a-z_]+\b`)
	for _, lang := range []text.Lang{text.English, text.Russian} {
		for _, width := range []int{0, 40, 80} {
			got := told(t, scenes(t), render.Options{Catalog: text.New(lang), Width: width})
			golden(t, fmt.Sprintf("%v-%d.txt", lang, width), got)
			if found := keys.FindAllString(strings.ReplaceAll(got, "sandbox.jsonl", ""), -1); found != nil || strings.Contains(got, "<no value>") {
				t.Errorf("%v: keys or places without a text: %v", lang, found)
			}
		}
		golden(t, fmt.Sprintf("%v-json.txt", lang), told(t, scenes(t), render.Options{Catalog: text.New(lang), Format: render.JSON}))
		golden(t, fmt.Sprintf("%v-csv.txt", lang), told(t, scenes(t), render.Options{Catalog: text.New(lang), Format: render.CSV}))
	}
	var colored strings.Builder
	for line := range strings.Lines(told(t, scenes(t), render.Options{Catalog: text.New(text.Russian), Color: true, ErrColor: true, Width: 60})) {
		fmt.Fprintf(&colored, "%q\n", line)
	}
	golden(t, "color.txt", colored.String())
}

func TestScriptsGetOneLanguage(t *testing.T) {
	for _, s := range scenes(t) {
		for _, format := range []render.Format{render.JSON, render.CSV} {
			english, _ := shown(t, s, render.Options{Format: format, Catalog: text.New(text.English)})
			russian, _ := shown(t, s, render.Options{Format: format, Catalog: text.New(text.Russian)})
			if english != russian {
				t.Errorf("%s: stdout depends on the language:\n%s%s", s.name, english, russian)
			}
		}
	}
}
