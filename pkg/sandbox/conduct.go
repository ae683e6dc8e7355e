package sandbox

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Conduct is one way in which a request may be treated.
type Conduct uint8

// The ways of treating a request. "Processed" means that the ledger has it.
const (
	Normal     Conduct = iota // processed and answered
	DropBefore                // connection cut, not processed
	DropAfter                 // processed, connection cut without an answer
	E500                      // processed, then 500 in the API's own error shape
	E502                      // not processed, 502 with a proxy's HTML page
	TooMany                   // not processed, 429 with Retry-After
	Found                     // not processed, 302 elsewhere
	Temporary                 // not processed, 307 elsewhere (a careless client sends its body there)
	HTML                      // processed, then 200 with an HTML page
	Truncate                  // processed, the connection is cut in mid-answer
	Malformed                 // processed, a complete answer that is no JSON
	Repeat                    // delivered twice, as by a proxy; the second answer is passed on
	Slow                      // processed after Options.SlowDelay, even if the client has left
	conducts                  // how many there are
)

// String gives the name by which a fault is asked for and the ledger shows it;
// Normal is "".
func (c Conduct) String() string {
	switch c {
	case DropBefore:
		return "drop-before"
	case DropAfter:
		return "drop-after"
	case E500:
		return "e500"
	case E502:
		return "e502"
	case TooMany:
		return "429"
	case Found:
		return "302"
	case Temporary:
		return "307"
	case HTML:
		return "html"
	case Truncate:
		return "truncate"
	case Malformed:
		return "malformed"
	case Repeat:
		return "repeat"
	case Slow:
		return "slow"
	case Normal, conducts:
	}
	return ""
}

// conductOf finds a conduct by its name.
func conductOf(name string) (Conduct, bool) {
	for c := Normal + 1; c < conducts; c++ {
		if c.String() == name {
			return c, true
		}
	}
	return Normal, false
}

// processes tells whether money moves under this conduct.
func (c Conduct) processes() bool {
	switch c {
	case DropBefore, E502, TooMany, Found, Temporary:
		return false
	default:
		return true
	}
}

// retryAfter is what a 429 asks for, in seconds.
const retryAfter = "1"

// redirected is where a redirect leads; whoever comes there is in the ledger.
const redirected = "/sandbox/redirected"

const page = "<!DOCTYPE html>\n<html><head><title>%</title></head><body><h1>%</h1></body></html>\n"

// act processes a request, or not, and answers it, or not, as c says. A cut
// connection is net/http's own abort, which closes it without another byte.
func (s *Server) act(w http.ResponseWriter, c Conduct, form shape, process func() answer) {
	if c == Slow {
		s.wait(s.slow)
	}
	var a answer
	if c.processes() {
		a = process()
	}
	switch c {
	case DropBefore, DropAfter:
		panic(http.ErrAbortHandler)
	case E500:
		// Worded like the API's own errors: only the status tells that this
		// is no verdict.
		form.refuse(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR").write(w)
	case E502:
		writePage(w, http.StatusBadGateway, "502 Bad Gateway")
	case TooMany:
		w.Header().Set("Retry-After", retryAfter)
		grapeError(http.StatusTooManyRequests, "Too Many Requests").write(w)
	case Found, Temporary:
		w.Header().Set("Location", redirected)
		writePage(w, redirectStatus(c), "Moved")
	case HTML:
		writePage(w, http.StatusOK, "Welcome")
	case Truncate:
		cut(w, a)
	case Malformed:
		a.body = a.body[:len(a.body)/2]
		a.write(w)
	case Repeat:
		process().write(w)
	default:
		a.write(w)
	}
}

func redirectStatus(c Conduct) int {
	if c == Found {
		return http.StatusFound
	}
	return http.StatusTemporaryRedirect
}

func writePage(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.ReplaceAll([]byte(page), []byte("%"), []byte(title)))
}

// cut announces the whole answer, sends half of it and closes the connection.
func cut(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush() // or the abort below would throw the half away
	}
	panic(http.ErrAbortHandler)
}

// dice draws faults from a seeded source, in the order in which requests ask.
type dice struct {
	mu    sync.Mutex
	rand  *rand.Rand
	fault Fault
	left  int // how many more faults may strike; below zero: any number
}

func newDice(f Fault) *dice {
	d := &dice{fault: f, left: -1, rand: rand.New(rand.NewPCG(f.Seed, 0))} //nolint:gosec // faults must be repeatable, not secret
	if f.Times > 0 {
		d.left = f.Times
	}
	return d
}

// draw returns the fault that strikes now, mostly Normal.
func (d *dice) draw() Conduct {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left == 0 || len(d.fault.Chance) == 0 {
		return Normal
	}
	at := d.rand.Float64()
	for c := Normal + 1; c < conducts; c++ {
		if at -= d.fault.Chance[c]; at < 0 {
			d.left--
			return c
		}
	}
	return Normal
}

// wait lets d pass, or less if the server is closing: what was received is
// then processed at once.
func (s *Server) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.closing.Done():
	}
}
