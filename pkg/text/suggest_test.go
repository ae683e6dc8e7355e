package text

import (
	"regexp"
	"strings"
	"testing"
)

// A command that a sentence suggests is pasted into a shell: without the flags
// of this run it would look into another profile's journal.
func TestSuggestedCommandsReachTheSameProfile(t *testing.T) {
	command := regexp.MustCompile(`raisboy (payout (complete|show|list|deliver|cancel)|resolve|journal (list|show|verify)|batch list|listen|` +
		`events (list|replay)|doctor|validate|account opening|shift (open|close|report))( --(float|shift))?( \{\{\.\w+\}\}| [A-ZА-Я]{2,})?`)
	elsewhere := map[string]bool{
		"problem.sandbox-send.remedy": true, // names --sandbox itself
		"config.rotated.restart":      true, // whatever listener runs
	}
	found := 0
	for _, lang := range []Lang{English, Russian} {
		for key, forms := range sentences(t, lang) {
			subject, _, _ := strings.Cut(key, ".")
			if subject == "command" || subject == "flag" || subject == "topic" || elsewhere[key] {
				continue // help is the same for every profile
			}
			for _, sentence := range forms {
				for _, at := range command.FindAllStringIndex(sentence, -1) {
					found++
					if !strings.HasPrefix(sentence[at[1]:], "{{.Flags}}") && !strings.HasSuffix(sentence[at[0]:at[1]], "{{.Flags}}") {
						t.Errorf("%v %s: no {{.Flags}} behind %q", lang, key, sentence[at[0]:at[1]])
					}
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d commands were found", found)
	}
}

func TestSuggesting(t *testing.T) {
	for flags, want := range map[string]string{
		"": "see their names: raisboy batch list", "--profile night": "see their names: raisboy batch list --profile night",
	} {
		if got := New(English).Suggesting(flags).T("problem.usage.unknown_batch.remedy", nil); got != want {
			t.Errorf("with %q: %s", flags, got)
		}
	}
	if got := New(English).T("problem.usage.unknown_batch.remedy", nil); got != "see their names: raisboy batch list" {
		t.Errorf("a catalog of no profile: %s", got)
	}
}
