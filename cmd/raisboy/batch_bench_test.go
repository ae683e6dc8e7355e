package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"iter"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// benchRows is how many rows one round of a benchmark has: so many that its
// beginning and end, when not all jobs have work, count for little.
const benchRows = 4000

// BenchmarkBatch runs rows at 64 jobs on loopback, every intent and outcome on
// disk, beside the same runner and client without a journal, in turn: as the
// command does by itself, with the user's validation first, and with
// --skip-validate.
func BenchmarkBatch(b *testing.B) {
	b.Run("validated", func(b *testing.B) { benchBatch(b, false) })
	b.Run("skip-validate", func(b *testing.B) { benchBatch(b, true) })
}

func benchBatch(b *testing.B, skipValidate bool) {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(batchGarbage)) // as the command does
	_, address := newProject(b, sandbox.Options{})
	client := projectClient(b, api.NewTransport(api.TransportOptions{}), time.Now)
	d := &desk.Desk{Journal: benchJournal(b), Client: client, Now: time.Now, Profile: "bench", Endpoints: api.Endpoints{BaseURL: address}}
	recorded := func(ctx context.Context, p batch.Planned, answered func()) (batch.Result, error) {
		o := benchTerms().Order(p.Row)
		o.Straight, o.SkipValidate, o.Answered = true, skipValidate, answered
		r, err := d.Do(ctx, o)
		return batch.Judge(r), err
	}
	var bareTime, recordedTime time.Duration
	round := 0
	for b.Loop() {
		bareTime += benchRun(b, 64, bare(client, d, skipValidate), round)
		recordedTime += benchRun(b, 64, recorded, round+1)
		round += 2
	}
	rows := float64(benchRows * round / 2)
	b.ReportMetric(rows/recordedTime.Seconds(), "rows/s")
	b.ReportMetric(rows/bareTime.Seconds(), "rows/s-unrecorded")
	b.ReportMetric(float64(bareTime)/float64(recordedTime), "x-unrecorded")
}

// BenchmarkBatchTLS runs rows at 32 jobs over TLS with our transport and with
// the default one, in turn.
func BenchmarkBatchTLS(b *testing.B) {
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	project := httptest.NewUnstartedServer(server)
	project.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that the default transport gives up
	project.StartTLS()
	defer project.Close()
	roots := x509.NewCertPool()
	roots.AddCert(project.Certificate())
	ours := projectClient(b, api.NewTransport(api.TransportOptions{RootCAs: roots}), time.Now)
	plain, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		b.Fatal("the default transport is another")
	}
	plain = plain.Clone()
	ownTLS, ok := project.Client().Transport.(*http.Transport)
	if !ok {
		b.Fatal("the test server's transport is another")
	}
	plain.TLSClientConfig, plain.ForceAttemptHTTP2 = ownTLS.TLSClientConfig, false
	theirs := projectClient(b, plain, time.Now)
	d := &desk.Desk{Now: time.Now, Endpoints: api.Endpoints{BaseURL: project.URL}}
	var ourTime, theirTime time.Duration
	round := 0
	for b.Loop() {
		ourTime += benchRun(b, 32, bare(ours, d, true), round)
		theirTime += benchRun(b, 32, bare(theirs, d, true), round+1)
		round += 2
	}
	b.ReportMetric(float64(benchRows*round/2)/ourTime.Seconds(), "rows/s")
	b.ReportMetric(float64(theirTime)/float64(ourTime), "x-default")
}

func benchTerms() batch.Terms {
	return batch.Terms{Kind: api.KindDeposit, Batch: "bench", Currency: "UZS", PaymentMethod: "bank_card", SkipValidate: true}
}

// bare sends a row, after its user's validation, and forgets it.
func bare(client *api.Client, d *desk.Desk, skipValidate bool) func(context.Context, batch.Planned, func()) (batch.Result, error) {
	return func(ctx context.Context, p batch.Planned, _ func()) (batch.Result, error) {
		call, err := d.Freeze(benchTerms().Order(p.Row))
		if err != nil {
			return batch.Result{}, err
		}
		if !skipValidate {
			if _, err := d.Validate(ctx, p.Row.UserID); err != nil {
				return batch.Result{}, err
			}
		}
		return batch.Result{Outcome: client.Send(ctx, call).Verdict.String()}, nil
	}
}

func benchRun(b *testing.B, jobs int, work func(context.Context, batch.Planned, func()) (batch.Result, error), round int) time.Duration {
	b.Helper()
	var rows iter.Seq2[batch.Planned, error] = func(yield func(batch.Planned, error) bool) {
		for i := range benchRows {
			row := batch.Row{Line: round*benchRows + i + 1, UserID: fmt.Sprintf("c%d", round*benchRows+i), Amount: 100}
			if !yield(batch.Planned{Row: row}, nil) {
				return
			}
		}
	}
	var mutex sync.Mutex
	wrong := 0
	r := batch.Runner{Jobs: jobs, Work: work, Report: func(_ batch.Planned, result batch.Result) error {
		mutex.Lock()
		defer mutex.Unlock()
		if result.Outcome != "done" {
			wrong++
		}
		return nil
	}}
	began := time.Now()
	ending := r.Run(b.Context(), rows)
	took := time.Since(began)
	if ending.Tally.Rows != benchRows || wrong > 0 {
		b.Fatalf("%d rows, %d wrong: %v %v %+v", ending.Tally.Rows, wrong, ending.Reason, ending.Err, ending.Tally.Counts())
	}
	return took
}
