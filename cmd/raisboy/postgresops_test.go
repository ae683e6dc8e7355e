package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// postgresPrograms is the folder of the newest PostgreSQL that is installed.
func postgresPrograms(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_basebackup")
	if err != nil || len(found) == 0 {
		t.Skip("PostgreSQL's programs are not installed where Debian has them")
	}
	slices.SortFunc(found, func(a, b string) int { return release(a) - release(b) })
	return filepath.Dir(found[len(found)-1])
}

func release(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// program runs one of them to its end; the server's own not as root, which they
// refuse.
func program(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func unprivileged(name string, args ...string) (string, []string) {
	if os.Geteuid() != 0 {
		return name, args
	}
	return "setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups", name}, args...)
}

// onPostgresStage is a stage with a journal on PostgreSQL.
func onPostgresStage(t *testing.T) (s *stage, server, address string) {
	t.Helper()
	server, address = freshPostgres(t)
	s = newStage(t, nil, "")
	s.common = []string{"-o", "json"}
	base := ""
	for _, variable := range s.env {
		if at, ok := strings.CutPrefix(variable, "RAISBOY_SANDBOX_ADDR="); ok {
			base = at
		}
	}
	s.env = append(s.env, "RAISBOY_BASE_URL=http://"+base, "RAISBOY_API_KEY="+sandbox.APIKey, "RAISBOY_SECRET="+sandbox.Secret,
		"RAISBOY_JOURNAL="+address)
	return s, server, address
}

// with gives the same stage with another journal.
func (s *stage) with(address string) *stage {
	other := *s
	other.env = append(slices.Clone(s.env), "RAISBOY_JOURNAL="+address)
	return &other
}

// TestPostgresDump restores a dump into an empty database: every row is whole,
// what was done is known there, and what was unknown still is.
func TestPostgresDump(t *testing.T) {
	t.Parallel()
	programs := postgresPrograms(t)
	s, server, address := onPostgresStage(t)
	s.run(exitDone, "deposit", "--user", "456789", "--amount", "6000", "--ref", "order-7")
	s.run(exitUnknown, "deposit", "--user", "drop", "--amount", "100")
	s.payout("5000")

	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	file := filepath.Join(t.TempDir(), "journal.sql")
	program(t, filepath.Join(programs, "pg_dump"), "--dbname="+server, "--schema="+schema, "--file="+file)
	database := "restored_" + schema
	if err := onServer(server, "CREATE DATABASE "+database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer(server, "DROP DATABASE "+database+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + database
	target := *u
	target.RawQuery = ""
	program(t, filepath.Join(programs, "psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+target.String(), "--file="+file)

	restored := s.with(u.String())
	before, after := s.run(exitDone, "journal", "list"), restored.run(exitDone, "journal", "list")
	if before != after || strings.Count(after, "\n") != 3 {
		t.Errorf("before:\n%safter:\n%s", before, after)
	}
	if out := restored.run(exitDone, "journal", "verify"); out != s.run(exitDone, "journal", "verify") || strings.Contains(out, `"rows":0`) {
		t.Errorf("verify: %s", out)
	}
	if out := restored.run(exitDone, "deposit", "--user", "456789", "--amount", "6000", "--ref", "order-7"); !strings.Contains(out, `"replayed":true`) {
		t.Errorf("the ref again: %s", out)
	}
	restored.run(exitHeld, "deposit", "--user", "drop", "--amount", "100", "--again")
	s.run(exitDone, "deposit", "--user", "456790", "--amount", "1")
	restored.run(exitDone, "deposit", "--user", "456791", "--amount", "1")
	restored.run(exitDone, "journal", "verify")
}

// TestPostgresStandby: a server that follows another one can be read and is
// never written; once it is promoted it is a journal like any other, and has
// everything that was confirmed.
func TestPostgresStandby(t *testing.T) {
	t.Parallel()
	programs := postgresPrograms(t)
	s, server, address := onPostgresStage(t)
	s.run(exitDone, "deposit", "--user", "456789", "--amount", "6000", "--ref", "order-7")
	follower, promote := startStandby(t, programs, server)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = follower
	standby := s.with(u.String())
	s.run(exitUnknown, "deposit", "--user", "drop", "--amount", "100")
	s.eventually("the standby has what the primary has", func() bool {
		return standby.run(exitDone, "journal", "list") == s.run(exitDone, "journal", "list")
	})
	standby.run(exitDone, "journal", "verify")
	standby.run(exitSetup, "deposit", "--user", "456790", "--amount", "1")
	standby.run(exitSetup, "resolve", "2", "--credited")
	if out := standby.run(exitSetup, "doctor"); !strings.Contains(out, `"check":"journal","status":"failure"`) || !strings.Contains(out, "only follows another one") {
		t.Errorf("doctor: %s", out)
	}
	// Whichever of several hosts takes writes is used, if the address asks for it.
	both := *u
	primary, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	both.Host = follower + "," + primary.Host
	q := both.Query()
	q.Set("target_session_attrs", "read-write")
	both.RawQuery = q.Encode()
	s.with(both.String()).run(exitDone, "deposit", "--user", "456791", "--amount", "1")

	s.eventually("the standby has it", func() bool { return strings.Contains(standby.run(exitDone, "journal", "list"), `"456791"`) })
	promote()
	s.eventually("it is promoted", func() bool { return strings.Contains(standby.doctor(), `"check":"journal","status":"ok"`) })
	standby.run(exitDone, "deposit", "--user", "456789", "--amount", "6000", "--ref", "order-7")
	standby.run(exitHeld, "deposit", "--user", "drop", "--amount", "100", "--again")
	standby.run(exitDone, "deposit", "--user", "456792", "--amount", "1")
	standby.run(exitDone, "journal", "verify")
	if n := len(s.deposits()); n != 4 {
		t.Errorf("%d deposits were credited", n)
	}
}

// doctor gives its report, whatever it found.
func (s *stage) doctor() string {
	command := exec.CommandContext(s.Context(), commandForTests(s.T), "doctor", "-o", "json")
	command.Env = s.env
	out, _ := command.Output() // its exit code says what it found
	return string(out)
}

func (s *stage) deposits() (all []sandbox.Entry) {
	s.Helper()
	entries, err := s.project.Ledger()
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == sandbox.DepositCreated {
			all = append(all, e)
		}
	}
	return all
}

// startStandby makes a server that follows the one for tests, and gives its
// host and port, and how it is promoted.
func startStandby(t *testing.T, programs, server string) (host string, promote func()) {
	t.Helper()
	folder, err := os.MkdirTemp("", "standby")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if os.Geteuid() == 0 {
		program(t, "chown", "postgres:postgres", folder)
	}
	port, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(folder, "data")
	name, args := unprivileged(filepath.Join(programs, "pg_basebackup"), "--dbname="+server, "--pgdata="+data, "--write-recovery-conf",
		"--wal-method=stream", "--checkpoint=fast")
	program(t, name, args...)
	name, args = unprivileged(filepath.Join(programs, "postgres"), "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", fmt.Sprint(port),
		"-c", "max_connections=1000") // a follower must allow as many as the one that it follows
	follower := exec.Command(name, args...) // ended below, after the test's context
	if err := follower.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = follower.Process.Signal(os.Interrupt)
		_ = follower.Wait()
	})
	host = fmt.Sprintf("127.0.0.1:%d", port)
	ready := fmt.Sprintf("postgres://postgres@%s/postgres", host)
	for deadline := time.Now().Add(30 * time.Second); onServer(ready, "SELECT 1") != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the standby does not answer")
		}
	}
	return host, func() {
		if err := onServer(ready, "SELECT pg_promote()"); err != nil {
			t.Fatal(err)
		}
	}
}
