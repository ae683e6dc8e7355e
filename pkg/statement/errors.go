package statement

import "fmt"

// Problem says why a statement cannot be used.
type Problem string

// The problems of an [Error].
const (
	ProblemEmpty     Problem = "empty"      // there is nothing in it
	ProblemTooLarge  Problem = "too_large"  // more than 64 MiB, or a line of more than 64 KiB
	ProblemEncoding  Problem = "encoding"   // neither UTF-8, UTF-16 nor Windows-1251
	ProblemSyntax    Problem = "syntax"     // not CSV: a quotation mark that is not closed
	ProblemNoColumns Problem = "no_columns" // no header with a sum, and a user or an id
	ProblemNoColumn  Problem = "no_column"  // a column that was named is not there
	ProblemTwice     Problem = "twice"      // two columns for one thing
	ProblemCells     Problem = "cells"      // a line has more cells than the header
	ProblemAmount    Problem = "amount"     // a sum that cannot be read, or can be read in two ways
	ProblemTime      Problem = "time"       // a time that cannot be read, or can be read in two ways
	ProblemCurrency  Problem = "currency"   // not a code of three letters
	ProblemKind      Problem = "kind"       // it is not said whether it is a deposit or a payout
	ProblemSides     Problem = "sides"      // credits and debits, which mean the opposite to the other side
	ProblemSigns     Problem = "signs"      // deposits, or payouts, with both signs
	ProblemText      Problem = "text"       // an id or a user with invisible characters, or too long
	ProblemNumber    Problem = "number"     // an id that a spreadsheet rounded: 2.56457E+15
	ProblemStatus    Problem = "status"     // a status in a column that is not known to hold one
	ProblemHeader    Problem = "header"     // a second header, which says otherwise
	ProblemNothing   Problem = "nothing"    // no line is about a deposit or a payout; see [File.About]
)

// An Error says why a statement cannot be used. Nothing was compared: one line
// that is read wrongly could make another look like the only one of its kind.
type Error struct {
	Problem Problem
	Line    int    // from 1; 0: the file as a whole
	Column  string // the header's name, or the field that was asked for
	Value   string // as it stands in the file; untrusted text
	Err     error  // may be nil
}

func (e *Error) Error() string {
	text := "statement: " + string(e.Problem)
	if e.Line > 0 {
		text = fmt.Sprintf("statement, line %d: %s", e.Line, e.Problem)
	}
	if e.Column != "" {
		text += fmt.Sprintf(", column %q", e.Column)
	}
	if e.Value != "" {
		text += fmt.Sprintf(": %q", e.Value)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }
