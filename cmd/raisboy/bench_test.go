package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// BenchmarkStart puts a whole process of "raisboy sign" beside a Go
// hello-world and beside openssl making the same HMAC: CPU time, one process
// after the other in turn, the median of all runs.
func BenchmarkStart(b *testing.B) {
	folder := b.TempDir()
	hello := filepath.Join(folder, "hello.go")
	program := "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(hello, []byte(program), 0o600); err != nil {
		b.Fatal(err)
	}
	build(b, filepath.Join(folder, "hello"), hello)
	build(b, filepath.Join(folder, "raisboy"), ".")
	env := append(os.Environ(), "HOME="+folder, "RAISBOY_API_KEY=k", "RAISBOY_SECRET=s")
	commands := [][]string{
		{filepath.Join(folder, "hello")},
		{filepath.Join(folder, "raisboy"), "sign", "--path", "/api/payout/create", "--body", "{}", "--timestamp", "1764333557"},
	}
	if path, err := exec.LookPath("openssl"); err == nil {
		commands = append(commands, []string{path, "dgst", "-sha256", "-hmac", "s", hello})
	}
	used := make([][]time.Duration, len(commands))
	for b.Loop() {
		for i, words := range commands {
			command := exec.CommandContext(b.Context(), words[0], words[1:]...)
			command.Env = env
			if err := command.Run(); err != nil {
				b.Fatal(err)
			}
			used[i] = append(used[i], command.ProcessState.UserTime()+command.ProcessState.SystemTime())
		}
	}
	b.ReportMetric(float64(median(used[1]).Microseconds())/1000, "cpu-ms")
	b.ReportMetric(float64(median(used[1]))/float64(median(used[0])), "x-hello")
	if len(used) > 2 {
		b.ReportMetric(float64(median(used[1]))/float64(median(used[2])), "x-openssl")
	}
}

func build(b *testing.B, output, source string) {
	b.Helper()
	command := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", output, source)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkRecorded puts one deposit with its intent and outcome on disk beside
// the same request without a journal, in turn, against one sandbox.
func BenchmarkRecorded(b *testing.B) {
	_, address := newProject(b, sandbox.Options{})
	client := projectClient(b, api.NewTransport(api.TransportOptions{}), time.Now)
	d := &desk.Desk{
		Journal: benchJournal(b), Client: client, Now: time.Now, Profile: "bench", Endpoints: api.Endpoints{BaseURL: address},
	}
	var bare, recorded time.Duration
	var n money.Amount
	for b.Loop() {
		n++
		order := desk.Order{
			Kind: api.KindDeposit, UserID: "bench", Amount: n, Currency: "UZS", PaymentMethod: api.PaymentMethods()[0], SkipValidate: true,
		}
		bare += clocked(func() { sendBare(b, client, d, order) })
		order.UserID = "recorded"
		recorded += clocked(func() {
			if r, err := d.Do(context.Background(), order); err != nil || r.Entry.State != journal.StateDone {
				b.Fatalf("%v %v", r.Entry.State, err)
			}
		})
	}
	b.ReportMetric(float64(recorded)/float64(bare), "x-unrecorded")
	b.ReportMetric(float64((recorded-bare).Microseconds())/float64(n)/1000, "ms-more")
}

func sendBare(b *testing.B, client *api.Client, d *desk.Desk, order desk.Order) {
	b.Helper()
	call, err := d.Freeze(order)
	if err != nil {
		b.Fatal(err)
	}
	if o := client.Send(context.Background(), call); o.Verdict != api.Done {
		b.Fatalf("%+v", o)
	}
}

func clocked(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}
