package diagnose

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A shellReader splits a command line into words as a POSIX shell does, with
// bash's $'…' which browsers write. It expands nothing: a text that would need
// that is refused, for what the shell made of it is not known.
type shellReader struct {
	rest  string
	line  int
	words []string
	word  strings.Builder
	began bool // a word was begun, perhaps an empty one in quotes
}

func shellWords(text string) ([]string, error) {
	r := shellReader{rest: text, line: 1}
	for r.rest != "" {
		done, err := r.step()
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	r.end()
	return r.words, nil
}

func (r *shellReader) fail(problem SyntaxProblem) error {
	return &SyntaxError{Line: r.line, Problem: problem}
}

func (r *shellReader) end() {
	if r.began {
		r.words = append(r.words, r.word.String())
		r.word.Reset()
		r.began = false
	}
}

func (r *shellReader) put(text string) {
	r.line += strings.Count(text, "\n")
	r.word.WriteString(text)
	r.began = true
}

// step reads the next piece; done at the end of the command.
func (r *shellReader) step() (done bool, err error) {
	c := r.rest[0]
	r.rest = r.rest[1:]
	switch c {
	case ' ', '\t', '\r':
		r.end()
	case '\n', ';':
		r.line++
		r.end()
		return true, nil
	case '#':
		if !r.began { // a comment
			return true, nil
		}
		r.put("#")
	case '\\', '^': // ^ ends a line in Windows' cmd
		return false, r.escape(c)
	case '\'':
		return false, r.single()
	case '"':
		return false, r.double()
	case '$':
		if rest, ok := strings.CutPrefix(r.rest, "'"); ok {
			r.rest = rest
			return false, r.ansi()
		}
		return false, r.fail(SyntaxShell)
	case '|', '&', '<', '>', '`', '(', ')':
		if c == '&' || c == '`' || c == '(' || c == ')' || len(r.words) == 0 {
			return false, r.fail(SyntaxShell)
		}
		r.end()
		return true, nil // what becomes of the answer does not matter
	default:
		r.put(string([]byte{c}))
	}
	return false, nil
}

func (r *shellReader) escape(c byte) error {
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(r.rest, "\r"), "\n"); ok {
		r.rest = rest
		r.line++
		return nil
	}
	if c == '^' {
		r.put("^")
		return nil
	}
	if r.rest == "" {
		return r.fail(SyntaxQuote)
	}
	_, size := utf8.DecodeRuneInString(r.rest)
	r.put(r.rest[:size])
	r.rest = r.rest[size:]
	return nil
}

func (r *shellReader) single() error {
	text, rest, found := strings.Cut(r.rest, "'")
	if !found {
		return r.fail(SyntaxQuote)
	}
	r.put(text)
	r.rest = rest
	return nil
}

func (r *shellReader) double() error {
	r.began = true
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		switch {
		case c == '"':
			return nil
		case c == '$' && r.rest != "" && (r.rest[0] == '(' || r.rest[0] == '{' || isNameByte(r.rest[0])), c == '`':
			return r.fail(SyntaxShell)
		case c == '\\' && r.rest != "" && strings.IndexByte("\"\\$`", r.rest[0]) >= 0:
			r.put(r.rest[:1])
			r.rest = r.rest[1:]
		case c == '\\' && strings.HasPrefix(r.rest, "\n"):
			r.rest = r.rest[1:]
			r.line++
		default:
			r.put(string([]byte{c}))
		}
	}
	return r.fail(SyntaxQuote)
}

func isNameByte(c byte) bool {
	return c == '_' || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9')
}

// ansi reads the rest of a $'…' quotation.
func (r *shellReader) ansi() error {
	r.began = true
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		switch {
		case c == '\'':
			return nil
		case c == '\\' && r.rest != "":
			r.ansiEscape()
		default:
			r.put(string([]byte{c}))
		}
	}
	return r.fail(SyntaxQuote)
}

// ansiEscape reads one escape after its backslash.
func (r *shellReader) ansiEscape() {
	c := r.rest[0]
	r.rest = r.rest[1:]
	if i := strings.IndexByte("abefnrtv", c); i >= 0 {
		r.put("\a\b\x1b\f\n\r\t\v"[i : i+1])
		return
	}
	digits, base, most := r.rest, 16, 0
	switch {
	case c == 'x':
		most = 2
	case c == 'u':
		most = 4
	case c == 'U':
		most = 8
	case '0' <= c && c <= '7':
		digits, base, most = string(c)+r.rest, 8, 3
	}
	n := 0
	for n < len(digits) && n < most {
		if _, err := strconv.ParseUint(digits[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	value, err := strconv.ParseUint(digits[:n], base, 32)
	switch {
	case err != nil: // \\, \', \" and whatever else
		r.put(string([]byte{c}))
		return
	case base == 8:
		n--
		fallthrough
	case c == 'x':
		r.put(string([]byte{byte(value)}))
	default:
		r.put(string(rune(value)))
	}
	r.rest = r.rest[n:]
}
