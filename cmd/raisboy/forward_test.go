package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// neighbour is a local application.
type neighbour struct {
	mutex  sync.Mutex
	status int
	bodies []string // of what it took
	*httptest.Server
}

func newNeighbour(t *testing.T, status int) *neighbour {
	n := &neighbour{status: status}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n.mutex.Lock()
		defer n.mutex.Unlock()
		if n.status/100 == 2 {
			n.bodies = append(n.bodies, r.Header.Get("X-Raisboy-Event")+" "+string(body))
		}
		w.WriteHeader(n.status)
		_, _ = io.WriteString(w, `{"seen":true}`)
	}))
	t.Cleanup(n.Close)
	return n
}

func (n *neighbour) answer(status int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.status = status
}

func (n *neighbour) took() []string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return slices.Clone(n.bodies)
}

// What could not be passed on is passed on by the next listener, in order, and
// the events say so; a replay changes nothing.
func TestForwardingSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	app := newNeighbour(t, http.StatusServiceUnavailable)
	r := s.listen("--forward-to", app.URL+"/hooks")
	id, payoutID := s.payout("5000")
	r.await(`"to":"accepted"`)
	if _, err := s.project.SendFinal(payoutID, sandboxCompleted); err != nil {
		t.Fatal(err)
	}
	r.await(`"to":"completed"`)
	s.eventually("an attempt", func() bool { return strings.Contains(complaint(s, r), "HTTP 503") })
	r.kill()
	if out := s.run(exitDone, "events", "list"); strings.Count(out, `"forwarded":null`) != 2 || len(app.took()) != 0 {
		t.Fatalf("%s\n%v", out, app.took())
	}
	app.answer(http.StatusNoContent)
	r = s.listen("--forward-to", app.URL+"/hooks", "-v")
	s.eventually("both are passed on", func() bool { return len(app.took()) == 2 })
	for i, body := range app.took() {
		var e struct{ Body string }
		if err := json.Unmarshal([]byte(s.run(exitDone, "events", "show", strconv.Itoa(i+1))), &e); err != nil {
			t.Fatal(err)
		}
		if body != strconv.Itoa(i+1)+" "+e.Body || e.Body == "" {
			t.Errorf("passed on %q, stored %q", body, e.Body)
		}
	}
	s.eventually("the events say so", func() bool { return !strings.Contains(s.run(exitDone, "events", "list"), `"forwarded":null`) })
	s.eventually("the answer is shown", func() bool { return strings.Contains(complaint(s, r), "HTTP 204") })

	before := s.run(exitDone, "events", "list")
	if out := s.run(exitDone, "events", "replay", "1", "--to", app.URL); !strings.Contains(out, `"taken":true,"http_status":204`) {
		t.Errorf("replay: %s", out)
	}
	app.answer(http.StatusTeapot)
	if out := s.run(exitRefused, "events", "replay", "1", "--to", app.URL); !strings.Contains(out, `"taken":false,"http_status":418,"answer":"{\"seen\":true}"`) {
		t.Errorf("replay: %s", out)
	}
	if after := s.run(exitDone, "events", "list"); after != before || s.status(id) != "done completed" {
		t.Errorf("a replay changed\n%s to\n%s", before, after)
	}
	r.end()
	s.run(exitDone, "journal", "verify")
}

// sandboxCompleted is the final status that the project gives by itself.
const sandboxCompleted = "completed"

func complaint(s *stage, r *runner) string {
	s.Helper()
	out, err := os.ReadFile(r.screen + ".err")
	if err != nil {
		s.Fatal(err)
	}
	return string(out)
}
