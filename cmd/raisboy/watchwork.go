package main

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/render"
)

// errReaderStalled is returned when nobody read stdout any more at the end.
var errReaderStalled = errors.New("nobody reads what was printed")

// attach gives the watch what it works with: stdout above all, behind a queue,
// because an acknowledgement must not wait for whoever reads.
func (w *watch) attach(a *app, s *session, end context.CancelFunc) {
	w.app, w.session, w.end = a, s, end
	w.queue = newLineQueue(a.process.out, a.render.Skipped, w.fail)
	o := a.render.Options
	o.Out = w.queue
	w.render = render.New(o)
	go w.queue.run()
}

// screen prints for the terminal as it is now: in months its window is drawn
// wider and narrower.
func (w *watch) screen() *render.Renderer {
	if w.app.process.columns == nil {
		return w.render
	}
	return w.render.At(w.app.process.columns())
}

// finish prints what is still to be printed and says how the listener ended.
// err is the receiver's: what else failed was tried again.
func (w *watch) finish(err error) error {
	w.fail(w.queue.close(linePatience))
	if w.sign != nil {
		_ = w.sign.Release()
	}
	w.failing.Lock()
	defer w.failing.Unlock()
	if err != nil {
		return err
	}
	return w.failed
}

// fail ends the listener if stdout takes no more, so that the operator, or
// whoever read it, notices: what was received is in the journal all the same.
func (w *watch) fail(err error) {
	if err == nil {
		return
	}
	w.failing.Lock()
	defer w.failing.Unlock()
	if w.failed == nil {
		w.failed = &lostOutput{err}
		if errors.Is(err, syscall.EPIPE) {
			w.failed = err // the reader has seen enough
		}
		w.end()
	}
}

// complainPeriod is how often the same trouble is said again.
const complainPeriod = time.Minute

// keepOn calls do again and again until the context ends. Trouble is said and
// then tried again: a listener is left alone for months, and a journal that is
// busy for a moment must not end it.
func (w *watch) keepOn(ctx context.Context, work string, period time.Duration, do func(context.Context) error) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	var said time.Time
	for {
		err := do(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if now := w.app.process.now(); err != nil && now.Sub(said).Abs() >= complainPeriod {
			said = now
			p := w.app.explain(err)
			w.screen().Problem(p.cause, p.remedy)
			w.app.log.Debug("listener's work failed", "work", work, "error", err.Error())
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// deliver tries the notices whose time has come.
func (w *watch) deliver(ctx context.Context) error {
	return w.session.desk.DeliverDue(ctx, func(r desk.Receipt) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.active = true
		if len(w.only) == 0 && !w.over {
			w.fail(w.screen().NoticeDelivered(r))
		}
	})
}

// statusPeriod is how long nothing must have happened before a terminal is told
// what waits.
const statusPeriod = 5 * time.Second

// status tells a terminal what waits, once after each burst of events and only
// if that changed.
func (w *watch) status(ctx context.Context) error {
	if !w.app.process.errTerminal || w.app.quiet {
		return nil
	}
	w.mutex.Lock()
	active := w.active
	w.active = false
	w.mutex.Unlock()
	if active && !w.statusDue {
		w.statusDue = true // wait out the burst
		return nil
	}
	if active || !w.statusDue {
		return nil
	}
	b, err := w.session.journal.Backlog(ctx, w.session.profile.Name)
	if err != nil {
		return err
	}
	if w.statusDue = false; !w.statusSaid || b != w.backlog {
		w.statusSaid, w.backlog = true, b
		w.screen().Backlog(b)
	}
	return nil
}
