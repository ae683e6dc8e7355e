package sandbox

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
)

// call is a request whose type, body and signature were found right.
type call struct {
	form  form
	body  []byte
	shape shape
	base  string // the origin that the client used
}

// work is what an endpoint makes of a call: how to treat it and, if the
// treatment gets there, the processing.
type work struct {
	conduct Conduct
	shape   shape // of the endpoint's errors
	process func(met Conduct) answer
	money   bool // a creation: faults may strike
}

// endpoint runs the checks in the counterpart's order and then the endpoint's
// own part, which answers directly if a field is wrong.
func (s *Server) endpoint(w http.ResponseWriter, r *http.Request, path string, part func(*call) (work, *answer)) {
	body, bad := readJSON(w, r)
	if bad != nil {
		bad.write(w)
		return
	}
	f, err := parse(body)
	if err != nil {
		grapeError(http.StatusBadRequest, "message body does not match declared format").write(w)
		return
	}
	c := &call{form: form{fields: f}, body: body, base: s.base(r)}
	if path == PayoutPath {
		c.shape.payout = true
		// As in the document's own example, where the id comes back with
		// INVALID_SIGNATURE.
		if id, ok := stringOf(f["request_id"]); ok && len(id) <= maxID {
			c.shape.requestID = id
		}
	}
	if !s.authentic(r, path, body) {
		c.shape.refuse(http.StatusUnauthorized, "INVALID_SIGNATURE").write(w)
		return
	}
	job, refused := part(c)
	if refused != nil {
		refused.write(w)
		return
	}
	s.perform(w, job)
}

// perform lets the faults at a piece of work.
func (s *Server) perform(w http.ResponseWriter, job work) {
	if job.money || s.fault.All {
		s.wait(s.fault.Delay)
		if c := s.dice.draw(); c != Normal {
			job.conduct = c
		}
	}
	s.act(w, job.conduct, job.shape, func() answer { return job.process(job.conduct) })
}

// base is the origin under which this server can be reached.
func (s *Server) base(r *http.Request) string {
	switch {
	case s.public != "":
		return s.public
	case r.Host == "": // HTTP/1.0 may leave it out
		return "http://" + DefaultAddress
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// validate is section 2, "Запрос на валидацию пользователя".
func (s *Server) validate(c *call) (work, *answer) {
	id := c.form.text("user_id")
	if len(c.form.problems) > 0 {
		a := grapeFields(c.form.problems)
		return work{}, &a
	}
	return work{shape: c.shape, process: func(Conduct) answer {
		u := lookUp(id)
		if u.atValidate.is() {
			return u.atValidate.answer(c.shape)
		}
		data := []pair{{"user_id", quote(u.projectID)}}
		if !u.unbounded {
			data = append(data, pair{"max_amount", u.max.String()})
		}
		return answer{http.StatusCreated, object(
			pair{"status", `"success"`},
			pair{"data", string(object(data...))})}
	}}, nil
}

// order is what deposits and payouts have in common.
type order struct {
	userID   string
	user     user
	amount   money.Amount
	currency string
	method   string
}

// order reads the common fields in the document's order; between is read
// before the amount, where a deposit has its status.
func (c *call) order(between func()) order {
	var o order
	o.userID = c.form.text("user_id")
	between()
	o.amount = c.form.amount("amount")
	o.currency = c.form.text("currency")
	o.method = c.form.text("payment_method")
	o.user = lookUp(o.userID)
	return o
}

// refusal is the domain's verdict on an order; the zero value lets it pass.
func (o order) refusal() refusal {
	switch {
	case o.user.atCreate.is():
		return o.user.atCreate
	case o.currency != "UZS":
		return refusal{http.StatusBadRequest, "CURRENCY_NOT_SUPPORTED"}
	case !knownMethod(o.method):
		return refusal{http.StatusBadRequest, "UNSUPPORTED_PAYMENT_METHOD"}
	case !o.user.unbounded && o.amount > o.user.max:
		return refusal{http.StatusForbidden, "EXCEEDS_MAX_AMOUNT"}
	}
	return refusal{}
}

// knownMethod is the document's last page, "Значения для payment_method".
func knownMethod(m string) bool {
	switch m {
	case "bank_card", "bank_transfer", "wallet_transfer", "crypto":
		return true
	}
	return false
}

// deposit is section 3, "Создание депозита".
func (s *Server) deposit(c *call) (work, *answer) {
	var status string
	o := c.order(func() { status = c.form.text("status") })
	c.form.stamp("timestamp")
	if len(c.form.problems) > 0 {
		a := grapeFields(c.form.problems)
		return work{}, &a
	}
	job := work{conduct: o.user.conduct, shape: c.shape, money: true}
	job.process = func(met Conduct) answer {
		no := o.refusal()
		if !o.user.atCreate.is() && status != "paid" {
			no = refusal{http.StatusBadRequest, "INVALID_STATUS"}
		}
		if no.is() {
			return no.answer(c.shape)
		}
		return s.credit(c, o, met)
	}
	return job, nil
}

// credit books a deposit, once for each body.
func (s *Server) credit(c *call, o order, met Conduct) answer {
	sum := digest(c.body)
	id := "raisboy_dep_" + sum
	known := false
	err := s.ledger.change(func(b *book) []Entry {
		if _, known = b.deposits[sum]; known {
			return nil
		}
		return []Entry{s.entry(Entry{Kind: DepositCreated, DepositID: id, BodySHA256: sum, Fault: met.String()}, o)}
	})
	switch {
	case err != nil:
		s.log.Error("deposit not recorded", "error", err)
		return broken()
	case known:
		return c.shape.refuse(http.StatusBadRequest, "DEPOSIT_ALREADY_PROCESSED")
	}
	return answer{http.StatusCreated, object(
		pair{"status", `"success"`}, pair{"message", `"OK"`}, pair{"deposit_id", quote(id)})}
}

// entry completes an entry with the time and the order.
func (s *Server) entry(e Entry, o order) Entry {
	e.At = s.moment()
	e.UserID, e.ProjectUserID = o.userID, o.user.projectID
	e.Amount, e.Currency, e.Method = o.amount, o.currency, o.method
	return e
}

// payout is section 4, "Создание выплаты".
func (s *Server) payout(c *call) (work, *answer) {
	o := c.order(func() {})
	requestID := c.form.id("request_id")
	c.form.stamp("timestamp")
	if len(c.form.problems) > 0 {
		a := grapeFields(c.form.problems)
		return work{}, &a
	}
	job := work{conduct: o.user.conduct, shape: c.shape, money: true}
	job.process = func(met Conduct) answer {
		if no := o.refusal(); no.is() {
			return no.answer(c.shape)
		}
		return s.create(c, o, requestID, met)
	}
	return job, nil
}

// create books a payout, once for each request_id, and has Webhook 1 sent.
func (s *Server) create(c *call, o order, requestID string, met Conduct) answer {
	id := "pout_" + strings.ToLower(rand.Text()[:16])
	isNew := false
	err := s.ledger.change(func(b *book) []Entry {
		if isNew = b.byRequest[requestID] == nil; !isNew {
			return nil
		}
		return []Entry{s.entry(Entry{Kind: PayoutCreated, PayoutID: id, RequestID: requestID,
			Status: statusPending, WebhookURL: c.base + notifyPath + systemID + "/" + id,
			BodySHA256: digest(c.body), Fault: met.String()}, o)}
	})
	if err == nil && isNew {
		s.announce(id)
	}
	var p payout
	if err == nil {
		// Looked at again: an early webhook may have changed the status.
		err = s.ledger.view(func(b *book) { p = *b.byRequest[requestID] })
	}
	if err != nil {
		s.log.Error("payout not recorded", "error", err)
		return broken()
	}
	amount := p.created.Amount
	if o.user.mismatch {
		amount += 1_00
	}
	return answer{http.StatusCreated, object(
		pair{"success", "true"},
		pair{"payout_id", quote(p.created.PayoutID)},
		pair{"status", quote(p.status)},
		pair{"amount", amount.String()},
		pair{"currency", quote(p.created.Currency)},
		pair{"request_id", quote(requestID)})}
}
