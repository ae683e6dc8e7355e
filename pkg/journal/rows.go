package journal

import "context"

// scanner reads a row's columns into what is pointed to.
type scanner func(into ...any) error

// each hands every row of a query to read, until that fails.
func each(ctx context.Context, q querier, read func(scanner) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return storageError("", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return storageError("", rows.Err())
}

// gather reads every row of a query. Nothing is given with an error.
func gather[T any](ctx context.Context, q querier, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var found []T
	err := each(ctx, q, func(scan scanner) error {
		one, err := read(scan)
		found = append(found, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return found, nil
}
