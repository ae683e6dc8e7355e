package sandbox

import (
	"errors"
	"io"
	"math/big"
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/raisboy/raisboy/pkg/money"
)

// maxBody bounds every request body, in bytes.
const maxBody = 64 << 10

// maxID bounds a request_id, in bytes.
const maxID = 64

// readBody reads the raw body. A body that is too long is answered 413; one
// that stops short leaves nobody to answer.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *answer) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		return body, nil
	}
	a := grapeError(http.StatusBadRequest, "the body could not be read")
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		a = grapeError(http.StatusRequestEntityTooLarge, "the body is too long")
	}
	return nil, &a
}

// readJSON reads the raw body of a request that says it is JSON.
func readJSON(w http.ResponseWriter, r *http.Request) ([]byte, *answer) {
	if a := mediaType(r.Header); a != nil {
		return nil, a
	}
	return readBody(w, r)
}

// mediaType checks the content type as Grape does, before anything else.
func mediaType(h http.Header) *answer {
	given := strings.Join(h.Values("Content-Type"), ", ")
	kind, _, err := mime.ParseMediaType(given)
	if err == nil && kind == "application/json" {
		return nil
	}
	if kind == "" {
		kind = given
	}
	a := unsupportedType(kind)
	return &a
}

// fields are the members of a request's object, raw.
type fields map[string]jsontext.Value

// parse reads a body. An empty body has no fields and is no error (Grape does
// not parse it); a JSON value that is no object has none either. What is not
// exactly one JSON value in UTF-8 without duplicate keys is an error.
func parse(body []byte) (fields, error) {
	if len(body) == 0 {
		return nil, nil
	}
	var v jsontext.Value
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, err
	}
	if v.Kind() != '{' {
		return nil, nil
	}
	f := fields{}
	err := json.Unmarshal(v, &f)
	return f, err
}

// form reads the fields of one request and gathers what is wrong with them.
type form struct {
	fields   fields
	problems []problem
}

func (f *form) wrong(field, name string) { f.problems = append(f.problems, problem{field, name}) }

// present returns a field's value, or notes its absence; null is absence.
func (f *form) present(field string) (jsontext.Value, bool) {
	v, ok := f.fields[field]
	if !ok || v.Kind() == 'n' {
		f.wrong(field, "presence")
		return nil, false
	}
	return v, true
}

// text reads a required string that is not blank.
func (f *form) text(field string) string {
	v, ok := f.present(field)
	if !ok {
		return ""
	}
	s, ok := stringOf(v)
	switch {
	case !ok:
		f.wrong(field, "coerce")
	case strings.TrimSpace(s) == "":
		f.wrong(field, "blank")
	}
	return s
}

// id reads a required identifier: at most 64 bytes, no control characters.
func (f *form) id(field string) string {
	s := f.text(field)
	if len(s) > maxID {
		f.wrong(field, "length")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		f.wrong(field, "regexp")
	}
	return s
}

// amount reads a required sum: a JSON number above zero with at most two
// decimals that matter.
func (f *form) amount(field string) money.Amount {
	v, ok := f.present(field)
	if !ok {
		return 0
	}
	a, ok := amountOf(v)
	switch {
	case !ok:
		f.wrong(field, "coerce")
	case a <= 0:
		f.wrong(field, "values")
	}
	return a
}

// stamp checks a required ISO 8601 timestamp.
func (f *form) stamp(field string) {
	s := f.text(field)
	if _, ok := readISO(s); s != "" && !ok {
		f.wrong(field, "coerce")
	}
}

func stringOf(v jsontext.Value) (string, bool) {
	if v.Kind() != '"' {
		return "", false
	}
	s, err := jsontext.AppendUnquote(nil, v)
	return string(s), err == nil
}

// amountOf reads a JSON number exactly: 5000, 5000.00, 5000.0 and 5e3 are one
// sum, 0.001 is none. Its bounds keep the arithmetic small.
func amountOf(v jsontext.Value) (money.Amount, bool) {
	s := string(v)
	if v.Kind() != '0' || len(s) > 32 {
		return 0, false
	}
	if _, exp, found := strings.Cut(strings.ToLower(s), "e"); found && len(strings.Trim(exp, "+-")) > 2 {
		return 0, false
	}
	sum, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	sum.Mul(sum, big.NewRat(100, 1))
	if !sum.IsInt() || !sum.Num().IsInt64() {
		return 0, false
	}
	return money.Amount(sum.Num().Int64()), true
}
