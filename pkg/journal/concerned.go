package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/raisboy/raisboy/pkg/api"
)

// concerned finds the payout that a webhook is about: by our own request_id,
// which is on disk before the request is sent, else by the project's payout_id.
// Where a refused request_id was used again, the one that may exist is meant. It
// is given as its facts tell it, whether or not its owner still lives.
// The number of the next event is told along with it.
func (j *Journal) concerned(ctx context.Context, q querier, profile string, w api.Webhook) (e Entry, next int64, err error) {
	ways := [2]string{w.RequestID, w.PayoutID}
	found, next, err := j.named(ctx, q, profile, ways)
	if err != nil {
		return Entry{}, 0, err
	}
	for _, ids := range found {
		for i := range ids {
			other, err := j.folded(ctx, q, ids[i]) // all of them: damage is to be noticed
			if err != nil {
				return Entry{}, 0, err
			}
			if i == 0 {
				e = other
			}
		}
		if len(ids) > 0 {
			return e, next, nil
		}
	}
	return Entry{}, next, fmt.Errorf("payout %q: %w", w.PayoutID, ErrNotFound)
}

// named asks in one go for the payouts that have a webhook's request_id or its
// payout_id, those that may exist and the newest first, and for the number of the
// next event.
func (j *Journal) named(ctx context.Context, q querier, profile string, keys [2]string) (found [2][]int64, next int64, err error) {
	const failed = `CASE WHEN state IN ('refused', 'not_sent') THEN 1 ELSE 0 END`
	query := `SELECT -1, 0, COALESCE(MAX(id), 0) + 1 FROM events`
	var args []any
	for way, column := range [2]string{"request_id", "payout_id"} {
		if keys[way] != "" {
			query += fmt.Sprintf(" UNION ALL SELECT %d, "+failed+", id FROM operations WHERE %s <> '' AND %s = ? AND profile = ? AND kind = 'payout'",
				way, column, column)
			args = append(args, keys[way], profile)
		}
	}
	failures := map[int64]int{}
	err = each(ctx, q, func(scan scanner) error {
		var way, failed int
		var id int64
		if err := scan(&way, &failed, &id); err != nil {
			return readError(err, &DamageError{Table: "operations"})
		}
		if way < 0 {
			next = id
			return nil
		}
		failures[id] = failed
		found[way] = append(found[way], id)
		return nil
	}, query, args...)
	for _, ids := range found { // one or two: the database would take longer
		slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(failures[a]-failures[b], cmp.Compare(b, a)) })
	}
	return found, next, err
}
