package journal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
)

// A flipped bit in a row of which no operation came is damage like any other: it
// is given back to be paid.
func TestBatchRowsAreChecked(t *testing.T) {
	for _, test := range []struct{ name, statement string }{
		{"a user", `UPDATE batch_rows SET user_id = '2564569'`},
		{"a sum", `UPDATE batch_rows SET amount = 600001`},
		{"a line", `UPDATE batch_rows SET line = 3`},
		{"a reference", `UPDATE batch_rows SET ref = 'r-2'`},
		{"an outcome", `UPDATE batch_rows SET outcome = 'done'`},
		{"a checksum", `UPDATE batch_rows SET checksum = x'00'`},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := openTest(t, filepath.Join(t.TempDir(), "journal.db"))
			err := j.KeepRow(t.Context(), BatchRow{
				Profile: "main", Batch: "may", Ref: "r-1", Line: 2, Kind: api.KindDeposit, UserID: "2564568", Amount: 600000,
				Currency: "UZS", PaymentMethod: "bank_card", Outcome: "refused", Code: "USER_NOT_FOUND",
			})
			if err != nil {
				t.Fatal(err)
			}
			if report, err := j.Verify(t.Context()); err != nil || !report.OK() || report.Rows != 1 {
				t.Fatalf("before: %+v, %v", report, err)
			}
			err = j.store.write(t.Context(), func(q querier) error {
				_, err := q.ExecContext(context.Background(), test.statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if report, err := j.Verify(t.Context()); err != nil || report.OK() || report.Damaged[0].Table != "batch_rows" {
				t.Errorf("verify: %+v, %v", report, err)
			}
			for _, err := range j.BatchRows(t.Context(), "main", "may") {
				var damage *DamageError
				if !errors.As(err, &damage) || damage.Table != "batch_rows" {
					t.Errorf("list: %v", err)
				}
			}
		})
	}
}
