package batch

import (
	"context"
	"sync"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
)

// defaultPause is how long everybody waits after a 429 that does not say.
const defaultPause = 5 * time.Second

// longPause is how long a pause is that has to be explained.
const longPause = 10 * time.Second

// A Gate stands before the client of all workers: when the project tells one of
// them to come back later (429), all of them wait. Next and Now are required.
type Gate struct {
	Next  desk.Sender
	Now   func() time.Time
	Stop  <-chan struct{}       // closed when nothing new is to begin
	Sleep func(time.Duration)   // in its place, for tests; nil: a timer
	Shut  func(until time.Time) // told once of each pause that is long; may be nil

	mutex sync.Mutex
	until time.Time
}

// Send sends a call once the gate is open. What was still waiting when the
// batch was stopped has not left this machine.
func (g *Gate) Send(ctx context.Context, call api.Call) api.Outcome {
	if err := g.Wait(ctx); err != nil {
		return api.Outcome{Verdict: api.NotSent, Cause: api.CauseInterrupted, Detail: err.Error()}
	}
	outcome := g.Next.Send(ctx, call)
	if outcome.Cause == api.CauseRateLimited {
		pause := outcome.RetryAfter
		if pause <= 0 {
			pause = defaultPause
		}
		g.shut(pause)
	}
	return outcome
}

// shut keeps the gate closed for at least so long.
func (g *Gate) shut(pause time.Duration) {
	g.mutex.Lock()
	now, before := g.Now(), g.until
	until := now.Add(pause)
	if until.After(before) {
		g.until = until
	}
	g.mutex.Unlock()
	// Of eight workers that are told so at once, one says it.
	if pause >= longPause && until.Sub(before) >= longPause && g.Shut != nil {
		g.Shut(until)
	}
}

// Wait waits while the gate is shut.
func (g *Gate) Wait(ctx context.Context) error {
	for {
		g.mutex.Lock()
		left := g.until.Sub(g.Now())
		if g.until.IsZero() {
			left = 0
		}
		g.mutex.Unlock()
		if left <= 0 {
			return nil
		}
		if err := g.sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (g *Gate) sleep(ctx context.Context, wait time.Duration) error {
	if g.Sleep != nil {
		g.Sleep(wait)
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-g.Stop:
		return desk.ErrStopped
	}
}
