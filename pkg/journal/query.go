package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// Get reads one operation by its number. It returns ErrNotFound if there is
// none and a *DamageError if a row of it does not hold what was written.
func (j *Journal) Get(ctx context.Context, id int64) (Entry, error) {
	var e Entry
	err := j.look(ctx, func(q querier) (err error) {
		e, err = j.entry(ctx, q, id)
		return err
	})
	return e, err
}

// Find reads the operations that a payout_id or a request_id names: usually
// one; several where a refused request_id was used again.
func (j *Journal) Find(ctx context.Context, profile, key string) ([]Entry, error) {
	if key == "" {
		return nil, nil
	}
	var found []Entry
	err := j.look(ctx, func(q querier) (err error) {
		found, err = j.entries(ctx, q, `SELECT id FROM operations WHERE profile = ?
			AND (payout_id <> '' AND payout_id = ? OR request_id <> '' AND request_id = ?) ORDER BY id`, profile, key, key)
		return err
	})
	return found, err
}

// A Filter chooses operations. Its zero value chooses all.
type Filter struct {
	Profile      string
	Kind         api.Kind
	States       []State
	PayoutStatus api.PayoutStatus
	User         string // a user_id or a project_user_id
	Since, Until time.Time
	ChangedSince time.Time // only those to which a fact was appended since
	Notices      bool      // only those with a notice that is not delivered
	Limit        int       // the newest so many; 0: all
}

func (f Filter) has(s State) bool {
	for _, want := range f.States {
		if want == s {
			return true
		}
	}
	return len(f.States) == 0
}

func (f Filter) where() (string, []any) {
	var (
		clauses = []string{"1 = 1"}
		args    []any
	)
	add := func(clause string, values ...any) {
		clauses, args = append(clauses, clause), append(args, values...)
	}
	if f.Profile != "" {
		add("profile = ?", f.Profile)
	}
	switch {
	case f.Kind == api.KindPayout: // in the words of the index of changed ones
		add("kind = 'payout'")
	case f.Kind != "":
		add("kind = ?", string(f.Kind))
	}
	if len(f.States) > 0 {
		states := map[string]bool{}
		for _, s := range f.States {
			states[s.String()] = true
			if s == StateUnknown { // stored as open while nobody has looked
				states[StateOpen.String()] = true
			}
		}
		var values []any
		for s := range states {
			values = append(values, s)
		}
		add("state IN ("+placeholders(len(values))+")", values...)
	}
	if f.PayoutStatus != "" {
		add("payout_status = ?", string(f.PayoutStatus))
	}
	if f.User != "" {
		add("(user_id = ? OR project_user_id = ?)", f.User, f.User)
	}
	if !f.Since.IsZero() {
		add("created_at >= ?", f.Since.UnixMilli())
	}
	if !f.Until.IsZero() {
		add("created_at < ?", f.Until.UnixMilli())
	}
	if !f.ChangedSince.IsZero() {
		add("changed_at >= ?", f.ChangedSince.UnixMilli())
	}
	if f.Notices {
		add("notice_state NOT IN ('', 'delivered')")
	}
	return strings.Join(clauses, " AND "), args
}

// DueNotices lists the operations whose notice is to be delivered at or before
// the given time, those waiting longest first.
func (j *Journal) DueNotices(ctx context.Context, profile string, at time.Time) ([]int64, error) {
	var due []int64
	err := j.look(ctx, func(q querier) (err error) {
		due, err = j.ids(ctx, q, `SELECT id FROM operations WHERE notice_state = 'queued'
			AND notice_next_at <= ? AND profile = ? ORDER BY notice_next_at, id`, at.UnixMilli(), profile)
		return err
	})
	return due, err
}

func (j *Journal) ids(ctx context.Context, q querier, query string, args ...any) ([]int64, error) {
	return gather(ctx, q, func(scan scanner) (id int64, err error) {
		if err := scan(&id); err != nil {
			return 0, readError(err, &DamageError{Table: "operations"})
		}
		return id, nil
	}, query, args...)
}

// entries reads the operations whose ids a query gives.
func (j *Journal) entries(ctx context.Context, q querier, query string, args ...any) ([]Entry, error) {
	ids, err := j.ids(ctx, q, query, args...)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(ids))
	for _, id := range ids {
		e, err := j.entry(ctx, q, id)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// entry reads and folds one operation, checking every checksum on the way.
func (j *Journal) entry(ctx context.Context, q querier, id int64) (Entry, error) {
	e, err := j.folded(ctx, q, id)
	if err != nil {
		return Entry{}, err
	}
	return j.awaken(ctx, q, e)
}

func (j *Journal) folded(ctx context.Context, q querier, id int64) (Entry, error) {
	facts, err := j.facts(ctx, q, id)
	if err != nil {
		return Entry{}, err
	}
	if len(facts) == 0 {
		return Entry{}, j.withoutFacts(ctx, q, id)
	}
	e, err := Fold(facts)
	if err != nil {
		return Entry{}, err
	}
	var agrees sql.NullBool
	p := project(&e)
	err = q.QueryRowContext(ctx, projectionAgrees, append(p.fields(), id)...).Scan(&agrees)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Entry{}, fmt.Errorf("operation %d: %w", id, ErrNotFound)
	case err != nil:
		return Entry{}, readError(err, &DamageError{Table: "operations", Operation: id})
	case !agrees.Bool:
		return Entry{}, &DamageError{Table: "operations", Operation: id, What: "it does not agree with its facts"}
	}
	return e, nil
}

// withoutFacts says whether there is no operation or nothing left of one.
func (j *Journal) withoutFacts(ctx context.Context, q querier, id int64) error {
	var there int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM operations WHERE id = ?`, id).Scan(&there)
	switch {
	case err != nil:
		return readError(err, &DamageError{Table: "operations", Operation: id})
	case there == 0:
		return fmt.Errorf("operation %d: %w", id, ErrNotFound)
	}
	return &DamageError{Table: "facts", Operation: id, What: "no facts"}
}

func (j *Journal) facts(ctx context.Context, q querier, id int64) ([]Fact, error) {
	var facts []Fact
	err := each(ctx, q, func(scan scanner) error {
		r, err := readRow(scan)
		if err != nil {
			return readError(err, &DamageError{Table: "facts", Operation: id, Position: len(facts) + 1})
		}
		f, err := r.fact()
		facts = append(facts, f)
		return err
	}, `SELECT `+factColumns+` FROM facts WHERE operation = ? ORDER BY position`, id)
	return facts, err
}

// readRow reads the columns of a fact; its checksum is for r.fact.
func readRow(scan scanner) (r row, err error) {
	err = scan(&r.operation, &r.position, &r.kind, &r.at, &r.desk, &r.osUser, &r.content, &r.raw, &r.checksum)
	return r, err
}
