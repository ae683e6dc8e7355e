package api

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

// drawCall makes any call that can be made.
func drawCall(t *rapid.T) Call {
	id := rapid.StringN(1, 64, 256).Filter(func(s string) bool { return checkID("id", s, MaxID) == nil })
	amount := money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "amount"))
	at := time.UnixMilli(rapid.Int64Range(0, 253402300799999).Draw(t, "time"))
	code := rapid.SampledFrom(strings.Fields(currencies)).Draw(t, "currency")
	method := rapid.SampledFrom(PaymentMethods()).Draw(t, "method")
	var call Call
	var err error
	switch rapid.SampledFrom(kinds()).Draw(t, "kind") {
	case KindValidation:
		call, err = Validation{UserID: id.Draw(t, "user")}.Call(endpoints)
	case KindDeposit:
		call, err = Deposit{id.Draw(t, "user"), amount, code, method, at}.Call(endpoints)
	case KindPayout:
		call, err = Payout{id.Draw(t, "user"), amount, code, method, id.Draw(t, "request"), at}.Call(endpoints)
	case KindNotice:
		status := rapid.SampledFrom([]PayoutStatus{StatusCompleted, StatusCancelled}).Draw(t, "status")
		call, err = Notice{id.Draw(t, "payout"), status, amount, code, at, "https://h.example/n/1"}.Call()
	}
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func TestParseCallRebuildsEveryCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawCall(t)
		got, err := ParseCall(want.Kind, want.URL, want.Body)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	})
}

// Bodies of plain texts are read the quick way.
func TestReadPlain(t *testing.T) {
	for _, kind := range kinds() {
		call := callOf(t, kind)
		if terms, ok := readPlain(members(kind), string(call.Body)); !ok || terms != call.Terms {
			t.Errorf("%s: %v, %+v", call.Body, ok, terms)
		}
	}
}

// An answer that echoes a payout exactly is done; with any one echo changed it
// is a mismatch.
func TestEchoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := payout()
		sent.Amount = money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "sent"))
		call, err := sent.Call(endpoints)
		if err != nil {
			t.Fatal(err)
		}
		echoed := money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "echoed"))
		if rapid.Bool().Draw(t, "equal") {
			echoed = sent.Amount
		}
		body := strings.Replace(payoutDone, "5000.00", echoed.String(), 1)
		o := ReadOutcome(call, 201, nil, []byte(body))
		want := Mismatch
		if echoed == sent.Amount {
			want = Done
		}
		if o.Verdict != want || o.Amount != echoed {
			t.Fatalf("sent %v, echoed %v: %v", sent.Amount, echoed, o.Verdict)
		}
	})
}

func TestParseCallRefuses(t *testing.T) {
	body := string(callOf(t, KindDeposit).Body)
	tests := []struct {
		name string
		kind Kind
		body string
		want error
	}{
		{"kind", "refund", body, ErrKind},
		{"other kind", KindPayout, body, ErrInvalidJSON},
		{"empty", KindDeposit, "", ErrEmptyBody},
		{"key more", KindDeposit, strings.Replace(body, "{", `{"x":1,`, 1), ErrInvalidJSON},
		{"key less", KindDeposit, strings.Replace(body, `"status":"paid",`, "", 1), ErrInvalidJSON},
		{"key other", KindDeposit, strings.Replace(body, "status", "state", 1), ErrInvalidJSON},
		{"key twice", KindDeposit, strings.Replace(body, "{", `{"user_id":"1",`, 1), ErrInvalidJSON},
		{"amount text", KindDeposit, strings.Replace(body, "6000.00", `"6000.00"`, 1), ErrInvalidJSON},
		{"amount inexact", KindDeposit, strings.Replace(body, "6000.00", `6000.001`, 1), ErrInvalidJSON},
		{"user number", KindDeposit, strings.Replace(body, `"456789"`, `456789`, 1), ErrInvalidJSON},
	}
	for _, tt := range tests {
		call, err := ParseCall(tt.kind, "https://h", []byte(tt.body))
		if !errors.Is(err, tt.want) || !cmp.Equal(call, Call{}) {
			t.Errorf("%s: %v %+v", tt.name, err, call)
		}
	}
	if _, err := appendBody(nil, "refund", Terms{}); !errors.Is(err, ErrKind) {
		t.Error(err)
	}
	var field *FieldError
	if _, err := appendBody(nil, KindValidation, Terms{UserID: "\xff"}); !errors.As(err, &field) {
		t.Error(err)
	}
}
