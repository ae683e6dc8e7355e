//go:build unix

package trialtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
)

// TestCarelessIsCaught is the negative control of TestKilled: two programs that
// do what the money rules forbid, under the same faults and the same check.
func TestCarelessIsCaught(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		role  string
		fault string
		crash string
		wants []string // at least one of them
	}{
		{"blind-resend", "e500=1", "", []string{doubled}},
		{"blind-resend", "drop-after=1", "", []string{doubled, unrecorded}},
		{"late-intent", "", "after-answer", []string{lost}},
		{"late-intent", "drop-after=1", "after-answer", []string{lost, unrecorded}},
	} {
		t.Run(tt.role+" "+tt.fault, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.fault)
			r := w.careless(t, tt.role, "RAISBOY_CRASH_AT="+tt.crash)
			found := w.evidence(t).check()
			for _, want := range tt.wants {
				if !slices.ContainsFunc(found, func(f finding) bool { return f.kind == want }) {
					t.Errorf("%s not found, only %v (exit %d, %s)", want, found, r.exit, r.stderr)
				}
			}
		})
	}
}

// TestCheckIsNotBlind holds the check against evidence that was tampered with.
func TestCheckIsNotBlind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	if r := w.command(t, "deposit", "--user", "plain", "--amount", "10"); r.exit != 0 {
		t.Fatal(r)
	}
	if r := w.command(t, "payout", "--user", "plain", "--amount", "20"); r.exit != 0 {
		t.Fatal(r)
	}
	whole := w.evidence(t)
	if found := whole.check(); len(found) != 0 || len(whole.Ledger) < 2 || len(whole.Received) != 2 {
		t.Fatal(found, whole)
	}
	for want, tamper := range map[string]func(*evidence){
		lost:       func(e *evidence) { e.Entries[0].State = journal.StateRefused },
		invented:   func(e *evidence) { e.Ledger = nil },
		doubled:    func(e *evidence) { e.Ledger = append(e.Ledger, e.Ledger[0]) },
		resent:     func(e *evidence) { e.Received = append(e.Received, e.Received[0]) },
		unrecorded: func(e *evidence) { e.Entries = e.Entries[1:] },
		otherID:    func(e *evidence) { e.Entries[1].PayoutID = "another" },
		damaged:    func(e *evidence) { e.Report.Damaged = []*journal.DamageError{{}} },
	} {
		e := whole
		e.Entries, e.Received, e.Ledger = slices.Clone(e.Entries), slices.Clone(e.Received), slices.Clone(e.Ledger)
		tamper(&e)
		if found := e.check(); !slices.ContainsFunc(found, func(f finding) bool { return f.kind == want }) {
			t.Errorf("%s not found, only %v", want, found)
		}
	}
}

// careless runs this test binary in the place of the command.
func (w *world) careless(t *testing.T, role string, env ...string) run {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(w.environment(env...), childVariable+"="+role)
	return finish(t, c)
}

// careless carries out one deposit as it must not be done.
func careless(role string) error {
	ctx := context.Background()
	key, err := sign.NewKey([]byte(sandbox.Secret))
	if err != nil {
		return err
	}
	client := &api.Client{Key: key, APIKey: sandbox.APIKey, Now: time.Now, Timeout: time.Second, Transport: api.NewTransport(api.TransportOptions{})}
	j, err := journal.Open(ctx, os.Getenv("RAISBOY_JOURNAL"), journal.Options{Desk: "careless", OSUser: "careless", Now: time.Now})
	if err != nil {
		return err
	}
	to := api.Endpoints{BaseURL: os.Getenv("RAISBOY_BASE_URL"), APIPrefix: strings.TrimSuffix(sandbox.ValidatePath, "/validate-user")}
	amount, err := money.Parse("77")
	if err != nil {
		return err
	}
	if role == "blind-resend" {
		d := desk.Desk{Journal: j, Client: blind{client, to}, Now: time.Now, Profile: "main", APIKey: sandbox.APIKey, Endpoints: to}
		_, err = d.Do(ctx, desk.Order{Kind: api.KindDeposit, UserID: "plain", Amount: amount, Currency: "UZS", PaymentMethod: "bank_card", SkipValidate: true})
		return errors.Join(err, j.Close())
	}
	call, err := api.Deposit{UserID: "plain", Amount: amount, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: time.Now()}.Call(to)
	if err != nil {
		return err
	}
	outcome := client.Send(ctx, call) // sent first,
	if os.Getenv("RAISBOY_CRASH_AT") == string(desk.PointAfterAnswer) {
		self, err := os.FindProcess(os.Getpid())
		return errors.Join(err, self.Kill())
	}
	e, _, err := j.Begin(ctx, journal.Proposal{Call: call, Profile: "main"}, journal.Guard{}) // written afterwards
	if err != nil {
		return err
	}
	_, err = j.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: journal.AnswerOf(outcome, time.Now()), Raw: outcome.Answer}}, nil
	})
	return errors.Join(err, j.Close())
}

// blind takes an unknown outcome for a failure and tries again, with a new
// timestamp as a new deposit has it.
type blind struct {
	client *api.Client
	to     api.Endpoints
}

func (b blind) Send(ctx context.Context, call api.Call) api.Outcome {
	o := b.client.Send(ctx, call)
	if o.Verdict != api.Unknown || call.Kind != api.KindDeposit {
		return o
	}
	t := call.Terms
	again, err := api.Deposit{
		UserID: t.UserID, Amount: t.Amount, Currency: t.Currency, PaymentMethod: t.PaymentMethod, Timestamp: time.Now().Add(time.Millisecond),
	}.Call(b.to)
	if err != nil {
		panic(fmt.Sprint("the same deposit cannot be made again: ", err))
	}
	return b.client.Send(ctx, again)
}
