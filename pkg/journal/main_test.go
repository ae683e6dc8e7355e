package journal_test

import (
	"path/filepath"
	"testing"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/journal/journaltest"
)

func TestMain(m *testing.M) { journaltest.Main(m) }

func TestSQLiteConforms(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "desk", "journal.db") })
}

func TestPostgresConforms(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) string { return journal.FreshPostgres(t) })
}
