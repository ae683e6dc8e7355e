package shift_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/shift"
)

// A shift of one deposit, closed with the cash counted.
func ExampleClose() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "shift")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	noon := time.Date(2025, 11, 27, 12, 0, 0, 0, time.UTC)
	j, err := journal.Open(ctx, filepath.Join(folder, "main.db"), journal.Options{
		Desk: "till-1", OSUser: "anna", Now: func() time.Time { return noon }})
	if err != nil {
		panic(err)
	}
	defer func() { _ = j.Close() }()

	if _, err := j.OpenShift(ctx, journal.Opening{Profile: "main", Float: 10_000_00, Currency: "UZS"}); err != nil {
		panic(err)
	}
	call, err := api.Deposit{UserID: "2564568", Amount: 6000_00, Currency: "UZS", PaymentMethod: api.MethodBankCard, Timestamp: noon}.
		Call(api.Endpoints{BaseURL: "https://project.example"})
	if err != nil {
		panic(err)
	}
	e, _, err := j.Begin(ctx, journal.Proposal{Call: call, Profile: "main"}, journal.Guard{})
	if err != nil {
		panic(err)
	}
	_, err = j.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.Answer{Verdict: "done", HTTPStatus: 201}}}, nil
	})
	if err != nil {
		panic(err)
	}

	z, err := shift.Close(ctx, j, journal.Closing{Profile: "main", Counted: 15_990_00, HasCounted: true})
	if err != nil {
		panic(err)
	}
	till := z.Till()
	fmt.Println(z.Type, z.Shift, "expected", till.Expected, "counted", till.Counted, "difference", till.Difference)
	// Output: Z 1 expected 16000.00 counted 15990.00 difference -10.00
}
