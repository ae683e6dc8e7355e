package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// rawWrites is the price that the disk asks: 4 KiB appended and synchronised,
// per write. Two of them are what one operation cannot do without.
func rawWrites(b *testing.B, n int) time.Duration {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(b.TempDir(), "raw"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	begun := time.Now()
	for range n {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := syncData(f); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begun) / time.Duration(n)
}

func settleOne(b *testing.B, j *Journal, p Proposal) {
	ctx := context.Background()
	e, _, err := j.Begin(ctx, p, Guard{Window: 2 * time.Minute})
	if err == nil {
		_, err = j.Update(ctx, e.ID, func(Entry) ([]Addition, error) {
			return []Addition{{Content: Answer{Verdict: "done", HTTPStatus: 201, DepositID: "raisboy_dep_1"}, Raw: []byte("{}")}}, nil
		})
	}
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkOperation is one desk: begin and settle, one after the other.
// "x-raw" is its time over that of two synchronised writes of 4 KiB.
func BenchmarkOperation(b *testing.B) {
	j := newTest(b)
	proposals := manyDeposits(b, b.N)
	b.ResetTimer()
	for i := range b.N {
		settleOne(b, j, proposals[i])
	}
	b.StopTimer()
	report(b, 200)
}

// BenchmarkOperations64 is a batch: sixty-four workers share the commits.
func BenchmarkOperations64(b *testing.B) {
	settleAll(b, []*Journal{newTest(b)}, 64)
	report(b, 200)
}

// settleAll shares b.N operations among the workers of several journals.
func settleAll(b *testing.B, journals []*Journal, workers int) {
	b.Helper()
	proposals := manyDeposits(b, b.N)
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for _, j := range journals {
		for range workers {
			group.Go(func() {
				for i := next.Add(1); i <= int64(len(proposals)); i = next.Add(1) {
					settleOne(b, j, proposals[i-1])
				}
			})
		}
	}
	group.Wait()
	b.StopTimer()
}

func manyDeposits(b *testing.B, n int) []Proposal {
	b.Helper()
	proposals := make([]Proposal, n)
	for i := range proposals {
		proposals[i] = testDeposit(b, fmt.Sprint("user", i), 100)
	}
	return proposals
}

func report(b *testing.B, n int) {
	b.Helper()
	raw := rawWrites(b, n)
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(raw.Nanoseconds()), "raw-ns/write")
	b.ReportMetric(float64(each)/float64(2*raw), "x-raw")
}

func BenchmarkGet(b *testing.B) {
	j := newTest(b)
	e := mustBegin(b, j, testDeposit(b, "u", 100))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := j.Get(context.Background(), e.ID); err != nil {
			b.Fatal(err)
		}
	}
}
