package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/raisboy/raisboy/pkg/webhook"
)

func TestSinkDecidesTheAnswer(t *testing.T) {
	for _, test := range []struct {
		name   string
		sink   *memory
		status int
		body   string
		reason webhook.Reason // none: not refused
	}{
		{"recorded", &memory{}, 200, ok, ""},
		{"unknown payout", &memory{ack: webhook.AckUnknownPayment}, 404, paymentNotFound, ""},
		{"own notice", &memory{ack: webhook.AckReflected}, 401, invalidSignature, webhook.ReasonReflected},
		{"error", &memory{err: errors.New("disk full")}, 500, failed, webhook.ReasonNotRecorded},
		{"no word", &memory{noAck: true}, 500, failed, webhook.ReasonNotRecorded},
		{"a word of another language", &memory{ack: 99}, 500, failed, webhook.ReasonNotRecorded},
		{"error twice", &memory{err: errors.New("disk full"), rejectErr: errors.New("disk full")}, 500, failed, webhook.ReasonNotRecorded},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := answerOf(newReceiver(t, test.sink), webhook1().request(t))
			if got.Code != test.status || got.Body.String() != test.body {
				t.Errorf("answer %d %s", got.Code, got.Body)
			}
			var reason webhook.Reason
			for _, r := range test.sink.rejected {
				reason = r.Reason
			}
			if reason != test.reason {
				t.Errorf("reason %q, want %q", reason, test.reason)
			}
		})
	}
}

// The sender going away must not undo the recording; a Sink that hangs must not
// hold the receiver for ever.
func TestRecordContext(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	sink := &memory{before: func(ctx context.Context) {
		leave()
		if err := ctx.Err(); err != nil {
			t.Errorf("in Record: %v", err)
		}
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("Record has no bound")
		}
	}}
	if got := answerOf(newReceiver(t, sink), webhook1().request(t).WithContext(ctx)); got.Code != 200 {
		t.Errorf("answer %d", got.Code)
	}
}

// watcher notes the moment at which an answer begins.
type watcher struct {
	httptest.ResponseRecorder
	begun func()
}

func (w *watcher) WriteHeader(status int) {
	w.begun()
	w.ResponseRecorder.WriteHeader(status)
}

// answeredEarly reports whether the handler begins its answer before Record has
// returned.
func answeredEarly(t *testing.T, wrap func(http.Handler) http.Handler) bool {
	t.Helper()
	returned, early := false, false
	sink := &memory{after: func() { returned = true }}
	w := &watcher{ResponseRecorder: *httptest.NewRecorder(), begun: func() { early = early || !returned }}
	wrap(newReceiver(t, sink)).ServeHTTP(w, webhook1().request(t))
	if !returned || w.Code != 200 {
		t.Fatalf("returned %t, answer %d", returned, w.Code)
	}
	return early
}

func TestAcknowledgedOnlyAfterRecord(t *testing.T) {
	if answeredEarly(t, func(h http.Handler) http.Handler { return h }) {
		t.Error("the answer began before Record returned")
	}
	// The negative control: a handler that answers first is caught.
	if !answeredEarly(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(200)
			h.ServeHTTP(w, r)
		})
	}) {
		t.Error("the careless handler was not caught")
	}
}

// The evidence must not keep a sender waiting.
func TestRejectComesAfterTheAnswer(t *testing.T) {
	answered := false
	sink := &ordered{check: func() {
		if !answered {
			t.Error("Reject was called before the answer")
		}
	}}
	w := &watcher{ResponseRecorder: *httptest.NewRecorder(), begun: func() { answered = true }}
	request := webhook1().request(t)
	request.Header.Del("X-Signature")
	newReceiver(t, sink).ServeHTTP(w, request)
	if sink.calls != 1 || !w.Flushed {
		t.Errorf("%d calls, flushed %t", sink.calls, w.Flushed)
	}
}

type ordered struct {
	memory
	calls int
	check func()
}

func (o *ordered) Reject(context.Context, webhook.Rejected) error {
	o.calls++
	o.check()
	return nil
}

// Many refused requests at once must neither wait for the Sink nor pile up.
func TestRejectsAreBounded(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{}, 100)
	sink := &hanging{entered: entered, release: release}
	receiver := newReceiver(t, sink)
	done := make(chan int, 100)
	bad := func() {
		request := webhook1().request(t)
		request.Header.Del("X-Signature")
		done <- answerOf(receiver, request).Code
	}
	const bound = 16
	for range bound {
		go bad()
	}
	for range bound {
		<-entered
	}
	for range 20 { // these return although the Sink hangs
		bad()
		if code := <-done; code != 401 {
			t.Errorf("answer %d", code)
		}
	}
	close(release)
	for range bound {
		<-done
	}
	bad() // and once it no longer does, evidence is kept again
	<-entered
}

type hanging struct {
	memory
	entered, release chan struct{}
}

func (h *hanging) Reject(context.Context, webhook.Rejected) error {
	h.entered <- struct{}{}
	<-h.release
	return nil
}
