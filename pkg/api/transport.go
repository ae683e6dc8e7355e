package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// Bounds of the transport.
const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second

	// idleTimeout: no request goes out on a connection that was idle for
	// longer. The other side may have closed it meanwhile, and a deposit that
	// finds that out has an unknown outcome.
	idleTimeout = 2 * time.Second

	// idleConnections: with net/http's two, the workers of a batch would make a
	// new TLS handshake for nearly every row.
	idleConnections = 64

	maxAnswerHeaders = 64 << 10 // bytes
)

// TransportOptions change what NewTransport makes; the zero value is for the
// project's own API.
type TransportOptions struct {
	// Control is called with every resolved address before it is dialled, and
	// may refuse it: the guard of notices, whose address comes from outside.
	// Through a proxy it sees the proxy's address.
	Control func(network, address string, conn syscall.RawConn) error

	// DialContext replaces the dialler, Control with it.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// Proxy chooses a proxy for https requests; nil: HTTPS_PROXY and NO_PROXY
	// of the environment. Plain http, which is loopback alone, never uses one.
	Proxy func(*http.Request) (*url.URL, error)

	// RootCAs replaces the system's certificate authorities.
	RootCAs *x509.CertPool
}

// NewTransport makes the transport for a Client: HTTP/1.1 alone, TLS 1.2 or
// newer, no decompression of its own, everything bounded but the wait for the
// answer, which Client.Timeout bounds. It is meant to be shared and kept.
func NewTransport(options TransportOptions) *http.Transport {
	dial := options.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTimeout, Control: options.Control}).DialContext
	}
	proxy := options.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	// HTTP/2 is out: its own rules of repeating a request on a connection that
	// is going away are not the ones that were proven here.
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy: func(request *http.Request) (*url.URL, error) {
			if request.URL.Scheme != "https" {
				return nil, nil
			}
			return proxy(request)
		},
		DialContext:            dial,
		Protocols:              protocols,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: options.RootCAs},
		TLSHandshakeTimeout:    tlsTimeout,
		DisableCompression:     true,
		MaxIdleConns:           2 * idleConnections,
		MaxIdleConnsPerHost:    idleConnections,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxAnswerHeaders,
	}
}
