package journal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// newPostgres opens a journal of its own on the server for tests.
func newPostgres(t testing.TB) (*Journal, string) {
	t.Helper()
	address := FreshPostgres(t)
	return openTest(t, address), address
}

// terminate ends the server's side of a session.
func terminate(t testing.TB, pid uint32) {
	t.Helper()
	conn := admin(t)
	command(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d, 10000)", pid))
}

func lockPID(j *Journal) uint32 {
	return j.store.(*postgresStore).locker.session.conn.PgConn().PID()
}

// TestPostgresOwnerLosesItsSession: nothing is sent under a lock that is gone,
// and others hear that the end is unknown.
func TestPostgresOwnerLosesItsSession(t *testing.T) {
	ctx := t.Context()
	j, address := newPostgres(t)
	other := openTest(t, address)
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	if err := j.Owned(ctx, e); err != nil {
		t.Fatal(err)
	}
	if err := other.Owned(ctx, e); !errors.Is(err, ErrLockLost) {
		t.Fatalf("another desk owns it: %v", err)
	}
	if got, err := other.Get(ctx, e.ID); err != nil || got.State != StateOpen {
		t.Fatal(got.State, err)
	}
	terminate(t, lockPID(j))
	for _, desk := range []*Journal{other, j} {
		if err := desk.Owned(ctx, e); !errors.Is(err, ErrLockLost) {
			t.Fatalf("error %v, wanted ErrLockLost", err)
		}
		if got, err := desk.Get(ctx, e.ID); err != nil || got.State != StateUnknown {
			t.Fatal(got.State, err)
		}
	}
	// The answer that came meanwhile is evidence all the same.
	mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done", HTTPStatus: 201, Owner: e.Owner}})
	if got, err := other.Get(ctx, e.ID); err != nil || got.State != StateDone {
		t.Fatal(got.State, err)
	}
	next := mustBegin(t, j, testDeposit(t, "v", 100))
	if err := j.Owned(ctx, next); err != nil || next.Owner == e.Owner {
		t.Fatalf("owner %s again, error %v", next.Owner, err)
	}
}

// TestLateAnswerLeavesTheResendOpen: the answer to an owner that lost its lock
// says nothing about the attempt of the one after it.
func TestLateAnswerLeavesTheResendOpen(t *testing.T) {
	j := newTest(t)
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	mustUpdate(t, j, e.ID, Addition{Content: Attempt{Owner: "owner-of-another"}})
	late := Answer{Verdict: "refused", HTTPStatus: 422, Owner: e.Owner}
	if got := mustUpdate(t, j, e.ID, Addition{Content: late}); got.evidence.implies() != StateOpen {
		t.Fatalf("a late refusal made it %s while another desk is sending", got.evidence.implies())
	}
	late.Owner = "owner-of-another"
	if got := mustUpdate(t, j, e.ID, Addition{Content: late}); got.State != StateRefused {
		t.Fatal(got.State)
	}
}

func TestPostgresLockIsLost(t *testing.T) {
	ctx := t.Context()
	j, address := newPostgres(t)
	other := openTest(t, address)
	first, err := j.Lock(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Check(ctx); err != nil {
		t.Fatal(err)
	}
	terminate(t, lockPID(j))
	if err := first.Check(ctx); !errors.Is(err, ErrLockLost) {
		t.Fatalf("error %v, wanted ErrLockLost", err)
	}
	second, err := other.Lock(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Release(); err != nil { // it must not let go of what is another's now
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := j.Lock(ctx, 1); !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() {
		t.Fatal(err)
	}
	if err := second.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := j.Lock(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(again.Check(ctx), again.Release()); err != nil {
		t.Fatal(err)
	}
}

// A name that a dead session left beside a lock is not the holder's.
func TestPostgresHolderOfADeadSession(t *testing.T) {
	j, address := newPostgres(t)
	if _, err := j.Lock(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	terminate(t, lockPID(j))
	reader := openTest(t, address)
	l := reader.store.(*postgresStore).locker
	l.target.readOnly = true // takes the lock and leaves no name
	lock, holder, err := l.tryLock(t.Context(), "operation-1", Holder{})
	if err != nil || holder != nil {
		t.Fatal(holder, err)
	}
	var locked *LockedError
	if _, err := j.Lock(t.Context(), 1); !errors.As(err, &locked) || locked.Holder != (Holder{}) {
		t.Fatal(err)
	}
	if err := lock.unlock(); err != nil {
		t.Fatal(err)
	}
}

// TestPostgresWriterLosesItsSession: what was begun is done again, once.
func TestPostgresWriterLosesItsSession(t *testing.T) {
	ctx := t.Context()
	j, _ := newPostgres(t)
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	tries := 0
	_, err := j.Update(ctx, e.ID, func(Entry) ([]Addition, error) {
		if tries++; tries == 1 {
			_ = rawConn(j.store.(*postgresStore).writer.to.(*postgresWriter).conn, func(c *pgx.Conn) error {
				terminate(t, c.PgConn().PID())
				return nil
			})
		}
		return []Addition{{Content: Answer{Verdict: "done"}}}, nil
	})
	if err != nil || tries != 2 {
		t.Fatalf("%d tries, error %v", tries, err)
	}
	if got, err := j.Get(ctx, e.ID); err != nil || got.State != StateDone || len(got.Facts) != 2 {
		t.Fatalf("%s with %d facts, error %v", got.State, len(got.Facts), err)
	}
}

// TestPostgresCommitInDoubt cuts the connection around a commit. Whether it
// arrived or not, the operation is there once, and nobody was told otherwise.
func TestPostgresCommitInDoubt(t *testing.T) {
	for name, fault := range map[string]int32{"not committed": wireBeforeEnd, "committed": wireAfterEnd} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			wire, address := newWire(t, FreshPostgres(t))
			j := openTest(t, address)
			mustBegin(t, j, testDeposit(t, "first", 100))
			wire.fault.Store(fault)
			e := mustBegin(t, j, testDeposit(t, "u", 100))
			if e.ID != 2 || wire.fault.Load() != wireFine {
				t.Fatalf("operation %d, fault %d", e.ID, wire.fault.Load())
			}
			wire.fault.Store(fault)
			mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done"}})
			if got, err := j.Get(ctx, e.ID); err != nil || len(got.Facts) != 2 {
				t.Fatalf("%d facts, error %v", len(got.Facts), err)
			}
			if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 5 {
				t.Fatalf("%+v, error %v", r, err)
			}
		})
	}
}

// TestPostgresServerGoesAway: without a server nothing begins and nothing is
// lost; once it is back, the same journal goes on.
func TestPostgresServerGoesAway(t *testing.T) {
	ctx := t.Context()
	wire, address := newWire(t, FreshPostgres(t))
	j := openTest(t, address)
	e := mustBegin(t, j, testDeposit(t, "u", 100))
	wire.fault.Store(wireDown)
	wire.cut()
	if err := j.Owned(ctx, e); !errors.Is(err, ErrLockLost) {
		t.Fatalf("error %v, wanted ErrLockLost", err)
	}
	_, _, err := j.Begin(ctx, testDeposit(t, "v", 100), Guard{})
	wantProblem(t, err, ProblemUnreachable)
	_, err = j.Get(ctx, e.ID)
	wantProblem(t, err, ProblemUnreachable)
	_, err = j.Lock(ctx, 1)
	wantProblem(t, err, ProblemUnreachable)
	_, err = Open(ctx, address, testOptions())
	wantProblem(t, err, ProblemUnreachable)
	recorded := make(chan error, 1)
	go func() {
		_, err := j.Update(ctx, e.ID, func(Entry) ([]Addition, error) {
			return []Addition{{Content: Answer{Verdict: "done"}}}, nil
		})
		recorded <- err
	}()
	wire.fault.Store(wireFine)
	if err := <-recorded; err != nil {
		t.Fatal(err)
	}
	if got, err := j.Get(ctx, e.ID); err != nil || got.State != StateDone {
		t.Fatal(got.State, err)
	}
	if e := mustBegin(t, j, testDeposit(t, "v", 100)); e.ID != 2 || j.Owned(ctx, e) != nil {
		t.Fatalf("operation %d, %v", e.ID, j.Owned(ctx, e))
	}
}

// A statement that fails and is passed over must not end in a commit that the
// server answers politely and does not do.
func TestPostgresSwallowedFailure(t *testing.T) {
	ctx := t.Context()
	j, _ := newPostgres(t)
	w := j.store.(*postgresStore)
	err := w.write(ctx, func(q querier) error {
		_, _ = q.ExecContext(ctx, "INSERT INTO nowhere VALUES (1)")
		return nil
	})
	if !errors.Is(err, errSwallowed) {
		t.Fatalf("error %v", err)
	}
	err = w.write(ctx, func(q querier) error {
		_, err := q.ExecContext(ctx, "INSERT INTO nowhere VALUES (1)")
		return err
	})
	wantProblem(t, err, ProblemOther)
	if e := mustBegin(t, j, testDeposit(t, "u", 100)); e.ID != 1 {
		t.Fatal(e.ID)
	}
}

// TestPostgresNumbersHaveNoGaps: thirty-two writers on four desks, a third of
// whose intents are held back in the end.
func TestPostgresNumbersHaveNoGaps(t *testing.T) {
	ctx := t.Context()
	j, address := newPostgres(t)
	desks := []*Journal{j, openTest(t, address), openTest(t, address), openTest(t, address)}
	wanted := errors.New("decided against it")
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			for n := range 6 {
				p := testDeposit(t, fmt.Sprintf("u%d-%d", i, n), 100)
				if _, _, err := desks[i%4].Begin(ctx, p, Guard{}); err != nil {
					t.Error(err)
				}
				err := desks[i%4].store.write(ctx, func(q querier) error {
					_, next, err := desks[i%4].judge(ctx, q, testDeposit(t, "nobody", 100), Guard{})
					if err != nil {
						return err
					}
					if _, err := desks[i%4].insert(ctx, q, next, p, "owner"); err != nil {
						return err
					}
					return wanted
				})
				if !errors.Is(err, wanted) {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if r, err := j.Verify(ctx); err != nil || !r.OK() || r.Rows != 2*32*6 {
		t.Fatalf("%d rows, damaged %v, error %v", r.Rows, r.Damaged, err)
	}
}

// What a desk may do, and no more: docs/postgresql.md says these lines.
func TestPostgresLeastPrivileges(t *testing.T) {
	ctx := t.Context()
	address, schema := freshSchema(t)
	openTest(t, address) // makes the tables
	text, err := os.ReadFile("../../docs/postgresql.md")
	if err != nil {
		t.Fatal(err)
	}
	_, grants, _ := strings.Cut(string(text), "<!-- grants -->\n```sql\n")
	grants, _, found := strings.Cut(grants, "```")
	if !found {
		t.Fatal("no grants in docs/postgresql.md")
	}
	conn := admin(t)
	role := schema + "_desk"
	command(t, conn, "CREATE ROLE "+role+" LOGIN")
	t.Cleanup(func() { command(t, conn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	command(t, conn, strings.NewReplacer("raisboy_desk", role, "raisboy", schema).Replace(grants))
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	desk := openTest(t, u.String())
	exerciseAll(t, desk)
	other, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(ctx) }()
	for _, forbidden := range []string{"UPDATE facts SET desk = 'x'", "DELETE FROM facts", "DELETE FROM operations",
		"UPDATE origins SET origins = ''",
		"UPDATE movements SET amount = 1", "DELETE FROM statement_rows", "DROP TABLE facts", "TRUNCATE events", "UPDATE journal SET version = 9"} {
		_, err := other.Exec(ctx, forbidden)
		if !problemIs(err, ProblemPrivilege) {
			t.Errorf("%s: %v", forbidden, err)
		}
	}
	// Without them it is said what is missing.
	command(t, conn, "REVOKE INSERT ON "+schema+".facts FROM "+role)
	_, _, err = desk.Begin(ctx, testDeposit(t, "w", 100), Guard{})
	wantProblem(t, err, ProblemPrivilege)
	_, err = Open(ctx, inSchema(t, u.String(), schema+"_new"), testOptions())
	wantProblem(t, err, ProblemPrivilege)
}

// exerciseAll does everything that a journal can be asked to do.
func exerciseAll(t *testing.T, j *Journal) {
	t.Helper()
	ctx := t.Context()
	e := mustBegin(t, j, testPayout(t, "u", 100, "req-1"))
	mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done", PayoutID: "pout_1"}})
	mustObserve(t, j, `{"success":true,"status":"accepted","payout_id":"pout_9","request_id":"req-9"}`)
	waiting := testEvent(t, `{"success":true,"status":"accepted","payout_id":"pout_1","request_id":"req-1"}`)
	waiting.Forward = Forward{State: ForwardWaiting}
	seen, err := j.Observe(ctx, waiting)
	if err == nil {
		err = j.Forwarded(ctx, seen.Event.ID, Forward{State: ForwardTaken})
	}
	mustBegin(t, j, testPayout(t, "v", 100, "req-9")) // the orphan is attached
	mustUpdate(t, j, e.ID, Addition{Content: Statement{Row: "row-1", Amount: 100, Currency: "UZS"}})
	_, moveErr := j.Move(ctx, Movement{Profile: "main", Kind: MovementTopup, Amount: 100, Currency: "UZS"}, time.Minute)
	err = errors.Join(err, moveErr, j.Bind(ctx, "main", false, []string{"https://project.example"}), j.Reject(ctx, testEvent(t, `{}`)))
	lock, lockErr := j.Lock(ctx, e.ID)
	if err = errors.Join(err, lockErr); err == nil {
		err = lock.Release()
	}
	if r, verifyErr := j.Verify(ctx); err != nil || verifyErr != nil || !r.OK() {
		t.Fatal(r.Damaged, err, verifyErr)
	}
}

// The prepared session keeps a desk that is gone without a word from holding
// up the others.
func TestPostgresSessionIsBounded(t *testing.T) {
	j, _ := newPostgres(t)
	for setting, want := range map[string]string{
		"idle_in_transaction_session_timeout": "10s", "lock_timeout": "15s", "idle_session_timeout": "0",
		"default_transaction_read_only": "off",
	} {
		var got string
		err := j.store.(*postgresStore).db.QueryRowContext(context.Background(), "SELECT current_setting($1)", setting).Scan(&got)
		if err != nil || got != want {
			t.Errorf("%s is %q, wanted %q, error %v", setting, got, want, err)
		}
	}
}
