package batch

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/raisboy/raisboy/pkg/desk"
)

// Reason says why a batch ended before its last row.
type Reason string

// The reasons. Empty: it did not.
const (
	RanThrough     Reason = ""
	Interrupted    Reason = "interrupted"  // by the operator
	TooManyFailed  Reason = "max_failures" // Runner.MaxFailures
	TooManyUnknown Reason = "max_unknown"  // Runner.MaxUnknown
	Unreachable    Reason = "unreachable"  // row after row found no connection
	BadCredentials Reason = "credentials"  // every other row would be refused like this one
	Unrecorded     Reason = "unrecorded"   // an answer could not be written
	Broken         Reason = "broken"       // an error, see Ending.Err: the journal's, or the input's
	NoOutput       Reason = "no_output"    // Report failed, see Ending.Err
)

// An Ending is how a batch ended.
type Ending struct {
	Reason Reason
	Err    error
	Tally  Tally
}

// A Runner runs rows, several at a time. Jobs, Work and Report are required.
//
// With more than one job, a row whose money has moved makes way for the next one
// as soon as the project has said so: that it did is written down together with
// what the next rows are about to do. A row that ended in any other way is
// counted first.
type Runner struct {
	Jobs        int // how many rows are on their way to an answer at a time
	MaxFailures int // new rows that failed before the batch stops; 0: no bound
	MaxUnknown  int // new rows whose end is not known, likewise

	// Work carries out one row. An error means that nothing was sent, and ends
	// the batch: desk.ErrStopped and the context's error because the operator
	// wants it, any other because it would meet every row. It may call answered,
	// on its own goroutine, when only the record of a row that is done is missing.
	Work func(ctx context.Context, p Planned, answered func()) (Result, error)

	// Keep records a row that was carried out, as far as Work has not; nil:
	// nothing does. An error ends the batch.
	Keep func(ctx context.Context, p Planned, r Result) error

	// Report is told of every row that was carried out, one at a time. After an
	// error no row is begun; it is still told of those that were.
	Report func(Planned, Result) error

	// Before is called before a row is begun, and may wait; nil: nothing is.
	Before func(ctx context.Context) error

	Stop <-chan struct{} // closed when the operator wants no more rows begun
}

// CodeInvalidRow is the code of a row of an endless batch that could not be read.
const CodeInvalidRow = "invalid_row"

// unreachedInARow is how many rows in a row may find no connection.
const unreachedInARow = 16

// Run runs the rows and returns when the last that was begun has been reported.
// A *RowError among them is reported as a row that was not sent; any other error
// ends the batch.
func (r *Runner) Run(ctx context.Context, rows iter.Seq2[Planned, error]) Ending {
	x := &running{
		Runner: r, results: make(chan reported, r.Jobs), halted: make(chan struct{}), lanes: newLanes(),
		jobs: make(chan struct{}, r.Jobs),
	}
	work := make(chan Planned)
	var workers sync.WaitGroup
	for range x.workers() {
		workers.Go(func() { x.work(ctx, work) })
	}
	// On its own: a pipe that gives nothing must not keep a batch from ending.
	go func() {
		defer close(work)
		x.dispatch(ctx, rows, work)
	}()
	go func() {
		workers.Wait()
		close(x.results)
	}()
	for done := range x.results {
		if err := x.Report(done.row, done.result); err != nil {
			x.halt(NoOutput, err)
		}
	}
	x.mutex.Lock()
	defer x.mutex.Unlock()
	return x.ending
}

// running is one run.
type running struct {
	*Runner
	results chan reported
	lanes   *lanes
	halted  chan struct{} // closed when no row is to be begun any more
	jobs    chan struct{} // full when no further row may be on its way to an answer

	mutex     sync.Mutex // over what follows
	ending    Ending
	unreached int // rows in a row
}

type reported struct {
	row    Planned
	result Result
}

// halt keeps further rows from being begun. The first reason stands.
func (x *running) halt(reason Reason, err error) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	x.haltLocked(reason, err)
}

func (x *running) haltLocked(reason Reason, err error) {
	if x.ending.Reason == RanThrough {
		x.ending.Reason, x.ending.Err = reason, err
		close(x.halted)
		x.lanes.halt()
	}
}

// stopped also turns the operator's wish into a halt.
func (x *running) stopped(ctx context.Context) bool {
	select {
	case <-x.halted:
		return true
	case <-x.Stop:
	case <-ctx.Done():
	default:
		return false
	}
	x.halt(Interrupted, nil)
	return true
}

// dispatch hands rows to the workers. A row that equals one at work waits
// behind it: the journal would hold it back.
func (x *running) dispatch(ctx context.Context, rows iter.Seq2[Planned, error], work chan<- Planned) {
	for p, err := range rows {
		if x.stopped(ctx) {
			return
		}
		var wrong *RowError
		switch {
		case errors.As(err, &wrong):
			p = Planned{Row: wrong.Row, wrong: wrong}
		case err != nil:
			x.halt(Broken, err)
			return
		}
		if !x.lanes.enter(p) {
			continue // whoever is at work in its lane takes it
		}
		select {
		case work <- p:
		case <-x.halted:
			return
		case <-x.Stop:
			x.halt(Interrupted, nil)
			return
		case <-ctx.Done():
			x.halt(Interrupted, nil)
			return
		}
	}
}

func (x *running) fail(err error) {
	if errors.Is(err, desk.ErrStopped) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		x.halt(Interrupted, nil)
		return
	}
	x.halt(Broken, err)
}

// settle counts a row and hands it on to be reported. It is the worker who
// counts: no row is to be begun after the one that says that none should.
func (x *running) settle(p Planned, r Result) {
	x.mutex.Lock()
	tally := &x.ending.Tally
	tally.Add(r.Outcome, r.Code, r.Currency, r.Amount, r.Replayed)
	if reason := x.judge(r, tally); reason != RanThrough {
		x.haltLocked(reason, nil)
	}
	x.mutex.Unlock()
	x.results <- reported{p, r}
}

// judge decides whether what became of a row would become of all others.
func (x *running) judge(r Result, t *Tally) Reason {
	switch {
	case r.Unrecorded:
		return Unrecorded
	case r.Credentials && !r.Replayed:
		return BadCredentials
	case r.Unreached && !r.Replayed:
		x.unreached++
	default:
		x.unreached = 0
	}
	switch {
	case x.unreached >= unreachedInARow:
		return Unreachable
	case x.MaxFailures > 0 && t.Fresh(Failed) >= x.MaxFailures:
		return TooManyFailed
	case x.MaxUnknown > 0 && t.Fresh(Unknown) >= x.MaxUnknown:
		return TooManyUnknown
	}
	return RanThrough
}
