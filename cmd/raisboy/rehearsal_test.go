package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A stage is a newcomer's machine with a project beside it: commands are real
// processes, the project is a sandbox of the test's own, whose ledger it reads.
type stage struct {
	*testing.T
	env     []string
	folder  string
	agent   string // host:port of listen --sandbox
	project *sandbox.Server
	common  []string // flags of every command
	count   int
}

// newStage starts the project. agentURL is where its webhooks go; empty: to the
// listener itself.
func newStage(t *testing.T, agentURL func(agent string) (string, *http.Client), fault string) *stage {
	t.Helper()
	port, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, folder: t.TempDir(), agent: fmt.Sprintf("127.0.0.1:%d", port+2), common: []string{"--sandbox", "-o", "json"}}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s.env = append(os.Environ(), "HOME="+s.folder, "XDG_STATE_HOME=", "XDG_CONFIG_HOME=", "LANG=C.UTF-8", "NO_COLOR=1",
		"RAISBOY_SANDBOX_ADDR="+address)
	options := sandbox.Options{AgentURL: "http://" + s.agent, PublicURL: "http://" + address,
		WebhookDelay: 20 * time.Millisecond, WebhookRetry: 50 * time.Millisecond}
	if agentURL != nil {
		options.AgentURL, options.Client = agentURL(s.agent)
	}
	if options.Fault, err = sandbox.ParseFault(fault); err != nil {
		t.Fatal(err)
	}
	if s.project, err = sandbox.New(options); err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.project.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("sandbox: %v", err)
		}
	})
	return s
}

// run carries out a command to its end and gives what it printed.
func (s *stage) run(want exitCode, args ...string) string {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, commandForTests(s.T), append(args, s.common...)...)
	command.Env = s.env
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) || command.ProcessState.ExitCode() != int(want) {
		s.Fatalf("%v: exit %d, want %d, %v\n%s%s", args, command.ProcessState.ExitCode(), want, err, out, complaint.String())
	}
	return string(out)
}

// A runner is a listener under way; its stdout goes to a file.
type runner struct {
	stage   *stage
	command *exec.Cmd
	screen  string
}

func (s *stage) listen(args ...string) *runner {
	s.Helper()
	s.count++
	r := &runner{stage: s, screen: filepath.Join(s.folder, fmt.Sprintf("screen-%d", s.count))}
	out, err := os.Create(r.screen)
	if err != nil {
		s.Fatal(err)
	}
	complaint, err := os.Create(r.screen + ".err")
	if err != nil {
		s.Fatal(err)
	}
	r.command = exec.CommandContext(context.WithoutCancel(s.Context()), commandForTests(s.T), append(append([]string{"listen"}, s.common...), args...)...)
	r.command.Env, r.command.Stdout, r.command.Stderr = s.env, out, complaint
	if err := r.command.Start(); err != nil {
		s.Fatal(err)
	}
	_, _ = out.Close(), complaint.Close()
	s.Cleanup(func() {
		_ = r.command.Process.Kill()
		_ = r.command.Wait()
	})
	r.await(`"event":"listening"`)
	return r
}

// await waits until the screen shows it.
func (r *runner) await(text string) {
	r.stage.Helper()
	r.stage.eventually("the screen shows "+text, func() bool { return strings.Contains(r.shown(), text) })
}

func (r *runner) shown() string {
	out, err := os.ReadFile(r.screen)
	if err != nil {
		r.stage.Fatal(err)
	}
	return string(out)
}

func (s *stage) eventually(what string, holds func() bool) {
	s.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	for i := 1; i <= s.count; i++ {
		for _, end := range []string{"", ".err"} {
			out, _ := os.ReadFile(filepath.Join(s.folder, fmt.Sprintf("screen-%d%s", i, end)))
			s.Logf("screen %d%s:\n%s", i, end, out)
		}
	}
	s.Fatalf("never: %s", what)
}

// kill ends the listener as a power cut would.
func (r *runner) kill() {
	r.stage.Helper()
	_ = r.command.Process.Kill()
	_ = r.command.Wait()
}

// end ends the listener as Ctrl-C does.
func (r *runner) end() {
	r.stage.Helper()
	if err := r.command.Process.Signal(os.Interrupt); err != nil {
		r.stage.Fatal(err)
	}
	if err := r.command.Wait(); err != nil {
		out, _ := os.ReadFile(r.screen + ".err")
		r.stage.Errorf("the listener ended with %v\n%s", err, out)
	}
}

// payout creates one and gives its ids.
func (s *stage) payout(amount string) (id, payoutID string) {
	s.Helper()
	var o struct {
		ID     json.Number
		Payout string `json:"payout_id"`
	}
	out := s.run(exitDone, "payout", "--user", "kxa1234", "--amount", amount)
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		s.Fatalf("%s: %v", out, err)
	}
	return o.ID.String(), o.Payout
}

// status is a payout's by the journal.
func (s *stage) status(id string) string {
	s.Helper()
	var o struct {
		Outcome string
		Status  string `json:"payout_status"`
	}
	out := s.run(exitDone, "payout", "show", id)
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		s.Fatalf("%s: %v", out, err)
	}
	return o.Outcome + " " + o.Status
}

// ledger is a payout's last status by the project.
func (s *stage) ledger(payoutID string) (status string) {
	s.Helper()
	entries, err := s.project.Ledger()
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range entries {
		if e.PayoutID == payoutID && e.Kind == sandbox.PayoutStatus {
			status = e.Status
		}
	}
	return status
}

// agree waits until journal and ledger say the same.
func (s *stage) agree(id, payoutID, status string) {
	s.Helper()
	s.eventually("payout "+id+" is "+status+" on both sides", func() bool {
		return s.status(id) == "done "+status && s.ledger(payoutID) == status
	})
	s.run(exitDone, "journal", "verify")
}

// tlsProxy is a reverse proxy of the ordinary kind: TLS outside, its own prefix
// taken away inside.
func tlsProxy(t *testing.T, prefix string, signedPath string) func(agent string) (string, *http.Client) {
	return func(agent string) (string, *http.Client) {
		inside := &url.URL{Scheme: "http", Host: agent}
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(inside)
			r.SetXForwarded()
		}}
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		server := httptest.NewTLSServer(http.StripPrefix(prefix, proxy))
		t.Cleanup(server.Close)
		return server.URL + signedPath, server.Client()
	}
}

// TestRehearsal takes payouts through their life while the listener is killed
// and started again in the middle of each step: as it is, and behind a TLS
// reverse proxy that takes a path prefix away, with both ways of signing.
func TestRehearsal(t *testing.T) {
	for _, test := range []struct {
		name, fault, prefix string
	}{
		{"loopback", "", ""},
		{"behind a proxy", "", "/desk"},
		{"behind a proxy, signed over the request", "path=request", "/desk"},
		{"loopback, twice and reordered", "webhook=twice,webhook=reordered", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var agent func(string) (string, *http.Client)
			args := []string{}
			if test.prefix != "" {
				agent = tlsProxy(t, test.prefix, test.prefix+"/hooks/raisboy")
				args = append(args, "--public-url", "https://desk.example"+test.prefix)
			}
			s := newStage(t, agent, test.fault)

			// The payout is asked for while nobody listens.
			first := s.listen(args...)
			first.kill()
			id, payoutID := s.payout("5000")
			second := s.listen(args...)
			s.eventually("accepted", func() bool { return s.status(id) == "done accepted" })
			s.agree(id, payoutID, "accepted")

			// It is decided while nobody listens; the project is told at once.
			second.kill()
			s.run(exitDone, "payout", "complete", id)
			s.agree(id, payoutID, "completed")

			// And one that goes through while the screen is watched.
			third := s.listen(args...)
			id, payoutID = s.payout("6000")
			third.await(`"from":"pending","to":"accepted"`)
			s.run(exitDone, "payout", "cancel", id)
			third.await(`"from":"accepted","to":"cancelled"`)
			s.agree(id, payoutID, "cancelled")
			if strings.Contains(third.shown(), `"conflict":true`) {
				t.Errorf("a conflict on the screen:\n%s", third.shown())
			}
			third.end()
		})
	}
}

// TestKilledListener kills the listener at any moment of receiving: what it has
// acknowledged is in the journal, what is in the journal is what was sent.
func TestKilledListener(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	r := s.listen()
	ids := map[string]string{}
	for i := range counttest.Trials(t, 4) {
		id, payoutID := s.payout(fmt.Sprintf("%d", 1000+i))
		ids[id] = payoutID
		time.Sleep(time.Duration(i*7%40) * time.Millisecond) // around the moment at which the webhook comes
		r.kill()
		if told(t, s.project, payoutID) && s.status(id) != "done accepted" {
			t.Fatalf("payout %s was acknowledged and is not in the journal", id)
		}
		r = s.listen()
	}
	for id, payoutID := range ids {
		s.agree(id, payoutID, "accepted")
	}
	r.end()
}

// told reports whether a webhook about the payout was acknowledged.
func told(t *testing.T, project *sandbox.Server, payoutID string) bool {
	t.Helper()
	entries, err := project.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.PayoutID == payoutID && e.Kind == sandbox.WebhookSent && e.HTTPStatus == 200 {
			return true
		}
	}
	return false
}
