package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// benchCapture has a body of 200 bytes and a signature that nothing explains.
func benchCapture() Capture {
	c := testCapture(strings.Repeat("5a", 32))
	filler := 200 - len(testBody) - len(`,"note":""`)
	c.Body = []byte(strings.TrimSuffix(testBody, "}") + `,"note":"` + strings.Repeat("x", filler) + `"}`)
	return c
}

// rate reports candidates per second.
func rate(b *testing.B, candidates int64) {
	b.ReportMetric(float64(candidates)/b.Elapsed().Seconds(), "candidates/s")
}

// BenchmarkSearch tries all candidates of two deviations on one core.
func BenchmarkSearch(b *testing.B) {
	p := newPlan(benchCapture(), testSecrets(), testOptions(), 2)
	jobs := p.jobs(2)
	var tried atomic.Int64
	warm := worker{search: &search{secrets: p.vault.secrets, tried: &tried}, hasher: newHasher(p.vault.secrets)}
	for i := range jobs {
		warm.run(&jobs[i])
	}
	tried.Store(0)
	b.ReportAllocs()
	for b.Loop() {
		for i := range jobs {
			warm.run(&jobs[i])
		}
	}
	rate(b, tried.Load())
	b.ReportMetric(float64(tried.Load())/float64(b.N), "candidates/op")
}

// BenchmarkBareHMAC hashes the very same strings, put together beforehand, with
// nothing else about it: what the hash alone allows.
func BenchmarkBareHMAC(b *testing.B) {
	p := newPlan(benchCapture(), testSecrets(), testOptions(), 2)
	var texts [][]byte
	for _, j := range p.jobs(2) {
		collect(&j, func(c *candidate) { texts = append(texts, c.build(nil)) })
	}
	mac := hmac.New(sha256.New, []byte(testSecret))
	mac.Reset()
	var sum [32]byte
	done := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			mac.Reset()
			mac.Write(text)
			mac.Sum(sum[:0])
		}
		done += int64(len(texts))
	}
	rate(b, done)
}

// collect calls do with every candidate of a job.
func collect(j *job, do func(*candidate)) {
	var c candidate
	var walk func(at int)
	walk = func(at int) {
		if at == dimensions {
			do(&c)
			return
		}
		for i := range j.axes[at] {
			c[at] = &j.axes[at][i]
			walk(at + 1)
		}
	}
	walk(0)
}

// BenchmarkDiagnose is a whole diagnosis: of one deviation, of two, and of a
// signature that none explains.
func BenchmarkDiagnose(b *testing.B) {
	c := benchCapture()
	body := strings.Replace(string(c.Body), "6000.00", "6000.0", 1)
	one := hmacHex(testSecret, signedString("POST", testPath, body, testStamp, testKey))
	two := hmacHex(testSecret, signedString("post", testPath, body, testStamp, testKey))
	last := hmacHex(testSecret, testPath+"\n"+string(c.Body)+"\nPOST\n"+testKey)
	for _, test := range []struct {
		name, signature string
		found           bool
	}{{"one", one, true}, {"two", two, true}, {"two_the_last", last, true}, {"none", c.Signature, false}} {
		b.Run(test.name, func(b *testing.B) {
			c.Signature = test.signature
			for b.Loop() {
				report := mustDiagnose(b, c, testSecrets(), testOptions())
				if (len(report.Findings) > 0) != test.found {
					b.Fatal(fmt.Sprint(report.Findings))
				}
			}
		})
	}
}
