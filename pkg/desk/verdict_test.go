package desk_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A row of the design's verdict table, or of what follows from it.
type row struct {
	name    string
	refuse  int // connections that fail first
	script  []behaviour
	deposit want
	payout  want
}

type want struct {
	state journal.State
	sent  int // requests that reach the project
	code  string
	waits time.Duration // at least so long before the second attempt
}

const (
	unknown  = journal.StateUnknown
	done     = journal.StateDone
	refused  = journal.StateRefused
	notSent  = journal.StateNotSent
	mismatch = journal.StateMismatch
	conflict = journal.StateConflict
)

// once is a row about one behaviour that lasts: a deposit meets it once, and a
// payout as often as an unknown outcome is tried again.
func once(name string, b behaviour, state journal.State, code string) row {
	r := row{name: name, script: []behaviour{b}, deposit: want{state: state, sent: 1, code: code}}
	r.payout = r.deposit
	if state == unknown {
		r.payout.sent = 4
	}
	return r
}

func (r row) payoutSent(n int) row { r.payout.sent = n; return r }

func verdictTable() []row {
	html := "<html><body>Sorry</body></html>"
	rows := []row{
		once("done", accept, done, ""),
		once("lost before it was read", drop(), unknown, "connection_lost"),
		once("lost after it was processed", processedThen(drop()), unknown, "connection_lost"),
		once("reset", cut(true, ""), unknown, "connection_lost"),
		once("truncated", truncated(), unknown, "connection_lost"),
		once("garbage instead of an answer", cut(false, "220 mail.example ESMTP\r\n\r\n"), unknown, "connection_lost"),
		once("500", answers(500, html), unknown, "server_error"),
		once("500 in the API's shape", refusal(500, "USER_NOT_FOUND"), unknown, "server_error"),
		once("processed, then 502", processedThen(answers(502, html)), unknown, "server_error"),
		once("503", answers(503, ""), unknown, "server_error"),
		once("408", answers(408, ""), unknown, "server_error"),
		once("409", refusal(409, "USER_NOT_FOUND"), unknown, "server_error"),
		once("425", answers(425, ""), unknown, "server_error"),
		once("499", answers(499, ""), unknown, "server_error"),
		once("2xx that is HTML", answers(200, html), unknown, "malformed_answer"),
		once("2xx that is empty", answers(201, ""), unknown, "malformed_answer"),
		once("2xx cut in the middle of its JSON", answers(201, `{"status":"success","succ`), unknown, "malformed_answer"),
		once("2xx without its id", answers(201, `{"status":"success","success":true,"message":"OK"}`), unknown, "malformed_answer"),
		once("2xx with trailing data", processedThen(answers(201, `{"status":"success","deposit_id":"d1"} {}`)), unknown, "malformed_answer"),
		once("2xx that says two things", answers(201, `{"status":"error","status":"success","deposit_id":"d1"}`), unknown, "malformed_answer"),
		once("2xx with an error nobody knows", refusal(201, "SOMETHING_ELSE"), unknown, "malformed_answer"),
		once("2xx with a documented error", refusal(200, "USER_NOT_FOUND"), refused, "USER_NOT_FOUND"),
		once("302", answers(302, "", "Location", "/elsewhere"), unknown, "redirect").payoutSent(1),
		once("307", answers(307, "", "Location", "/elsewhere"), unknown, "redirect").payoutSent(1),
		once("308", answers(308, "", "Location", "/elsewhere"), unknown, "redirect").payoutSent(1),
		once("429", answers(429, html), unknown, "rate_limited"),
		once("429 in the API's shape", refusal(429, "USER_NOT_FOUND"), unknown, "rate_limited"),
		once("429, too long to wait", answers(429, "", "Retry-After", "120"), unknown, "rate_limited").payoutSent(1),
		once("404 of a proxy", answers(404, html), unknown, "unexpected_status"),
		once("418", answers(418, ""), unknown, "unexpected_status"),
		once("402 in the API's shape", refusal(402, "USER_NOT_FOUND"), unknown, "unexpected_status"),
		once("Grape's list", answers(400, `{"errors":{"user_id":[{"error":"presence"}]}}`), refused, "VALIDATION_ERRORS"),
		once("Grape's sentence", answers(415, `{"error":"The provided content-type 'x' is not supported."}`), refused, "UNSUPPORTED_CONTENT_TYPE"),
		once("an error nobody knows", refusal(403, "SOMETHING_ELSE"), refused, "SOMETHING_ELSE"),
		once("another sum", otherAmount, mismatch, "echo_mismatch"),
	}
	for _, status := range []int{400, 401, 403, 404, 415, 422} {
		rows = append(rows, once("refused "+http.StatusText(status), refusal(status, "PROJECT_NOT_FOUND"), refused, "PROJECT_NOT_FOUND"))
	}
	already := once("already processed", refusal(400, "DEPOSIT_ALREADY_PROCESSED"), unknown, "DEPOSIT_ALREADY_PROCESSED")
	already.payout = want{} // no payout is ever answered so
	misprint := once("already processed, as misprinted", refusal(400, "DEPOSITIf_ALREADY_PROCESSED"), unknown, "")
	misprint.payout = want{}
	return append(append(rows, already, misprint), sequences()...)
}

// sequences are rows in which the attempts differ. A deposit only ever meets
// the first.
func sequences() []row {
	lost := want{state: unknown, sent: 1}
	no := refusal(404, "PROJECT_NOT_FOUND")
	failure := answers(500, "")
	return []row{
		{"lost, then found", 0, []behaviour{processedThen(drop()), accept}, lost, want{state: done, sent: 2}},
		{"lost thrice, then found", 0, []behaviour{drop(), failure, truncated(), accept}, lost, want{state: done, sent: 4}},
		{"lost, then refused", 0, []behaviour{failure, no}, lost, want{state: unknown, sent: 2, code: "server_error"}},
		{"lost, then another sum", 0, []behaviour{failure, otherAmount}, lost, want{state: mismatch, sent: 2}},
		{"lost, then redirected", 0, []behaviour{failure, answers(302, "")}, lost, want{state: unknown, sent: 2}},
		{"429, then done", 0, []behaviour{answers(429, "", "Retry-After", "5"), accept}, lost,
			want{state: done, sent: 2, waits: 5 * time.Second}},
		{"429 that fills the minute", 0, []behaviour{answers(429, "", "Retry-After", "40")}, lost,
			want{state: unknown, sent: 2, waits: 40 * time.Second}},
		{"503 with a time", 0, []behaviour{answers(503, "", "Retry-After", "7"), accept}, lost,
			want{state: done, sent: 2, waits: 7 * time.Second}},
		{"no connection, then done", 2, []behaviour{accept}, want{state: done, sent: 1}, want{state: done, sent: 1}},
		{"no connection, then lost", 1, []behaviour{processedThen(drop())}, want{state: unknown, sent: 1}, want{state: unknown, sent: 3}},
		{"no connection, then refused", 3, []behaviour{no}, want{state: refused, sent: 1}, want{state: refused, sent: 1}},
		{"no connection at all", 9, []behaviour{accept}, want{state: notSent, code: "no_connection"}, want{state: notSent, code: "no_connection"}},
	}
}

func TestVerdicts(t *testing.T) {
	for _, tt := range verdictTable() {
		for kind, want := range map[api.Kind]want{api.KindDeposit: tt.deposit, api.KindPayout: tt.payout} {
			if want.sent == 0 && want.code == "" {
				continue
			}
			t.Run(tt.name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				checkVerdict(newWorld(t), kind, tt, want)
			})
		}
	}
}

func checkVerdict(w *world, kind api.Kind, tt row, want want) {
	w.project.on(kind, tt.script...)
	w.till.refuse(tt.refuse)
	began := w.clock.now()
	o := orderOf(kind)
	o.SkipValidate = true // a validation would use up the refused connections
	r := w.till.do(o)
	e := r.Entry
	if e.State != want.state || !r.Recorded || r.Held != nil || r.Replayed || e.ID != 1 {
		w.Errorf("state %s (code %q), wanted %s; recorded %t, held %v", e.State, e.Code, want.state, r.Recorded, r.Held)
	}
	if want.code != "" && e.Code != want.code {
		w.Errorf("code %q, wanted %q", e.Code, want.code)
	}
	sent := w.project.sent(kind)
	if len(sent) != want.sent {
		w.Errorf("%d requests reached the project, wanted %d", len(sent), want.sent)
	}
	stamps := map[string]bool{}
	for _, r := range sent {
		stamps[r.timestamp+" "+r.signature] = true
		if r.body != string(e.Call.Body) {
			w.Errorf("body sent %s, recorded %s", r.body, e.Call.Body)
		}
	}
	if len(stamps) != len(sent) {
		w.Errorf("%d requests bear %d stamps", len(sent), len(stamps))
	}
	if passed := w.clock.now().Sub(began); passed > time.Minute {
		w.Errorf("it was tried for %s", passed)
	}
	if want.waits > 0 && (len(w.till.waited) == 0 || w.till.waited[0] < want.waits) {
		w.Errorf("waited %v, wanted at least %s first", w.till.waited, want.waits)
	}
	if stored := w.entry(e.ID); stored.State != e.State || stored.Code != e.Code || stored.Attempts != e.Attempts {
		w.Errorf("stored as %s, %q, %d attempts; told as %s, %q, %d",
			stored.State, stored.Code, stored.Attempts, e.State, e.Code, e.Attempts)
	}
	if kind == api.KindDeposit && w.project.credited() > 1 {
		w.Errorf("credited %d times", w.project.credited())
	}
	afterwards(w, o, e)
}

// afterwards orders the same again: what is not settled holds it back, whatever
// flags are given, and nothing more is sent.
func afterwards(w *world, o desk.Order, e journal.Entry) {
	before := len(w.project.requests)
	o.Again, o.Ref = true, "another"
	switch e.State {
	case unknown, mismatch:
		w.till.heldBack(o, journal.HeldUnresolved, e.ID)
	case done:
		o.Again, o.Ref = false, ""
		w.till.heldBack(o, journal.HeldDuplicate, e.ID)
	default:
		w.project.on(o.Kind, accept)
		w.till.refuse(0)
		w.till.begun(o, done)
		return
	}
	if len(w.project.requests) != before {
		w.Errorf("something was sent although it was held back")
	}
	if !slices.ContainsFunc(w.entries(), func(x journal.Entry) bool { return x.ID == e.ID }) || len(w.entries()) != 1 {
		w.Errorf("the journal has %d operations", len(w.entries()))
	}
}
