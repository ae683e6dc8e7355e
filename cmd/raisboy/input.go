package main

import (
	"io"
	"os"

	"github.com/raisboy/raisboy/pkg/desk"
)

// openInput opens a file that a command is to read; "-" is stdin. Whoever reads
// it, and waits for a pipe that gives nothing, is freed by Ctrl-C: the error is
// desk.ErrStopped then.
func (a *app) openInput(name string) (io.Reader, func(), error) {
	if name == "-" {
		return a.stoppable(a.process.in), func() {}, nil
	}
	opened := make(chan *os.File, 1)
	failed := make(chan error, 1)
	go func() { // a named pipe opens once somebody writes to it
		f, err := os.Open(name)
		if err != nil {
			failed <- err
			return
		}
		opened <- f
	}()
	select {
	case f := <-opened:
		return a.stoppable(f), func() { _ = f.Close() }, nil
	case err := <-failed:
		return nil, nil, &usageError{Problem: usageBadFile, Name: name, Value: a.reason(err)}
	case <-a.interrupt.stop:
		return nil, nil, desk.ErrStopped
	}
}

// stoppable gives up waiting for in with the first Ctrl-C. What is a file on a
// disk never makes anybody wait.
func (a *app) stoppable(in io.Reader) io.Reader {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return in
		}
	}
	return &stoppableReader{in: in, stop: a.interrupt.stop}
}

// stoppableBuffer is how much is read at a time.
const stoppableBuffer = 64 << 10

// A stoppableReader reads ahead of nobody: a read is begun when one is asked
// for. One that was given up keeps its buffer, whenever it may end.
type stoppableReader struct {
	in   io.Reader
	stop <-chan struct{}

	buffer []byte
	rest   []byte
	ended  error
}

// Read implements io.Reader.
func (r *stoppableReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 && r.ended == nil {
		r.fill()
	}
	if len(r.rest) == 0 {
		return 0, r.ended
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *stoppableReader) fill() {
	if r.buffer == nil {
		r.buffer = make([]byte, stoppableBuffer)
	}
	type result struct {
		n   int
		err error
	}
	read := make(chan result, 1)
	go func() {
		n, err := r.in.Read(r.buffer)
		read <- result{n, err}
	}()
	select {
	case got := <-read:
		r.rest, r.ended = r.buffer[:got.n], got.err
	case <-r.stop:
		r.ended = desk.ErrStopped
	}
}
