package sandbox

import (
	"net/http"
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
)

// finalNotice is what the body of Webhook 2 says.
type finalNotice struct {
	payoutID string
	status   string
	amount   money.Amount
	currency string
}

// notify is Webhook 2's endpoint (section 5), POST
// /api/payments/notify/<system_id>/<payout_id>, with the document's answers in
// the order in which it lists them. The content type is not looked at: no
// answer is given for a wrong one.
func (s *Server) notify(w http.ResponseWriter, r *http.Request, path string) {
	body, bad := readBody(w, r)
	if bad != nil {
		bad.write(w)
		return
	}
	if len(body) == 0 {
		notice(http.StatusBadRequest, "empty_body").write(w)
		return
	}
	f, err := parse(body)
	if err != nil || f == nil {
		notice(http.StatusBadRequest, "invalid_json").write(w)
		return
	}
	if !s.authentic(r, path, body) {
		notice(http.StatusUnauthorized, "invalid_signature").write(w)
		return
	}
	system, id, _ := strings.Cut(strings.TrimPrefix(path, notifyPath), "/")
	n, wrong := readNotice(f)
	switch {
	case system != systemID || !s.knows(id):
		notice(http.StatusNotFound, "payment_not_found").write(w)
	case wrong != "":
		notice(http.StatusBadRequest, wrong).write(w)
	default:
		s.perform(w, work{process: func(Conduct) answer { return s.settle(id, n, digest(body)) }})
	}
}

// readNotice reads the notice's fields. For a field that is missing or of
// another type the document has no answer; the sandbox names the field.
func readNotice(f fields) (n finalNotice, wrong string) {
	form := form{fields: f}
	n.payoutID = form.text("payout_id")
	n.status = form.text("status")
	n.amount = form.amount("amount")
	n.currency = form.text("currency")
	form.stamp("timestamp")
	if len(form.problems) > 0 {
		return n, "invalid_" + form.problems[0].field
	}
	if !final(n.status) {
		return n, "invalid_status"
	}
	return n, ""
}

// knows tells whether Webhook 1 was issued for the payout: before that nobody
// was given its webhook_url.
func (s *Server) knows(id string) bool {
	known := false
	err := s.ledger.view(func(b *book) {
		p := b.payouts[id]
		known = p != nil && p.status != statusPending
	})
	return err == nil && known
}

// settle books a final notice. The payout is looked at again, under the same
// lock under which the notice is booked.
func (s *Server) settle(id string, n finalNotice, sum string) answer {
	var a answer
	var p payout
	moved := false
	err := s.ledger.change(func(b *book) []Entry {
		p = *b.payouts[id]
		a = verdict(p, n)
		if moved = a.status == http.StatusOK && !final(p.status); !moved {
			return nil
		}
		p.status = n.status
		return []Entry{{At: s.moment(), Kind: PayoutStatus, PayoutID: id,
			RequestID: p.created.RequestID, Status: n.status, BodySHA256: sum}}
	})
	if err != nil {
		s.log.Error("notice not recorded", "error", err)
		return broken()
	}
	if moved {
		s.remind(p)
	}
	return a
}

// verdict compares a notice with the payout it is about.
func verdict(p payout, n finalNotice) answer {
	switch {
	case n.payoutID != p.created.PayoutID:
		return notice(http.StatusNotFound, "payment_not_found")
	case n.amount != p.created.Amount:
		return notice(http.StatusBadRequest, "invalid_amount")
	case n.currency != p.created.Currency:
		return notice(http.StatusBadRequest, "invalid_currency")
	case final(p.status) && p.status != n.status:
		return notice(http.StatusBadRequest, "already_final")
	}
	return notice(http.StatusOK, "")
}
