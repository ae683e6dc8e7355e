package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown bounds, in characters, what is shown of any text from outside.
const maxShown = 500

// Sanitize makes text from outside safe to show: escape sequences go as a
// whole, control and formatting characters (direction marks, zero-width ones,
// invisible fillers) and invalid UTF-8 go, every kind of white space becomes a
// space, and after 500 characters the rest is cut off. What remains can neither
// move the cursor nor turn the reading direction nor hide.
func Sanitize(s string) string {
	// Cut before anything else: a character has at most four bytes, and what
	// is stripped may be as long again as what is shown, not more.
	if len(s) > 4*2*utf8.UTFMax*maxShown {
		s = s[:4*2*utf8.UTFMax*maxShown]
	}
	var b strings.Builder
	count := 0
	for s != "" {
		if n := escapeLength(s); n > 0 {
			s = s[n:]
			continue
		}
		char, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case char == utf8.RuneError && size == 1:
			continue
		case unicode.IsSpace(char):
			char = ' '
		case invisible(char):
			continue
		}
		if count++; count > maxShown {
			return cutLast(b.String()) + "…"
		}
		b.WriteRune(char)
	}
	return b.String()
}

// cutLast drops the last character, so that the mark of the cut takes its place
// and cutting again changes nothing.
func cutLast(s string) string {
	_, size := utf8.DecodeLastRuneInString(s)
	return s[:len(s)-size]
}

// invisible reports a character that must not stand in text that is shown:
// what is not graphic, and what is graphic by name only.
func invisible(r rune) bool {
	return !unicode.IsGraphic(r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// escapeLength is the length in bytes of the escape sequence (ECMA-48) that s
// begins with; 0: it begins with none. A sequence that never ends is only its
// introduction: otherwise it could hide all that follows.
func escapeLength(s string) int {
	rest, ok := strings.CutPrefix(s, "\x1b")
	if !ok {
		return c1Length(s)
	}
	if rest == "" {
		return 1
	}
	switch c := rest[0]; {
	case c == '[':
		return 2 + controlLength(rest[1:])
	case strings.IndexByte("]PX^_", c) >= 0:
		return 2 + stringLength(rest[1:])
	case c >= 0x20 && c <= 0x2f: // intermediate bytes, then a final one
		n := 0
		for n < len(rest) && rest[n] >= 0x20 && rest[n] <= 0x2f {
			n++
		}
		if n < len(rest) && rest[n] >= 0x30 && rest[n] <= 0x7e {
			n++
		}
		return 1 + n
	case c >= 0x30 && c <= 0x7e:
		return 2
	}
	return 1
}

// c1Length is escapeLength for the introductions of one character.
func c1Length(s string) int {
	char, size := utf8.DecodeRuneInString(s)
	switch char {
	case 0x9b:
		return size + controlLength(s[size:])
	case 0x90, 0x98, 0x9d, 0x9e, 0x9f:
		return size + stringLength(s[size:])
	}
	return 0
}

// controlLength is the length of a control sequence's parameters and end.
func controlLength(s string) int {
	n := 0
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x3f {
		n++
	}
	if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
		return n + 1
	}
	return 0
}

// stringLength is the length of a control string with its end: BEL, ESC \ or
// the C1 string terminator. 0: it never ends.
func stringLength(s string) int {
	for i, char := range s {
		switch {
		case char == '\a':
			return i + 1
		case char == 0x9c:
			return i + utf8.RuneLen(char)
		case char == 0x1b:
			if strings.HasPrefix(s[i:], "\x1b\\") {
				return i + 2
			}
			return 0
		}
	}
	return 0
}
