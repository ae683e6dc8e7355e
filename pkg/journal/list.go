package journal

import (
	"context"
	"errors"
	"iter"
)

// listPage is how many operations are read at a time.
const listPage = 100

// List gives the chosen operations, oldest first, as far as there were any when
// it began. A state is judged as it is read: an open operation whose owner is
// gone is unknown.
//
// It reads them page by page, each from where the one before it ended, so that a
// list of any length neither fills the memory nor holds up the writers. An
// operation that is damaged is given as a *DamageError with an Entry that has
// nothing but its number, and the list goes on if the reader does; after any
// other error it is over.
func (j *Journal) List(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		after, last, err := j.span(ctx, f)
		for left := f.Limit; err == nil && after < last; {
			var page []listed
			page, err = j.listPage(ctx, f, after, last)
			for _, l := range page {
				if after = l.entry.ID; l.err == nil && !f.has(l.entry.State) {
					continue // its owner died, or did not, against what the row says
				}
				if !yield(l.entry, l.err) {
					return
				}
				if left--; left == 0 {
					return
				}
			}
			if err == nil && len(page) < listPage {
				return
			}
		}
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

// listed is an operation of a list, or the damage in its place.
type listed struct {
	entry Entry
	err   error // a *DamageError
}

// listPage reads the next operations. What was read before an error is given
// too.
func (j *Journal) listPage(ctx context.Context, f Filter, after, last int64) ([]listed, error) {
	where, args := f.where()
	var page []listed
	err := j.look(ctx, func(q querier) error {
		page = page[:0] // look may begin anew
		ids, err := j.ids(ctx, q, `SELECT id FROM operations WHERE `+where+` AND id > ? AND id <= ? ORDER BY id LIMIT ?`,
			append(args, after, last, listPage)...)
		for i := 0; err == nil && i < len(ids); i++ {
			var l listed
			if l, err = j.listed(ctx, q, ids[i]); err == nil {
				page = append(page, l)
			}
		}
		return err
	})
	return page, err
}

func (j *Journal) listed(ctx context.Context, q querier, id int64) (listed, error) {
	e, err := j.entry(ctx, q, id)
	var damage *DamageError
	if errors.As(err, &damage) {
		damage.Operation = id // not every cause of damage knows where it was found
		return listed{entry: Entry{ID: id}, err: damage}, nil
	}
	return listed{entry: e}, err
}

// spanOf is what narrows a list down: its pages are read in the order of their
// numbers.
const spanOf = `SELECT COALESCE(MIN(id), 1) - 1, COALESCE(MAX(id), 0) FROM operations WHERE `

// span gives the number before the first operation of a list and that of the
// last, of which a limit leaves the newest.
func (j *Journal) span(ctx context.Context, f Filter) (after, last int64, err error) {
	where, args := f.where()
	query := spanOf + where
	if f.Limit > 0 && len(f.States) == 0 {
		query = `SELECT COALESCE(MIN(id), 1) - 1, COALESCE(MAX(id), 0) FROM (SELECT id FROM operations WHERE ` + where +
			` ORDER BY id DESC LIMIT ?) AS newest`
		args = append(args, f.Limit)
	}
	err = j.store.view(ctx, func(q querier) error {
		return storageError("", q.QueryRowContext(ctx, query, args...).Scan(&after, &last))
	})
	if err == nil && f.Limit > 0 && len(f.States) > 0 {
		after, err = j.newest(ctx, f, after, last)
	}
	return after, last, err
}

// newest gives the number before the oldest of the newest so many operations
// where a state is asked for: the row alone does not say which have it. Damage
// counts, for the reader is to hear of it.
func (j *Journal) newest(ctx context.Context, f Filter, after, last int64) (int64, error) {
	where, args := f.where()
	for before, wanted := last+1, f.Limit; before > after+1; {
		var ids []int64
		var left int
		var oldest int64
		err := j.look(ctx, func(q querier) (err error) {
			left = wanted // look may begin anew
			ids, err = j.ids(ctx, q, `SELECT id FROM operations WHERE `+where+` AND id < ? ORDER BY id DESC LIMIT ?`,
				append(args, before, listPage)...)
			for i := 0; err == nil && i < len(ids) && left > 0; i++ {
				var l listed
				if l, err = j.listed(ctx, q, ids[i]); err == nil && (l.err != nil || f.has(l.entry.State)) {
					left, oldest = left-1, ids[i]
				}
			}
			return err
		})
		switch {
		case err != nil:
			return after, err
		case left == 0:
			return oldest - 1, nil
		case len(ids) < listPage:
			return after, nil
		}
		before, wanted = ids[len(ids)-1], left
	}
	return after, nil
}
