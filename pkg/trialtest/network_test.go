//go:build unix

package trialtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/sign"
)

// TestNetworkFaults runs the real command through a proxy that mistreats its
// connections: the exit code is the table's, and the two sides agree.
func TestNetworkFaults(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	slots := make(chan bool, 12) // most of a case is waiting
	for _, tt := range []struct {
		name     string
		up, down wire
		exits    []int
		moved    int // operations that the project carried out
	}{
		{name: "nothing wrong", exits: []int{0}, moved: 1},
		{name: "latency", up: wire{latency: 60 * time.Millisecond}, down: wire{latency: 60 * time.Millisecond}, exits: []int{0}, moved: 1},
		{name: "latency beyond the patience", down: wire{latency: 3 * time.Second}, exits: []int{7}, moved: 1},
		{name: "slow drip both ways", up: wire{drip: 20 * time.Microsecond}, down: wire{drip: 20 * time.Microsecond}, exits: []int{0}, moved: 1},
		{name: "answer drips beyond the patience", down: wire{drip: 10 * time.Millisecond}, exits: []int{7}, moved: 1},
		{name: "request drips beyond the patience, and arrives", up: wire{drip: 10 * time.Millisecond}, exits: []int{7}, moved: 1},
		{name: "reset at once", up: wire{end: reset}, exits: []int{6, 7}, moved: 0},
		{name: "closed at once", up: wire{end: closing}, exits: []int{7}, moved: 0},
		{name: "request reset in its headers", up: wire{after: 40, end: reset}, exits: []int{7}, moved: 0},
		{name: "request half-open in its headers", up: wire{after: 40, end: silence}, exits: []int{7}, moved: 0},
		{name: "request closed in its headers", up: wire{after: 40, end: closing}, exits: []int{7}, moved: 0},
		{name: "no answer, half-open", down: wire{end: silence}, exits: []int{7}, moved: 1},
		{name: "no answer, reset", down: wire{after: 1, end: reset}, exits: []int{7}, moved: 1},
		{name: "answer reset in its headers", down: wire{after: 30, end: reset}, exits: []int{7}, moved: 1},
		{name: "answer truncated in its headers", down: wire{after: 30, end: closing}, exits: []int{7}, moved: 1},
		{name: "answer truncated in its body", down: wire{after: 190, end: closing}, exits: []int{7}, moved: 1},
		{name: "answer half-open in its body", down: wire{after: 190, end: silence}, exits: []int{7}, moved: 1},
		{name: "answer reset in its body", down: wire{after: 190, end: reset}, exits: []int{7}, moved: 1},
	} {
		for _, kind := range []string{"deposit", "payout"} {
			group.Go(func() {
				slots <- true
				defer func() { <-slots }()
				t.Run(tt.name+", "+kind, func(t *testing.T) { throughProxy(t, kind, tt.up, tt.down, tt.exits, tt.moved) })
			})
		}
	}
	group.Wait()
}

func throughProxy(t *testing.T, kind string, up, down wire, exits []int, moved int) {
	w := newWorld(t, "")
	newProxy(t, w, up, down)
	args := []string{kind, "--user", "plain", "--amount", "10", "--skip-validate"}
	if slices.Equal(exits, []int{0}) {
		args = append(args, "--timeout", "60s") // the machine may be busy; the answer comes
	}
	r := w.command(t, args...)
	e := w.evidence(t)
	if found := e.check(); len(found) > 0 {
		t.Error(found)
	}
	did := 0
	for _, l := range e.Ledger {
		if l.Kind == sandbox.DepositCreated || l.Kind == sandbox.PayoutCreated {
			did++
		}
	}
	if !slices.Contains(exits, r.exit) || did != moved {
		t.Errorf("exit %d, want %v; moved %d, want %d\n%s%s", r.exit, exits, did, moved, r.stdout, r.stderr)
	}
	if kind == "deposit" && len(e.Received) > 1 {
		t.Errorf("the deposit was sent %d times", len(e.Received))
	}
	var shown struct{ Outcome string }
	if err := json.Unmarshal([]byte(r.stdout), &shown); err != nil || r.exit == 7 && shown.Outcome != "unknown" {
		t.Error(r.stdout, err)
	}
}

// TestNobodyListens: without a connection nothing has left, and that is said.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	live := w.url
	w.url = "http://" + deafAddress(t)
	r := w.command(t, "deposit", "--user", "plain", "--amount", "10", "--skip-validate")
	if r.exit != 6 || !strings.Contains(r.stdout, `"outcome":"not_sent"`) {
		t.Error(r)
	}
	w.url = live
	if e := w.evidence(t); len(e.Received) > 0 || len(e.Entries) != 1 || e.Entries[0].State != journal.StateNotSent {
		t.Error(e)
	}
}

// deafAddress is an address where nobody listens, and nobody else can meanwhile:
// the port of a closed listener is soon another trial's.
func deafAddress(t *testing.T) string {
	t.Helper()
	syscall.ForkLock.RLock()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(socket)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	inet, ok := at.(*syscall.SockaddrInet4)
	if !ok {
		t.Fatalf("an address of type %T", at)
	}
	return fmt.Sprintf("127.0.0.1:%d", inet.Port)
}

// TestEveryByte cuts a deposit's connection after each byte of either direction
// in turn, in order and by reset. Done is only said when the answer was whole,
// refused only when nothing was credited; everything else stays unknown.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	// The length of a whole exchange, and some bytes beyond it.
	const request, answer = 420, 330
	stride := 19
	if counttest.Trials(t, 1) > 1 {
		stride = 1
	}
	states := map[journal.State]int{}
	for _, how := range []end{closing, reset, halfShut} {
		for n := 0; n < request; n += stride {
			states[cutDeposit(t, fmt.Sprintf("request, %d bytes, %d", n, how), wire{after: n, end: how}, wire{})]++
		}
		for n := 0; n < answer; n += stride {
			states[cutDeposit(t, fmt.Sprintf("answer, %d bytes, %d", n, how), wire{}, wire{after: n, end: how})]++
		}
	}
	t.Log(states)
	if states[journal.StateDone] == 0 || states[journal.StateUnknown] == 0 {
		t.Error("the cuts were all on one side of the exchange")
	}
}

// cutDeposit makes one deposit through a proxy, in this process.
func cutDeposit(t *testing.T, name string, up, down wire) (state journal.State) {
	t.Run(name, func(t *testing.T) {
		w := newWorld(t, "")
		newProxy(t, w, up, down)
		j, err := journal.Open(t.Context(), w.journal, journal.Options{Desk: "d", OSUser: "u", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		key, err := sign.NewKey([]byte(sandbox.Secret))
		if err != nil {
			t.Fatal(err)
		}
		transport := api.NewTransport(api.TransportOptions{})
		d := desk.Desk{
			Journal: j, Now: time.Now, Profile: "main", APIKey: sandbox.APIKey,
			Client:    &api.Client{Key: key, APIKey: sandbox.APIKey, Now: time.Now, Timeout: 2 * time.Second, Transport: transport},
			Endpoints: api.Endpoints{BaseURL: w.url, APIPrefix: strings.TrimSuffix(sandbox.ValidatePath, "/validate-user")},
			Sleep:     func(context.Context, time.Duration) error { return nil },
		}
		r, err := d.Do(t.Context(), desk.Order{Kind: api.KindDeposit, UserID: "plain", Amount: 1000, Currency: "UZS", PaymentMethod: "bank_card", SkipValidate: true})
		if err != nil {
			t.Fatal(err)
		}
		transport.CloseIdleConnections()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		e := w.evidence(t)
		found := e.check()
		state = r.Entry.State
		credited := len(e.Ledger)
		wrong := state == journal.StateNotSent && len(e.Received) != 0 || state == journal.StateDone && credited != 1 ||
			state == journal.StateRefused && credited != 0 || len(e.Received) > 1
		if state == journal.StateDone && r.Entry.HTTPStatus != http.StatusCreated || wrong || len(found) > 0 {
			t.Errorf("%s, credited %d times, received %d times: %v", state, credited, len(e.Received), found)
		}
	})
	return state
}
