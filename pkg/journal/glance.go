package journal

import "context"

// A glance sees the journal as of one moment, and asks for the locks of owners
// afterwards. An operation that it sees open may be settled in between, and its
// owner gone since: to take it for unknown would be wrong.
type glance struct {
	querier
	gone  map[string]bool // owners that were gone before this moment
	found bool            // more of them, found gone since
}

// look runs fn in a view. If an open operation's owner is found gone, fn is run
// again in a later one: what the owner recorded while it lived is seen by then.
func (j *Journal) look(ctx context.Context, fn func(querier) error) error {
	gone := map[string]bool{}
	for {
		g := &glance{gone: gone}
		err := j.store.view(ctx, func(q querier) error {
			g.querier = q
			return fn(g)
		})
		if err != nil || !g.found {
			return err
		}
	}
}

// beneath is the transaction itself.
func beneath(q querier) querier {
	if g, ok := q.(*glance); ok {
		return g.querier
	}
	return q
}

// awaken turns an open operation whose owner is gone into an unknown one.
func (j *Journal) awaken(ctx context.Context, q querier, e Entry) (Entry, error) {
	if own := j.owner.Load(); e.State != StateOpen || own != nil && e.Owner == *own {
		return e, nil
	}
	alive, err := j.store.locks().held(ctx, e.Owner)
	if err != nil {
		return Entry{}, err
	}
	if alive {
		return e, nil
	}
	if g, ok := q.(*glance); ok && !g.gone[e.Owner] {
		g.gone[e.Owner], g.found = true, true
	}
	e.State = StateUnknown
	e.Code = CodeAbandoned
	return e, nil
}
