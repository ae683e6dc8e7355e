package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// noSink records nothing and says that it did: the same handler without a disk.
type noSink struct{}

func (noSink) Record(context.Context, webhook.Event) (webhook.Ack, error) {
	return webhook.AckRecorded, nil
}
func (noSink) Reject(context.Context, webhook.Rejected) error { return nil }

// A post is a desk's mail in a benchmark: payouts that wait for Webhook 1, and
// webhooks ready to be sent, raw and signed.
type post struct {
	*testing.B
	key     *sign.Key
	journal *journal.Journal
	watch   *watch
	next    int
}

func newPost(b *testing.B) *post {
	b.Helper()
	key, j := projectKey(b), benchJournal(b)
	a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}}
	a.speak(config.Options{Output: "json", Lang: "en", Color: "never"})
	s := &session{app: a, journal: j, profile: config.Profile{Name: "bench"}, desk: &desk.Desk{
		Journal: j, Now: time.Now, Profile: "bench", Endpoints: api.Endpoints{BaseURL: "https://project.example"}}}
	w := &watch{known: map[int64]api.PayoutStatus{}}
	w.attach(a, s, func() {})
	b.Cleanup(func() { _ = w.queue.close(time.Second) })
	return &post{B: b, key: key, journal: j, watch: w}
}

// webhooks makes requests for so many payouts, which are in the journal.
func (p *post) webhooks(n int) [][]byte {
	p.Helper()
	requests := make([][]byte, n)
	var group sync.WaitGroup
	first := p.next
	p.next += n
	for worker := range 64 {
		group.Go(func() {
			for i := worker; i < n; i += 64 {
				requests[i] = p.webhook(first + i)
			}
		})
	}
	group.Wait()
	return requests
}

func (p *post) webhook(i int) []byte {
	id := "pout_" + strconv.Itoa(i)
	call, err := api.Payout{UserID: "u" + strconv.Itoa(i), Amount: money.Amount(500000), Currency: "UZS", PaymentMethod: "bank_card",
		RequestID: "req_" + strconv.Itoa(i), Timestamp: time.Now()}.Call(api.Endpoints{BaseURL: "https://project.example"})
	if err != nil {
		p.Error(err)
		return nil
	}
	e, _, err := p.journal.Begin(context.Background(), journal.Proposal{Call: call, Profile: "bench"}, journal.Guard{})
	if err == nil {
		_, err = p.journal.Update(context.Background(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: journal.Answer{Verdict: api.Done.String(), HTTPStatus: 201, PayoutID: id, PayoutStatus: api.StatusPending}}}, nil
		})
	}
	if err != nil {
		p.Error(err)
		return nil
	}
	path := "/api/payments/notify/17/" + id
	body := fmt.Sprintf(`{"success":true,"payout_id":%q,"status":"accepted","amount":5000.0,"currency":"UZS","webhook_url":"https://project.example%s",`+
		`"request_id":"req_%d","timestamp":"2025-11-28T12:39:17.281+00:00"}`, id, path, i)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	signature, err := p.key.Hex(sign.Message{Method: "POST", Path: path, Body: []byte(body), Timestamp: stamp, APIKey: sandbox.APIKey})
	if err != nil {
		p.Error(err)
	}
	return fmt.Appendf(nil, "POST /hooks HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\nX-API-Key: %s\r\nX-Timestamp: %s\r\n"+
		"X-Signature: %s\r\nContent-Length: %d\r\n\r\n%s", sandbox.APIKey, stamp, signature, len(body), body)
}

func (p *post) receiver(sink webhook.Sink) *webhook.Receiver {
	return &webhook.Receiver{Verifier: sign.Verifier{Keys: []*sign.Key{p.key}, APIKey: sandbox.APIKey}, Sink: sink}
}

// bareHandler reads a body and answers, and does nothing else.
func bareHandler(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "16")
	_, _ = io.WriteString(w, `{"success":true}`)
}

// serve serves until the benchmark ends.
func (p *post) serve(serve func(context.Context, net.Listener)) (address string) {
	p.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		serve(ctx, listener)
	}()
	p.Cleanup(func() {
		stop()
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}

// connect gives 64 connections.
func (p *post) connect(address string) []*bufio.ReadWriter {
	p.Helper()
	conns := make([]*bufio.ReadWriter, 64)
	for i := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			p.Fatal(err)
		}
		p.Cleanup(func() { _ = conn.Close() })
		conns[i] = bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	}
	return conns
}

func (p *post) serveReceiver(sink webhook.Sink) (address string) {
	return p.serve(func(ctx context.Context, l net.Listener) { _ = p.receiver(sink).Serve(ctx, l) })
}

// send sends one request and wants it acknowledged.
func send(conn *bufio.ReadWriter, request []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	status, err := conn.ReadSlice('\n')
	if err == nil && !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		err = fmt.Errorf("answered %q", status)
	}
	for err == nil { // the body follows the empty line and has no line feed
		var line []byte
		if line, err = conn.ReadSlice('\n'); err == nil && len(line) == 2 {
			_, err = conn.Discard(len(`{"success":true}`))
			return err
		}
	}
	return err
}

// volley sends all requests over the connections, each as fast as it is answered.
func (p *post) volley(conns []*bufio.ReadWriter, requests [][]byte) time.Duration {
	p.Helper()
	jobs := make(chan []byte, len(requests))
	for _, request := range requests {
		jobs <- request
	}
	close(jobs)
	var group sync.WaitGroup
	began := time.Now()
	for _, conn := range conns {
		group.Go(func() {
			for request := range jobs {
				if err := send(conn, request); err != nil {
					p.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

// BenchmarkWebhooks puts webhooks that are verified and durably recorded beside
// the same handler without recording and beside a bare net/http handler, in
// turn, over 64 connections. The CPU time, of both ends, is what tells on a machine
// that does other work as well.
func BenchmarkWebhooks(b *testing.B) {
	p := newPost(b)
	recorded, verified := p.serveReceiver(p.watch), p.serveReceiver(noSink{})
	bare := p.serve(func(_ context.Context, l net.Listener) {
		_ = (&http.Server{Handler: http.HandlerFunc(bareHandler), ReadHeaderTimeout: time.Minute}).Serve(l)
	})
	const volley = 2000
	var took, used [3]time.Duration
	n := 0
	for b.Loop() {
		b.StopTimer()
		requests := p.webhooks(volley)
		b.StartTimer()
		for i, address := range []string{bare, verified, recorded} {
			before := cpuTime()
			took[i] += p.volley(p.connect(address), requests)
			used[i] += cpuTime() - before
		}
		n += volley
	}
	for i, name := range []string{"bare/s", "verified/s", "recorded/s"} {
		b.ReportMetric(float64(n)/took[i].Seconds(), name)
	}
	b.ReportMetric(float64(took[1])/float64(took[2]), "x-verified")
	if used[2] > 0 {
		b.ReportMetric(float64(used[2].Microseconds())/float64(n), "recorded-cpu-us")
		b.ReportMetric(float64(used[1])/float64(used[2]), "x-verified-cpu")
	}
	b.ReportMetric(float64(took[0])/float64(took[2]), "x-bare")
}

// BenchmarkWebhooksOpenLoop sends 500 a second, whether or not the ones before
// were answered, and measures each from the moment at which it was due.
func BenchmarkWebhooksOpenLoop(b *testing.B) {
	p := newPost(b)
	address := p.serveReceiver(p.watch)
	const rate, seconds = 500, 6
	var all []time.Duration
	for b.Loop() {
		b.StopTimer()
		requests := p.webhooks(rate * seconds)
		conns := p.connect(address)
		b.StartTimer()
		var mutex sync.Mutex
		var group sync.WaitGroup
		free := make(chan *bufio.ReadWriter, len(conns))
		for _, conn := range conns {
			free <- conn
		}
		began := time.Now()
		for i, request := range requests {
			due := began.Add(time.Duration(i) * time.Second / rate)
			time.Sleep(time.Until(due))
			group.Go(func() {
				conn := <-free
				err := send(conn, request)
				took := time.Since(due)
				free <- conn
				mutex.Lock()
				defer mutex.Unlock()
				if all = append(all, took); err != nil {
					b.Error(err)
				}
			})
		}
		group.Wait()
	}
	slices.Sort(all)
	for name, part := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99, "p99.9-ms": 0.999} {
		b.ReportMetric(float64(all[int(part*float64(len(all)-1))].Microseconds())/1000, name)
	}
}
