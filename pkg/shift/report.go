package shift

import (
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// Type tells a report that changes nothing from the one that closes the shift.
type Type string

// The types of reports, as in the JSON field "type".
const (
	X Type = "X"
	Z Type = "Z"
)

// version marks the form of a snapshot; a later one must be able to read it.
const version = 1

// A Report is a shift's X or Z report. Its JSON form, with these keys in this
// order and amounts in minor units, is the canonical snapshot that a closing
// stores and hashes; people and scripts get it from package render.
type Report struct {
	Version int    `json:"version"`
	Type    Type   `json:"type"`
	Profile string `json:"profile"`
	Desk    string `json:"desk"`
	Shift   int64  `json:"shift"` // number of the desk's shift, and of its Z

	OpenedAt time.Time `json:"opened_at"`
	OpenedBy string    `json:"opened_by"` // the operating system's user
	ClosedAt time.Time `json:"closed_at,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`

	// Totals are of what the shift settled, as differences, and of what stood
	// unsettled or unpaid at its end, as it stood: see [Total.Standing].
	Totals []Total `json:"totals"`

	// Outside is what was settled between the shift before and the opening. Its
	// cash is in the float.
	Outside []Total `json:"outside"`

	// Cash is the till, one row a currency, that of the float first.
	Cash []Till `json:"cash"`

	Open   []Item `json:"open"`   // not settled at the end: counted nowhere as done
	Unpaid []Item `json:"unpaid"` // payouts that exist and were neither handed over nor called off
	Late   []Item `json:"late"`   // of earlier shifts, settled or corrected in this one

	Previous string `json:"previous_hash,omitempty"` // hex; of the desk's Z before
	Rows     string `json:"rows_hash"`               // hex; over every fact that the shift counted

	// Hash is the snapshot's SHA-256 in hex; empty for an X report.
	Hash string `json:"-"`
	// Account is what the merchant account should hold when the report is told, in
	// the float's currency; nil: nobody knows, or the report is a reprint. It is
	// no part of the snapshot, for it is not this desk's alone.
	Account *Account `json:"-"`
	// Sandbox says that the money is not real; the command knows.
	Sandbox bool `json:"-"`
	// Reprint says that the Z was told before.
	Reprint bool `json:"-"`
}

// A Total is one line of a report. Count and Sum may be below zero where a
// shift corrects an earlier one.
type Total struct {
	Kind     string       `json:"kind"` // "deposit" or "payout"
	Method   string       `json:"payment_method"`
	Currency string       `json:"currency"`
	Outcome  string       `json:"outcome"`                 // see journal.State
	Status   string       `json:"payout_status,omitempty"` // of payouts that are done
	Count    int64        `json:"count"`
	Sum      money.Amount `json:"sum"` // minor units
}

// Standing reports whether the line says how things stood at the end of the
// shift, carried over from earlier ones, and not what happened in it.
func (t Total) Standing() bool {
	state, _ := journal.ParseState(t.Outcome)
	return state.Unsettled() || t.unpaid()
}

func (t Total) unpaid() bool {
	return t.Kind == kindPayout && t.Outcome == journal.StateDone.String() &&
		t.Status != statusCompleted && t.Status != statusCancelled
}

// A Till is the cash of one currency, in minor units.
type Till struct {
	Currency string       `json:"currency"`
	Float    money.Amount `json:"float"`    // at the opening; of the profile's currency alone
	In       money.Amount `json:"in"`       // deposits credited
	Out      money.Amount `json:"out"`      // payouts handed over
	Expected money.Amount `json:"expected"` // Float + In − Out

	// Low and High bound what may be there for what is not settled: an unknown
	// deposit's cash was taken in, or given back.
	Low  money.Amount `json:"low"`
	High money.Amount `json:"high"`

	HasCounted bool         `json:"has_counted"`
	Counted    money.Amount `json:"counted"`
	Difference money.Amount `json:"difference"` // Counted − Expected
}

// An Item is an operation that is named in a report.
type Item struct {
	Operation int64        `json:"operation"`
	Kind      string       `json:"kind"`
	UserID    string       `json:"user_id"`
	Amount    money.Amount `json:"amount"` // minor units
	Currency  string       `json:"currency"`
	Outcome   string       `json:"outcome"`
	Status    string       `json:"payout_status,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
}

// Till gives the cash of the float's currency, which is that of the profile.
func (r *Report) Till() Till {
	if len(r.Cash) == 0 {
		return Till{}
	}
	return r.Cash[0]
}

// OpenItems gives the numbers of the operations that are not settled.
func (r *Report) OpenItems() []int64 { return numbers(r.Open) }

// UnpaidItems gives the numbers of the payouts that wait to be handed over.
func (r *Report) UnpaidItems() []int64 { return numbers(r.Unpaid) }

// LateItems gives the numbers of the operations of earlier shifts that this one
// settled or corrected.
func (r *Report) LateItems() []int64 { return numbers(r.Late) }

func numbers(items []Item) []int64 {
	list := make([]int64, 0, len(items))
	for _, i := range items {
		list = append(list, i.Operation)
	}
	return list
}
