package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// checking is a check on its way.
type checking struct {
	*Check
	ctx     context.Context
	plan    *Plan
	keys    Keys
	keyless bool // it was said that the rows have no key, or a wrong one
	chunk   []Row
	refs    []mark // of each row
	equal   []mark

	requests []mark  // of each row that names its request_id
	fresh    []mark  // what equal has, of rows that may have moved
	lines    lineSet // those that rows stand on, where some may have moved
}

// chunkRows is how many rows are looked up at a time.
const chunkRows = 200

func (k *checking) run(in *Reader) error {
	for {
		if err := k.ctx.Err(); err != nil {
			return err
		}
		row, err := in.Next()
		var wrong *RowError
		var format *FormatError
		switch {
		case errors.Is(err, io.EOF):
			return k.finish()
		case errors.As(err, &wrong):
			k.note(wrong.Mistakes...)
			k.markRef(wrong.Row)
			// What else is wrong with it is worth saying at once.
			if wrong.Row.UserID != "" && wrong.Row.Amount == 0 {
				wrong.Row.Amount = 1
				k.note(k.judge(wrong.Row)...)
			}
			continue
		case errors.As(err, &format):
			k.note(format.Mistake)
			return k.finish()
		case err != nil:
			return err
		}
		if err := k.take(row); err != nil {
			return err
		}
	}
}

func (k *checking) note(mistakes ...*Mistake) {
	for _, m := range mistakes {
		if len(k.plan.Mistakes) < maxMistakes {
			k.plan.Mistakes = append(k.plan.Mistakes, m)
		} else {
			k.plan.More++
		}
	}
}

// judge holds a row against the rules of its fields.
func (k *checking) judge(row Row) []*Mistake { return JudgeRow(k.Rows, k.Terms, row) }

// JudgeRow holds a row against the rules of its fields: nil if none is broken.
func JudgeRow(check RowCheck, t Terms, row Row) []*Mistake {
	err := check(t.Order(row))
	if err == nil && row.Ref != "" {
		err = api.CheckText("ref", row.Ref, api.MaxID)
	}
	if err == nil {
		return nil
	}
	m := &Mistake{Line: row.Line, Problem: ProblemField, Err: err}
	var field *api.FieldError
	if errors.As(err, &field) {
		m.Field, m.Value, m.Column = field.Field, field.Value, row.column(field.Field)
	}
	return []*Mistake{m}
}

// markRef remembers a row's ref, also of a row that is wrong otherwise: all
// mistakes are to be listed at once.
func (k *checking) markRef(row Row) {
	if row.Ref != "" && k.Terms.Kind.MovesMoney() {
		k.refs = append(k.refs, newMark(row.Ref, row.Line, true))
	}
	if row.RequestID != "" && k.Terms.Kind == api.KindPayout {
		k.requests = append(k.requests, newMark(row.RequestID, row.Line, true))
	}
}

func (k *checking) take(row Row) error {
	k.markRef(row)
	if mistakes := k.judge(row); mistakes != nil {
		k.note(mistakes...)
		return nil
	}
	if err := k.judgeKey(row); err != nil {
		return err
	}
	if err := k.count(row); err != nil {
		return err
	}
	if k.chunk = append(k.chunk, row); len(k.chunk) < chunkRows {
		return nil
	}
	return k.lookUp()
}

func (k *checking) judgeKey(row Row) error {
	if !k.Terms.Kind.MovesMoney() {
		return nil
	}
	m, err := k.keys.Judge(k.ctx, row)
	if m == nil || err != nil {
		return err
	}
	if m.Problem != ProblemMixedRefs { // it is the same for every row
		if k.keyless {
			return nil
		}
		k.keyless = true
	}
	k.note(m)
	return nil
}

func overLimit(l desk.Limits, kind api.Kind, row Row) *Mistake {
	limit, key := l.DepositMax, "limits.deposit_max"
	if kind == api.KindPayout {
		limit, key = l.PayoutMax, "limits.payout_max"
	}
	if limit <= 0 || row.Amount <= limit {
		return nil
	}
	return &Mistake{
		Line: row.Line, Column: row.column("amount"), Field: "amount", Problem: ProblemLimit, Value: key,
		Err: &LimitError{Amount: row.Amount, Limit: limit},
	}
}

// A LimitError says by how much a limit of the desk's own is passed.
type LimitError struct {
	Amount, Limit money.Amount // minor units
	Currency      string       // of a shift's limit
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is over the limit of %s", e.Amount, e.Limit)
}

// count adds a row to the totals, and marks it.
func (k *checking) count(row Row) error {
	s := &k.plan.Summary
	s.Rows++
	sum, err := s.Sum.Add(row.Amount)
	if err != nil {
		return err
	}
	s.Sum = sum
	o := k.Terms.Order(row)
	if err := addTo(&s.Totals, Total{Currency: o.Currency, PaymentMethod: o.PaymentMethod}, o.Amount); err != nil {
		return err
	}
	if above := k.Limits.ConfirmAbove; above > 0 && row.Amount > above {
		s.Above++
	}
	if !k.Terms.Kind.MovesMoney() {
		return nil
	}
	k.equal = append(k.equal, newMark(equalKey(o), row.Line, row.Ref != ""))
	return nil
}

// equalKey is what two rows have in common that the journal takes for one.
func equalKey(o desk.Order) string {
	return o.UserID + "\x00" + o.Amount.String() + "\x00" + o.Currency
}

// maxTotals bounds how many totals are kept apart.
const maxTotals = 100

func addTo(totals *[]Total, t Total, amount money.Amount) error {
	i := slices.IndexFunc(*totals, func(known Total) bool {
		return known.Currency == t.Currency && known.PaymentMethod == t.PaymentMethod
	})
	if i < 0 {
		if len(*totals) == maxTotals {
			i = maxTotals - 1
		} else {
			i = len(*totals)
			*totals = append(*totals, t)
		}
	}
	sum, err := (*totals)[i].Sum.Add(amount)
	(*totals)[i].Rows++
	(*totals)[i].Sum = sum
	return err
}

// lookUp asks the journal about the rows of a chunk, and keeps them.
func (k *checking) lookUp() error {
	orders := make([]desk.Order, len(k.chunk))
	for i, row := range k.chunk {
		orders[i] = k.Terms.Order(row)
	}
	priors := make([]desk.Prior, len(orders))
	if k.Journal != nil && k.Terms.Kind.MovesMoney() {
		var err error
		if priors, err = k.Journal.Priors(k.ctx, orders); err != nil {
			return err
		}
	}
	for i := range k.chunk {
		if err := k.prior(&k.chunk[i], orders[i], priors[i]); err != nil {
			return err
		}
		if err := k.plan.spool.add(&k.chunk[i], priors[i].Entry.ID == 0); err != nil {
			return err
		}
	}
	k.chunk = k.chunk[:0]
	return nil
}

// prior takes into account what the journal has under the row's ref.
func (k *checking) prior(row *Row, o desk.Order, p desk.Prior) error {
	s := &k.plan.Summary
	k.place(row, o, p.Entry.ID == 0)
	switch state := p.Entry.State; {
	case p.Entry.ID == 0:
		if m := overLimit(k.Limits, k.Terms.Kind, *row); m != nil {
			k.note(m)
		}
		return addTo(&s.New, Total{Currency: o.Currency}, o.Amount)
	case !p.Same:
		was := p.Entry.Call
		k.note(&Mistake{
			Line: row.Line, Problem: ProblemChanged, Value: clip(p.Entry.Ref), Operation: p.Entry.ID,
			Was: &was,
		})
	case state.Unsettled():
		s.Open++
	case !state.HoldsRef():
		s.Refused++
	default:
		s.Done++
		if p.Entry.SettledAt.After(s.LastDone) {
			s.LastDone = p.Entry.SettledAt
		}
	}
	return nil
}
