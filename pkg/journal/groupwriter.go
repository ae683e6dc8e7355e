package journal

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// maxGroup bounds how many writes share a commit, maxTurns how often others are
// let run first, in case that they have one.
const (
	maxGroup = 256
	maxTurns = 3
)

// ErrClosed is returned for a write to a journal that was closed.
var ErrClosed = errors.New("journal is closed")

// groupWriter drains concurrent writes into one transaction each time the disk
// is free. No timer delays a write in the hope of company: while one commit
// waits for the disk, the next group gathers by itself.
type groupWriter struct {
	to    committer
	jobs  chan *writeJob
	stop  chan struct{}
	done  chan struct{}
	start sync.Once
	end   sync.Once
}

// A committer makes a group of writes durable. It is used by one goroutine.
type committer interface {
	// commit runs the group in one transaction and leaves with each job what
	// became of it. An error that it returns is the transaction's: none of the
	// group is durable.
	commit(group []*writeJob) error
	// end lets go of what the commits needed.
	end()
}

type writeJob struct {
	ctx    context.Context
	fn     func(querier) error
	result chan error
	err    error
}

func newGroupWriter(to committer) *groupWriter {
	return &groupWriter{
		to: to, jobs: make(chan *writeJob, maxGroup),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// do hands fn to the writer and waits until it is durable or has failed. A
// cancelled context stops a write that was not begun, never one that was.
func (w *groupWriter) do(ctx context.Context, fn func(querier) error) error {
	w.start.Do(func() { go w.run() })
	job := &writeJob{ctx: ctx, fn: fn, result: make(chan error, 1)}
	select {
	case w.jobs <- job:
	case <-w.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-job.result:
		return err
	case <-w.done:
		select {
		case err := <-job.result:
			return err
		default:
			return ErrClosed
		}
	}
}

// close ends the writer after the writes that it was given.
func (w *groupWriter) close() {
	w.end.Do(func() {
		close(w.stop)
		w.start.Do(func() { close(w.done) }) // never ran
	})
	<-w.done
}

func (w *groupWriter) run() {
	defer close(w.done)
	defer w.to.end()
	for {
		group := w.gather()
		if group == nil {
			return
		}
		err := w.to.commit(group)
		for _, job := range group {
			if job.err == nil { // it did nothing wrong; the commit may have
				job.err = err
			}
			job.result <- job.err
		}
	}
}

func (w *groupWriter) gather() []*writeJob {
	var group []*writeJob
	select {
	case job := <-w.jobs:
		group = append(group, job)
	case <-w.stop:
		select { // what was handed over before the stop is still written
		case job := <-w.jobs:
			group = append(group, job)
		default:
			return nil
		}
	}
	for turns := 0; len(group) < maxGroup; {
		select {
		case job := <-w.jobs:
			group = append(group, job)
			continue
		default:
		}
		if turns == maxTurns {
			break
		}
		// Whoever is ready to run may have a write to add. Where nobody is, this
		// takes no time.
		turns++
		runtime.Gosched()
	}
	return group
}
