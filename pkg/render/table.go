package render

import (
	"bytes"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/raisboy/raisboy/pkg/journal"
)

// A column of a table; cell and short are for that of operations.
type column struct {
	label string
	right bool
	drop  int // the column with the highest goes first where room is short; 0: never
	cut   int // it may be shortened to this many columns; 0: not at all
	cell  func(*journal.Entry) string
	short func(*journal.Entry) string // said shorter, where room is short; nil: it cannot
}

const (
	gap       = 2 // spaces between two columns of a table
	headLines = 2 // the labels and the rule below them
)

// tabulate draws a table of rows, as wide as the terminal allows.
func (r *Renderer) tabulate(columns []column, rows [][]string) ([]string, error) {
	cells := make([][]string, len(columns))
	for i, c := range columns {
		cells[i] = []string{r.Catalog.T(c.label, nil)}
		for _, row := range rows {
			cells[i] = append(cells[i], row[i])
		}
	}
	columns, cells = fit(columns, cells, r.Width)
	return draw(columns, cells)
}

// layOut draws a table of rows, without the columns that are empty in all.
func (r *Renderer) layOut(columns []column, rows [][]string) ([]string, error) {
	var shown []column
	filled := make([][]string, len(rows))
	for i, c := range columns {
		if !slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" }) {
			continue
		}
		shown = append(shown, c)
		for j, row := range rows {
			filled[j] = append(filled[j], row[i])
		}
	}
	return r.tabulate(shown, filled)
}

// fit shortens and drops columns until the table is no wider than the terminal.
func fit(columns []column, cells [][]string, width int) ([]column, [][]string) {
	for width > 0 {
		total, last := -gap, -1
		for i, c := range columns {
			total += widest(cells[i]) + gap
			if c.drop > 0 && (last < 0 || c.drop > columns[last].drop) {
				last = i
			}
		}
		if total <= width {
			break
		}
		over := total - width
		if i := cuttable(columns, cells, over); i >= 0 && (last < 0 || columns[last].drop <= columns[i].drop || widest(cells[i])-over >= 12) {
			room := widest(cells[i]) - over
			for row := range cells[i] {
				cells[i][row] = shorten(cells[i][row], room)
			}
			break
		}
		if last < 0 {
			break
		}
		columns = append(columns[:last:last], columns[last+1:]...)
		cells = append(cells[:last:last], cells[last+1:]...)
	}
	return columns, cells
}

// cuttable finds the column that can be made narrower by so much; -1: none.
func cuttable(columns []column, cells [][]string, over int) int {
	for i, c := range columns {
		if c.cut > 0 && widest(cells[i])-over >= c.cut {
			return i
		}
	}
	return -1
}

func widest(cells []string) int {
	width := 0
	for _, cell := range cells {
		width = max(width, lipgloss.Width(cell))
	}
	return width
}

// draw has tablewriter lay out what fits already: it must neither wrap nor
// reword anything itself.
func draw(columns []column, cells [][]string) ([]string, error) {
	var b bytes.Buffer
	align, padding := make([]tw.Align, len(columns)), make([]tw.Padding, len(columns))
	for i, c := range columns {
		if padding[i] = tw.PaddingNone; i < len(columns)-1 {
			padding[i].Right = repeat(" ", gap)
		}
		if align[i] = tw.AlignLeft; c.right {
			align[i] = tw.AlignRight
		}
	}
	table := tablewriter.NewTable(&b,
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(align),
		tablewriter.WithHeaderPaddingPerColumn(padding),
		tablewriter.WithRowPaddingPerColumn(padding),
		tablewriter.WithRendition(tw.Rendition{
			Borders: tw.BorderNone, Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.SeparatorsNone,
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
			},
		}),
	)
	line := func(row int) []string {
		values := make([]string, len(columns))
		for i := range columns {
			values[i] = cells[i][row]
		}
		return values
	}
	table.Header(line(0))
	for row := 1; row < len(cells[0]); row++ {
		if err := table.Append(line(row)); err != nil {
			return nil, err
		}
	}
	if err := table.Render(); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines, nil
}
