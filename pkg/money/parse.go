package money

import "strings"

// maxDigits bounds what people type before the point. With two decimals after
// it, every Amount up to Max can be printed and read again.
const maxDigits = 12

// spaces are the characters that may stand between groups of three: the space,
// the no-break space and the narrow no-break space, the last two because
// spreadsheets and web pages print sums with them.
const spaces = " \u00a0\u202f"

// Parse reads an amount as people type it: digits, groups of three parted by
// one space (U+0020, U+00A0 or U+202F), and at most one point or comma with one
// or two digits after it. Spaces and tabs round the whole are ignored.
//
// What can be read in two ways is refused, not guessed at: "6,000" and "6.000"
// are six thousand to one person and six to another. So are zero, a sign, an
// exponent, three decimals, other scripts' digits, and more than twelve digits
// before the point.
// The error is always a *ParseError.
func Parse(s string) (Amount, error) {
	text := strings.Trim(s, spaces+"\t")
	if reason, ok := checkCharacters(text); !ok {
		return 0, refuse(s, reason)
	}
	var r reading
	for rest := text; rest != ""; {
		c := rest[0]
		size := 1
		reason, ok := NotANumber, true
		switch {
		case isDigit(c):
			r.digit(c)
		case c == '.' || c == ',':
			reason, ok = r.point()
		default:
			size = spaceSize(rest) // checkCharacters let nothing else pass
			reason, ok = r.space()
		}
		if !ok {
			return 0, refuse(s, reason)
		}
		rest = rest[size:]
	}
	amount, reason, ok := r.amount()
	if !ok && reason == AmbiguousSeparator {
		return 0, refuse(s, reason, r.readings()...)
	}
	if !ok {
		return 0, refuse(s, reason)
	}
	return amount, nil
}

// checkCharacters looks at the characters alone, before their order, so that
// "60 00 sum" is told that it is not a number and not that its groups are wrong.
func checkCharacters(text string) (Reason, bool) {
	if text == "" {
		return Empty, false
	}
	for _, minus := range []string{"-", "\u2212"} { // hyphen and the true minus sign
		if after, found := strings.CutPrefix(text, minus); found && after != "" && isDigit(after[0]) {
			return Negative, false
		}
	}
	if hasExponent(text) {
		return Exponent, false
	}
	for rest := text; rest != ""; {
		size := 1
		if c := rest[0]; !isDigit(c) && c != '.' && c != ',' {
			if size = spaceSize(rest); size == 0 {
				return NotANumber, false
			}
		}
		rest = rest[size:]
	}
	return NotANumber, true
}

// hasExponent tells "1e9" and "1.5E+3" from any other text with letters in it.
func hasExponent(text string) bool {
	at := strings.IndexAny(text, "eE")
	if at <= 0 {
		return false
	}
	power := text[at+1:]
	if power != "" && (power[0] == '+' || power[0] == '-') {
		power = power[1:]
	}
	return power != "" && strings.Trim(power, "0123456789") == "" &&
		strings.Trim(text[:at], "0123456789.,") == ""
}

// spaceSize is the length in bytes of the group space that text begins with; 0:
// it begins with none.
func spaceSize(text string) int {
	for _, space := range spaces {
		if size := len(string(space)); len(text) >= size && text[:size] == string(space) {
			return size
		}
	}
	return 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// A reading is what has been read of an amount so far.
type reading struct {
	value    uint64 // all digits as one number; stops growing when it cannot be a sum any more
	digits   int    // of the whole part and the decimals
	whole    int    // digits before the point
	group    int    // digits since the last space, or since the start
	decimals int
	leading  byte // the first digit
	spaces   bool // a group was closed by a space
	pointed  bool
}

func (r *reading) digit(c byte) {
	if r.digits == 0 {
		r.leading = c
	}
	r.digits++
	if r.digits <= maxDigits+3 { // three decimals still have readings to name
		r.value = r.value*10 + uint64(c-'0')
	}
	if r.pointed {
		r.decimals++
		return
	}
	r.whole++
	r.group++
}

// space closes a group: the first has one to three digits and no leading zero,
// every other exactly three.
func (r *reading) space() (Reason, bool) {
	wrong := r.pointed || r.group == 0 || r.group > 3
	if r.spaces {
		wrong = wrong || r.group != 3
	} else {
		wrong = wrong || r.leading == '0'
	}
	r.spaces, r.group = true, 0
	return BadGrouping, !wrong
}

// point ends the whole part.
func (r *reading) point() (Reason, bool) {
	if r.pointed {
		return BadGrouping, false
	}
	r.pointed = true
	if r.whole == 0 {
		return NotANumber, false
	}
	return BadGrouping, r.lastGroup()
}

// lastGroup reports whether the group before the point or the end is whole.
func (r *reading) lastGroup() bool { return !r.spaces || r.group == 3 }

// amount gives the sum once everything was read.
func (r *reading) amount() (Amount, Reason, bool) {
	switch {
	case r.whole == 0 || r.pointed && r.decimals == 0:
		return 0, NotANumber, false
	case !r.lastGroup():
		return 0, BadGrouping, false
	case r.decimals == 3 && r.whole <= 3 && r.leading != '0' && !r.spaces:
		return 0, AmbiguousSeparator, false
	case r.decimals > 2:
		return 0, TooManyDecimals, false
	case r.whole > maxDigits:
		return 0, TooLarge, false
	}
	value := r.value // below 10^14, so the scaling cannot overflow
	for range 2 - r.decimals {
		value *= 10
	}
	switch {
	case value > uint64(Max):
		return 0, TooLarge, false
	case value == 0:
		return 0, Zero, false
	}
	return Amount(value), NotANumber, true
}

// readings gives what "6,000" can mean: thousands, and units with decimals
// where the third decimal is a zero.
func (r *reading) readings() []Amount {
	both := []Amount{Amount(r.value) * 100}
	if r.value%10 == 0 {
		both = append(both, Amount(r.value)/10)
	}
	return both
}
