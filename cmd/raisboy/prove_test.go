package main

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/statement"
)

// TestProveSaysWhatBecameOfIt: between the comparison and the recording another
// desk may have recorded the line, or settled the operation. Nothing that was not
// recorded may be called settled.
func TestProveSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 11, 27, 12, 0, 0, 0, time.UTC)
	j, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "main.db"), journal.Options{Desk: "till-1", OSUser: "cashier", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	add := func(id int64, c journal.Content) {
		t.Helper()
		if _, err := j.Update(t.Context(), id, func(journal.Entry) ([]journal.Addition, error) { return []journal.Addition{{Content: c}}, nil }); err != nil {
			t.Fatal(err)
		}
	}
	unknown := func(user string) journal.Entry {
		t.Helper()
		call, err := api.Deposit{UserID: user, Amount: 10000, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: now}.Call(api.Endpoints{BaseURL: "https://project.example"})
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := j.Begin(t.Context(), journal.Proposal{Call: call, Profile: "main"}, journal.Guard{})
		if err != nil {
			t.Fatal(err)
		}
		add(e.ID, journal.Answer{Verdict: "unknown"})
		if e, err = j.Get(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
		return e
	}
	line := func(key string) *statement.Row {
		return &statement.Row{Line: 2, Raw: []byte("x"), Kind: api.KindDeposit, Amount: 10000, Currency: "UZS", Booking: statement.Booked, Key: key}
	}
	d := &desk.Desk{Journal: j, Profile: "main", Now: func() time.Time { return now }}
	for _, c := range []struct {
		name, key string
		meanwhile func(e journal.Entry)
		outcome   statement.Outcome
		reasons   []string
	}{
		{"nothing", "1", func(journal.Entry) {}, statement.Settled, nil},
		{"the line proved another operation", "1", func(journal.Entry) {}, statement.Provable, []string{statement.ReasonUsed}},
		{"a person settled it", "2", func(e journal.Entry) { add(e.ID, journal.Decision{Ruling: journal.RuledNotCredited}) }, statement.Provable, []string{statement.ReasonMoved}},
		{"the same line was recorded", "3", func(e journal.Entry) { add(e.ID, journal.Statement{Row: "3", Amount: 10000, Currency: "UZS"}) }, statement.Settled, nil},
		{"the same line was recorded, and ruled out", "4", func(e journal.Entry) {
			add(e.ID, journal.Statement{Row: "4", Amount: 10000, Currency: "UZS"})
			add(e.ID, journal.Decision{Ruling: journal.RuledNotCredited})
		}, statement.Provable, []string{statement.ReasonMoved}},
	} {
		e := unknown("user-" + c.name[:5] + c.key)
		r := statement.Result{Outcome: statement.Provable, By: statement.ByTerms, Row: line(c.key), Entry: &e}
		c.meanwhile(e)
		if err := prove(t.Context(), d, "digest", &r); err != nil || r.Outcome != c.outcome || !slices.Equal(r.Reasons, c.reasons) {
			t.Errorf("%s: %s %v, error %v", c.name, r.Outcome, r.Reasons, err)
		}
	}
}
