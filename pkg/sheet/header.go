package sheet

import (
	"strings"
	"unicode"
)

// Plain makes the names of columns comparable, and the words in them: lower
// case, letters and digits alone, and е for ё. Of other signs stay those that
// are words themselves: №, and %, for a percentage is no sum.
func Plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			return 'е'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '№', r == '%':
			return r
		}
		return -1
	}, name)
}
