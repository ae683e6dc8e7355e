package main

import (
	"errors"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
)

// conclude says why a batch ended and what to do, prints the table of outcomes,
// and gives the exit code.
func (j *batchJob) conclude(e batch.Ending, total int) error {
	a := j.app
	exit := exitOfBatch(e)
	p, rest := problem{exit: exit}, ""
	switch e.Reason {
	case batch.RanThrough:
		if e.Tally.Of(batch.Done) < e.Tally.Rows && !a.quiet {
			rest = "batch.rest"
		}
	case batch.Broken:
		p = j.broken(e)
	case batch.NoOutput:
		w := words{"Error": a.reason(e.Err)}
		p = problem{exit, a.catalog.T("batch.ended.no_output.cause", w), a.catalog.T("batch.ended.no_output.remedy", nil)}
	case batch.Interrupted:
		if e.Tally.Rows == 0 {
			return j.app.stoppedEarly()
		}
		p = a.endedBy(e.Reason, exit)
		if !j.order.terms.Kind.MovesMoney() { // nothing of it was recorded
			p.remedy = a.catalog.T("batch.again-users", nil)
		}
	case batch.TooManyFailed, batch.TooManyUnknown, batch.Unreachable, batch.BadCredentials, batch.Unrecorded:
		p = a.endedBy(e.Reason, exit)
	}
	switch {
	case p.cause != "":
		a.render.Problem(p.cause, p.remedy)
	case rest != "" && !j.order.terms.Kind.MovesMoney(): // asked again, it is asked anew
		a.render.Note("batch.rest-users", nil)
	case rest != "":
		a.render.Note(rest, nil)
	}
	if repeats := heldAsRepeats(&e.Tally); repeats > 0 { // for a short while: "run again" is no advice then
		a.render.Note("batch.repeats", words{"Rows": repeats})
	}
	if left := total - e.Tally.Rows; left > 0 { // of a stream nobody knows
		a.render.BatchNotBegun(left)
	}
	if e.Tally.Of(batch.Unknown) > 0 {
		a.render.BatchUnknown(e.Tally.Of(batch.Unknown), j.order.terms.Kind)
	}
	a.render.BatchOutcomes(&e.Tally)
	return end(p.exit)
}

// heldAsRepeats counts rows that equal an operation done a moment ago: most
// likely the same file was run under another name.
func heldAsRepeats(t *batch.Tally) (rows int) {
	for _, c := range t.Counts() {
		if c.Outcome == "held" && c.Code == string(journal.HeldDuplicate) {
			rows += c.Rows
		}
	}
	return rows
}

func (a *app) endedBy(r batch.Reason, exit exitCode) problem {
	key := "batch.ended." + string(r)
	return problem{exit, a.catalog.T(key+".cause", nil), a.catalog.T(key+".remedy", nil)}
}

// stoppedEarly is a batch that was interrupted before anything was sent.
func (a *app) stoppedEarly() error {
	p := a.say(exitInterrupted, "problem.stopped", nil)
	a.render.Problem(p.cause, p.remedy)
	return end(p.exit)
}

// broken explains an error that ended a batch. Where rows were sent already, an
// exit code and a sentence that say otherwise would be a lie; and a row whose
// answer is on the screen alone is more than why the journal failed.
func (j *batchJob) broken(e batch.Ending) problem {
	a := j.app
	p := a.explain(e.Err)
	var storage *journal.StorageError
	switch {
	case j.unrecorded:
		return a.endedBy(batch.Unrecorded, exitUnrecorded)
	case e.Tally.Rows == 0:
		return p
	case errors.As(e.Err, &storage):
		p.cause = a.catalog.T("batch.ended.journal.cause", words{"Error": a.whyNotStored(storage)})
		p.exit = exitRows
	case p.exit == exitUsage:
		p.exit = exitRows
	}
	return p
}

// whyNotStored is in a few words why the journal takes nothing; empty if nothing
// more is known.
func (a *app) whyNotStored(e *journal.StorageError) string {
	switch {
	case e.Problem == journal.ProblemFull:
		return a.catalog.T("reason.full", nil)
	case e.Err != nil:
		return a.reason(e.Err)
	}
	return ""
}

// exitOfBatch gives 0 if every row is done, 9 if not, or the first fatal cause.
func exitOfBatch(e batch.Ending) exitCode {
	switch e.Reason {
	case batch.BadCredentials:
		return exitCredentials
	case batch.Unrecorded:
		return exitUnrecorded
	case batch.NoOutput:
		return exitInternal
	case batch.RanThrough:
		if e.Tally.Of(batch.Done) == e.Tally.Rows {
			return exitDone
		}
	case batch.Interrupted, batch.TooManyFailed, batch.TooManyUnknown, batch.Unreachable, batch.Broken:
	}
	return exitRows
}

// column names a column of a file as the contract does, and as people who write
// its header in their own language do.
func (a *app) column(name string) string {
	if key := "batch.column." + name; a.catalog.Has(key) {
		return a.catalog.T(key, nil)
	}
	return name
}

// sayMistake is the sentence about a mistake in a file.
func (a *app) sayMistake(m *batch.Mistake) string {
	var limit *batch.LimitError
	w := words{
		"Field": a.column(m.Field), "Value": render.Sanitize(m.Value), "Meant": a.column(render.Sanitize(m.Meant)), "First": m.First, "Operation": m.Operation,
		"Amount": "", "Limit": "",
	}
	if m.Was != nil {
		w["Meant"] = a.render.BatchMistakeWas(m.Was)
	}
	var amount *money.ParseError
	switch {
	case errors.As(m.Err, &limit):
		w["Amount"], w["Limit"] = a.render.BatchMistakeSum(limit)
	case errors.As(m.Err, &amount), m.Problem == batch.ProblemField:
		return a.explain(m.Err).cause
	}
	return a.catalog.T("batch.mistake."+string(m.Problem), w)
}

func (a *app) explainBatch(err error) (problem, bool) {
	var (
		refused *batchRefused
		format  *batch.FormatError
		spool   *batch.SpoolError
	)
	switch {
	case errors.As(err, &spool):
		w := words{"Folder": render.Sanitize(spool.Folder), "Error": a.reason(spool.Err)}
		return a.say(exitSetup, "problem.batch.spool", w), true
	case errors.As(err, &refused):
		exit, key := exitUsage, "batch.ended.mistakes"
		if refused.Held {
			exit, key = exitHeld, "batch.ended.held"
		}
		return problem{exit, a.catalog.N(key+".cause", refused.Mistakes, nil), a.catalog.T(key+".remedy", nil)}, true
	case errors.As(err, &format):
		exit := exitUsage
		if format.Mistake.Problem == batch.ProblemOtherKeys {
			exit = exitHeld
		}
		w := words{"Line": format.Mistake.Line, "Mistake": a.sayMistake(format.Mistake)}
		return a.say(exit, "problem.batch.unreadable", w), true
	}
	return problem{}, false
}
