package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
)

// A stored event as `events list` prints it.
type storedLine struct {
	ID        int
	Kind      string
	Operation int
	Duplicate bool
	Forwarded *string
}

func (p *pair) events() []storedLine {
	p.Helper()
	var all []storedLine
	for line := range strings.Lines(p.run(exitDone, "events", "list")) {
		var e storedLine
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			p.Fatalf("%q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

// requested creates payouts and waits until the project has accepted each.
func (p *pair) requested(amounts ...string) (ids, payoutIDs []string) {
	p.Helper()
	for _, amount := range amounts {
		id, payoutID := p.payout(amount)
		ids, payoutIDs = append(ids, id), append(payoutIDs, payoutID)
	}
	for i := range ids {
		p.agree(ids[i], payoutIDs[i], "accepted")
	}
	return ids, payoutIDs
}

// concluded ends payouts while the project is down for notices, and waits until
// it is up again and knows of each.
func (p *pair) concluded(ids, payoutIDs []string) {
	p.Helper()
	p.gate.close(true)
	for _, id := range ids {
		p.run(exitNotFinal, "payout", "complete", id)
	}
	p.gate.close(false)
	for i := range ids {
		p.agree(ids[i], payoutIDs[i], "completed")
	}
}

// recordedOnce checks what is stored: of every kind one event of a payout is
// news, and as many as given are repeats.
func (p *pair) recordedOnce(repeats int) {
	p.Helper()
	news, again := map[string]int{}, 0
	for _, e := range p.events() {
		if e.Duplicate {
			again++
			continue
		}
		news[fmt.Sprint(e.Operation, " ", e.Kind)]++
	}
	for what, n := range news {
		if n != 1 {
			p.Errorf("payout %s was recorded %d times", what, n)
		}
	}
	if again != repeats {
		p.Errorf("%d repeats are recorded, want %d", again, repeats)
	}
}

// passedOnce waits until everything new was passed on, and checks that the
// application got each once, and a payout's in their order.
func (p *pair) passedOnce() {
	p.Helper()
	var news []storedLine
	p.eventually("all is passed on", func() bool {
		news = slices.DeleteFunc(p.events(), func(e storedLine) bool { return e.Duplicate })
		return !slices.ContainsFunc(news, func(e storedLine) bool { return e.Forwarded == nil })
	})
	operation, last := map[int]int{}, map[int]int{}
	for _, e := range news {
		operation[e.ID] = e.Operation
	}
	seen := map[int]bool{}
	for _, body := range p.app.took() {
		var id int
		if _, err := fmt.Sscan(body, &id); err != nil {
			p.Fatal(err)
		}
		if seen[id] || operation[id] == 0 || last[operation[id]] > id {
			p.Errorf("event %d of payout %d came again, out of turn or uncalled for", id, operation[id])
		}
		seen[id], last[operation[id]] = true, id
	}
	if len(seen) != len(news) {
		p.Errorf("%d events were passed on, of %d", len(seen), len(news))
	}
}

// shownOnce checks that a screen shows each payout's acceptance as news, once.
func (r *runner) shownOnce(ids []string) {
	r.stage.Helper()
	for _, id := range ids {
		count := 0
		for line := range strings.Lines(r.shown()) {
			if strings.Contains(line, `"operation":`+id+`,`) && strings.Contains(line, `"to":"accepted"`) && strings.Contains(line, `"duplicate":false`) {
				count++
			}
		}
		if count != 1 {
			r.stage.Errorf("%s shows payout %s as accepted %d times:\n%s", r.screen, id, count, r.shown())
		}
	}
}

// TestTwoListeners: two receivers on one journal, at two addresses. Whichever a
// webhook comes to, it is recorded once; if it comes to both, one of them is the
// repeat. Notices are delivered and webhooks passed on by one of the two, and
// when that one is killed by the other.
func TestTwoListeners(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	first := p.receiver(0)
	p.requested("1000")
	p.eventually("the first passes on", func() bool { return len(p.app.took()) == 1 })
	second := p.receiver(1)

	split, splitPayouts := p.requested("2001", "2002", "2003", "2004")
	if shares := p.balancer.shares(); shares[0] < 2 || shares[1] < 2 {
		t.Fatalf("the webhooks were not split: %v", shares)
	}
	p.recordedOnce(0)
	p.balancer.toBoth(true)
	both, bothPayouts := p.requested("3001", "3002", "3003", "3004")
	p.recordedOnce(4)
	for _, r := range []*runner{first, second} {
		r.await(`"operation":` + both[3] + `,`)
		p.eventually("each payout is on each screen", func() bool { return strings.Count(r.shown(), `"duplicate":false`) >= 8 })
		r.shownOnce(append(split, both...))
	}
	for _, payoutID := range bothPayouts[:2] { // the project ends them itself
		if status, err := p.project.SendFinal(payoutID, sandboxCompleted); err != nil || status != http.StatusOK {
			t.Fatalf("%d, %v", status, err)
		}
	}
	p.recordedOnce(6)
	p.passedOnce()
	p.concluded(split[:3], splitPayouts[:3])
	if payouts, notices, together := p.gate.taken(); payouts != 3 || notices != 3 || together != 1 {
		t.Errorf("%d notices about %d payouts, %d at a time", notices, payouts, together)
	}

	first.kill() // it had the right to pass on
	p.balancer.toBoth(false)
	ids, payoutIDs := p.requested("4001", "4002")
	p.recordedOnce(6)
	if status, err := p.project.SendFinal(payoutIDs[0], sandboxCompleted); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v", status, err)
	}
	p.passedOnce()
	p.concluded(ids[1:], payoutIDs[1:])
	if payouts, notices, _ := p.gate.taken(); payouts != 4 || notices != 4 {
		t.Errorf("%d notices about %d payouts", notices, payouts)
	}
	j := p.open()
	p.eventually("the other is known to listen", func() bool {
		listening, err := j.Listening(t.Context(), "default")
		return err == nil && listening
	})
	second.end()
}

// open is the journal in the test's own hands.
func (p *pair) open() *journal.Journal {
	p.Helper()
	j, err := journal.Open(p.Context(), p.journal, journal.Options{Desk: "test", Now: time.Now})
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = j.Close() })
	return j
}

// TestForwarderWithoutItsLock: the server ends every session, and another takes
// the right to pass on before the listener has it again. The listener goes on
// receiving and passes nothing on; when the other lets go, it does.
func TestForwarderWithoutItsLock(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	r := p.receiver(0)
	p.requested("1000")
	p.eventually("it passes on", func() bool { return len(p.app.took()) == 1 })
	j := p.open()
	// Only this test's sessions: others use the server, too.
	if err := onServer(p.server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"+p.name+"'"); err != nil {
		t.Fatal(err)
	}
	lock, err := j.LockForwards(t.Context(), "default")
	if err != nil || lock == nil {
		t.Fatalf("the right was not free: %v, %v", lock, err)
	}
	p.requested("1001")
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if took := p.app.took(); len(took) != 1 {
			t.Fatalf("passed on without the right: %q", took)
		}
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	p.passedOnce()
	p.eventually("it is known to listen", func() bool {
		listening, err := j.Listening(t.Context(), "default")
		return err == nil && listening
	})
	r.end()
}
