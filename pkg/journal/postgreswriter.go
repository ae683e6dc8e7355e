package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postgresWriter commits groups on one connection of its own. A lost one is
// replaced: an answer that came in must not be lost because the server was
// restarted meanwhile.
type postgresWriter struct {
	target postgresTarget
	db     *sql.DB
	conn   *sql.Conn // nil: none yet, or lost
}

// writeTimeout bounds one attempt at a transaction. It is longer than any wait
// that the server allows.
const writeTimeout = 30 * time.Second

// writeDelays are the pauses before each attempt: enough for a server that is
// restarted, too little to keep an operator waiting for one that is gone.
func writeDelays() []time.Duration {
	return []time.Duration{0, 50 * time.Millisecond, 250 * time.Millisecond, time.Second, 3 * time.Second}
}

// A commitDoubt is a transaction whose commit was sent and never answered.
type commitDoubt struct{ transaction int64 } // 0: none

func (w *postgresWriter) commit(group []*writeJob) error {
	var doubt commitDoubt
	var err error
	for _, delay := range writeDelays() {
		time.Sleep(delay)
		if err = w.attempt(group, &doubt); err == nil || !connectionLost(err) && !undone(err) {
			return err
		}
	}
	return err
}

// attempt runs the group once, unless the attempt before it turns out to be
// committed.
func (w *postgresWriter) attempt(group []*writeJob, doubt *commitDoubt) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	if w.conn == nil {
		if w.conn, err = w.db.Conn(ctx); err != nil {
			return err
		}
	}
	defer func() {
		if err != nil {
			w.discard() // its state is in doubt; the server undoes what it began
		}
	}()
	transaction, err := w.begin(ctx)
	if err != nil {
		return err
	}
	if committed, err := w.committed(ctx, *doubt); err != nil || committed {
		return errors.Join(err, w.exec(ctx, "ROLLBACK"))
	}
	*doubt = commitDoubt{}
	last, err := w.run(ctx, group)
	if err != nil {
		return err
	}
	*doubt = commitDoubt{transaction}
	err = w.settle(ctx, last, commit)
	var said *pgconn.PgError
	if errors.As(err, &said) { // the server was heard: it did not commit
		*doubt = commitDoubt{}
	}
	return err
}

// begin begins a transaction, waits until it is the only one that writes, and
// gives its number. The first job's savepoint is made on the way. The lock is taken before anything is read, and each
// statement sees what is committed by then: under a stricter isolation the lock
// itself would fix the view, and what others wrote while it was awaited would
// be overlooked.
func (w *postgresWriter) begin(ctx context.Context) (transaction int64, err error) {
	script := fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(%d); SELECT txid_current(); SAVEPOINT job",
		w.target.key(writeLock))
	err = rawConn(w.conn, func(conn *pgx.Conn) error {
		results, err := conn.PgConn().Exec(ctx, script).ReadAll()
		if err != nil {
			return err
		}
		transaction, err = strconv.ParseInt(string(results[2].Rows[0][0]), 10, 64)
		return err
	})
	return transaction, err
}

// committed reports what became of a commit in doubt. The lock is held, so the
// doubtful transaction has ended.
func (w *postgresWriter) committed(ctx context.Context, doubt commitDoubt) (bool, error) {
	if doubt.transaction == 0 {
		return false, nil
	}
	var status sql.NullString
	err := w.conn.QueryRowContext(ctx, `SELECT txid_status($1)`, doubt.transaction).Scan(&status)
	return status.String == "committed", err
}

// run runs the jobs, each with a savepoint of its own, so that one that fails
// is undone alone; the first one's is there already. The last job is returned
// with what it did not run yet, which goes to the server together with the commit.
func (w *postgresWriter) run(ctx context.Context, group []*writeJob) (last postgresEnd, err error) {
	for i, job := range group {
		if job.err = job.ctx.Err(); job.err != nil {
			continue
		}
		if last.job != nil {
			if err := w.settle(ctx, last, "SAVEPOINT job"); err != nil {
				return last, err
			}
		}
		q := &postgresJob{postgresQuerier: postgresQuerier{to: w.conn, ctx: ctx}, conn: w.conn}
		last = postgresEnd{job, q}
		job.err = job.fn(q)
		if q.failed != nil {
			job.err = q.failed
		}
		if connectionLost(job.err) {
			return last, job.err
		}
		if job.err == nil && w.status() == statusFailed {
			job.err = fmt.Errorf("write %d of %d: %w", i+1, len(group), errSwallowed)
		}
	}
	return last, nil
}

// A postgresEnd is a job that is not settled yet. Its zero value is no job.
type postgresEnd struct {
	job     *writeJob
	querier *postgresJob
}

// settle keeps what the job did, or undoes it, and goes on with then.
func (w *postgresWriter) settle(ctx context.Context, end postgresEnd, then string) error {
	if end.job == nil {
		return w.exec(ctx, then)
	}
	if end.job.err == nil {
		err := end.querier.flush("RELEASE job", then)
		if err == nil || connectionLost(err) || errors.Is(err, errUndone) || w.status() != statusFailed {
			return err
		}
		end.job.err = err // of a statement that was still waiting
	}
	return w.exec(ctx, "ROLLBACK TO job; RELEASE job; "+then)
}

// errSwallowed: a statement failed, and the job went on as if it had not.
// PostgreSQL answers the COMMIT of such a transaction without an error, and
// undoes it.
var errSwallowed = errors.New("a statement's failure was passed over")

const commit = "COMMIT"

// errUndone: the server answered the commit by undoing it.
var errUndone = errors.New("the server undid the transaction")

// statusFailed is the protocol's mark of a transaction that can only be undone.
const statusFailed = 'E'

func (w *postgresWriter) status() (status byte) {
	_ = rawConn(w.conn, func(conn *pgx.Conn) error {
		status = conn.PgConn().TxStatus()
		return nil
	})
	return status
}

func (w *postgresWriter) exec(ctx context.Context, script string) error {
	return rawConn(w.conn, func(conn *pgx.Conn) error {
		results, err := conn.PgConn().Exec(ctx, script).ReadAll()
		if err == nil && strings.HasSuffix(script, commit) && results[len(results)-1].CommandTag.String() != commit {
			return errUndone
		}
		return err
	})
}

// discard closes the connection for good.
func (w *postgresWriter) discard() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn = nil
}

func (w *postgresWriter) end() { w.discard() }
