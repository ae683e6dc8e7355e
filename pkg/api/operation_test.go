package api

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/currency"

	"github.com/raisboy/raisboy/pkg/money"
)

// The bodies are the document's, key for key and byte for byte.
func TestBodies(t *testing.T) {
	strange := deposit()
	strange.UserID = `#KXA1234 <Юля & "Ко"> \ 👨‍👩‍👧`
	cancelled := notice()
	cancelled.Status, cancelled.Amount = StatusCancelled, 1
	tests := []struct {
		make func() (Call, error)
		url  string
		body string
	}{
		{func() (Call, error) { return validation().Call(endpoints) },
			"https://project.example/api/v4/payments/raisboy/validate-user", `{"user_id":"2564568"}`},
		{func() (Call, error) { return deposit().Call(endpoints) },
			"https://project.example/api/v4/payments/raisboy/deposit/create",
			`{"user_id":"456789","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
		{func() (Call, error) {
			return strange.Call(Endpoints{BaseURL: "http://127.0.0.1:8787/", APIPrefix: "api/"})
		},
			"http://127.0.0.1:8787/api/deposit/create",
			`{"user_id":"#KXA1234 <Юля & \"Ко\"> \\ 👨‍👩‍👧","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
		{func() (Call, error) { return payout().Call(endpoints) },
			"https://project.example/api/payout/create",
			`{"user_id":"kxa1234","amount":5000.00,"currency":"UZS","payment_method":"bank_card","request_id":"payout_req_789","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
		{func() (Call, error) { return payout().Call(Endpoints{PayoutURL: "https://pay.example/create"}) },
			"https://pay.example/create",
			`{"user_id":"kxa1234","amount":5000.00,"currency":"UZS","payment_method":"bank_card","request_id":"payout_req_789","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
		{func() (Call, error) { return cancelled.Call() },
			"https://project.example/api/payments/notify/17/pout_789",
			`{"payout_id":"pout_789","status":"cancelled","amount":0.01,"currency":"UZS","timestamp":"2025-11-27T12:39:17.281+00:00"}`},
	}
	for _, tt := range tests {
		call, err := tt.make()
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		if diff := cmp.Diff(tt.body, string(call.Body)); diff != "" || call.URL != tt.url {
			t.Errorf("%s\n%s", call.URL, diff)
		}
		if call.Repeatable != (call.Kind != KindDeposit) {
			t.Errorf("%s: Repeatable is %v", call.Kind, call.Repeatable)
		}
	}
}

func TestFieldErrors(t *testing.T) {
	const long = 65
	tests := []struct {
		name    string
		check   error
		field   string
		problem Problem
		limit   int
	}{
		{"user empty", Validation{}.Check(), "user_id", ProblemEmpty, 0},
		{"user long", Validation{UserID: strings.Repeat("ж", long)}.Check(), "user_id", ProblemTooLong, 64},
		{"user endless", Validation{UserID: strings.Repeat("ж", 1<<20)}.Check(), "user_id", ProblemTooLong, 64},
		{"user bytes", Validation{UserID: "a\xff"}.Check(), "user_id", ProblemInvalidUTF8, 0},
		{"user line feed", Validation{UserID: "a\nb"}.Check(), "user_id", ProblemControl, 0},
		{"user next line", Validation{UserID: "a\u0085b"}.Check(), "user_id", ProblemControl, 0},
		{"user direction", Validation{UserID: "a\u202Eb"}.Check(), "user_id", ProblemControl, 0},
		{"user separator", Validation{UserID: "a\u2028b"}.Check(), "user_id", ProblemControl, 0},
		{"user byte order mark", Validation{UserID: "\uFEFFa"}.Check(), "user_id", ProblemControl, 0},
		{"user space before", Validation{UserID: " a"}.Check(), "user_id", ProblemOuterSpace, 0},
		{"user space after", Validation{UserID: "a\u00A0"}.Check(), "user_id", ProblemOuterSpace, 0},
		{"deposit user", func() error { d := deposit(); d.UserID = ""; return d.Check() }(), "user_id", ProblemEmpty, 0},
		{"amount zero", func() error { d := deposit(); d.Amount = 0; return d.Check() }(), "amount", ProblemNotPositive, 0},
		{"amount negative", func() error { p := payout(); p.Amount = -1; return p.Check() }(), "amount", ProblemNotPositive, 0},
		{"amount large", func() error { p := payout(); p.Amount = money.Max + 1; return p.Check() }(), "amount", ProblemTooLarge, 0},
		{"currency empty", func() error { p := payout(); p.Currency = ""; return p.Check() }(), "currency", ProblemEmpty, 0},
		{"currency unknown", func() error { p := payout(); p.Currency = "USZ"; return p.Check() }(), "currency", ProblemCurrency, 0},
		{"method empty", func() error { p := payout(); p.PaymentMethod = ""; return p.Check() }(), "payment_method", ProblemEmpty, 0},
		{"method unknown", func() error { p := payout(); p.PaymentMethod = "cash"; return p.Check() }(), "payment_method", ProblemMethod, 0},
		{"request_id", func() error { p := payout(); p.RequestID = strings.Repeat("a", long); return p.Check() }(), "request_id", ProblemTooLong, 64},
		{"time zero", func() error { d := deposit(); d.Timestamp = time.Time{}; return d.Check() }(), "timestamp", ProblemTime, 0},
		{"time far", func() error {
			d := deposit()
			d.Timestamp = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
			return d.Check()
		}(), "timestamp", ProblemTime, 0},
		{"payout_id", func() error { n := notice(); n.PayoutID = strings.Repeat("a", 257); return n.Check() }(), "payout_id", ProblemTooLong, 256},
		{"notice status", func() error { n := notice(); n.Status = StatusAccepted; return n.Check() }(), "status", ProblemStatus, 0},
		{"notice url", func() error { n := notice(); n.URL = "/api"; return n.Check() }(), "webhook_url", ProblemURL, 0},
		{"notice no url", func() error { n := notice(); n.URL = ""; return n.Check() }(), "webhook_url", ProblemEmpty, 0},
		{"notice ftp", func() error { n := notice(); n.URL = "ftp://h/p"; return n.Check() }(), "webhook_url", ProblemURL, 0},
		{"notice user info", func() error { n := notice(); n.URL = "https://a:b@h/p"; return n.Check() }(), "webhook_url", ProblemURL, 0},
		{"notice fragment", func() error { n := notice(); n.URL = "https://h/p#f"; return n.Check() }(), "webhook_url", ProblemURL, 0},
		{"notice long url", func() error { n := notice(); n.URL = "https://h/" + strings.Repeat("a", MaxURL); return n.Check() }(), "webhook_url", ProblemTooLong, 2048},
		{"no base", func() error { _, err := validation().Call(Endpoints{}); return err }(), "url", ProblemURL, 0},
		{"note long", CheckText("note", strings.Repeat("ж", 201), 200), "note", ProblemTooLong, 200},
		{"ref control", CheckText("ref", "a\x1b[2J", MaxID), "ref", ProblemControl, 0},
		{"deposit call", func() error { _, err := Deposit{}.Call(endpoints); return err }(), "user_id", ProblemEmpty, 0},
		{"payout call", func() error { _, err := Payout{}.Call(endpoints); return err }(), "user_id", ProblemEmpty, 0},
		{"notice call", func() error { _, err := Notice{}.Call(); return err }(), "payout_id", ProblemEmpty, 0},
	}
	for _, tt := range tests {
		var field *FieldError
		if !errors.As(tt.check, &field) {
			t.Errorf("%s: %v", tt.name, tt.check)
			continue
		}
		if field.Field != tt.field || field.Problem != tt.problem || field.Limit != tt.limit || len(field.Value) > 4*64 {
			t.Errorf("%s: %+v", tt.name, field)
		}
		if text := field.Error(); strings.ContainsAny(text, "\n\u202e") || !strings.Contains(text, tt.field) {
			t.Errorf("%s: %q", tt.name, text)
		}
	}
	if err := CheckText("note", "asked the manager", 200); err != nil {
		t.Error(err)
	}
	if err := validation().Check(); err != nil {
		t.Errorf("a nil *FieldError came out as an error: %#v", err)
	}
}

func TestCurrencies(t *testing.T) {
	// Codes newer than the tables that they are held against.
	newer := map[string]bool{"MRU": true, "VES": true, "XCG": true, "ZWG": true, "VED": true, "SLE": true}
	codes := strings.Fields(currencies)
	for i, code := range codes {
		if i > 0 && codes[i-1] >= code {
			t.Errorf("%s stands after %s", code, codes[i-1])
		}
		if _, err := currency.ParseISO(code); err != nil && !newer[code] {
			t.Errorf("%s: %v", code, err)
		}
		if !KnownCurrency(code) || KnownCurrency(strings.ToLower(code)) {
			t.Errorf("%s", code)
		}
	}
	// Every region's legal tender of today is in the list.
	for tender := currency.Query(); tender.Next(); {
		if !tender.IsTender() {
			continue
		}
		switch code := tender.Unit().String(); code {
		case "ANG", "SLL", "HRK", "CUC", "ZWL", "MRO", "STD", "BYR", "VEF", "XAU", "CHE", "CHW", "CLF", "COU", "UYI", "UYW", "BOV", "MXV", "USN":
		default:
			if !KnownCurrency(code) {
				t.Errorf("%s is money in %s and missing here", code, tender.Region())
			}
		}
	}
	for _, code := range []string{"", " ", "UZ", "UZSS", "S V", " UZS", "AED AFN", "XXX", "XTS", "USZ", "ЮЗС"} {
		if KnownCurrency(code) {
			t.Errorf("%q is known", code)
		}
	}
}

func TestEndpointsAndStatuses(t *testing.T) {
	origins, err := Endpoints{BaseURL: "https://A.example/", PayoutURL: "https://b.example:8443/x"}.Origins()
	if diff := cmp.Diff([]string{"https://a.example", "https://b.example:8443"}, origins); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if origins, err = endpoints.Origins(); len(origins) != 1 || err != nil {
		t.Error(origins, err)
	}
	if _, err = (Endpoints{}).Origins(); !errors.Is(err, ErrNoOrigin) {
		t.Error(err)
	}
	if _, err = (Endpoints{BaseURL: "https://h\x00"}).Origins(); err == nil {
		t.Error("an address with a NUL is taken")
	}
	if endpoints.URL(KindNotice) != "" {
		t.Error("a notice has an address of its own")
	}
	for i, s := range []PayoutStatus{"", StatusPending, StatusAccepted, StatusCompleted} {
		if s.Rank() != i || s.Final() != (i == 3) {
			t.Errorf("%q: rank %d", s, s.Rank())
		}
	}
	if StatusCancelled.Rank() != 3 || !KindDeposit.MovesMoney() || KindNotice.MovesMoney() {
		t.Error("cancelled is final, and only deposits and payouts move money")
	}
}

func TestSignedPath(t *testing.T) {
	tests := map[string]string{
		"https://h/a/b":          "/a/b",
		"https://h":              "/",
		"https://h?q=1":          "/",
		"https://h/a?q=1":        "/a",
		"https://h/a%2Fb/%D1%8F": "/a%2Fb/%D1%8F",
		"https://h/я":            "/%D1%8F",
		"https://h//a/./b/":      "//a/./b/",
	}
	for address, want := range tests {
		if got, err := SignedPath(address); got != want || err != nil {
			t.Errorf("%s: %q %v", address, got, err)
		}
	}
	if _, err := SignedPath("mailto:a@b"); err == nil {
		t.Error("an address without a host is taken")
	}
}
