package main

import (
	"context"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/render"
)

// How often progress is shown: redrawn on a terminal, a line in a log.
const (
	redrawEvery   = 200 * time.Millisecond
	progressEvery = 10 * time.Second
)

// progressWidth is how wide a line may be where the terminal's width is unknown.
const progressWidth = 79

// batchProgress shows on stderr where a batch stands. A terminal's last line is
// drawn over; nothing is asked of it.
type batchProgress struct {
	app   *app
	total int
	began time.Time
	done  chan struct{}
	ended sync.WaitGroup

	mutex sync.Mutex // over what follows, and over what is printed meanwhile
	tally batch.Tally
	drawn int // characters of the line that stands there now
}

func (a *app) newBatchProgress(total int) *batchProgress {
	return &batchProgress{app: a, total: total, began: a.process.now(), done: make(chan struct{})}
}

func (p *batchProgress) count(r batch.Result) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.tally.Add(r.Outcome, "", "", 0, r.Replayed)
}

// out prints something on stdout, which the line must not run into where both
// are the terminal. A pipe that nobody empties keeps back no word about it.
func (p *batchProgress) out(print func() error) error {
	if !p.app.process.outTerminal {
		return print()
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	return print()
}

// aside prints something on stderr.
func (p *batchProgress) aside(print func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	print()
}

// start shows progress until stop, and says once that the operator was heard.
func (p *batchProgress) start(i *interruption) {
	every := progressEvery
	if p.app.process.errTerminal {
		every = redrawEvery
	}
	p.ended.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		stop := (<-chan struct{})(i.stop)
		for {
			select {
			case <-ticker.C:
				p.show()
			case <-stop:
				stop = nil
				p.say(i)
			case <-p.done:
				return
			}
		}
	})
}

func (p *batchProgress) say(ctx context.Context) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if ctx.Err() == nil {
		p.clear()
		p.app.render.Note("note.batch-stopping", nil)
	}
}

// shut says why nothing goes on.
func (p *batchProgress) shut(until time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	p.app.render.NoteAt("note.batch-waiting", until)
}

func (p *batchProgress) stop() {
	close(p.done)
	p.ended.Wait()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
}

func (p *batchProgress) show() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.app.quiet {
		return
	}
	now := render.Progress{Tally: &p.tally, Rows: p.total, Elapsed: p.app.process.now().Sub(p.began)}
	if !p.app.process.errTerminal {
		_, _ = io.WriteString(p.app.process.err, p.app.render.ProgressLine(now, 0)+"\n")
		return
	}
	line := p.app.render.ProgressLine(now, p.width())
	p.clear()
	p.drawn = utf8.RuneCountInString(line)
	_, _ = io.WriteString(p.app.process.err, line)
}

// width is that of the terminal which stderr is: stdout may be a file.
func (p *batchProgress) width() int {
	if ask := p.app.process.errColumns; ask != nil {
		if width := ask(); width > 0 {
			return width
		}
	}
	return progressWidth
}

// clear takes the line away, without a word to the terminal but spaces.
func (p *batchProgress) clear() {
	if p.drawn > 0 {
		blank := make([]byte, min(p.drawn+render.EchoWidth, p.width()-1)) // it may be narrower by now
		for i := range blank {
			blank[i] = ' '
		}
		_, _ = io.WriteString(p.app.process.err, "\r"+string(blank)+"\r")
		p.drawn = 0
	}
}
