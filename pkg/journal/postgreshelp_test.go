package journal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// postgresVariable names the server for tests, as a URL whose user may make
// schemas and roles and end other sessions.
const postgresVariable = "RAISBOY_TEST_POSTGRES"

// postgresServer is the address for tests; without one the test is skipped.
func postgresServer(t testing.TB) string {
	t.Helper()
	address := os.Getenv(postgresVariable)
	if address == "" {
		t.Skipf("PostgreSQL is not tested: %s is not set (.ci/run starts a server and sets it)", postgresVariable)
	}
	return address
}

// admin is a connection past the journal.
func admin(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), postgresServer(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func command(t testing.TB, conn *pgx.Conn, script string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), script, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// FreshPostgres gives the address of a journal that does not exist yet, in a
// schema of its own, which is removed after the test.
func FreshPostgres(t testing.TB) string {
	t.Helper()
	address, _ := freshSchema(t)
	return address
}

func freshSchema(t testing.TB) (address, schema string) {
	t.Helper()
	postgresServer(t)
	var random [6]byte
	_, _ = rand.Read(random[:])
	schema = "test_" + hex.EncodeToString(random[:])
	conn := admin(t)
	t.Cleanup(func() { command(t, conn, "DROP SCHEMA IF EXISTS "+schema+" CASCADE") })
	return inSchema(t, postgresServer(t), schema), schema
}

func inSchema(t testing.TB, address, schema string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
