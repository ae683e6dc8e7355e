package desk_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A line stands between a desk and its journal's server, and can be cut.
type line struct {
	server string // host and port
	url    string // of the same

	mutex sync.Mutex
	conns []net.Conn
	down  bool
}

// cut ends every connection; with down, there are none afterwards. It returns when
// the server has ended their sessions, and let go of their locks.
func (l *line) cut(down bool) {
	var ports []int
	l.mutex.Lock()
	for _, conn := range l.conns {
		if at, ok := conn.LocalAddr().(*net.TCPAddr); ok {
			ports = append(ports, at.Port)
		}
		_ = conn.Close()
	}
	l.conns, l.down = nil, down
	l.mutex.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	for left := 1; left > 0 && err == nil; time.Sleep(5 * time.Millisecond) {
		err = conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE client_port = ANY($1)", ports).Scan(&left)
	}
}

func (l *line) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", l.server)
		l.mutex.Lock()
		if err != nil || l.down {
			_ = client.Close()
			l.mutex.Unlock()
			continue
		}
		l.conns = append(l.conns, client, server)
		l.mutex.Unlock()
		pass := func(to, from net.Conn) {
			_, _ = io.Copy(to, from)
			_, _ = to.Close(), from.Close()
		}
		go pass(server, client)
		go pass(client, server)
	}
}

// onPostgres gives a world whose tills share a journal on PostgreSQL, and the
// line to it.
func onPostgres(t *testing.T) (*world, *line) {
	t.Helper()
	const variable = "RAISBOY_TEST_POSTGRES"
	address, err := url.Parse(os.Getenv(variable))
	if err != nil || address.Host == "" {
		t.Skipf("PostgreSQL is not tested: %s is not set (.ci/run starts a server and sets it)", variable)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{server: address.Host, url: address.String()}
	go l.serve(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		l.cut(true)
	})
	schema, server := fmt.Sprintf("desk_%x", uuid.New().ID()), address.String()
	t.Cleanup(func() { dropSchema(t, server, schema) }) // after the tills are closed
	q := address.Query()
	q.Set("search_path", schema)
	address.Host, address.RawQuery = listener.Addr().String(), q.Encode()
	w := newWorld(t)
	w.path = address.String()
	return w, l
}

func dropSchema(t *testing.T, server, schema string) {
	t.Helper()
	ctx := context.Background() // the test's own has ended
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
		t.Error(err)
	}
}

// TestJournalLostBeforeSending: the intent is recorded, the line breaks, and
// others may take the operation for unknown by now: nothing is sent.
func TestJournalLostBeforeSending(t *testing.T) {
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		t.Run(string(kind), func(t *testing.T) {
			w, l := onPostgres(t)
			till, other := w.open("till-2"), w.open("till-3")
			till.Passing = func(p desk.Point) {
				if p == desk.PointAfterIntent {
					l.cut(false)
				}
			}
			e := till.begun(orderOf(kind), notSent)
			if e.Code != string(api.CauseNotOwner) || len(w.project.sent(kind)) != 0 {
				t.Fatalf("code %q, sent %d times", e.Code, len(w.project.sent(kind)))
			}
			till.Passing = nil
			again := other.begun(orderOf(kind), done)
			if got := till.begun(orderWithUser(kind, "other"), done); got.ID != again.ID+1 {
				t.Fatalf("operation %d after %d", got.ID, again.ID)
			}
		})
	}
}

func orderWithUser(kind api.Kind, user string) desk.Order {
	o := orderOf(kind)
	o.UserID = user
	return o
}

// TestJournalLostWhileSending: the answer is recorded over a new connection.
func TestJournalLostWhileSending(t *testing.T) {
	w, l := onPostgres(t)
	till, other := w.open("till-2"), w.open("till-3")
	w.project.on(api.KindDeposit, func(p *project, hw http.ResponseWriter, r request) {
		l.cut(false)
		accept(p, hw, r)
	})
	e := till.begun(depositOrder(), done)
	got, err := other.Journal.Get(t.Context(), e.ID)
	if err != nil || got.State != done || len(w.project.sent(api.KindDeposit)) != 1 {
		t.Fatalf("%s, error %v", got.State, err)
	}
	other.heldBack(depositOrder(), journal.HeldDuplicate, e.ID)
}

// TestJournalGoneWhileSending: there is no new connection. The receipt says so,
// and the journal keeps the outcome as unknown.
func TestJournalGoneWhileSending(t *testing.T) {
	w, l := onPostgres(t)
	till := w.open("till-2")
	w.project.on(api.KindDeposit, func(p *project, hw http.ResponseWriter, r request) {
		l.cut(true)
		accept(p, hw, r)
	})
	r := till.do(depositOrder())
	if r.Recorded || r.RecordError == nil || r.Entry.State != done || r.Entry.DepositID == "" {
		t.Fatalf("%s, recorded %t, %v", r.Entry.State, r.Recorded, r.RecordError)
	}
	l.cut(false)
	got, err := w.open("till-3").Journal.Get(t.Context(), r.Entry.ID)
	if err != nil || got.State != unknown {
		t.Fatalf("%s, error %v", got.State, err)
	}
}

// TestSixteenTillsShareARef: one sends, whoever comes.
func TestSixteenTillsShareARef(t *testing.T) {
	w, _ := onPostgres(t)
	var group sync.WaitGroup
	o := depositOrder()
	o.Ref = "order-7"
	for i := range 16 {
		till := w.open(fmt.Sprint("till-", i))
		group.Go(func() {
			if _, err := till.Do(t.Context(), o); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if sent := w.project.sent(api.KindDeposit); len(sent) != 1 {
		t.Fatalf("sent %d times", len(sent))
	}
}

// TestLockLostWhileAsked: the line breaks while the cashier hands over the cash,
// and another desk does the same: that both did must not read as a repeat.
func TestLockLostWhileAsked(t *testing.T) {
	w, l := onPostgres(t)
	w.till = w.open("till-1")
	e := w.accepted()
	other := w.open("till-2")
	_, err := w.till.Conclude(t.Context(), e.ID, complete, "", func(journal.Entry) error {
		l.cut(false)
		r, err := other.Conclude(t.Context(), e.ID, complete, "", nil)
		if err != nil || r.Held != nil || r.Entry.PayoutStatus != api.StatusCompleted {
			t.Errorf("the other desk: %+v, %v", r.Held, err)
		}
		return nil
	})
	w.ruling(err, desk.RulingTwice)
	if sent := w.project.sent(api.KindNotice); len(sent) != 1 {
		t.Errorf("%d notices", len(sent))
	}
}

// TestLockLostBeforeNotice: the decision is recorded, then the session of the
// operation's lock ends, and another desk may be delivering: nothing is sent
// from here, the notice stays queued, and whoever holds the lock delivers it.
func TestLockLostBeforeNotice(t *testing.T) {
	w, l := onPostgres(t)
	till, other := w.open("till-2"), w.open("till-3")
	e := w.acceptedBy(till)
	notices := func() int { return len(w.project.sent(api.KindNotice)) }
	r, err := till.Conclude(t.Context(), e.ID, complete, "", func(journal.Entry) error {
		l.cut(false)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n := r.Entry.Notice
	if notices() != 0 || n.State != journal.NoticeQueued || n.Code != string(api.CauseNotOwner) || n.Ambiguous || r.RecordError != nil {
		t.Fatalf("sent %d times, %+v, %v", notices(), n, r.RecordError)
	}
	got, err := other.Deliver(t.Context(), e.ID)
	if err != nil || got.Entry.Notice.State != journal.NoticeDelivered || notices() != 1 {
		t.Fatalf("sent %d times, %+v, %v", notices(), got.Entry.Notice, err)
	}
}

// TestLockLostWhileAnotherDelivers: between the loss and its record another desk
// delivers. What that one began is not ended by this one, which sent nothing.
func TestLockLostWhileAnotherDelivers(t *testing.T) {
	w, l := onPostgres(t)
	till, other := w.open("till-2"), w.open("till-3")
	e := w.acceptedBy(till)
	w.project.on(api.KindNotice, answers(500, ""))
	lost := false
	till.Passing = func(p desk.Point) {
		if p == desk.PointSettling && !lost { // within the transaction that begins the delivery
			l.cut(false)
			lost = true
		}
	}
	var delivered sync.Once
	till.Now = func() time.Time {
		if lost {
			delivered.Do(func() {
				if _, err := other.Deliver(t.Context(), e.ID); err != nil {
					t.Error(err)
				}
			})
		}
		return w.clock.now()
	}
	r := till.conclude(e.ID, complete)
	if sent := len(w.project.sent(api.KindNotice)); sent != 1 || r.Entry.Notice.State != journal.NoticeQueued {
		t.Fatalf("sent %d times, %+v", sent, r.Entry.Notice)
	}
	for _, f := range r.Entry.Facts {
		if n, ok := f.Content.(journal.Notice); ok && n.Cause == api.CauseNotOwner {
			t.Errorf("the other's delivery was ended by %+v", n)
		}
	}
}

// acceptedBy brings a payout as far as Webhook 1, at a till of the shared journal.
func (w *world) acceptedBy(till *till) journal.Entry {
	w.Helper()
	e := till.begun(payoutOrder(), done)
	return till.observe(hook{status: api.StatusAccepted, payout: e.PayoutID, request: e.Call.Terms.RequestID}).After
}
