package main

import (
	"context"
	"iter"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// batchJob is a batch at work: what was ordered, and what carries it out.
type batchJob struct {
	app     *app
	session *session
	order   batchOrder
	desk    *desk.Desk
	gate    *batch.Gate
	above   money.Amount // limits.confirm_above

	reader *batch.Reader
	passed batch.Lines // those of a stream whose rows are what they were, or new
	told   bool        // about the encoding
	last   desk.Receipt

	unrecorded bool // an answer could not be written down; the screen alone has it
}

// runBatch carries out a batch from its flags to the table at its end.
func (a *app) runBatch(o batchOrder) error {
	in, closeInput, err := a.openInput(o.file)
	if err != nil {
		return err
	}
	defer closeInput()
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	if err := s.fillTerms(&o.terms.Currency, &o.terms.PaymentMethod); err != nil {
		return err
	}
	j := &batchJob{app: a, session: s, order: o}
	j.reader = batch.NewReader(in, batch.Options{Kind: o.terms.Kind, Whole: o.stream})
	if j.above, err = s.confirmAbove(); err != nil {
		return err
	}
	if o.dryRun {
		return j.dryRun()
	}
	if err := a.probe(); err != nil {
		return err
	}
	if err := j.open(); err != nil {
		return err
	}
	if o.stream {
		return j.stream()
	}
	return j.checked()
}

// open makes the desk ready, with the gate before its client.
func (j *batchJob) open() error {
	a, s := j.app, j.session
	if j.order.terms.Kind.MovesMoney() {
		if err := s.openDesk(a.interrupt); err != nil {
			return err
		}
		j.desk = s.desk
		j.desk.Waiting = nil // said once for all
	} else {
		if err := s.openClient(a.interrupt); err != nil {
			return err
		}
		j.desk = &desk.Desk{Client: s.client, Now: a.process.now, Stop: a.interrupt.stop, Endpoints: s.endpoints()}
	}
	j.gate = &batch.Gate{Next: j.desk.Client, Now: a.process.now, Stop: a.interrupt.stop}
	j.desk.Client = j.gate
	return nil
}

// checkRow holds a row's fields against the rules.
func (j *batchJob) checkRow(o desk.Order) error {
	if o.Kind.MovesMoney() {
		d := desk.Desk{Now: j.app.process.now, Endpoints: j.session.endpoints()}
		return d.Check(o)
	}
	return api.Validation{UserID: o.UserID}.Check()
}

// tellOfReader says what the reader found out about the file, once.
func (j *batchJob) tellOfReader() {
	if j.reader.Encoding() == sheet.Windows1251 && !j.told {
		j.told = true
		j.app.render.Note("note.windows-1251", nil)
	}
}

// run runs rows and says how they ended. total is how many there are; 0: nobody
// knows.
func (j *batchJob) run(rows iter.Seq2[batch.Planned, error], total int) error {
	a := j.app
	p := a.newBatchProgress(total)
	j.gate.Shut = p.shut
	runner := &batch.Runner{
		Jobs: j.order.jobs, MaxFailures: j.order.maxFailures, MaxUnknown: j.order.maxUnknown,
		Work: j.work, Keep: j.keep, Before: j.before, Stop: a.interrupt.stop,
	}
	runner.Report = func(row batch.Planned, result batch.Result) error {
		p.count(result)
		return j.report(p, row, result)
	}
	a.render.Out = a.abandonable(a.render.Out)
	if j.session.embedded == nil {
		a.tune(batchGarbage, batchMemory)
	} else { // whose ledger grows in this process
		a.tune(batchGarbage, 0)
	}
	p.start(a.interrupt)
	ending := runner.Run(a.interrupt, rows)
	p.stop()
	a.warnOfClock(j.last.ServerDate, ending.Reason == batch.BadCredentials)
	return j.conclude(ending, total)
}

// before waits until a row may be begun.
func (j *batchJob) before(ctx context.Context) error {
	if err := j.gate.Wait(ctx); err != nil || j.order.rate == nil {
		return err
	}
	ctx, cancel := j.app.interrupt.stopped()
	defer cancel()
	return j.order.rate.Wait(ctx)
}

func (j *batchJob) work(ctx context.Context, p batch.Planned, answered func()) (batch.Result, error) {
	o := j.order.terms.Order(p.Row)
	if !o.Kind.MovesMoney() {
		return j.validate(ctx, o)
	}
	o.Straight, o.Answered = p.Straight, answered
	if j.order.stream {
		o.Stands = j.passed.Have
	}
	r, err := j.desk.Do(ctx, o)
	if err != nil {
		return batch.Result{}, err
	}
	if j.order.stream && r.Entry.ID != 0 {
		j.passed.Add(p.Row.Line)
	}
	return batch.Judge(r), nil
}

func (j *batchJob) validate(ctx context.Context, o desk.Order) (batch.Result, error) {
	outcome, err := j.desk.Validate(ctx, o.UserID)
	if err != nil {
		return batch.Result{}, err
	}
	result := batch.Result{Outcome: "refused", Code: outcome.CodeOrCause(), Credentials: outcome.RefusesCredentials(), Value: outcome}
	switch outcome.Verdict {
	case api.Done:
		result.Outcome = "done"
	case api.Refused:
	case api.NotSent, api.Unknown, api.Mismatch: // a question moves no money
		result.Outcome, result.Unreached = "not_sent", true
	}
	if result.Unreached && (j.app.interrupt.Err() != nil || stopped(j.app.interrupt.stop)) {
		return result, desk.ErrStopped // that is why there is no answer
	}
	return result, nil
}

func stopped(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// keep records a row of which no operation came.
func (j *batchJob) keep(ctx context.Context, p batch.Planned, result batch.Result) error {
	r, ok := result.Value.(desk.Receipt)
	if !ok || j.desk.Journal == nil {
		return nil
	}
	return j.desk.Keep(ctx, j.order.terms.Order(p.Row), r)
}

// report prints a row. If stdout does not take it, stderr does: whatever
// happened to the money must be said somewhere.
func (j *batchJob) report(screen *batchProgress, p batch.Planned, result batch.Result) error {
	a := j.app
	switch v := result.Value.(type) {
	case desk.Receipt:
		if !v.ServerDate.IsZero() {
			j.last = v
		}
		v.Entry.Line = p.Row.Line
		err := screen.out(func() error { return a.render.BatchReceipt(v, p.Row.Line) })
		if err != nil {
			screen.aside(func() { a.render.Lost(v) })
		}
		if !v.Recorded {
			j.unrecorded = true
			screen.aside(func() { a.render.Lost(v) }) // exit 10: never silent
		}
		return err
	case api.Outcome:
		return screen.out(func() error { return a.render.BatchValidation(p.Row.UserID, v, p.Row.Line) })
	case *batch.RowError:
		said := make([]string, len(v.Mistakes))
		for i, m := range v.Mistakes {
			said[i] = a.sayMistake(m)
		}
		if a.render.Format != render.Text {
			screen.aside(func() { a.render.BatchMistakes(v.Mistakes, said, 0) })
		}
		row := p.Row
		fill(&row.Currency, j.order.terms.Currency)
		fill(&row.PaymentMethod, j.order.terms.PaymentMethod)
		return screen.out(func() error { return a.render.BatchInvalid(j.order.terms.Kind, row, v.Error(), said[0]) })
	}
	return nil
}

// openForReading gives a desk that can be asked what the journal holds.
func (j *batchJob) openForReading() (*desk.Desk, error) {
	s := j.session
	if err := s.lookIntoJournal(); err != nil {
		return nil, err
	}
	limits, err := readLimits(s.profile.Limits, j.app.process.now())
	if err != nil {
		return nil, err
	}
	return &desk.Desk{Journal: s.journal, Now: j.app.process.now, Profile: s.profile.Name, Endpoints: s.endpoints(), Limits: limits}, nil
}
