package desk

import (
	"bytes"
	"context"
	"errors"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Observe records a verified webhook, durably, and says what it changed. Only
// after it returned without an error may the webhook be acknowledged.
func (d *Desk) Observe(ctx context.Context, event journal.Event) (Observation, error) {
	event.Profile = d.Profile
	if reflected, err := d.reflected(ctx, event); reflected || err != nil {
		return Observation{Reflected: reflected}, err
	}
	seen, err := d.Journal.Observe(context.WithoutCancel(ctx), event)
	o := Observation{Observation: seen}
	if err == nil && seen.Found && event.Webhook.WebhookURL != "" {
		_, o.AddressProblem = d.NoticeURL(seen.After)
	}
	return o, err
}

// NoticeURL is where Webhook 2 of a payout goes: the first verified webhook_url
// that may be used, so that a project can mend a wrong one by sending another.
// Where none may, the error says why the latest may not; without any, both are
// empty.
func (d *Desk) NoticeURL(e journal.Entry) (string, error) {
	var problem error
	for _, f := range e.Facts {
		w, ok := f.Content.(journal.Webhook)
		if !ok || w.WebhookURL == "" {
			continue
		}
		if problem = d.CheckNoticeURL(w.WebhookURL, e.PayoutID); problem == nil {
			return w.WebhookURL, nil
		}
	}
	return "", problem
}

// reflected reports the bytes of our own Webhook 2 coming back: both directions
// are signed with one secret, so that the signature proves nothing here.
func (d *Desk) reflected(ctx context.Context, event journal.Event) (bool, error) {
	if !event.Webhook.Status.Final() {
		return false, nil
	}
	entries, err := d.Journal.Find(ctx, d.Profile, event.Webhook.PayoutID)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Notice != nil && bytes.Equal(e.Notice.Call.Body, event.Body) {
			return true, nil
		}
	}
	return false, nil
}

// Conclude ends an accepted payout: completed once the cash was handed over,
// cancelled if it will not be. It takes the operation's lock first, so that no
// second desk hands over the same cash; confirm is called while it is held,
// before anything is written. The decision and the frozen Webhook 2 are one
// transaction; the notice is then delivered at once if it can be.
//
// A *RulingError says why the decision was not taken. RulingTwice among them
// needs a person at once: the lock was lost while this one was asked, another
// desk completed the payout meanwhile, and both may have handed over the cash.
func (d *Desk) Conclude(ctx context.Context, id int64, r journal.Ruling, note string, confirm func(journal.Entry) error) (Receipt, error) {
	lock, held, err := d.lock(ctx, id)
	if lock == nil {
		return held, err
	}
	defer func() { _ = lock.Release() }()
	e, err := d.Journal.Get(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	err = d.checkConclusion(e, r)
	if errors.Is(err, errNothingNew) {
		return d.deliverAgain(ctx, lock, e)
	}
	if err != nil {
		return Receipt{}, err
	}
	if err := d.agreed(e, confirm); err != nil {
		return Receipt{}, err
	}
	notice, err := d.notice(e, r)
	if err != nil {
		return Receipt{}, err
	}
	concluded, err := d.Journal.Update(context.WithoutCancel(ctx), id, func(now journal.Entry) ([]journal.Addition, error) {
		// A webhook may have come while the operator was asked.
		e = now
		if err := d.checkConclusion(now, r); err != nil {
			return nil, err
		}
		return []journal.Addition{{Raw: notice.Body, Content: journal.Decision{Ruling: r, Note: note, URL: notice.URL}}}, nil
	})
	if errors.Is(err, errNothingNew) {
		if e.Notice != nil && r == journal.RuledCompleted {
			return Receipt{}, &RulingError{Entry: e, Ruling: r, Problem: RulingTwice}
		}
		return d.deliverAgain(ctx, lock, e)
	}
	if err != nil {
		return Receipt{}, err
	}
	return d.deliver(ctx, lock, concluded), nil
}

// notice makes Webhook 2 (Raisboy API, section 5).
func (d *Desk) notice(e journal.Entry, r journal.Ruling) (api.Call, error) {
	t := e.Call.Terms
	address, err := d.NoticeURL(e)
	if err != nil {
		return api.Call{}, err
	}
	return api.Notice{
		URL: address, PayoutID: e.PayoutID, Status: api.PayoutStatus(r),
		Amount: e.Amount(), Currency: t.Currency, Timestamp: d.Now(),
	}.Call()
}

func (d *Desk) checkConclusion(e journal.Entry, r journal.Ruling) error {
	refuse := func(p RulingProblem, err error) error { return &RulingError{Entry: e, Ruling: r, Problem: p, Err: err} }
	final := api.PayoutStatus(r)
	switch {
	case e.Profile != d.Profile:
		return refuse(RulingOtherOrigin, nil)
	case e.Call.Kind != api.KindPayout || !final.Final():
		return refuse(RulingWrongKind, nil)
	case e.State != journal.StateDone:
		return refuse(RulingWrongState, nil)
	case e.PayoutStatus == final:
		return errNothingNew
	case e.Notice != nil && e.Notice.Begun:
		return refuse(RulingBegun, nil)
	case endedOtherwise(e, final):
		return refuse(RulingOpposite, nil)
	case e.PayoutStatus == api.StatusPending || e.PayoutStatus == "":
		return refuse(RulingNotAccepted, nil)
	case e.WebhookURL == "":
		return refuse(RulingNoAddress, nil)
	}
	if _, err := d.NoticeURL(e); err != nil {
		return refuse(RulingAddress, err)
	}
	return nil
}

// endedOtherwise reports that the project itself ended the payout the other
// way, whatever this desk decided since: nobody may pay out what was cancelled.
func endedOtherwise(e journal.Entry, final api.PayoutStatus) bool {
	for _, f := range e.Facts {
		var said api.PayoutStatus
		switch c := f.Content.(type) {
		case journal.Webhook:
			said = c.Status
		case journal.Answer:
			said = c.PayoutStatus
		}
		if said.Final() && said != final {
			return true
		}
	}
	return false
}
