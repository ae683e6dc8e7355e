package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/money"
)

func TestLedgerIsReloaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "ledger.jsonl")
	first := begin(t, Options{LedgerPath: path, Opening: 1000_00})
	deposit := depositBody("456789", "6000.00")
	first.post(DepositPath, deposit)
	id := first.post(PayoutPath, payoutBody("kxa1234", "5000.00", "r1")).created(t, "pending", "5000.00", "r1")
	first.post(PayoutPath, payoutBody("kxa1234", "20.00", "r2")).created(t, "pending", "20.00", "r2")
	if _, err := first.server.moveTo("r1", statusAccepted); err != nil {
		t.Fatal(err)
	}
	if _, err := first.server.moveTo(id, statusCompleted); err != nil {
		t.Fatal(err)
	}
	want, err := first.server.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.server.Close(); err != nil {
		t.Fatal(err)
	}

	// A crash in the middle of a line: that line was never answered.
	whole := appendTo(t, path, `{"at":"2025-11-27T12:39:17.281+00:00","kind":"deposit","amount":"1.0`)
	second := begin(t, Options{LedgerPath: path, Opening: 1000_00})
	got, err := second.server.Ledger()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != whole {
		t.Errorf("the torn line is still there: %v", err)
	}
	account, err := second.server.Account()
	wantAccount := Account{Opening: 1000_00, Deposited: 6000_00, PaidOut: 5000_00, Waiting: 20_00, Balance: 0}
	if diff := cmp.Diff(wantAccount, account); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	second.post(DepositPath, deposit).want(t, 400, `{"status":"error","error_code":"400","message":"DEPOSIT_ALREADY_PROCESSED"}`)
	if again := second.post(PayoutPath, payoutBody("kxa1234", "5000.00", "r1")).created(t, "completed", "5000.00", "r1"); again != id {
		t.Errorf("another payout: %s, %s", id, again)
	}
	second.post(DepositPath, depositBody("456789", "1.00"))
	third := begin(t, Options{LedgerPath: path})
	if all := third.entries(DepositCreated); len(all) != 2 {
		t.Errorf("%d deposits after the torn line", len(all))
	}
}

func appendTo(t *testing.T, path, text string) (before int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestDamagedLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	good, err := lines([]Entry{{Kind: Redirected}})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"{", `{"at":"yesterday"}`, `{"at":"2025-11-27T12:39:17.281+00:00","amount":"1.001"}`} {
		if err := os.WriteFile(path, append(good, bad+"\n"+string(good)...), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{LedgerPath: path})
		if le := (*LedgerError)(nil); !errors.As(err, &le) || le.Line != 2 || le.Path != path {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := New(Options{LedgerPath: t.TempDir()}); err == nil {
		t.Error("a directory was taken for a ledger")
	}
	if _, err := New(Options{LedgerPath: filepath.Join(path, "below-a-file")}); err == nil {
		t.Error("a path below a file was taken")
	}
}

// TestUnwritableLedger: what cannot be recorded is not answered as done.
func TestUnwritableLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	b := begin(t, Options{LedgerPath: path})
	b.post(DepositPath, depositBody("1", "1.00"))
	good := b.server.ledger.file
	poor, err := os.Open(path) // for reading alone
	if err != nil {
		t.Fatal(err)
	}
	b.server.ledger.file = poor
	b.post(DepositPath, depositBody("2", "1.00")).want(t, 500, `{"error":"ledger"}`)
	b.post(PayoutPath, payoutBody("2", "1.00", "r")).want(t, 500, `{"error":"ledger"}`)
	b.server.ledger.file = good
	if err := poor.Close(); err != nil {
		t.Fatal(err)
	}
	if all := b.entries(DepositCreated, PayoutCreated); len(all) != 1 {
		t.Errorf("%d in the ledger", len(all))
	}
	if err := os.Truncate(path, 3); err != nil {
		t.Fatal(err)
	}
	if got := b.post(DepositPath, depositBody("3", "1.00")); got.status != 500 {
		t.Errorf("status %d over a ledger that became shorter", got.status)
	}
}

// TestConcurrentCreations sends equal requests at the same time, to two servers
// that share a ledger: one payout, one deposit.
func TestConcurrentCreations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	benches := []*bench{begin(t, Options{LedgerPath: path}), begin(t, Options{LedgerPath: path})}
	var mu sync.Mutex
	ids, answers := map[string]int{}, map[int]int{}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			b := benches[i%2]
			payout := b.post(PayoutPath, payoutBody("kxa1234", "5000.00", "same"))
			deposit := b.post(DepositPath, depositBody("456789", "6000.00"))
			mu.Lock()
			defer mu.Unlock()
			ids[payout.body]++
			answers[deposit.status]++
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Errorf("payouts: %v", ids)
	}
	if diff := cmp.Diff(map[int]int{201: 1, 400: 19}, answers); diff != "" {
		t.Errorf("deposits: %s", diff)
	}
	for _, b := range benches {
		if all := b.entries(DepositCreated, PayoutCreated); len(all) != 2 {
			t.Errorf("ledger: %v", all)
		}
	}
}

// TestSharedLedger has two ledgers on one file count together: every change
// sees all that came before it, whoever made it.
func TestSharedLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	const each = 300
	var wg sync.WaitGroup
	for range 2 {
		l, err := openLedger(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.close() })
		wg.Go(func() {
			for range each {
				err := l.change(func(b *book) []Entry {
					return []Entry{{Kind: Redirected, Tries: len(b.entries) + 1}}
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	all := begin(t, Options{LedgerPath: path}).entries(Redirected)
	for i, e := range all {
		if e.Tries != i+1 {
			t.Fatalf("entry %d was counted as %d", i+1, e.Tries)
		}
	}
	if len(all) != 2*each {
		t.Errorf("%d entries", len(all))
	}
}

func TestAnotherPayoutUnderTheSameRequestID(t *testing.T) {
	b := begin(t, Options{})
	id := b.post(PayoutPath, payoutBody("kxa1234", "5000.00", "r")).created(t, "pending", "5000.00", "r")
	again := b.post(PayoutPath, payoutBody("456789", "1.00", "r")).created(t, "pending", "5000.00", "r")
	if again != id || len(b.entries(PayoutCreated)) != 1 {
		t.Errorf("%s, then %s", id, again)
	}
}

func TestEntryRoundTrip(t *testing.T) {
	want := Entry{At: time.Date(2025, 11, 27, 12, 39, 17, 281e6, time.UTC), Kind: DepositCreated, UserID: "2564568",
		ProjectUserID: "#KXA1234", Amount: 600000, Currency: "UZS", Method: "crypto", DepositID: "raisboy_dep_1", Fault: "e500"}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const printed = `{"at":"2025-11-27T12:39:17.281+00:00","amount":"6000.00","kind":"deposit","user_id":"2564568","project_user_id":"#KXA1234","currency":"UZS","payment_method":"crypto","deposit_id":"raisboy_dep_1","fault":"e500"}`
	if string(text) != printed {
		t.Errorf("%s\nwant %s", text, printed)
	}
	var got Entry
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLedgerPermissions: the file holds who was paid what.
func TestLedgerPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no such permissions")
	}
	path := filepath.Join(t.TempDir(), "state", "ledger")
	begin(t, Options{LedgerPath: path}).post(DepositPath, depositBody("1", "1.00"))
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + ".lock": 0o600} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

// TestAccountFollowsTheLedger: the balance is always what the entries say.
func TestAccountFollowsTheLedger(t *testing.T) {
	b := begin(t, Options{})
	for i := range 5 {
		b.post(DepositPath, depositBody("1", fmt.Sprintf("%d.50", i+1)))
	}
	var sum money.Amount
	for _, e := range b.entries(DepositCreated) {
		sum += e.Amount
	}
	account, err := b.server.Account()
	if err != nil || account.Balance != -sum || sum != 17_50 {
		t.Errorf("%+v, %v, %v", account, sum, err)
	}
}
