package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// An object is a JSON object whose keys keep their order, and a CSV row.
// Values are nil, string, figure, bool, int, int64, object, []object, []int64
// or []string.
type object []member

type member struct {
	name  string
	value any
}

// A figure is an amount in digits, with a point. A spreadsheet in Russian takes
// it for a number if it has a comma instead.
type figure string

// orNull gives nil for an absent text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orNullNumber gives nil for an absent number.
func orNullNumber[N int | int64](n N) any {
	if n == 0 {
		return nil
	}
	return n
}

// stamp prints a moment for scripts: RFC 3339, milliseconds, numeric offset.
func (r *Renderer) stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(r.Location).Format("2006-01-02T15:04:05.000-07:00")
}

func (o object) names() []string {
	names := make([]string, len(o))
	for i, m := range o {
		names[i] = m.name
	}
	return names
}

// MarshalJSON keeps the order of the keys.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // as in plainJSON
	write := func(v any) error {
		err := e.Encode(v)
		if err == nil {
			b.Truncate(b.Len() - 1) // the encoder ends a line after each
		}
		return err
	}
	for i, m := range o {
		b.WriteByte("{,"[min(i, 1)])
		if err := write(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := write(m.value); err != nil {
			return nil, err
		}
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON leaves <, > and & as they are: this is not a web page.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// json gives the object as one line without a single invisible character: JSON
// may be read on a terminal too. What would be invisible is escaped, which
// every reader of JSON undoes.
func (o object) json() ([]byte, error) {
	text, err := o.MarshalJSON() // the encoder would only read it once more
	if err != nil {
		return nil, err
	}
	safe := make([]byte, 0, len(text))
	for len(text) > 0 {
		char, size := utf8.DecodeRune(text)
		switch {
		case char < 0x7f || !invisible(char):
			safe = append(safe, text[:size]...)
		case char > 0xffff:
			high, low := utf16.EncodeRune(char)
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, high, low)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, char)
		}
		text = text[size:]
	}
	return safe, nil
}

// row gives the values as a line of CSV.
func (o object) row(form csvForm) (string, error) {
	cells := make([]string, len(o))
	for i, m := range o {
		var err error
		if cells[i], err = form.cell(m.value); err != nil {
			return "", err
		}
	}
	return form.line(cells)
}

// csvForm is how CSV is written. The zero value is the contract's: commas, line
// feeds, points.
type csvForm struct {
	excel bool // as a spreadsheet in Russian opens it without asking
}

// byteOrderMark begins a file that Excel is to read as UTF-8.
const byteOrderMark = "\uFEFF"

// cell gives a value as CSV has it: null is empty, an object or a list is its
// JSON.
func (form csvForm) cell(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return defuse(Sanitize(v)), nil
	case ownID:
		return defuse(v.legible()), nil
	case exact:
		return defuse(v.escaped()), nil
	case figure:
		if form.excel {
			return strings.Replace(string(v), ".", ",", 1), nil
		}
		return string(v), nil
	case bool, int, int64:
		return fmt.Sprint(v), nil
	case []int64, []string:
		text, err := plainJSON(v)
		return string(text), err
	case object:
		text, err := v.json()
		return string(text), err
	case []object:
		texts := make([]string, len(v))
		for i, one := range v {
			text, err := one.json()
			if err != nil {
				return "", err
			}
			texts[i] = string(text)
		}
		return "[" + strings.Join(texts, ",") + "]", nil
	}
	return "", fmt.Errorf("no CSV form for a %T", value)
}

// An exact text must not lose a character: the signature string of `sign` is one
// that somebody compares byte by byte.
type exact string

// escaped writes what cannot be seen as JSON does, \n for a line feed and \\ for
// a backslash, and all else as it is: a line of CSV that is shown on a terminal,
// from which the text can still be had.
func (e exact) escaped() string {
	var b strings.Builder
	for _, char := range string(e) {
		switch {
		case char == '\n':
			b.WriteString(`\n`)
		case char == '\r':
			b.WriteString(`\r`)
		case char == '\t':
			b.WriteString(`\t`)
		case char == '\\':
			b.WriteString(`\\`)
		case char != ' ' && (invisible(char) || unicode.IsSpace(char)):
			for _, unit := range utf16.Encode([]rune{char}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(char)
		}
	}
	return b.String()
}

// defuse keeps a spreadsheet from taking text for a formula.
func defuse(text string) string {
	if text == "" {
		return text
	}
	// A quotation mark of its own counts as the text's: reading takes one away.
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "'"))
	if strings.ContainsRune("=+-@＝＋－＠\t\r", first) || first < ' ' {
		return "'" + text
	}
	return text
}

func (form csvForm) line(cells []string) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if form.excel {
		w.Comma, w.UseCRLF = ';', true
	}
	if err := w.Write(cells); err != nil {
		return "", err
	}
	w.Flush()
	return b.String(), w.Error()
}
