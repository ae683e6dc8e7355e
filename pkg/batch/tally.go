package batch

import (
	"cmp"
	"slices"

	"github.com/raisboy/raisboy/pkg/money"
)

// Class is what an outcome means for the batch as a whole.
type Class uint8

// The classes. Unknown is the zero value, the safe one.
const (
	Unknown Class = iota // money may have moved: somebody must find out
	Done
	Failed // nothing moved
)

// ClassOf judges the JSON field "outcome".
func ClassOf(outcome string) Class {
	switch outcome {
	case "done":
		return Done
	case "refused", "not_sent", "held":
		return Failed
	}
	return Unknown
}

// A Count is how many rows ended in one way, and their sum.
type Count struct {
	Outcome  string // as in the JSON field "outcome"
	Code     string // as in "code"; of what was held back its reason
	Currency string
	Rows     int
	Replayed int          // of them, how many were recorded earlier
	Sum      money.Amount // minor units
}

// A Tally counts rows by what became of them. Its zero value is empty.
type Tally struct {
	Rows     int
	Replayed int
	classes  [Failed + 1]int
	fresh    [Failed + 1]int  // of them, those that were not recorded earlier
	counts   map[Count]*Count // by outcome, code and currency alone
}

// maxCounts bounds how many codes are told apart: they come from outside.
const maxCounts = 200

// Add counts a row.
func (t *Tally) Add(outcome, code, currency string, amount money.Amount, replayed bool) {
	t.Rows++
	t.classes[ClassOf(outcome)]++
	key := Count{Outcome: outcome, Code: code, Currency: currency}
	if t.counts[key] == nil {
		if t.counts == nil {
			t.counts = map[Count]*Count{}
		}
		if len(t.counts) >= maxCounts {
			key.Code = "…"
		}
		if t.counts[key] == nil {
			c := key
			t.counts[key] = &c
		}
	}
	c := t.counts[key]
	c.Rows++
	if !replayed {
		t.fresh[ClassOf(outcome)]++
	}
	if replayed {
		t.Replayed++
		c.Replayed++
	}
	if sum, err := c.Sum.Add(amount); err == nil {
		c.Sum = sum
	}
}

// Of is how many rows are in a class.
func (t *Tally) Of(c Class) int { return t.classes[c] }

// Fresh is how many rows of a class were not recorded earlier.
func (t *Tally) Fresh(c Class) int { return t.fresh[c] }

// Counts lists what was counted: what is done first, what is unknown last, and
// within that by outcome, code and currency.
func (t *Tally) Counts() []Count {
	all := make([]Count, 0, len(t.counts))
	for _, c := range t.counts {
		all = append(all, *c)
	}
	order := map[Class]int{Done: 0, Failed: 1, Unknown: 2}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(
			cmp.Compare(order[ClassOf(a.Outcome)], order[ClassOf(b.Outcome)]),
			cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Currency, b.Currency),
		)
	})
	return all
}
