package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/text"
)

// TestFailedRowsComeBackAsTheyWere: what batch show --failed prints is corrected
// and run again. A ref that came back as another one would be another key for
// the same row, and pay it beside the first; another user_id, somebody else.
func TestFailedRowsComeBackAsTheyWere(t *testing.T) {
	ids := rapid.Custom(func(t *rapid.T) string {
		return rapid.StringOfN(rapid.SampledFrom([]rune(`'=+-@＝＋－＠ab1,;" `+"\u00a0\u00ad\u200d\t")), 1, 8, -1).Draw(t, "id")
	}).Filter(func(id string) bool { return api.CheckText("ref", id, api.MaxID) == nil })
	rapid.Check(t, func(t *rapid.T) {
		row := journal.BatchRow{
			Batch: "may", Line: 7, Kind: api.KindPayout, UserID: ids.Draw(t, "user"), Ref: ids.Draw(t, "ref"), RequestID: ids.Draw(t, "request"),
			Amount: 600000, Currency: "UZS", PaymentMethod: "bank_card", Outcome: "held", Code: "limit",
		}
		for _, format := range []Format{CSV, JSON} {
			var out bytes.Buffer
			r := New(Options{Out: &out, Err: &bytes.Buffer{}, Format: format, Catalog: text.New(text.English)})
			if err := r.BatchRowHeader(); err != nil {
				t.Fatal(err)
			}
			if err := r.BatchRow(row); err != nil {
				t.Fatal(err)
			}
			got, err := batch.NewReader(strings.NewReader(out.String()), batch.Options{Kind: api.KindPayout}).Next()
			var wrong *batch.RowError
			if format == CSV && errors.As(err, &wrong) && wrong.Mistakes[0].Problem == batch.ProblemApostrophe {
				continue // it came from JSON: as a spreadsheet's it is refused aloud, never taken for another
			}
			if err != nil {
				t.Fatalf("%v: %q", err, out.String())
			}
			if got.UserID != row.UserID || got.Ref != row.Ref || got.RequestID != row.RequestID || got.Amount != row.Amount {
				t.Fatalf("user %q, ref %q, request %q came back from %q as %q, %q, %q", row.UserID, row.Ref, row.RequestID,
					out.String(), got.UserID, got.Ref, got.RequestID)
			}
		}
	})
}
