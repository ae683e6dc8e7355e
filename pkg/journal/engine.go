package journal

import (
	"context"
	"strings"
)

// Engine names the database behind the journal with its version, for people:
// "SQLite 3.53.2". Empty where it cannot be told.
func (j *Journal) Engine(ctx context.Context) string {
	named, ok := j.store.(interface {
		engine(ctx context.Context) string
	})
	if !ok {
		return ""
	}
	return named.engine(ctx)
}

func (s *sqliteStore) engine(ctx context.Context) string {
	var version string
	if s.db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version) != nil {
		return ""
	}
	return "SQLite " + version
}

func (s *postgresStore) engine(ctx context.Context) string {
	var version string
	if s.db.QueryRowContext(ctx, "SELECT current_setting('server_version')").Scan(&version) != nil {
		return ""
	}
	version, _, _ = strings.Cut(version, " ") // what follows names the package
	return "PostgreSQL " + version
}
