package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"
)

// documented are the catalogs whose messages docs/troubleshooting.md explains,
// and which of their keys these are: the first line of each, that is. Messages
// of other catalogs may stand there, too.
func documented() map[string]*regexp.Regexp {
	cause := regexp.MustCompile(`^problem\..*\.cause$`)
	return map[string]*regexp.Regexp{
		"problem": cause, "problem-postgresql": cause, "listen": cause,
		"outcome": regexp.MustCompile(`^verdict\.`),
		"held":    regexp.MustCompile(`^held\..*\.meaning$`),
		"code":    regexp.MustCompile(`^(code|cause)\..*\.meaning$`),
	}
}

// sentences reads a catalog; of those with plural forms the first is enough.
func sentences(t *testing.T, path string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	said := map[string]string{}
	for key, value := range all {
		if sentence, ok := value.(string); ok {
			said[key] = onThePage(t, sentence)
		}
	}
	return said
}

// onThePage gives a sentence as the page quotes it: everything that may be said
// is said, and each place holds an ellipsis.
func onThePage(t *testing.T, sentence string) string {
	t.Helper()
	parsed, err := template.New("").Parse(sentence)
	if err != nil {
		t.Fatalf("%q: %v", sentence, err)
	}
	places := map[string]string{}
	for _, place := range regexp.MustCompile(`\.([A-Z]\w*)`).FindAllStringSubmatch(sentence, -1) {
		places[place[1]] = "…"
	}
	var b strings.Builder
	if err := parsed.Execute(&b, places); err != nil {
		t.Fatalf("%q: %v", sentence, err)
	}
	return strings.ReplaceAll(b.String(), "|", `\|`)
}

// TestTroubleshootingPage holds the page against the catalogs: every message of
// the catalogs above stands there in both languages, and what stands there is a
// message.
func TestTroubleshootingPage(t *testing.T) {
	t.Parallel()
	page := readPage(t, "troubleshooting.md")
	quoted := map[string]bool{}
	for _, quote := range regexp.MustCompile(`(?m)^\|(?: [^|]* \||) ?([^|]*?<br>(?:[^|]|\\\|)*?) \|`).FindAllStringSubmatch(page, -1) {
		quoted[strings.TrimSpace(quote[1])] = false
	}
	if len(quoted) < 150 {
		t.Fatalf("only %d messages were found", len(quoted))
	}
	folder := filepath.Join("..", "..", "pkg", "text", "catalog")
	files, err := filepath.Glob(filepath.Join(folder, "en", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogs: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		needed := documented()[name]
		english, russian := sentences(t, file), sentences(t, filepath.Join(folder, "ru", filepath.Base(file)))
		for key, sentence := range english {
			quote := sentence + "<br>" + russian[key]
			if _, ok := quoted[quote]; ok {
				quoted[quote] = true
			} else if needed != nil && needed.MatchString(key) {
				t.Errorf("docs/troubleshooting.md lacks %s: %s", key, quote)
			}
		}
	}
	for quote, known := range quoted {
		if !known {
			t.Errorf("docs/troubleshooting.md quotes what no catalog says: %s", quote)
		}
	}
}

// TestLinks: what the pages link to is there, file and heading.
func TestLinks(t *testing.T) {
	for _, name := range []string{"json.md", "exit-codes.md", "troubleshooting.md", "postgresql.md", "money-safety.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`).FindAllStringSubmatch(readPage(t, name), -1) {
			target := name
			if link[1] != "" {
				target = link[1]
			}
			if _, err := os.Stat(filepath.Join("..", "..", "docs", target)); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if link[2] != "" && !headings(readPage(t, target))[link[2]] {
				t.Errorf("%s: %s has no heading %s", name, target, link[2])
			}
		}
	}
}

func headings(page string) map[string]bool {
	found := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		slug := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found["#"+strings.ReplaceAll(slug, " ", "-")] = true
	}
	return found
}
