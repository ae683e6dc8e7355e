package journal

import (
	"context"
	"errors"
	"slices"

	"github.com/raisboy/raisboy/pkg/api"
)

// What stands in a proposal's way is looked for as if any page of the database
// could be damaged, for SQLite notices no flipped bit. Two rules keep one
// damaged page from hiding an operation:
//
//   - It is looked for in two ways that have no index in common.
//   - Conditions in SQL only leave out what no single damaged value can pass
//     for; the rest is decided here, on rows whose checksums were held against
//     their content.

// unfinished is the condition of an index: operations that a second one like
// them must wait for, however long ago they were begun.
const unfinished = `state IN ('open', 'unknown', 'mismatch', 'conflict') OR
	state = 'done' AND kind = 'payout' AND payout_status NOT IN ('completed', 'cancelled')`

// A lookup is one way to operations. fits says what the query asked for: an
// entry that it gives and that does not fit was reached by a damaged index.
type lookup struct {
	query string
	args  []any
	fits  func(*Entry) bool
}

// found reads what the lookups lead to, oldest first.
func (j *Journal) found(ctx context.Context, q querier, lookups ...lookup) ([]Entry, error) {
	entries := map[int64]*Entry{}
	var order []int64
	for _, l := range lookups {
		ids, err := j.ids(ctx, q, l.query, l.args...)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if entries[id] == nil {
				e, err := j.entry(ctx, q, id)
				if errors.Is(err, ErrNotFound) {
					return nil, &DamageError{Table: "operations", Operation: id, What: "an index leads to nothing"}
				}
				if err != nil {
					return nil, err
				}
				entries[id] = &e
				order = append(order, id)
			}
			if !l.fits(entries[id]) {
				return nil, &DamageError{Table: "operations", Operation: id, What: "an index leads to it that has no reason to"}
			}
		}
	}
	slices.Sort(order)
	found := make([]Entry, 0, len(order))
	for _, id := range order {
		found = append(found, *entries[id])
	}
	return found, nil
}

// replay looks for an operation that has the proposal's ref or request_id.
func (j *Journal) replay(ctx context.Context, q querier, p Proposal) (*Entry, error) {
	t := p.Call.Terms
	for _, key := range []struct {
		column, value string
		of            func(*Entry) string
	}{
		{"ref", p.Ref, func(e *Entry) string { return e.Ref }},
		{"request_id", t.RequestID, func(e *Entry) string { return e.Call.Terms.RequestID }},
	} {
		if key.value == "" {
			continue
		}
		fits := func(e *Entry) bool { return key.of(e) == key.value }
		entries, err := j.found(ctx, q,
			lookup{`SELECT id FROM operations WHERE ` + key.column + ` <> '' AND ` + key.column + ` = ?
				AND state NOT IN ('refused', 'not_sent')`, []any{key.value}, fits},
			// || '' keeps the index of the first way out of the second.
			lookup{`SELECT id FROM operations WHERE user_id = ? AND kind = ? AND amount = ? AND ` + key.column + ` || '' = ?
				AND state NOT IN ('refused', 'not_sent')`, []any{t.UserID, string(p.Call.Kind), int64(t.Amount), key.value}, fits})
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			switch {
			case e.Profile != p.Profile || !e.State.HoldsRef():
				continue
			case !e.SameTerms(p.Call):
				return nil, &HeldError{Reason: HeldRef, By: &e}
			case e.State == StateOpen:
				return nil, &HeldError{Reason: HeldLock, By: &e}
			}
			return &e, nil
		}
	}
	return nil, nil
}

// guard looks for an equal operation that holds the proposal back.
func (j *Journal) guard(ctx context.Context, q querier, p Proposal, g Guard) error {
	since := j.now().Add(-g.Window)
	entries, err := j.found(ctx, q, p.twins(g, since.UnixMilli())...)
	if err != nil {
		return err
	}
	var recent *Entry
	for _, e := range entries {
		switch {
		case e.Profile != p.Profile || e.Call.Terms.Currency != p.Call.Terms.Currency:
		case e.State == StateConflict:
			return &HeldError{Reason: HeldConflict, By: &e}
		case e.State.Unsettled():
			return &HeldError{Reason: HeldUnresolved, By: &e}
		case recent == nil && e.State == StateDone && (e.SettledAt.After(since) || e.PayoutOpen()):
			recent = &e
		}
	}
	if recent != nil && g.window(p) {
		return &HeldError{Reason: HeldDuplicate, By: recent}
	}
	return j.checkShift(ctx, q, p, g)
}

// window reports whether what is done holds the proposal back, too.
func (g Guard) window(p Proposal) bool { return g.Window > 0 && !g.Again && p.Ref == "" }

// twins are the ways to operations that may be equal to the proposal: by the
// user, and again by what is unfinished or recent, whoever the user is.
func (p Proposal) twins(g Guard, since int64) []lookup {
	t := p.Call.Terms
	kind, amount := string(p.Call.Kind), int64(t.Amount)
	fits := func(e *Entry) bool {
		return e.Call.Kind == p.Call.Kind && e.Call.Terms.Amount == t.Amount &&
			(e.Call.Terms.UserID == t.UserID || p.ProjectUserID != "" && e.ProjectUserID == p.ProjectUserID)
	}
	settled := `state = 'done' AND settled_at <= ? AND changed_at <= ?`
	if p.Call.Kind == api.KindPayout {
		settled += ` AND payout_status IN ('completed', 'cancelled')`
	}
	byUser := ` = ? AND kind = ? AND amount = ? AND NOT (state IN ('refused', 'not_sent') OR ` + settled + `)`
	// Written so that no index of users serves.
	const same = ` AND kind || '' = ? AND amount + 0 = ? AND
		(user_id || '' = ? OR project_user_id <> '' AND project_user_id || '' = ?)`
	lookups := []lookup{
		{`SELECT id FROM operations WHERE user_id` + byUser, []any{t.UserID, kind, amount, since, since}, fits},
		{`SELECT id FROM operations WHERE (` + unfinished + `)` + same, []any{kind, amount, t.UserID, p.ProjectUserID}, fits},
	}
	if p.ProjectUserID != "" {
		lookups = append(lookups, lookup{`SELECT id FROM operations WHERE project_user_id <> '' AND project_user_id` + byUser,
			[]any{p.ProjectUserID, kind, amount, since, since}, fits})
	}
	if g.window(p) {
		lookups = append(lookups, lookup{`SELECT id FROM operations WHERE changed_at > ?` + same,
			[]any{since, kind, amount, t.UserID, p.ProjectUserID}, fits})
	}
	return lookups
}
