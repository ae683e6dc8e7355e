//go:build crashpoints

package main

import (
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/desk"
)

// This file is in a program for fault trials alone; see crashpoints_off.go.

// Further points at which a trial can end the process, beside those of the
// desk: both lie within one request.
const (
	pointRequest   desk.Point = "request"    // the request's last byte was written, nothing came back
	pointFirstByte desk.Point = "first-byte" // the answer's first byte is there
)

// crashVariable names the point at which the process ends as if by kill -9.
const crashVariable = "RAISBOY_CRASH_AT"

// clockVariable names a file that holds a duration by which this process's
// clock is off. It is read at every look at the clock, so that a trial can make
// the clock jump while the command runs.
const clockVariable = "RAISBOY_CLOCK_FILE"

func (s *session) instrument() {
	wanted := desk.Point(os.Getenv(crashVariable))
	if wanted == "" {
		return
	}
	pass := func(p desk.Point) {
		if p == wanted {
			die()
		}
	}
	s.desk.Passing = pass
	s.client.Transport = &tracedTransport{next: s.client.Transport, pass: pass}
}

// tracedTransport tells when a money request has left and when its answer begins.
type tracedTransport struct {
	next http.RoundTripper
	pass func(desk.Point)
}

// RoundTrip implements http.RoundTripper.
func (t *tracedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, "/validate-user") {
		return t.next.RoundTrip(request)
	}
	return t.next.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.pass(pointRequest) },
		GotFirstResponseByte: func() { t.pass(pointFirstByte) },
	})))
}

// die ends the process without a chance for anything in it to clean up.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}

func systemClock() func() time.Time {
	path := os.Getenv(clockVariable)
	if path == "" {
		return time.Now
	}
	return func() time.Time {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		off, err := time.ParseDuration(strings.TrimSpace(string(text)))
		if err != nil {
			panic(err)
		}
		return time.Now().Add(off)
	}
}
