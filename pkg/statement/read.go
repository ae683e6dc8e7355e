package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// Bounds on what is read, in bytes.
const (
	maxSize = 64 << 20
	maxLine = sheet.MaxLine
)

// maxHeading is how many lines may stand above the header.
const maxHeading = 20

// Options say how a statement is to be read.
type Options struct {
	Profile  string           // lines are told apart by profile
	Columns  map[Field]string // columns that were named by hand
	Zone     *time.Location   // of times without an offset; nil: local
	Currency string           // of lines that name none
	Kind     api.Kind         // of lines that do not say theirs; empty: by the sign

	// Negative is what a negative sum is, where nothing else tells; empty: a
	// deposit, which draws on the merchant account (Raisboy API, «Работа со
	// счётом», 3).
	Negative api.Kind
}

// Read reads a statement: CSV with a header, delimited by semicolon, tab, comma
// or bar, in UTF-8, UTF-16 or Windows-1251. The error is an *[Error], or that of
// reading. A statement of which one line cannot be read is refused as a whole.
func Read(r io.Reader, o Options) (*File, error) {
	if o.Zone == nil {
		o.Zone = time.Local
	}
	content, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(content) > maxSize:
		return nil, &Error{Problem: ProblemTooLarge}
	}
	sum := sha256.Sum256(content)
	text, problem := decode(content)
	if problem != nil {
		return nil, problem
	}
	p := parser{options: o, file: &File{Digest: hex.EncodeToString(sum[:])}, forms: layouts()}
	if problem := p.findHeader(text); problem != nil {
		return nil, problem
	}
	if problem := p.lines(text); problem != nil {
		return nil, problem
	}
	if problem := p.kinds(); problem != nil {
		return nil, problem
	}
	identify(o.Profile, p.file.Rows)
	return p.file, nil
}

// decode gives the text of a file, whatever it was saved by.
func decode(content []byte) (string, *Error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return "", &Error{Problem: ProblemEmpty}
	}
	var text strings.Builder
	for lines := sheet.NewLines(bytes.NewReader(content)); ; {
		line, err := lines.Next()
		switch {
		case errors.Is(err, io.EOF):
			return text.String(), nil
		case errors.Is(err, sheet.ErrLong):
			return "", &Error{Problem: ProblemTooLarge, Line: lines.Number()}
		case err != nil, bytes.ContainsRune(line, utf8.RuneError), bytes.IndexByte(line, 0) >= 0:
			return "", &Error{Problem: ProblemEncoding, Line: lines.Number(), Err: err}
		}
		text.Write(line)
	}
}

// A parser reads one statement.
type parser struct {
	options   Options
	forms     []layout
	file      *File
	delimiter rune
	columns   columns
	heading   int // lines up to and with the header
	signs     []sign

	credited, debited bool // words for kinds were seen that mean the opposite to the other side
}

// A sign is what a row's sum had in front, and whether its kind was said.
type sign struct {
	negative, explicit bool

	word   api.Kind // a kind that stands in a column that is not known to say it
	column string
}

func (p *parser) reader(text string, delimiter rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	return r
}

// findHeader finds the delimiter and the header: by whichever most is recognised.
// Under one delimiter the first is meant: lines above another would be lost.
func (p *parser) findHeader(text string) *Error {
	var first *Error
	none := &Error{Problem: ProblemNoColumns}
	for _, delimiter := range []rune{';', '\t', ',', '|'} {
		r := p.reader(text, delimiter)
		for range maxHeading {
			record, err := r.Read()
			if err != nil {
				break // what is no header under this delimiter may be one under another
			}
			line, _ := r.FieldPos(0)
			c, problem := recognise(record, p.options.Columns)
			if problem != nil {
				if problem.Line = line; first == nil || first.Problem == ProblemNoColumn && problem.Problem == ProblemTwice {
					first = problem
				}
				continue
			}
			if none.Line == 0 && len(record) > 1 {
				none.Line, none.Value = line, cut(strings.Join(record, ", "))
			}
			if !c.usable() {
				continue
			}
			if len(c.at) > len(p.columns.at) {
				p.delimiter, p.columns, p.heading = delimiter, c, line
			}
			break
		}
	}
	switch {
	case p.heading > 0:
		return nil
	case first != nil:
		return first
	}
	return none
}

// cut keeps an error from carrying a whole line.
func cut(text string) string {
	const most = 200
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// lines reads what stands below the header.
func (p *parser) lines(text string) *Error {
	r := p.reader(text, p.delimiter)
	for {
		begin := r.InputOffset()
		record, err := r.Read()
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &syntax):
			return &Error{Problem: ProblemSyntax, Line: syntax.Line, Err: syntax.Err}
		case err != nil:
			return &Error{Problem: ProblemSyntax, Err: err}
		}
		line, _ := r.FieldPos(0)
		raw := strings.Trim(text[begin:r.InputOffset()], "\r\n")
		switch {
		case line <= p.heading:
			continue
		case len(raw) > maxLine:
			return &Error{Problem: ProblemTooLarge, Line: line}
		}
		if problem := p.line(line, []byte(raw), record); problem != nil {
			problem.Line = line
			return problem
		}
	}
}

// line reads one line into a row, or passes it over.
func (p *parser) line(line int, raw []byte, record []string) *Error {
	if strings.Join(record, "") == "" {
		return nil
	}
	problem := p.length(record)
	var row Row
	var reason IgnoredReason
	var sign sign
	if problem == nil {
		row, reason, sign, problem = p.row(record)
	}
	if _, _, err := readAmount(p.columns.cell(record, FieldAmount)); err != nil && (problem != nil || reason != "") {
		switch again, _ := recognise(record, p.options.Columns); {
		case again.usable() && again.equal(p.columns):
			reason, problem = IgnoredHeader, nil
		case again.usable():
			return &Error{Problem: ProblemHeader, Value: cut(strings.Join(record, ", "))}
		}
	}
	switch {
	case problem != nil:
		return problem
	case reason != "":
		ignored := Ignored{Line: line, Raw: raw, Reason: reason}
		if word := p.columns.cell(record, FieldKind); reason == IgnoredKind {
			ignored.about, ignored.fee, ignored.takeback = row, isFee(word), takesBack(word)
		}
		p.file.Ignored = append(p.file.Ignored, ignored)
		return nil
	}
	row.Line, row.Raw = line, raw
	p.file.Rows, p.signs = append(p.file.Rows, row), append(p.signs, sign)
	return nil
}

// length refuses a line that has more cells than the header has names. Empty ones
// at its end are only delimiters.
func (p *parser) length(record []string) *Error {
	for cell := len(p.columns.names); cell < len(record); cell++ {
		if strings.TrimSpace(record[cell]) != "" {
			return &Error{Problem: ProblemCells, Value: cut(record[cell])}
		}
	}
	if p.shifted(record) {
		return &Error{Problem: ProblemCells, Value: cut(record[p.columns.at[FieldAmount]+1])}
	}
	return nil
}

// shifted reports a line that is too long by what could be the decimals of its
// sum, where a comma delimits: 6000,50 without quotation marks is two cells, and
// all that follows stands one too far.
func (p *parser) shifted(record []string) bool {
	next := p.columns.at[FieldAmount] + 1
	if p.delimiter != ',' || len(record) <= len(p.columns.names) || next >= len(record) {
		return false
	}
	digits, _, _ := strings.Cut(strings.TrimSpace(record[next]), ".")
	return (len(digits) == 2 || len(digits) == 3) && strings.Trim(digits, "0123456789") == ""
}
