package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// watch is where everything that happens to a payout comes together for the
// listener's screen: webhooks that it received itself, and what other commands
// did to the same journal.
type watch struct {
	app     *app
	session *session
	end     context.CancelFunc // ends the listener

	only  []api.PayoutStatus // print these alone; empty: all
	once  bool               // end after the first that is printed
	until api.PayoutStatus   // end after the first with this status

	render *render.Renderer // prints into queue
	queue  *lineQueue       // before stdout
	wake   chan struct{}    // the forwarder's; nil: there is none
	sign   *journal.Lock    // that a listener runs; nil: another one's says so

	mutex  sync.Mutex
	known  map[int64]api.PayoutStatus // by operation: what was last printed or seen
	since  time.Time                  // up to where the journal was looked at
	over   bool                       // what was waited for was printed
	active bool                       // something was printed since status last asked

	failing sync.Mutex
	failed  error // stdout does not take any more

	statusDue, statusSaid bool // of status alone
	backlog               journal.Backlog
}

// begin notes where every payout stands that may still move.
func (w *watch) begin(ctx context.Context) error {
	w.since, w.statusDue = w.app.process.now(), true
	for _, status := range []api.PayoutStatus{api.StatusPending, api.StatusAccepted} {
		filter := journal.Filter{Profile: w.session.profile.Name, Kind: api.KindPayout, PayoutStatus: status}
		for e, err := range w.session.journal.List(ctx, filter) {
			if err != nil {
				return err
			}
			w.known[e.ID] = e.PayoutStatus
		}
	}
	return nil
}

// look prints what other processes changed since the last look.
func (w *watch) look(ctx context.Context) error {
	began := w.app.process.now()
	filter := journal.Filter{Profile: w.session.profile.Name, Kind: api.KindPayout, ChangedSince: w.since}
	for e, err := range w.session.journal.List(ctx, filter) {
		if err != nil {
			return err
		}
		w.mutex.Lock()
		from := w.known[e.ID]
		if isNews(from, e.PayoutStatus) {
			t := render.Transition{Entry: e, From: from, To: e.PayoutStatus, Conflict: troubled(e), At: began}
			if e.PayoutStatus == api.StatusAccepted {
				_, t.AddressProblem = w.session.desk.NoticeURL(e)
			}
			w.print(t)
		}
		w.mutex.Unlock()
	}
	// Twice the period is looked back over: a commit may become visible a
	// little after the time that it bears.
	w.since = began.Add(-2 * watchPeriod)
	return nil
}

// isNews reports that a payout moved on from what was printed last. What is told
// here was read before the mutex was taken: a webhook that was printed since is
// ahead of it, and a status never falls back.
func isNews(known, now api.PayoutStatus) bool {
	return now != known && now.Rank() > 0 && now.Rank() >= known.Rank()
}

// troubled reports a payout that a person must look at before any cash moves.
func troubled(e journal.Entry) bool {
	return e.State == journal.StateConflict || e.State == journal.StateMismatch
}

// Record implements webhook.Sink: it returns once the webhook is in the
// journal, and only then is it acknowledged.
func (w *watch) Record(ctx context.Context, e webhook.Event) (webhook.Ack, error) {
	event := journalEvent(e)
	if w.wake != nil {
		event.Forward.State = journal.ForwardWaiting
	}
	seen, err := w.session.desk.Observe(ctx, event)
	switch {
	case err != nil:
		w.app.log.Error("webhook could not be recorded", "error", err.Error())
		return 0, err
	case seen.Reflected:
		return webhook.AckReflected, nil
	}
	w.awaken()
	moved := render.Transition{
		EventID: seen.Event.ID, Entry: seen.After, From: seen.Before.PayoutStatus, To: seen.After.PayoutStatus,
		Duplicate: seen.Event.Duplicate, Unrecognised: seen.Event.Kind == journal.EventUnrecognised,
		Conflict:   troubled(seen.After),
		SignedPath: seen.Event.SignedPath, Timestamp: e.Webhook.Timestamp, At: seen.Event.ReceivedAt,
		WebhookURL: e.Webhook.WebhookURL, AddressProblem: seen.AddressProblem,
	}
	var show func() error
	if seen.Found { // a commit lets many go on at once: each makes its line before it stands in line
		show = w.screen().PrepareTransition(moved)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.active = true
	switch {
	case !seen.Found:
		if w.wants(e.Webhook.Status) {
			w.fail(w.screen().Orphan(seen))
		}
		return webhook.AckUnknownPayment, nil
	case w.known[seen.After.ID] == seen.After.PayoutStatus && seen.Before.PayoutStatus != seen.After.PayoutStatus:
		return webhook.AckRecorded, nil // look was quicker to show it
	}
	// What another command did a moment ago comes before what the webhook says
	// about it: look has not been there yet.
	if from, before := w.known[seen.Before.ID], seen.Before; isNews(from, before.PayoutStatus) {
		w.print(render.Transition{Entry: before, From: from, To: before.PayoutStatus, At: seen.Event.ReceivedAt, Conflict: troubled(before)})
	}
	w.show(moved, show)
	return webhook.AckRecorded, nil
}

// Reject implements webhook.Sink: evidence for the diagnosis.
func (w *watch) Reject(ctx context.Context, r webhook.Rejected) error {
	event := journalEvent(r.Event)
	event.Profile, event.Reason = w.session.profile.Name, string(r.Reason)
	err := w.session.journal.Reject(ctx, event)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.only) == 0 && !w.over {
		w.fail(w.screen().RejectedWebhook(event))
	}
	return err
}

func journalEvent(e webhook.Event) journal.Event {
	return journal.Event{
		Webhook: e.Webhook, ReceivedAt: e.ReceivedAt, Method: e.Method, Path: e.Path,
		SignedPath: string(e.SignedPath), Headers: e.Headers, Body: e.Body,
	}
}

// print shows a transition, unless it is filtered out, and ends the listener
// if it waited for this one. The mutex is held.
func (w *watch) print(t render.Transition) {
	w.show(t, func() error { return w.screen().Transition(t) })
}

// show is print where the transition is made ready already. The mutex is held.
func (w *watch) show(t render.Transition, show func() error) {
	if w.active = true; t.To.Rank() >= w.known[t.Entry.ID].Rank() {
		w.known[t.Entry.ID] = t.To
	}
	if !w.wants(t.To) {
		return
	}
	w.fail(show())
	if w.once || w.until != "" && t.To == w.until {
		w.over = true
		w.end()
	}
}

// wants reports whether what bears the status is printed: not what was filtered
// out, and nothing after the one that the listener was to wait for. All of it is
// recorded. The mutex is held.
func (w *watch) wants(status api.PayoutStatus) bool {
	return !w.over && (len(w.only) == 0 || slices.Contains(w.only, status))
}

var _ webhook.Sink = (*watch)(nil)
var _ desk.Sender = (*api.Client)(nil)
