package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// closing tells when its listener is closed.
type closing struct {
	net.Listener
	once   sync.Once
	closed chan struct{}
}

func (c *closing) Close() error {
	defer c.once.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

func loopback(t *testing.T) *closing {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &closing{Listener: listener, closed: make(chan struct{})}
}

// What was accepted is finished and acknowledged after the end was asked for.
func TestServeFinishesWhatItAccepted(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	sink := &memory{before: func(context.Context) { close(entered); <-release }}
	listener := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- newReceiver(t, sink).Serve(ctx, listener) }()
	w := webhook1()
	text := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
	go func() { answered <- exchange(t, listener.Addr().String(), text) }()
	<-entered
	stop()
	<-listener.closed
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String()); err == nil {
		conn.Close()
		t.Error("it still accepts")
	}
	select {
	case err := <-served:
		t.Errorf("Serve returned before the webhook was finished: %v", err)
	default:
	}
	close(release)
	if answer := <-answered; !strings.Contains(answer, ok) {
		t.Errorf("answer:\n%s", answer)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if len(sink.recorded()) != 1 {
		t.Error("not recorded")
	}
}

// A Sink that hangs does not keep the receiver from ending, and what it was
// given is not acknowledged.
func TestServeEndsAlthoughTheSinkHangs(t *testing.T) {
	entered, release, left := make(chan struct{}), make(chan struct{}), make(chan struct{})
	sink := &memory{before: func(context.Context) { close(entered); <-release }, after: func() { close(left) }}
	receiver := newReceiver(t, sink)
	receiver.Limits.DrainTime = 20 * time.Millisecond
	listener := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- receiver.Serve(ctx, listener) }()
	w := webhook1()
	text := w.headers(t, fmt.Sprintf("Content-Length: %d", len(w.body))) + w.body
	go func() { answered <- exchange(t, listener.Addr().String(), text) }()
	<-entered
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if answer := <-answered; answer != "" {
		t.Errorf("answer:\n%s", answer)
	}
	close(release)
	<-left
}

func TestServeRefusesToStart(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*webhook.Receiver)
		check  func(error) bool
	}{
		{"no sink", func(r *webhook.Receiver) { r.Sink = nil }, func(err error) bool { return errors.Is(err, webhook.ErrNoSink) }},
		{"no secret", func(r *webhook.Receiver) { r.Verifier.Keys = nil }, func(err error) bool { return errors.Is(err, sign.ErrNoKey) }},
		{"empty secret", func(r *webhook.Receiver) { r.Verifier.Keys = []*sign.Key{{}} }, func(err error) bool { return errors.Is(err, sign.ErrNoKey) }},
		{"no key", func(r *webhook.Receiver) { r.Verifier.APIKey = "" }, func(err error) bool {
			part, is := errors.AsType[*sign.PartError](err)
			return is && part.Part == sign.PartAPIKey
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			receiver := newReceiver(t, &memory{})
			test.change(receiver)
			listener := loopback(t)
			if err := receiver.Serve(t.Context(), listener); !test.check(err) {
				t.Errorf("error %v", err)
			}
			<-listener.closed
		})
	}
}

// A listener that fails by itself is an error; one that was closed because the
// context had ended is not.
func TestServeListener(t *testing.T) {
	listener := loopback(t)
	listener.Close()
	if err := newReceiver(t, &memory{}).Serve(t.Context(), listener); !errors.Is(err, net.ErrClosed) {
		t.Errorf("error %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	listener = loopback(t)
	if err := newReceiver(t, &memory{}).Serve(ended, listener); err != nil {
		t.Errorf("error %v", err)
	}
	<-listener.closed
}

// Over TLS only HTTP/1.1 is offered, also to a client that would rather not.
func TestServerOverTLS(t *testing.T) {
	sink := &memory{}
	server := httptest.NewUnstartedServer(nil)
	server.Config = newReceiver(t, sink).Server()
	server.EnableHTTP2 = false
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	transport, is := client.Transport.(*http.Transport)
	if !is {
		t.Fatalf("transport %T", client.Transport)
	}
	transport.ForceAttemptHTTP2 = true
	w := webhook1()
	request := w.request(t)
	request.RequestURI, request.URL = "", mustParse(t, server.URL+w.to)
	request.Body = io.NopCloser(bytes.NewReader([]byte(w.body)))
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 || answer.Proto != "HTTP/1.1" || len(sink.recorded()) != 1 {
		t.Errorf("%s %s, %d recorded", answer.Proto, answer.Status, len(sink.recorded()))
	}
}

// The limits that the design names are the defaults.
func TestServerLimits(t *testing.T) {
	s := newReceiver(t, &memory{}).Server()
	if s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 10*time.Second || s.MaxHeaderBytes+4096 != 16<<10 {
		t.Errorf("header %v, read %v, %d bytes", s.ReadHeaderTimeout, s.ReadTimeout, s.MaxHeaderBytes)
	}
	if s.WriteTimeout < s.ReadTimeout+8*time.Second || s.IdleTimeout <= 0 {
		t.Errorf("write %v, idle %v", s.WriteTimeout, s.IdleTimeout)
	}
}
