// Package sign makes and checks the signatures of the Raisboy API (section 1,
// Авторизация): the signature string, its HMAC-SHA256, and the five minutes for
// which a signature is good.
//
// It stands between a frozen request and the wire. The client signs a Message
// just before it is sent, the webhook receiver and the sandbox verify one just
// after it came in, and `raisboy sign` shows how it is done. The package knows
// bytes and text alone: no HTTP, no clock of its own, no sentences for people.
//
// A Message becomes a signature through a Key; a Verifier goes the other way:
//
//	key, err := sign.NewKey(secret)
//	signature, err := key.Hex(sign.Message{Method: "POST", Path: path, Body: body, Timestamp: stamp, APIKey: apiKey})
//	index, err := sign.Verifier{Keys: []*sign.Key{key}, APIKey: apiKey}.Verify(message, signature, now)
package sign

import "strings"

// DefaultSeparator stands between the five parts of the signature string. The
// document's own separators are damaged in print; one line feed is the reading
// that the project has settled on (Raisboy API, section 1).
const DefaultSeparator = "\n"

// A Message is what a signature covers: one request, in either direction.
type Message struct {
	Method string // "POST", in capitals as it goes on the wire

	// Path is the path without domain and query, escaped as on the wire:
	// "/api/v4/payments/raisboy/deposit/create".
	Path string

	Body      []byte // raw, byte for byte as sent; it may hold anything
	Timestamp string // the value of X-Timestamp, character for character
	APIKey    string // the value of X-API-Key

	// Separator stands between the parts; empty means DefaultSeparator.
	Separator string
}

// Append appends the signature string to dst and returns the extended slice:
// METHOD, PATH, BODY, TIMESTAMP and API_KEY joined by the separator, none at
// the end (Raisboy API, section 1). It does not check the parts; Check does.
func (m Message) Append(dst []byte) []byte {
	separator := m.separator()
	dst = append(dst, m.Method...)
	dst = append(dst, separator...)
	dst = append(dst, m.Path...)
	dst = append(dst, separator...)
	dst = append(dst, m.Body...)
	dst = append(dst, separator...)
	dst = append(dst, m.Timestamp...)
	dst = append(dst, separator...)
	return append(dst, m.APIKey...)
}

func (m *Message) separator() string {
	if m.Separator == "" {
		return DefaultSeparator
	}
	return m.Separator
}

// Check reports, as a *PartError, a part without which or with which the
// signature string would not say what was signed: an empty method, path,
// timestamp or key; a line feed or carriage return in one of them, which no
// request line and no header can carry; and the separator in one of them.
//
// What holds after it: for one separator, two messages that pass Check have the
// same signature string only if all five parts are equal, whatever the bodies
// hold. Read from the left, the first two separators end method and path; from
// the right, the last two begin timestamp and key; the rest is the body. For
// this a part must not form a separator together with the one beside it either,
// which only a separator longer than one byte makes possible ("||" after "a|").
// Between two different separators nothing is promised.
func (m Message) Check() error { return m.check() }

// check is Check without the copy of the Message that a call by value makes;
// Key.Sum runs it before every signature.
func (m *Message) check() error {
	separator := m.separator()
	if problem := checkPart(m.Method, separator, true); problem != 0 {
		return &PartError{Part: PartMethod, Problem: problem}
	}
	if problem := checkPart(m.Path, separator, true); problem != 0 {
		return &PartError{Part: PartPath, Problem: problem}
	}
	if problem := checkPart(m.Timestamp, separator, false); problem != 0 {
		return &PartError{Part: PartTimestamp, Problem: problem}
	}
	if problem := checkPart(m.APIKey, separator, false); problem != 0 {
		return &PartError{Part: PartAPIKey, Problem: problem}
	}
	return nil
}

// checkPart looks at one part, which stands before the body or after it: its
// end or its start is what counts then. Zero means that nothing is wrong.
func checkPart(text, separator string, before bool) Problem {
	switch {
	case text == "":
		return ProblemEmpty
	case strings.IndexByte(text, '\n') >= 0:
		return ProblemLineFeed
	case strings.IndexByte(text, '\r') >= 0:
		return ProblemCarriageReturn
	case separator == DefaultSeparator: // the line feed was looked for above
		return 0
	case strings.Contains(text, separator) || touches(text, separator, before):
		return ProblemSeparator
	}
	return 0
}

// touches reports whether text and the separator next to it hold a second
// separator across their border: at the text's end if before, else at its start.
func touches(text, separator string, before bool) bool {
	for n := 1; n < len(separator); n++ {
		overlaps := separator[n:] == separator[:len(separator)-n]
		if before && overlaps && strings.HasSuffix(text, separator[:n]) {
			return true
		}
		if !before && overlaps && strings.HasPrefix(text, separator[len(separator)-n:]) {
			return true
		}
	}
	return false
}

// Part names a part of the signature string.
type Part uint8

// The parts that can be wrong; a body never is.
const (
	PartMethod Part = iota + 1
	PartPath
	PartTimestamp
	PartAPIKey
)

// String gives the part's name in English, for logs.
func (p Part) String() string {
	switch p {
	case PartMethod:
		return "method"
	case PartPath:
		return "path"
	case PartTimestamp:
		return "timestamp"
	case PartAPIKey:
		return "api key"
	}
	return "part"
}

// Problem says what is wrong with a part.
type Problem uint8

// The problems of a part.
const (
	ProblemEmpty          Problem = iota + 1
	ProblemLineFeed               // 0x0A
	ProblemCarriageReturn         // 0x0D
	ProblemSeparator              // the separator, or a piece of it at the border
)

// String gives the problem in a few English words, for logs.
func (p Problem) String() string {
	switch p {
	case ProblemEmpty:
		return "is empty"
	case ProblemLineFeed:
		return "holds a line feed"
	case ProblemCarriageReturn:
		return "holds a carriage return"
	case ProblemSeparator:
		return "holds the separator"
	}
	return "is wrong"
}

// PartError names the part of a message that cannot be signed, and why. It does
// not hold the part itself, which may be the key.
type PartError struct {
	Part    Part
	Problem Problem
}

// Error says it in English: "path holds a line feed".
func (e *PartError) Error() string { return e.Part.String() + " " + e.Problem.String() }
