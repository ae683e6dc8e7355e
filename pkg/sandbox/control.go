package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// controlPath begins the paths by which people and tests look at a sandbox.
// None of them is the document's.
const controlPath = "/sandbox/"

// What can be sent by hand, as `raisboy sandbox send` names it.
const (
	SendWebhook1  = "webhook1"
	SendCompleted = statusCompleted
	SendCancelled = statusCancelled
)

// SendError reports a webhook that a running sandbox would not send.
type SendError struct {
	Status int    // the HTTP status it answered with
	Reason string // no_payout, already_final, no_agent, unreachable, invalid_request, not_local
}

func (e *SendError) Error() string {
	return fmt.Sprintf("sandbox: nothing sent: %s (%d)", e.Reason, e.Status)
}

// control serves
//
//	GET  /sandbox/ledger   the ledger as JSON lines
//	GET  /sandbox/account  the merchant account
//	POST /sandbox/send     {"what":"webhook1|completed|cancelled","id":"…"}
//	any  /sandbox/redirected, where redirects lead: a trap
func (s *Server) control(w http.ResponseWriter, r *http.Request, path string) {
	switch {
	case path == redirected:
		s.followed(w)
	case path == controlPath+"ledger" && r.Method == http.MethodGet:
		s.showLedger(w)
	case path == controlPath+"account" && r.Method == http.MethodGet:
		s.showAccount(w)
	case path == controlPath+"send" && r.Method == http.MethodPost:
		s.send(w, r)
	default:
		http.NotFound(w, r)
	}
}

// followed records a client that followed a redirect, and answers it like a
// success, so that believing it is noticed.
func (s *Server) followed(w http.ResponseWriter) {
	err := s.ledger.change(func(*book) []Entry {
		return []Entry{{At: s.moment(), Kind: Redirected}}
	})
	if err != nil {
		broken().write(w)
		return
	}
	answer{http.StatusOK, object(
		pair{"status", `"success"`}, pair{"success", "true"}, pair{"message", `"OK"`},
		pair{"deposit_id", `"raisboy_dep_redirected"`}, pair{"payout_id", `"pout_redirected"`})}.write(w)
}

func (s *Server) showLedger(w http.ResponseWriter) {
	entries, err := s.Ledger()
	if err != nil {
		broken().write(w)
		return
	}
	text, err := lines(entries)
	if err != nil {
		broken().write(w)
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	_, _ = w.Write(text) // the client has left: nobody is there to be told
}

func (s *Server) showAccount(w http.ResponseWriter) {
	a, err := s.Account()
	if err != nil {
		broken().write(w)
		return
	}
	answer{http.StatusOK, object(
		pair{"opening", quote(a.Opening.String())},
		pair{"deposited", quote(a.Deposited.String())},
		pair{"paid_out", quote(a.PaidOut.String())},
		pair{"waiting", quote(a.Waiting.String())},
		pair{"balance", quote(a.Balance.String())})}.write(w)
}

// send lets a person on this machine trigger a webhook. It needs no signature,
// so a page in a browser must not be able to: its content type would have to be
// asked for first.
func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		notice(http.StatusForbidden, "not_local").write(w)
		return
	}
	body, bad := readJSON(w, r)
	if bad != nil {
		bad.write(w)
		return
	}
	f, err := parse(body)
	form := form{fields: f}
	what, id := form.text("what"), form.text("id")
	if err != nil || len(form.problems) > 0 {
		notice(http.StatusBadRequest, "invalid_request").write(w)
		return
	}
	s.sendNamed(w, what, id)
}

func (s *Server) sendNamed(w http.ResponseWriter, what, id string) {
	var status int
	var err error
	switch what {
	case SendWebhook1:
		status, err = s.SendAccepted(id)
	case SendCompleted, SendCancelled:
		status, err = s.SendFinal(id, what)
	default:
		notice(http.StatusBadRequest, "invalid_request").write(w)
		return
	}
	switch {
	case err == nil:
		answer{http.StatusOK, object(pair{"success", "true"}, pair{"http_status", fmt.Sprint(status)})}.write(w)
	case errors.Is(err, ErrNoPayout):
		notice(http.StatusNotFound, "no_payout").write(w)
	case errors.Is(err, ErrFinal):
		notice(http.StatusConflict, "already_final").write(w)
	case errors.Is(err, ErrNoAgent):
		notice(http.StatusConflict, "no_agent").write(w)
	default:
		notice(http.StatusBadGateway, "unreachable").write(w)
	}
}

// Send asks the sandbox that runs at baseURL to send a webhook by hand: what is
// SendWebhook1, SendCompleted or SendCancelled, id a payout_id or request_id.
// It returns the HTTP status of the agent's answer. Errors are *[SendError] and
// the client's. Ask Identify first; client is as there.
func Send(ctx context.Context, baseURL string, client *http.Client, what, id string) (int, error) {
	target, err := url.JoinPath(baseURL, controlPath, "send")
	if err != nil {
		return 0, &OptionError{"baseURL", err}
	}
	body := object(pair{"what", quote(what)}, pair{"id", quote(id)})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, &OptionError{"baseURL", err}
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := direct(client).Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	var got struct {
		Error      string `json:"error"`
		HTTPStatus int    `json:"http_status"`
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return 0, err
	}
	if json.Unmarshal(text, &got) != nil || res.StatusCode != http.StatusOK {
		return 0, &SendError{Status: res.StatusCode, Reason: got.Error}
	}
	return got.HTTPStatus, nil
}
