//go:build unix

package trialtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A world is one project, one journal, and the environment of those who use
// both.
type world struct {
	dir     string
	journal string // path
	sandbox *sandbox.Server
	project *recorder
	url     string
}

// slowness is how long a slow request takes; patience, how long the command
// waits for one.
const (
	slowness = 1200 * time.Millisecond
	patience = "800ms"
)

func newWorld(t *testing.T, fault string) *world {
	t.Helper()
	f, err := sandbox.ParseFault(fault)
	if err != nil {
		t.Fatal(err)
	}
	return worldOf(t, sandbox.Options{Fault: f, SlowDelay: slowness})
}

func worldOf(t *testing.T, options sandbox.Options) *world {
	t.Helper()
	server, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	w := &world{dir: memoryFolder(t), sandbox: server, project: &recorder{next: server}}
	w.journal = filepath.Join(w.dir, "main.db")
	listening := httptest.NewUnstartedServer(w.project)
	listening.Config.ConnState = w.project.watch
	listening.Start()
	t.Cleanup(listening.Close)
	w.url = listening.URL
	w.project.url = listening.URL
	return w
}

// environment is what a command is given: nothing of this process's own.
func (w *world) environment(more ...string) []string {
	return append([]string{
		"HOME=" + w.dir, "TMPDIR=" + w.dir, "RAISBOY_BASE_URL=" + w.url,
		"RAISBOY_API_KEY=" + sandbox.APIKey, "RAISBOY_SECRET=" + sandbox.Secret,
		"RAISBOY_JOURNAL=" + w.journal, "RAISBOY_DESK=till", "RAISBOY_OUTPUT=json", "RAISBOY_LANG=en",
		"RAISBOY_TIMEOUT=" + patience, "NO_COLOR=1",
	}, more...)
}

// A run is one process of the command at its end.
type run struct {
	args           []string
	exit           int // -1: killed
	stdout, stderr string
}

// command runs the real binary to its end.
func (w *world) command(t *testing.T, args ...string) run {
	t.Helper()
	return finish(t, w.prepare(nil, args...))
}

func (w *world) prepare(env []string, args ...string) *exec.Cmd {
	c := exec.Command(os.Getenv(binaryVariable), args...)
	c.Env = w.environment(env...)
	c.Dir = w.dir
	return c
}

// finish runs a prepared command.
func finish(t *testing.T, c *exec.Cmd) run {
	t.Helper()
	r, err := complete(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// complete runs a prepared command; started, if given, is called once it runs.
func complete(c *exec.Cmd, started func(*os.Process)) (run, error) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		return run{}, err
	}
	if started != nil {
		started(c.Process)
	}
	err := c.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return run{}, err
	}
	return run{args: c.Args[1:], exit: c.ProcessState.ExitCode(), stdout: out.String(), stderr: errs.String()}, nil
}

// evidence collects what is known on both sides. Nobody may be at work.
func (w *world) evidence(t *testing.T) evidence {
	t.Helper()
	w.project.awaitIdle(t)
	ledger, err := w.sandbox.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	e := evidence{Received: w.project.all(), Ledger: ledger}
	if _, err := os.Stat(w.journal); errors.Is(err, os.ErrNotExist) {
		return e // whoever was to make it was killed first
	}
	j, err := journal.Open(context.Background(), w.journal, journal.Options{Desk: "check", OSUser: "check", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	if e.Report, err = j.Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
	for entry, err := range j.List(context.Background(), journal.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		e.Entries = append(e.Entries, entry)
	}
	return e
}

// A request is one that arrived at a place where money moves.
type request struct {
	path string
	body []byte
}

func (r request) digest() string {
	sum := sha256.Sum256(r.body)
	return hex.EncodeToString(sum[:])
}

// A recorder stands in front of the sandbox and keeps what arrives whole,
// whatever then becomes of it: the ledger tells only what was processed.
type recorder struct {
	next    http.Handler
	url     string
	arrived func() // called when a request is whole, before it is processed; nil: nothing is

	mutex    sync.Mutex
	open     int // connections
	requests []request
}

// onArrival says what is called when a request is whole; nil: nothing is.
func (r *recorder) onArrival(do func()) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.arrived = do
}

// ServeHTTP implements http.Handler.
func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(io.LimitReader(q.Body, 1<<20))
	if err == nil && (q.URL.Path == sandbox.DepositPath || q.URL.Path == sandbox.PayoutPath) {
		r.mutex.Lock()
		r.requests = append(r.requests, request{q.URL.Path, body})
		arrived := r.arrived
		r.mutex.Unlock()
		if arrived != nil {
			arrived()
		}
	}
	again := io.Reader(bytes.NewReader(body))
	if err != nil {
		again = io.MultiReader(again, broken{err})
	}
	q.Body = io.NopCloser(again)
	r.next.ServeHTTP(w, q)
}

// broken is the end of a body that did not arrive whole.
type broken struct{ err error }

// Read implements io.Reader.
func (b broken) Read([]byte) (int, error) { return 0, b.err }

// watch counts the connections, for the server.
func (r *recorder) watch(_ net.Conn, state http.ConnState) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch state {
	case http.StateNew:
		r.open++
	case http.StateClosed, http.StateHijacked:
		r.open--
	case http.StateActive, http.StateIdle:
	}
}

func (r *recorder) all() []request {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]request(nil), r.requests...)
}

// awaitIdle waits until no connection is left: a request whose sender was
// killed is processed all the same. Connections are accepted in order, so that
// once one of our own was served no earlier one is still unseen.
func (r *recorder) awaitIdle(t *testing.T) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(r.url + "/none")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		r.mutex.Lock()
		left := r.open
		r.mutex.Unlock()
		if left == 0 {
			return
		}
	}
	t.Fatal("the project is still busy")
}
