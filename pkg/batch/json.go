package batch

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// jsonReader reads JSON lines: one object a line.
type jsonReader struct {
	reader *Reader
	first  []byte // the line that showed the form; nil once it was read
	text   *bytes.Reader
	tokens *jsontext.Decoder
}

func newJSONReader(r *Reader, first []byte) *jsonReader {
	text := bytes.NewReader(nil)
	return &jsonReader{reader: r, first: first, text: text, tokens: jsontext.NewDecoder(text)}
}

func (j *jsonReader) next() (Row, error) {
	for {
		line := j.first
		if j.first = nil; line == nil {
			var err error
			line, err = j.reader.source.Next()
			if errors.Is(err, sheet.ErrLong) || errors.Is(err, sheet.ErrEncoding) {
				m := sourceMistake(j.reader.source.Number(), err)
				return Row{}, &RowError{Row: Row{Line: m.Line}, Mistakes: []*Mistake{m}}
			}
			if err != nil {
				return Row{}, err
			}
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return j.row(line, j.reader.source.Number())
		}
	}
}

func (j *jsonReader) row(line []byte, number int) (Row, error) {
	row := Row{Line: number}
	j.text.Reset(line)
	j.tokens.Reset(j.text)
	var mistakes []*Mistake
	err := j.object(&row, line, &mistakes)
	if err == nil {
		if _, err = j.tokens.ReadToken(); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errMore
		}
	}
	if err != nil {
		at := characters(line, int(j.tokens.InputOffset()))
		mistakes = append(mistakes, &Mistake{Line: number, Column: at, Problem: ProblemJSON})
		return row, &RowError{Row: row, Mistakes: mistakes}
	}
	for _, f := range j.reader.options.needed() {
		if row.columns[f] == 0 {
			mistakes = append(mistakes, &Mistake{Line: number, Field: f.String(), Problem: ProblemNoColumn})
		}
	}
	if mistakes != nil {
		return row, &RowError{Row: row, Mistakes: mistakes}
	}
	return row, nil
}

var errMore = errors.New("more than one value on the line")

// object reads the members of one object. Names twice are refused by jsontext.
func (j *jsonReader) object(row *Row, line []byte, mistakes *[]*Mistake) error {
	if start, err := j.tokens.ReadToken(); err != nil || start.Kind() != '{' {
		return errors.Join(err, errNoObject)
	}
	for j.tokens.PeekKind() != '}' {
		token, err := j.tokens.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		at := characters(line, int(j.tokens.InputOffset())-len(name)-2)
		f, known := fieldOf(name)
		if !known {
			if m := j.reader.column(name, row.Line, at); m != nil {
				*mistakes = append(*mistakes, m)
			}
			if err := j.tokens.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if row.columns[f] != 0 {
			*mistakes = append(*mistakes, &Mistake{Line: row.Line, Column: at, Field: f.String(), Problem: ProblemTwice, Value: clip(name)})
		}
		m, err := j.value(row, f, line)
		if err != nil {
			return err
		}
		if m != nil {
			*mistakes = append(*mistakes, m)
		}
	}
	_, err := j.tokens.ReadToken()
	return err
}

var errNoObject = errors.New("not an object")

// value reads a member that means something: a text, or a number whose digits
// are taken as they stand.
func (j *jsonReader) value(row *Row, f field, line []byte) (*Mistake, error) {
	kind := j.tokens.PeekKind()
	if kind == '{' || kind == '[' {
		start := int(j.tokens.InputOffset())
		start += len(line[start:]) - len(bytes.TrimLeft(line[start:], ": \t"))
		at := characters(line, start)
		row.columns[f] = int32(at)
		return &Mistake{Line: row.Line, Column: at, Field: f.String(), Problem: ProblemType}, j.tokens.SkipValue()
	}
	token, err := j.tokens.ReadToken()
	if err != nil {
		return nil, err
	}
	text := token.String()
	width := len(text)
	if kind == '"' {
		width += 2 // as well as is known: escapes are shorter than what they stand for only
	}
	row.columns[f] = int32(characters(line, int(j.tokens.InputOffset())-width))
	switch {
	case kind == 'n':
		if f == fieldAmount || f == fieldUser {
			row.columns[f] = 0 // as if it were not there
		}
		return nil, nil
	case kind == '0' && f == fieldAmount && j.reader.options.Kind.MovesMoney():
		return j.number(row, text), nil
	case kind != '"' && (kind != '0' || !digits(text)):
		return &Mistake{Line: row.Line, Column: int(row.columns[f]), Field: f.String(), Problem: ProblemType, Value: clip(text)}, nil
	}
	return j.reader.take(row, f, text, row.Line), nil
}

// number reads a sum that is a JSON number: here 6.000 is six.
func (j *jsonReader) number(row *Row, text string) *Mistake {
	amount, err := money.ParseNumber(text)
	if err == nil && amount == 0 {
		err = &money.ParseError{Input: text, Reason: money.Zero}
	}
	if err != nil {
		return &Mistake{Line: row.Line, Column: int(row.columns[fieldAmount]), Field: fieldAmount.String(), Problem: ProblemAmount, Value: clip(text), Err: err}
	}
	row.Amount = amount
	return nil
}
