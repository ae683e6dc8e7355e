package desk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// silent is a project that takes a deposit and does not answer.
type silent struct{}

func (silent) Send(_ context.Context, call api.Call) api.Outcome {
	if call.Kind == api.KindValidation {
		return api.Outcome{Verdict: api.Done, UserID: "#KXA1234"}
	}
	return api.Outcome{Verdict: api.Unknown, Cause: api.CauseTimeout}
}

// A deposit whose answer did not arrive is neither done nor failed. The next
// one like it is held back until a person has found out.
func ExampleDesk() {
	folder, err := os.MkdirTemp("", "desk")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx := context.Background()
	record, err := journal.Open(ctx, filepath.Join(folder, "main.db"), journal.Options{Desk: "till-1", Now: time.Now})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = record.Close() }()

	till := &desk.Desk{
		Journal: record, Client: silent{}, Now: time.Now, Profile: "main", APIKey: "key",
		Endpoints: api.Endpoints{BaseURL: "https://project.example"}, Window: 2 * time.Minute,
	}
	order := desk.Order{
		Kind: api.KindDeposit, UserID: "2564568", Amount: 600000, Currency: "UZS", PaymentMethod: "bank_card",
	}
	for range 2 {
		r, err := till.Do(ctx, order)
		switch {
		case err != nil:
			fmt.Println("nothing was sent:", err)
		case r.Held != nil:
			fmt.Println(r.Held)
		default:
			fmt.Println(r.Entry.ID, r.Entry.State, r.Entry.Code)
		}
	}
	r, err := till.Resolve(ctx, 1, desk.Settlement{Ruling: journal.RuledCredited, Note: "the manager sees it"})
	fmt.Println(r.Entry.State, err)
	// Output:
	// 1 unknown timeout
	// held back (unresolved) by operation 1
	// done <nil>
}

// A webhook_url comes from outside: it is looked at before the cash is paid.
func ExampleDesk_CheckNoticeURL() {
	till := &desk.Desk{Endpoints: api.Endpoints{BaseURL: "https://project.example"}}
	fmt.Println(till.CheckNoticeURL("https://project.example/api/payments/notify/s1/pout_7", "pout_7"))
	fmt.Println(till.CheckNoticeURL("https://evil.example/api/payments/notify/s1/pout_7", "pout_7"))
	fmt.Println(till.CheckNoticeURL("https://project.example/api/payments/notify/s1/pout_8", "pout_7"))
	// Output:
	// <nil>
	// webhook_url names a host that the profile does not allow
	// webhook_url does not have the document's path with this payout's id
}
