package render

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Entries prints a list of operations: a table, JSON lines, or CSV. JSON and
// CSV are written as they come. An empty list is said on Err in text, is
// nothing in JSON, and a header alone in CSV. An error of the list is returned
// after what came before it was printed.
func (r *Renderer) Entries(entries iter.Seq2[journal.Entry, error]) error {
	if r.Format != Text {
		return r.stream(entries)
	}
	var all []journal.Entry
	var failed error
	for e, err := range entries {
		if failed = err; err != nil {
			break
		}
		e.Facts = nil // not shown, and most of an entry's weight
		all = append(all, e)
	}
	if len(all) == 0 {
		if failed == nil && !r.Quiet {
			r.tell(r.Catalog.T("list.empty", nil))
		}
		return failed
	}
	if err := r.table(all); err != nil {
		return err
	}
	return failed
}

// stream prints operations one by one, for scripts.
func (r *Renderer) stream(entries iter.Seq2[journal.Entry, error]) error {
	if r.Format == CSV {
		if err := r.emitHeader(r.operation(&desk.Receipt{})); err != nil {
			return err
		}
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := r.emit(r.operation(&desk.Receipt{Entry: e, Recorded: true})); err != nil {
			return err
		}
	}
	return nil
}

func (r *Renderer) columns() []column {
	return []column{
		{label: "label.number", right: true, cell: func(e *journal.Entry) string { return number(e.ID) }},
		{label: "label.time", drop: 3, cell: func(e *journal.Entry) string { return r.when(e.CreatedAt) },
			short: func(e *journal.Entry) string { return r.shortly(e.CreatedAt) }},
		{label: "label.kind", drop: 2, cell: func(e *journal.Entry) string { return r.kind(e.Call.Kind) }},
		{label: "label.user", drop: 1, cut: 6, cell: func(e *journal.Entry) string { return Sanitize(e.Call.Terms.UserID) }},
		{label: "label.amount", right: true, cell: r.total},
		{label: "label.outcome", cell: r.outcome},
		{label: "label.code", drop: 4, cell: func(e *journal.Entry) string { return Sanitize(e.Code) }},
		{label: "label.ref", drop: 5, cell: func(e *journal.Entry) string { return Sanitize(e.Ref) }},
	}
}

// kind is the operation's kind in words.
func (r *Renderer) kind(k api.Kind) string { return r.Catalog.T("kind."+string(k), nil) }

// minute is when the operation began, short, the same wherever it is shown.
func (r *Renderer) minute(e *journal.Entry) string {
	return r.date(e.CreatedAt, "02.01.2006 15:04", "2006-01-02 15:04")
}

// outcome is where the operation stands, in a word: for a payout that exists
// its status.
func (r *Renderer) outcome(e *journal.Entry) string {
	if e.State != journal.StateDone || e.Call.Kind == api.KindDeposit {
		return r.Catalog.T("outcome."+e.State.String(), nil)
	}
	return statusWord(r.Catalog, e.PayoutStatus)
}

func (r *Renderer) table(all []journal.Entry) error {
	var columns []column
	var cells [][]string // by column
	for _, c := range r.columns() {
		column := []string{r.Catalog.T(c.label, nil)}
		empty := true
		for i := range all {
			value := c.cell(&all[i])
			empty = empty && value == ""
			column = append(column, value)
		}
		if !empty {
			columns, cells = append(columns, c), append(cells, column)
		}
	}
	r.sayShorter(columns, cells, all)
	columns, cells = fit(columns, cells, r.Width)
	lines, err := draw(columns, cells)
	if err != nil {
		return err
	}
	return r.print(r.tintOutcomes(lines, columns, cells, all)...)
}

// sayShorter takes the shorter words of columns where the table is too wide.
func (r *Renderer) sayShorter(columns []column, cells [][]string, all []journal.Entry) {
	total := -gap
	for i := range columns {
		total += widest(cells[i]) + gap
	}
	if r.Width <= 0 || total <= r.Width {
		return
	}
	for i, c := range columns {
		for row := range all {
			if c.short != nil {
				cells[i][row+1] = c.short(&all[row])
			}
		}
	}
}

// tintOutcomes colours the outcomes in a table that is drawn already: escape
// sequences in a cell come out of tablewriter with more of them.
func (r *Renderer) tintOutcomes(lines []string, columns []column, cells [][]string, all []journal.Entry) []string {
	before := 0 // columns of the terminal left of the outcome
	for i, c := range columns {
		if c.label != "label.outcome" {
			before += widest(cells[i]) + gap
			continue
		}
		for row := range all {
			line, word := lines[row+headLines], cells[i][row+1]
			at := 0
			for width := 0; width < before; {
				char, size := utf8.DecodeRuneInString(line[at:])
				width, at = width+lipgloss.Width(string(char)), at+size
			}
			if rest, ok := strings.CutPrefix(line[at:], word); ok {
				lines[row+headLines] = line[:at] + r.out.tint(toneOf(&all[row]), word) + rest
			}
		}
	}
	return lines
}

// toneOf colours an outcome in the list.
func toneOf(e *journal.Entry) tone { return adviser{}.entry(e).tone }
