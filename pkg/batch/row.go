package batch

import (
	"fmt"
	"strconv"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// A Row is one line of a batch as it was read. Absent texts are empty.
type Row struct {
	Line          int // of the file, from 1; a header counts
	UserID        string
	Amount        money.Amount // minor units; 0 where the kind has none
	Currency      string
	PaymentMethod string
	Ref           string
	RequestID     string

	columns [fields]int32 // where each field began, in characters from 1; 0: it is not there
}

// field is a column that means something.
type field int8

const (
	fieldUser field = iota
	fieldAmount
	fieldCurrency
	fieldMethod
	fieldRef
	fieldRequest
	fieldKind // only compared with what is being run

	fields = iota
)

// String gives the column as the contract names it.
func (f field) String() string {
	return [...]string{"user_id", "amount", "currency", "payment_method", "ref", "request_id", "kind"}[f]
}

// Columns are the names of the columns of a form, in their order.
func Columns(kind api.Kind) []string {
	var names []string
	for f := fieldUser; f < fieldKind; f++ {
		if f == fieldRequest && kind != api.KindPayout || f != fieldUser && kind == api.KindValidation {
			continue
		}
		names = append(names, f.String())
	}
	return names
}

// column is where a field of the row began, in characters from 1; 0: nowhere.
func (r *Row) column(name string) int {
	for f := fieldUser; f < fields; f++ {
		if f.String() == name {
			return int(r.columns[f])
		}
	}
	return 0
}

func (r *Row) set(f field, value string) {
	switch f {
	case fieldUser:
		r.UserID = value
	case fieldCurrency:
		r.Currency = value
	case fieldMethod:
		r.PaymentMethod = value
	case fieldRef:
		r.Ref = value
	case fieldRequest:
		r.RequestID = value
	case fieldAmount, fieldKind, fields:
	}
}

// Problem says what is wrong with a row or with a whole file.
type Problem string

// The problems of a row. ProblemField and ProblemAmount have an Err that says
// more.
const (
	ProblemField      Problem = "field"         // Err is a *api.FieldError
	ProblemAmount     Problem = "amount"        // Err is a *money.ParseError
	ProblemQuote      Problem = "quote"         // a quotation mark that is not closed, or stands alone
	ProblemSwallowed  Problem = "swallowed"     // a cell in quotes that goes on over lines which are rows
	ProblemCells      Problem = "cells"         // more cells than the header has
	ProblemLong       Problem = "long_row"      // longer than any row can be
	ProblemEncoding   Problem = "encoding"      // neither UTF-8 nor Windows-1251 throughout
	ProblemBinary     Problem = "binary"        // no text at all: a workbook, an archive
	ProblemJSON       Problem = "json"          // not one JSON object
	ProblemType       Problem = "json_type"     // a value of another type than text or number
	ProblemTwice      Problem = "twice"         // the same column under two names
	ProblemCutOff     Problem = "cut_off"       // an endless batch's last line has no end: the rest of it may be missing
	ProblemScientific Problem = "scientific"    // an id that a spreadsheet has rounded: 2,56457E+14
	ProblemApostrophe Problem = "apostrophe"    // a spreadsheet's sign that a number is text: '00123
	ProblemKind       Problem = "kind"          // the row says that it is of another kind
	ProblemNoRef      Problem = "no_ref"        // neither a ref nor a batch's name
	ProblemMixedRefs  Problem = "mixed_refs"    // some rows have a ref and this one has not, or the other way round
	ProblemRefTwice   Problem = "duplicate_ref" // the ref is an earlier row's: First
	// The request_id is an earlier row's: First. The project answers both with one
	// payout.
	ProblemRequestTwice Problem = "duplicate_request"

	// The row equals Operation, which was done in this batch on the line First. The
	// file has no row there any more: this is that row.
	ProblemMoved Problem = "moved"

	ProblemEqual     Problem = "equal_row"      // an earlier row is equal, and neither has a ref: First
	ProblemChanged   Problem = "changed"        // the journal has the ref with other terms: Operation
	ProblemLimit     Problem = "limit"          // over the desk's own limit: Value names the setting
	ProblemOtherKeys Problem = "other_keys"     // the batch was run with other keys before
	ProblemDoubtful  Problem = "doubtful_name"  // a column that may be a known one mistyped: Meant
	ProblemNoHeader  Problem = "no_header"      // the first row names no column that is known
	ProblemNoColumn  Problem = "missing_column" // a column that must be there: Field
	ProblemLineEnds  Problem = "line_ends"      // lines that end as on an old Macintosh: it would be one line
	ProblemNotLines  Problem = "not_lines"      // JSON, but not one object a line
)

// A Mistake is what keeps one row from being run, or a whole file.
type Mistake struct {
	Line, Column int    // from 1; 0: not one place
	Field        string // the contract's name of the column; empty: none
	Problem      Problem
	Value        string    // what was given, or what Problem says; untrusted text
	Meant        string    // the column that may be meant, or what was expected
	First        int       // the line of the row that it collides with
	Operation    int64     // the operation that it collides with
	Was          *api.Call // what the journal has as Operation, where that is another; else nil
	Err          error     // may be nil
}

func (m *Mistake) Error() string {
	text := "line " + strconv.Itoa(m.Line)
	if m.Line == 0 {
		text = "the whole"
	}
	if m.Column > 0 {
		text += ", column " + strconv.Itoa(m.Column)
	}
	if m.Err != nil {
		return fmt.Sprintf("%s: %s: %v", text, m.Field, m.Err)
	}
	if text += ": " + string(m.Problem); m.Field != "" {
		text += " " + m.Field
	}
	if m.Value != "" {
		text += " " + strconv.Quote(m.Value)
	}
	return text
}

func (m *Mistake) Unwrap() error { return m.Err }

// A RowError is a row that cannot be run. Reading may go on after it.
type RowError struct {
	Row      Row // as far as it could be read
	Mistakes []*Mistake
}

func (e *RowError) Error() string {
	text := e.Mistakes[0].Error()
	if more := len(e.Mistakes) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// A FormatError says that a file cannot be read as a batch, or no further.
type FormatError struct{ Mistake *Mistake }

func (e *FormatError) Error() string { return e.Mistake.Error() }
func (e *FormatError) Unwrap() error { return e.Mistake }
