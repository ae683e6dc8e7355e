package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// valve is a stdout that takes nothing until it is opened.
type valve struct {
	mutex  sync.Mutex
	open   chan struct{}
	taken  bytes.Buffer
	pieces int
	err    error
}

func (v *valve) Write(p []byte) (int, error) {
	<-v.open
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.pieces++
	if v.err != nil {
		return 0, v.err
	}
	return v.taken.Write(p)
}

func said(n int) ([]byte, error) { return fmt.Appendf(nil, "skipped %d\n", n), nil }

func newTestQueue(out io.Writer, limit int) (*lineQueue, chan error) {
	failed := make(chan error, 1)
	q := newLineQueue(out, said, func(err error) { failed <- err })
	q.limit = limit
	go q.run()
	return q, failed
}

// A reader that takes nothing for a while holds nobody up and misses nothing.
func TestLineQueueWaitsForNobody(t *testing.T) {
	v := &valve{open: make(chan struct{})}
	q, _ := newTestQueue(v, lineQueueBytes)
	var want strings.Builder
	for i := range 20_000 {
		line := fmt.Sprintf("{\"event\":%d}\n", i)
		want.WriteString(line)
		if _, err := io.WriteString(q, line); err != nil { // returns although nothing is read
			t.Fatal(err)
		}
	}
	close(v.open)
	if err := q.close(time.Minute); err != nil {
		t.Fatal(err)
	}
	if v.taken.String() != want.String() {
		t.Errorf("%d bytes came out, %d went in", v.taken.Len(), want.Len())
	}
	if v.pieces > 100 {
		t.Errorf("%d writes for what was waiting", v.pieces)
	}
}

// Each line goes out as soon as it is there, not when a buffer is full.
func TestLineQueueFlushesLineByLine(t *testing.T) {
	reader, writer := io.Pipe()
	q, _ := newTestQueue(writer, lineQueueBytes)
	buffer := make([]byte, 100)
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(q, line); err != nil {
			t.Fatal(err)
		}
		if n, err := reader.Read(buffer); err != nil || string(buffer[:n]) != line {
			t.Errorf("%q, %v", buffer[:n], err)
		}
	}
	if err := q.close(time.Minute); err != nil {
		t.Error(err)
	}
}

// A reader who is behind by more than the queue holds is told what he lost, in
// the place where it is missing.
func TestLineQueueSaysWhatIsMissing(t *testing.T) {
	v := &valve{open: make(chan struct{})}
	q := newLineQueue(v, said, func(error) {}) // not running yet: what waits is certain
	q.limit = 100
	for i := range 100 {
		_, _ = fmt.Fprintf(q, "line %03d\n", i) // 9 bytes each
	}
	go q.run()
	close(v.open)
	if err := q.close(time.Minute); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(v.taken.String(), "\n"), "\n")
	kept := len(lines) - 1
	if lines[0] != "line 000" || lines[kept-1] != fmt.Sprintf("line %03d", kept-1) || lines[kept] != fmt.Sprintf("skipped %d", 100-kept) {
		t.Errorf("%q", lines)
	}
}

// After a gap the queue takes lines again, behind the line about the gap.
func TestLineQueueGoesOnAfterAGap(t *testing.T) {
	v := &valve{open: make(chan struct{})}
	q := newLineQueue(v, said, func(error) {}) // not running yet: what waits is certain
	q.limit = 100
	for i := range 20 {
		_, _ = fmt.Fprintf(q, "line %03d\n", i)
	}
	q.next()
	_, _ = io.WriteString(q, "afterwards\n")
	go q.run()
	close(v.open)
	if err := q.close(time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := v.taken.String(); got != "skipped 9\nafterwards\n" {
		t.Errorf("%q", got)
	}
}

func TestLineQueueReportsOnce(t *testing.T) {
	broken := errors.New("broken pipe")
	v := &valve{open: make(chan struct{}), err: broken}
	q, failed := newTestQueue(v, lineQueueBytes)
	_, _ = io.WriteString(q, "one\n")
	close(v.open)
	if err := <-failed; !errors.Is(err, broken) {
		t.Errorf("told %v", err)
	}
	if _, err := io.WriteString(q, "two\n"); !errors.Is(err, broken) {
		t.Errorf("afterwards %v", err)
	}
	if err := q.close(time.Minute); !errors.Is(err, broken) {
		t.Errorf("close: %v", err)
	}
}

// Nobody can end a listener by reading nothing.
func TestLineQueueDoesNotWaitForEver(t *testing.T) {
	v := &valve{open: make(chan struct{})}
	defer close(v.open)
	q, _ := newTestQueue(v, lineQueueBytes)
	_, _ = io.WriteString(q, "one\n")
	if err := q.close(10 * time.Millisecond); !errors.Is(err, errReaderStalled) {
		t.Errorf("close: %v", err)
	}
}
