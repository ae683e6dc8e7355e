package desk

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// deliverAgain answers a decision that was recorded before: what is still
// queued is tried now.
func (d *Desk) deliverAgain(ctx context.Context, lock *journal.Lock, e journal.Entry) (Receipt, error) {
	if e.Notice == nil || e.Notice.State != journal.NoticeQueued {
		return Receipt{Entry: e, Replayed: true, Recorded: true}, nil
	}
	return d.deliver(ctx, lock, e), nil
}

// Deliver tries once to deliver the notice of a payout, due or not: also one
// that the project stopped, for whoever asks has corrected what was wrong. It
// does nothing where none waits. Two desks never deliver one notice at a time:
// the second gets a receipt with HeldLock.
func (d *Desk) Deliver(ctx context.Context, id int64) (Receipt, error) {
	return d.deliverIf(ctx, id, func(n journal.NoticeProgress) bool {
		return n.State == journal.NoticeQueued || n.State == journal.NoticeStopped
	})
}

// deliverIf delivers the notice if it is wanted still when the lock is held.
func (d *Desk) deliverIf(ctx context.Context, id int64, wanted func(journal.NoticeProgress) bool) (Receipt, error) {
	lock, held, err := d.lock(ctx, id)
	if lock == nil {
		return held, err
	}
	defer func() { _ = lock.Release() }()
	e, err := d.Journal.Get(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if e.Profile != d.Profile { // another's key would sign it
		return Receipt{}, &RulingError{Entry: e, Problem: RulingOtherOrigin}
	}
	if e.Notice == nil || !wanted(*e.Notice) {
		return Receipt{Entry: e, Replayed: true, Recorded: true}, nil
	}
	return d.deliver(ctx, lock, e), nil
}

// DeliverDue tries every notice whose time has come, one after the other, and
// gives what came of each to seen.
func (d *Desk) DeliverDue(ctx context.Context, seen func(Receipt)) error {
	ids, err := d.Journal.DueNotices(ctx, d.Profile, d.Now())
	if err != nil {
		return err
	}
	tried := false
	due := func(n journal.NoticeProgress) bool { // another desk may have tried it just now
		tried = n.State == journal.NoticeQueued && !n.NextAt.After(d.Now())
		return tried
	}
	for _, id := range ids {
		if !d.mayBegin(ctx) {
			break
		}
		tried = false
		r, err := d.deliverIf(ctx, id, due)
		if err != nil {
			return err
		}
		if tried {
			seen(r)
		}
	}
	return nil
}

// deliver sends the frozen notice once, as long as the operation's lock is held.
func (d *Desk) deliver(ctx context.Context, lock *journal.Lock, e journal.Entry) Receipt {
	r := Receipt{Entry: e, Recorded: true}
	n := e.Notice
	if !deliverable(e) || d.Notices == nil || ctx.Err() != nil {
		return r
	}
	if err := d.CheckNoticeURL(n.Call.URL, e.PayoutID); err != nil { // settings may have changed since
		return d.noticed(ctx, r, journal.Notice{State: journal.NoticeStopped, Cause: api.CauseInvalidCall, Detail: err.Error()}, nil)
	}
	// From here on the opposite is refused for good, so it must be on disk
	// before the first byte leaves.
	begun, err := d.record(ctx, e.ID, startOf(e))
	if err != nil {
		r.RecordError = err // nothing left: the notice is queued as before
		return r
	}
	if r.Entry = begun; !deliverable(begun) {
		return r // a webhook said the opposite in between
	}
	// The lock may have been lost since, with PostgreSQL's session: then another
	// desk may be delivering by now.
	if err := lock.Check(ctx); err != nil {
		return d.notDelivered(ctx, r, err)
	}
	o := d.Notices.Send(ctx, n.Call)
	r.ServerDate, r.RetryAfter = o.ServerDate, o.RetryAfter
	return d.noticed(ctx, r, d.judgeNotice(begun.Notice.Attempts, o), o.Answer)
}

// deliverable reports whether the notice may be sent: nothing that the project
// said contradicts it, and it did not arrive yet.
func deliverable(e journal.Entry) bool {
	if e.Notice == nil {
		return false
	}
	switch e.Notice.State {
	case journal.NoticeQueued, journal.NoticeStopped:
		return !endedOtherwise(e, e.Notice.Status)
	case journal.NoticeDelivered, journal.NoticePaused:
	}
	return false
}

// startOf records that a delivery begins, after what became of the one before
// it if nobody lived to record that: it may have arrived.
func startOf(e journal.Entry) []journal.Addition {
	start := journal.Addition{Content: journal.Notice{Started: true}}
	for _, f := range slices.Backward(e.Facts) {
		last, ok := f.Content.(journal.Notice)
		if !ok {
			continue
		}
		if !last.Started {
			break
		}
		lost := journal.Notice{State: journal.NoticeQueued, Verdict: api.Unknown.String(), Cause: api.CauseInterrupted}
		return []journal.Addition{{Content: lost}, start}
	}
	return []journal.Addition{start}
}

// notDelivered records that a delivery that was begun came to nothing, for this
// desk holds the operation no more. Where another one has begun since, its word
// about the notice comes after ours and must not be taken for ours.
func (d *Desk) notDelivered(ctx context.Context, r Receipt, lost error) Receipt {
	n := d.judgeNotice(r.Entry.Notice.Attempts, api.Outcome{Verdict: api.NotSent, Cause: api.CauseNotOwner, Detail: lost.Error()})
	begun := len(r.Entry.Facts)
	e, err := d.Journal.Update(context.WithoutCancel(ctx), r.Entry.ID, func(now journal.Entry) ([]journal.Addition, error) {
		for _, f := range now.Facts[begun:] {
			if f.Kind() == journal.FactNotice {
				return nil, nil
			}
		}
		return []journal.Addition{{Content: n}}, nil
	})
	if err != nil {
		r.RecordError = err // nothing left: the notice is queued as before
		return r
	}
	r.Entry = e
	return r
}

func (d *Desk) noticed(ctx context.Context, r Receipt, n journal.Notice, answer []byte) Receipt {
	additions := []journal.Addition{{Content: n, Raw: answer}}
	e, err := d.record(ctx, r.Entry.ID, additions)
	if err != nil {
		r.Recorded, r.RecordError = false, err
		e = r.Entry.With(d.Now(), additions)
	}
	r.Entry = e
	return r
}

// Delivery of a notice never ends by itself: the project must learn how the
// payout ended.
const (
	firstNoticeDelay = 5 * time.Second
	maxNoticeDelay   = 15 * time.Minute
)

// judgeNotice decides what a delivery's outcome means for the next one.
func (d *Desk) judgeNotice(before int, o api.Outcome) journal.Notice {
	n := journal.Notice{
		Verdict: o.Verdict.String(), Cause: o.Cause, HTTPStatus: o.HTTPStatus, Code: o.Code, Detail: o.Detail,
	}
	switch {
	case o.Verdict == api.Done:
		n.State = journal.NoticeDelivered
	case stopsNotice(o):
		n.State = journal.NoticeStopped
	default:
		n.State = journal.NoticeQueued
		n.NextAt = d.Now().Add(max(noticeDelay(before), o.RetryAfter)).Truncate(time.Millisecond) // as the journal keeps it
	}
	if n.Detail == "" && o.Verdict != api.Done { // it becomes the last error
		n.Detail = o.Message
	}
	return n
}

// stopsNotice: the answers after which trying again cannot help.
func stopsNotice(o api.Outcome) bool {
	switch o.HTTPStatus {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound:
		return true
	}
	return o.Cause == api.CauseRedirect || o.Cause == api.CauseInvalidCall
}

// noticeDelay grows from five seconds to fifteen minutes, with a jitter of a
// quarter, so that many tills do not knock at the same moment.
func noticeDelay(before int) time.Duration {
	delay := firstNoticeDelay
	for range min(before, 10) {
		delay = min(delay*2, maxNoticeDelay)
	}
	return min(delay-delay/4+rand.N(delay/2+1), maxNoticeDelay) //nolint:gosec // a jitter need not be secret
}
