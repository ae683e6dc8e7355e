package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

// TestUsers goes through the contract's users at all three endpoints.
func TestUsers(t *testing.T) {
	b := begin(t, Options{})
	plainValid := func(id string) string {
		return fmt.Sprintf(`201 {"status":"success","data":{"user_id":%q,"max_amount":1000000.00}}`, id)
	}
	status := func(code int, name string) string {
		return fmt.Sprintf(`%d {"status":"error","error_code":"%d","message":%q}`, code, code, name)
	}
	const (
		grape415 = `415 {"error":"The provided content-type 'application/json' is not supported."}`
		grape400 = `400 {"errors":{"user_id":[{"error":"presence"}]}}`
		credited = `201 {"status":"success","message":"OK","deposit_id":"SUM"}`
	)
	for _, c := range []struct{ id, amount, validate, deposit string }{
		{"456789", "1000000.00", plainValid("456789"), credited},
		{"kxa1234", "1000000.01", plainValid("kxa1234"), status(403, "EXCEEDS_MAX_AMOUNT")},
		{"2564568", "5000.00", `201 {"status":"success","data":{"user_id":"#KXA1234","max_amount":5000.00}}`, credited},
		{"2564568", "5000.01", `201 {"status":"success","data":{"user_id":"#KXA1234","max_amount":5000.00}}`, status(403, "EXCEEDS_MAX_AMOUNT")},
		{"u404", "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
		{"u403", "1.00", status(403, "PROHIBITED_FOR_USER"), status(403, "PROHIBITED_FOR_USER")},
		{"u401", "1.00", status(401, "INVALID_SIGNATURE"), status(401, "INVALID_SIGNATURE")},
		{"u415", "1.00", grape415, grape415},
		{"u400", "1.00", grape400, grape400},
		{"u403-b", "1.00", status(403, "PROHIBITED_FOR_USER"), status(403, "PROHIBITED_FOR_USER")},
		{"umax500", "500.00", `201 {"status":"success","data":{"user_id":"umax500","max_amount":500.00}}`, credited},
		{"umax500-b", "500.01", `201 {"status":"success","data":{"user_id":"umax500-b","max_amount":500.00}}`, status(403, "EXCEEDS_MAX_AMOUNT")},
		{"umax", "600.00", plainValid("umax"), credited},
		{"unomax", "9000000.00", `201 {"status":"success","data":{"user_id":"unomax"}}`, credited},
		{"dup", "1.00", plainValid("dup"), status(400, "DEPOSIT_ALREADY_PROCESSED")},
		{"currency", "1.00", plainValid("currency"), status(400, "CURRENCY_NOT_SUPPORTED")},
		{"method", "1.00", plainValid("method"), status(400, "UNSUPPORTED_PAYMENT_METHOD")},
		{"badstatus", "1.00", plainValid("badstatus"), status(400, "INVALID_STATUS")},
		{"noproject", "1.00", plainValid("noproject"), status(404, "PROJECT_NOT_FOUND")},
		{"mismatch", "1.00", plainValid("mismatch"), credited},
		{"slow", "1.00", plainValid("slow"), credited},
		{"#KXA1234", "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
		{"nobody-1", "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
		{"drop_1", "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
		{"-", "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
		{strings.Repeat("a", 65), "1.00", status(404, "USER_NOT_FOUND"), status(404, "PROJECT_NOT_FOUND")},
	} {
		t.Run(c.id, func(t *testing.T) {
			got := b.post(ValidatePath, `{"user_id":"`+c.id+`"}`)
			if text := fmt.Sprint(got.status, " ", got.body); text != c.validate {
				t.Errorf("validation: %s\nwant %s", text, c.validate)
			}
			body := depositBody(c.id, c.amount)
			got = b.post(DepositPath, body)
			want := strings.Replace(c.deposit, "SUM", "raisboy_dep_"+digest([]byte(body)), 1)
			if text := fmt.Sprint(got.status, " ", got.body); text != want {
				t.Errorf("deposit: %s\nwant %s", text, want)
			}
			// A payout refuses for the same reason, by name.
			got = b.post(PayoutPath, payoutBody(c.id, c.amount, "r-"+c.id))
			if good := strings.HasPrefix(c.deposit, "201"); good != (got.status == 201) {
				t.Errorf("payout: %d %s", got.status, got.body)
			}
			if _, name, ok := strings.Cut(c.deposit, `"message":`); ok && got.status != 201 {
				name = strings.Trim(name, `"}`)
				want := fmt.Sprintf(`{"success":false,"request_id":"r-%s","error_code":%q,"message":%q}`, c.id, name, name)
				if len(c.id) > 60 { // its request_id would be too long
					return
				}
				if got.body != want {
					t.Errorf("payout: %s\nwant %s", got.body, want)
				}
			}
		})
	}
}

func TestMismatch(t *testing.T) {
	b := begin(t, Options{})
	got := b.post(PayoutPath, payoutBody("mismatch", "100.00", "r"))
	got.created(t, "pending", "101.00", "r")
	if all := b.entries(PayoutCreated); len(all) != 1 || all[0].Amount != 100_00 {
		t.Errorf("ledger: %v", all)
	}
}

// TestUserConduct says what a client sees of those who misbehave at creation,
// and whether the money moved.
func TestUserConduct(t *testing.T) {
	b := begin(t, Options{})
	for id, c := range map[string]struct {
		status    int // 0: no answer at all
		broken    bool
		processed bool
	}{
		"drop":       {processed: true, broken: true},
		"drop-7":     {processed: true, broken: true},
		"e500":       {status: 500, processed: true},
		"html":       {status: 200, processed: true},
		"truncated":  {status: 201, processed: true, broken: true},
		"slow":       {status: 201, processed: true},
		"u429":       {status: 429},
		"u302":       {status: 302},
		"mismatch":   {status: 201, processed: true},
		"dup":        {status: 400},
		"mismatch-x": {status: 201, processed: true},
	} {
		t.Run(id, func(t *testing.T) {
			if got := b.post(ValidatePath, `{"user_id":"`+id+`"}`); got.status != 201 {
				t.Errorf("validation: %d", got.status)
			}
			deposits, payouts := len(b.entries(DepositCreated)), len(b.entries(PayoutCreated))
			for _, got := range []reply{
				b.post(DepositPath, depositBody(id, "7.00")),
				b.post(PayoutPath, payoutBody(id, "7.00", "r-"+id)),
				b.post(PayoutPath, payoutBody(id, "7.00", "r-"+id)), // again: the same, processed once
			} {
				if got.status != c.status || (got.err != nil) != c.broken {
					t.Errorf("%d %s (%v)", got.status, got.body, got.err)
				}
			}
			n := 0
			if c.processed {
				n = 1
			}
			if d, p := len(b.entries(DepositCreated))-deposits, len(b.entries(PayoutCreated))-payouts; d != n || p != n {
				t.Errorf("%d deposits and %d payouts in the ledger, want %d of each", d, p, n)
			}
		})
	}
	got := b.post(DepositPath, depositBody("u429", "1.00"))
	if got.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	got = b.post(DepositPath, depositBody("html", "1.00"))
	if !strings.HasPrefix(got.body, "<!DOCTYPE html>") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %s", got.header.Get("Content-Type"), got.body)
	}
}
