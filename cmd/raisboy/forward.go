package main

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// forwardQueue is the journal as the forwarder sees it.
type forwardQueue struct {
	journal *journal.Journal
	profile string
	right   *journal.Lock // to pass on, of one listener at a time
}

// Due implements webhook.Queue. The right to pass on ends with its session, and
// another listener may have it since: without it nothing more is begun.
func (q forwardQueue) Due(ctx context.Context, at time.Time, limit int, except []int64) ([]webhook.Stored, error) {
	if err := q.right.Check(ctx); err != nil {
		return nil, err
	}
	events, err := q.journal.DueForwards(ctx, q.profile, at, limit, except)
	if err != nil {
		return nil, err
	}
	due := make([]webhook.Stored, 0, len(events))
	for _, e := range events {
		due = append(due, storedEvent(e))
	}
	return due, nil
}

// Settle implements webhook.Queue.
func (q forwardQueue) Settle(ctx context.Context, d webhook.Delivery) error {
	f := journal.Forward{State: journal.ForwardWaiting, HTTPStatus: d.Status, TriedAt: d.At, NextAt: d.NextAt}
	switch {
	case d.Taken():
		f.State = journal.ForwardTaken
	case d.GivenUp:
		f.State = journal.ForwardGivenUp
	}
	return q.journal.Forwarded(ctx, d.Stored.ID, f)
}

func storedEvent(e journal.Event) webhook.Stored {
	return webhook.Stored{
		ID: e.ID, Queue: e.Queue(), Path: e.Path, Headers: e.Headers, Body: e.Body,
		Attempts: e.Forward.Attempts, ReceivedAt: e.ReceivedAt,
	}
}

func shownDelivery(d webhook.Delivery) render.Forwarding {
	f := render.Forwarding{
		Event: d.Stored.ID, URL: d.URL, Status: d.Status, Answer: strings.TrimSpace(string(d.Answer)),
		GivenUp: d.GivenUp, First: d.Stored.Attempts == 0, At: d.At,
	}
	if d.Err != nil {
		f.Failure = d.Err.Error()
	}
	return f
}

// turnPeriod is how often a listener asks whether it is now its turn to do what
// one of several does for all.
const turnPeriod = 5 * time.Second

// forward adds the passing on of webhooks to the listener's work.
func (w *watch) forward(ctx context.Context, group *errgroup.Group) error {
	address := w.session.profile.Listen.ForwardTo
	if address == "" {
		return nil
	}
	to, err := url.Parse(address)
	if err != nil {
		return err
	}
	w.wake = make(chan struct{}, 1)
	f := &webhook.Forwarder{
		To: to, Now: w.app.process.now, Log: w.app.log,
		Wake: w.wake, Seen: func(d webhook.Delivery) { w.render.Forwarded(shownDelivery(d)) },
	}
	group.Go(func() error {
		return w.keepOn(ctx, "forward", turnPeriod, func(ctx context.Context) error {
			lock, err := w.session.journal.LockForwards(ctx, w.session.profile.Name)
			if err != nil || lock == nil { // another listener does it
				return err
			}
			defer func() { _ = lock.Release() }()
			f.Queue = forwardQueue{w.session.journal, w.session.profile.Name, lock}
			if err := f.Run(ctx); !errors.Is(err, journal.ErrLockLost) {
				return err
			}
			return nil // its session ended; whoever has the right now passes on
		})
	})
	return nil
}

// beSeen keeps up the sign that a listener runs: the one of several that bore it
// may have ended, or the session that it was bound to.
func (w *watch) beSeen(ctx context.Context) error {
	if w.sign != nil && w.sign.Check(ctx) == nil {
		return nil
	}
	var err error
	w.sign, err = w.session.journal.Listen(ctx, w.session.profile.Name)
	return err
}

// awaken tells the forwarder that there is something new.
func (w *watch) awaken() {
	select {
	case w.wake <- struct{}{}:
	default: // it knows, or there is none
	}
}
