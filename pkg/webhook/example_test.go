package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// printing is a Sink that knows one payout. A real one writes to a disk.
type printing struct{ known string }

func (p printing) Record(_ context.Context, e webhook.Event) (webhook.Ack, error) {
	fmt.Println("recorded:", e.Webhook.PayoutID, e.Webhook.Status, "signed over", e.SignedPath)
	if e.Webhook.PayoutID != p.known {
		return webhook.AckUnknownPayment, nil
	}
	return webhook.AckRecorded, nil
}

func (p printing) Reject(_ context.Context, r webhook.Rejected) error {
	fmt.Println("refused:", r.Reason)
	return nil
}

// A final status comes in, is verified, recorded and acknowledged; a changed
// one is refused.
func ExampleReceiver() {
	key, err := sign.NewKey([]byte("sk_test_do_not_use_in_production"))
	if err != nil {
		fmt.Println(err)
		return
	}
	receiver := &webhook.Receiver{
		Verifier: sign.Verifier{Keys: []*sign.Key{key}, APIKey: "pk_test_0123456789"},
		Sink:     printing{known: "pout_789"},
		Now:      func() time.Time { return time.Unix(1764247157, 0) },
	}

	body := `{"payout_id":"pout_789","status":"completed","amount":5000.0,"currency":"UZS"}`
	signature, err := key.Hex(sign.Message{
		Method: http.MethodPost, Path: "/hooks", Body: []byte(body), Timestamp: "1764247157", APIKey: "pk_test_0123456789"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sent := range []string{body, strings.Replace(body, "5000.0", "9000.0", 1)} {
		request := httptest.NewRequest(http.MethodPost, "/hooks", strings.NewReader(sent))
		request.Header.Set("X-API-Key", "pk_test_0123456789")
		request.Header.Set("X-Timestamp", "1764247157")
		request.Header.Set("X-Signature", signature)
		answer := httptest.NewRecorder()
		receiver.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// recorded: pout_789 completed signed over request
	// 200 {"success":true}
	// refused: invalid_signature
	// 401 {"success":false,"error":"invalid_signature"}
}
