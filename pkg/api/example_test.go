package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
)

func ExampleDeposit() {
	call, err := api.Deposit{
		UserID:        "456789",
		Amount:        6000_00,
		Currency:      "UZS",
		PaymentMethod: api.MethodBankCard,
		Timestamp:     time.Date(2025, 11, 27, 12, 39, 17, 281e6, time.UTC),
	}.Call(api.Endpoints{BaseURL: "https://project.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(call.URL)
	fmt.Println(string(call.Body))
	fmt.Println(call.Repeatable)
	// Output:
	// https://project.example/api/v4/payments/raisboy/deposit/create
	// {"user_id":"456789","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}
	// false
}

func ExampleFieldError() {
	err := api.Deposit{UserID: "456789", Amount: 6000_00, Currency: "USZ"}.Check()
	fmt.Println(err)
	// Output:
	// currency: unknown_currency: "USZ"
}

func ExampleClient() {
	project := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"status":"error","error_code":"404","message":"USER_NOT_FOUND"}`)
	}))
	defer project.Close()

	key, err := sign.NewKey([]byte("sk_test"))
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &api.Client{
		Transport: api.NewTransport(api.TransportOptions{}),
		Key:       key,
		APIKey:    "pk_test",
		Now:       time.Now,
	}
	call, err := api.Validation{UserID: "nobody"}.Call(api.Endpoints{BaseURL: project.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome := client.Send(context.Background(), call)
	fmt.Println(outcome.Verdict, outcome.HTTPStatus, outcome.Code)
	// Output:
	// refused 404 USER_NOT_FOUND
}

func ExampleReadOutcome() {
	call := api.Call{Kind: api.KindDeposit}
	for _, answer := range []string{
		`{"status":"success","message":"OK","deposit_id":"raisboy_dep_1"}`,
		`{"status":"success","message":"OK"}`,
	} {
		outcome := api.ReadOutcome(call, http.StatusCreated, nil, []byte(answer))
		fmt.Printf("%v %q\n", outcome.Verdict, outcome.Cause)
	}
	// Output:
	// done ""
	// unknown "malformed_answer"
}

func ExampleReadWebhook() {
	webhook, err := api.ReadWebhook([]byte(`{"success":true,"payout_id":"pout_789","status":"accepted","amount":5000.0,"currency":"UZS"}`))
	fmt.Println(webhook.PayoutID, webhook.Status, webhook.Amount, err)
	_, err = api.ReadWebhook([]byte(`{"status":"cancelled","STATUS":"completed"}`))
	fmt.Println(err)
	// Output:
	// pout_789 accepted 5000.00 <nil>
	// not strict JSON: names that differ only in case: "STATUS"
}
