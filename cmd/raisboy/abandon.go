package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"
)

// abandonable gives up writing to out with the second Ctrl-C: a pipe that nobody
// empties must not keep the command from ending. What is a file on a disk never
// makes anybody wait.
func (a *app) abandonable(out io.Writer) io.Writer {
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return out
		}
	}
	return &abandonableWriter{ctx: a.interrupt, out: out}
}

// writePatience is how long a reader who is there may take for a line.
const writePatience = 500 * time.Millisecond

// An abandonableWriter is for one writer at a time.
type abandonableWriter struct {
	ctx   context.Context
	out   io.Writer
	ended error
}

// Write implements io.Writer. After it was given up, it may still happen that
// what was to be written is.
func (w *abandonableWriter) Write(p []byte) (int, error) {
	if w.ended != nil {
		return 0, w.ended
	}
	type result struct {
		n   int
		err error
	}
	written := make(chan result, 1)
	go func(p []byte) {
		n, err := w.out.Write(p)
		written <- result{n, err}
	}(bytes.Clone(p))
	select {
	case r := <-written:
		return r.n, r.err
	case <-w.ctx.Done():
	}
	timer := time.NewTimer(writePatience)
	defer timer.Stop()
	select {
	case r := <-written:
		return r.n, r.err
	case <-timer.C:
		w.ended = w.ctx.Err()
		return 0, w.ended
	}
}
