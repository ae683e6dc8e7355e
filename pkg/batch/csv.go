package batch

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/sheet"
)

// csvReader reads CSV with a header row, as spreadsheets write it.
type csvReader struct {
	reader  *Reader
	feed    *feed
	csv     *csv.Reader
	columns []csvColumn // of each cell
}

type csvColumn struct {
	known bool
	field field
}

// newCSVReader reads the header, of which the first line was read already.
func newCSVReader(r *Reader, first []byte) (*csvReader, error) {
	comma := separator(first)
	if given, ok := declared(first); ok { // a line of Excel's own
		comma = given
		var err error
		if first, err = r.source.Next(); err != nil {
			return nil, &FormatError{&Mistake{Line: r.source.Number(), Problem: ProblemNoHeader}}
		}
		first = bytes.Clone(first)
	}
	if bytes.ContainsRune(bytes.TrimRight(first, "\r\n"), '\r') { // else all its rows would be names of columns
		return nil, &FormatError{&Mistake{Line: r.source.Number(), Problem: ProblemLineEnds}}
	}
	c := &csvReader{reader: r, feed: &feed{source: r.source, rest: first, last: first, base: r.source.Number() - 1, began: r.source.Number(), whole: r.options.Whole}}
	c.csv = csv.NewReader(c.feed)
	c.csv.Comma, c.csv.FieldsPerRecord, c.csv.ReuseRecord = comma, -1, true
	header, err := c.csv.Read()
	if err != nil {
		return nil, &FormatError{c.unreadable(err)}
	}
	return c, c.header(header)
}

// separator is the one that stands most often in the header outside quotes.
func separator(line []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, char := range string(line) {
		switch char {
		case '"':
			quoted = !quoted
		case ',', ';', '\t':
			if !quoted {
				counts[char]++
			}
		}
	}
	best := ','
	for _, char := range ";\t" {
		if counts[char] > counts[best] {
			best = char
		}
	}
	return best
}

// declared reads "sep=;", which Excel writes and wants.
func declared(line []byte) (rune, bool) {
	text := strings.TrimRight(string(line), "\r\n")
	rest, ok := strings.CutPrefix(strings.ToLower(text), "sep=")
	if !ok || len(rest) != 1 || !strings.Contains(",;\t", rest) {
		return 0, false
	}
	return rune(rest[0]), true
}

func (c *csvReader) header(names []string) error {
	line, _ := c.place(0)
	var seen [fields]bool
	for i, name := range names {
		name = strings.TrimSpace(name)
		_, at := c.place(i)
		f, ok := fieldOf(name)
		switch {
		case ok && seen[f]:
			return &FormatError{&Mistake{Line: line, Column: at, Field: f.String(), Problem: ProblemTwice, Value: clip(name)}}
		case ok:
			seen[f] = true
		default:
			if m := c.reader.column(name, line, at); m != nil {
				return &FormatError{m}
			}
		}
		c.columns = append(c.columns, csvColumn{ok, f})
	}
	if seen == [fields]bool{} {
		return &FormatError{&Mistake{Line: line, Problem: ProblemNoHeader, Value: clip(strings.Join(names, string(c.csv.Comma)))}}
	}
	for _, f := range c.reader.options.needed() {
		if !seen[f] {
			return &FormatError{&Mistake{Line: line, Field: f.String(), Problem: ProblemNoColumn}}
		}
	}
	return nil
}

// place is where a cell of the record at hand begins.
func (c *csvReader) place(cell int) (line, column int) {
	line, column = c.csv.FieldPos(cell)
	if line += c.feed.base; line == c.feed.source.Number() {
		column = characters(c.feed.last, column-1)
	}
	return line, column
}

func (c *csvReader) next() (Row, error) {
	for {
		c.feed.taken, c.feed.began = 0, 0
		cells, err := c.csv.Read()
		var wrong *csv.ParseError
		switch {
		case errors.Is(err, errUnclosed):
			return Row{}, &FormatError{c.unreadable(err)}
		case errors.As(err, &wrong), errors.Is(err, sheet.ErrLong), errors.Is(err, sheet.ErrEncoding), errors.Is(err, errCutOff):
			m := c.unreadable(err)
			return Row{}, &RowError{Row: Row{Line: m.Line}, Mistakes: []*Mistake{m}}
		case err != nil:
			return Row{}, err
		case !blank(cells):
			return c.row(cells)
		}
	}
}

func (c *csvReader) unreadable(err error) *Mistake {
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		return &Mistake{Line: wrong.StartLine + c.feed.base, Problem: ProblemQuote}
	case errors.Is(err, errUnclosed): // what has to be mended is where it began
		return &Mistake{Line: c.feed.began, Problem: ProblemQuote}
	case errors.Is(err, errCutOff):
		return &Mistake{Line: c.feed.source.Number(), Problem: ProblemCutOff}
	}
	return sourceMistake(c.feed.source.Number(), err)
}

// blank is a row of separators alone: spreadsheets save those that were emptied.
func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func (c *csvReader) row(cells []string) (Row, error) {
	var row Row
	var mistakes []*Mistake
	row.Line, _ = c.place(0)
	for i, cell := range cells {
		text := armed(strings.TrimSpace(cell))
		if i >= len(c.columns) {
			if text != "" {
				line, at := c.place(i)
				mistakes = append(mistakes, &Mistake{Line: line, Column: at, Problem: ProblemCells, Value: clip(text)})
				break
			}
			continue
		}
		if !c.columns[i].known {
			if c.swallowed(cell) {
				line, at := c.place(i)
				mistakes = append(mistakes, &Mistake{Line: line, Column: at, Problem: ProblemSwallowed})
			}
			continue
		}
		f := c.columns[i].field
		line, at := c.place(i)
		row.columns[f] = int32(at)
		m := c.apostrophe(f, text, line, at)
		if m == nil {
			m = c.reader.take(&row, f, strings.Clone(text), line)
		}
		if m != nil {
			mistakes = append(mistakes, m)
		}
	}
	if c.reader.options.Kind.MovesMoney() && row.columns[fieldAmount] == 0 { // the row is shorter than the header
		mistakes = append(mistakes, c.reader.take(&row, fieldAmount, "", row.Line))
	}
	if mistakes != nil {
		return row, &RowError{Row: row, Mistakes: mistakes}
	}
	return row, nil
}

// armed undoes what keeps a spreadsheet from taking a text for a formula: our
// own output has it. Of several quotation marks one was put there.
func armed(text string) string {
	rest, ok := strings.CutPrefix(text, "'")
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, "'"))
	if ok && strings.ContainsRune("=+-@＝＋－＠", first) {
		return rest
	}
	return text
}

// errUnclosed is a quotation mark that is still open after more than any row.
var errUnclosed = fmt.Errorf("a quotation mark is not closed: %w", sheet.ErrLong)

// errCutOff is a last line without an end.
var errCutOff = errors.New("the last line has no end")

// feed gives csv.Reader the source's lines, one at a time, and no more for one
// record than a row may have.
type feed struct {
	source *sheet.Lines
	rest   []byte
	last   []byte // the line given last
	base   int    // lines before those that csv.Reader counts
	taken  int    // bytes of the record at hand
	began  int    // the line that it began on; 0: it has not
	whole  bool
}

// Read implements io.Reader.
func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if f.taken > sheet.MaxLine {
			return 0, errUnclosed
		}
		line, err := f.source.Next()
		if err != nil {
			return 0, err
		}
		if f.whole && line[len(line)-1] != '\n' {
			return 0, errCutOff
		}
		f.rest, f.last = line, line
		if f.taken += len(line); f.began == 0 && len(bytes.TrimRight(line, "\r\n")) > 0 {
			f.began = f.source.Number()
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

var _ io.Reader = (*feed)(nil)
