package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
)

// The ways of orderProcess.
const (
	orderBare     = "bare"     // the request alone
	orderRecorded = "recorded" // with its intent and outcome in the journal
	orderOpened   = "opened"   // the journal opened and closed again, and the request without it
)

// orderProcess is a whole process that sends one deposit and does nothing else:
// way, the project's address, the journal and the amount are its arguments.
func orderProcess() {
	if err := sendOrder(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendOrder(way, address, path, amount string) (err error) {
	n, err := strconv.ParseInt(amount, 10, 64)
	if err != nil {
		return err
	}
	key, err := sign.NewKey([]byte(sandbox.Secret))
	if err != nil {
		return err
	}
	ctx := context.Background()
	d := &desk.Desk{
		Client: &api.Client{Transport: api.NewTransport(api.TransportOptions{}), Key: key, APIKey: sandbox.APIKey, Now: time.Now},
		Now:    time.Now, Profile: "bench", Endpoints: api.Endpoints{BaseURL: address},
	}
	order := desk.Order{
		Kind: api.KindDeposit, UserID: "bench" + amount, Amount: money.Amount(n), Currency: "UZS", PaymentMethod: "bank_card", SkipValidate: true,
	}
	if way != orderBare {
		if d.Journal, err = journal.Open(ctx, path, journal.Options{Desk: "bench", Now: time.Now}); err != nil {
			return err
		}
		defer func() {
			if closing := d.Journal.Close(); err == nil {
				err = closing
			}
		}()
		if err := d.Journal.Bind(ctx, "bench", false, []string{address}); err != nil {
			return err
		}
	}
	if way == orderRecorded {
		r, err := d.Do(ctx, order)
		if err == nil && r.Entry.State != journal.StateDone {
			err = fmt.Errorf("the deposit is %s", r.Entry.State)
		}
		return err
	}
	call, err := d.Freeze(order)
	if err != nil {
		return err
	}
	if o := d.Client.Send(ctx, call); o.Verdict != api.Done {
		return fmt.Errorf("%+v", o)
	}
	return nil
}

// BenchmarkCostOfRecording puts a whole process that makes a recorded deposit
// beside one that sends the same request and records nothing: CPU time and
// elapsed time, one process after the other in turn, the median of all runs.
//
//	go test ./cmd/raisboy -run '^$' -bench CostOfRecording -benchtime 200x
func BenchmarkCostOfRecording(b *testing.B) {
	_, address := newProject(b, sandbox.Options{})
	path := filepath.Join(b.TempDir(), "journal.db")
	ways := []string{orderBare, orderOpened, orderRecorded}
	cpu, elapsed := map[string][]time.Duration{}, map[string][]time.Duration{}
	for n := 0; b.Loop(); {
		for _, way := range ways {
			n++
			command := exec.CommandContext(b.Context(), "order", way, address, path, strconv.Itoa(n))
			began := time.Now()
			if text, err := command.CombinedOutput(); err != nil {
				b.Fatalf("%s: %v\n%s", way, err, text)
			}
			elapsed[way] = append(elapsed[way], time.Since(began))
			cpu[way] = append(cpu[way], command.ProcessState.UserTime()+command.ProcessState.SystemTime())
		}
	}
	for what, all := range map[string]map[string][]time.Duration{"cpu-ms": cpu, "ms": elapsed} {
		bare := float64(median(all[orderBare]).Microseconds()) / 1000
		b.ReportMetric(bare, orderBare+"-"+what)
		for _, way := range ways[1:] {
			b.ReportMetric(float64(median(all[way]).Microseconds())/1000-bare, way+"-more-"+what)
		}
	}
}
