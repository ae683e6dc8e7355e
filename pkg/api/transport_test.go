package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

// dyingServer answers the first request of every connection and keeps it open;
// it reads the second one whole, processes it, and closes without a word. That
// is a keep-alive that dies under a request: nobody can tell whether it was
// done.
func dyingServer(t *testing.T) (base string, requests *atomic.Int32) {
	t.Helper()
	return handServer(t, func(conn net.Conn, next func() ([]byte, bool)) {
		if _, ok := next(); ok {
			answerWith(withLength(len(depositDone)), depositDone)(conn, nil)
			next()
		}
	})
}

func TestDeadKeepAliveIsNotTriedAgain(t *testing.T) {
	base, requests := dyingServer(t)
	c := newClient(t)
	transportFor(t, c, TransportOptions{})
	call := depositTo(t, base)
	if o := c.Send(t.Context(), call); o.Verdict != Done {
		t.Fatalf("%+v", o)
	}
	o := c.Send(t.Context(), call)
	if o.Verdict != Unknown || o.Cause != CauseConnectionLost {
		t.Errorf("%+v", o)
	}
	if requests.Load() != 2 {
		t.Errorf("two sends made %d requests", requests.Load())
	}
}

// A server that says keep-alive and closes after each answer: a send may find
// the connection dead, but none is counted twice, and none is taken for not
// sent that arrived.
func TestConnectionsClosedWhileIdle(t *testing.T) {
	base, requests := rawServer(t, answerWith(withLength(len(depositDone)), depositDone))
	c := newClient(t)
	transportFor(t, c, TransportOptions{})
	const sends = 40
	done := 0
	for range sends {
		o := c.Send(t.Context(), depositTo(t, base))
		switch o.Verdict {
		case Done:
			done++
		case Unknown:
		default:
			t.Fatalf("%+v", o)
		}
	}
	if got := int(requests.Load()); got > sends || got < done || done == 0 {
		t.Errorf("%d sends, %d done, %d requests", sends, done, got)
	}
}

// The negative control: the same two requests over the same transport, made the
// usual way and with the header that was meant to make them safe.
func TestIdempotencyKeySendsTwice(t *testing.T) {
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		base, requests := dyingServer(t)
		transport := NewTransport(TransportOptions{})
		for range 2 {
			request, err := http.NewRequest("POST", base, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set(name, "1")
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		transport.CloseIdleConnections()
		if requests.Load() != 3 {
			t.Errorf("%s: two sends made %d requests: this control controls nothing any more", name, requests.Load())
		}
	}
}

func TestTransportKeepsConnections(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(201)
		_, _ = io.WriteString(w, depositDone)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newClient(t)
	transportFor(t, c, TransportOptions{RootCAs: roots})
	for range 5 {
		if o := c.Send(t.Context(), depositTo(t, server.URL)); o.Verdict != Done {
			t.Fatalf("%+v", o)
		}
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections for five requests in a row", connections.Load())
	}
}

// A server that offers nothing newer than TLS 1.1 gets nothing.
func TestOldTLSIsRefused(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request came")
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	server.Config.ErrorLog = discard()
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newClient(t)
	transportFor(t, c, TransportOptions{RootCAs: roots})
	if o := c.Send(t.Context(), depositTo(t, server.URL)); o.Verdict != NotSent {
		t.Errorf("%+v", o)
	}
}

func TestTransportSettings(t *testing.T) {
	asked := 0
	proxyURL := &url.URL{Scheme: "http", Host: "proxy.example:3128"}
	transport := NewTransport(TransportOptions{Proxy: func(*http.Request) (*url.URL, error) {
		asked++
		return proxyURL, nil
	}})
	for address, want := range map[string]*url.URL{"https://h/x": proxyURL, "http://127.0.0.1/x": nil} {
		request, err := http.NewRequestWithContext(context.Background(), "POST", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := transport.Proxy(request); got != want || err != nil {
			t.Errorf("%s goes through %v, %v", address, got, err)
		}
	}
	if asked != 1 {
		t.Errorf("the proxy setting was asked %d times: plain http must not ask", asked)
	}
	if p := transport.Protocols; !p.HTTP1() || p.HTTP2() || p.UnencryptedHTTP2() {
		t.Errorf("protocols: %v", p)
	}
	if transport.IdleConnTimeout != idleTimeout || transport.MaxIdleConnsPerHost != 64 || !transport.DisableCompression ||
		transport.TLSClientConfig.MinVersion != tls.VersionTLS12 || transport.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("%+v", transport)
	}
}
