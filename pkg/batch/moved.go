package batch

import (
	"slices"

	"github.com/raisboy/raisboy/pkg/desk"
)

// place remembers where a row stands, if it is known by its line in a batch that
// was run before: rows can have moved since then.
func (k *checking) place(row *Row, o desk.Order, fresh bool) {
	if row.Ref != "" || !k.keys.made {
		return
	}
	k.lines.add(row.Line)
	if fresh {
		k.fresh = append(k.fresh, newMark(equalKey(o), row.Line, false))
	}
}

// moved finds rows that were done on a line where the file has none any more. A
// row that is taken out moves those below it, and the last of them to a line
// whose key is free: under it, it would be paid once more. That rows are equal on
// purpose (Terms.Again) explains nothing here, for the file has one too few.
func (k *checking) moved() error {
	if len(k.fresh) == 0 {
		return nil
	}
	slices.SortFunc(k.fresh, mark.compare)
	for done, err := range k.Journal.BatchStanding(k.ctx, k.Terms.Batch) {
		switch {
		case err != nil:
			return err
		case done.Order.Kind != k.Terms.Kind, k.lines.have(done.Line):
			continue
		}
		wanted := newMark(equalKey(done.Order), 0, false)
		at, _ := slices.BinarySearchFunc(k.fresh, wanted, mark.compare) // the first of them: none stands on line 0
		if at < len(k.fresh) && k.fresh[at].digest == wanted.digest {
			k.note(&Mistake{Line: k.fresh[at].line(), Problem: ProblemMoved, First: done.Line, Operation: done.Operation})
			k.fresh = slices.Delete(k.fresh, at, at+1) // it can have stood on one line only
		}
	}
	k.fresh, k.lines = nil, nil
	return nil
}
