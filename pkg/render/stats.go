package render

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/stats"
	"github.com/raisboy/raisboy/pkg/text"
)

// Stats prints what was counted: the totals, and the rows that are shown group
// by group, which of users need not be all. In text, each kind and currency has its
// outcomes in a table and, if there are groups, a chart of the money that moved.
// JSON and CSV have a row a group, kind, currency, outcome and payout status:
// {"by","group","kind","currency","outcome","payout_status","count","sum"}.
func (r *Renderer) Stats(by stats.By, totals, shown []stats.Row) error {
	if r.Format != Text {
		if r.Format == CSV {
			if err := r.emitHeader(statsRow(by, stats.Row{})); err != nil {
				return err
			}
		}
		for _, row := range shown {
			if err := r.emit(statsRow(by, row)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(totals) == 0 {
		if !r.Quiet {
			r.tell(r.Catalog.T("list.empty", nil))
		}
		return nil
	}
	for len(totals) > 0 {
		end := alike(totals)
		lines := r.outcomeTable(totals[:end])
		if shown := slices.DeleteFunc(slices.Clone(shown), func(row stats.Row) bool {
			return row.Kind != totals[0].Kind || row.Currency != totals[0].Currency
		}); by != stats.ByNothing {
			lines = append(append(lines, ""), r.chart(by, shown)...)
		}
		if totals = totals[end:]; len(totals) > 0 {
			lines = append(lines, "")
		}
		if err := r.print(lines...); err != nil {
			return err
		}
	}
	return nil
}

// alike counts the rows at the beginning that are of one kind and currency.
func alike(rows []stats.Row) int {
	end := 0
	for end < len(rows) && rows[end].Kind == rows[0].Kind && rows[end].Currency == rows[0].Currency {
		end++
	}
	return end
}

func statsRow(by stats.By, row stats.Row) object {
	return object{
		{"by", orNull(string(by))},
		{"group", orNull(Sanitize(row.Group))},
		{"kind", string(row.Kind)},
		{"currency", row.Currency},
		{"outcome", row.Outcome.String()},
		{"payout_status", orNull(string(row.PayoutStatus))},
		{"count", row.Count},
		{"sum", figure(row.Sum.String())},
	}
}

// outcomeTable is how many there are of each outcome, and their sum.
func (r *Renderer) outcomeTable(rows []stats.Row) []string {
	lines := r.out.strong(plain, r.wrapOut(r.Catalog.T("stats."+string(rows[0].Kind), data{"Currency": Sanitize(rows[0].Currency)})))
	cells := [][]string{{r.Catalog.T("label.outcome", nil), r.Catalog.T("stats.count", nil), r.Catalog.T("label.amount", nil)}}
	tones := []tone{plain}
	for _, one := range rows {
		e := journal.Entry{State: one.Outcome, PayoutStatus: one.PayoutStatus, Call: api.Call{Kind: one.Kind}}
		cells = append(cells, []string{r.outcome(&e), strconv.Itoa(one.Count), sum{one.Sum, ""}.in(r.Catalog)})
		tones = append(tones, toneOf(&e))
	}
	return append(lines, r.grid(cells, tones)...)
}

// A bar is one line of a chart.
type bar struct {
	label           string
	count, unsolved int
	sum             money.Amount
}

// The width of a chart where no terminal says its own, and how much of a line
// its bars have at least.
const (
	chartWidth = 72
	leastBar   = 8
)

// chart draws the money that moved in each group as bars of a common scale. What
// is not settled has no bar: a number beside it says that it is there.
func (r *Renderer) chart(by stats.By, rows []stats.Row) []string {
	var bars []bar
	most, unsolved := money.Amount(0), false
	for _, row := range rows {
		if len(bars) == 0 || bars[len(bars)-1].label != row.Group {
			bars = append(bars, bar{label: row.Group})
		}
		b := &bars[len(bars)-1]
		switch {
		case row.Moved():
			b.count, b.sum = b.count+row.Count, b.sum+row.Sum
		case row.Unsettled():
			b.unsolved, unsolved = b.unsolved+row.Count, true
		}
		most = max(most, b.sum)
	}
	moved := "stats.credited"
	if rows[0].Kind == api.KindPayout {
		moved = "stats.paid"
	}
	head := []string{r.Catalog.T("stats.by."+string(by), nil), r.Catalog.T(moved, nil), r.Catalog.T("label.amount", nil)}
	if unsolved {
		head = append(head, r.Catalog.T("stats.unsettled", nil))
	}
	cells := [][]string{head}
	for _, b := range bars {
		line := []string{shorten(r.groupName(by, b.label), 24), strconv.Itoa(b.count), sum{b.sum, ""}.in(r.Catalog)}
		if unsolved {
			line = append(line, "")
			if b.unsolved > 0 {
				line[3] = strconv.Itoa(b.unsolved)
			}
		}
		cells = append(cells, line)
	}
	lines := r.grid(cells, nil)
	width := r.Width
	if width <= 0 {
		width = chartWidth
	}
	room := width - lipgloss.Width(lines[0]) - gap
	if room < leastBar || most == 0 {
		return lines // too narrow: the figures say it
	}
	for i, b := range bars {
		lines[i+1] = strings.TrimRight(lines[i+1]+repeat(" ", gap)+r.out.tint(good, drawBar(b.sum, most, room)), " ")
	}
	return lines
}

// drawBar gives a bar of blocks, room wide for the greatest. However small, what
// is not nothing is seen.
func drawBar(value, most money.Amount, room int) string {
	if value <= 0 {
		return ""
	}
	full := int(float64(value) / float64(most) * float64(room))
	if full == 0 {
		return "▏"
	}
	return repeat("█", min(full, room))
}

// groupName is a group as people read it.
func (r *Renderer) groupName(by stats.By, group string) string {
	switch by {
	case stats.ByHour:
		return group + ":00"
	case stats.ByDay:
		if at, err := time.Parse(time.DateOnly, group); err == nil && r.Catalog.Lang() == text.Russian {
			return at.Format("02.01.2006")
		}
	case stats.ByMethod:
		return r.method(group)
	case stats.ByUser, stats.ByNothing:
	}
	return Sanitize(group)
}

// grid lays out cells, the first column to the left and figures to the right.
// tones colour the first column of each line.
func (r *Renderer) grid(cells [][]string, tones []tone) []string {
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	lines := make([]string, len(cells))
	for n, row := range cells {
		first := row[0]
		if tones != nil {
			first = r.out.tint(tones[n], first)
		}
		line := first + repeat(" ", widths[0]-lipgloss.Width(row[0]))
		for i, cell := range row[1:] {
			line += repeat(" ", gap+widths[i+1]-lipgloss.Width(cell)) + cell
		}
		lines[n] = line
	}
	return lines
}
