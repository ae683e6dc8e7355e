package journal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// A flipped bit in what was passed on is damage like any other.
func TestForwardsAreChecked(t *testing.T) {
	for _, test := range []struct{ name, statement string }{
		{"a state", `UPDATE forwards SET state = 'taken'`},
		{"a queue", `UPDATE forwards SET queue = 'operation 2'`},
		{"a number", `UPDATE forwards SET attempts = 7`},
		{"a checksum", `UPDATE forwards SET checksum = x'00'`},
		{"a lost event", `UPDATE forwards SET event = 99`},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := openTest(t, filepath.Join(t.TempDir(), "journal.db"))
			event := testEvent(t, `{"success":true,"status":"accepted","payout_id":"pout_1"}`)
			event.Forward.State = ForwardWaiting
			if _, err := j.Observe(t.Context(), event); err != nil {
				t.Fatal(err)
			}
			if report, err := j.Verify(t.Context()); err != nil || !report.OK() || report.Rows != 2 {
				t.Fatalf("before: %+v, %v", report, err)
			}
			err := j.store.write(t.Context(), func(q querier) error {
				_, err := q.ExecContext(context.Background(), test.statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			report, err := j.Verify(t.Context())
			if err != nil || report.OK() || report.Damaged[0].Table != "forwards" {
				t.Errorf("%+v, %v", report, err)
			}
			if test.name == "a lost event" {
				return
			}
			var damage *DamageError
			if _, err := j.Event(t.Context(), 1); !errors.As(err, &damage) || damage.Table != "forwards" {
				t.Errorf("event: %v", err)
			}
		})
	}
}
