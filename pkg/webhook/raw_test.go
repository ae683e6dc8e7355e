package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/webhook"
)

// listen serves the receiver on loopback until the test ends.
func listen(t *testing.T, receiver *webhook.Receiver) (address string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- receiver.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return listener.Addr().String()
}

// exchange sends bytes and reads until the other side closes. A write that
// fails is no error: a server may refuse before it has read all.
func exchange(t *testing.T, address, bytes string) string {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, bytes)
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

// headers gives the header lines of a request, the authentication first.
func (s signed) headers(t *testing.T, more ...string) string {
	lines := []string{"POST " + s.to + " HTTP/1.1", "Host: desk.example", "Connection: close",
		"X-API-Key: " + s.key, "X-Timestamp: " + s.stamp, "X-Signature: " + s.signature(t)}
	return strings.Join(append(lines, more...), "\r\n") + "\r\n\r\n"
}

func chunked(body string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body) }

// TestRaw holds what arrives on the socket against net/http and the receiver
// together: whatever the framing, only signed bytes are recorded.
func TestRaw(t *testing.T) {
	w := webhook1()
	length := fmt.Sprintf("Content-Length: %d", len(w.body))
	short := fmt.Sprintf("Content-Length: %d", len(w.body)-1)
	zeroes := strings.Repeat("0", 64)
	fill := func(n int) string { return "X-Fill: " + strings.Repeat("a", n) }
	for _, test := range []struct {
		name     string
		bytes    string
		status   int // of the first answer; 0: none
		recorded int
	}{
		{"honest", w.headers(t, length) + w.body, 200, 1},
		{"headers in any case", strings.ReplaceAll(w.headers(t, length), "X-API-Key", "x-Api-kEY") + w.body, 200, 1},
		{"chunked", w.headers(t, "Transfer-Encoding: chunked") + chunked(w.body), 200, 1},
		{"in chunks of one", w.headers(t, "Transfer-Encoding: chunked") + strings.TrimSuffix(chunked(w.body[:1]), "0\r\n\r\n") + chunked(w.body[1:]), 200, 1},
		{"two equal lengths", w.headers(t, length, length) + w.body, 200, 1},
		{"two lengths", w.headers(t, length, short) + w.body, 400, 0},
		{"two lengths in one", w.headers(t, length+", 1") + w.body, 400, 0},
		{"negative length", w.headers(t, "Content-Length: -1") + w.body, 400, 0},
		{"length with a sign", w.headers(t, strings.Replace(length, ": ", ": +", 1)) + w.body, 400, 0},
		{"length too short", w.headers(t, short) + w.body, 400, 0},
		{"length and chunked, signed in chunks", w.headers(t, "Content-Length: 3", "Transfer-Encoding: chunked") + chunked(w.body), 200, 1},
		{"length and chunked, signed by length", w.headers(t, length, "Transfer-Encoding: chunked") + w.body + "\r\n", 500, 0},
		{"length and chunked, other bytes in chunks", w.headers(t, length, "Transfer-Encoding: chunked") + chunked(completed), 401, 0},
		{"compressed transfer", w.headers(t, "Transfer-Encoding: gzip, chunked") + chunked(w.body), 501, 0},
		{"broken chunk", w.headers(t, "Transfer-Encoding: chunked") + "zz\r\n" + w.body, 500, 0},
		{"chunk longer than an integer", w.headers(t, "Transfer-Encoding: chunked") + "fffffffffffffffff\r\n" + w.body, 500, 0},
		{"two signatures, right one first", w.headers(t, "X-Signature: "+zeroes, length) + w.body, 401, 0},
		{"two signatures, right one last", strings.Replace(w.headers(t, length), "X-API-Key", "x-signature: "+zeroes+"\r\nX-API-Key", 1) + w.body, 401, 0},
		{"signature in a trailer", strings.Replace(w.headers(t, "Transfer-Encoding: chunked", "Trailer: X-Signature"), "X-Signature: "+w.signature(t)+"\r\n", "", 1) +
			strings.TrimSuffix(chunked(w.body), "\r\n") + "X-Signature: " + w.signature(t) + "\r\n\r\n", 401, 0},
		{"signature folded", strings.Replace(w.headers(t, length), w.signature(t), w.signature(t)[:32]+"\r\n "+w.signature(t)[32:], 1) + w.body, 401, 0},
		{"timestamp folded", strings.Replace(w.headers(t, length), w.stamp, w.stamp[:5]+"\r\n\t"+w.stamp[5:], 1) + w.body, 401, 0},
		{"a second signature folded behind", strings.Replace(w.headers(t, length), w.signature(t), w.signature(t)+"\r\n "+zeroes, 1) + w.body, 401, 0},
		{"space before the colon", strings.Replace(w.headers(t, length), "X-Signature:", "X-Signature :", 1) + w.body, 400, 0},
		{"line feed alone in a header", strings.Replace(w.headers(t, length), w.stamp, w.stamp+"\nX-Other: 1", 1) + w.body, 200, 1},
		{"zero byte in a header", strings.Replace(w.headers(t, length), w.stamp, w.stamp+"\x00", 1) + w.body, 400, 0},
		{"body over the bound", w.headers(t, "Content-Length: 100000000") + w.body, 400, 0},
		{"chunks over the bound", w.headers(t, "Transfer-Encoding: chunked") + chunked(strings.Repeat(" ", 70<<10)), 400, 0},
		{"headers just under the bound", w.headers(t, length, fill(15<<10)) + w.body, 200, 1},
		{"headers over the bound", w.headers(t, length, fill(17<<10)) + w.body, 431, 0},
		{"path over the bound", strings.Replace(w.headers(t, length), hookPath, "/"+strings.Repeat("a", 17<<10), 1) + w.body, 431, 0},
		{"many headers", w.headers(t, length, strings.Repeat("A: b\r\n", 4000)+"A: b") + w.body, 431, 0},
		{"HTTP/1.0", strings.Replace(w.headers(t, length), "HTTP/1.1", "HTTP/1.0", 1) + w.body, 200, 1},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405, 0},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 400, 0},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n", 405, 0},
		{"CONNECT", "CONNECT desk.example:443 HTTP/1.1\r\nHost: desk.example:443\r\nConnection: close\r\n\r\n", 405, 0},
		{"health", "GET /healthz HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n", 200, 0},
		{"health with a body", "GET /healthz HTTP/1.1\r\nHost: desk.example\r\nContent-Length: 5\r\n\r\nhello", 200, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sink := &memory{}
			answer := exchange(t, listen(t, newReceiver(t, sink)), test.bytes)
			status := 0
			if _, err := fmt.Sscanf(answer, "HTTP/1.1 %d", &status); err != nil {
				_, _ = fmt.Sscanf(answer, "HTTP/1.0 %d", &status)
			}
			if status != test.status || len(sink.recorded()) != test.recorded {
				t.Errorf("%d recorded, want %d; status %d, want %d:\n%.300s", len(sink.recorded()), test.recorded, status, test.status, answer)
			}
			if strings.Count(answer, ok) != test.recorded && !strings.HasPrefix(test.name, "health") {
				t.Errorf("acknowledged though not recorded:\n%s", answer)
			}
		})
	}
}

// What follows a request that was not read to its end is not taken for another
// request.
func TestNothingIsReadBehindARefusedBody(t *testing.T) {
	w := webhook1()
	for name, first := range map[string]string{
		"encoded":   "Content-Encoding: gzip\r\nContent-Length: 20000000\r\n\r\n",
		"too large": "Content-Length: 20000000\r\n\r\n",
		"broken":    "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			sink := &memory{}
			second := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
			answer := exchange(t, listen(t, newReceiver(t, sink)), "POST / HTTP/1.1\r\nHost: desk.example\r\n"+first+second)
			if strings.Count(answer, "HTTP/1.1 ") != 1 || !strings.Contains(answer, "Connection: close") || len(sink.recorded()) != 0 {
				t.Errorf("%d recorded:\n%s", len(sink.recorded()), answer)
			}
		})
	}
}

// A connection serves several webhooks, one after the other, sent at once.
func TestPipelined(t *testing.T) {
	w := webhook1()
	one := strings.Replace(w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))), "Connection: close\r\n", "", 1) + w.body
	last := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
	sink := &memory{}
	answer := exchange(t, listen(t, newReceiver(t, sink)), one+one+last)
	if strings.Count(answer, ok) != 3 || len(sink.recorded()) != 3 {
		t.Errorf("%d recorded:\n%s", len(sink.recorded()), answer)
	}
}

// Somebody who sends slowly is cut off. The test waits for that and measures
// nothing; without the bound it would not end.
func TestSlow(t *testing.T) {
	w := webhook1()
	whole := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
	for _, test := range []struct {
		name  string
		bytes string
		want  string // how the answer begins
	}{
		{"nothing", "", ""},
		{"half a header", whole[:60], "HTTP/1.1 400 "}, // net/http's own
		{"half a body", whole[:len(whole)-10], "HTTP/1.1 500 "},
		{"no body", whole[:len(whole)-len(w.body)], "HTTP/1.1 500 "},
		{"half a chunk", w.headers(t, "Transfer-Encoding: chunked") + "1ff\r\n" + w.body, "HTTP/1.1 500 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sink := &memory{}
			receiver := newReceiver(t, sink)
			receiver.Limits = webhook.Limits{HeaderTime: 20 * time.Millisecond, ReadTime: 40 * time.Millisecond}
			answer := exchange(t, listen(t, receiver), test.bytes)
			// On a busy machine the time may be over before the first byte is
			// read: then there is no answer.
			if answer != "" && (test.want == "" || !strings.HasPrefix(answer, test.want)) || strings.Contains(answer, ok) || len(sink.recorded()) != 0 {
				t.Errorf("%d recorded:\n%s", len(sink.recorded()), answer)
			}
		})
	}
}

// Expect: 100-continue is how a sender asks before it sends: a body over the
// bound is refused before it is on its way.
func TestExpectContinue(t *testing.T) {
	w := webhook1()
	sink := &memory{}
	address := listen(t, newReceiver(t, sink))
	honest := exchange(t, address, w.headers(t, "Expect: 100-continue", fmt.Sprintf("Content-Length: %d", len(w.body)))+w.body)
	if !strings.Contains(honest, ok) {
		t.Errorf("honest:\n%s", honest)
	}
	huge := exchange(t, address, w.headers(t, "Expect: 100-continue", "Content-Length: 20000000"))
	if !strings.HasPrefix(huge, "HTTP/1.1 400 ") || strings.Contains(huge, "100 Continue") {
		t.Errorf("huge:\n%s", huge)
	}
	if got := len(sink.recorded()); got != 1 {
		t.Errorf("%d recorded", got)
	}
}

var _ http.Handler = (*webhook.Receiver)(nil)
