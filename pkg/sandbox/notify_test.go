package sandbox

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// notice sends Webhook 2.
func (b *bench) notice(id, status, amount, currency string) reply {
	return b.post(notifyPath+systemID+"/"+id, noticeBody(id, status, amount, currency))
}

func noticeBody(id, status, amount, currency string) string {
	return fmt.Sprintf(`{"payout_id":%q,"status":%q,"amount":%s,"currency":%q,"timestamp":%q}`, id, status, amount, currency, someTime)
}

// accepted creates a payout that may be completed.
func (b *bench) accepted(requestID string) string {
	b.t.Helper()
	id := b.post(PayoutPath, payoutBody("kxa1234", "5000.00", requestID)).created(b.t, "pending", "5000.00", requestID)
	if _, err := b.server.accept(id); err != nil {
		b.t.Fatal(err)
	}
	return id
}

func TestWebhook2(t *testing.T) {
	b := begin(t, Options{})
	id := b.accepted("r1")
	const ok, path = `{"success":true}`, notifyPath + systemID + "/"
	no := func(name string) string { return `{"success":false,"error":"` + name + `"}` }
	unsigned := func(r *http.Request) { r.Header.Set("X-Signature", "0") }
	right := noticeBody(id, "completed", "5000.0", "UZS")
	for _, c := range []struct {
		name, path, body string
		change           func(*http.Request)
		status           int
		want             string
	}{
		{"empty", path + id, "", unsigned, 400, no("empty_body")},
		{"broken", path + id, "{", unsigned, 400, no("invalid_json")},
		{"no object", path + id, "[]", unsigned, 400, no("invalid_json")},
		{"two statuses", path + id, `{"status":"cancelled","status":"completed"}`, unsigned, 400, no("invalid_json")},
		{"unsigned", path + "pout_nobody", right, unsigned, 401, no("invalid_signature")},
		{"unknown", path + "pout_nobody", noticeBody("pout_nobody", "completed", "5000.0", "UZS"), nil, 404, no("payment_not_found")},
		{"unknown system", notifyPath + "elsewhere/" + id, right, nil, 404, no("payment_not_found")},
		{"no payout", notifyPath + systemID, right, nil, 404, no("payment_not_found")},
		{"encoded slash", notifyPath + systemID + "%2F" + id, right, nil, 404, no("payment_not_found")},
		{"another payout's body", path + id, noticeBody("pout_other", "completed", "5000.0", "UZS"), nil, 404, no("payment_not_found")},
		{"another amount", path + id, noticeBody(id, "completed", "5000.01", "UZS"), nil, 400, no("invalid_amount")},
		{"amount as text", path + id, noticeBody(id, "completed", `"5000.0"`, "UZS"), nil, 400, no("invalid_amount")},
		{"another currency", path + id, noticeBody(id, "completed", "5000.0", "USD"), nil, 400, no("invalid_currency")},
		{"accepted", path + id, noticeBody(id, "accepted", "5000.0", "UZS"), nil, 400, no("invalid_status")},
		{"no fields", path + id, `{}`, nil, 400, no("invalid_payout_id")},
		{"right, in another form", path + id, noticeBody(id, "completed", "5000.00", "UZS"), nil, 200, ok},
		{"repeated", path + id, right, nil, 200, ok},
		{"the opposite", path + id, noticeBody(id, "cancelled", "5000.0", "UZS"), nil, 400, no("already_final")},
		{"no content type", path + id, right, func(r *http.Request) { r.Header.Del("Content-Type") }, 200, ok},
	} {
		req := b.request(c.path, c.body)
		if c.change != nil {
			c.change(req)
		}
		t.Run(c.name, func(t *testing.T) { b.do(req).want(t, c.status, c.want) })
	}
	if all := b.entries(PayoutStatus); len(all) != 2 || all[1].Status != statusCompleted || all[1].PayoutID != id {
		t.Errorf("ledger: %+v", all)
	}
	account, err := b.server.Account()
	if err != nil || account != (Account{PaidOut: 5000_00, Balance: 5000_00}) {
		t.Errorf("%+v, %v", account, err)
	}
}

func TestWebhook2Cancels(t *testing.T) {
	b := begin(t, Options{})
	b.notice(b.accepted("r"), "cancelled", "5000.0", "UZS").want(t, 200, `{"success":true}`)
	account, err := b.server.Account()
	if err != nil || account != (Account{}) {
		t.Errorf("%+v, %v", account, err)
	}
}

// TestWebhook2BeforeWebhook1: nobody was given that webhook_url.
func TestWebhook2BeforeWebhook1(t *testing.T) {
	b := begin(t, Options{})
	id := b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r")
	b.notice(id, "completed", "1.0", "UZS").want(t, 404, `{"success":false,"error":"payment_not_found"}`)
}

// TestOppositeNotices races completed against cancelled: one of them holds.
func TestOppositeNotices(t *testing.T) {
	b := begin(t, Options{})
	id := b.accepted("r")
	var mu sync.Mutex
	taken := map[string]int{}
	var wg sync.WaitGroup
	for i := range 20 {
		status := []string{statusCompleted, statusCancelled}[i%2]
		wg.Go(func() {
			if b.notice(id, status, "5000.0", "UZS").status == 200 {
				mu.Lock()
				taken[status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(taken) != 1 || len(b.entries(PayoutStatus)) != 2 {
		t.Errorf("taken: %v, ledger: %+v", taken, b.entries(PayoutStatus))
	}
}
