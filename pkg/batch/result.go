package batch

import (
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// A Result is what became of a row.
type Result struct {
	Outcome  string // as in the JSON field "outcome"
	Code     string
	Currency string
	Amount   money.Amount // minor units
	Replayed bool         // recorded earlier: nothing was sent now

	// Credentials: the project refused the signature, the key or the clock.
	// Unrecorded: its answer could not be written. Busy: an equal operation is
	// being sent at this moment. Unreached: no connection was got.
	Credentials, Unrecorded, Busy, Unreached bool

	Value any // for Report
}

// Judge turns a receipt into a result.
func Judge(r desk.Receipt) Result {
	t := r.Entry.Call.Terms
	result := Result{
		Outcome: r.Entry.State.String(), Code: r.Entry.Code, Currency: t.Currency, Amount: t.Amount, Replayed: r.Replayed,
		Credentials: r.RefusesCredentials(), Unrecorded: !r.Recorded, Value: r,
	}
	if h := r.Held; h != nil {
		result.Outcome, result.Code = "held", string(h.Reason)
		result.Busy = h.By != nil && h.By.State.String() == "open"
	}
	result.Unreached = r.Held == nil && result.Outcome == "not_sent"
	return result
}
