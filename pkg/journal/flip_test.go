package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// TestFlippedBits flips single bits of the file. Each must be noticed, or make
// no difference to anything that is read or held back.
func TestFlippedBits(t *testing.T) {
	ctx := context.Background()
	j := filled(t)
	path := j.store.(*sqliteStore).path
	want := readAll(t, j)
	if err := j.Close(); err != nil { // which leaves all of it in the one file
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	n := counttest.Trials(t, 80)
	for range n {
		at, bit := random.IntN(len(whole)), random.IntN(8)
		for whole[at] == 0 && random.IntN(20) > 0 { // most of a page is empty
			at = random.IntN(len(whole))
		}
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1 << bit
		other := filepath.Join(t.TempDir(), "journal.db")
		if err := os.WriteFile(other, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if flipNoticed(ctx, t, other, want, fmt.Sprintf("byte %d, bit %d", at, bit)) {
			noticed++
		}
	}
	t.Logf("%d of %d flips noticed, the others made no difference", noticed, n)
	if noticed < n/4 {
		t.Errorf("%d of %d flips noticed: the suite looks away", noticed, n)
	}
}

func flipNoticed(ctx context.Context, t *testing.T, path string, want []any, where string) bool {
	j, err := Open(ctx, path, testOptions())
	if err != nil {
		return true
	}
	defer func() { _ = j.Close() }()
	if r, err := j.Verify(ctx); err != nil || !r.OK() {
		return true
	}
	if diff := cmp.Diff(want, readAll(t, j), cmp.AllowUnexported(Entry{}, evidence{})); diff != "" {
		t.Errorf("%s: not noticed, and it reads otherwise: %s", where, diff)
	}
	var held *HeldError
	if _, _, err := j.Begin(ctx, testDeposit(t, "w", 300), Guard{}); !errors.As(err, &held) || held.By.ID != 3 {
		t.Errorf("%s: not noticed, and the guard says %v", where, err)
	}
	return false
}

// readAll reads everything that a caller can.
func readAll(t *testing.T, j *Journal) []any {
	t.Helper()
	var all []any
	for e, err := range j.List(context.Background(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		e.Code, e.State = "", 0 // the owner lives in one reading and not in the other
		all = append(all, e)
	}
	movements, err := j.Movements(context.Background(), "main")
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, movements)
	for id := range int64(2) {
		e, err := j.Event(context.Background(), id+1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}
