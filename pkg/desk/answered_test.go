package desk_test

import (
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A row makes way for the next one once its money has moved, and in no other
// case: what failed is counted first.
func TestAnswered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer behaviour
		state  journal.State
		told   int
	}{
		{"done", nil, done, 1},
		{"refused", refusal(403, "PROHIBITED"), refused, 0},
		{"unknown", processedThen(drop()), unknown, 0},
		{"mismatch", otherAmount, journal.StateMismatch, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tt.answer != nil {
				w.project.on(api.KindDeposit, tt.answer)
			}
			told := 0
			o := depositOrder()
			o.Answered = func() {
				told++
				if e := w.entries()[0]; e.State != journal.StateOpen || w.project.credited() != 1 {
					t.Errorf("told when the operation is %s and %d are credited", e.State, w.project.credited())
				}
			}
			w.till.begun(o, tt.state)
			if told != tt.told {
				t.Errorf("told %d times, wanted %d", told, tt.told)
			}
		})
	}
}
