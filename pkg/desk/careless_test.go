package desk_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// insistent sends again whatever was not answered, as many an HTTP library does.
type insistent struct{ desk.Sender }

func (s insistent) Send(ctx context.Context, call api.Call) api.Outcome {
	o := s.Sender.Send(ctx, call)
	if o.Verdict != api.Unknown {
		return o
	}
	if second := s.Sender.Send(ctx, call); second.Verdict == api.Done {
		return second
	}
	return o
}

// pessimist takes silence for a refusal: "timeout means failed".
type pessimist struct{ desk.Sender }

func (s pessimist) Send(ctx context.Context, call api.Call) api.Outcome {
	o := s.Sender.Send(ctx, call)
	if o.Verdict == api.Unknown {
		o.Verdict = api.Refused
	}
	return o
}

// optimist takes silence for success: "it was sent".
type optimist struct{ desk.Sender }

func (s optimist) Send(ctx context.Context, call api.Call) api.Outcome {
	o := s.Sender.Send(ctx, call)
	if o.Verdict == api.Unknown {
		o.Verdict = api.Done
	}
	return o
}

// hasty sends first and writes it down afterwards.
type hasty struct{ *desk.Desk }

func (d hasty) Do(ctx context.Context, o desk.Order) (desk.Receipt, error) {
	call, err := d.Freeze(o)
	if err != nil {
		return desk.Receipt{}, err
	}
	outcome := d.Client.Send(ctx, call)
	e, _, err := d.Journal.Begin(ctx, journal.Proposal{Call: call, Profile: d.Profile, KeyID: journal.KeyID(d.APIKey)}, journal.Guard{})
	var held *journal.HeldError
	if errors.As(err, &held) { // too late
		return desk.Receipt{Held: held}, nil
	}
	if err != nil {
		return desk.Receipt{}, err
	}
	e, err = d.Journal.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.AnswerOf(outcome, d.Now())}}, nil
	})
	return desk.Receipt{Entry: e, Recorded: true}, err
}

// impatient clears what holds it back out of the way: a flag that lifts an
// unknown outcome would be no better.
type impatient struct{ *desk.Desk }

func (d impatient) Do(ctx context.Context, o desk.Order) (desk.Receipt, error) {
	r, err := d.Desk.Do(ctx, o)
	if err != nil || r.Held == nil || r.Held.Reason != journal.HeldUnresolved {
		return r, err
	}
	ruling := journal.RuledNotCredited
	if o.Kind == api.KindPayout {
		ruling = journal.RuledNotCreated
	}
	var refused *desk.RulingError
	if _, err := d.Resolve(ctx, r.Held.By.ID, desk.Settlement{Ruling: ruling}); err != nil && !errors.As(err, &refused) {
		return r, err
	}
	return d.Desk.Do(ctx, o)
}

// forgetful does not know its own window and refs: it lets everything be again.
type forgetful struct{ *desk.Desk }

func (d forgetful) Do(ctx context.Context, o desk.Order) (desk.Receipt, error) {
	o.Again = true
	return d.Desk.Do(ctx, o)
}

// A careless desk is caught by the same histories that the real one lives
// through: otherwise they would prove nothing.
func TestCarelessDeskIsCaught(t *testing.T) {
	for name, v := range map[string]variant{
		"resends blindly":        {sender: func(s desk.Sender) desk.Sender { return insistent{s} }},
		"timeout means failed":   {sender: func(s desk.Sender) desk.Sender { return pessimist{s} }},
		"sent means done":        {sender: func(s desk.Sender) desk.Sender { return optimist{s} }},
		"sends before it writes": {mover: func(d *desk.Desk) mover { return hasty{d} }},
		"lifts unknown outcomes": {mover: func(d *desk.Desk) mover { return impatient{d} }},
		"knows no window":        {mover: func(d *desk.Desk) mover { return forgetful{d} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for seed := range 300 {
				dir := filepath.Join(root, strconv.Itoa(seed))
				violation := rapid.Custom(func(rt *rapid.T) error { return history(rt, dir, v) }).Example(seed)
				if violation != nil {
					t.Logf("history %d: %v", seed, violation)
					return
				}
			}
			t.Error("nothing was noticed")
		})
	}
}
