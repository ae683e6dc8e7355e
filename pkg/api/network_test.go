package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// handServer answers each connection by hand, and closes it afterwards. The next
// request is given when the whole of it was read, as long as there is one.
func handServer(t *testing.T, handle func(conn net.Conn, next func() (body []byte, ok bool))) (base string, requests *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	requests = new(atomic.Int32)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				handle(conn, func() ([]byte, bool) {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return nil, false
					}
					body, err := io.ReadAll(request.Body)
					if err != nil {
						return nil, false
					}
					requests.Add(1)
					return body, true
				})
			}()
		}
	}()
	return "http://" + listener.Addr().String(), requests
}

// rawServer answers the first request of each connection by hand.
func rawServer(t *testing.T, handle func(conn net.Conn, body []byte)) (base string, requests *atomic.Int32) {
	t.Helper()
	return handServer(t, func(conn net.Conn, next func() ([]byte, bool)) {
		if body, ok := next(); ok {
			handle(conn, body)
		}
	})
}

func answerWith(head, body string) func(net.Conn, []byte) {
	return func(conn net.Conn, _ []byte) { _, _ = io.WriteString(conn, head+"\r\n\r\n"+body) }
}

func withLength(n int) string {
	return "HTTP/1.1 201 Created\r\nContent-Length: " + strconv.Itoa(n)
}

// Everything that can go wrong after the request left is unknown, and the
// request is there exactly once.
func TestBrokenAnswers(t *testing.T) {
	var zipped, bomb bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, depositDone)
	w.Close()
	w = gzip.NewWriter(&bomb)
	_, _ = w.Write(make([]byte, maxAnswer))
	w.Close()
	bomb.Write(bytes.Clone(bomb.Bytes())) // members one after another are one stream
	gzipHead := func(b bytes.Buffer) string { return withLength(b.Len()) + "\r\nContent-Encoding: gzip" }
	tests := []struct {
		name    string
		handle  func(net.Conn, []byte)
		verdict Verdict
		cause   Cause
		status  int
	}{
		{"whole", answerWith(withLength(len(depositDone)), depositDone), Done, CauseAnswered, 201},
		{"dropped", func(net.Conn, []byte) {}, Unknown, CauseConnectionLost, 0},
		{"reset", func(c net.Conn, _ []byte) { _ = c.(*net.TCPConn).SetLinger(0) }, Unknown, CauseConnectionLost, 0},
		{"half a head", func(c net.Conn, _ []byte) { _, _ = io.WriteString(c, "HTTP/1.1 201 Cre") }, Unknown, CauseConnectionLost, 0},
		{"no HTTP", func(c net.Conn, _ []byte) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n\r\n") }, Unknown, CauseConnectionLost, 0},
		{"truncated", answerWith(withLength(len(depositDone)+1), depositDone), Unknown, CauseConnectionLost, 201},
		{"chunk lost", answerWith("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked", "40\r\n"+depositDone), Unknown, CauseConnectionLost, 201},
		{"404 truncated", answerWith("HTTP/1.1 404 Not Found\r\nContent-Length: 999", userGone), Unknown, CauseConnectionLost, 404},
		{"500 truncated", answerWith("HTTP/1.1 500 Oops\r\nContent-Length: 999", "x"), Unknown, CauseServerError, 500},
		{"302 truncated", answerWith("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 999", "x"), Unknown, CauseRedirect, 302},
		{"until close", answerWith("HTTP/1.0 201 Created", depositDone), Done, CauseAnswered, 201},
		{"huge head", answerWith("HTTP/1.1 201 Created\r\nX-Filler: "+strings.Repeat("a", 1<<20), depositDone), Unknown, CauseConnectionLost, 0},
		{"huge body", answerWith("HTTP/1.1 201 Created", depositDone+strings.Repeat(" ", 8<<20)), Unknown, CauseTooLarge, 201},
		{"gzip unasked", answerWith(gzipHead(zipped), zipped.String()), Done, CauseAnswered, 201},
		{"gzip bomb", answerWith(gzipHead(bomb), bomb.String()), Unknown, CauseTooLarge, 201},
		{"gzip torn", answerWith(withLength(zipped.Len()-9)+"\r\nContent-Encoding: gzip", zipped.String()[:zipped.Len()-9]), Unknown, CauseMalformed, 201},
		{"no gzip", answerWith(withLength(len(depositDone))+"\r\nContent-Encoding: gzip", depositDone), Done, CauseAnswered, 201},
		{"brotli", answerWith(withLength(3)+"\r\nContent-Encoding: br", "\x01\x02\x03"), Unknown, CauseMalformed, 201},
		{"switch of protocols", answerWith("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade", ""), Unknown, CauseUnexpectedStatus, 101},
	}
	for _, tt := range tests {
		base, requests := rawServer(t, tt.handle)
		c := newClient(t)
		transportFor(t, c, TransportOptions{})
		o := c.Send(t.Context(), depositTo(t, base))
		if o.Verdict != tt.verdict || o.Cause != tt.cause || o.HTTPStatus != tt.status {
			t.Errorf("%s: %v %q %d (%s)", tt.name, o.Verdict, o.Cause, o.HTTPStatus, o.Detail)
		}
		if len(o.Answer) > maxAnswer || requests.Load() != 1 {
			t.Errorf("%s: %d bytes kept, %d requests", tt.name, len(o.Answer), requests.Load())
		}
	}
}

// Most of a gigabyte in a megabyte is never unpacked whole.
func TestUnpackingIsBounded(t *testing.T) {
	var member, bomb bytes.Buffer
	w := gzip.NewWriter(&member)
	_, _ = w.Write(make([]byte, maxAnswer))
	w.Close()
	for bomb.Len()+member.Len() <= maxAnswer {
		bomb.Write(member.Bytes())
	}
	body, err := readBody(&http.Response{Header: http.Header{"Content-Encoding": {"GZIP"}}, Body: io.NopCloser(&bomb)})
	if err != nil || len(body) != maxAnswer+1 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

// No answer, or half of one, within the timeout; and a caller who gives up.
func TestWaitingEnds(t *testing.T) {
	for _, begun := range []string{"", "HTTP/1.1 201 Created\r\n", withLength(999) + "\r\n\r\n" + depositDone[:9]} {
		release := make(chan struct{})
		arrived := make(chan struct{}, 2)
		base, requests := rawServer(t, func(conn net.Conn, _ []byte) {
			_, _ = io.WriteString(conn, begun)
			arrived <- struct{}{}
			<-release
		})
		c := newClient(t)
		transportFor(t, c, TransportOptions{})
		// A machine so busy that it does not even connect in time gets longer.
		var o Outcome
		for c.Timeout = 500 * time.Millisecond; ; c.Timeout *= 4 {
			if o = c.Send(t.Context(), depositTo(t, base)); o.Verdict != NotSent {
				break
			}
		}
		if o.Verdict != Unknown || o.Cause != CauseTimeout {
			t.Errorf("after %q: %+v", begun, o)
		}
		<-arrived
		c.Timeout = 0 // the default
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		if o := c.Send(ctx, depositTo(t, base)); o.Verdict != Unknown || o.Cause != CauseInterrupted {
			t.Errorf("after %q: %+v", begun, o)
		}
		close(release)
		if requests.Load() != 2 {
			t.Errorf("%d requests", requests.Load())
		}
	}
}

// Nothing leaves before there is a connection, and only then is it not sent.
func TestNotSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	closed.Close()
	tlsServer := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request came over a connection that was not trusted")
	}))
	tlsServer.Config.ErrorLog = discard()
	tlsServer.StartTLS()
	defer tlsServer.Close()
	plain, _ := rawServer(t, func(net.Conn, []byte) { t.Error("a request came in plain text") })
	proxyURL, proxied := refusingProxy(t)

	tests := []struct {
		name    string
		base    string
		options TransportOptions
	}{
		{"nobody listens", nobody, TransportOptions{}},
		{"no such name", "https://nowhere.invalid", TransportOptions{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}
			}}},
		{"dial guard", plain, TransportOptions{
			Control: func(string, string, syscall.RawConn) error { return errors.New("not this address") }}},
		{"certificate", tlsServer.URL, TransportOptions{Proxy: noProxy}},
		{"no TLS there", strings.Replace(plain, "http:", "https:", 1), TransportOptions{Proxy: noProxy}},
		{"proxy refuses", "https://project.example", TransportOptions{Proxy: http.ProxyURL(proxyURL)}},
	}
	for _, tt := range tests {
		c := newClient(t)
		transportFor(t, c, tt.options)
		o := c.Send(t.Context(), depositTo(t, tt.base))
		if o.Verdict != NotSent || o.Cause != CauseNoConnection || o.Detail == "" || o.HTTPStatus != 0 {
			t.Errorf("%s: %+v", tt.name, o)
		}
	}
	if proxied.Load() != 1 {
		t.Errorf("the proxy was asked %d times", proxied.Load())
	}
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// refusingProxy counts the CONNECTs that it refuses.
func refusingProxy(t *testing.T) (*url.URL, *atomic.Int32) {
	t.Helper()
	asked := new(atomic.Int32)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			asked.Add(1)
		} else {
			t.Errorf("the proxy got a %s", r.Method)
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, asked
}

// A wait for a connection that the caller, or the timeout, ends.
func TestNotSentWhileDialling(t *testing.T) {
	dialling := make(chan struct{}, 1)
	stuck := TransportOptions{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		dialling <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	c := newClient(t)
	transportFor(t, c, stuck)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-dialling
		cancel()
	}()
	if o := c.Send(ctx, callOf(t, KindDeposit)); o.Verdict != NotSent || o.Cause != CauseInterrupted {
		t.Errorf("%+v", o)
	}
	c.Timeout = 50 * time.Millisecond
	if o := c.Send(t.Context(), callOf(t, KindDeposit)); o.Verdict != NotSent || o.Cause != CauseNoConnection {
		t.Errorf("%+v", o)
	}
}
