package webhook_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/webhook"
)

// FuzzReceiver feeds a request's raw bytes through net/http's reader. Whatever
// comes, the answer is one of the documented ones, what is recorded bears a
// good signature (computed here without package sign), and only what was
// recorded is acknowledged.
func FuzzReceiver(f *testing.F) {
	for _, s := range []signed{webhook1(), final()} {
		head := "POST " + s.to + " HTTP/1.1\r\nHost: desk.example\r\nX-API-Key: " + s.key + "\r\nX-Timestamp: " + s.stamp +
			"\r\nX-Signature: " + s.signature(f) + "\r\n"
		f.Add([]byte(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(s.body), s.body)))
		f.Add([]byte(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(s.body)))
	}
	f.Add([]byte("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"))
	documented := map[int][]string{
		200: {ok}, 400: {emptyBody, invalidJSON}, 401: {invalidSignature}, 404: {paymentNotFound}, 405: {failed}, 500: {failed},
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		sink := &memory{}
		w := httptest.NewRecorder()
		newReceiver(t, sink).ServeHTTP(w, request)
		known := false
		for _, body := range documented[w.Code] {
			known = known || w.Body.String() == body
		}
		if !known {
			t.Errorf("answer %d %s", w.Code, w.Body)
		}
		for _, e := range sink.events {
			if !justified(e) {
				t.Errorf("recorded without a good signature: %+v", e)
			}
		}
		health := request.URL.Path == "/healthz" && request.Method != http.MethodPost
		if acknowledged := w.Code == 200 && !health; acknowledged != (len(sink.events) == 1) {
			t.Errorf("answer %d, %d recorded", w.Code, len(sink.events))
		}
		if refused := w.Code != 200; refused != (len(sink.rejected) == 1) {
			t.Errorf("answer %d, %d rejected", w.Code, len(sink.rejected))
		}
	})
}

// The oracle of the fuzz target must be able to say no.
func TestJustifiedCanSayNo(t *testing.T) {
	sink := &memory{}
	if code := answerOf(newReceiver(t, sink), webhook1().request(t)).Code; code != 200 || !justified(sink.events[0]) {
		t.Fatalf("answer %d: a good event is not justified", code)
	}
	forged := sink.events[0]
	forged.Body = []byte(strings.Replace(accepted, "5000.0", "9000.0", 1))
	if justified(forged) || justified(webhook.Event{}) {
		t.Error("a forged event is justified")
	}
}
