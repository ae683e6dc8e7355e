package journal

import (
	"context"
	"fmt"
	"strings"
	"time"
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
	p.checksum = p.sum()
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
	fields := p.fields()
	for _, field := range fields[:len(fields)-1] { // all but the checksum
		switch v := field.(type) {
		case *int64:
			c.int(*v)
		case *string:
			c.text(*v)
		}
	}
	return c.sum()
}

// save writes the entry's row.
func (p projection) save(ctx context.Context, q querier) error {
	columns := strings.Split(strings.Join(strings.Fields(projectionColumns), ""), ",")
	updates := make([]string, 0, len(columns))
	for _, column := range columns[1:] {
		updates = append(updates, column+" = excluded."+column)
	}
	query := fmt.Sprintf("INSERT INTO operations (%s) VALUES (%s) ON CONFLICT (id) DO UPDATE SET %s",
		strings.Join(columns, ", "), placeholders(len(columns)), strings.Join(updates, ", "))
	_, err := q.ExecContext(ctx, query, p.fields()...)
	return err
}

func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

const factColumns = "operation, position, kind, at, desk, os_user, content, raw, checksum"

// add appends facts to an entry, in the database and in memory, and projects it.
func (j *Journal) add(ctx context.Context, q querier, e *Entry, additions []Addition) error {
	at := j.now()
	for _, addition := range additions {
		f := Fact{
			Operation: e.ID, Position: len(e.Facts) + 1, At: at, Desk: j.options.Desk, OSUser: j.options.OSUser,
			Content: addition.Content, Raw: addition.Raw,
		}
		r, err := f.row()
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO facts ("+factColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			r.operation, r.position, r.kind, r.at, r.desk, r.osUser, r.content, r.raw, r.checksum)
		if err != nil {
			return err
		}
		// What is folded is what a reader will find, not what was handed in: the
		// two differ where JSON changes a value, e.g. text that is not UTF-8.
		if f, err = r.fact(); err != nil {
			return err
		}
		if err := e.apply(f); err != nil {
			return err
		}
	}
	return project(e).save(ctx, q)
}
