package batch

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
)

// Problems of a whole batch; their mistakes have no line.
const (
	ProblemCount Problem = "count" // not Expectation.Count rows: Value has how many
	ProblemSum   Problem = "sum"   // not Expectation.Sum: Value has the sum
)

// finish holds the batch as a whole against what was expected of it.
func (k *checking) finish() error {
	if err := k.lookUp(); err != nil {
		return err
	}
	s := &k.plan.Summary
	k.duplicates()
	if err := k.moved(); err != nil {
		return err
	}
	if e := k.Expect; e.HasCount && e.Count != s.Rows {
		k.note(&Mistake{Problem: ProblemCount, Value: strconv.Itoa(s.Rows), Meant: strconv.Itoa(e.Count)})
	}
	if e := k.Expect; e.Sum != 0 && e.Sum != s.Sum {
		k.note(&Mistake{Problem: ProblemSum, Value: s.Sum.String(), Meant: e.Sum.String()})
	}
	slices.SortStableFunc(k.plan.Mistakes, func(a, b *Mistake) int {
		if a.Line == 0 || b.Line == 0 { // those of the whole come last
			return b.Line - a.Line
		}
		return a.Line - b.Line
	})
	return k.money()
}

// duplicates finds rows that are there twice: by ref, and by what they move.
func (k *checking) duplicates() {
	twins(k.refs, func(first, second mark) {
		k.note(&Mistake{Line: second.line(), Field: "ref", Problem: ProblemRefTwice, First: first.line()})
	})
	twins(k.requests, func(first, second mark) {
		k.note(&Mistake{Line: second.line(), Field: "request_id", Problem: ProblemRequestTwice, First: first.line()})
	})
	twins(k.equal, func(first, second mark) {
		switch {
		case first.keyed() && second.keyed() || k.Terms.Again:
			k.plan.Summary.Equal++
		default:
			k.note(&Mistake{Line: second.line(), Problem: ProblemEqual, First: first.line()})
		}
	})
	k.refs, k.requests, k.equal = nil, nil, nil
}

// twins calls found for each mark that is equal to the one before it, in the
// order of their lines.
func twins(marks []mark, found func(first, second mark)) {
	slices.SortFunc(marks, mark.compare)
	for i := 1; i < len(marks); i++ {
		if marks[i].digest == marks[i-1].digest {
			found(marks[i-1], marks[i])
		}
	}
}

// money holds what is to be sent against the shift's limit and the account.
func (k *checking) money() error {
	if !k.Terms.Kind.MovesMoney() {
		return nil
	}
	for _, t := range k.plan.Summary.New {
		if k.Journal != nil {
			left, limited, err := k.Journal.ShiftLeft(k.ctx, t.Currency)
			if err != nil {
				return err
			}
			if limited && t.Sum > left {
				k.note(&Mistake{
					Problem: ProblemLimit, Value: "limits.shift_max", Field: "amount",
					Err: &LimitError{Amount: t.Sum, Limit: left, Currency: t.Currency},
				})
			}
		}
		if k.Balance != nil {
			expected, known, err := k.Balance(k.ctx, k.Terms.Kind, t.Currency)
			if err != nil {
				return err
			}
			if known {
				k.plan.Summary.Balances = append(k.plan.Summary.Balances, AccountBalance{Currency: t.Currency, Expected: expected, Need: t.Sum})
			}
		}
	}
	return nil
}

// Keys sees to it that every row has a key, and that all rows of a batch have
// the same kind of key: the same row under two keys would be paid twice.
type Keys struct {
	Batch   string
	Journal Journal // nil: nothing was ever recorded

	begun     bool
	own, made bool // the batch's rows in the journal
	refs      bool // the first row had a ref of its own
}

// Judge holds a row against those before it; nil: its key is right.
func (k *Keys) Judge(ctx context.Context, row Row) (*Mistake, error) {
	if !k.begun {
		k.begun, k.refs = true, row.Ref != ""
		if k.Batch != "" && k.Journal != nil {
			var err error
			if k.own, k.made, err = k.Journal.BatchKeys(ctx, k.Batch); err != nil {
				return nil, err
			}
		}
	}
	// A ref that was made from a line, and came back in a file to be corrected.
	line, returned := strings.CutPrefix(row.Ref, k.Batch+"/")
	returned = returned && k.Batch != "" && digits(line) && line[0] != '0'
	wrong := func(p Problem) (*Mistake, error) {
		return &Mistake{Line: row.Line, Column: row.column("ref"), Field: "ref", Problem: p, Value: clip(k.Batch)}, nil
	}
	switch {
	case row.Ref == "" && k.Batch == "" && !k.refs:
		return wrong(ProblemNoRef)
	case (row.Ref != "") != k.refs:
		return wrong(ProblemMixedRefs)
	case row.Ref == "" && k.own, row.Ref != "" && !returned && k.made:
		return wrong(ProblemOtherKeys)
	}
	return nil, nil
}

// SumOf adds up totals, whatever their currency.
func SumOf(totals []Total) (rows int, sum money.Amount) {
	for _, t := range totals {
		rows += t.Rows
		sum += t.Sum
	}
	return rows, sum
}
