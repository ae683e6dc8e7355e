package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// A Proposal is an operation that is about to begin.
type Proposal struct {
	Call          api.Call
	Profile       string
	Sandbox       bool
	KeyID         string // see KeyID
	ProjectUserID string // the validation's echo; may be empty
	Ref           string // the operator's own reference; may be empty
	Batch         string
	Line          int

	// ReportRefused gives back a refused operation of the same ref and terms as
	// a replay, where the ref would otherwise be free: a batch that is run again
	// reports what was refused. A refusal of the signature, the key or the clock
	// does not count, for it says nothing about the row.
	ReportRefused bool
}

// check refuses what no journal keeps.
func (p Proposal) check() error {
	if !p.Call.Kind.MovesMoney() {
		return fmt.Errorf("a %s is not kept in the journal", p.Call.Kind)
	}
	return nil
}

// A Guard says what holds a proposal back. Its zero value holds back what is
// unsettled and nothing that is done, but for a batch's row that has moved to
// another line.
type Guard struct {
	Window time.Duration // how long an equal done operation holds one back
	Again  bool          // lifts the window, and what holds back a row that moved; never what is unsettled

	// Stands says, where Again is set, whether a line of the proposal's batch is
	// known to be where it was: a done row on any other line still holds back its
	// equal, which may be that row. Nil: all of them are.
	Stands func(line int) bool

	// ShiftMax bounds the sum, in minor units, of everything that was begun
	// since ShiftSince in the same currency and is not refused; 0: no bound.
	ShiftMax   money.Amount
	ShiftSince time.Time

	// ShiftFirst takes the place of ShiftSince where a shift is open: what
	// counts is numbered from it on, whatever the clock said. 0: no shift is.
	ShiftFirst int64
}

// HeldReason says why nothing was sent.
type HeldReason string

// The reasons, as in the JSON field "held_reason".
const (
	HeldUnresolved HeldReason = "unresolved" // an equal operation's end is not known
	HeldDuplicate  HeldReason = "duplicate"  // an equal one was done a moment ago
	HeldLimit      HeldReason = "limit"      // the desk's own limits
	HeldMaxAmount  HeldReason = "max_amount" // the project's bound for this user
	HeldConflict   HeldReason = "conflict"   // an equal one whose evidence contradicts itself
	HeldRef        HeldReason = "ref"        // the ref or request_id is another operation's
	HeldLock       HeldReason = "lock"       // another desk is at it now
)

// A HeldError says that the proposal was not begun. Nothing was written.
type HeldError struct {
	Reason HeldReason
	By     *Entry       // the operation that holds it back; nil for limits
	Limit  money.Amount // of HeldLimit and HeldMaxAmount, minor units
	Used   money.Amount // of HeldLimit: what counts towards it already
	Key    string       // of HeldLimit: the setting, e.g. "limits.shift_max"
	Holder Holder       // of HeldLock
	Moved  bool         // of HeldDuplicate: By is another line of the same batch, whenever it was done
}

func (e *HeldError) Error() string {
	if e.By != nil {
		return fmt.Sprintf("held back (%s) by operation %d", e.Reason, e.By.ID)
	}
	return fmt.Sprintf("held back (%s)", e.Reason)
}

// Begin writes the intent of an operation, durably, after checking in the same
// transaction that nothing holds it back. Only then may the first byte be sent.
//
// If the proposal's ref or request_id belongs to a recorded operation with the
// same terms, that entry is returned with replayed true and nothing is written
// or to be sent; see also Proposal.ReportRefused. A *HeldError names what holds the proposal back. Any other
// error means that the intent may not be durable: nothing may be sent.
func (j *Journal) Begin(ctx context.Context, p Proposal, g Guard) (entry Entry, replayed bool, err error) {
	if err := p.check(); err != nil {
		return Entry{}, false, err
	}
	owner, err := j.ownership(ctx)
	if err != nil {
		return Entry{}, false, err
	}
	err = j.store.write(ctx, func(q querier) error {
		entry, replayed = Entry{}, false
		first, next, err := j.judge(ctx, q, p, g)
		if err != nil {
			return err
		}
		if first != nil {
			entry, replayed = *first, true
			return nil
		}
		entry, err = j.insert(ctx, q, next, p, owner)
		return err
	})
	if err != nil {
		return Entry{}, false, err // never an entry that is not on disk
	}
	return entry, replayed, nil
}

// shiftUsed sums up what counts towards a shift's limit, in minor units.
func shiftUsed(ctx context.Context, q querier, profile, currency string, g Guard) (money.Amount, error) {
	since, bound := `created_at >= ?`, g.ShiftSince.UnixMilli()
	if g.ShiftFirst > 0 {
		since, bound = `id >= ?`, g.ShiftFirst
	}
	var used int64
	err := q.QueryRowContext(ctx, `SELECT COALESCE(SUM(amount), 0) FROM operations
		WHERE `+since+` AND profile = ? AND currency = ? AND state NOT IN ('refused', 'not_sent')`,
		bound, profile, currency).Scan(&used)
	return money.Amount(used), err
}

func (j *Journal) checkShift(ctx context.Context, q querier, p Proposal, g Guard) error {
	if g.ShiftMax <= 0 {
		return nil
	}
	used, err := shiftUsed(ctx, q, p.Profile, p.Call.Terms.Currency, g)
	if err != nil {
		return err
	}
	total, err := used.Add(p.Call.Terms.Amount)
	if err != nil || total > g.ShiftMax {
		return &HeldError{Reason: HeldLimit, Limit: g.ShiftMax, Used: used, Key: "limits.shift_max"}
	}
	return nil
}

// insert writes the intent under the number id.
func (j *Journal) insert(ctx context.Context, q querier, id int64, p Proposal, owner string) (Entry, error) {
	e := Entry{ID: id}
	err := j.add(ctx, q, &e, []Addition{{Raw: p.Call.Body, Content: Intent{
		Kind: p.Call.Kind, Profile: p.Profile, Sandbox: p.Sandbox, URL: p.Call.URL, KeyID: p.KeyID,
		ProjectUserID: p.ProjectUserID, Ref: p.Ref, Batch: p.Batch, Line: p.Line, Owner: owner,
	}}})
	if err != nil {
		return Entry{}, err
	}
	return e, j.attachOrphans(ctx, q, &e)
}

// Peek tells what Begin would say now, without writing: the recorded operation
// of the same ref or request_id, a *HeldError, or nothing. Begin asks again.
func (j *Journal) Peek(ctx context.Context, p Proposal, g Guard) (entry Entry, replayed bool, err error) {
	if err := p.check(); err != nil {
		return Entry{}, false, err
	}
	err = j.look(ctx, func(q querier) error {
		first, _, err := j.judge(ctx, q, p, g)
		if first != nil {
			entry, replayed = *first, true
		}
		return err
	})
	return entry, replayed, err
}
