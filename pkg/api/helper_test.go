package api

import (
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
)

var stamp = time.Date(2025, 11, 27, 17, 39, 17, 281_999_999, time.FixedZone("", 5*3600))

var endpoints = Endpoints{BaseURL: "https://project.example"}

func validation() Validation { return Validation{UserID: "2564568"} }

func deposit() Deposit {
	return Deposit{UserID: "456789", Amount: 600000, Currency: "UZS", PaymentMethod: MethodBankCard, Timestamp: stamp}
}

func payout() Payout {
	return Payout{UserID: "kxa1234", Amount: 500000, Currency: "UZS", PaymentMethod: MethodBankCard,
		RequestID: "payout_req_789", Timestamp: stamp}
}

func notice() Notice {
	return Notice{PayoutID: "pout_789", Status: StatusCompleted, Amount: 500000, Currency: "UZS", Timestamp: stamp,
		URL: "https://project.example/api/payments/notify/17/pout_789"}
}

// callOf makes the document's own request of a kind.
func callOf(t testing.TB, kind Kind) Call {
	t.Helper()
	var call Call
	var err error
	switch kind {
	case KindValidation:
		call, err = validation().Call(endpoints)
	case KindDeposit:
		call, err = deposit().Call(endpoints)
	case KindPayout:
		call, err = payout().Call(endpoints)
	case KindNotice:
		call, err = notice().Call()
	default:
		t.Fatalf("no call of kind %q", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func kinds() []Kind { return []Kind{KindValidation, KindDeposit, KindPayout, KindNotice} }

func newClient(t testing.TB) *Client {
	t.Helper()
	key, err := sign.NewKey([]byte("sk_test_do_not_use_in_production"))
	if err != nil {
		t.Fatal(err)
	}
	return &Client{
		Key:     key,
		APIKey:  "pk_test_0123456789",
		Now:     func() time.Time { return time.Unix(1764247157, 0) },
		Timeout: time.Minute,
	}
}
