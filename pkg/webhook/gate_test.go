package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// keepOpen dials and says something on a connection that stays open.
func keepOpen(t *testing.T, address, says string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, _ = io.WriteString(conn, says)
	return conn
}

// gone waits until the other side closed the connection.
func gone(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	_, err := io.Copy(io.Discard, conn)
	timeout, ok := err.(net.Error)
	return !ok || !timeout.Timeout()
}

// Whoever opens connections and achieves nothing on them pushes out others of
// his kind, and never the honest.
func TestGate(t *testing.T) {
	w := webhook1()
	honest := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
	for _, attack := range []struct{ name, says string }{
		{"idle", ""},
		{"slow header", "POST / HTTP/1.1\r\nHost: desk"},
		{"slow body", w.headers(t, "Content-Length: 60000") + "{"},
		{"slow chunks", w.headers(t, "Transfer-Encoding: chunked") + "ffff\r\n{"},
	} {
		t.Run(attack.name, func(t *testing.T) {
			sink := &memory{}
			receiver := newReceiver(t, sink)
			receiver.Limits.Connections = 8
			receiver.Limits.HeaderTime, receiver.Limits.ReadTime = time.Hour, time.Hour // no time helps
			address := listen(t, receiver)
			var open []net.Conn
			const more = 5
			for i := range counttest.Trials(t, 40) {
				open = append(open, keepOpen(t, address, attack.says))
				if i%10 == 9 {
					if got := exchange(t, address, honest); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
						t.Fatalf("after %d: %q", i, got)
					}
				}
			}
			for i := range len(open) - 8 - more {
				if !gone(open[i]) {
					t.Fatalf("connection %d of %d is still open", i, len(open))
				}
			}
		})
	}
}

// A webhook that has come whole is recorded and answered, however many come.
func TestGateSparesWhatIsBeingRecorded(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	sink := &memory{before: func(context.Context) {
		entered <- struct{}{}
		<-release
	}}
	receiver := newReceiver(t, sink)
	receiver.Limits.Connections = 2
	address := listen(t, receiver)
	w := webhook1()
	working := make([]net.Conn, 2)
	for i := range working {
		working[i] = keepOpen(t, address, w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body)))+w.body)
		<-entered
	}
	// All are at work: this one waits outside and is let in after them.
	late := keepOpen(t, address, "GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
	for i, conn := range working { // time enough for a careless gate to close one
		_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("connection %d while it is recorded: %v", i, err)
		}
		_ = conn.SetReadDeadline(time.Time{})
	}
	close(release)
	for i, conn := range []net.Conn{working[0], working[1], late} {
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != 200 {
			t.Errorf("connection %d: %v, %v", i, answer, err)
		}
	}
	if got := len(sink.recorded()); got != 2 {
		t.Errorf("%d recorded", got)
	}
}

// A connection that achieved something is worth more than one that did not.
func TestGateKeepsWhoIsUseful(t *testing.T) {
	receiver := newReceiver(t, &memory{})
	receiver.Limits.Connections = 4
	address := listen(t, receiver)
	w := webhook1()
	useful := keepOpen(t, address, "")
	reader := bufio.NewReader(useful)
	request := strings.Replace(w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))), "Connection: close", "Connection: keep-alive", 1) + w.body
	for i := range 20 {
		keepOpen(t, address, "")
		// Connections are let in in their order: once this one is answered, so was that.
		exchange(t, address, "GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
		if _, err := io.WriteString(useful, request); err != nil {
			t.Fatalf("after %d: %v", i, err)
		}
		answer, err := http.ReadResponse(reader, nil)
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("after %d: %v, %v", i, answer, err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
	}
}

// Shutting down ends an Accept that waits for room.
func TestGateEnds(t *testing.T) {
	release := make(chan struct{})
	entered := make(chan struct{}, 1)
	receiver := newReceiver(t, &memory{before: func(context.Context) {
		entered <- struct{}{}
		<-release
	}})
	receiver.Limits.Connections, receiver.Limits.DrainTime = 1, 50*time.Millisecond
	listener := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- receiver.Serve(ctx, listener) }()
	w := webhook1()
	keepOpen(t, listener.Addr().String(), w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body)))+w.body)
	<-entered
	keepOpen(t, listener.Addr().String(), "")
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	close(release)
}

var _ webhook.Sink = (*memory)(nil)

// Strangers who send slowly do not keep the receiver from ending; what has come
// whole is answered all the same.
func TestServeDoesNotWaitForTheSlow(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	receiver := newReceiver(t, &memory{before: func(context.Context) {
		entered <- struct{}{}
		<-release
	}})
	receiver.Limits.DrainTime, receiver.Limits.ReadTime = time.Hour, time.Hour
	listener := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- receiver.Serve(ctx, listener) }()
	w := webhook1()
	slow := keepOpen(t, listener.Addr().String(), w.headers(t, "Content-Length: 60000", "Expect: 100-continue"))
	if n, err := slow.Read(make([]byte, 100)); err != nil || n == 0 { // from now on its body is waited for
		t.Fatal(err)
	}
	whole := keepOpen(t, listener.Addr().String(), w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body)))+w.body)
	<-entered
	stop()
	if !gone(slow) {
		t.Error("the slow one was waited for")
	}
	close(release)
	if answer, err := http.ReadResponse(bufio.NewReader(whole), nil); err != nil || answer.StatusCode != 200 {
		t.Errorf("%v, %v", answer, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
