package desk_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
)

const (
	testSecret = "desk-secret"
	testAPIKey = "desk-key"
	system     = "system_1"
)

// clock is set by hand, so that nothing depends on how fast the machine is.
type clock struct{ millis atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.millis.Store(time.Date(2025, 11, 27, 12, 39, 17, 281_000_000, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.millis.Load()) }
func (c *clock) advance(d time.Duration) { c.millis.Add(d.Milliseconds()) }

// tick gives a later second each time: no two stamps are alike.
func (c *clock) tick() time.Time {
	c.advance(time.Second)
	return c.now()
}

// request is what reached the project.
type request struct {
	kind      api.Kind
	path      string
	body      string
	timestamp string
	signature string
}

// member reads one text of the body.
func (r request) member(name string) string {
	var members map[string]any
	_ = json.Unmarshal([]byte(r.body), &members) // a body that is no JSON has no members
	text, _ := members[name].(string)
	return text
}

// behaviour answers one request.
type behaviour func(p *project, w http.ResponseWriter, r request)

// project is the other side: a real server on loopback with a ledger that takes
// every deposit that it processes, equal or not.
type project struct {
	*httptest.Server
	t     *testing.T
	clock *clock

	mutex    sync.Mutex
	requests []request
	script   map[api.Kind][]behaviour
	deposits []string          // bodies of the deposits that were credited
	payouts  map[string]string // payout_id by request_id
}

func newProject(t *testing.T, c *clock) *project {
	t.Helper()
	p := &project{t: t, clock: c, script: map[api.Kind][]behaviour{}, payouts: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

// on says how the requests of a kind are answered from now on, one after the
// other; the last behaviour stays.
func (p *project) on(kind api.Kind, behaviours ...behaviour) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.script[kind] = behaviours
}

func kindOf(path string) api.Kind {
	switch {
	case strings.HasSuffix(path, "/validate-user"):
		return api.KindValidation
	case strings.HasSuffix(path, "/deposit/create"):
		return api.KindDeposit
	case strings.HasSuffix(path, "/payout/create"):
		return api.KindPayout
	}
	return api.KindNotice
}

func (p *project) serve(w http.ResponseWriter, hr *http.Request) {
	body, err := io.ReadAll(hr.Body)
	switch {
	case err != nil && kindOf(hr.URL.Path) == api.KindValidation:
		return // a question that was broken off while it was asked
	case err != nil:
		p.t.Errorf("read a request: %v", err)
	}
	r := request{
		kind: kindOf(hr.URL.Path), path: hr.URL.EscapedPath(), body: string(body),
		timestamp: hr.Header.Get(api.HeaderTimestamp), signature: hr.Header.Get(api.HeaderSignature),
	}
	p.verify(r)
	p.mutex.Lock()
	p.requests = append(p.requests, r)
	do := accept
	if script := p.script[r.kind]; len(script) > 0 {
		do = script[0]
		if len(script) > 1 {
			p.script[r.kind] = script[1:]
		}
	}
	p.mutex.Unlock()
	do(p, w, r)
}

func (p *project) verify(r request) {
	key, err := sign.NewKey([]byte(testSecret))
	if err != nil {
		p.t.Error(err)
		return
	}
	v := sign.Verifier{Keys: []*sign.Key{key}, APIKey: testAPIKey}
	m := sign.Message{Method: http.MethodPost, Path: r.path, Body: []byte(r.body), Timestamp: r.timestamp, APIKey: testAPIKey}
	if _, err := v.Verify(m, r.signature, p.clock.now()); err != nil {
		p.t.Errorf("%s: signature: %v", r.path, err)
	}
}

// sent lists the requests of a kind that arrived.
func (p *project) sent(kind api.Kind) []request {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var of []request
	for _, r := range p.requests {
		if r.kind == kind {
			of = append(of, r)
		}
	}
	return of
}

func (p *project) credited() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.deposits)
}

// process does what the request asks for and gives the document's answer.
func (p *project) process(r request) (status int, body string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch r.kind {
	case api.KindValidation:
		return http.StatusCreated, `{"status":"success","data":{"user_id":"#` + r.member("user_id") + `","max_amount":1000000.00}}`
	case api.KindDeposit:
		p.deposits = append(p.deposits, r.body)
		return http.StatusCreated, fmt.Sprintf(`{"status":"success","message":"OK","deposit_id":"raisboy_dep_%d"}`, len(p.deposits))
	case api.KindPayout:
		id := r.member("request_id")
		if p.payouts[id] == "" {
			p.payouts[id] = fmt.Sprintf("pout_%d", len(p.payouts)+1)
		}
		return http.StatusCreated, p.payoutAnswer(r, p.payouts[id], "5000.00")
	}
	return http.StatusOK, `{"success":true}`
}

func (p *project) payoutAnswer(r request, id, amount string) string {
	return fmt.Sprintf(`{"success":true,"payout_id":%q,"status":"pending","amount":%s,"currency":"UZS","request_id":%q}`,
		id, amount, r.member("request_id"))
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", api.ContentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // a client that is gone is what some tests are about
}

func accept(p *project, w http.ResponseWriter, r request) {
	status, body := p.process(r)
	write(w, status, body)
}

// answers gives an answer without doing anything.
func answers(status int, body string, headers ...string) behaviour {
	return func(_ *project, w http.ResponseWriter, _ request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		write(w, status, body)
	}
}

// processedThen does what was asked for and then something else.
func processedThen(then behaviour) behaviour {
	return func(p *project, w http.ResponseWriter, r request) {
		p.process(r)
		then(p, w, r)
	}
}

// cut ends the connection: politely, or with a reset.
func cut(reset bool, before string) behaviour {
	return func(p *project, w http.ResponseWriter, _ request) {
		hijacker, ok := w.(http.Hijacker)
		if !ok {
			p.t.Error("no connection to cut")
			return
		}
		conn, _, err := hijacker.Hijack()
		if err != nil {
			p.t.Errorf("hijack: %v", err)
			return
		}
		_, _ = io.WriteString(conn, before)
		if tcp, ok := conn.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

func drop() behaviour { return cut(false, "") }

func truncated() behaviour {
	return cut(false, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"status\":\"succ")
}

// refusal is the error shape of the request's own endpoint.
func refusal(status int, name string) behaviour {
	return func(_ *project, w http.ResponseWriter, r request) {
		body := fmt.Sprintf(`{"status":"error","error_code":"%d","message":%q}`, status, name)
		if r.kind == api.KindPayout {
			body = fmt.Sprintf(`{"success":false,"request_id":%q,"error_code":%q,"message":%q}`, r.member("request_id"), name, name)
		}
		if r.kind == api.KindNotice {
			body = fmt.Sprintf(`{"success":false,"error":%q}`, name)
		}
		write(w, status, body)
	}
}

// otherAmount confirms another sum than was sent.
func otherAmount(p *project, w http.ResponseWriter, r request) {
	_, body := p.process(r)
	if r.kind == api.KindDeposit {
		write(w, http.StatusCreated, `{"status":"success","message":"OK","deposit_id":"raisboy_dep_9","amount":4000.00}`)
		return
	}
	write(w, http.StatusCreated, strings.Replace(body, "5000.00", "4000.00", 1))
}
