package sign

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"sync/atomic"
)

// ErrEmptySecret is returned for a secret without bytes, and by a Key that was
// not made by NewKey: HMAC would accept an empty secret, and so would anybody.
var ErrEmptySecret = errors.New("secret is empty")

// hidden is what a Key prints as, in every format.
const hidden = "••••"

// A Key is a secret made ready for signing: the two HMAC pads are hashed once,
// not once a signature. Make it with NewKey; the zero Key signs nothing.
//
// A Key may be used by many goroutines at once and prints as "••••" in every
// format. Copies share their state.
type Key struct {
	// state is behind a pointer so that a printer that reaches the Key by
	// reflection, where no method can be called, finds an address.
	state *keyState
}

type keyState struct {
	secret []byte

	// spare is the workspace that the last caller put back. A caller who finds
	// none makes a new one, so nobody waits and one caller alone never
	// allocates; a sync.Pool would drop its content at every collection.
	spare atomic.Pointer[workspace]
}

// A workspace is what one signature needs and the next can use again.
type workspace struct {
	mac  hash.Hash
	text []byte // the signature string
	sum  [sha256.Size]byte
}

// maxSpareText bounds, in bytes, the buffer that is kept for the next caller:
// the longest webhook body and its neighbours fit in, a giant does not stay.
const maxSpareText = 80 << 10

// NewKey makes a key of the secret, which it copies. The only error is
// ErrEmptySecret. Every other secret is used byte for byte as it is: nothing is
// trimmed, and one longer than 64 bytes is hashed first as HMAC has it.
func NewKey(secret []byte) (*Key, error) {
	if len(secret) == 0 {
		return nil, ErrEmptySecret
	}
	state := &keyState{secret: bytes.Clone(secret)}
	state.spare.Store(state.newWorkspace())
	return &Key{state: state}, nil
}

func (s *keyState) newWorkspace() *workspace {
	mac := hmac.New(sha256.New, s.secret)
	mac.Reset() // keeps the hashed pads; from here on a Reset restores them
	return &workspace{mac: mac}
}

// usable reports whether the key holds a secret; a nil Key does not.
func (k *Key) usable() bool { return k != nil && k.state != nil }

// Sum gives the HMAC-SHA256 of the message's signature string. Its errors are
// the *PartError of Message.Check and ErrEmptySecret. It allocates nothing as
// long as no other goroutine uses the key at the same moment and the string
// stays below 80 KiB.
func (k *Key) Sum(m Message) (sum [sha256.Size]byte, err error) {
	err = k.sum(&m, &sum)
	return sum, err
}

// AppendHex appends the signature as the X-Signature header carries it, 64
// lower-case hex digits (Raisboy API, section 1), to dst and returns the
// extended slice; after an error it returns dst as it was. The errors are Sum's.
func (k *Key) AppendHex(dst []byte, m Message) ([]byte, error) {
	var sum [sha256.Size]byte
	if err := k.sum(&m, &sum); err != nil {
		return dst, err
	}
	return hex.AppendEncode(dst, sum[:]), nil
}

// sum checks the message and puts its HMAC into out. Both are pointers so that a
// signature copies its message once and not at every step.
func (k *Key) sum(m *Message, out *[sha256.Size]byte) error {
	if !k.usable() {
		return ErrEmptySecret
	}
	if err := m.check(); err != nil {
		return err
	}
	k.state.sum(m, out)
	return nil
}

// sum hashes a message that passed its check.
func (s *keyState) sum(m *Message, out *[sha256.Size]byte) {
	w := s.spare.Swap(nil)
	if w == nil {
		w = s.newWorkspace()
	}
	w.mac.Reset()
	w.text = m.Append(w.text[:0])
	w.mac.Write(w.text)
	w.mac.Sum(w.sum[:0])
	*out = w.sum
	if cap(w.text) > maxSpareText {
		w.text = nil
	}
	s.spare.Store(w)
}

// Hex gives the signature as text; see AppendHex.
func (k *Key) Hex(m Message) (string, error) {
	var text [2 * sha256.Size]byte
	out, err := k.AppendHex(text[:0], m)
	if err != nil {
		return "", err
	}
	return string(out), nil
}

// String gives "••••".
func (Key) String() string { return hidden }

// GoString gives "••••", so that %#v tells nothing either.
func (Key) GoString() string { return hidden }

// Format prints "••••" for every verb of package fmt.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON gives "••••" as a JSON string.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText gives "••••", for XML, YAML and the keys of JSON objects.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue gives "••••" to log/slog.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }
