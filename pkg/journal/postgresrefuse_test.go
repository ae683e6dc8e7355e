package journal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// as gives the address under another user's name.
func as(t *testing.T, address, user string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, "top-secret")
	return u.String()
}

func TestPostgresRefuses(t *testing.T) {
	ctx := t.Context()
	conn := admin(t)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, address, schema string) (spoiled string)
		want  Problem
	}{
		"a user that does not exist": {func(t *testing.T, address, _ string) string { return as(t, address, "nobody_here") }, ProblemCredentials},
		"a database that does not exist": {func(t *testing.T, address, _ string) string {
			u, _ := url.Parse(address)
			u.Path = "/not_there"
			return u.String()
		}, ProblemNoDatabase},
		"nobody there": {func(t *testing.T, address, _ string) string {
			return "postgres://u:top-secret@127.0.0.1:1/journal"
		}, ProblemUnreachable},
		"another program's schema": {func(t *testing.T, address, schema string) string {
			command(t, conn, "CREATE SCHEMA "+schema+"; CREATE TABLE "+schema+".accounts ()")
			return address
		}, ProblemNotAJournal},
		"another program's journal": {func(t *testing.T, address, schema string) string {
			command(t, conn, "CREATE SCHEMA "+schema+"; CREATE TABLE "+schema+".journal (entry TEXT)")
			return address
		}, ProblemNotAJournal},
		"another application's mark": {func(t *testing.T, address, schema string) string {
			openTest(t, address)
			command(t, conn, "UPDATE "+schema+".journal SET application = 7")
			return address
		}, ProblemNotAJournal},
		"a newer journal": {func(t *testing.T, address, schema string) string {
			openTest(t, address)
			command(t, conn, "UPDATE "+schema+".journal SET version = version + 1")
			return address
		}, ProblemNewer},
		"one from before the first release": {func(t *testing.T, address, schema string) string {
			openTest(t, address)
			command(t, conn, "UPDATE "+schema+".journal SET version = 1")
			return address
		}, ProblemOlder},
		"commits that may be forgotten": {func(t *testing.T, address, schema string) string {
			command(t, conn, "CREATE ROLE "+schema+" LOGIN; ALTER ROLE "+schema+" SET synchronous_commit = off")
			t.Cleanup(func() { command(t, conn, "DROP ROLE "+schema) })
			return as(t, address, schema)
		}, ProblemForgetful},
	} {
		t.Run(name, func(t *testing.T) {
			address, schema := freshSchema(t)
			_, err := Open(ctx, c.spoil(t, address, schema), testOptions())
			wantProblem(t, err, c.want)
			if strings.Contains(err.Error(), "top-secret") {
				t.Errorf("%q tells the password", err)
			}
		})
	}
}

func TestPostgresAddresses(t *testing.T) {
	for _, address := range []string{
		"postgres://u:top-sec%zzret@h/db", "postgres://u:top-secret@h:port/db", "postgres://u:top-secret@h/db?connect_timeout=x",
		"postgres://u:top-secret@h/db?search_path=a,b", "postgresql://u:top-secret@h/db?search_path=", "postgres://u:top-secret@h/db?search_path=Ж",
		"postgres://u:top-secret@h/db?sslmode=perhaps", "postgres://u:top-secret@h/db?search_path=1a",
	} {
		_, err := Open(context.Background(), address, testOptions())
		wantProblem(t, err, ProblemAddress)
		if strings.Contains(err.Error(), "top-sec") || strings.Contains(err.Error(), "u:") {
			t.Errorf("%q tells too much", err)
		}
	}
	for address, want := range map[string]string{
		"postgres://u:top-secret@db.example/journal":              "postgres://db.example:5432/journal",
		"postgresql://u:top-secret@[::1]:6000/j?search_path=a_1":  "postgresql://[::1]:6000/j",
		"postgres://u:top-secret@/j?host=/var/run/postgresql":     "postgres:///j",
		"postgres://db.example/j?user=u&password=top-secret":      "postgres://db.example:5432/j",
		"postgres://u@db.example/j?sslmode=disable&sslpassword=x": "postgres://db.example:5432/j",
	} {
		target, err := parsePostgres(address, false)
		if err != nil || target.name != want {
			t.Errorf("%s is shown as %q, error %v", address, target.name, err)
		}
	}
}

// TestPostgresClearText: over a network only where the address says so.
func TestPostgresClearText(t *testing.T) {
	clear := func(config *tls.Config, fallbacks []*pgconn.FallbackConfig) bool {
		for _, f := range fallbacks {
			if f.TLSConfig == nil {
				return true
			}
		}
		return config == nil
	}
	for address, want := range map[string]bool{
		"postgres://u@db.example/j":                 false,
		"postgres://u@10.0.0.7/j":                   false,
		"postgres://u@127.0.0.1,db.example/j":       true, // on this machine, not on the other
		"postgres://u@db.example/j?sslmode=prefer":  true,
		"postgres://u@db.example/j?sslmode=disable": true,
		"postgres://u@127.0.0.1/j":                  true,
		"postgres://u@localhost/j":                  true,
		"postgres://u@/j?host=/run":                 true,
	} {
		t.Setenv("PGSSLMODE", "")
		target, err := parsePostgres(address, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := clear(target.config.TLSConfig, target.config.Fallbacks); got != want {
			t.Errorf("%s: clear text %t, wanted %t", address, got, want)
		}
		for _, f := range target.config.Fallbacks {
			if f.Host == "db.example" && f.TLSConfig == nil && !strings.Contains(address, "sslmode") {
				t.Errorf("%s: clear text to %s", address, f.Host)
			}
		}
	}
}

func TestPostgresProblems(t *testing.T) {
	for code, want := range map[string]Problem{
		"28P01": ProblemCredentials, "28000": ProblemCredentials, "42501": ProblemPrivilege, "3D000": ProblemNoDatabase,
		"25006": ProblemStandby, "53100": ProblemFull, "XX001": ProblemCorrupt, "55P03": ProblemBusy, "40001": ProblemBusy,
		"40P01": ProblemBusy, "53300": ProblemUnreachable, "57P01": ProblemUnreachable, "57P03": ProblemUnreachable,
		"08006": ProblemUnreachable, "42P01": ProblemOther, "": ProblemOther,
	} {
		if got, ok := postgresProblem(fmt.Errorf("x: %w", &pgconn.PgError{Code: code})); got != want || !ok {
			t.Errorf("%q is %q, wanted %q", code, got, want)
		}
	}
	for _, err := range []error{nil, context.Canceled, errors.New("x"), &HeldError{}} {
		if problem, ok := postgresProblem(err); ok {
			t.Errorf("%v is %q", err, problem)
		}
	}
	if !connectionLost(io.ErrUnexpectedEOF) || connectionLost(&pgconn.PgError{Code: "40001"}) || !undone(&pgconn.PgError{Code: "40001"}) {
		t.Error("what may be tried again")
	}
	target := postgresTarget{name: "postgres://h/j"}
	var storage *StorageError
	if err := target.failure(storageError("", io.EOF)); !errors.As(err, &storage) || storage.Path != target.name {
		t.Error(err)
	}
	held := &HeldError{}
	if err := target.failure(held); err != error(held) {
		t.Error(err)
	}
}

// TestPostgresSchemaIsTranslated: nothing of SQLite's own is left in it.
func TestPostgresSchemaIsTranslated(t *testing.T) {
	script := postgresSchema()
	for _, left := range []string{"STRICT", "ROWID", "INTEGER", "TEXT", "BLOB", "?"} {
		if strings.Contains(script, left) {
			t.Errorf("%s is left", left)
		}
	}
	if got := numbered("a = ? AND b IN (?, ?)"); got != "a = $1 AND b IN ($2, $3)" {
		t.Error(got)
	}
}

func TestPostgresReadOnly(t *testing.T) {
	ctx := t.Context()
	address := FreshPostgres(t)
	options := testOptions()
	options.ReadOnly = true
	_, err := Open(ctx, address, options)
	wantProblem(t, err, ProblemMissing)
	e := mustBegin(t, openTest(t, address), testDeposit(t, "u", 100))
	reader, err := Open(ctx, address, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if got, err := reader.Get(ctx, e.ID); err != nil || got.State != StateOpen {
		t.Fatal(got.State, err)
	}
	_, _, err = reader.Begin(ctx, testDeposit(t, "v", 100), Guard{})
	wantProblem(t, err, ProblemReadOnly)
	store := reader.store.(*postgresStore)
	_, err = store.db.ExecContext(ctx, "DELETE FROM facts")
	wantProblem(t, store.failure(err), ProblemStandby)
}

func TestPostgresVerifySeesDamage(t *testing.T) {
	ctx := t.Context()
	address, schema := freshSchema(t)
	j := openTest(t, address)
	mustBegin(t, j, testDeposit(t, "u", 100))
	conn := admin(t)
	for _, c := range []struct{ spoil, mend, table string }{
		{"UPDATE $.facts SET desk = 'x'", "UPDATE $.facts SET desk = 'till-1'", "facts"},
		{"UPDATE $.operations SET state = 'done'", "UPDATE $.operations SET state = 'open'", "operations"},
		{"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '$.operations_ref'::regclass",
			"UPDATE pg_index SET indisvalid = true WHERE indexrelid = '$.operations_ref'::regclass", "database"},
		{"DELETE FROM $.operations", "", "operations"},
	} {
		command(t, conn, strings.ReplaceAll(c.spoil, "$", schema))
		r, err := j.Verify(ctx)
		if err != nil || r.OK() || r.Damaged[0].Table != c.table {
			t.Errorf("%s: %+v, error %v", c.spoil, r, err)
		}
		command(t, conn, strings.ReplaceAll(c.mend, "$", schema))
		if r, err := j.Verify(ctx); c.mend != "" && (err != nil || !r.OK()) {
			t.Fatalf("%s: %v, error %v", c.mend, r.Damaged, err)
		}
	}
}
