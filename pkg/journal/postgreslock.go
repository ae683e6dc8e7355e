package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgresLocker takes session advisory locks, all on one session of its own.
// The server lets go of them when that session ends, however it ends. A session
// can also end while this process lives (the server is restarted, a cable is
// pulled): the locks are lost then, and a [Lock] or an owner says so when asked.
type postgresLocker struct {
	target postgresTarget

	mu      sync.Mutex
	session *lockSession // nil: none yet
}

// A lockSession is a session with the locks that it holds.
type lockSession struct {
	conn *pgx.Conn
	held map[string]Holder
}

type postgresLock struct {
	locker  *postgresLocker
	session *lockSession
	name    string
}

// lockTimeout bounds what is asked about locks: nobody waits for one. It does
// not end with the caller's context, for a question that is broken off would
// take the session with it, and all its locks.
const lockTimeout = 15 * time.Second

// ErrLockLost is returned for a lock that was held by this process and is not
// any more: another desk may have taken it since.
var ErrLockLost = errors.New("the lock was lost")

// ask runs fn with the session of the locks. If the session is found to be dead
// fn is run once more, with a new one.
func (l *postgresLocker) ask(ctx context.Context, fn func(context.Context, *lockSession) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockTimeout)
	defer cancel()
	var err error
	for range 2 {
		if l.session == nil || l.session.conn.IsClosed() {
			conn, err := l.target.connect(ctx)
			if err != nil {
				return err
			}
			l.session = &lockSession{conn: conn, held: map[string]Holder{}}
		}
		if err = fn(ctx, l.session); !connectionLost(err) {
			break
		}
		l.session.end(ctx)
	}
	return l.target.failure(err)
}

func (s *lockSession) end(ctx context.Context) { _ = s.conn.Close(ctx) }

// byKey finds an advisory lock among all of the server's: a bigint key is shown
// in two halves.
const byKey = `locktype = 'advisory' AND granted AND objsubid = 1
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND classid::bigint = (($1::bigint >> 32) & 4294967295) AND objid::bigint = ($1::bigint & 4294967295)`

func (l *postgresLocker) tryLock(ctx context.Context, name string, holder Holder) (unlocker, *Holder, error) {
	var lock *postgresLock
	var other *Holder
	err := l.ask(ctx, func(ctx context.Context, s *lockSession) error {
		lock, other = nil, nil
		if own, held := s.held[name]; held { // the server would let one session have it twice
			other = &own
			return s.conn.Ping(ctx) // has, if it lives
		}
		var got bool
		if err := s.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, l.target.key(name)).Scan(&got); err != nil {
			return err
		}
		if !got {
			var err error
			other, err = l.whoHas(ctx, s, name)
			return err
		}
		s.held[name] = holder
		lock = &postgresLock{locker: l, session: s, name: name}
		if err := l.sign(ctx, s, name, holder); err != nil {
			return errors.Join(err, lock.release(ctx))
		}
		return nil
	})
	if err != nil || lock == nil {
		return nil, other, err
	}
	return lock, nil, nil
}

// sign leaves the holder's name beside the lock, for those who have to wait.
func (l *postgresLocker) sign(ctx context.Context, s *lockSession, name string, holder Holder) error {
	if l.unsigned(name) {
		return nil
	}
	text, err := json.Marshal(holder)
	if err != nil {
		return fmt.Errorf("name the holder of a lock: %w", err)
	}
	_, err = s.conn.Exec(ctx, `INSERT INTO holders (name, backend, holder) VALUES ($1, pg_backend_pid(), $2)
		ON CONFLICT (name) DO UPDATE SET backend = excluded.backend, holder = excluded.holder`, []byte(name), text)
	return err
}

// unsigned: nobody waits for an owner's lock, and a commit has its price.
func (l *postgresLocker) unsigned(name string) bool {
	return l.target.readOnly || strings.HasPrefix(name, ownerPrefix)
}

// whoHas reads the name that the holder left. One that a dead session left is
// no name.
func (l *postgresLocker) whoHas(ctx context.Context, s *lockSession, name string) (*Holder, error) {
	var text []byte
	err := s.conn.QueryRow(ctx, `SELECT holder FROM holders WHERE name = $2 AND backend IN
		(SELECT pid FROM pg_locks WHERE `+byKey+`)`, l.target.key(name), []byte(name)).Scan(&text)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, err
	}
	var h Holder
	_ = json.Unmarshal(text, &h) // the lock counts, whatever its name
	return &h, nil
}

func (l *postgresLocker) held(ctx context.Context, name string) (bool, error) {
	var held bool
	err := l.ask(ctx, func(ctx context.Context, s *lockSession) error {
		return s.conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE `+byKey+`)`, l.target.key(name)).Scan(&held)
	})
	return held, err
}

// check asks the server, in the session that took the lock.
func (p *postgresLock) check(ctx context.Context) error {
	l := p.locker
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.session.conn.IsClosed() {
		return ErrLockLost
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockTimeout)
	defer cancel()
	var held bool
	err := p.session.conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND `+byKey+`)`,
		l.target.key(p.name)).Scan(&held)
	if err == nil && held {
		return nil
	}
	p.session.end(ctx) // what else it holds is not to be relied on either
	return errors.Join(ErrLockLost, l.target.failure(err))
}

func (p *postgresLock) unlock() error {
	p.locker.mu.Lock()
	defer p.locker.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	return p.release(ctx)
}

// release lets go; the locker's mutex is held. With its session the lock is
// gone already.
func (p *postgresLock) release(ctx context.Context) error {
	delete(p.session.held, p.name)
	if p.session.conn.IsClosed() {
		return nil
	}
	var err error
	if !p.locker.unsigned(p.name) {
		_, err = p.session.conn.Exec(ctx, `DELETE FROM holders WHERE name = $1 AND backend = pg_backend_pid()`, []byte(p.name))
	}
	if err == nil {
		_, err = p.session.conn.Exec(ctx, `SELECT pg_advisory_unlock($1)`, p.locker.target.key(p.name))
	}
	if err != nil {
		p.session.end(ctx) // that lets go, too
	}
	if connectionLost(err) {
		return nil
	}
	return p.locker.target.failure(err)
}

func (l *postgresLocker) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session == nil || l.session.conn.IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	return l.session.conn.Close(ctx)
}
