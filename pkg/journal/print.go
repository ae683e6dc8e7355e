package journal

import (
	"context"
	"fmt"
	"time"
)

// A Print is one paper about an operation that was handed out.
type Print struct {
	Operation int64
	Number    int64 // 1, 2, 3 … of the operation; more than 1 is a reprint
	At        time.Time
	Desk      string
	OSUser    string
	Facts     int // so many of the operation's facts were known by then
}

// Print records that a receipt is about to be printed and gives what it has to
// say, both in one transaction. It returns once that is durable: a paper that
// nobody knows of is never handed out. It returns ErrNotFound if there is no
// such operation.
func (j *Journal) Print(ctx context.Context, id int64) (Entry, Print, error) {
	var (
		e Entry
		p Print
	)
	err := j.store.write(ctx, func(q querier) (err error) {
		if e, err = j.entry(ctx, q, id); err != nil {
			return err
		}
		p = Print{Operation: id, At: j.now(), Desk: j.options.Desk, OSUser: j.options.OSUser, Facts: len(e.Facts)}
		err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM receipt_prints WHERE operation = ?`, id).Scan(&p.Number)
		if err != nil {
			return readError(err, &DamageError{Table: "receipt_prints", Operation: id})
		}
		_, err = q.ExecContext(ctx, "INSERT INTO receipt_prints ("+printColumns+") VALUES ("+placeholders(7)+")",
			p.Operation, p.Number, p.At.UnixMilli(), p.Desk, p.OSUser, int64(p.Facts), p.sum())
		return err
	})
	if err != nil {
		return Entry{}, Print{}, err
	}
	return e, p, nil
}

const printColumns = "operation, number, at, desk, os_user, facts, checksum"

func (p Print) sum() []byte {
	c := newChecksum("receipt_prints")
	c.int(p.Operation)
	c.int(p.Number)
	c.int(p.At.UnixMilli())
	c.text(p.Desk)
	c.text(p.OSUser)
	c.int(int64(p.Facts))
	return c.sum()
}

func (j *Journal) verifyPrints(ctx context.Context, q querier, r *Report) error {
	var last Print
	return each(ctx, q, func(scan scanner) error {
		var p Print
		var at, known int64
		var checksum []byte
		if err := scan(&p.Operation, &p.Number, &at, &p.Desk, &p.OSUser, &p.Facts, &checksum, &known); err != nil {
			return r.note(readError(err, &DamageError{Table: "receipt_prints"}))
		}
		p.At = time.UnixMilli(at)
		r.Rows++
		damaged := func(what string) {
			r.Damaged = append(r.Damaged, &DamageError{Table: "receipt_prints", Operation: p.Operation, What: what})
		}
		if p.Operation != last.Operation {
			last = Print{Operation: p.Operation}
		}
		switch {
		case string(p.sum()) != string(checksum):
			damaged("checksum")
		case p.Number != last.Number+1:
			damaged(fmt.Sprintf("print %d is missing", last.Number+1))
		case int64(p.Facts) > known:
			damaged("it was printed with more than is known")
		}
		last = p
		return nil
	}, `SELECT `+printColumns+`, COALESCE((SELECT facts FROM operations WHERE id = p.operation), 0)
		FROM receipt_prints p ORDER BY operation, number`)
}
