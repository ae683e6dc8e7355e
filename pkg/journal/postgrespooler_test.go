package journal

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A pooler speaks to clients in the server's place, as PgBouncer does. Per
// transaction, it lends them the server session that was used last.
type pooler struct {
	t        *testing.T
	config   *pgx.ConnConfig
	sessions bool // a client keeps its server session

	mu   sync.Mutex
	idle []*pgproto3.Frontend
	pid  uint32
}

func startPooler(t *testing.T, address string, sessions bool) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p := &pooler{t: t, config: config, sessions: sessions, pid: 1 << 24}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go func() { _ = p.serve(conn) }()
		}
	}()
	u.Host = listener.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return u.String()
}

func (p *pooler) serve(conn net.Conn) error {
	client := pgproto3.NewBackend(conn, conn)
	if _, err := client.ReceiveStartupMessage(); err != nil {
		return err
	}
	p.mu.Lock()
	p.pid++
	pid := p.pid // its own, as no client has a server session yet
	p.mu.Unlock()
	client.Send(&pgproto3.AuthenticationOk{})
	client.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	client.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	client.Send(&pgproto3.BackendKeyData{ProcessID: pid, SecretKey: []byte{0, 0, 0, 1}})
	client.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if err := client.Flush(); err != nil {
		return err
	}
	var server *pgproto3.Frontend
	for {
		said, err := client.Receive()
		if err != nil {
			return err
		}
		if _, ended := said.(*pgproto3.Terminate); ended {
			return nil
		}
		if server == nil {
			if server, err = p.lend(); err != nil {
				return err
			}
		}
		server.Send(said)
		if err := server.Flush(); err != nil {
			return err
		}
		switch said.(type) {
		case *pgproto3.Query, *pgproto3.Sync:
		default:
			continue
		}
		free, err := answer(server, client)
		if err != nil {
			return err
		}
		if free && !p.sessions {
			p.mu.Lock()
			p.idle = append(p.idle, server)
			p.mu.Unlock()
			server = nil
		}
	}
}

// answer passes on all until the server is ready, and reports whether that is
// outside a transaction.
func answer(server *pgproto3.Frontend, client *pgproto3.Backend) (bool, error) {
	for {
		message, err := server.Receive()
		if err != nil {
			return false, err
		}
		client.Send(message)
		if ready, ok := message.(*pgproto3.ReadyForQuery); ok {
			return ready.TxStatus == 'I', client.Flush()
		}
		if err := client.Flush(); err != nil {
			return false, err
		}
	}
}

func (p *pooler) lend() (*pgproto3.Frontend, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		server := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return server, nil
	}
	conn, err := net.Dial("tcp", net.JoinHostPort(p.config.Host, fmt.Sprint(p.config.Port)))
	if err != nil {
		return nil, err
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	server := pgproto3.NewFrontend(conn, conn)
	server.Send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30,
		Parameters: map[string]string{"user": p.config.User, "database": p.config.Database}})
	if err := server.Flush(); err != nil {
		return nil, err
	}
	for {
		message, err := server.Receive()
		if err != nil {
			return nil, err
		}
		switch message.(type) {
		case *pgproto3.ReadyForQuery:
			return server, nil
		case *pgproto3.ErrorResponse, *pgproto3.AuthenticationSASL, *pgproto3.AuthenticationMD5Password:
			return nil, errors.New("the server for tests must let the pooler in without a password")
		}
	}
}

// TestPostgresPoolers: a pooler that gives each transaction another session is
// refused, one that leaves a client its session is not.
func TestPostgresPoolers(t *testing.T) {
	address := FreshPostgres(t)
	_, err := Open(t.Context(), startPooler(t, address, false), testOptions())
	wantProblem(t, err, ProblemPooled)
	j := openTest(t, startPooler(t, address, true))
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	if err := j.Owned(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// TestPostgresLockBehindAPooler is what stands behind that: should the pooler
// not be noticed, a lock that is another client's now is.
func TestPostgresLockBehindAPooler(t *testing.T) {
	address := FreshPostgres(t)
	openTest(t, address) // makes the tables
	target, err := parsePostgres(startPooler(t, address, false), false)
	if err != nil {
		t.Fatal(err)
	}
	l := &postgresLocker{target: target}
	lock, holder, err := l.tryLock(t.Context(), "owner-1", Holder{})
	if err != nil || holder != nil {
		t.Fatal(holder, err)
	}
	if err := lock.check(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := target.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := other.Begin(t.Context()) // takes the session that has the lock
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.check(t.Context()); !errors.Is(err, ErrLockLost) {
		t.Fatalf("error %v, wanted ErrLockLost", err)
	}
	_ = tx.Rollback(t.Context())
}
