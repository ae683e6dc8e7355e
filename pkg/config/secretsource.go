package config

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"go.yaml.in/yaml/v3"
)

// SecretKind says in which of the ways a secret is kept.
type SecretKind uint8

// The ways of keeping a secret.
const (
	SecretNone     SecretKind = iota // not set: the zero value
	SecretValue                      // the value itself: RAISBOY_SECRET
	SecretFile                       // file:PATH, RAISBOY_SECRET_FILE
	SecretVariable                   // env:NAME
	SecretKeyring                    // keyring: the system's
	SecretCommand                    // command:[program, argument]
)

// String gives the kind's name, as in the file.
func (k SecretKind) String() string {
	switch k {
	case SecretValue:
		return "value"
	case SecretFile:
		return "file"
	case SecretVariable:
		return "env"
	case SecretKeyring:
		return "keyring"
	case SecretCommand:
		return "command"
	default:
		return "none"
	}
}

// The forms in which the file names a secret's place.
const (
	formKeyring  = "keyring"
	formFile     = "file:"
	formVariable = "env:"
	formCommand  = "command:"
)

// keyringService is the service under which the system's keyring keeps the
// secrets; the account is keyringAccount.
const keyringService = "raisboy"

// keyringAccount gives the account of a profile's secret or previous_secret in
// the keyring. A profile's name has no point, so the two never meet.
func keyringAccount(profile, key string) string {
	if key == "previous_secret" {
		return profile + ".previous"
	}
	return profile
}

// SecretSource says where a secret comes from; Resolve fetches it. It prints
// as a description of the place, never with the value. The zero value is not
// set.
type SecretSource struct {
	// A function for the reason given at Secret: a command's argument may be a
	// password.
	recipe func() *recipe
}

// recipe is all that is needed to fetch a secret.
type recipe struct {
	key      string
	kind     SecretKind
	value    Secret   // SecretValue
	path     string   // SecretFile, ready to open
	variable string   // SecretVariable
	account  string   // SecretKeyring
	command  []string // SecretCommand, program first

	lookup  func(name string) string
	keyring func(service, account string) (string, error)
	errors  io.Writer // of the command, may be nil
	limits  waits
}

// IsZero says whether no source is set.
func (s SecretSource) IsZero() bool { return s.recipe == nil }

// Kind gives the way in which the secret is kept.
func (s SecretSource) Kind() SecretKind {
	if s.recipe == nil {
		return SecretNone
	}
	return s.recipe().kind
}

// String describes the place. Of a command it gives the program alone: an
// argument may be a password.
func (s SecretSource) String() string {
	switch s.Kind() {
	case SecretNone:
		return "none"
	case SecretFile:
		return formFile + s.recipe().path
	case SecretVariable:
		return formVariable + s.recipe().variable
	case SecretKeyring:
		return "keyring " + keyringService + "/" + s.recipe().account
	case SecretCommand:
		return formCommand + s.recipe().command[0]
	default:
		return mask
	}
}

// Format writes what String gives for every verb and flag.
func (s SecretSource) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText gives what String gives.
func (s SecretSource) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML gives what String gives.
func (s SecretSource) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue gives what String gives.
func (s SecretSource) LogValue() slog.Value { return slog.StringValue(s.String()) }

// parse fills the recipe from the file's text. What is none of the forms is
// the secret itself, and Literal: a file of settings is copied, mailed and put
// under version control, and a secret is not. What begins like a form and is none
// ("Keyring", "env:MY KEY") is Malformed.
func (r *recipe) parse(text string, locate func(path string) (string, bool)) Problem {
	if strings.EqualFold(text, formKeyring) {
		r.kind = SecretKeyring
		return malformedUnless(text == formKeyring)
	}
	form, rest, found := strings.Cut(text, ":")
	if !found {
		r.kind, r.value = SecretValue, NewSecret(text)
		if resemblesForm(text) {
			return Malformed
		}
		return Literal
	}
	switch strings.ToLower(form) + ":" {
	case formFile:
		var ok bool
		r.kind = SecretFile
		r.path, ok = locate(rest)
		return malformedUnless(ok && form+":" == formFile && rest != "" && printable(rest))
	case formVariable:
		r.kind, r.variable = SecretVariable, rest
		return malformedUnless(form+":" == formVariable && variableName(rest))
	case formCommand:
		r.kind = SecretCommand
		if form+":" != formCommand || yaml.Unmarshal([]byte(rest), &r.command) != nil || len(r.command) == 0 || r.command[0] == "" {
			return Malformed
		}
		// "./helper" would run whatever lies in the folder the command is called from.
		if !absoluteOrBare(r.command[0]) {
			return Relative
		}
		return ""
	case formKeyring + ":":
		return Malformed
	default:
		r.kind, r.value = SecretValue, NewSecret(text)
		return Literal
	}
}

// resemblesForm tells "keyrng" and "file /run/secret" from a secret: signing
// with either would cost somebody days.
func resemblesForm(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	for _, form := range []string{formKeyring, formFile, formVariable, formCommand} {
		name := strings.TrimSuffix(form, ":")
		if strings.EqualFold(word, name) || Suggest(word, []string{name}) != "" {
			return true
		}
	}
	return false
}

// literalSecret says whether the text of a secret in the file is the secret
// itself, which others must not be able to read.
func literalSecret(text string) bool {
	r := recipe{}
	problem := r.parse(text, func(path string) (string, bool) { return path, true })
	return text != "" && (r.kind == SecretValue || problem != "")
}

// malformedUnless gives Malformed if the value is not as it should be.
func malformedUnless(good bool) Problem {
	if good {
		return ""
	}
	return Malformed
}

// tooLongUnless gives TooLong if the value is not as it should be.
func tooLongUnless(good bool) Problem {
	if good {
		return ""
	}
	return TooLong
}

// variableName says whether the text can name an environment variable.
func variableName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
