package journal

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"
	"unicode"
)

// projection is the row that makes an operation quick to find. It is derived
// from the entry and from nothing else.
type projection struct {
	id                                                   int64
	profile, kind, userID, projectUserID                 string
	amount                                               int64
	currency, method, ref, requestID, payoutID, batch    string
	line                                                 int64
	desk, state, payoutStatus, noticeState               string
	noticeNextAt, createdAt, settledAt, changedAt, facts int64
	checksum                                             []byte
}

func project(e *Entry) projection {
	p := derive(e)
	p.checksum = p.sum()
	return p
}

// derive leaves the checksum out.
func derive(e *Entry) projection {
	t := e.Call.Terms
	p := projection{
		id: e.ID, profile: e.Profile, kind: string(e.Call.Kind), userID: t.UserID, projectUserID: e.ProjectUserID,
		amount: int64(t.Amount), currency: t.Currency, method: t.PaymentMethod, ref: e.Ref,
		requestID: t.RequestID, payoutID: e.PayoutID, batch: e.Batch, line: int64(e.Line), desk: e.Desk,
		state: e.State.String(), payoutStatus: string(e.PayoutStatus),
		createdAt: e.CreatedAt.UnixMilli(), settledAt: millis(e.SettledAt), changedAt: e.changedAt().UnixMilli(), facts: int64(len(e.Facts)),
	}
	if e.Notice != nil {
		p.noticeState, p.noticeNextAt = string(e.Notice.State), millis(e.Notice.NextAt)
	}
	return p
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

const projectionColumns = `id, profile, kind, user_id, project_user_id, amount, currency, payment_method,
	ref, request_id, payout_id, batch, line, desk, state, payout_status, notice_state, notice_next_at,
	created_at, settled_at, changed_at, facts, checksum`

// fields lists pointers to the columns in the order of projectionColumns.
func (p *projection) fields() []any {
	return []any{
		&p.id, &p.profile, &p.kind, &p.userID, &p.projectUserID, &p.amount, &p.currency, &p.method,
		&p.ref, &p.requestID, &p.payoutID, &p.batch, &p.line, &p.desk, &p.state, &p.payoutStatus,
		&p.noticeState, &p.noticeNextAt, &p.createdAt, &p.settledAt, &p.changedAt, &p.facts, &p.checksum,
	}
}

func (p *projection) sum() []byte {
	c := newChecksum("operations")
	c.int(p.id)
	for _, text := range [...]string{p.profile, p.kind, p.userID, p.projectUserID} {
		c.text(text)
	}
	c.int(p.amount)
	for _, text := range [...]string{p.currency, p.method, p.ref, p.requestID, p.payoutID, p.batch} {
		c.text(text)
	}
	c.int(p.line)
	for _, text := range [...]string{p.desk, p.state, p.payoutStatus, p.noticeState} {
		c.text(text)
	}
	for _, number := range [...]int64{p.noticeNextAt, p.createdAt, p.settledAt, p.changedAt, p.facts} {
		c.int(number)
	}
	return c.sum()
}

// projectionAgrees holds a row against the columns that it must have. The
// database compares them: to read them all takes longer. A value of another type
// is another value.
const projectionAgrees = `SELECT id = ? AND profile = ? AND kind = ? AND user_id = ? AND project_user_id = ? AND amount = ?
	AND currency = ? AND payment_method = ? AND ref = ? AND request_id = ? AND payout_id = ? AND batch = ? AND line = ?
	AND desk = ? AND state = ? AND payout_status = ? AND notice_state = ? AND notice_next_at = ?
	AND created_at = ? AND settled_at = ? AND changed_at = ? AND facts = ? AND checksum = ?
	FROM operations WHERE id = ?`

// insert writes the row of a new operation.
func (p projection) insert(ctx context.Context, q querier) error {
	_, err := q.ExecContext(ctx, insertOperation, p.fields()...)
	return err
}

const insertOperation = "INSERT INTO operations (" + projectionColumns + `) VALUES
	(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// update writes what differs from the row that is there: an index is only
// touched if one of its columns is.
func (j *Journal) update(ctx context.Context, q querier, p, before projection) error {
	var changed columnSet
	args := make([]any, 0, 8)
	was := before.fields()
	for i, field := range p.fields() {
		if !same(field, was[i]) {
			changed |= 1 << i
			args = append(args, field)
		}
	}
	_, err := q.ExecContext(ctx, j.statement(changed, changed.update), append(args, &p.id)...)
	return err
}

// A columnSet has a bit for each of projectionColumns.
type columnSet uint32

// update is the statement that sets the columns.
func (s columnSet) update() string {
	var set []string
	for i, name := range projectionNames() {
		if s&(1<<i) != 0 {
			set = append(set, name+" = ?")
		}
	}
	return "UPDATE operations SET " + strings.Join(set, ", ") + " WHERE id = ?"
}

var projectionNames = sync.OnceValue(func() []string {
	return strings.FieldsFunc(projectionColumns, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
})

// same reports whether two fields hold the same value.
func same(a, b any) bool {
	switch a := a.(type) {
	case *int64:
		other, ok := b.(*int64)
		return ok && *a == *other
	case *string:
		other, ok := b.(*string)
		return ok && *a == *other
	case *[]byte:
		other, ok := b.(*[]byte)
		return ok && bytes.Equal(*a, *other)
	}
	return false
}

func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

const factColumns = "operation, position, kind, at, desk, os_user, content, raw, checksum"

const insertFact = "INSERT INTO facts (" + factColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

// add appends facts to an entry, in the database and in memory, and projects it.
func (j *Journal) add(ctx context.Context, q querier, e *Entry, additions []Addition) (err error) {
	var before projection
	isNew := len(e.Facts) == 0
	if !isNew {
		before = derive(e)
	}
	at := j.now()
	for _, addition := range additions {
		f := Fact{
			Operation: e.ID, Position: len(e.Facts) + 1, At: at, Desk: j.options.Desk, OSUser: j.options.OSUser,
			Content: addition.Content, Raw: addition.Raw,
		}
		if s, ok := f.Content.(Statement); ok {
			if err := j.claimRow(ctx, q, e, s.Row); err != nil {
				return err
			}
		}
		r, err := f.row()
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, insertFact,
			r.operation, r.position, r.kind, r.at, r.desk, r.osUser, r.content, r.raw, r.checksum)
		if err != nil {
			return err
		}
		if f, err = r.kept(f); err != nil {
			return err
		}
		if err := e.apply(f); err != nil {
			return err
		}
	}
	after := project(e)
	if isNew {
		err = after.insert(ctx, q)
	} else {
		err = j.update(ctx, q, after, before)
	}
	if r, ok := q.(rememberer); ok && err == nil {
		r.remember(*e)
	}
	return err
}
