package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of JSON from outside. The document's answers are two levels deep and
// have a handful of members; these leave room and still bound memory and time.
const (
	maxDepth   = 16
	maxValues  = 4096
	maxMembers = 128 // of one object: names are compared pairwise
)

// The errors of strict reading.
var (
	// ErrEmptyBody is a body of nothing, or of white space alone.
	ErrEmptyBody = errors.New("empty body")
	// ErrInvalidJSON is a body that is not one strict JSON object with members
	// of the types that the document gives them.
	ErrInvalidJSON = errors.New("not strict JSON")
)

// Kinds of a JSON value, as jsontext names them. kindNone is a missing member.
const (
	kindNone   jsontext.Kind = 0
	kindNull   jsontext.Kind = 'n'
	kindTrue   jsontext.Kind = 't'
	kindFalse  jsontext.Kind = 'f'
	kindString jsontext.Kind = '"'
	kindNumber jsontext.Kind = '0'
	kindObject jsontext.Kind = '{'
	kindArray  jsontext.Kind = '['
)

// A value is a JSON value that has been read whole. Numbers keep their text:
// no float is ever made of money.
type value struct {
	kind    jsontext.Kind
	text    string // of a string, unquoted; of a number, as it came
	members []member
	items   []value
}

type member struct {
	name  string
	value value
}

// get gives the member of that exact name, or the zero value.
func (v value) get(name string) value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return value{}
}

// absent: not there, or null, which is how Ruby prints what it has not got.
func (v value) absent() bool { return v.kind == kindNone || v.kind == kindNull }

// says reports whether the member carries anything at all. An empty text, list
// or object beside a success is no complaint.
func (v value) says() bool {
	switch v.kind {
	case kindString:
		return strings.TrimSpace(v.text) != ""
	case kindObject:
		return len(v.members) > 0
	case kindArray:
		return len(v.items) > 0
	case kindNumber, kindTrue:
		return true
	}
	return false
}

// readStrict reads one JSON object and nothing after it. The error wraps
// ErrEmptyBody or ErrInvalidJSON.
func readStrict(body []byte) (value, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return value{}, ErrEmptyBody
	}
	if len(body) > maxAnswer {
		return value{}, fmt.Errorf("%w: over %d bytes", ErrInvalidJSON, maxAnswer)
	}
	r := reader{decoder: jsontext.NewDecoder(bytes.NewBuffer(body))}
	tree, err := r.value()
	if err != nil {
		return value{}, fmt.Errorf("%w: %w", ErrInvalidJSON, err)
	}
	if tree.kind != kindObject {
		return value{}, fmt.Errorf("%w: not an object", ErrInvalidJSON)
	}
	if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return value{}, fmt.Errorf("%w: data after the object", ErrInvalidJSON)
	}
	return tree, nil
}

var (
	errTooDeep     = errors.New("nested too deep")
	errTooMany     = errors.New("too many values")
	errCaseVariant = errors.New("names that differ only in case")
)

// A reader counts what it has read, so that a small body cannot become a large
// tree. Duplicate names and invalid UTF-8 are refused by jsontext itself.
type reader struct {
	decoder *jsontext.Decoder
	values  int
}

func (r *reader) value() (value, error) {
	if r.values++; r.values > maxValues {
		return value{}, errTooMany
	}
	token, err := r.decoder.ReadToken()
	if err != nil {
		return value{}, err
	}
	v := value{kind: token.Kind()}
	switch v.kind {
	case kindString, kindNumber:
		v.text = token.String()
		return v, nil
	case kindObject:
		err = r.object(&v)
	case kindArray:
		err = r.array(&v)
	}
	return v, err
}

func (r *reader) object(v *value) error {
	if r.decoder.StackDepth() > maxDepth {
		return errTooDeep
	}
	for r.decoder.PeekKind() != '}' {
		name, err := r.decoder.ReadToken()
		if err != nil {
			return err
		}
		m := member{name: name.String()}
		// Another reader of the same bytes may match names in any case, as
		// encoding/json does: then two of them are two readings.
		for _, earlier := range v.members {
			if strings.EqualFold(earlier.name, m.name) {
				return fmt.Errorf("%w: %q", errCaseVariant, clip(m.name, MaxID))
			}
		}
		if len(v.members) == maxMembers {
			return errTooMany
		}
		if m.value, err = r.value(); err != nil {
			return err
		}
		v.members = append(v.members, m)
	}
	_, err := r.decoder.ReadToken()
	return err
}

func (r *reader) array(v *value) error {
	if r.decoder.StackDepth() > maxDepth {
		return errTooDeep
	}
	for r.decoder.PeekKind() != ']' {
		item, err := r.value()
		if err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	_, err := r.decoder.ReadToken()
	return err
}
