package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Errors of SendAccepted and SendFinal.
var (
	ErrNoPayout = errors.New("sandbox: no such payout")
	ErrFinal    = errors.New("sandbox: the payout has another final status")
	ErrNoAgent  = errors.New("sandbox: no agent URL to send webhooks to")
)

// webhookClient sends webhooks straight to the agent: through a proxy, or
// along a redirect, signature and body would go to somebody else.
func webhookClient() *http.Client {
	return &http.Client{
		Timeout:       webhookTimeout,
		Transport:     &http.Transport{Proxy: nil, MaxIdleConnsPerHost: webhookSlots},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// moment is the time as the ledger keeps it.
func (s *Server) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// announce has Webhook 1 sent for a new payout: a moment later, or at once if
// it is to come before the create's answer.
func (s *Server) announce(id string) {
	hook := s.fault.Webhook
	if s.agent == nil || hook.Off || !s.begin() {
		return
	}
	first := 1
	if hook.Early {
		if s.try(id, first, "early") {
			s.work.Done()
			return
		}
		first++
	}
	go func() {
		defer s.work.Done()
		if !hook.Early {
			s.wait(or(hook.Late, s.hookDelay))
		}
		s.keepTrying(id, first)
	}()
}

// keepTrying sends Webhook 1 until the agent acknowledges it, a bounded number
// of times.
func (s *Server) keepTrying(id string, first int) {
	pause := s.hookRetry
	for n := first; n <= webhookTries && s.closing.Err() == nil; n++ {
		if n > 1 {
			s.wait(pause)
			pause = min(2*pause, maxWebhookRetry)
		}
		if s.closing.Err() != nil || s.try(id, n, "") {
			return
		}
	}
}

// try makes the payout accepted and sends Webhook 1 once. It tells whether
// there is nothing more to do.
func (s *Server) try(id string, n int, how string) bool {
	p, err := s.accept(id)
	if err != nil || final(p.status) {
		return true
	}
	status, err := s.post(acceptedBody(p), p.created.WebhookURL)
	if err == nil && success(status) && s.fault.Webhook.Twice {
		_, err = s.post(acceptedBody(p), p.created.WebhookURL)
	}
	if err != nil {
		s.log.Info("webhook not delivered", "payout", id, "try", n, "error", err)
	}
	if success(status) || n == webhookTries {
		s.note(p, statusAccepted, status, n, how)
	}
	return success(status)
}

// resumeFor is how long an undelivered webhook is taken up again by later runs.
const resumeFor = 24 * time.Hour

// resume sends, once and in order, what an earlier run could not deliver. It
// stops at the first that finds no agent.
func (s *Server) resume() {
	var ids []string
	err := s.ledger.view(func(b *book) { ids = b.undelivered(s.now().Add(-resumeFor)) })
	if err != nil || len(ids) == 0 || s.agent == nil || s.fault.Webhook.Off || !s.begin() {
		return
	}
	go func() {
		defer s.work.Done()
		s.wait(s.hookDelay)
		for _, id := range ids {
			p, err := s.accept(id)
			if err != nil || final(p.status) || s.closing.Err() != nil {
				continue
			}
			status, err := s.post(acceptedBody(p), p.created.WebhookURL)
			if err != nil {
				return
			}
			if success(status) {
				s.note(p, statusAccepted, status, 1, "")
			}
		}
	}()
}

// accept makes a pending payout accepted and returns it as it is then.
func (s *Server) accept(id string) (p payout, err error) { return s.moveTo(id, statusAccepted) }

// moveTo brings a payout to a status if it is not final; accepting an accepted
// one changes nothing. The payout is returned as it is then.
func (s *Server) moveTo(id, status string) (p payout, err error) {
	found := false
	err = s.ledger.change(func(b *book) []Entry {
		known := b.find(id)
		if found = known != nil; !found {
			return nil
		}
		p = *known
		if final(p.status) || p.status == status {
			return nil
		}
		p.status = status
		e := Entry{At: s.moment(), Kind: PayoutStatus, PayoutID: p.created.PayoutID,
			RequestID: p.created.RequestID, Status: status}
		if status == statusAccepted {
			p.accepted = e
		}
		return []Entry{e}
	})
	if err == nil && !found {
		err = ErrNoPayout
	}
	return p, err
}

// note records what became of a webhook.
func (s *Server) note(p payout, told string, status, tries int, how string) {
	err := s.ledger.change(func(*book) []Entry {
		return []Entry{{At: s.moment(), Kind: WebhookSent, PayoutID: p.created.PayoutID,
			RequestID: p.created.RequestID, Status: told, HTTPStatus: status, Tries: tries, Fault: how}}
	})
	if err != nil {
		s.log.Error("webhook not recorded", "error", err)
	}
}

// acceptedBody is Webhook 1, key by key as section 5 prints it. Its timestamp
// is that of the acceptance, so that a repeat has the same bytes.
func acceptedBody(p payout) []byte {
	return object(
		pair{"success", "true"},
		pair{"payout_id", quote(p.created.PayoutID)},
		pair{"status", quote(statusAccepted)},
		pair{"amount", rubyFloat(p.created.Amount)},
		pair{"currency", quote(p.created.Currency)},
		pair{"webhook_url", quote(p.created.WebhookURL)},
		pair{"request_id", quote(p.created.RequestID)},
		pair{"timestamp", quote(p.accepted.At.Format(stampLayout))})
}

// finalBody is a final status as section 5 prints it ("Статусы
// отправленного/входящего webhook").
func finalBody(p payout, at time.Time) []byte {
	return object(
		pair{"payout_id", quote(p.created.PayoutID)},
		pair{"status", quote(p.status)},
		pair{"amount", rubyFloat(p.created.Amount)},
		pair{"currency", quote(p.created.Currency)},
		pair{"timestamp", quote(at.Format(stampLayout))})
}

// post sends one webhook, signed over webhook_url's path ("подписываем PATH из
// webhook_url"), or over the path it is sent to if it has none or the fault
// says so. It returns the HTTP status of the answer.
func (s *Server) post(body []byte, webhookURL string) (int, error) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	path := s.agent.EscapedPath()
	if path == "" {
		path = "/" // what net/http puts on the wire
	}
	if u, err := url.Parse(webhookURL); err == nil && webhookURL != "" && !s.fault.RequestPath {
		path = u.EscapedPath()
	}
	at, secret := s.now(), s.secret
	if s.fault.Webhook.OldSignature {
		at = at.Add(-2 * window)
	}
	if s.fault.Webhook.WrongSignature {
		secret += "-wrong"
	}
	ctx, cancel := context.WithTimeout(s.closing, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.agent.String(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", s.key)
	req.Header.Set("X-Timestamp", stamp)
	req.Header.Set("X-Signature", signature(secret, s.sep, http.MethodPost, path, body, stamp, s.key))
	res, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)) // so that the connection can be used again
	return res.StatusCode, res.Body.Close()
}

// SendAccepted sends Webhook 1 for a payout now, once more if it was sent
// before; id is a payout_id or a request_id. It returns the HTTP status of the
// agent's answer.
func (s *Server) SendAccepted(id string) (int, error) {
	if s.agent == nil {
		return 0, ErrNoAgent
	}
	if !s.begin() {
		return 0, errClosed
	}
	defer s.work.Done()
	p, err := s.accept(id)
	if err != nil {
		return 0, err
	}
	if p.accepted.At.IsZero() { // final without ever having been accepted
		p.accepted.At = s.moment()
	}
	status, err := s.post(acceptedBody(p), p.created.WebhookURL)
	s.note(p, statusAccepted, status, 1, "by hand")
	return status, err
}

// SendFinal gives a payout a final status from the project's side, "completed"
// or "cancelled", and sends the webhook that says so, once. The same status
// again sends it again; the opposite one is ErrFinal. It returns the HTTP
// status of the agent's answer.
func (s *Server) SendFinal(id, status string) (int, error) {
	if s.agent == nil {
		return 0, ErrNoAgent
	}
	if !final(status) {
		return 0, &OptionError{"status", errors.New("neither completed nor cancelled")}
	}
	if !s.begin() {
		return 0, errClosed
	}
	defer s.work.Done()
	p, err := s.moveTo(id, status)
	if err != nil {
		return 0, err
	}
	if p.status != status {
		return 0, ErrFinal
	}
	answered, err := s.post(finalBody(p, s.moment()), "")
	s.note(p, status, answered, 1, "by hand")
	s.remind(p)
	return answered, err
}

// remind sends Webhook 1 once more after a final status, if webhooks are to
// come out of order.
func (s *Server) remind(p payout) {
	if s.agent == nil || !s.fault.Webhook.Reordered || p.accepted.At.IsZero() || !s.begin() {
		return
	}
	go func() {
		defer s.work.Done()
		s.wait(s.hookDelay)
		status, _ := s.post(acceptedBody(p), p.created.WebhookURL)
		s.note(p, statusAccepted, status, 1, "reordered")
	}()
}
