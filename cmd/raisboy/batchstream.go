package main

import (
	"errors"
	"io"
	"iter"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
)

// stream runs rows as they come.
func (j *batchJob) stream() error {
	if j.order.terms.Kind.MovesMoney() {
		if err := j.app.confirmBatch(j, nil); err != nil {
			return err
		}
		j.desk.Limits.ConfirmAbove = j.above
	}
	return j.run(j.incoming(), 0)
}

// incoming gives the rows of an endless batch, each held against the rules by
// itself.
func (j *batchJob) incoming() iter.Seq2[batch.Planned, error] {
	keys := batch.Keys{Batch: j.order.terms.Batch}
	if j.desk.Journal != nil {
		keys.Journal = j.desk
	}
	return func(yield func(batch.Planned, error) bool) {
		for {
			row, err := j.reader.Next()
			j.tellOfReader()
			p := batch.Planned{Row: row}
			if err == nil {
				err = j.judge(&keys, row)
			}
			if err == nil {
				p.Straight, err = j.isNew(row)
			}
			if errors.Is(err, io.EOF) || !yield(p, err) {
				return
			}
		}
	}
}

// isNew reports that the journal has nothing under the row's key: it need not be
// asked about it before the network is. That Begin asks is all that counts.
func (j *batchJob) isNew(row batch.Row) (bool, error) {
	t := j.order.terms
	if !t.Kind.MovesMoney() || t.SkipValidate {
		return true, nil
	}
	priors, err := j.desk.Priors(j.app.interrupt, []desk.Order{t.Order(row)})
	if err != nil {
		return false, err
	}
	return priors[0].Entry.ID == 0, nil
}

func (j *batchJob) judge(keys *batch.Keys, row batch.Row) error {
	if mistakes := batch.JudgeRow(j.checkRow, j.order.terms, row); mistakes != nil {
		return &batch.RowError{Row: row, Mistakes: mistakes}
	}
	if !j.order.terms.Kind.MovesMoney() {
		return nil
	}
	m, err := keys.Judge(j.app.interrupt, row)
	switch {
	case err != nil || m == nil:
		return err
	case m.Problem == batch.ProblemMixedRefs:
		return &batch.RowError{Row: row, Mistakes: []*batch.Mistake{m}}
	}
	return &batch.FormatError{Mistake: m}
}
