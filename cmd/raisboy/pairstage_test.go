package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A pair is two tills that share one journal on PostgreSQL, each with a receiver
// of its own; a balancer hands each webhook to one of them, or to both.
type pair struct {
	*stage
	server, journal string // PostgreSQL
	name            string // of the commands' sessions there
	gate            *gate
	balancer        *balancer
	app             *neighbour
	addresses       [2]string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{stage: &stage{T: t, folder: t.TempDir(), common: []string{"-o", "json"}}, app: newNeighbour(t, http.StatusOK)}
	p.server, p.journal = freshPostgres(t)
	p.name = "pair_" + p.journal[strings.LastIndex(p.journal, "=")+1:]
	port, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	p.addresses = [2]string{fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("127.0.0.1:%d", port+2)}
	p.balancer = &balancer{addresses: p.addresses}
	agent := httptest.NewServer(p.balancer)
	t.Cleanup(agent.Close)
	p.gate = &gate{busy: map[string]int{}, told: map[string]int{}}
	front := httptest.NewServer(p.gate)
	t.Cleanup(front.Close)
	p.project, err = sandbox.New(sandbox.Options{AgentURL: agent.URL, PublicURL: front.URL,
		WebhookDelay: 20 * time.Millisecond, WebhookRetry: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.project.Close() })
	p.gate.stand(p.project)
	p.env = append(os.Environ(), "HOME="+p.folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8", "NO_COLOR=1",
		"RAISBOY_BASE_URL="+front.URL, "RAISBOY_API_KEY="+sandbox.APIKey, "RAISBOY_SECRET="+sandbox.Secret,
		"RAISBOY_JOURNAL="+p.journal+"&application_name="+p.name, "RAISBOY_DESK=till")
	return p
}

// receiver starts the listener of one of the two.
func (p *pair) receiver(i int) *runner {
	p.Helper()
	return p.listen("--addr", p.addresses[i], "--forward-to", p.app.URL+"/hooks")
}

// A gate stands before the project and counts the notices that come to it.
// While it is shut the project is down for them.
type gate struct {
	project http.Handler

	mutex      sync.Mutex
	shut       bool
	busy, told map[string]int // by path: under way, and taken
	together   int            // the most that were under way for one path
}

// stand puts the gate before the project, which is made after it: it must know
// the gate's address.
func (g *gate) stand(project http.Handler) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.project = project
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mutex.Lock()
	project := g.project
	g.mutex.Unlock()
	if !strings.HasPrefix(r.URL.Path, "/api/payments/notify/") {
		project.ServeHTTP(w, r)
		return
	}
	g.mutex.Lock()
	g.busy[r.URL.Path]++
	g.together = max(g.together, g.busy[r.URL.Path])
	shut := g.shut
	if !shut {
		g.told[r.URL.Path]++
	}
	g.mutex.Unlock()
	defer func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		g.busy[r.URL.Path]--
	}()
	if shut {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	project.ServeHTTP(w, r)
}

func (g *gate) close(shut bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.shut = shut
}

// taken counts the notices that the project took, the payouts that they were
// about, and the most that came at one time about one payout.
func (g *gate) taken() (payouts, notices, together int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, n := range g.told {
		payouts, notices = payouts+1, notices+n
	}
	return payouts, notices, g.together
}

// A balancer hands webhooks to two receivers in turn, as a load balancer does:
// one that does not answer is passed over. With both set each gets every one, at
// the same moment.
type balancer struct {
	addresses [2]string

	mutex  sync.Mutex
	both   bool
	turn   int
	served [2]int // acknowledged by each
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mutex.Lock()
	both, first := b.both, b.turn%2
	b.turn++
	b.mutex.Unlock()
	if !both {
		status := b.pass(r, body, first)
		if status == 0 {
			status = b.pass(r, body, 1-first)
		}
		w.WriteHeader(answerOr502(status))
		return
	}
	var statuses [2]int
	var group sync.WaitGroup
	for i := range statuses {
		group.Go(func() { statuses[i] = b.pass(r, body, i) })
	}
	group.Wait()
	w.WriteHeader(answerOr502(max(statuses[0], statuses[1]) * min(statuses[0], statuses[1], 1)))
}

func answerOr502(status int) int {
	if status == 0 {
		return http.StatusBadGateway
	}
	return status
}

// pass gives the receiver's status; 0: none came.
func (b *balancer) pass(r *http.Request, body []byte, i int) int {
	on, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "http://"+b.addresses[i]+r.URL.EscapedPath(), bytes.NewReader(body))
	if err != nil {
		return 0
	}
	on.Header = r.Header.Clone()
	answer, err := http.DefaultTransport.RoundTrip(on)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		b.mutex.Lock()
		b.served[i]++
		b.mutex.Unlock()
	}
	return answer.StatusCode
}

func (b *balancer) toBoth(both bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.both = both
}

func (b *balancer) shares() [2]int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.served
}
