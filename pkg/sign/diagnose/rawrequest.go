package diagnose

import (
	"bytes"
	"strconv"
	"strings"
)

// parseRequest reads a raw HTTP/1 request. The body is what Content-Length
// says, else everything after the empty line: an editor's last line feed counts
// then, as it should, for somebody may have signed it.
func parseRequest(text []byte) (Capture, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	head := bytes.TrimLeft(text, "\r\n")
	line, rest := cutLine(head)
	words := strings.Fields(string(line))
	if len(words) < 2 || len(words) > 3 || !isMethod(words[0]) || (len(words) == 3 && !strings.HasPrefix(words[2], "HTTP/")) {
		return Capture{}, ErrNoRequest
	}
	if !strings.HasPrefix(words[1], "/") && !strings.Contains(words[1], "://") {
		return Capture{}, ErrNoRequest
	}
	c := Capture{Method: words[0], Target: words[1], Host: takeApart(words[1]).host}
	for number := 2; ; number++ {
		if len(rest) == 0 {
			break
		}
		if line, rest = cutLine(rest); len(line) == 0 {
			break
		}
		if (line[0] == ' ' || line[0] == '\t') && len(c.Header) > 0 { // folded, as old senders do
			c.Header[len(c.Header)-1].Value += " " + strings.TrimSpace(string(line))
			continue
		}
		name, value, found := strings.Cut(string(line), ":")
		if !found || name == "" || strings.ContainsAny(name, " \t") {
			return Capture{}, &SyntaxError{Line: number, Problem: SyntaxHeader}
		}
		c.Header = append(c.Header, Field{name, strings.Trim(value, " \t")})
	}
	c.fillFromHeaders()
	return c, c.takeBody(rest)
}

// takeBody cuts the body out of what follows the headers.
func (c *Capture) takeBody(rest []byte) error {
	if strings.EqualFold(c.first(headerTransfer), "chunked") {
		body, ok := unchunk(rest)
		if !ok {
			return &SyntaxError{Problem: SyntaxChunk}
		}
		c.Body = body
		return nil
	}
	c.Body = rest
	if length, err := strconv.ParseUint(c.first(headerLength), 10, 32); err == nil {
		if c.Incomplete = uint64(len(rest)) < length; !c.Incomplete {
			c.Body = rest[:length]
		}
	}
	return nil
}

// unchunk undoes a chunked transfer; false if it breaks off.
func unchunk(rest []byte) ([]byte, bool) {
	body := []byte{}
	for {
		line, after := cutLine(rest)
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 32)
		if err != nil {
			return nil, false
		}
		if n == 0 {
			return body, true
		}
		if uint64(len(after)) < n {
			return nil, false
		}
		body = append(body, after[:n]...)
		rest = after[n:]
		if line, rest = cutLine(rest); len(line) != 0 {
			return nil, false
		}
	}
}

// cutLine cuts off the first line, ended by LF or CRLF.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func isMethod(word string) bool {
	for _, c := range []byte(word) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return word != ""
}
