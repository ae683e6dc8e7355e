package journal

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// FactStatement is a line of a partner's statement that proves an operation.
const FactStatement FactKind = "statement"

// Statement is evidence from a partner's statement: a line that says that this
// operation's money moved. Its Raw bytes are the line as it stood in the file.
// That a line is missing is no evidence of anything, and is never recorded.
type Statement struct {
	// Row identifies the line, in whichever file it stands: one line proves one
	// operation, which the journal makes sure of.
	Row string `json:"row"`

	Digest    string       `json:"digest"` // SHA-256 of the file, in hex
	Line      int          `json:"line"`   // in the file, from 1
	By        string       `json:"by"`     // how the line was matched: "id" or "terms"
	DepositID string       `json:"deposit_id,omitempty"`
	PayoutID  string       `json:"payout_id,omitempty"`
	Amount    money.Amount `json:"amount"` // minor units
	Currency  string       `json:"currency"`
	At        time.Time    `json:"at,omitzero"` // what the line says
}

func (Statement) kind() FactKind { return FactStatement }

// stated takes a statement's line as evidence. It proves that the money moved,
// as an answer would; of a payout, that it exists, not that it was handed over.
func (e *Entry) stated(c Statement) {
	v := &e.evidence
	t := e.Call.Terms
	before := v.implies()
	v.stated = true
	v.doubled = v.doubled || differ(e.DepositID, c.DepositID) || e.Proof != nil && e.Proof.Row != c.Row
	v.mismatch = v.mismatch || c.Amount != t.Amount || c.Currency != t.Currency || differ(e.PayoutID, c.PayoutID)
	if v.implies() != before { // the word of a machine that no longer decides
		e.HTTPStatus, e.Code, e.Message, e.Fields = 0, "", "", nil
	}
	e.claimed(c.Amount)
	e.DepositID = cmp.Or(e.DepositID, c.DepositID)
	e.PayoutID = cmp.Or(e.PayoutID, c.PayoutID)
	if e.Proof == nil {
		e.Proof = &c
	}
}

// A UsedRowError says that a line of a statement proves another operation
// already. Nothing was recorded.
type UsedRowError struct {
	Row string
	By  int64 // the operation that it proves
}

func (e *UsedRowError) Error() string {
	return fmt.Sprintf("the line of the statement proves operation %d", e.By)
}

// claimRow makes a statement's line this operation's, or returns a
// *UsedRowError. It is asked for in two ways, the second of which uses no
// index: one damaged page must not let a line prove two operations.
func (j *Journal) claimRow(ctx context.Context, q querier, e *Entry, row string) error {
	for _, query := range []string{`row_key = ?`, `row_key || '' = ?`} {
		claims, err := j.claims(ctx, q, query, row)
		if err != nil {
			return err
		}
		if len(claims) > 0 {
			return &UsedRowError{Row: row, By: claims[0].operation}
		}
	}
	c := claim{row: row, operation: e.ID, position: int64(len(e.Facts) + 1)}
	_, err := q.ExecContext(ctx, `INSERT INTO statement_rows (row_key, operation, position, checksum) VALUES (?, ?, ?, ?)`,
		c.row, c.operation, c.position, c.sum())
	return err
}

// A claim ties a statement's line to the fact that it became.
type claim struct {
	row                 string
	operation, position int64
}

func (c claim) sum() []byte {
	sum := newChecksum("statement_rows")
	sum.text(c.row)
	sum.int(c.operation)
	sum.int(c.position)
	return sum.sum()
}

func (j *Journal) claims(ctx context.Context, q querier, where string, args ...any) ([]claim, error) {
	return gather(ctx, q, func(scan scanner) (c claim, err error) {
		var checksum []byte
		if err := scan(&c.row, &c.operation, &c.position, &checksum); err != nil {
			return c, readError(err, &DamageError{Table: "statement_rows"})
		}
		if string(checksum) != string(c.sum()) {
			return c, &DamageError{Table: "statement_rows", Operation: c.operation, What: "checksum"}
		}
		return c, nil
	}, `SELECT row_key, operation, position, checksum FROM statement_rows WHERE `+where+` ORDER BY operation, position`, args...)
}

// Proved tells which of the statement's lines prove operations already: the
// operation's number by the line's [Statement.Row].
func (j *Journal) Proved(ctx context.Context, rows []string) (map[string]int64, error) {
	proved := map[string]int64{}
	err := j.store.view(ctx, func(q querier) error {
		for _, row := range rows {
			claims, err := j.claims(ctx, q, `row_key = ?`, row)
			if err != nil {
				return err
			}
			for _, c := range claims {
				proved[row] = c.operation
			}
		}
		return nil
	})
	return proved, err
}

// verifyClaims holds the lines that are used against the facts that they became.
func (j *Journal) verifyClaims(ctx context.Context, q querier, r *Report, stated map[claim]bool) error {
	damaged := len(r.Damaged)
	claims, err := j.claims(ctx, q, `1 = 1`)
	if err := r.note(err); err != nil || len(r.Damaged) > damaged {
		return err // after damage it cannot be told which others there are
	}
	for _, c := range claims {
		if !stated[c] {
			r.Damaged = append(r.Damaged, &DamageError{Table: "statement_rows", Operation: c.operation, Position: int(c.position), What: "without its fact"})
		}
		delete(stated, c)
		r.Rows++
	}
	for c := range stated {
		r.Damaged = append(r.Damaged, &DamageError{Table: "statement_rows", Operation: c.operation, Position: int(c.position), What: "missing"})
	}
	return nil
}

// claimsOf lists the claims that the operation's facts speak of.
func (e *Entry) claimsOf(stated map[claim]bool) {
	for _, f := range e.Facts {
		if s, ok := f.Content.(Statement); ok {
			stated[claim{row: s.Row, operation: e.ID, position: int64(f.Position)}] = true
		}
	}
}
