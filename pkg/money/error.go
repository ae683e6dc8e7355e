package money

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason says why a text is not an amount. Callers branch on it; the sentences
// for people are theirs.
type Reason uint8

// The reasons. NotANumber is the zero value and covers everything that has no
// reason of its own: letters, other scripts' digits, a missing digit before or
// after the separator.
const (
	NotANumber         Reason = iota
	Empty                     // nothing, or spaces alone
	Negative                  // begins with a minus sign
	Zero                      // Parse only: there is nothing to pay
	TooManyDecimals           // more than two decimals that count
	AmbiguousSeparator        // "6,000" or "6.000": thousands or decimals?
	BadGrouping               // "60 00", "6  000", more than one point or comma
	TooLarge                  // more than 12 digits before the point; from a server, more than 18
	Exponent                  // Parse: any, as in "1e9"; ParseNumber: beyond its bound
)

// String gives the reason in a few English words, for logs.
func (r Reason) String() string {
	switch r {
	case Empty:
		return "empty"
	case Negative:
		return "negative"
	case Zero:
		return "zero"
	case TooManyDecimals:
		return "too many decimals"
	case AmbiguousSeparator:
		return "ambiguous separator"
	case BadGrouping:
		return "bad grouping"
	case TooLarge:
		return "too large"
	case Exponent:
		return "exponent"
	case NotANumber:
	}
	return "not a number"
}

// maxInput bounds, in bytes, what a ParseError keeps of the text it is about.
const maxInput = 40

// ParseError says what was refused, and why.
type ParseError struct {
	// Input is the text as it came, cut to 40 bytes and made valid UTF-8. It
	// may still hold control characters: quote it before it is shown.
	Input  string
	Reason Reason

	// Readings are the sums that the text could mean, greatest first, when the
	// Reason is AmbiguousSeparator: 6000.00 and 6.00 for "6,000". The decimal
	// reading of "6,125" is no amount, so there the first stands alone.
	Readings []Amount
}

// Error names the text, quoted so that it is safe on a terminal, and the reason.
func (e *ParseError) Error() string {
	text := "amount " + strconv.Quote(e.Input) + ": " + e.Reason.String()
	for i, reading := range e.Readings {
		if i == 0 {
			text += ": "
		} else {
			text += " or "
		}
		text += reading.String()
	}
	return text
}

// refuse makes the error for the text s.
func refuse(s string, reason Reason, readings ...Amount) *ParseError {
	// Cut twice: three bytes of replacement can stand for one that is invalid.
	s = cut(strings.ToValidUTF8(cut(s), "\uFFFD"))
	// A copy, so that the error does not keep a whole file's text alive.
	return &ParseError{Input: strings.Clone(s), Reason: reason, Readings: readings}
}

// cut shortens s to maxInput bytes without breaking a character.
func cut(s string) string {
	if len(s) <= maxInput {
		return s
	}
	end := maxInput
	for end > maxInput-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
