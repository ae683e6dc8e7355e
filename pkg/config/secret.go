package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// mask is what stands for a secret, whatever its length.
const mask = "••••"

// Secret is bytes that must not be seen: a signing key, an API key. In every
// format, log and encoding it is ••••; Reveal alone gives it out. The zero
// value is empty.
type Secret struct {
	// A function, because fmt reads unexported fields without asking Format: of a
	// Secret within some other package's struct it can print an address at most.
	// Behind a pointer it finds the bytes, with a verb that does not fit (%s).
	hidden func() string
}

// NewSecret hides a value; an empty one gives the zero Secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{hidden: func() string { return value }}
}

// Reveal gives a copy of the secret's bytes, nil if there are none.
func (s Secret) Reveal() []byte {
	if s.hidden == nil {
		return nil
	}
	return []byte(s.hidden())
}

// Equal compares two secrets, in a time that tells at most their lengths.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare(s.Reveal(), other.Reveal()) == 1
}

// IsZero says whether the secret is empty.
func (s Secret) IsZero() bool { return s.hidden == nil }

// String gives ••••.
func (s Secret) String() string { return mask }

// GoString gives ••••.
func (s Secret) GoString() string { return mask }

// Format writes •••• for every verb and flag.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, mask) }

// MarshalJSON gives "••••".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// MarshalText gives ••••.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalYAML gives ••••.
func (s Secret) MarshalYAML() (any, error) { return mask, nil }

// LogValue gives ••••.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// Location is where a journal lies: a file, or a postgres:// URL that may hold
// a password. It prints without user name, password and parameters. The zero
// value is none.
type Location struct{ value Secret }

// newLocation takes a file name or a postgres:// URL as it is.
func newLocation(value string) Location { return Location{value: NewSecret(value)} }

// Reveal gives the file name or the whole URL.
func (l Location) Reveal() string { return string(l.value.Reveal()) }

// IsZero says whether there is no location.
func (l Location) IsZero() bool { return l.value.IsZero() }

// Equal compares two locations.
func (l Location) Equal(other Location) bool { return l.value.Equal(other.value) }

// String gives a file name as it is, and of a URL its host and path alone.
func (l Location) String() string {
	value := l.Reveal()
	if !isPostgres(value) {
		return value
	}
	scheme, rest, _ := strings.Cut(value, "://")
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	// The last @ is the one before the host: a password may hold one unescaped.
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = mask + rest[at:]
	}
	return scheme + "://" + rest
}

// Format writes what String gives for every verb and flag.
func (l Location) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, l.String()) }

// MarshalText gives what String gives.
func (l Location) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// MarshalYAML gives what String gives.
func (l Location) MarshalYAML() (any, error) { return l.String(), nil }

// LogValue gives what String gives.
func (l Location) LogValue() slog.Value { return slog.StringValue(l.String()) }

// isPostgres tells the URL of a PostgreSQL database from a file name.
func isPostgres(value string) bool {
	return strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://")
}
