package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
)

// Send signs the call with a fresh X-Timestamp, sends it once and reads what
// comes. It returns no error, for every error is an outcome: NotSent is proven
// (no connection was got, so no byte left), and all that comes after that and
// cannot be read is Unknown. It waits no longer than c.Timeout.
func (c *Client) Send(ctx context.Context, call Call) Outcome {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	var watch watch
	bounded, cancel := context.WithTimeout(watch.trace(ctx), timeout)
	defer cancel()

	request, err := c.request(bounded, call, newFrozenBody(call.Body, &watch))
	if err != nil {
		return notSent(CauseInvalidCall, err)
	}
	if err := ctx.Err(); err != nil {
		return notSent(CauseInterrupted, err)
	}
	transport := c.Transport
	if transport == nil {
		own := NewTransport(TransportOptions{})
		defer own.CloseIdleConnections()
		transport = own
	}
	// RoundTrip and not http.Client: redirects, cookies and a URL's user info
	// cannot happen here, rather than being switched off.
	response, err := transport.RoundTrip(request)
	if err != nil {
		return failed(ctx, bounded, &watch, err)
	}
	defer response.Body.Close()
	body, err := readBody(response)
	if err == nil {
		return ReadOutcome(call, response.StatusCode, response.Header, body)
	}
	// An answer that broke off is judged by its status alone, if that decides.
	o := ReadOutcome(call, response.StatusCode, response.Header, nil)
	o.Answer = body
	if !causeIsFinal(o.Cause) {
		o.Cause = causeOf(ctx, bounded, err)
	}
	o.Detail = clipBytes(err.Error(), maxMessage)
	return o
}

// A watch collects the proof that bytes may have left.
type watch struct {
	connected atomic.Bool // GotConn fired: a connection was ours to write to
	bodyRead  atomic.Bool // the transport took bytes of the body
}

func (w *watch) mayHaveLeft() bool { return w.connected.Load() || w.bodyRead.Load() }

func (w *watch) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true) },
	})
}

// A frozenBody hands out the call's bytes and notes that it did. It is a type
// of its own so that nothing can rewind it and send it again.
type frozenBody struct {
	bytes *bytes.Reader
	watch *watch
}

func newFrozenBody(body []byte, w *watch) *frozenBody {
	return &frozenBody{bytes: bytes.NewReader(body), watch: w}
}

// Read implements io.Reader.
func (b *frozenBody) Read(p []byte) (int, error) {
	b.watch.bodyRead.Store(true)
	return b.bytes.Read(p)
}

// Close implements io.Closer; there is nothing to free.
func (b *frozenBody) Close() error { return nil }

func notSent(cause Cause, err error) Outcome {
	return Outcome{Verdict: NotSent, Cause: cause, Detail: clipBytes(err.Error(), maxMessage)}
}

// failed is the outcome of a request that got no answer.
func failed(caller, bounded context.Context, w *watch, err error) Outcome {
	if w.mayHaveLeft() {
		return Outcome{Cause: causeOf(caller, bounded, err), Detail: clipBytes(err.Error(), maxMessage)}
	}
	if errors.Is(caller.Err(), context.Canceled) {
		return notSent(CauseInterrupted, err)
	}
	return notSent(CauseNoConnection, err)
}

// causeOf says why an answer did not come, or not whole.
func causeOf(caller, bounded context.Context, err error) Cause {
	switch {
	case errors.Is(caller.Err(), context.Canceled):
		return CauseInterrupted
	case isTimeout(err), bounded.Err() != nil:
		return CauseTimeout
	}
	return CauseConnectionLost
}

// readBody reads at most maxAnswer bytes and one more, by which ReadOutcome
// sees that there were more. We ask for no compression; what is sent compressed
// all the same is unpacked under the same bound, for a megabyte of gzip can
// hold a gigabyte. A body that does not unpack is left as it came: it is not
// JSON then, and is judged so. The error is one of the connection.
func readBody(response *http.Response) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil || len(raw) > maxAnswer {
		return raw, err
	}
	switch strings.ToLower(strings.TrimSpace(response.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
	default:
		return raw, nil
	}
	if plain, ok := unpack(raw); ok {
		return plain, nil
	}
	return raw, nil
}

func unpack(raw []byte) ([]byte, bool) {
	unzip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(io.LimitReader(unzip, maxAnswer+1))
	return plain, err == nil
}
