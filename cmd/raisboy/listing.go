package main

import (
	"errors"
	"iter"

	"github.com/raisboy/raisboy/pkg/journal"
)

// A tolerant reader passes a list of operations on and leaves out what is
// damaged, which it says on stderr: one spoilt row must not hide the thousands
// behind it.
type tolerant struct {
	app     *app
	damaged int
}

// maxDamage bounds how many damaged operations are named one by one.
const maxDamage = 20

// entries passes the list on.
func (t *tolerant) entries(list iter.Seq2[journal.Entry, error]) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		for e, err := range list {
			var damage *journal.DamageError
			if errors.As(err, &damage) {
				t.note(damage)
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (t *tolerant) note(damage *journal.DamageError) {
	if t.damaged++; t.damaged > maxDamage {
		return
	}
	w := words{"Operation": damage.Operation, "Table": damage.Table}
	t.app.render.Problem(t.app.catalog.T("list.skipped", w), "")
}

// end is how the list ends: with exit 3 where something had to be left out.
func (t *tolerant) end() error {
	if t.damaged == 0 {
		return nil
	}
	c := t.app.catalog
	t.app.render.Problem(c.N("list.incomplete", t.damaged, nil), c.T("problem.damage.remedy", nil))
	return end(exitSetup)
}
