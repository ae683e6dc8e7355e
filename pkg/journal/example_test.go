package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A deposit's life: the intent is on disk before anything is sent, the answer
// is appended, and the same ref again only tells what happened.
func ExampleJournal() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	now := func() time.Time { return time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC) }
	j, err := journal.Open(ctx, filepath.Join(dir, "main.db"), journal.Options{Desk: "till-1", OSUser: "anna", Now: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = j.Close() }()

	call, err := api.Deposit{UserID: "2564568", Amount: 600000, Currency: "UZS", PaymentMethod: "bank_card",
		Timestamp: now()}.Call(api.Endpoints{BaseURL: "https://project.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	proposal := journal.Proposal{Call: call, Profile: "main", Ref: "order-7"}
	entry, replayed, err := j.Begin(ctx, proposal, journal.Guard{Window: 2 * time.Minute})
	fmt.Println(entry.ID, entry.State, replayed, err)

	// … the frozen bytes of entry.Call are sent, and no answer comes …
	outcome := api.Outcome{Verdict: api.Unknown, Cause: api.CauseTimeout}
	entry, err = j.Update(ctx, entry.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.AnswerOf(outcome, now())}}, nil
	})
	fmt.Println(entry.ID, entry.State, entry.Code, err)

	entry, replayed, err = j.Begin(ctx, proposal, journal.Guard{})
	fmt.Println(entry.ID, entry.State, replayed, err)

	proposal.Ref = "order-8"
	_, _, err = j.Begin(ctx, proposal, journal.Guard{Again: true})
	fmt.Println(err)
	// Output:
	// 1 open false <nil>
	// 1 unknown timeout <nil>
	// 1 unknown true <nil>
	// held back (unresolved) by operation 1
}

// The worst evidence stands: a refusal says nothing about an attempt before it
// whose answer was lost.
func ExampleFold() {
	body := []byte(`{"user_id":"2564568","status":"paid","amount":6000.00,"currency":"UZS",` +
		`"payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`)
	facts := []journal.Fact{
		{Position: 1, Content: journal.Intent{Kind: api.KindDeposit, URL: "https://project.example/d"}, Raw: body},
		{Position: 2, Content: journal.Answer{Verdict: "unknown", Cause: api.CauseTimeout}},
		{Position: 3, Content: journal.Answer{Verdict: "refused", Code: "PROJECT_NOT_FOUND"}},
		{Position: 4, Content: journal.Decision{Ruling: journal.RuledNotCredited, Note: "asked the manager"}},
		{Position: 5, Content: journal.Answer{Verdict: "done", DepositID: "raisboy_dep_1"}},
	}
	for n := 1; n <= len(facts); n++ {
		entry, err := journal.Fold(facts[:n])
		fmt.Println(facts[n-1].Kind(), entry.State, err)
	}
	// Output:
	// intent open <nil>
	// answer unknown <nil>
	// answer unknown <nil>
	// decision refused <nil>
	// answer conflict <nil>
}
