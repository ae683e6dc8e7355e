package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"unicode"
)

// sentences reads the files of a language without go-i18n: the plural forms by
// key, the only form of a plain sentence under "". Doubles are reported.
func sentences(t *testing.T, lang Lang) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	folder := path.Join("catalog", lang.String())
	entries, err := files.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		content, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(content))
		if _, err := d.Token(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				t.Fatalf("%s, %v: %v", name, key, err)
			}
			forms := map[string]string{}
			if value[0] == '"' {
				var plain string
				err = json.Unmarshal(value, &plain)
				forms[""] = plain
			} else {
				err = json.Unmarshal(value, &forms)
			}
			if err != nil {
				t.Errorf("%s, %v: %v", name, key, err)
			}
			if all[fmt.Sprint(key)] != nil {
				t.Errorf("%s: the key %v exists twice", name, key)
			}
			all[fmt.Sprint(key)] = forms
		}
	}
	return all
}

// places lists the {{.Name}} of a text, sorted, each once.
func places(text string) []string {
	found := map[string]bool{}
	for _, match := range regexp.MustCompile(`\{\{(?:if (?:eq )?)?\.(\w+)(?: "\w+")?\}\}`).FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func allPlaces(forms map[string]string) []string {
	return places(strings.Join(slices.Collect(maps.Values(forms)), " "))
}

func TestBothLanguagesHaveTheSameKeysAndPlaces(t *testing.T) {
	english, russian := sentences(t, English), sentences(t, Russian)
	for key, forms := range english {
		other, ok := russian[key]
		if !ok {
			t.Errorf("%s is missing in Russian", key)
			continue
		}
		if a, b := allPlaces(forms), allPlaces(other); !slices.Equal(a, b) {
			t.Errorf("%s: the English has the places %v, the Russian %v", key, a, b)
		}
		if _, plain := forms[""]; plain != (len(other) == 1) {
			t.Errorf("%s has plural forms in one language alone", key)
		}
	}
	for key := range russian {
		if english[key] == nil {
			t.Errorf("%s is missing in English", key)
		}
	}
}

func TestSentencesAreWellFormed(t *testing.T) {
	forms := map[Lang][]string{English: {"one", "other"}, Russian: {"few", "many", "one", "other"}}
	keys := regexp.MustCompile(`^[a-z]\w*(\.[\w-]+)+$`)
	for lang, wanted := range forms {
		for key, sentence := range sentences(t, lang) {
			if !keys.MatchString(key) {
				t.Errorf("%v %q: not a key", lang, key)
			}
			if _, plain := sentence[""]; !plain && !slices.Equal(slices.Sorted(maps.Keys(sentence)), wanted) {
				t.Errorf("%v %s: its forms are %v, not %v", lang, key, slices.Sorted(maps.Keys(sentence)), wanted)
			}
			for form, text := range sentence {
				checkSentence(t, fmt.Sprintf("%v %s %s", lang, key, form), text)
				if lang == Russian && strings.ContainsFunc(text, latinInCyrillic(text)) {
					t.Errorf("%v %s: a Latin letter inside a Russian word: %q", lang, key, text)
				}
			}
		}
	}
}

func checkSentence(t *testing.T, name, text string) {
	t.Helper()
	page := strings.HasSuffix(strings.TrimSpace(name), ".long") || strings.HasSuffix(strings.TrimSpace(name), ".example")
	switch {
	case text == "":
		t.Errorf("%s is empty", name)
	case page && strings.TrimRight(text, " \n") == text && !strings.Contains(text, "\t"):
		// A help page or an example: laid out by hand.
	case strings.TrimSpace(text) != text || strings.Contains(text, "  "):
		t.Errorf("%s: stray spaces in %q", name, text)
	case strings.ContainsFunc(text, unicode.IsControl):
		t.Errorf("%s: a control character in %q", name, text)
	case strings.Count(text, "{{") != len(regexp.MustCompile(`\{\{(?:(?:if (?:eq )?)?\.[A-Z]\w*(?: "\w+")?|else|end)\}\}`).FindAllString(text, -1)):
		t.Errorf("%s: a place that is not {{.Name}} in %q", name, text)
	}
	if _, err := template.New("").Parse(text); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// latinInCyrillic finds letters of one script in the middle of the other's
// words: they look alike and break every search.
func latinInCyrillic(text string) func(rune) bool {
	mixed := false
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		latin := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
		cyrillic := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
		mixed = mixed || latin && cyrillic
	}
	return func(rune) bool { return mixed }
}

func TestEveryFileIsRead(t *testing.T) {
	for _, lang := range []Lang{English, Russian} {
		c := New(lang)
		for key, forms := range sentences(t, lang) {
			data := map[string]any{}
			for _, place := range allPlaces(forms) {
				data[place] = "x"
			}
			if got := c.T(key, data); got == key || strings.Contains(got, "<no value>") {
				t.Errorf("%v %s cannot be said: %q", lang, key, got)
			}
		}
		names, err := names(lang)
		if err != nil || len(names) == 0 || len(c.read) != len(names) {
			t.Errorf("%v: of %v only %v were read: %v", lang, names, c.read, err)
		}
	}
}

func TestOneSentenceReadsOneFile(t *testing.T) {
	c := New(Russian)
	if got := c.T("verdict.credited", nil); got != "ЗАЧИСЛЕНО" || len(c.read) != 1 {
		t.Errorf("%q, after reading %v", got, c.read)
	}
}
