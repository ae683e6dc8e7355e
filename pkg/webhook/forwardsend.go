package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The headers that a forwarded webhook has of its own. The application knows a
// repeat by the first, and which path may have been signed by the second.
const (
	headerEvent = "X-Raisboy-Event" // number of the stored event
	headerPath  = "X-Raisboy-Path"  // the path that it came in on
)

// maxForwardAnswer bounds what is kept of the application's answer, in bytes.
const maxForwardAnswer = 4 << 10

// ErrForwardAddress is the Err of a Delivery to what is no http or https URL.
var ErrForwardAddress = errors.New("forward to an address that is neither http nor https")

// Send passes one webhook on, once, and changes nothing: neither the queue nor
// the webhook. It follows no redirects.
func (f *Forwarder) Send(ctx context.Context, s Stored) Delivery {
	d := Delivery{Stored: s}
	if f.To == nil || f.To.Host == "" || f.To.Scheme != "http" && f.To.Scheme != "https" {
		d.Err, d.At = ErrForwardAddress, f.now()
		return d
	}
	d.URL = f.To.Redacted()
	ctx, cancel := context.WithTimeout(ctx, forwardTimeout)
	defer cancel()
	d.Status, d.Answer, d.Err = f.exchange(ctx, s)
	d.At = f.now()
	return d
}

func (f *Forwarder) exchange(ctx context.Context, s Stored) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.To.String(), bytes.NewReader(s.Body))
	if err != nil {
		return 0, nil, err
	}
	request.GetBody = nil // nothing below repeats it: that is for the queue to do
	request.Header = forwardHeaders(s)
	response, err := f.transport().RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxForwardAnswer))
	if err != nil {
		return 0, nil, err // cut off: whether it was taken is not known
	}
	return response.StatusCode, answer, nil
}

// forwardHeaders are the original ones without those that concern one
// connection alone (RFC 9110, section 7.6.1).
func forwardHeaders(s Stored) http.Header {
	h := http.Header{}
	for name, values := range s.Headers {
		h[name] = slices.Clone(values)
	}
	for _, named := range h["Connection"] {
		for name := range strings.SplitSeq(named, ",") {
			h.Del(textproto.TrimString(name))
		}
	}
	for _, name := range []string{
		"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Expect",
		"Content-Length",  // net/http sets it, from the same bytes
		"Accept-Encoding", // the answer is read here and not by the project
	} {
		h.Del(name)
	}
	// Host is the application's own; what the project wrote there goes along.
	if host := h["Host"]; len(host) > 0 && len(h["X-Forwarded-Host"]) == 0 {
		h["X-Forwarded-Host"] = host
	}
	h.Del("Host")
	if len(h["User-Agent"]) == 0 {
		h["User-Agent"] = []string{""} // net/http would give one of its own
	}
	h.Set(headerEvent, strconv.FormatInt(s.ID, 10))
	h.Set(headerPath, s.Path)
	return h
}

// transport is HTTP/1.1 without proxies: the application is a neighbour.
func (f *Forwarder) transport() http.RoundTripper {
	f.once.Do(func() {
		if f.built = f.Transport; f.built != nil {
			return
		}
		protocols := new(http.Protocols)
		protocols.SetHTTP1(true)
		f.built = &http.Transport{
			Protocols:              protocols,
			DialContext:            (&net.Dialer{Timeout: forwardTimeout}).DialContext,
			TLSHandshakeTimeout:    forwardTimeout,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    forwardSlots,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		}
	})
	return f.built
}
