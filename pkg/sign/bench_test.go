package sign_test

import (
	"crypto/sha256"
	"slices"
	"testing"
	"time"
)

// blocks counts the 64-byte blocks that one signature over n bytes must run
// through SHA-256 when the pads are hashed beforehand. Inner hash: the n bytes
// and at least nine of padding (0x80 and the length), rounded up; the block of
// the pad is not among them. Outer hash: 32 bytes and the padding, one block.
func blocks(n int) int { return (n+9+63)/64 + 1 }

// bareText is the longest text that sha256.Sum256 hashes in that many blocks.
func bareText(blocks int) []byte { return make([]byte, blocks*64-9) }

func TestBlocks(t *testing.T) {
	for n, want := range map[int]int{0: 2, 55: 2, 56: 3, 119: 3, 120: 4} {
		if got := blocks(n); got != want {
			t.Errorf("blocks(%d) = %d, want %d", n, got, want)
		}
	}
}

// BenchmarkSign signs section 3's deposit. The metric x-bare-sha256 is the time
// of a signature over that of sha256.Sum256 on as many blocks, both measured in
// turns of the same run so that the machine's moods fall on both; the goal is
// at most 2.2. Sum256's time is not in ns/op.
func BenchmarkSign(b *testing.B) {
	key, m, dst := newKey(b, "secret"), deposit(), make([]byte, 0, 64)
	bare := bareText(blocks(len(m.Append(nil))))
	const turn = 200
	var ratios []float64
	var total time.Duration
	b.ReportAllocs()
	for done := 0; done < b.N; done += turn {
		start := time.Now()
		for range min(turn, b.N-done) {
			dst, _ = key.AppendHex(dst[:0], m)
		}
		ours := time.Since(start)
		total += ours
		start = time.Now()
		for range min(turn, b.N-done) {
			sum := sha256.Sum256(bare)
			bare[0] = sum[0] // so that the hash cannot be left out
		}
		ratios = append(ratios, float64(ours)/float64(time.Since(start)))
	}
	slices.Sort(ratios)
	b.ReportMetric(float64(total.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(ratios[len(ratios)/2], "x-bare-sha256")
}

// BenchmarkSignInParallel shows what it costs that callers share a key.
func BenchmarkSignInParallel(b *testing.B) {
	key, m := newKey(b, "secret"), deposit()
	b.ReportAllocs()
	b.RunParallel(func(loop *testing.PB) {
		dst := make([]byte, 0, 64)
		for loop.Next() {
			dst, _ = key.AppendHex(dst[:0], m)
		}
	})
}

// BenchmarkVerify checks the same deposit, all checks included.
func BenchmarkVerify(b *testing.B) {
	_, v, signature := signed(b)
	m := deposit()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(m, signature, depositTime); err != nil {
			b.Fatal(err)
		}
	}
}
