package journal

import (
	"context"
	"errors"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
)

func TestPeekWritesNothing(t *testing.T) {
	ctx := context.Background()
	j := newTest(t)
	p := testDeposit(t, "u", 100)
	p.Ref = "ref"
	if _, replayed, err := j.Peek(ctx, p, Guard{}); err != nil || replayed {
		t.Fatal(replayed, err)
	}
	if r, err := j.Verify(ctx); err != nil || r.Rows != 0 {
		t.Fatal(r.Rows, err)
	}
	e := mustBegin(t, j, p)
	var held *HeldError
	if _, _, err := j.Peek(ctx, p, Guard{}); !errors.As(err, &held) || held.Reason != HeldLock {
		t.Fatalf("error %v", err)
	}
	mustUpdate(t, j, e.ID, Addition{Content: AnswerOf(api.Outcome{Verdict: api.Done, HTTPStatus: 201}, newClock().now())})
	if got, replayed, err := j.Peek(ctx, p, Guard{}); err != nil || !replayed || got.ID != e.ID {
		t.Fatal(got.ID, replayed, err)
	}
}

// TestOnlyWhatMovesMoneyBegins: a call of another kind is an error, and is not
// judged as if it were a deposit.
func TestOnlyWhatMovesMoneyBegins(t *testing.T) {
	j, p := newTest(t), testDeposit(t, "u", 100)
	p.Call.Kind = api.KindValidation
	if _, _, err := j.Peek(t.Context(), p, Guard{}); err == nil {
		t.Error("a validation is judged")
	}
	if _, _, err := j.Begin(t.Context(), p, Guard{}); err == nil {
		t.Error("a validation begins")
	}
}
