package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedLines runs every line that the documents show behind a prompt,
// as far as it is raisboy's, in a shell and against a project on loopback. Not
// all can succeed, for the operations that they name need not be there; but none
// may be misunderstood. Blocks of shell without a prompt are run as they stand,
// by TestReadme and the tests of the single pages.
func TestDocumentedLines(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	at := newExampleShop(t)
	for name, content := range documentedFiles() {
		if err := os.WriteFile(filepath.Join(at.folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`(?m)^\$ (raisboy .*)$`)
	ran := map[string]bool{}
	for _, page := range append(pages, "../../README.md", "../../README.ru.md", "../../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range shown.FindAllStringSubmatch(string(text), -1) {
			line, _, _ := strings.Cut(found[1], " | ") // what reads from it is not ours
			if line = strings.TrimSpace(line); !ran[line] {
				ran[line] = true
				t.Run(filepath.Base(page), func(t *testing.T) { at.run(t, shell, line) })
			}
		}
	}
	if len(ran) < 30 {
		t.Errorf("only %d lines were found", len(ran))
	}
}

// documentedFiles are those that the documents speak of: the month's deposits
// come to the count and the sum that the README expects.
func documentedFiles() map[string]string {
	var may, salaries strings.Builder
	may.WriteString("user_id,amount,ref\n")
	salaries.WriteString("user_id,amount\n")
	for i := range 120 {
		fmt.Fprintf(&may, "may%d,60000,may-%d\n", i, i)
	}
	for i := range 3 {
		fmt.Fprintf(&salaries, "clerk%d,1000\n", i)
	}
	return map[string]string{"may.csv": may.String(), "salaries.csv": salaries.String()}
}
