package journal

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// testClock is set by hand.
type testClock struct{ millis atomic.Int64 }

func newClock() *testClock {
	c := &testClock{}
	c.millis.Store(time.Date(2025, 11, 27, 12, 39, 17, 281_000_000, time.UTC).UnixMilli())
	return c
}

func (c *testClock) now() time.Time { return time.UnixMilli(c.millis.Load()) }
func (c *testClock) tick()          { c.millis.Add(1) }

func testOptions() Options {
	return Options{Desk: "till-1", OSUser: "cashier", Now: newClock().now}
}

// openTest opens a journal at the path and closes it after the test.
func openTest(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(context.Background(), path, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func newTest(t testing.TB) *Journal {
	t.Helper()
	return openTest(t, filepath.Join(t.TempDir(), "journal.db"))
}

func testEndpoints() api.Endpoints { return api.Endpoints{BaseURL: "https://project.example"} }

func testDeposit(t testing.TB, user string, amount money.Amount) Proposal {
	t.Helper()
	call, err := api.Deposit{UserID: user, Amount: amount, Currency: "UZS", PaymentMethod: "bank_card",
		Timestamp: newClock().now()}.Call(testEndpoints())
	if err != nil {
		t.Fatal(err)
	}
	return Proposal{Call: call, Profile: "main", KeyID: KeyID("key")}
}

func testPayout(t testing.TB, user string, amount money.Amount, request string) Proposal {
	t.Helper()
	call, err := api.Payout{UserID: user, Amount: amount, Currency: "UZS", PaymentMethod: "bank_card", RequestID: request,
		Timestamp: newClock().now()}.Call(testEndpoints())
	if err != nil {
		t.Fatal(err)
	}
	return Proposal{Call: call, Profile: "main"}
}

func mustBegin(t testing.TB, j *Journal, p Proposal) Entry {
	t.Helper()
	e, replayed, err := j.Begin(context.Background(), p, Guard{})
	if err != nil || replayed {
		t.Fatalf("begin: replayed %t, error %v", replayed, err)
	}
	return e
}

func mustUpdate(t testing.TB, j *Journal, id int64, additions ...Addition) Entry {
	t.Helper()
	e, err := j.Update(context.Background(), id, func(Entry) ([]Addition, error) { return additions, nil })
	if err != nil {
		t.Fatalf("update %d: %v", id, err)
	}
	return e
}

func testEvent(t testing.TB, body string) Event {
	t.Helper()
	w, err := api.ReadWebhook([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return Event{Profile: "main", Webhook: w, ReceivedAt: newClock().now(), Method: "POST", Path: "/hook", Body: []byte(body)}
}

func mustObserve(t testing.TB, j *Journal, body string) Observation {
	t.Helper()
	seen, err := j.Observe(context.Background(), testEvent(t, body))
	if err != nil {
		t.Fatal(err)
	}
	return seen
}
