package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// LineRef is the reference of a batch's row that has none of its own: the
// batch's name and the line, so that the same row of the same batch is the same
// operation whenever it is run, and on every machine.
func LineRef(batch string, line int) string { return batch + "/" + strconv.Itoa(line) }

// isLineRef reports a reference that LineRef made for a row of the batch, in
// whichever line the row stands by now: one that failed comes back in a file of
// its own.
func isLineRef(batch, ref string) bool {
	line, ok := strings.CutPrefix(ref, batch+"/")
	number, err := strconv.Atoi(line)
	return ok && err == nil && number > 0 && ref == LineRef(batch, number)
}

// A BatchRow is one row of a batch and what last became of it: an operation,
// or one of which no operation came.
type BatchRow struct {
	Profile string
	Batch   string
	Line    int    // in the file it was last read from
	Ref     string // its key within the batch

	Kind          api.Kind
	UserID        string
	Amount        money.Amount // minor units
	Currency      string
	PaymentMethod string
	RequestID     string // of a payout

	Operation int64  // 0: none came of it
	Outcome   string // as in the JSON field "outcome"; "held" is no state of an operation
	Code      string
	Message   string // untrusted text
	At        time.Time
}

// KeepRow records, durably, a row of which no operation came. The latest such
// record of a row is kept. At is the journal's own clock.
func (j *Journal) KeepRow(ctx context.Context, r BatchRow) error {
	return j.store.write(ctx, func(q querier) error {
		r.At = j.now()
		_, err := q.ExecContext(ctx, `INSERT INTO batch_rows (`+batchRowColumns+`) VALUES (`+placeholders(15)+`)
			ON CONFLICT (profile, batch, ref) DO UPDATE SET line = excluded.line, kind = excluded.kind, user_id = excluded.user_id,
			amount = excluded.amount, currency = excluded.currency, payment_method = excluded.payment_method,
			request_id = excluded.request_id, outcome = excluded.outcome, code = excluded.code, message = excluded.message,
			at = excluded.at, checksum = excluded.checksum`,
			r.Profile, r.Batch, r.Ref, r.Line, string(r.Kind), r.UserID, int64(r.Amount), r.Currency, r.PaymentMethod,
			r.RequestID, r.Outcome, r.Code, r.Message, r.At.UnixMilli(), r.sum())
		return err
	})
}

const batchRowColumns = `profile, batch, ref, line, kind, user_id, amount, currency, payment_method,
	request_id, outcome, code, message, at, checksum`

func (r BatchRow) sum() []byte {
	c := newChecksum("batch_rows")
	for _, text := range []string{
		r.Profile, r.Batch, r.Ref, string(r.Kind), r.UserID, r.Currency, r.PaymentMethod, r.RequestID, r.Outcome, r.Code, r.Message,
	} {
		c.text(text)
	}
	c.int(int64(r.Line))
	c.int(int64(r.Amount))
	c.int(r.At.UnixMilli())
	return c.sum()
}

func readBatchRow(scan scanner) (BatchRow, error) {
	var r BatchRow
	var kind string
	var amount, at int64
	var checksum []byte
	err := scan(&r.Profile, &r.Batch, &r.Ref, &r.Line, &kind, &r.UserID, &amount, &r.Currency, &r.PaymentMethod,
		&r.RequestID, &r.Outcome, &r.Code, &r.Message, &at, &checksum)
	if err != nil {
		return r, readError(err, &DamageError{Table: "batch_rows"})
	}
	r.Kind, r.Amount, r.At = api.Kind(kind), money.Amount(amount), time.UnixMilli(at)
	if string(checksum) != string(r.sum()) {
		return r, &DamageError{Table: "batch_rows", What: fmt.Sprintf("checksum of line %d of batch %q", r.Line, r.Batch)}
	}
	return r, nil
}

// keptRows reads rows of which no operation came, in the order of lines.
func (j *Journal) keptRows(ctx context.Context, q querier, where string, args ...any) ([]BatchRow, error) {
	return gather(ctx, q, readBatchRow, `SELECT `+batchRowColumns+` FROM batch_rows WHERE `+where+` ORDER BY line, ref`, args...)
}

// verifyBatchRows holds every kept row against its checksum.
func (j *Journal) verifyBatchRows(ctx context.Context, q querier, r *Report) error {
	return each(ctx, q, func(scan scanner) error {
		_, err := readBatchRow(scan)
		if err := r.note(err); err != nil {
			return err
		}
		r.Rows++
		return nil
	}, `SELECT `+batchRowColumns+` FROM batch_rows ORDER BY profile, batch, ref`)
}

// Batches names the batches of a profile, in the order of their names.
func (j *Journal) Batches(ctx context.Context, profile string) (names []string, err error) {
	err = j.store.view(ctx, func(q querier) error {
		names, err = gather(ctx, q, func(scan scanner) (name string, err error) {
			if err := scan(&name); err != nil {
				return "", readError(err, &DamageError{Table: "operations"})
			}
			return name, nil
		}, `SELECT batch FROM operations WHERE batch <> '' AND profile = ?
			UNION SELECT batch FROM batch_rows WHERE profile = ? ORDER BY 1`, profile, profile)
		return err
	})
	return names, err
}

// BatchKeys tells how the operations of a batch are known: own, by references
// that their rows had; made, by such that were made from the line.
func (j *Journal) BatchKeys(ctx context.Context, profile, name string) (own, made bool, err error) {
	const isMade = `(substr(ref, 1, length(batch) + 1) = batch || '/' AND substr(ref, length(batch) + 2, 1) BETWEEN '1' AND '9'
		AND ltrim(substr(ref, length(batch) + 2), '0123456789') = '')` // as isLineRef
	err = j.store.view(ctx, func(q querier) error {
		for into, is := range map[*bool]string{&own: "NOT ", &made: ""} {
			var found int
			err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM operations WHERE batch <> '' AND batch = ? AND profile = ?
				AND `+is+isMade+` LIMIT 1) AS found`, name, profile).Scan(&found)
			if err != nil {
				return storageError("", err)
			}
			*into = found > 0
		}
		return nil
	})
	return own, made, err
}

// maxRefs bounds how many references one statement asks for.
const maxRefs = 200

// Standing gives the operations that have one of the references, oldest first,
// without their facts and bodies: what a batch is told before it is run. An
// operation that is open or refused is read whole. Begin does not rely on it.
func (j *Journal) Standing(ctx context.Context, profile string, refs []string) (standing []Entry, err error) {
	for len(refs) > 0 {
		some := refs[:min(maxRefs, len(refs))]
		refs = refs[len(some):]
		args := make([]any, 0, len(some)+1)
		for _, ref := range some {
			args = append(args, ref)
		}
		err := j.look(ctx, func(q querier) error {
			found, err := j.glanced(ctx, q, `ref <> '' AND ref IN (`+placeholders(len(some))+`) AND profile = ? ORDER BY id`,
				append(args, profile)...)
			if err == nil {
				standing = append(standing, found...)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return standing, nil
}

// glanced reads rows of the projection, each held against its checksum. What is
// done needs no more; the others are folded.
func (j *Journal) glanced(ctx context.Context, q querier, where string, args ...any) ([]Entry, error) {
	found, err := j.projections(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(found))
	for _, p := range found {
		e := p.glance()
		if e.State != StateDone && e.State != StateNotSent {
			if e, err = j.entry(ctx, q, p.id); err != nil {
				return nil, err
			}
			e.Facts = nil
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (j *Journal) projections(ctx context.Context, q querier, where string, args ...any) ([]projection, error) {
	return gather(ctx, q, func(scan scanner) (p projection, err error) {
		if err := scan(p.fields()...); err != nil {
			return p, readError(err, &DamageError{Table: "operations"})
		}
		if string(p.sum()) != string(p.checksum) {
			return p, &DamageError{Table: "operations", Operation: p.id, What: "checksum"}
		}
		return p, nil
	}, `SELECT `+projectionColumns+` FROM operations WHERE `+where, args...)
}

// glance is what the projection tells of an operation.
func (p projection) glance() Entry {
	state, _ := ParseState(p.state)
	e := Entry{
		ID: p.id, Profile: p.profile, Desk: p.desk, ProjectUserID: p.projectUserID, Ref: p.ref, Batch: p.batch, Line: int(p.line),
		State: state, PayoutID: p.payoutID, PayoutStatus: api.PayoutStatus(p.payoutStatus), CreatedAt: time.UnixMilli(p.createdAt),
		Call: api.Call{Kind: api.Kind(p.kind), Terms: api.Terms{
			UserID: p.userID, Amount: money.Amount(p.amount), Currency: p.currency, PaymentMethod: p.method, RequestID: p.requestID,
		}},
	}
	if p.settledAt != 0 {
		e.SettledAt = time.UnixMilli(p.settledAt)
	}
	return e
}

// ShiftUsed is what counts towards the guard's limit of a shift already, in minor
// units: everything of the currency that was begun since and is not refused.
func (j *Journal) ShiftUsed(ctx context.Context, profile, currency string, g Guard) (used money.Amount, err error) {
	err = j.store.view(ctx, func(q querier) (err error) {
		used, err = shiftUsed(ctx, q, profile, currency, g)
		return storageError("", err)
	})
	return used, err
}

// errEnough ends a list whose reader wants no more.
var errEnough = errors.New("enough")
