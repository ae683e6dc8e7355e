package diagnose

import (
	"errors"
	"strings"
)

// maxCapture is the longest text that Parse reads, in bytes.
const maxCapture = 16 << 20

// A Capture is a request as it went over the wire, in either direction.
type Capture struct {
	Method string // as it came: "POST"

	// Target is the request's target as it came: a path with or without a
	// query, or a whole URL.
	Target string
	Host   string // from the Host header or the URL; may be empty

	Header []Field // in their order, repeated ones repeated
	Body   []byte  // raw, byte for byte

	// BodyFile is the file that the body must be read from, because a curl
	// command named it; "-" is standard input. Empty: Body is the body.
	BodyFile string
	// StripLines says that curl takes the line breaks out of that file (its
	// --data does, its --data-binary does not).
	StripLines bool

	Signature string // X-Signature
	Timestamp string // X-Timestamp
	APIKey    string // X-API-Key

	// Incomplete says that fewer bytes of the body are there than its
	// Content-Length announces.
	Incomplete bool
}

// A Field is one header line.
type Field struct{ Name, Value string }

// The headers of section 1.
const (
	headerSignature = "X-Signature"
	headerTimestamp = "X-Timestamp"
	headerAPIKey    = "X-API-Key"
	headerType      = "Content-Type"
	headerEncoding  = "Content-Encoding"
	headerTransfer  = "Transfer-Encoding"
	headerLength    = "Content-Length"
	headerHost      = "Host"
)

// ErrNoRequest is returned for a text that is nothing of what Parse reads.
var ErrNoRequest = errors.New("text is neither an HTTP request nor a curl command")

// ErrTooLarge is returned for a text over 16 MiB.
var ErrTooLarge = errors.New("captured request is too large")

// A SyntaxError says in which line of a captured request the reading stopped,
// and at what.
type SyntaxError struct {
	Line    int // from 1
	Problem SyntaxProblem
	Detail  string // the flag or the header's name, where one is to blame
}

// SyntaxProblem is a stable code for what is wrong with a captured text.
type SyntaxProblem string

// The problems of a captured text.
const (
	SyntaxHeader  SyntaxProblem = "header"  // a line that is no header
	SyntaxChunk   SyntaxProblem = "chunk"   // a chunked body that breaks off
	SyntaxQuote   SyntaxProblem = "quote"   // a quotation that never ends
	SyntaxFlag    SyntaxProblem = "flag"    // a curl flag that changes the body in a way not rebuilt here
	SyntaxNoValue SyntaxProblem = "value"   // a curl flag without its value
	SyntaxNoURL   SyntaxProblem = "no_url"  // a curl command without a URL
	SyntaxShell   SyntaxProblem = "command" // more shell than one command: a pipe, a substitution
)

// Error gives the code, in English.
func (e *SyntaxError) Error() string {
	text := "captured request cannot be read: " + string(e.Problem)
	if e.Detail != "" {
		text += " " + e.Detail
	}
	return text
}

// Parse reads a captured request: a raw HTTP/1 request, line feeds with or
// without carriage returns; a curl command as a shell or a browser writes it;
// or a stored webhook as `raisboy events show -o json` prints it. The errors are
// ErrNoRequest, ErrTooLarge and *SyntaxError.
func Parse(text []byte) (Capture, error) {
	if len(text) > maxCapture {
		return Capture{}, ErrTooLarge
	}
	if body, command, ok := cutPrintf(text); ok {
		c, err := parseCurl(string(command))
		if c.BodyFile == "-" {
			c.Body, c.BodyFile = body, ""
		}
		return c, err
	}
	switch {
	case isCurl(text):
		return parseCurl(string(text))
	case isEvent(text):
		return parseEvent(text)
	}
	return parseRequest(text)
}

// count gives how many headers of a name there are; names are compared in any
// case, as HTTP does.
func (c *Capture) count(name string) int {
	n := 0
	for _, field := range c.Header {
		if strings.EqualFold(field.Name, name) {
			n++
		}
	}
	return n
}

// first gives the first header of a name.
func (c *Capture) first(name string) string {
	for _, field := range c.Header {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// fillFromHeaders takes the three values of section 1 and the host from the
// headers.
func (c *Capture) fillFromHeaders() {
	c.Signature = c.first(headerSignature)
	c.Timestamp = c.first(headerTimestamp)
	c.APIKey = c.first(headerAPIKey)
	if host := c.first(headerHost); host != "" {
		c.Host = host
	}
}

// An address is a target taken apart, without decoding anything.
type address struct{ scheme, host, path, query string }

// takeApart reads a request's target. It cannot fail: what is not understood is
// part of the path.
func takeApart(target string) (a address) {
	target, _, _ = strings.Cut(target, "#")
	if scheme, rest, found := strings.Cut(target, "://"); found && !strings.ContainsAny(scheme, "/?") {
		a.scheme = strings.ToLower(scheme)
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		a.host, target = rest[:end], rest[end:]
		if at := strings.LastIndexByte(a.host, '@'); at >= 0 {
			a.host = a.host[at+1:]
		}
	}
	a.path, a.query, _ = strings.Cut(target, "?")
	if a.path == "" {
		a.path = "/"
	}
	return a
}
