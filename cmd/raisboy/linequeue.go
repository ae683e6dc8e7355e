package main

import (
	"io"
	"slices"
	"sync"
	"time"
)

// The bounds of a lineQueue: some eighty thousand transitions as JSON; what
// goes out in one piece; how long a reader may take nothing at all once the
// listener wants to end.
const (
	lineQueueBytes = 32 << 20
	lineQueuePiece = 64 << 10
	linePatience   = 10 * time.Second
)

// A lineQueue stands between what happens and a stdout that may be read slowly
// or not at all: nobody who writes into it waits. Lines come out in order, each
// as soon as the reader takes it. A reader who is behind by more than the queue
// holds finds one line in place of those that it lost, saying how many; what
// they said is in the journal.
type lineQueue struct {
	out     io.Writer
	limit   int                       // bytes
	skipped func(int) ([]byte, error) // the line for so many lost ones
	failed  func(error)               // is told once that out takes no more

	mutex  sync.Mutex
	more   sync.Cond
	lines  [][]byte // to be written, a call of Write each
	size   int      // their bytes
	lost   int      // calls of Write whose bytes were not kept
	broken error    // of out
	ending bool
	pieces int // written: a reader that is slow, not dead, makes this grow
	done   chan struct{}
}

func newLineQueue(out io.Writer, skipped func(int) ([]byte, error), failed func(error)) *lineQueue {
	q := &lineQueue{out: out, limit: lineQueueBytes, skipped: skipped, failed: failed, done: make(chan struct{})}
	q.more.L = &q.mutex
	return q
}

// Write keeps whole lines until they can be written. Its error is that of an
// earlier write.
func (q *lineQueue) Write(lines []byte) (int, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	room := q.limit
	if q.lost > 0 {
		room /= 2 // one gap of many lines is better to read than many of one
	}
	switch {
	case q.broken != nil:
		return 0, q.broken
	case q.size+len(lines) > room:
		q.lost++
		return len(lines), nil
	}
	q.closeGap()
	q.push(slices.Clone(lines))
	return len(lines), nil
}

// push appends; the mutex is held.
func (q *lineQueue) push(lines []byte) {
	q.lines, q.size = append(q.lines, lines), q.size+len(lines)
	q.more.Signal()
}

// closeGap puts the line that says how many are missing; the mutex is held.
func (q *lineQueue) closeGap() {
	if q.lost == 0 {
		return
	}
	if line, err := q.skipped(q.lost); err == nil && len(line) > 0 {
		q.push(line)
	}
	q.lost = 0
}

// run writes until the queue is closed and empty, or out fails.
func (q *lineQueue) run() {
	defer close(q.done)
	for {
		piece := q.next()
		if piece == nil {
			return
		}
		_, err := q.out.Write(piece)
		q.mutex.Lock()
		q.pieces++
		if err != nil {
			q.broken, q.lines, q.size = err, nil, 0
		}
		q.mutex.Unlock()
		if err != nil {
			q.failed(err)
			return
		}
	}
}

// next waits for lines and gives as many as go out in one piece; nil: no more
// will come.
func (q *lineQueue) next() []byte {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for len(q.lines) == 0 {
		if q.closeGap(); len(q.lines) > 0 {
			break
		}
		if q.ending {
			return nil
		}
		q.more.Wait()
	}
	var piece []byte
	for len(q.lines) > 0 && (len(piece) == 0 || len(piece)+len(q.lines[0]) <= lineQueuePiece) {
		piece = append(piece, q.lines[0]...)
		q.size -= len(q.lines[0])
		q.lines = q.lines[1:]
	}
	return piece
}

// close waits until everything is written. It gives up on a reader that takes
// nothing for so long, and says so.
func (q *lineQueue) close(patience time.Duration) error {
	q.mutex.Lock()
	q.ending = true
	q.more.Signal()
	before := q.pieces
	q.mutex.Unlock()
	for {
		timer := time.NewTimer(patience)
		select {
		case <-q.done:
			timer.Stop()
			q.mutex.Lock()
			defer q.mutex.Unlock()
			return q.broken
		case <-timer.C:
		}
		q.mutex.Lock()
		stalled := q.pieces == before
		before = q.pieces
		q.mutex.Unlock()
		if stalled {
			return errReaderStalled
		}
	}
}
