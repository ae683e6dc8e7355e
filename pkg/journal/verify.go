package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A Report is what [Journal.Verify] found.
type Report struct {
	Rows    int // of all tables, that were looked at
	Damaged []*DamageError
}

// OK reports that nothing is damaged.
func (r Report) OK() bool { return len(r.Damaged) == 0 }

// Verify reads the whole journal: every checksum, every fold anew against its
// projection, no gap in the numbers, and the database's own integrity check.
// The error is about the reading itself; damage is in the report.
func (j *Journal) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := j.store.view(ctx, func(q querier) error { return j.verifyRows(ctx, q, &r) })
	if err := r.note(err); err != nil {
		return r, err
	}
	return r, r.note(j.store.verify(ctx))
}

// note keeps damage in the report and lets other errors through.
func (r *Report) note(err error) error {
	var damage *DamageError
	if errors.As(err, &damage) {
		r.Damaged = append(r.Damaged, damage)
		return nil
	}
	return err
}

func (j *Journal) verifyRows(ctx context.Context, q querier, r *Report) error {
	ids, err := j.ids(ctx, q, `SELECT id FROM operations UNION SELECT operation FROM facts ORDER BY 1`)
	if err != nil {
		return err
	}
	stated := map[claim]bool{}
	for i, id := range ids {
		if id != int64(i+1) && (i == 0 || ids[i-1] != id-1) {
			r.Damaged = append(r.Damaged, &DamageError{Table: "operations", Operation: id - 1, What: "missing"})
		}
		e, err := j.folded(ctx, q, id)
		if errors.Is(err, ErrNotFound) {
			err = &DamageError{Table: "operations", Operation: id, What: "facts without their operation"}
		}
		if err := r.note(err); err != nil {
			return err
		}
		e.claimsOf(stated)
		r.Rows += 1 + len(e.Facts)
	}
	if err := j.verifyClaims(ctx, q, r, stated); err != nil {
		return err
	}
	if err := j.verifyMovements(ctx, q, r); err != nil {
		return err
	}
	events, err := j.ids(ctx, q, `SELECT id FROM events ORDER BY id`)
	if err != nil {
		return err
	}
	for _, id := range events {
		_, err := j.event(ctx, q, id)
		if err := r.note(err); err != nil {
			return err
		}
		r.Rows++
	}
	if err := j.verifyForwards(ctx, q, r); err != nil {
		return err
	}
	if err := j.verifyShifts(ctx, q, r); err != nil {
		return err
	}
	if err := r.note(j.verifyBatchRows(ctx, q, r)); err != nil {
		return err
	}
	return r.note(j.verifyOrigins(ctx, q, r))
}

// verifyForwards looks for forwards whose event is gone; the others were read
// together with their events.
func (j *Journal) verifyForwards(ctx context.Context, q querier, r *Report) error {
	var rows int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM forwards`).Scan(&rows); err != nil {
		return storageError("", err)
	}
	r.Rows += rows
	lost, err := j.ids(ctx, q, `SELECT event FROM forwards WHERE event NOT IN (SELECT id FROM events) ORDER BY event`)
	for _, id := range lost {
		r.Damaged = append(r.Damaged, &DamageError{Table: "forwards", What: fmt.Sprintf("event %d is missing", id)})
	}
	return err
}

func (j *Journal) verifyOrigins(ctx context.Context, q querier, r *Report) error {
	profiles, err := gather(ctx, q, func(scan scanner) (profile string, err error) {
		if err := scan(&profile); err != nil {
			return "", readError(err, &DamageError{Table: "origins"})
		}
		return profile, nil
	}, `SELECT profile FROM origins ORDER BY profile`)
	if err != nil {
		return err
	}
	for _, profile := range profiles {
		_, err := j.binding(ctx, q, profile, false)
		if errors.Is(err, sql.ErrNoRows) {
			err = &DamageError{Table: "origins", What: "a profile's name"}
		}
		var other *OriginError // of a profile of the sandbox
		if err != nil && !errors.As(err, &other) {
			if err := r.note(err); err != nil {
				return err
			}
		}
		r.Rows++
	}
	return nil
}

// verify asks SQLite whether its pages and indexes agree with each other. It
// does not notice a flipped bit in a value: the checksums do.
func (s *sqliteStore) verify(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return storageError(s.path, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return storageError(s.path, err)
		}
		if line != "ok" {
			return &DamageError{Table: "database", What: fmt.Sprintf("integrity check: %s", line)}
		}
	}
	return storageError(s.path, rows.Err())
}
