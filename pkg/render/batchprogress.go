package render

import (
	"fmt"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/batch"
)

// Progress is where a batch stands.
type Progress struct {
	Tally   *batch.Tally
	Rows    int // in all; 0: not known
	Elapsed time.Duration
}

// The bar's length in characters: less than the least shows nothing.
const (
	barMost  = 20
	barLeast = 5
)

// EchoWidth is how wide "^C" is, which a terminal writes behind the line when it
// is typed: a line that it breaks in two cannot be taken away.
const EchoWidth = 2

// ProgressLine says where a batch stands in one line: with a bar, if a terminal
// of so many columns is to redraw it; width 0: for a log. Where there is little
// room, the bar gives way first: how many rows are unknown is worth more.
func (r *Renderer) ProgressLine(p Progress, width int) string {
	facts, key, narrow := r.progress(p), "batch.progress-stream", "batch.progress-stream-narrow"
	if p.Rows > 0 {
		key, narrow = "batch.progress", "batch.progress-narrow"
	}
	line := r.Catalog.T(key, facts)
	if width <= 0 {
		return line
	}
	room := width - 1 - EchoWidth // a full line would make some terminals scroll
	if lipgloss.Width(line) > room {
		line = r.Catalog.T(narrow, facts)
	}
	if cells := min(barMost, room-lipgloss.Width(line)-1); p.Rows > 0 && cells >= barLeast {
		full := min(p.Tally.Rows*cells/p.Rows, cells)
		line = repeat("█", full) + repeat("░", cells-full) + " " + line
	}
	return shorten(line, room)
}

func (r *Renderer) progress(p Progress) data {
	t := p.Tally
	facts := data{
		"Rows": t.Rows, "Done": t.Of(batch.Done), "Failed": t.Of(batch.Failed), "Unknown": t.Of(batch.Unknown), "Rate": "–", "Left": "–", "Of": p.Rows,
	}
	if seconds := p.Elapsed.Seconds(); seconds > 0 && t.Rows > 0 {
		rate := float64(t.Rows) / seconds
		facts["Rate"] = fmt.Sprintf("%.0f", rate)
		if rate < 10 {
			facts["Rate"] = fmt.Sprintf("%.1f", rate)
		}
		if p.Rows > t.Rows {
			facts["Left"] = r.Catalog.Span(time.Duration(float64(p.Rows-t.Rows) / rate * float64(time.Second)))
		}
	}
	return facts
}
