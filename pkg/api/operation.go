package api

import (
	"errors"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// A Validation asks whether a user may move money, and how much (Raisboy API,
// section 2). It moves none.
type Validation struct {
	UserID string // on the project, at most MaxID characters
}

// A Deposit credits a user of the project with money that the desk has already
// taken (Raisboy API, section 3). It has no request id: it is never repeated
// by itself.
type Deposit struct {
	UserID        string
	Amount        money.Amount // minor units
	Currency      string       // ISO 4217
	PaymentMethod string       // one of PaymentMethods
	Timestamp     time.Time    // goes into the body, to the millisecond
}

// A Payout asks the project to release money of a user, which the desk pays by
// hand later (Raisboy API, section 4). The same RequestID gives the same payout.
type Payout struct {
	UserID        string
	Amount        money.Amount // minor units
	Currency      string       // ISO 4217
	PaymentMethod string       // one of PaymentMethods
	RequestID     string       // ours, at most MaxID characters
	Timestamp     time.Time    // goes into the body, to the millisecond
}

// A Notice is Webhook 2: the desk tells the project that a payout was paid out
// or called off (Raisboy API, section 5).
type Notice struct {
	PayoutID  string       // the project's, at most MaxRemoteID characters
	Status    PayoutStatus // StatusCompleted or StatusCancelled
	Amount    money.Amount // minor units, Webhook 1's
	Currency  string       // Webhook 1's
	Timestamp time.Time    // goes into the body, to the millisecond
	URL       string       // Webhook 1's webhook_url
}

// Check reports the first field that must not be sent, as a *FieldError.
func (v Validation) Check() error {
	return firstError(checkID("user_id", v.UserID, MaxID))
}

// Check reports the first field that must not be sent, as a *FieldError.
func (d Deposit) Check() error {
	return firstError(
		checkID("user_id", d.UserID, MaxID),
		checkAmount(d.Amount),
		checkCurrency(d.Currency),
		checkMethod(d.PaymentMethod),
		checkTime(d.Timestamp),
	)
}

// Check reports the first field that must not be sent, as a *FieldError.
func (p Payout) Check() error {
	return firstError(
		checkID("user_id", p.UserID, MaxID),
		checkAmount(p.Amount),
		checkCurrency(p.Currency),
		checkMethod(p.PaymentMethod),
		checkID("request_id", p.RequestID, MaxID),
		checkTime(p.Timestamp),
	)
}

// Check reports the first field that must not be sent, as a *FieldError.
func (n Notice) Check() error {
	var status *FieldError
	if !n.Status.Final() {
		status = fieldError("status", ProblemStatus, string(n.Status))
	}
	return firstError(
		checkID("payout_id", n.PayoutID, MaxRemoteID),
		status,
		checkAmount(n.Amount),
		checkCurrency(n.Currency),
		checkTime(n.Timestamp),
		checkURL("webhook_url", n.URL),
	)
}

// Call freezes the request. The error is a *FieldError.
func (v Validation) Call(to Endpoints) (Call, error) {
	return freeze(KindValidation, to.URL(KindValidation), Terms{UserID: v.UserID}, v.Check())
}

// Call freezes the request. The error is a *FieldError.
func (d Deposit) Call(to Endpoints) (Call, error) {
	return freeze(KindDeposit, to.URL(KindDeposit), Terms{
		UserID:        d.UserID,
		Amount:        d.Amount,
		Currency:      d.Currency,
		PaymentMethod: d.PaymentMethod,
		Status:        statusPaid,
		Timestamp:     bodyTimestamp(d.Timestamp),
	}, d.Check())
}

// Call freezes the request. The error is a *FieldError.
func (p Payout) Call(to Endpoints) (Call, error) {
	return freeze(KindPayout, to.URL(KindPayout), Terms{
		UserID:        p.UserID,
		Amount:        p.Amount,
		Currency:      p.Currency,
		PaymentMethod: p.PaymentMethod,
		RequestID:     p.RequestID,
		Timestamp:     bodyTimestamp(p.Timestamp),
	}, p.Check())
}

// Call freezes the request to the notice's own URL. The error is a *FieldError.
func (n Notice) Call() (Call, error) {
	return freeze(KindNotice, n.URL, Terms{
		PayoutID:  n.PayoutID,
		Status:    string(n.Status),
		Amount:    n.Amount,
		Currency:  n.Currency,
		Timestamp: bodyTimestamp(n.Timestamp),
	}, n.Check())
}

func freeze(kind Kind, address string, terms Terms, checked error) (Call, error) {
	if checked != nil {
		return Call{}, checked
	}
	if err := checkURL("url", address); err != nil {
		return Call{}, err
	}
	body, err := appendBody(nil, kind, terms)
	if err != nil {
		return Call{}, err
	}
	return Call{Kind: kind, URL: address, Body: body, Terms: terms, Repeatable: repeatable(kind)}, nil
}

// repeatable is what Call.Repeatable promises. An unknown kind is not.
func repeatable(kind Kind) bool {
	return kind == KindValidation || kind == KindPayout || kind == KindNotice
}

// statusPaid is the only status of a deposit (Raisboy API, section 3: «Всегда
// значение "paid", только при внесении средств пользователем»).
const statusPaid = "paid"

// ErrKind is returned for a kind that is none of the four.
var ErrKind = errors.New("unknown kind of request")
