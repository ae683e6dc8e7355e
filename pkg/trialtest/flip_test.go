//go:build unix

package trialtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// fillers are operations that make the tables and indexes many pages long.
const fillers = 400

// A twin is an order that must not be sent, and why.
type twin struct {
	why      string
	proposal journal.Proposal
}

// TestFlippedByte flips single bits of a journal, in rows, indexes and whatever
// else is in the file. Whatever is hit: what must not be sent is not begun. It is
// held back, or replayed, or the damage is reported.
func TestFlippedByte(t *testing.T) {
	t.Parallel()
	dir := memoryFolder(t)
	path := filepath.Join(dir, "whole.db")
	now := time.Now() // and it stays so: a long run must not outlive the duplicate window
	twins := fillJournal(t, path, now)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if begun := beginAll(t, path, now, twins); len(begun) > 0 {
		t.Fatal("the whole journal lets through", begun)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	near := keysIn(whole)
	if len(near) < 20 {
		t.Fatalf("%d places that matter: the keys were not found", len(near))
	}
	n, noticed := counttest.Trials(t, 250), 0
	for i := range n {
		at, bit := random.IntN(len(whole)), random.IntN(8)
		for whole[at] == 0 && random.IntN(20) > 0 { // much of a page is empty
			at = random.IntN(len(whole))
		}
		if i%5 > 0 { // most rows are not what any of the orders depends on
			at = near[random.IntN(len(near))] + random.IntN(64) - 16
		}
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1 << bit
		if i%4 == 3 { // a byte that was never written, or a worn-out cell
			spoilt[at] = byte(random.IntN(256))
		}
		copied := filepath.Join(dir, strconv.Itoa(i)+".db")
		if err := os.WriteFile(copied, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		begun := beginAll(t, copied, now, twins)
		for _, why := range begun {
			t.Errorf("seed %d: byte %d of %d (page %d), %#x → %#x: begun in spite of %s", seed, at, len(whole), at/4096+1, whole[at], spoilt[at], why)
		}
		if len(begun) == 0 {
			noticed++
		}
		removeJournal(t, copied)
	}
	t.Logf("%d flipped bytes, in %d nothing was begun that must not be", n, noticed)
}

// keysIn finds where the rows and index entries lie that the orders depend on.
func keysIn(whole []byte) []int {
	var places []int
	for _, key := range []string{"anna", "boris", "slip-2", "clara", "dina", "pay-4", "elena", "#KXE"} {
		for at := 0; ; at++ {
			next := bytes.Index(whole[at:], []byte(key))
			if next < 0 {
				break
			}
			at += next
			places = append(places, at)
		}
	}
	return places
}

func removeJournal(t *testing.T, path string) {
	t.Helper()
	for _, tail := range []string{"", "-wal", "-shm", ".locks"} {
		if err := os.RemoveAll(path + tail); err != nil {
			t.Fatal(err)
		}
	}
}

// memoryFolder is a folder whose files need no disk, where the system has one.
func memoryFolder(t *testing.T) string {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		if dir, err := os.MkdirTemp("/dev/shm", "raisboy-trials-"); err == nil {
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			return dir
		}
	}
	return t.TempDir()
}

// beginAll tries every twin and lists those that were begun.
func beginAll(t *testing.T, path string, now time.Time, twins []twin) (begun []string) {
	t.Helper()
	ctx := context.Background()
	j, err := journal.Open(ctx, path, journal.Options{Desk: "d", OSUser: "u", Now: func() time.Time { return now }})
	if err != nil {
		return nil // noticed
	}
	defer func() { _ = j.Close() }()
	for _, twin := range twins {
		_, replayed, err := j.Begin(ctx, twin.proposal, journal.Guard{Window: 2 * time.Minute})
		if err == nil && !replayed {
			begun = append(begun, twin.why)
		}
		var held *journal.HeldError
		var damage *journal.DamageError
		var storage *journal.StorageError
		if err != nil && !errors.As(err, &held) && !errors.As(err, &damage) && !errors.As(err, &storage) {
			t.Errorf("%s: an error that nobody can explain: %v", twin.why, err)
		}
	}
	return begun
}

// fillJournal makes a journal with everything that holds an order back, and
// gives the orders that it holds back.
func fillJournal(t *testing.T, path string, now time.Time) []twin {
	t.Helper()
	ctx := context.Background()
	clock := now.Add(-24 * time.Hour)
	j, err := journal.Open(ctx, path, journal.Options{Desk: "d", OSUser: "u", Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	begin := func(p journal.Proposal, answer journal.Answer) {
		e, replayed, err := j.Begin(ctx, p, journal.Guard{})
		if err != nil || replayed {
			t.Fatal(replayed, err)
		}
		_, err = j.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: answer, Raw: []byte("{}")}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	done := journal.Answer{Verdict: api.Done.String(), DepositID: "dep"}
	unknown := journal.Answer{Verdict: api.Unknown.String(), Cause: api.CauseTimeout}
	payout := journal.Answer{Verdict: api.Done.String(), PayoutID: "p4", PayoutStatus: api.StatusPending}
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			begin(proposal(t, api.KindDeposit, fmt.Sprintf("filler%d", i*7919%fillers), 1000+i, fmt.Sprintf("old-%d", i)), done)
		}
	}
	fill(0, fillers/2)
	begin(proposal(t, api.KindDeposit, "anna", 100, ""), unknown)
	begin(proposal(t, api.KindDeposit, "boris", 200, "slip-2"), done)
	begin(proposal(t, api.KindPayout, "dina", 400, "pay-4"), payout)
	p := proposal(t, api.KindDeposit, "elena", 500, "")
	p.ProjectUserID = "#KXE"
	begin(p, unknown)
	fill(fillers/2, fillers)
	clock = now.Add(-30 * time.Second)
	begin(proposal(t, api.KindDeposit, "clara", 300, ""), done)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	same := proposal(t, api.KindDeposit, "hash", 500, "")
	same.ProjectUserID = "#KXE"
	return []twin{
		{"an equal unknown deposit", proposal(t, api.KindDeposit, "anna", 100, "")},
		{"an equal unknown deposit, under a ref", proposal(t, api.KindDeposit, "anna", 100, "slip-1")},
		{"a ref that was done yesterday", proposal(t, api.KindDeposit, "boris", 200, "slip-2")},
		{"an equal deposit a moment ago", proposal(t, api.KindDeposit, "clara", 300, "")},
		{"an equal payout that is not final", proposal(t, api.KindPayout, "dina", 400, "")},
		{"a request_id that was used", proposal(t, api.KindPayout, "dina", 400, "pay-4")},
		{"an unknown deposit of the same user by another name", same},
	}
}

// proposal makes an order; a payout's request_id is its ref.
func proposal(t *testing.T, kind api.Kind, user string, amount int, ref string) journal.Proposal {
	t.Helper()
	to := api.Endpoints{BaseURL: "https://project.example", APIPrefix: "/api"}
	var call api.Call
	var err error
	if kind == api.KindPayout {
		id := ref
		if id == "" {
			id = "another"
		}
		call, err = api.Payout{UserID: user, Amount: money.Amount(100 * amount), Currency: "UZS", PaymentMethod: "bank_card", RequestID: id, Timestamp: time.Now()}.Call(to)
	} else {
		call, err = api.Deposit{UserID: user, Amount: money.Amount(100 * amount), Currency: "UZS", PaymentMethod: "bank_card", Timestamp: time.Now()}.Call(to)
	}
	if err != nil {
		t.Fatal(err)
	}
	return journal.Proposal{Call: call, Profile: "main", Ref: ref}
}
