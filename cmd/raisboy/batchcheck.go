package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// check reads the whole file. d is asked what became of its rows earlier.
func (j *batchJob) check(d *desk.Desk) (*batch.Plan, error) {
	a := j.app
	limits := d.Limits
	limits.ConfirmAbove = j.above
	c := &batch.Check{
		Terms: j.order.terms, Rows: j.checkRow, Journal: priors(d), Balance: j.session.balance, Expect: j.order.expect, Limits: limits,
	}
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	plan, err := c.Run(ctx, j.reader)
	if err != nil {
		return nil, j.unreadable(err)
	}
	j.tellOfReader()
	if ignored := j.reader.Ignored(); len(ignored) > 0 {
		a.render.Note("note.ignored-columns", words{"Columns": a.quoted(ignored)})
	}
	return plan, nil
}

// balance says what the merchant account surely holds for deposits, where its
// opening balance is known. Payouts fill it, so they need none.
func (s *session) balance(ctx context.Context, kind api.Kind, currency string) (money.Amount, bool, error) {
	if kind != api.KindDeposit || s.journal == nil {
		return 0, false, nil
	}
	account, known, err := s.openedAccount(ctx, currency)
	return account.Low, known, err
}

// unreadable says of an input that broke off that it is the file's fault.
func (j *batchJob) unreadable(err error) error {
	var path *fs.PathError
	var spool *batch.SpoolError
	if errors.As(err, &spool) {
		return err
	}
	if errors.As(err, &path) && path.Op == "read" {
		return &usageError{Problem: usageBadFile, Name: j.order.file, Value: j.app.reason(err)}
	}
	if errors.Is(err, money.ErrOverflow) {
		return &usageError{Problem: usageBadSum, Name: j.order.file}
	}
	return err
}

// checked runs a batch after all of it was checked and confirmed.
func (j *batchJob) checked() error {
	a := j.app
	plan, err := j.check(j.desk)
	if err != nil {
		return err
	}
	defer func() { _ = plan.Close() }()
	if err := j.refuse(plan); err != nil {
		return err
	}
	s := plan.Summary
	if s.Rows == 0 {
		a.render.Note("note.batch-empty", nil)
		return nil
	}
	if j.order.terms.Kind.MovesMoney() {
		if err := a.confirmBatch(j, &s); err != nil {
			return err
		}
	}
	if s.Done == s.Rows {
		a.render.Note("note.batch-all-done", words{"At": a.render.Clock(s.LastDone)})
	}
	return j.run(plan.Rows(), s.Rows)
}

// refuse lists the mistakes of a plan, if there are any.
func (j *batchJob) refuse(plan *batch.Plan) error {
	if len(plan.Mistakes) == 0 {
		return nil
	}
	a := j.app
	said := make([]string, len(plan.Mistakes))
	held := true
	for i, m := range plan.Mistakes {
		said[i] = a.sayMistake(m)
		switch m.Problem {
		case batch.ProblemLimit, batch.ProblemChanged, batch.ProblemMoved, batch.ProblemOtherKeys:
		default:
			held = false
		}
	}
	a.render.BatchMistakes(plan.Mistakes, said, plan.More)
	return &batchRefused{Mistakes: len(plan.Mistakes) + plan.More, Held: held}
}

// A batchRefused error says that a file cannot be run as it is; its mistakes
// were listed.
type batchRefused struct {
	Mistakes int
	Held     bool // the file is right, the desk's rules hold it back
}

func (e *batchRefused) Error() string { return fmt.Sprintf("%d mistakes", e.Mistakes) }

// dryRun says what would be sent, and sends and records nothing.
func (j *batchJob) dryRun() error {
	if err := j.session.profile.Require("base_url", "api_key", "secret"); err != nil {
		return err
	}
	d, err := j.openForReading()
	if err != nil {
		return err
	}
	plan, err := j.check(d)
	if err != nil {
		return err
	}
	defer func() { _ = plan.Close() }()
	if err := j.app.render.BatchPlan(plan.Summary, plan.Mistakes, plan.More); err != nil {
		return err
	}
	return j.refuse(plan)
}

// confirmBatch asks about the whole of it, by the rules of confirmOrder. s is
// nil for an endless batch, of which nothing is known.
func (a *app) confirmBatch(j *batchJob, s *batch.Summary) error {
	given, profile := j.order.confirmation, j.session.profile
	rows, sum := 0, money.Amount(0)
	var sums []batch.Total
	if s != nil {
		sums = s.New
		if rows, _ = batch.SumOf(sums); rows == 0 { // everything is reported only
			return nil
		}
		if given.confirmAmount != "" { // as for one operation: wherever it is given
			if err := sameAmount(given.confirmAmount, s.Sum); err != nil {
				return err
			}
		}
		if s.Above > 0 {
			return a.confirmLargeBatch(j, s)
		}
		sum = s.Sum
	}
	switch {
	case given.yes, profile.Sandbox && !given.ask:
		return nil
	case a.canAsk():
		key := "prompt.batch." + string(api.KindDeposit)
		if j.order.terms.Kind == api.KindPayout {
			key = "prompt.batch.payout"
		}
		if s == nil {
			key = "prompt.batch.stream"
		} else {
			a.render.BatchSummary(*s)
		}
		return a.yes(a.interrupt, a.render.BatchQuestion(key, rows, sums, sum, profile.Name, profile.Sandbox))
	case a.attended():
		return &usageError{Problem: usageNoAnswer, Name: "--yes"}
	}
	return nil
}

// confirmLargeBatch has the sum of the file typed once more: some of its rows
// are above confirm_above. A sum that was expected was given already.
func (a *app) confirmLargeBatch(j *batchJob, s *batch.Summary) error {
	switch {
	case j.order.expectSum, j.order.confirmation.confirmAmount != "": // held against the file
		return nil
	case !a.canAsk():
		return &amountNotConfirmed{Batch: true}
	}
	a.render.BatchSummary(*s)
	profile := j.session.profile
	return a.retype(a.interrupt, a.render.BatchQuestion("prompt.batch.retype", s.Rows, s.New, s.Sum, profile.Name, profile.Sandbox), s.Sum)
}

// priors is what a check asks about rows: nothing where there is no journal yet.
func priors(d *desk.Desk) batch.Journal {
	if d == nil || d.Journal == nil {
		return nil
	}
	return d
}
