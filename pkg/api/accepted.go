package api

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/raisboy/raisboy/pkg/money"
)

// readAccepted judges a strict JSON object under a 2xx.
func readAccepted(o *Outcome, call Call, tree value) {
	// «"status":"error" or "success":false is an error under a 2xx too»: but
	// only a name that the document knows is believed there, for nothing says
	// what an unheard-of one under "created" did with the money.
	if c, ok := readComplaint(o.HTTPStatus, call, tree); ok {
		o.Cause = CauseMalformed
		o.Message, o.ErrorCode, o.RequestID = c.message, c.errorCode, c.requestID
		switch {
		case c.processed != "":
			o.Cause, o.Code = CauseAlreadyProcessed, c.processed
		case c.foreignRequest:
			o.Cause = CauseEchoMismatch
		case c.documented:
			o.Verdict, o.Cause, o.Code = Refused, CauseAnswered, c.code
		}
		return
	}
	s := success{o: o, call: call, tree: tree}
	s.read()
}

// A success reads a success answer member by member. The first member that
// cannot be believed settles that the outcome is unknown; what was read before
// and after it is kept as evidence.
type success struct {
	o       *Outcome
	call    Call
	tree    value
	wrong   string // the first member that is missing or of another type
	differs string // the first echo that differs from what was sent
}

func (s *success) read() {
	switch s.call.Kind {
	case KindValidation:
		s.status()
		s.validation()
	case KindDeposit:
		s.status()
		s.o.DepositID = s.id("deposit_id")
		// Section 3 prints no echo. One that comes all the same and differs
		// from what the client was told is not passed over.
		s.echo(false)
	case KindPayout:
		s.success()
		s.o.PayoutID = s.id("payout_id")
		s.echo(true)
		s.payoutStatus()
	case KindNotice:
		s.success()
	default:
		s.fault("kind")
	}
	s.o.Message = clipBytes(s.optionalText("message"), maxMessage)
	for _, name := range []string{"error", "errors", "error_code"} {
		if s.tree.get(name).says() {
			s.fault(name)
		}
	}
	s.judge()
}

// judge: without its id a success is nothing; with it, a difference outweighs
// what else is missing, for it wants a person.
func (s *success) judge() {
	hasID := s.o.DepositID != "" || s.o.PayoutID != ""
	switch {
	case s.differs != "" && hasID && s.believed():
		s.o.Verdict, s.o.Cause, s.o.Detail = Mismatch, CauseEchoMismatch, s.differs+" differs"
	case s.differs != "":
		s.o.Verdict, s.o.Cause, s.o.Detail = Unknown, CauseEchoMismatch, s.differs+" differs"
	case s.wrong != "":
		s.o.Verdict, s.o.Cause, s.o.Detail = Unknown, CauseMalformed, s.wrong+" is missing or cannot be read"
	default:
		s.o.Verdict, s.o.Cause = Done, CauseAnswered
	}
}

// believed reports whether the answer says at its top that it is a success.
func (s *success) believed() bool {
	return s.wrong != "status" && s.wrong != "success"
}

func (s *success) fault(name string) {
	if s.wrong == "" {
		s.wrong = name
	}
}

func (s *success) status() {
	if state := s.tree.get("status"); state.kind != kindString || state.text != "success" {
		s.fault("status")
	}
	if flag := s.tree.get("success"); !flag.absent() && flag.kind != kindTrue {
		s.fault("success")
	}
}

func (s *success) success() {
	if s.tree.get("success").kind != kindTrue {
		s.fault("success")
	}
	if state := s.tree.get("status"); state.kind == kindString && state.text == "error" {
		s.fault("status")
	}
}

// validation reads section 2. max_amount may be absent; when it is there it
// must be readable, for the desk holds deposits and payouts against it.
func (s *success) validation() {
	data := s.tree.get("data")
	if data.kind != kindObject {
		s.fault("data")
		return
	}
	// Grape coerces, so an id of digits may come back as a number.
	id := data.get("user_id")
	if (id.kind != kindString && id.kind != kindNumber) || checkID("user_id", id.text, MaxRemoteID) != nil {
		s.fault("user_id")
	} else {
		s.o.UserID = id.text
	}
	if limit := data.get("max_amount"); !limit.absent() {
		amount, ok := readAmount(limit)
		if !ok {
			s.fault("max_amount")
			return
		}
		s.o.MaxAmount, s.o.HasMaxAmount = amount, true
	}
}

func (s *success) id(name string) string {
	id := s.tree.get(name)
	if id.kind != kindString || checkID(name, id.text, MaxRemoteID) != nil {
		s.fault(name)
		return ""
	}
	return id.text
}

func (s *success) optionalText(name string) string {
	text := s.tree.get(name)
	if !text.absent() && text.kind != kindString {
		s.fault(name)
	}
	return text.text
}

// payoutStatus: a create's answer may carry any status of a payout's life, for
// a repeated request finds the payout where it stands. One that the document
// does not know might as well mean "rejected": then nothing is taken for done.
func (s *success) payoutStatus() {
	state := s.optionalText("status")
	s.o.PayoutStatus = PayoutStatus(clip(state, MaxID))
	if s.o.PayoutStatus.Rank() == 0 {
		s.fault("status of the payout")
	}
}

// echo holds amount, currency and request_id against what was sent. Required:
// an answer that lacks one of them does not confirm what was asked for, and a
// payout can be asked for again without harm.
func (s *success) echo(required bool) {
	s.echoAmount(required)
	s.o.Currency = s.echoText("currency", s.call.Terms.Currency, required)
	s.o.RequestID = s.echoText("request_id", s.call.Terms.RequestID, required)
}

func (s *success) echoText(name, sent string, required bool) string {
	echoed := s.tree.get(name)
	switch {
	case echoed.absent():
		if required {
			s.fault(name)
		}
		return ""
	case echoed.kind != kindString:
		s.fault(name)
		return ""
	}
	if echoed.text != sent && (required || sent != "") {
		s.differ(name)
	}
	return clip(echoed.text, MaxRemoteID)
}

func (s *success) echoAmount(required bool) {
	echoed := s.tree.get("amount")
	if echoed.absent() {
		if required {
			s.fault("amount")
		}
		return
	}
	amount, ok := readAmount(echoed)
	switch {
	case ok:
		s.o.Amount = amount
		if amount != s.call.Terms.Amount {
			s.differ("amount")
		}
	case isNumber(echoed):
		// -5000, 5000.005, 1e99: no sum of ours, so certainly another one.
		s.differ("amount")
	default:
		s.fault("amount")
	}
}

func (s *success) differ(name string) {
	if s.differs == "" {
		s.differs = name
	}
}

// readAmount reads a JSON number, or a string that holds one: Ruby may print a
// decimal as "5000.0".
func readAmount(v value) (money.Amount, bool) {
	if v.kind != kindNumber && v.kind != kindString {
		return 0, false
	}
	amount, err := money.ParseNumber(v.text)
	return amount, err == nil
}

// isNumber reports whether the value is a number, whatever its size.
func isNumber(v value) bool {
	if v.kind == kindString {
		number := jsontext.Value(v.text)
		return len(number) <= maxName && number.Kind() == kindNumber && number.IsValid()
	}
	return v.kind == kindNumber
}
