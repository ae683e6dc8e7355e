package money

import "strings"

// Bounds on a number that a server prints. Eighteen digits in all, the two
// decimals among them, always fit an Amount; a project's max_amount may well
// be greater than Max, which bounds what people type.
const (
	maxNumberLength  = 64 // bytes
	maxNumberWhole   = 16 // digits before the point
	maxExponentDigit = 3  // digits of the exponent
)

// ParseNumber reads a sum as a server prints it, in a JSON number or in the
// text of a JSON string: "5000.00", "5000.0", "5000", "5e3", "0.5e4" (Ruby's
// BigDecimal). It follows the grammar of JSON numbers (RFC 8259, section 6).
//
// It is exact or an error: nothing is rounded, so "1.005" is refused with
// TooManyDecimals while "5000.000" is 5000.00. Zero is a sum here. A negative
// number is refused, "-0" too: no answer of the API has one, and an answer that
// does cannot be believed. The error is always a *ParseError.
func ParseNumber(s string) (Amount, error) {
	if s == "" {
		return 0, refuse(s, Empty)
	}
	if len(s) > maxNumberLength {
		return 0, refuse(s, TooLarge)
	}
	n, ok := splitNumber(strings.TrimPrefix(s, "-"))
	if !ok {
		return 0, refuse(s, NotANumber)
	}
	if s[0] == '-' {
		return 0, refuse(s, Negative)
	}
	power, ok := n.power()
	if !ok {
		return 0, refuse(s, Exponent)
	}
	amount, reason, ok := n.scale(power)
	if !ok {
		return 0, refuse(s, reason)
	}
	return amount, nil
}

// A number is the parts of a JSON number without its sign.
type number struct {
	whole, decimals, exponent string // digits
	small                     bool   // the exponent is negative
}

// splitNumber takes text apart by the grammar of JSON numbers.
func splitNumber(text string) (number, bool) {
	var n number
	n.whole, text = cutDigits(text)
	if n.whole == "" || len(n.whole) > 1 && n.whole[0] == '0' {
		return n, false
	}
	if after, found := strings.CutPrefix(text, "."); found {
		if n.decimals, text = cutDigits(after); n.decimals == "" {
			return n, false
		}
	}
	if text != "" && (text[0] == 'e' || text[0] == 'E') {
		text = text[1:]
		if text != "" && (text[0] == '+' || text[0] == '-') {
			n.small = text[0] == '-'
			text = text[1:]
		}
		if n.exponent, text = cutDigits(text); n.exponent == "" {
			return n, false
		}
	}
	return n, text == ""
}

// cutDigits splits text after the digits that it begins with.
func cutDigits(text string) (digits, rest string) {
	end := 0
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	return text[:end], text[end:]
}

// power is the exponent's value; false: it has too many digits.
func (n number) power() (int, bool) {
	if len(n.exponent) > maxExponentDigit {
		return 0, false
	}
	power := 0
	for i := range len(n.exponent) {
		power = power*10 + int(n.exponent[i]-'0')
	}
	if n.small {
		power = -power
	}
	return power, true
}

// scale gives the number times ten to the power as minor units. It works on the
// significant digits alone, which read as 0.digits × 10^whole, so that neither
// a trailing zero nor a long exponent can overflow or be rounded.
func (n number) scale(power int) (Amount, Reason, bool) {
	digits := n.whole + n.decimals
	whole := len(n.whole) + power
	for digits != "" && digits[0] == '0' {
		digits = digits[1:]
		whole--
	}
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return 0, NotANumber, true // zero
	case whole > maxNumberWhole:
		return 0, TooLarge, false
	case len(digits)-whole > 2:
		return 0, TooManyDecimals, false
	}
	value := Amount(0)
	for i := range whole + 2 {
		value *= 10
		if i < len(digits) {
			value += Amount(digits[i] - '0')
		}
	}
	return value, NotANumber, true
}
