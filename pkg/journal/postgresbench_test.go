package journal

import (
	"fmt"
	"testing"
)

// BenchmarkPostgresOperation is one desk on PostgreSQL: begin and settle, one
// after the other. "x-raw" is as in [BenchmarkOperation]; it means most where
// the server's disk is the one that the tests run on.
func BenchmarkPostgresOperation(b *testing.B) { benchPostgres(b, 1, 1) }

// BenchmarkPostgresOperations32 is a batch: thirty-two workers of one desk.
func BenchmarkPostgresOperations32(b *testing.B) { benchPostgres(b, 1, 32) }

// BenchmarkPostgresDesks32 is thirty-two desks, with a worker each.
func BenchmarkPostgresDesks32(b *testing.B) { benchPostgres(b, 32, 1) }

func benchPostgres(b *testing.B, desks, workers int) {
	address := FreshPostgres(b)
	journals := make([]*Journal, desks)
	for i := range journals {
		journals[i] = openTest(b, address)
		mustBegin(b, journals[i], testDeposit(b, fmt.Sprint("warm", i), 100))
	}
	settleAll(b, journals, workers)
	report(b, 200)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
