package main

import (
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// dropJournal removes the schema that an address of postgresJournal names, if
// it was made.
func dropJournal(server, address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	return onServer(server, "DROP SCHEMA IF EXISTS "+u.Query().Get("search_path")+" CASCADE")
}

// onServer carries out a statement past the journal. The test's own context may
// have ended by then.
func onServer(server, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol)
	return err
}

// freshPostgres is a journal's address for one test; without a server the test
// is skipped.
func freshPostgres(t *testing.T) (server, address string) {
	t.Helper()
	server = os.Getenv(postgresVariable)
	if server == "" {
		t.Skipf("PostgreSQL is not tested: %s is not set (.ci/run starts a server and sets it)", postgresVariable)
	}
	address = postgresJournal(server)
	t.Cleanup(func() {
		if err := dropJournal(server, address); err != nil {
			t.Error(err)
		}
	})
	return server, address
}
