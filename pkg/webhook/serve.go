package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
)

// The default limits. They hold for a receiver that faces the internet; a
// webhook of the document has some 300 bytes.
const (
	defaultBody       = 64 << 10 // bytes
	defaultHeader     = 16 << 10 // bytes, request line included
	defaultHeaderTime = 5 * time.Second
	defaultReadTime   = 10 * time.Second
	defaultRecordTime = 8 * time.Second
	defaultDrainTime  = 10 * time.Second

	// defaultConnections times what one may hold, some 100 KB with TLS, is 50 MB.
	defaultConnections = 512
)

// idleTime is how long a connection may wait for its next request.
const idleTime = time.Minute

// Limits of a Receiver. What is zero or less means its default, which stands
// beside it.
type Limits struct {
	Body       int64         // bytes of a body; 64 KiB
	Header     int           // bytes of request line and headers; 16 KiB, at least 4, which net/http reads at once
	HeaderTime time.Duration // for the headers to arrive; 5 s
	ReadTime   time.Duration // for the whole request to arrive, headers included; 10 s
	RecordTime time.Duration // for one call of the Sink; 8 s
	DrainTime  time.Duration // for what was accepted to be finished after Serve's context ended; 10 s

	// Connections at one time; 512. One more pushes out the one that achieved
	// nothing for the longest time.
	Connections int
}

func or[T int | int64 | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

func (l Limits) body() int64               { return or(l.Body, defaultBody) }
func (l Limits) recordTime() time.Duration { return or(l.RecordTime, defaultRecordTime) }
func (l Limits) readTime() time.Duration   { return or(l.ReadTime, defaultReadTime) }

// arrivalGrace is how long, once it is to end, a request that is still arriving
// has left: strangers who send slowly must not keep a receiver from ending.
const arrivalGrace = time.Second

// readAhead is what net/http adds to MaxHeaderBytes for its buffer.
const readAhead = 4096

// Server gives a server for the receiver with all its limits. It speaks
// HTTP/1.1 alone: HTTP/2 has many requests on a connection and so would need
// limits of its own, and nobody needs it to send a webhook.
func (r *Receiver) Server() *http.Server {
	l := r.Limits
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           r,
		ReadHeaderTimeout: or(l.HeaderTime, defaultHeaderTime),
		ReadTimeout:       l.readTime(),
		// From the end of the headers on: the body and the recording come first,
		// and then the answer must still get out.
		WriteTimeout:   l.readTime() + l.recordTime() + defaultReadTime,
		IdleTimeout:    idleTime,
		MaxHeaderBytes: max(1, or(l.Header, defaultHeader)-readAhead),
		Protocols:      protocols,
		ConnContext:    withConn,
		// OPTIONS is refused like every other method.
		DisableGeneralOptionsHandler: true,
		// What strangers do wrong at this level is no error of ours.
		ErrorLog: slog.NewLogLogger(r.logger().Handler(), slog.LevelDebug),
	}
}

// ErrNoSink is returned by Serve for a receiver that could record nothing.
var ErrNoSink = errors.New("webhook receiver has no sink")

// Serve receives webhooks from the listener until ctx ends, over TLS if
// Receiver.TLS says so. Then it accepts no more, finishes what it accepted, for
// at most Limits.DrainTime, and returns nil; what is not finished by then, or has
// not arrived within a second, is cut off and was not acknowledged. It closes the
// listener in any case.
//
// Its errors are ErrNoSink; sign.ErrNoKey and a *sign.PartError for a Verifier
// that could verify nothing, found out now and not at the first webhook; and
// those of a listener that fails before ctx ends.
func (r *Receiver) Serve(ctx context.Context, listener net.Listener) error {
	if err := r.ready(); err != nil {
		return errors.Join(err, listener.Close())
	}
	gate := newGate(or(r.Limits.Connections, defaultConnections))
	listener = &gatedListener{Listener: listener, gate: gate}
	if r.TLS != nil {
		listener = tls.NewListener(listener, r.TLS) // outside the gate, so that it knows the connections
	}
	server := r.Server()
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		failed = server.Serve(listener)
	}()
	select {
	case <-ctx.Done():
	case <-done:
	}
	asked := ctx.Err() != nil
	expelled := time.AfterFunc(arrivalGrace, gate.expel)
	defer expelled.Stop()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), or(r.Limits.DrainTime, defaultDrainTime))
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		r.logger().Warn("requests were cut off unanswered", "error", err)
		_ = server.Close() // the listener's error, if any, came with Shutdown
	}
	<-done // the listener is closed
	if asked {
		return nil
	}
	return failed
}

// ready reports what would make every webhook fail.
func (r *Receiver) ready() error {
	if r.Sink == nil {
		return ErrNoSink
	}
	// A probe, because only the verifier knows what it can verify with. An
	// empty signature is the one thing that it should find wrong.
	probe := sign.Message{Method: http.MethodPost, Path: "/", Timestamp: "0", APIKey: r.Verifier.APIKey}
	if _, err := r.Verifier.Verify(probe, "", r.now()); !errors.Is(err, sign.ErrMalformedSignature) {
		return err
	}
	return nil
}
