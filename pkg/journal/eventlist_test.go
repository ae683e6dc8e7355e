package journal

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// One spoilt webhook must not hide those behind it, wherever in a page it is.
func TestEventsGoOnPastDamage(t *testing.T) {
	j := newTest(t)
	const n = 2*eventPage + 10
	for i := range n {
		mustObserve(t, j, fmt.Sprintf(`{"payout_id":"p-%d","status":"completed"}`, i))
	}
	spoilt := []int64{1, eventPage, eventPage + 1, n}
	for _, id := range spoilt {
		withSQLExec(t, j, `UPDATE events SET body = x'00' WHERE id = ?`, id)
	}
	var damaged []int64
	next := int64(1)
	for e, err := range j.Events(t.Context(), EventFilter{}) {
		var damage *DamageError
		switch {
		case errors.As(err, &damage):
			damaged = append(damaged, e.ID)
		case err != nil || e.Webhook.PayoutID == "":
			t.Fatal(e, err)
		}
		if e.ID != next {
			t.Fatalf("webhook %d where %d was next", e.ID, next)
		}
		next++
	}
	if next != n+1 || !slices.Equal(damaged, spoilt) {
		t.Errorf("%d webhooks, damaged %v; wanted %d, %v", next-1, damaged, n, spoilt)
	}
}
