package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

func TestAmountOf(t *testing.T) {
	for text, want := range map[string]money.Amount{
		"6000.00": 600000, "6000": 600000, "6000.0": 600000, "5e3": 500000, "0.01": 1,
		"1.10": 110, "-1.00": -100, "0.010": 1, "1.5E+2": 15000,
	} {
		if got, ok := amountOf(jsontext.Value(text)); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"0.001", `"6000.00"`, "1e999", "1e-999", "true", "null", "9e18", strings.Repeat("1", 40)} {
		if got, ok := amountOf(jsontext.Value(text)); ok {
			t.Errorf("%s was read as %v", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := money.Amount(rapid.Int64Range(0, 1e15).Draw(t, "amount"))
		for _, text := range []string{a.String(), rubyFloat(a)} {
			if got, ok := amountOf(jsontext.Value(text)); !ok || got != a {
				t.Fatalf("%s: %v, %v", text, got, ok)
			}
		}
	})
}

func TestRubyFloat(t *testing.T) {
	for a, want := range map[money.Amount]string{500000: "5000.0", 500025: "5000.25", 500020: "5000.2", 1: "0.01", 0: "0.0"} {
		if got := rubyFloat(a); got != want {
			t.Errorf("%d: %s, want %s", a, got, want)
		}
	}
}

// TestOrderOfChecks sends requests with several things wrong: the first check
// answers.
func TestOrderOfChecks(t *testing.T) {
	b := begin(t, Options{})
	unsigned := func(r *http.Request) { r.Header.Set("X-Signature", "0") }
	typed := func(kind string) func(*http.Request) {
		return func(r *http.Request) { unsigned(r); r.Header.Set("Content-Type", kind) }
	}
	const parseError = `{"error":"message body does not match declared format"}`
	for name, c := range map[string]struct {
		path, body string
		change     func(*http.Request)
		status     int
		want       string
	}{
		"type before all":     {DepositPath, `{`, typed("text/plain"), 415, `{"error":"The provided content-type 'text/plain' is not supported."}`},
		"type with charset":   {DepositPath, `{`, typed("application/json; charset=utf-8"), 400, parseError},
		"no type":             {PayoutPath, `{`, func(r *http.Request) { unsigned(r); r.Header.Del("Content-Type") }, 415, `{"error":"The provided content-type '' is not supported."}`},
		"two types":           {PayoutPath, `{}`, func(r *http.Request) { r.Header.Add("Content-Type", "application/json") }, 415, `{"error":"The provided content-type 'application/json, application/json' is not supported."}`},
		"odd type":            {PayoutPath, `{}`, typed("a\"b\xff"), 415, "{\"error\":\"The provided content-type 'a\\\"b\uFFFD' is not supported.\"}"},
		"form":                {ValidatePath, `user_id=1`, typed("application/x-www-form-urlencoded"), 415, `{"error":"The provided content-type 'application/x-www-form-urlencoded' is not supported."}`},
		"body before key":     {DepositPath, `{"user_id":`, unsigned, 400, parseError},
		"duplicate key":       {DepositPath, `{"user_id":"1","user_id":"2"}`, unsigned, 400, parseError},
		"trailing data":       {DepositPath, `{} {}`, unsigned, 400, parseError},
		"not UTF-8":           {DepositPath, "{\"user_id\":\"\xff\"}", unsigned, 400, parseError},
		"too long":            {DepositPath, `"` + strings.Repeat("a", maxBody) + `"`, unsigned, 413, `{"error":"the body is too long"}`},
		"key before fields":   {DepositPath, `{}`, unsigned, 401, `{"status":"error","error_code":"401","message":"INVALID_SIGNATURE"}`},
		"payout's own shape":  {PayoutPath, `{}`, unsigned, 401, `{"success":false,"error_code":"INVALID_SIGNATURE","message":"INVALID_SIGNATURE"}`},
		"payout with its id":  {PayoutPath, `{"request_id":"payout_req_789"}`, unsigned, 401, `{"success":false,"request_id":"payout_req_789","error_code":"INVALID_SIGNATURE","message":"INVALID_SIGNATURE"}`},
		"empty body":          {ValidatePath, ``, func(*http.Request) {}, 400, `{"errors":{"user_id":[{"error":"presence"}]}}`},
		"no object":           {ValidatePath, `["user_id"]`, func(*http.Request) {}, 400, `{"errors":{"user_id":[{"error":"presence"}]}}`},
		"white space is kept": {ValidatePath, "{\n\"user_id\" : \"2564568\"\n}", func(*http.Request) {}, 201, `{"status":"success","data":{"user_id":"#KXA1234","max_amount":5000.00}}`},
	} {
		t.Run(name, func(t *testing.T) {
			req := b.request(c.path, c.body)
			c.change(req)
			b.do(req).want(t, c.status, c.want)
		})
	}
	if all := b.entries(DepositCreated, PayoutCreated); len(all) > 0 {
		t.Errorf("the ledger has %v", all)
	}
}

func TestFields(t *testing.T) {
	b := begin(t, Options{})
	deposit := func(user, status, amount, currency, method, stamp string) string {
		return fmt.Sprintf(`{"user_id":%s,"status":%s,"amount":%s,"currency":%s,"payment_method":%s,"timestamp":%s}`,
			user, status, amount, currency, method, stamp)
	}
	stamp := `"` + someTime + `"`
	domain := func(code int, name string) string {
		return fmt.Sprintf(`{"status":"error","error_code":"%d","message":%q}`, code, name)
	}
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"number as user":    {DepositPath, deposit(`1`, `"paid"`, `1.00`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"user_id":[{"error":"coerce"}]}}`},
		"null":              {DepositPath, deposit(`null`, `"paid"`, `1.00`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"user_id":[{"error":"presence"}]}}`},
		"blank":             {DepositPath, deposit(`" "`, `"paid"`, `1.00`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"user_id":[{"error":"blank"}]}}`},
		"string as amount":  {DepositPath, deposit(`"1"`, `"paid"`, `"1.00"`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"amount":[{"error":"coerce"}]}}`},
		"zero":              {DepositPath, deposit(`"1"`, `"paid"`, `0.00`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"amount":[{"error":"values"}]}}`},
		"negative":          {DepositPath, deposit(`"1"`, `"paid"`, `-1`, `"UZS"`, `"crypto"`, stamp), 400, `{"errors":{"amount":[{"error":"values"}]}}`},
		"zone-less stamp":   {DepositPath, deposit(`"1"`, `"paid"`, `1.00`, `"UZS"`, `"crypto"`, `"2025-11-27T12:39:17.281"`), 400, `{"errors":{"timestamp":[{"error":"coerce"}]}}`},
		"two fields":        {DepositPath, deposit(`"1"`, `"paid"`, `1.00`, `null`, `7`, stamp), 400, `{"errors":{"currency":[{"error":"presence"}],"payment_method":[{"error":"coerce"}]}}`},
		"status":            {DepositPath, deposit(`"1"`, `"pending"`, `1.00`, `"USZ"`, `"crypto"`, stamp), 400, domain(400, "INVALID_STATUS")},
		"currency":          {DepositPath, deposit(`"1"`, `"paid"`, `1.00`, `"USZ"`, `"cash"`, stamp), 400, domain(400, "CURRENCY_NOT_SUPPORTED")},
		"method":            {DepositPath, deposit(`"1"`, `"paid"`, `1.00`, `"UZS"`, `"cash"`, stamp), 400, domain(400, "UNSUPPORTED_PAYMENT_METHOD")},
		"unknown user":      {DepositPath, deposit(`"#KXA1234"`, `"paid"`, `1.00`, `"UZS"`, `"cash"`, stamp), 404, domain(404, "PROJECT_NOT_FOUND")},
		"request_id":        {PayoutPath, strings.Replace(payoutBody("1", "1.00", "RID"), "RID", strings.Repeat("a", 64)+`\u0001`, 1), 400, `{"errors":{"request_id":[{"error":"length"},{"error":"regexp"}]}}`},
		"payout's currency": {PayoutPath, strings.Replace(payoutBody("1", "1.00", "r"), "UZS", "USD", 1), 400, `{"success":false,"request_id":"r","error_code":"CURRENCY_NOT_SUPPORTED","message":"CURRENCY_NOT_SUPPORTED"}`},
	} {
		t.Run(name, func(t *testing.T) { b.post(c.path, c.body).want(t, c.status, c.want) })
	}
	for _, method := range []string{"bank_card", "bank_transfer", "wallet_transfer", "crypto"} {
		if got := b.post(DepositPath, deposit(`"1"`, `"paid"`, `1.00`, `"UZS"`, `"`+method+`"`, stamp)); got.status != 201 {
			t.Errorf("%s: %d %s", method, got.status, got.body)
		}
	}
}
