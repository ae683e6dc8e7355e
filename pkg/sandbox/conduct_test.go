package sandbox

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestFaultsStrike has every fault strike a user who is not at fault.
func TestFaultsStrike(t *testing.T) {
	for c := Normal + 1; c < conducts; c++ {
		t.Run(c.String(), func(t *testing.T) {
			fault, err := ParseFault(c.String() + "=1")
			if err != nil {
				t.Fatal(err)
			}
			b := begin(t, Options{Fault: fault})
			if got := b.post(ValidatePath, `{"user_id":"1"}`); got.status != 201 {
				t.Errorf("validation: %d, %v", got.status, got.err)
			}
			deposit := b.post(DepositPath, depositBody("1", "1.00"))
			payout := b.post(PayoutPath, payoutBody("1", "1.00", "r"))
			n := 1
			switch c {
			case DropBefore, E502, TooMany, Found, Temporary:
				n = 0 // as the names promise
			}
			all := b.entries(DepositCreated, PayoutCreated)
			if len(all) != 2*n {
				t.Fatalf("%d in the ledger, want %d", len(all), 2*n)
			}
			for _, e := range all {
				if e.Fault != c.String() {
					t.Errorf("the ledger names %q", e.Fault)
				}
			}
			seen(t, c, deposit)
			if c != Repeat {
				seen(t, c, payout)
				return
			}
			payout.created(t, "pending", "1.00", "r")
		})
	}
}

// seen checks what a client sees of a fault.
func seen(t *testing.T, c Conduct, got reply) {
	t.Helper()
	want := map[Conduct]int{E500: 500, E502: 502, TooMany: 429, Found: 302, Temporary: 307,
		HTML: 200, Truncate: 201, Malformed: 201, Repeat: 400, Slow: 201}[c]
	cut := c == DropBefore || c == DropAfter || c == Truncate
	if got.status != want || (got.err != nil) != cut {
		t.Errorf("%d %q (%v)", got.status, got.body, got.err)
	}
	if c == Malformed || c == Truncate {
		if !strings.HasPrefix(got.body, `{"s`) || strings.HasSuffix(got.body, "}") {
			t.Errorf("not half an answer: %q", got.body)
		}
	}
	if c == Repeat && !strings.Contains(got.body, "DEPOSIT_ALREADY_PROCESSED") {
		t.Errorf("%s", got.body)
	}
}

// TestFaultsAreSeeded draws the same faults from the same seed, and about as
// many as were asked for.
func TestFaultsAreSeeded(t *testing.T) {
	draw := func(spec string) (out []Conduct) {
		f, err := ParseFault(spec)
		if err != nil {
			t.Fatal(err)
		}
		d := newDice(f)
		for range 1000 {
			out = append(out, d.draw())
		}
		return out
	}
	count := map[Conduct]int{}
	first := draw("drop-after=0.3,e500=0.2,seed=7")
	for _, c := range first {
		count[c]++
	}
	if !slices.Equal(first, draw("e500=0.2,seed=7,drop-after=0.3")) {
		t.Error("the same seed drew other faults")
	}
	if slices.Equal(first, draw("drop-after=0.3,e500=0.2,seed=8")) {
		t.Error("another seed drew the same faults")
	}
	if count[DropAfter] < 240 || count[DropAfter] > 360 || count[E500] < 140 || count[E500] > 260 ||
		count[Normal]+count[DropAfter]+count[E500] != 1000 {
		t.Errorf("drawn: %v", count)
	}
}

func TestFaultTimes(t *testing.T) {
	b := begin(t, Options{Fault: Fault{Chance: map[Conduct]float64{DropAfter: 1}, Times: 1}})
	if got := b.post(PayoutPath, payoutBody("1", "1.00", "r")); got.err == nil {
		t.Error("the first answer was not lost")
	}
	b.post(PayoutPath, payoutBody("1", "1.00", "r")).created(t, "pending", "1.00", "r")
	if all := b.entries(PayoutCreated); len(all) != 1 {
		t.Errorf("%d payouts", len(all))
	}
}

func TestFaultsOnAll(t *testing.T) {
	b := begin(t, Options{Fault: Fault{Chance: map[Conduct]float64{E502: 1}, All: true}})
	if got := b.post(ValidatePath, `{"user_id":"1"}`); got.status != 502 {
		t.Errorf("status %d", got.status)
	}
}

// TestSlowOutlivesItsClient has a client leave before a slow deposit is
// processed; the money moves all the same, at the latest when the server ends.
func TestSlowOutlivesItsClient(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	// The clock is first read once the request has been read whole.
	armed, received := atomic.Bool{}, make(chan struct{})
	tell := sync.OnceFunc(func() { close(received) })
	s, err := New(Options{LedgerPath: path, SlowDelay: time.Hour, Now: func() time.Time {
		if armed.Load() {
			tell()
		}
		return time.Now()
	}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	b := &bench{t: t, server: s, url: web.URL}
	req := b.request(DepositPath, depositBody("slow", "3.00"))
	armed.Store(true)
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-received; leave() }()
	if got := b.do(req.WithContext(ctx)); got.err == nil {
		t.Fatal("answered at once")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := New(Options{LedgerPath: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	all, err := again.Ledger()
	if err != nil || len(all) != 1 || all[0].Amount != 3_00 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestRedirectTrap(t *testing.T) {
	b := begin(t, Options{Fault: Fault{Chance: map[Conduct]float64{Temporary: 1}}})
	got := b.post(DepositPath, depositBody("1", "1.00"))
	if len(b.entries(Redirected)) != 0 {
		t.Fatal("nobody followed")
	}
	careless := b.request(got.header.Get("Location"), "")
	if got := b.do(careless); got.status != 200 {
		t.Errorf("status %d", got.status)
	}
	if len(b.entries(Redirected)) != 1 {
		t.Error("the careless client was not recorded")
	}
}

func TestDelayIsCutShort(t *testing.T) {
	b := begin(t, Options{Fault: Fault{Delay: time.Hour}})
	go func() {
		time.Sleep(10 * time.Millisecond)
		b.server.stop()
	}()
	if got := b.post(DepositPath, depositBody("1", "1.00")); got.status != 201 {
		t.Errorf("%d (%v)", got.status, got.err)
	}
}
