package batch

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// Options say how a file is read.
type Options struct {
	Kind api.Kind // what its rows are; a validation needs no amount

	// Whole refuses a last line of CSV that has no end: of a pipe that broke off
	// it may be the beginning of a greater sum.
	Whole bool
}

// A Reader reads rows of CSV or JSON lines, told apart by the first character.
// It keeps nothing of what it has read but the row at hand.
type Reader struct {
	options Options
	source  *sheet.Lines
	rows    rowReader // nil: nothing was read yet
	ignored []string
	ended   error
}

// A rowReader reads one form. The error is a *RowError, after which reading can
// go on, a *FormatError, io.EOF, or that of the input.
type rowReader interface {
	next() (Row, error)
}

// NewReader reads from in, no further than it must for the next row.
func NewReader(in io.Reader, o Options) *Reader {
	return &Reader{options: o, source: sheet.NewLines(in)}
}

// Encoding is how the characters read so far were written.
func (r *Reader) Encoding() sheet.Encoding { return r.source.Encoding() }

// Ignored names the columns that were passed over because they are unknown.
func (r *Reader) Ignored() []string { return r.ignored }

// Next gives the next row; io.EOF after the last. After a *RowError reading can
// go on; any other error is final.
func (r *Reader) Next() (Row, error) {
	if r.ended != nil {
		return Row{}, r.ended
	}
	row, err := r.read()
	var wrong *RowError
	if err != nil && !errors.As(err, &wrong) {
		r.ended = err
	}
	return row, err
}

func (r *Reader) read() (Row, error) {
	for r.rows == nil {
		line, err := r.source.Next()
		switch {
		case errors.Is(err, sheet.ErrLong), errors.Is(err, sheet.ErrEncoding), errors.Is(err, sheet.ErrBinary):
			return Row{}, &FormatError{sourceMistake(r.source.Number(), err)}
		case err != nil:
			return Row{}, err
		}
		text := bytes.TrimSpace(line)
		switch {
		case len(text) == 0:
		case text[0] == '[' || string(text) == "{":
			return Row{}, &FormatError{&Mistake{Line: r.source.Number(), Problem: ProblemNotLines}}
		case text[0] == '{':
			r.rows = newJSONReader(r, bytes.Clone(line))
		default:
			if r.rows, err = newCSVReader(r, bytes.Clone(line)); err != nil {
				return Row{}, err
			}
		}
	}
	return r.rows.next()
}

func sourceMistake(line int, err error) *Mistake {
	m := &Mistake{Line: line, Problem: ProblemLong}
	switch {
	case errors.Is(err, sheet.ErrEncoding):
		m.Problem = ProblemEncoding
	case errors.Is(err, sheet.ErrBinary):
		m.Line, m.Problem = max(line, 1), ProblemBinary
	}
	return m
}

// column judges a name that no field has: it is passed over, unless it may have
// been meant for one.
func (r *Reader) column(name string, line, at int) *Mistake {
	if name == "" || ours(name) {
		return nil
	}
	if f, ok := meant(name); ok {
		return &Mistake{Line: line, Column: at, Problem: ProblemDoubtful, Value: strings.Clone(name), Meant: f.String()}
	}
	const most = 20 // there may be another name on every line
	if len(r.ignored) < most && !slices.Contains(r.ignored, name) {
		r.ignored = append(r.ignored, strings.Clone(name))
	}
	return nil
}

// needed are the columns that the kind cannot do without.
func (o Options) needed() []field {
	if o.Kind.MovesMoney() {
		return []field{fieldUser, fieldAmount}
	}
	return []field{fieldUser}
}

// take puts a text into the row.
func (r *Reader) take(row *Row, f field, text string, line int) *Mistake {
	mistake := func(p Problem, err error) *Mistake {
		return &Mistake{Line: line, Column: int(row.columns[f]), Field: f.String(), Problem: p, Value: clip(text), Err: err}
	}
	switch f {
	case fieldAmount:
		if !r.options.Kind.MovesMoney() {
			return nil // a list of orders, of which only the users are asked about
		}
		var err error
		if row.Amount, err = money.Parse(text); err != nil {
			return mistake(ProblemAmount, err)
		}
	case fieldKind:
		if text != "" && api.Kind(text).MovesMoney() && r.options.Kind.MovesMoney() && api.Kind(text) != r.options.Kind {
			return mistake(ProblemKind, nil)
		}
	case fieldUser, fieldRef, fieldRequest:
		if scientific(text) {
			return mistake(ProblemScientific, nil)
		}
		row.set(f, text)
	case fieldCurrency, fieldMethod, fields:
		row.set(f, text)
	}
	return nil
}

// scientific reports a long number as a spreadsheet shows it, and saves it: its
// last digits are gone.
func scientific(text string) bool {
	mantissa, power, found := strings.Cut(strings.ToUpper(text), "E+")
	return found && digits(power) && digits(strings.NewReplacer(",", "", ".", "").Replace(mantissa))
}

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// clip bounds what a mistake keeps of a row.
func clip(text string) string {
	const most = 64
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most])
	}
	return strings.Clone(text)
}

// characters is the place of a byte in a line, from 1.
func characters(line []byte, offset int) int {
	return utf8.RuneCount(line[:min(max(offset, 0), len(line))]) + 1
}
