package sign

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"time"
)

// DefaultWindow is how far a timestamp may lie from the receiver's clock,
// before it or after it (Raisboy API, section 1: 5 minutes).
const DefaultWindow = 5 * time.Minute

// The reasons for which Verify refuses, beside *ClockError, *PartError and the
// errors of ParseTimestamp.
var (
	ErrNoKey              = errors.New("no key to verify with")
	ErrMalformedSignature = errors.New("signature is not 64 lower-case hex digits")
	ErrAPIKey             = errors.New("api key is another one")
	ErrSignature          = errors.New("signature does not match")
)

// ClockError refuses a timestamp outside the window.
type ClockError struct {
	Skew   time.Duration // the timestamp minus the verifier's clock: above zero, the sender's clock is ahead
	Window time.Duration // what was allowed, either way
}

// Error gives both durations.
func (e *ClockError) Error() string {
	return "timestamp is " + e.Skew.String() + " from this clock, allowed are " + e.Window.String() + " either way"
}

// A Verifier holds a message that came in against what is known of its sender.
// The zero Verifier verifies nothing. It may be used by many goroutines at once.
type Verifier struct {
	// Keys are the secrets that are good, the current one first; the previous
	// one stays here while keys rotate. Nil and zero Keys are passed over.
	Keys []*Key

	// APIKey is the sender's key; empty, nothing verifies.
	APIKey string

	// Window is how far a timestamp may lie from now, either way, the edge
	// included. Zero means DefaultWindow; below zero nothing verifies.
	Window time.Duration

	// Separator of the signature string; empty means DefaultSeparator. It
	// decides alone: the message's own Separator is not looked at.
	Separator string
}

// Verify checks a message, with the values of the headers that it came with,
// and its signature at the time now. It gives the index in Keys of the key that
// made the signature, the lowest if several did; after an error -1.
//
// It looks at what explains itself first, because a mistaken clock or key also
// spoils the signature, in this order: ErrNoKey; *PartError; ErrMalformedSignature
// (strictly 64 lower-case hex digits, as the document has them: one signature
// has one form); ErrAPIKey; the errors of ParseTimestamp, which match
// ErrTimestamp; *ClockError; ErrSignature. The answer to the sender should be
// the same for all of them.
//
// The API key is compared in time that depends on its length alone; the
// signature as 32 bytes in constant time, against every key whichever matches.
func (v Verifier) Verify(m Message, signature string, now time.Time) (keyIndex int, err error) {
	if !v.hasKey() {
		return -1, ErrNoKey
	}
	m.Separator = v.Separator
	if err := m.check(); err != nil {
		return -1, err
	}
	got, ok := decodeSignature(signature)
	if !ok {
		return -1, ErrMalformedSignature
	}
	// The message's key is not empty, so it never equals one that is not set.
	if subtle.ConstantTimeCompare([]byte(m.APIKey), []byte(v.APIKey)) != 1 {
		return -1, ErrAPIKey
	}
	stamp, err := ParseTimestamp(m.Timestamp)
	if err != nil {
		return -1, err
	}
	if skew, window := stamp.Sub(now), v.window(); skew.Abs() > window {
		return -1, &ClockError{Skew: skew, Window: window}
	}
	if keyIndex = v.match(&m, got); keyIndex < 0 {
		return -1, ErrSignature
	}
	return keyIndex, nil
}

func (v Verifier) hasKey() bool {
	for _, key := range v.Keys {
		if key.usable() {
			return true
		}
	}
	return false
}

func (v Verifier) window() time.Duration {
	if v.Window == 0 {
		return DefaultWindow
	}
	return v.Window
}

// match gives the index of the first key whose signature is got, -1 without
// one. Every key is tried, and none branches on the result, so that the time
// does not tell which one matched.
func (v Verifier) match(m *Message, got [sha256.Size]byte) int {
	found := -1
	var want [sha256.Size]byte
	for i := len(v.Keys) - 1; i >= 0; i-- {
		if !v.Keys[i].usable() {
			continue
		}
		v.Keys[i].state.sum(m, &want)
		equal := subtle.ConstantTimeCompare(want[:], got[:])
		found = subtle.ConstantTimeSelect(equal, i, found)
	}
	return found
}

// decodeSignature reads 64 lower-case hex digits.
func decodeSignature(text string) (sum [sha256.Size]byte, ok bool) {
	if len(text) != 2*sha256.Size {
		return sum, false
	}
	for i := range len(text) {
		var nibble byte
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			nibble = c - '0'
		case 'a' <= c && c <= 'f':
			nibble = c - 'a' + 10
		default:
			return sum, false
		}
		sum[i/2] = sum[i/2]<<4 | nibble
	}
	return sum, true
}
