package shift_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// failer is what both *testing.T and *rapid.T are.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// A world is one journal, its desks, and a clock that is set by hand.
type world struct {
	failer
	now   time.Time
	desks map[string]*journal.Journal
	begun int
}

func newWorld(t failer, folder string, desks ...string) *world {
	t.Helper()
	w := &world{failer: t, now: time.Date(2025, 11, 27, 12, 39, 17, 281_000_000, time.UTC), desks: map[string]*journal.Journal{}}
	for _, desk := range desks {
		j, err := journal.Open(context.Background(), filepath.Join(folder, "journal.db"), journal.Options{
			Desk: desk, OSUser: "anna", Now: func() time.Time { return w.now }})
		if err != nil {
			t.Fatal(err)
		}
		w.desks[desk] = j
	}
	return w
}

func (w *world) close() {
	for _, j := range w.desks {
		if err := j.Close(); err != nil {
			w.Errorf("close: %v", err)
		}
	}
}

func testWorld(t *testing.T, desks ...string) *world {
	t.Helper()
	w := newWorld(t, t.TempDir(), desks...)
	t.Cleanup(w.close)
	return w
}

// begin begins an operation at a desk, for a user of its own.
func (w *world) begin(desk string, kind api.Kind, amount money.Amount, currency string) int64 {
	w.Helper()
	w.begun++
	user := fmt.Sprint("user", w.begun)
	to := api.Endpoints{BaseURL: "https://project.example"}
	var call api.Call
	var err error
	if kind == api.KindPayout {
		call, err = api.Payout{UserID: user, Amount: amount, Currency: currency, PaymentMethod: api.MethodBankCard,
			RequestID: "req-" + user, Timestamp: w.now}.Call(to)
	} else {
		call, err = api.Deposit{UserID: user, Amount: amount, Currency: currency, PaymentMethod: api.MethodBankCard, Timestamp: w.now}.Call(to)
	}
	if err != nil {
		w.Fatal(err)
	}
	e, _, err := w.desks[desk].Begin(context.Background(), journal.Proposal{Call: call, Profile: "main"}, journal.Guard{})
	if err != nil {
		w.Fatal(err)
	}
	return e.ID
}

// learn appends facts at a desk.
func (w *world) learn(desk string, id int64, contents ...journal.Content) {
	w.Helper()
	_, err := w.desks[desk].Update(context.Background(), id, func(e journal.Entry) ([]journal.Addition, error) {
		var additions []journal.Addition
		for _, content := range contents {
			a := journal.Addition{Content: content}
			if d, ok := content.(journal.Decision); ok && d.URL != "" {
				call, err := api.Notice{URL: d.URL, PayoutID: "pout", Status: api.PayoutStatus(d.Ruling), Amount: e.Amount(),
					Currency: e.Call.Terms.Currency, Timestamp: w.now}.Call()
				if err != nil {
					return nil, err
				}
				a.Raw = call.Body
			}
			additions = append(additions, a)
		}
		return additions, nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) open(desk string, float money.Amount) {
	w.Helper()
	_, err := w.desks[desk].OpenShift(context.Background(), journal.Opening{Profile: "main", Float: float, Currency: "UZS"})
	if err != nil {
		w.Fatal(err)
	}
}

func done() journal.Answer    { return journal.Answer{Verdict: "done", HTTPStatus: 201} }
func unknown() journal.Answer { return journal.Answer{Verdict: "unknown", Cause: api.CauseTimeout} }

func requested() journal.Answer {
	return journal.Answer{Verdict: "done", HTTPStatus: 201, PayoutID: "pout", PayoutStatus: api.StatusPending}
}

func ended(r journal.Ruling) journal.Decision {
	return journal.Decision{Ruling: r, URL: "https://project.example/api/payments/notify/1/pout"}
}

func hook(s api.PayoutStatus) journal.Webhook { return journal.Webhook{PayoutID: "pout", Status: s} }
