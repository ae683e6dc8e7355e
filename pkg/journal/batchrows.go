package journal

import (
	"context"
	"errors"
	"iter"

	"github.com/raisboy/raisboy/pkg/api"
)

// batchPage is how many operations of a batch are read at a time.
const batchPage = 500

// BatchRows gives the rows of a batch in the order of their lines, each once,
// with what last became of it. Rows that were corrected and run again count as
// they stand now.
func (j *Journal) BatchRows(ctx context.Context, profile, name string) iter.Seq2[BatchRow, error] {
	return func(yield func(BatchRow, error) bool) {
		list := batchList{journal: j, ctx: ctx, profile: profile, name: name, yield: yield}
		if err := list.run(); err != nil && !errors.Is(err, errEnough) {
			yield(BatchRow{}, err)
		}
	}
}

// batchList merges the operations of a batch, page by page, with the rows of
// which none came.
type batchList struct {
	journal       *Journal
	ctx           context.Context
	profile, name string
	yield         func(BatchRow, error) bool

	kept   []BatchRow          // those still to come, by line
	latest map[string]BatchRow // the same by ref
}

func (l *batchList) run() error {
	err := l.journal.store.view(l.ctx, func(q querier) (err error) {
		l.kept, err = l.journal.keptRows(l.ctx, q, `profile = ? AND batch = ?`, l.profile, l.name)
		return err
	})
	if err != nil {
		return err
	}
	l.latest = make(map[string]BatchRow, len(l.kept))
	for _, r := range l.kept {
		l.latest[r.Ref] = r
	}
	from := place{line: -1}
	for {
		page, next, read, err := l.page(from)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := l.upTo(r.Line); err != nil {
				return err
			}
			if !l.yield(r, nil) {
				return errEnough
			}
		}
		if read < batchPage {
			return l.upTo(-1)
		}
		from = next
	}
}

// A place is where a page of operations ended.
type place struct {
	line int
	id   int64
}

// page reads the next operations that stand for their rows, and says how many
// were looked at.
func (l *batchList) page(from place) (page []BatchRow, next place, read int, err error) {
	err = l.journal.look(l.ctx, func(q querier) error {
		page, next = nil, from // it may be run again
		entries, err := l.journal.glanced(l.ctx, q, `batch <> '' AND batch = ? AND profile = ? AND
			(line > ? OR line = ? AND id > ?) ORDER BY line, id LIMIT ?`, l.name, l.profile, from.line, from.line, from.id, batchPage)
		if err != nil {
			return err
		}
		read = len(entries)
		for i := range entries {
			next = place{entries[i].Line, entries[i].ID}
			stands, err := l.stands(q, &entries[i])
			if err != nil {
				return err
			}
			if stands {
				page = append(page, entries[i].batchRow())
			}
		}
		return nil
	})
	return page, next, read, err
}

// upTo gives the kept rows before a line; -1: all that are left.
func (l *batchList) upTo(line int) error {
	for len(l.kept) > 0 && (line < 0 || l.kept[0].Line < line) {
		r := l.kept[0]
		l.kept = l.kept[1:]
		var superseded bool
		err := l.journal.store.view(l.ctx, func(q querier) (err error) {
			superseded, err = l.superseded(q, r)
			return err
		})
		if err != nil {
			return err
		}
		if !superseded && !l.yield(r, nil) {
			return errEnough
		}
	}
	return nil
}

// stands reports that nothing came after an operation that moved nothing.
func (l *batchList) stands(q querier, e *Entry) (bool, error) {
	if e.State.HoldsRef() {
		return true, nil
	}
	if kept, ok := l.latest[e.Ref]; ok && kept.At.After(e.CreatedAt) {
		return false, nil
	}
	var later int
	err := q.QueryRowContext(l.ctx, `SELECT COUNT(*) FROM operations WHERE ref <> '' AND ref = ? AND profile = ? AND batch = ? AND id > ?`,
		e.Ref, l.profile, l.name, e.ID).Scan(&later)
	return later == 0, storageError("", err)
}

// superseded reports that an operation came of a kept row after all.
func (l *batchList) superseded(q querier, r BatchRow) (bool, error) {
	var later int
	err := q.QueryRowContext(l.ctx, `SELECT COUNT(*) FROM operations WHERE ref <> '' AND ref = ? AND profile = ? AND batch = ?
		AND (state NOT IN ('refused', 'not_sent') OR created_at >= ?)`, r.Ref, l.profile, l.name, r.At.UnixMilli()).Scan(&later)
	return later > 0, storageError("", err)
}

// batchRow is an operation as a row of its batch.
func (e *Entry) batchRow() BatchRow {
	t := e.Call.Terms
	r := BatchRow{
		Profile: e.Profile, Batch: e.Batch, Line: e.Line, Ref: e.Ref, Kind: e.Call.Kind, UserID: t.UserID, Amount: t.Amount,
		Currency: t.Currency, PaymentMethod: t.PaymentMethod, RequestID: t.RequestID, Operation: e.ID,
		Outcome: e.State.String(), Code: e.Code, Message: e.Message, At: e.CreatedAt,
	}
	if e.Call.Kind != api.KindPayout {
		r.RequestID = ""
	}
	return r
}
