package desk

import (
	"context"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// A Prior is what the journal holds under an order's reference, before the
// order is carried out. Its zero value: nothing.
type Prior struct {
	Entry journal.Entry // ID 0: nothing; without facts and body
	Same  bool          // it has the order's terms: the order would be answered with it
}

// Priors looks up what became of orders earlier, each in its place in the
// answer. It is for telling a person: Do asks the journal again.
func (d *Desk) Priors(ctx context.Context, orders []Order) ([]Prior, error) {
	places := make(map[string][]int, len(orders))
	refs := make([]string, 0, len(orders))
	identified := make([]Order, len(orders))
	for i, o := range orders {
		o, err := identify(o)
		if err != nil {
			return nil, err
		}
		if identified[i] = o; o.Ref != "" {
			if places[o.Ref] == nil {
				refs = append(refs, o.Ref)
			}
			places[o.Ref] = append(places[o.Ref], i)
		}
	}
	standing, err := d.Journal.Standing(ctx, d.Profile, refs)
	if err != nil {
		return nil, err
	}
	priors := make([]Prior, len(orders))
	for _, e := range standing {
		for _, i := range places[e.Ref] {
			priors[i].note(e, identified[i])
		}
	}
	return priors, nil
}

// note takes an operation of the order's reference into account, as the journal
// will: one that holds the reference counts, else one that was refused as it is.
func (p *Prior) note(e journal.Entry, o Order) {
	same := e.SameTerms(api.Call{Kind: o.Kind, Terms: o.terms()})
	held := p.Entry.ID != 0 && p.Entry.State.HoldsRef()
	refused := o.ReportRefused && same && e.State == journal.StateRefused && e.Decision == nil && !(Receipt{Entry: e}).RefusesCredentials()
	if !held && (e.State.HoldsRef() || refused) {
		p.Entry, p.Same = e, same
	}
}

// BatchKeys tells how the rows of a batch that were begun are known: own, by
// references of their own; made, by such that were made from the line.
func (d *Desk) BatchKeys(ctx context.Context, name string) (own, made bool, err error) {
	return d.Journal.BatchKeys(ctx, d.Profile, name)
}

// ShiftLeft is how much of the shift's limit is left for a currency, in minor
// units; false: there is no limit.
func (d *Desk) ShiftLeft(ctx context.Context, currency string) (money.Amount, bool, error) {
	if d.Limits.ShiftMax <= 0 {
		return 0, false, nil
	}
	used, err := d.Journal.ShiftUsed(ctx, d.Profile, currency, d.guard(Order{}))
	return max(d.Limits.ShiftMax-used, 0), true, err
}

// Keep records a row of a named batch of which no operation came, so that the
// batch can tell of it later. Anything else is in the journal already.
func (d *Desk) Keep(ctx context.Context, o Order, r Receipt) error {
	if o.Batch == "" || r.Replayed || r.Entry.ID != 0 {
		return nil
	}
	o, err := identify(o)
	if err != nil {
		return err
	}
	row := journal.BatchRow{
		Profile: d.Profile, Batch: o.Batch, Line: o.Line, Ref: o.Ref, Kind: o.Kind, UserID: o.UserID, Amount: o.Amount,
		Currency: o.Currency, PaymentMethod: o.PaymentMethod, Outcome: r.Entry.State.String(), Code: r.Entry.Code, Message: r.Entry.Message,
	}
	if o.Kind == api.KindPayout {
		row.RequestID = o.RequestID
	}
	if r.Held != nil {
		row.Outcome, row.Code, row.Message = "held", string(r.Held.Reason), ""
	}
	return d.Journal.KeepRow(context.WithoutCancel(ctx), row)
}
