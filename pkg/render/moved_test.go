package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/text"
)

// A row that moved was not done a moment ago, and may be a payout: what is said
// names the line that it was.
func TestMovedRowIsNamed(t *testing.T) {
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		by := journal.Entry{ID: 7, Batch: "may", Ref: "may/2", State: journal.StateDone, Call: api.Call{Kind: kind}}
		x := desk.Receipt{Entry: journal.Entry{Batch: "may", Ref: "may/3", Call: api.Call{Kind: kind}}, Recorded: true,
			Held: &journal.HeldError{Reason: journal.HeldDuplicate, By: &by, Moved: true}}
		for _, lang := range []text.Lang{text.English, text.Russian} {
			var out bytes.Buffer
			if err := New(Options{Out: &out, Err: &out, Catalog: text.New(lang)}).Receipt(x); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); !strings.Contains(got, "may/2") || !strings.Contains(got, "journal show 7") || !strings.Contains(got, "--again") {
				t.Errorf("%s, %v: %s", kind, lang, got)
			}
		}
	}
}
