package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible shows bytes so that nothing about them is hidden and no two different
// texts look alike: a line feed is ␊, a carriage return ␍, a tab ␉, a space at
// either end of a line ·, a backslash \\, and every other byte that is no
// visible character of valid UTF-8 is \xNN. So are the marks themselves where
// they stand in the text, and every space but the common one.
func Visible(text []byte) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		char, size := utf8.DecodeRune(text[at:])
		switch {
		case char == '\n':
			b.WriteRune('␊')
		case char == '\r':
			b.WriteRune('␍')
		case char == '\t':
			b.WriteRune('␉')
		case char == ' ' && atEnd(text, at):
			b.WriteRune('·')
		case char == '\\':
			b.WriteString(`\\`)
		case char == ' ':
			b.WriteByte(' ')
		case char == utf8.RuneError && size == 1, strings.ContainsRune("␊␍␉·", char), unicode.IsSpace(char), invisible(char),
			unicode.IsMark(char): // it would change the look of the character before it
			for _, c := range text[at : at+size] {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.Write(text[at : at+size])
		}
		at += size
	}
	return b.String()
}

// atEnd reports whether only spaces lie between the place and a line's end.
func atEnd(text []byte, at int) bool {
	breaks := func(c byte) bool { return c == '\n' || c == '\r' || c == '\t' }
	for left := at; ; left-- {
		if left == 0 || breaks(text[left-1]) {
			return true
		}
		if text[left-1] != ' ' {
			break
		}
	}
	for right := at + 1; ; right++ {
		if right == len(text) || breaks(text[right]) {
			return true
		}
		if text[right] != ' ' {
			return false
		}
	}
}
