package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raisboy/raisboy/pkg/webhook"
)

// line is a Queue in memory that keeps the promises of one.
type line struct {
	mu       sync.Mutex
	waiting  []webhook.Stored
	next     map[int64]time.Time
	settled  []webhook.Delivery
	err      error // of Settle
	dueErr   error
	careless bool // gives the second of a queue before the first was taken
}

func (l *line) Due(_ context.Context, at time.Time, limit int, except []int64) ([]webhook.Stored, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var due []webhook.Stored
	seen := map[string]bool{}
	for _, s := range l.waiting {
		first := !seen[s.Queue] || l.careless
		seen[s.Queue] = true
		if first && !l.next[s.ID].After(at) && !slices.Contains(except, s.ID) && len(due) < limit {
			due = append(due, s)
		}
	}
	return due, l.dueErr
}

func (l *line) Settle(_ context.Context, d webhook.Delivery) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settled = append(l.settled, d)
	if d.Taken() || d.GivenUp {
		l.waiting = slices.DeleteFunc(l.waiting, func(s webhook.Stored) bool { return s.ID == d.Stored.ID })
	}
	for i := range l.waiting {
		if l.waiting[i].ID == d.Stored.ID {
			l.waiting[i].Attempts++
		}
	}
	l.next[d.Stored.ID] = d.NextAt
	return l.err
}

func newLine(events ...webhook.Stored) *line {
	return &line{waiting: events, next: map[int64]time.Time{}}
}

func (l *line) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) == 0
}

func stored(id int64, queue string) webhook.Stored {
	return webhook.Stored{ID: id, Queue: queue, Path: "/hooks", Body: []byte(queue), ReceivedAt: time.Now()}
}

// application is a local application without a network: it runs in virtual time.
type application func(*http.Request) (int, error)

func (a application) RoundTrip(r *http.Request) (*http.Response, error) {
	status, err := a(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// passOn runs a forwarder in virtual time until its queue is empty, or for so
// long, and gives the order in which webhooks were taken.
func passOn(t *testing.T, l *line, atMost time.Duration, app application) (taken []int64) {
	t.Helper()
	var mu sync.Mutex
	f := &webhook.Forwarder{To: mustParse(t, "http://127.0.0.1:3000/hooks"), Queue: l, Transport: app,
		Seen: func(d webhook.Delivery) {
			mu.Lock()
			defer mu.Unlock()
			if d.Taken() {
				taken = append(taken, d.Stored.ID)
			}
		}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	for began := time.Now(); !l.empty() && time.Since(began) < atMost; {
		time.Sleep(time.Second)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	return taken
}

func TestForwardedInOrderForEachPayout(t *testing.T) {
	inOrder := func(t *testing.T, careless bool) (ordered bool) {
		synctest.Test(t, func(t *testing.T) {
			l := newLine(stored(1, "a"), stored(2, "a"), stored(3, "b"), stored(4, "a"), stored(5, "b"))
			l.careless = careless
			refused := map[string]int{"1": 3, "4": 1, "5": 2}
			var mu sync.Mutex
			taken := passOn(t, l, time.Hour, func(r *http.Request) (int, error) {
				mu.Lock()
				defer mu.Unlock()
				id := r.Header.Get("X-Raisboy-Event")
				if refused[id] > 0 {
					refused[id]--
					return 503, nil
				}
				return 204, nil
			})
			of := func(ids ...int64) []int64 {
				var got []int64
				for _, id := range taken {
					if slices.Contains(ids, id) {
						got = append(got, id)
					}
				}
				return got
			}
			ordered = slices.Equal(of(1, 2, 4), []int64{1, 2, 4}) && slices.Equal(of(3, 5), []int64{3, 5})
		})
		return ordered
	}
	if !inOrder(t, false) {
		t.Error("a payout's webhooks were passed on out of order")
	}
	// The negative control: a queue that gives them all at once is caught.
	if inOrder(t, true) {
		t.Error("the careless queue was not caught")
	}
}

// A payout that is stuck, and an application that hangs over it, hold up no
// other.
func TestStuckPayoutHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(stored(1, "stuck"), stored(2, "hangs"))
		for id := int64(3); id < 60; id++ {
			l.waiting = append(l.waiting, stored(id, string(rune('A'+id))))
		}
		began := time.Now()
		taken := passOn(t, l, 20*time.Second, func(r *http.Request) (int, error) {
			switch r.Header.Get("X-Raisboy-Event") {
			case "1":
				return 500, nil
			case "2":
				<-r.Context().Done()
				return 0, r.Context().Err()
			}
			if time.Since(began) > 5*time.Second {
				t.Errorf("another payout waited %s", time.Since(began))
			}
			return 200, nil
		})
		if len(taken) != 57 {
			t.Errorf("%d were taken", len(taken))
		}
	})
}

// The pauses grow from a second to five minutes, for a week; then it is given up.
func TestForwardIsRetriedForAWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(stored(1, "a"), stored(2, "a"))
		var at []time.Duration
		began := time.Now()
		taken := passOn(t, l, 15*24*time.Hour, func(r *http.Request) (int, error) {
			if r.Header.Get("X-Raisboy-Event") == "2" {
				return 200, nil
			}
			at = append(at, time.Since(began).Round(time.Second))
			return 0, errors.New("connection refused")
		})
		if len(at) < 8 || !slices.Equal(at[:6], []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second, 31 * time.Second}) {
			t.Errorf("attempts at %v", at[:min(len(at), 8)])
		}
		if pause := at[100] - at[99]; pause != 5*time.Minute {
			t.Errorf("later a pause of %s", pause)
		}
		last := l.settled[len(l.settled)-2]
		if !last.GivenUp || last.Stored.ID != 1 || last.Err == nil || !last.NextAt.IsZero() || last.At.Sub(began) < 7*24*time.Hour {
			t.Errorf("given up %t after %s", last.GivenUp, last.At.Sub(began))
		}
		if !slices.Equal(taken, []int64{2}) { // and its successor had its turn
			t.Errorf("taken %v", taken)
		}
	})
}

// What is under way when the listener ends is waited for, but not for ever.
func TestForwarderEnds(t *testing.T) {
	for _, hangs := range []time.Duration{2 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			l := newLine(stored(1, "a"))
			f := &webhook.Forwarder{To: mustParse(t, "http://127.0.0.1:3000"), Queue: l,
				Transport: application(func(r *http.Request) (int, error) {
					select {
					case <-time.After(hangs):
						return 200, nil
					case <-r.Context().Done():
						return 0, r.Context().Err()
					}
				})}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- f.Run(ctx) }()
			synctest.Wait()
			stop()
			began := time.Now()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
			if taken := len(l.settled) == 1 && l.settled[0].Taken(); taken != (hangs < 3*time.Second) {
				t.Errorf("taken %t, after %s", taken, hangs)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("it took %s to end", took)
			}
		})
	}
}

func TestForwarderReportsItsQueue(t *testing.T) {
	broken := errors.New("disk full")
	for name, l := range map[string]*line{
		"due":    {dueErr: broken},
		"settle": {waiting: []webhook.Stored{stored(1, "a")}, next: map[int64]time.Time{}, err: broken},
	} {
		f := &webhook.Forwarder{To: mustParse(t, "http://127.0.0.1:3000"), Queue: l,
			Transport: application(func(*http.Request) (int, error) { return 200, nil })}
		if err := f.Run(t.Context()); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The body goes on byte for byte, the headers but for those of one connection.
func TestForwardedIsWhatCameIn(t *testing.T) {
	var got *http.Request
	var body []byte
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
	}))
	defer app.Close()
	s := webhook.Stored{ID: 7, Path: "/hooks/%2F", Body: []byte("{\"status\" : \"accepted\"}\n\x00\xff"), Headers: map[string][]string{
		"X-Api-Key": {testKey}, "X-Signature": {"abc", "def"}, "X-Timestamp": {"1"}, "Content-Type": {"application/json"},
		"Connection": {"close, X-Private"}, "X-Private": {"1"}, "Keep-Alive": {"1"}, "Te": {"trailers"}, "Upgrade": {"h2c"},
		"Transfer-Encoding": {"chunked"}, "Content-Length": {"1"}, "Accept-Encoding": {"gzip"}, "Proxy-Authorization": {"x"},
		"Expect": {"100-continue"}, "Host": {"desk.example"}, "X-Raisboy-Event": {"1", "2"},
	}}
	f := &webhook.Forwarder{To: mustParse(t, app.URL+"/app?x=1")}
	d := f.Send(t.Context(), s)
	if d.Err != nil || d.Status != 302 || d.Taken() || len(d.Answer) != 4096 {
		t.Fatalf("status %d, %d bytes, %v", d.Status, len(d.Answer), d.Err)
	}
	want := http.Header{
		"X-Api-Key": {testKey}, "X-Signature": {"abc", "def"}, "X-Timestamp": {"1"}, "Content-Type": {"application/json"},
		"Content-Length": {"26"}, "X-Forwarded-Host": {"desk.example"}, "X-Raisboy-Event": {"7"}, "X-Raisboy-Path": {"/hooks/%2F"},
	}
	for name := range want {
		if !slices.Equal(got.Header[name], want[name]) {
			t.Errorf("%s: %q, want %q", name, got.Header[name], want[name])
		}
	}
	if len(got.Header) != len(want) || string(body) != string(s.Body) || got.URL.String() != "/app?x=1" || got.Host == "desk.example" {
		t.Errorf("headers %v, body %q, %s at %s", got.Header, body, got.URL, got.Host)
	}
	if s.Headers["Connection"][0] != "close, X-Private" || len(s.Headers) != 16 {
		t.Error("what is stored was changed")
	}
}

func TestForwardAddress(t *testing.T) {
	for _, address := range []string{"file:///etc/passwd", "gopher://127.0.0.1/", "http:///x", "/x", "unix:///run/x.sock"} {
		f := &webhook.Forwarder{To: mustParse(t, address), Transport: application(func(*http.Request) (int, error) {
			t.Errorf("%s was dialled", address)
			return 200, nil
		})}
		if d := f.Send(t.Context(), stored(1, "a")); !errors.Is(d.Err, webhook.ErrForwardAddress) || d.Taken() {
			t.Errorf("%s: %v", address, d.Err)
		}
	}
	none := new(webhook.Forwarder)
	if d := none.Send(t.Context(), stored(1, "a")); !errors.Is(d.Err, webhook.ErrForwardAddress) {
		t.Errorf("no address: %v", d.Err)
	}
}
