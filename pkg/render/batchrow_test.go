package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/text"
)

// A row's line is broken between words on a terminal, never within a sum or a
// warning, and is one line for a program.
func TestBatchRowOnNarrowTerminals(t *testing.T) {
	receipt := desk.Receipt{Recorded: true, Entry: journal.Entry{
		ID: 22, State: journal.StateUnknown, Code: "connection_lost", Sandbox: true,
		Call: api.Call{Kind: api.KindDeposit, Terms: api.Terms{UserID: "456789", Amount: 600050, Currency: "UZS"}},
	}}
	colours := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	var whole string
	for _, width := range []int{0, 60, 40, 25} {
		var out strings.Builder
		r := New(Options{Out: &out, Err: &strings.Builder{}, Catalog: text.New(text.Russian), Width: width, Color: true})
		if err := r.BatchReceipt(receipt, 23); err != nil {
			t.Fatal(err)
		}
		said := colours.ReplaceAllString(out.String(), "")
		lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
		if width == 0 {
			if whole = said; len(lines) != 1 {
				t.Fatalf("%d lines for a program:\n%s", len(lines), said)
			}
		}
		for _, line := range lines {
			if width > 0 && lipgloss.Width(line) > width {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		if !strings.Contains(said, "6 000,50") || strings.Join(strings.Fields(said), " ") != strings.Join(strings.Fields(whole), " ") {
			t.Errorf("%d columns:\n%s", width, said)
		}
	}
}

// A mistake breaks between words on a narrow terminal, and is one line in a log.
func TestMistakesOnNarrowTerminals(t *testing.T) {
	for width, lines := range map[int]int{0: 1, 60: 2} {
		var complaint strings.Builder
		r := New(Options{Out: &strings.Builder{}, Err: &complaint, Width: width, Catalog: text.New(text.English)})
		sentence := "the same user, amount and currency as in line 2; if both are meant, add --again"
		r.BatchMistakes([]*batch.Mistake{{Line: 4}}, []string{sentence}, 0)
		if got := strings.Count(complaint.String(), "\n"); got != lines ||
			strings.Join(strings.Fields(complaint.String()), " ") != "line 4: "+sentence {
			t.Errorf("%d columns, %d lines:\n%s", width, got, complaint.String())
		}
	}
}
