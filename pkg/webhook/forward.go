package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// A Stored is a recorded webhook on its way to a local application.
type Stored struct {
	ID         int64  // of the stored event
	Queue      string // those of one queue are passed on one after the other
	Path       string // escaped, as it came in
	Headers    map[string][]string
	Body       []byte // raw
	Attempts   int    // that were made before
	ReceivedAt time.Time
}

// A Queue keeps what is to be passed on, durably: a restart loses nothing.
type Queue interface {
	// Due gives webhooks whose time has come, the oldest first and at most
	// limit of them: of each queue the first that waits. Those in except are
	// under way already.
	Due(ctx context.Context, at time.Time, limit int, except []int64) ([]Stored, error)

	// Settle keeps what became of an attempt.
	Settle(ctx context.Context, d Delivery) error
}

// A Delivery is what became of one attempt to pass a webhook on.
type Delivery struct {
	Stored Stored
	URL    string
	At     time.Time // when the attempt ended

	Status int    // HTTP status of the answer; 0: none came
	Answer []byte // its beginning, at most 4 KiB
	Err    error  // why there was no answer

	GivenUp bool      // it failed, and was tried for long enough
	NextAt  time.Time // of the next attempt; zero: there is none
}

// Taken reports whether the application took it: any 2xx.
func (d Delivery) Taken() bool { return d.Status/100 == 2 }

// The times of forwarding.
const (
	forwardPeriod  = time.Second      // how often the queue is looked at unasked
	forwardTimeout = 10 * time.Second // for one answer
	forwardGrace   = 3 * time.Second  // for answers that are awaited when the listener ends
	firstForward   = time.Second      // until the second attempt, then doubling
	maxForward     = 5 * time.Minute
	forwardFor     = 7 * 24 * time.Hour // then it is given up
)

// forwardSlots bounds the attempts at one time. An application that hangs holds
// one slot for each payout, not all of them for one.
const forwardSlots = 16

// A Forwarder passes recorded webhooks on to a local application: the raw body
// and the original headers, in order for each payout, again and again until it
// is answered 2xx. An application may get one twice, never two of a payout out
// of order. Its fields are set before Run and not changed after.
type Forwarder struct {
	To    *url.URL // http or https
	Queue Queue    // required by Run

	Transport http.RoundTripper // nil means one without proxies
	Now       func() time.Time  // nil means time.Now
	Log       *slog.Logger      // nil means no log
	Seen      func(Delivery)    // is given every attempt; nil: nobody is

	// Wake says that something was queued; else that is found out within a
	// second. Nil: nobody says so.
	Wake <-chan struct{}

	once  sync.Once
	built http.RoundTripper
}

// Run passes on what is queued until ctx ends. Then it waits for answers that
// are on their way, for a few seconds. Its error is the queue's.
func (f *Forwarder) Run(ctx context.Context) error {
	r := &forwarding{Forwarder: f, done: make(chan settled, forwardSlots), busy: map[int64]bool{}}
	hard, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(forwardGrace, giveUp) })
	defer stop()
	ticker := time.NewTicker(forwardPeriod)
	defer ticker.Stop()
	for {
		err := r.start(ctx, hard)
		if err != nil || ctx.Err() != nil {
			return r.finish(ctx, err)
		}
		select {
		case s := <-r.done:
			if err := r.settled(s); err != nil {
				return r.finish(ctx, err)
			}
		case <-f.Wake:
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// forwarding is one Run.
type forwarding struct {
	*Forwarder
	done chan settled
	busy map[int64]bool // the webhooks under way
}

type settled struct {
	id  int64
	err error
}

// start sets going what is due, as far as there are slots.
func (r *forwarding) start(ctx, hard context.Context) error {
	free := forwardSlots - len(r.busy)
	if free <= 0 || ctx.Err() != nil {
		return nil //nolint:nilerr // it is to end: nothing more is begun
	}
	except := make([]int64, 0, len(r.busy))
	for id := range r.busy {
		except = append(except, id)
	}
	due, err := r.Queue.Due(ctx, r.now(), free, except)
	if err != nil {
		return err
	}
	for _, s := range due {
		r.busy[s.ID] = true
		go func() { r.done <- settled{s.ID, r.pass(hard, s)} }()
	}
	return nil
}

func (r *forwarding) settled(s settled) error {
	delete(r.busy, s.id)
	return s.err
}

// finish waits for what is under way.
func (r *forwarding) finish(ctx context.Context, err error) error {
	for len(r.busy) > 0 {
		if failed := r.settled(<-r.done); err == nil {
			err = failed
		}
	}
	if err == nil || ctx.Err() == nil {
		return err
	}
	// It was to end anyhow: what was not settled is passed on by the next one.
	r.logger().Error("forwarding ended with an error", "error", err)
	return nil
}

// pass makes one attempt and has it kept.
func (f *Forwarder) pass(ctx context.Context, s Stored) error {
	d := f.Send(ctx, s)
	if !d.Taken() {
		d.GivenUp = d.At.Sub(s.ReceivedAt) >= forwardFor
		if !d.GivenUp {
			d.NextAt = d.At.Add(forwardDelay(s.Attempts))
		}
	}
	if err := f.Queue.Settle(context.WithoutCancel(ctx), d); err != nil {
		return err
	}
	if f.Seen != nil {
		f.Seen(d)
	}
	return nil
}

// forwardDelay is how long to wait after so many attempts and one more.
func forwardDelay(before int) time.Duration {
	delay := firstForward
	for range min(before, 20) {
		delay = min(2*delay, maxForward)
	}
	return delay
}

func (f *Forwarder) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

func (f *Forwarder) logger() *slog.Logger {
	if f.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return f.Log
}
