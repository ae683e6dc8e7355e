package batch

import "context"

// workers is how many rows may be at work at a time: with one job, one after the
// other; else each job has its row and, behind it, one whose answer is written.
func (x *running) workers() int {
	if x.Jobs == 1 {
		return 1
	}
	return 2 * x.Jobs
}

func (x *running) work(ctx context.Context, work <-chan Planned) {
	for {
		job := x.claim()
		p, more := x.next(ctx, work)
		if !more {
			job.release()
			return
		}
		for again := true; again; {
			x.one(ctx, p, job.release)
			job.release()
			if p, again = x.lanes.leave(p); again {
				job = x.claim()
				again = !x.stopped(ctx)
			}
		}
		job.release()
	}
}

// A job is leave to have a row on its way to an answer.
type job struct {
	of   chan struct{}
	over bool
}

// claim waits for a job. Every row ends, so there will be one.
func (x *running) claim() *job {
	x.jobs <- struct{}{}
	return &job{of: x.jobs}
}

func (j *job) release() {
	if !j.over {
		j.over = true
		<-j.of
	}
}

// next gives a worker its next row; false: there is none, or is to be none.
func (x *running) next(ctx context.Context, work <-chan Planned) (Planned, bool) {
	select {
	case p, more := <-work:
		return p, more && !x.stopped(ctx)
	case <-x.halted:
		return Planned{}, false
	case <-x.Stop:
	case <-ctx.Done():
	}
	x.halt(Interrupted, nil)
	return Planned{}, false
}

// one carries out a row, once more where an equal operation was at work: users
// may be the same under two ids, which only the project knows.
func (x *running) one(ctx context.Context, p Planned, answered func()) {
	if p.wrong != nil {
		x.settle(p, Result{Outcome: "not_sent", Code: CodeInvalidRow, Value: p.wrong})
		return
	}
	ticket := x.lanes.begin()
	defer x.lanes.end(ticket)
	if x.Before != nil {
		if err := x.Before(ctx); err != nil {
			x.fail(err)
			return
		}
	}
	result, err := x.Work(ctx, p, answered)
	if err == nil && result.Busy {
		x.lanes.awaitOthers(ticket)
		if !x.stopped(ctx) {
			result, err = x.Work(ctx, p, answered)
		}
	}
	if err != nil {
		x.fail(err)
		return
	}
	if x.Keep != nil {
		if err := x.Keep(ctx, p, result); err != nil {
			x.halt(Broken, err) // the row itself is known: it is reported
		}
	}
	x.settle(p, result)
}
