package journal

import (
	"errors"
	"testing"
)

// An index that leads to an operation which it has no reason to lead to is
// damaged: what else it leads past is not known.
func TestSearchHoldsWhatItFindsAgainstTheQuestion(t *testing.T) {
	j := newTest(t)
	other := mustBegin(t, j, testDeposit(t, "other", 100))
	err := j.look(t.Context(), func(q querier) error {
		s := search{j: j, q: q}
		testDeposit(t, "u", 100).twins(&s.ways, 0)
		s.ids[0] = []int64{other.ID}
		_, err := s.found(t.Context(), 0, len(s.lookups))
		return err
	})
	var damaged *DamageError
	if !errors.As(err, &damaged) || damaged.Operation != other.ID {
		t.Errorf("%v", err)
	}
}
