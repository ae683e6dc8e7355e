// Package money holds exact sums of money and reads what people type.
//
// It is the innermost package: every layer passes an Amount on unchanged, from
// the flag that a cashier typed to the number in the signed body. Nothing here
// knows a language or a currency; sentences about a wrong amount are made by
// the caller from the ParseError.
//
// An Amount is a plain integer of minor units and not a decimal library's
// type: two decimals are all that the API has, integers cannot lose a tiyin,
// and the library that was weighed (govalues/decimal) adds 0.45 ms to the start
// of every command.
package money

import (
	"errors"
	"math"
	"strconv"
)

// Amount is a sum in minor units: hundredths of the currency's unit, so
// 6000.00 UZS is Amount(600000). Every currency is kept with two decimals, as
// the Raisboy API prints them (Raisboy API, section 3).
//
// It deliberately has no JSON methods: the API wants a number, the tool's own
// output a string, and whoever writes one of them has to choose. Left to
// itself, encoding/json would print the minor units.
type Amount int64

// Max is the greatest sum that Parse accepts: twelve digits before the point and
// two decimals, 999 999 999 999.99.
const Max Amount = 999_999_999_999_99

// ErrOverflow is returned by Add for a sum that an Amount cannot hold.
var ErrOverflow = errors.New("sum of amounts overflows")

// Add gives a + b, or ErrOverflow where the sum would wrap round. Totals may
// exceed Max: that bound is on what one person types.
func (a Amount) Add(b Amount) (Amount, error) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, ErrOverflow
	}
	return a + b, nil
}

// String gives the sum as the API and JSON print it, "6000.00": a point, two
// decimals, no grouping.
func (a Amount) String() string { return string(a.Append(nil)) }

// Append appends what String gives to dst and returns the extended slice.
func (a Amount) Append(dst []byte) []byte {
	u := uint64(a)
	if a < 0 {
		dst = append(dst, '-')
		u = -u
	}
	dst = strconv.AppendUint(dst, u/100, 10)
	return append(dst, '.', byte('0'+u/10%10), byte('0'+u%10))
}

// Format gives the sum as people read it, its whole part in groups of three:
// Format(" ", ",") of Amount(600000) is "6 000,00". Parse reads it back if
// group is one of the three spaces it knows and point is "." or ",".
func (a Amount) Format(group, point string) string {
	plain := a.String()
	whole, decimals := plain[:len(plain)-3], plain[len(plain)-2:]
	var out []byte
	if whole[0] == '-' {
		out, whole = append(out, '-'), whole[1:]
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, group...)
		}
		out = append(out, whole[i])
	}
	out = append(out, point...)
	return string(append(out, decimals...))
}
