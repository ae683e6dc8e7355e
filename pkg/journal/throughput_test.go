package journal

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkThroughput puts durable writes (an operation is two: its intent, its
// outcome) beside the disk's own rate, 4 KiB appended and synchronised. It goes
// around among them, for a disk's rate changes by the minute, and reports the
// median round: "raw/s", and of each number of writers "…/s" and "…-x-raw".
//
//	go test ./pkg/journal -run '^$' -bench Throughput -benchtime 20x
func BenchmarkThroughput(b *testing.B) {
	type contestant struct {
		name             string
		journal          *Journal
		writers, perTurn int // operations
		rates, ratios    []float64
	}
	contestants := []*contestant{
		{name: "sqlite1", journal: newTest(b), writers: 1, perTurn: 60},
		{name: "sqlite64", journal: newTest(b), writers: 64, perTurn: 640},
		{name: "sqlite256", journal: newTest(b), writers: 256, perTurn: 1280},
	}
	if os.Getenv("RAISBOY_TEST_POSTGRES") != "" {
		contestants = append(contestants,
			&contestant{name: "postgres1", journal: openTest(b, FreshPostgres(b)), writers: 1, perTurn: 60},
			&contestant{name: "postgres32", journal: openTest(b, FreshPostgres(b)), writers: 32, perTurn: 320})
	}
	for _, c := range contestants {
		mustBegin(b, c.journal, testDeposit(b, "warm", 100))
	}
	var raws []float64
	for round := 0; b.Loop(); round++ {
		for _, c := range contestants {
			// Before and after, so that a change of the disk's mood counts half.
			raw := rawWrites(b, 40)
			took := operate(b, c.journal, c.writers, c.perTurn, fmt.Sprint(round))
			raw = (raw + rawWrites(b, 40)) / 2
			each := took / time.Duration(2*c.perTurn)
			raws = append(raws, 1/raw.Seconds())
			c.rates = append(c.rates, 1/each.Seconds())
			c.ratios = append(c.ratios, raw.Seconds()/each.Seconds())
		}
	}
	b.ReportMetric(middle(raws), "raw/s")
	for _, c := range contestants {
		b.ReportMetric(middle(c.rates), c.name+"/s")
		b.ReportMetric(middle(c.ratios), c.name+"-x-raw")
	}
}

// operate begins and settles n operations with so many writers at a time.
func operate(b *testing.B, j *Journal, writers, n int, name string) time.Duration {
	b.Helper()
	proposals := make([]Proposal, n)
	for i := range proposals {
		proposals[i] = testDeposit(b, fmt.Sprint("user", name, "-", i), 100)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range writers {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				settleOne(b, j, proposals[i-1])
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
