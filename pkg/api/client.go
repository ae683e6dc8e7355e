package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
)

// Headers of every request (Raisboy API, section 1). http.Header spells them in
// its own canonical form; the names are the same in any case.
const (
	HeaderContentType = "Content-Type"
	HeaderAPIKey      = "X-API-Key"
	HeaderSignature   = "X-Signature"
	HeaderTimestamp   = "X-Timestamp"

	ContentType = "application/json"
)

// defaultTimeout bounds one request when Client.Timeout is zero.
const defaultTimeout = 30 * time.Second

// A Client signs and sends Calls, each once: it repeats nothing, follows no
// redirect and sets no idempotency header. Key, APIKey and Now are required; a
// Client without them sends nothing. It is safe for concurrent use as long as
// nobody writes its fields.
type Client struct {
	// Transport carries the request: NewTransport's, kept for the life of the
	// process. Another one must call httptrace's GotConn, as http.Transport
	// does, or at least read the request's body before it sends it: what came
	// before either is reported as not sent. Nil: one connection for each call.
	Transport http.RoundTripper

	Key             *sign.Key            // the secret
	APIKey          string               // X-API-Key
	Separator       string               // of the signature string; "": one line feed
	TimestampFormat sign.TimestampFormat // of X-Timestamp; zero: Unix seconds
	Now             func() time.Time     // the clock that stamps each request
	Timeout         time.Duration        // for one request, answer included; 0: 30 s
	UserAgent       string               // "": "raisboy"
}

// Errors of a call that cannot be signed or addressed; they come out of Header,
// and in words in Outcome.Detail with CauseInvalidCall.
var (
	ErrNoKey     = errors.New("no secret key")
	ErrNoClock   = errors.New("no clock")
	ErrAPIKey    = errors.New("API key is empty or has characters that no header can carry")
	ErrNoBody    = errors.New("request without a body")
	ErrPlainHTTP = errors.New("http to another machine would show key and signature to the network")
)

// Header gives the four headers of section 1 for the call as it would be sent
// at that time: for a dry run, and for "sign --headers".
func (c *Client) Header(call Call, now time.Time) (http.Header, error) {
	if c.Key == nil {
		return nil, ErrNoKey
	}
	if !validAPIKey(c.APIKey) {
		return nil, ErrAPIKey
	}
	path, err := SignedPath(call.URL)
	if err != nil {
		return nil, err
	}
	timestamp := c.TimestampFormat.Format(now)
	signature, err := c.Key.Hex(sign.Message{
		Method:    http.MethodPost,
		Path:      path,
		Body:      call.Body,
		Timestamp: timestamp,
		APIKey:    c.APIKey,
		Separator: c.Separator,
	})
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	header := make(http.Header, 6)
	header.Set(HeaderContentType, ContentType)
	header.Set(HeaderAPIKey, c.APIKey)
	header.Set(HeaderSignature, signature)
	header.Set(HeaderTimestamp, timestamp)
	return header, nil
}

// validAPIKey: visible ASCII. A space at an end would be dropped on the wire,
// and what was signed would not be what was sent.
func validAPIKey(key string) bool {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return key != ""
}

// request builds the one request of a call. Two things are left out on purpose:
// GetBody, and any Idempotency-Key or X-Idempotency-Key. With both, net/http
// takes a POST for repeatable and sends it a second time by itself when a
// reused connection turns out to be dead.
func (c *Client) request(ctx context.Context, call Call, body *frozenBody) (*http.Request, error) {
	if c.Now == nil {
		return nil, ErrNoClock
	}
	if len(call.Body) == 0 {
		return nil, ErrNoBody
	}
	header, err := c.Header(call, c.Now())
	if err != nil {
		return nil, err
	}
	header.Set("Accept", ContentType)
	header.Set("User-Agent", "raisboy")
	if c.UserAgent != "" {
		header.Set("User-Agent", c.UserAgent)
	}
	u, err := url.Parse(call.URL)
	if err != nil {
		return nil, fieldError("url", ProblemURL, call.URL)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, ErrPlainHTTP
	}
	request := &http.Request{
		Method:        http.MethodPost,
		URL:           u,
		Host:          u.Host,
		Header:        header,
		Body:          body,
		ContentLength: int64(len(call.Body)),
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
	}
	return request.WithContext(ctx), nil
}

// loopback reports whether a host name is this machine by its own words; no
// name is looked up.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// isTimeout: a deadline of ours or of the network's own.
func isTimeout(err error) bool {
	var netError net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &netError) && netError.Timeout()
}
