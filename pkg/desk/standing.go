package desk

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/journal"
)

// A Standing row of a batch is one that money moved for, or may have moved for,
// under a key that was made from its line.
type Standing struct {
	Line      int   // in the file, when it was first run
	Operation int64 // its number
	Order     Order // what was ordered: the user, the amount and the currency alone
}

// BatchStanding gives the rows of a batch that are known by their lines and may
// not be sent again. Errors are those of the journal.
func (d *Desk) BatchStanding(ctx context.Context, name string) iter.Seq2[Standing, error] {
	return func(yield func(Standing, error) bool) {
		for row, err := range d.Journal.BatchRows(ctx, d.Profile, name) {
			if err != nil {
				yield(Standing{}, err)
				return
			}
			s, made := standing(name, row)
			if made && !yield(s, nil) {
				return
			}
		}
	}
}

func standing(name string, row journal.BatchRow) (Standing, bool) {
	text, _ := strings.CutPrefix(row.Ref, name+"/")
	line, err := strconv.Atoi(text)
	switch {
	case err != nil, row.Ref != journal.LineRef(name, line), row.Operation == 0:
		return Standing{}, false
	case row.Outcome == journal.StateRefused.String(), row.Outcome == journal.StateNotSent.String():
		return Standing{}, false
	}
	o := Order{Kind: row.Kind, UserID: row.UserID, Amount: row.Amount, Currency: row.Currency}
	return Standing{Line: line, Operation: row.Operation, Order: o}, true
}
