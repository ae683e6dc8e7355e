package main

import (
	"errors"
	"iter"

	"github.com/raisboy/raisboy/pkg/journal"
)

// A tolerant reader passes a list of operations or webhooks on and leaves out
// what is damaged, which it says on stderr: one spoilt row must not hide the
// thousands behind it.
type tolerant struct {
	app     *app
	damaged int
	events  bool // it is a list of webhooks
}

// maxDamage bounds how many damaged rows are named one by one.
const maxDamage = 20

// without passes a list on, without what is damaged.
func without[T any](list iter.Seq2[T, error], note func(T, *journal.DamageError)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for one, err := range list {
			var damage *journal.DamageError
			if errors.As(err, &damage) {
				note(one, damage)
				continue
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func (t *tolerant) entries(list iter.Seq2[journal.Entry, error]) iter.Seq2[journal.Entry, error] {
	return without(list, func(_ journal.Entry, damage *journal.DamageError) {
		t.note("list.skipped", words{"Operation": damage.Operation, "Table": damage.Table})
	})
}

func (t *tolerant) webhooks(list iter.Seq2[journal.Event, error]) iter.Seq2[journal.Event, error] {
	t.events = true
	return without(list, func(e journal.Event, _ *journal.DamageError) { t.note("list.skipped-webhook", words{"Event": e.ID}) })
}

func (t *tolerant) note(key string, w words) {
	if t.damaged++; t.damaged <= maxDamage {
		t.app.render.Problem(t.app.catalog.T(key, w), "")
	}
}

// end is how the list ends: with exit 3 where something had to be left out.
func (t *tolerant) end() error {
	if t.damaged == 0 {
		return nil
	}
	c, incomplete := t.app.catalog, "list.incomplete"
	if t.events {
		incomplete = "list.incomplete-webhooks"
	}
	t.app.render.Problem(c.N(incomplete, t.damaged, nil), c.T("problem.damage.remedy", nil))
	return end(exitSetup)
}
