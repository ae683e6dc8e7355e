package webhook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

func TestRecorded(t *testing.T) {
	withStamp := func(s signed, stamp string) signed { s.stamp = stamp; return s }
	withSecret := func(s signed, secret string) signed { s.secret = secret; return s }
	withBody := func(body string) signed { s := final(); s.body = body; return s }
	withPath := func(s signed, over, to string) signed { s.over, s.to = over, to; return s }
	for _, test := range []struct {
		name   string
		send   signed
		public string
		path   webhook.SignedPath
		key    int
	}{
		{"webhook 1 over webhook_url", webhook1(), "", webhook.SignedWebhookURL, 0},
		{"webhook 1 over the request's path", withPath(webhook1(), hookPath, hookPath), "", webhook.SignedRequest, 0},
		{"webhook 1 to the root", withPath(webhook1(), notifyPath, "/"), "", webhook.SignedWebhookURL, 0},
		{"both paths equal", withPath(webhook1(), notifyPath, notifyPath), "", webhook.SignedWebhookURL, 0},
		{"final status", final(), "", webhook.SignedRequest, 0},
		{"query is not signed", withPath(final(), hookPath, hookPath+"?a=b"), "", webhook.SignedRequest, 0},
		{"encoded path as it came", withPath(final(), "/h%6Fok%2Fs/%D1%8F", "/h%6Fok%2Fs/%D1%8F"), "", webhook.SignedRequest, 0},
		{"doubled slash as it came", withPath(final(), "//hooks//x/../y", "//hooks//x/../y"), "", webhook.SignedRequest, 0},
		{"absolute form without a path", withPath(final(), "/", "http://desk.example"), "", webhook.SignedRequest, 0},
		{"previous secret", withSecret(webhook1(), testPrevious), "", webhook.SignedWebhookURL, 1},
		{"previous secret, final status", withSecret(final(), testPrevious), "", webhook.SignedRequest, 1},
		{"just old enough", withStamp(final(), sign.Unix.Format(testNow().Add(-5*time.Minute))), "", webhook.SignedRequest, 0},
		{"just new enough", withStamp(final(), sign.Unix.Format(testNow().Add(5*time.Minute))), "", webhook.SignedRequest, 0},
		{"ISO 8601", withStamp(final(), sign.ISO8601.Format(testNow())), "", webhook.SignedRequest, 0},
		{"success:false", withBody(`{"success":false,"request_id":"r"}`), "", webhook.SignedRequest, 0},
		{"unknown status", withBody(`{"payout_id":"p","status":"frozen"}`), "", webhook.SignedRequest, 0},
		{"webhook_url is no address", withBody(`{"payout_id":"p","status":"accepted","webhook_url":"://"}`), "", webhook.SignedRequest, 0},
		{"largest body", withBody(completed + strings.Repeat(" ", 64<<10-len(completed))), "", webhook.SignedRequest, 0},
		{"prefix taken away", withPath(final(), "/desk/7/in", "/in"), "https://desk.example/desk/7", webhook.SignedRequest, 0},
		{"prefix taken away, slash at its end", withPath(final(), "/desk/7/in", "/in"), "https://desk.example/desk/7/", webhook.SignedRequest, 0},
		{"prefix kept", withPath(final(), "/desk/7/in", "/desk/7/in"), "https://desk.example/desk/7", webhook.SignedRequest, 0},
		{"public path became the root", withPath(final(), "/desk/7", "/"), "https://desk.example/desk/7", webhook.SignedRequest, 0},
		{"public path with slash became the root", withPath(final(), "/desk/7/", "/"), "https://desk.example/desk/7", webhook.SignedRequest, 0},
		{"public path rewritten", withPath(final(), "/desk%2F7", "/other"), "https://desk.example/desk%2F7", webhook.SignedRequest, 0},
		{"public URL without a path", withPath(final(), "/in", "/in"), "https://desk.example", webhook.SignedRequest, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := &memory{}
			receiver := newReceiver(t, sink)
			if test.public != "" {
				receiver.PublicURL = mustParse(t, test.public)
			}
			got := answerOf(receiver, test.send.request(t))
			if got.Code != 200 || got.Body.String() != ok || got.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("answer %d %s; rejected %+v", got.Code, got.Body, sink.rejected)
			}
			if len(sink.rejected) != 0 || len(sink.recorded()) != 1 {
				t.Fatalf("%d recorded, %d rejected", len(sink.events), len(sink.rejected))
			}
			e := sink.events[0]
			if e.SignedPath != test.path || e.KeyIndex != test.key {
				t.Errorf("signed path %s, key %d; want %s, %d", e.SignedPath, e.KeyIndex, test.path, test.key)
			}
		})
	}
}

// A public URL makes only its own paths good.
func TestPublicURLIsNoWildcard(t *testing.T) {
	s := final()
	s.over = "/elsewhere"
	receiver := newReceiver(t, &memory{})
	receiver.PublicURL = mustParse(t, "https://desk.example/desk")
	if got := answerOf(receiver, s.request(t)); got.Code != 401 {
		t.Errorf("answer %d", got.Code)
	}
}

// Requests that we send ourselves are signed with the same secret.
func TestReflected(t *testing.T) {
	to := api.Endpoints{BaseURL: "https://project.example", APIPrefix: "/api/v4/payments/raisboy", PayoutURL: "https://project.example/api/payout/create"}
	calls := map[string]func() (api.Call, error){
		"validation": func() (api.Call, error) { return api.Validation{UserID: "2564568"}.Call(to) },
		"deposit": func() (api.Call, error) {
			return api.Deposit{UserID: "456789", Amount: 600000, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: testNow()}.Call(to)
		},
		"payout": func() (api.Call, error) {
			return api.Payout{UserID: "456789", Amount: 600000, Currency: "UZS", PaymentMethod: "bank_card", RequestID: "r1", Timestamp: testNow()}.Call(to)
		},
	}
	for name, make := range calls {
		t.Run(name, func(t *testing.T) {
			call, err := make()
			if err != nil {
				t.Fatal(err)
			}
			path, err := api.SignedPath(call.URL)
			if err != nil {
				t.Fatal(err)
			}
			s := final()
			s.over, s.to, s.body = path, path, string(call.Body)
			sink := &memory{}
			got := answerOf(newReceiver(t, sink), s.request(t))
			if got.Code != 400 || got.Body.String() != invalidJSON || len(sink.recorded()) != 0 {
				t.Errorf("answer %d %s, %d recorded", got.Code, got.Body, len(sink.recorded()))
			}
			if len(sink.rejected) != 1 || sink.rejected[0].Reason != webhook.ReasonNotWebhook {
				t.Errorf("rejected %+v", sink.rejected)
			}
		})
	}
}
