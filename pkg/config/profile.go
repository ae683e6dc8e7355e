package config

import (
	"strings"
	"time"
)

// Profile is what a command needs to know of one project: where it is, the
// keys to it, and this desk's rules. Settings that are not set are empty; see
// Require.
type Profile struct {
	Name    string // [a-z0-9_-]{1,32}
	Sandbox bool   // the built-in sandbox: nothing real can be reached

	BaseURL        string // the project's origin, without a slash at the end
	APIPrefix      string // begins with a slash, has none at the end
	PayoutURL      string // of payout creation; from BaseURL if it is not set
	APIKey         Secret // visible ASCII
	Secret         SecretSource
	PreviousSecret SecretSource // still accepted on incoming webhooks
	PreviousSince  string       // RFC 3339: since when the secret is another than PreviousSecret; "" if not known

	Currency      string   // three capital letters, not looked up
	PaymentMethod string   // in the form of a name, not looked up
	Journal       Location // a file, or a PostgreSQL URL
	Desk          string   // this till's name, at most 64 characters

	TimestampFormat    string // of X-Timestamp: "unix" or "iso8601"
	SignatureSeparator string // escapes already read: "\n"

	Limits          Limits
	DuplicateWindow time.Duration // 0 to 24 h
	Listen          Listen
	NotifyHosts     []string // lower-case host names that a webhook_url may name besides the profile's own
}

// Limits are the desk's own limits, as sums that were written by a person
// ("6 000,00"), checked for their characters alone: config knows no money. ""
// is no limit.
type Limits struct {
	DepositMax   string // of one deposit
	PayoutMax    string // of one payout
	ShiftMax     string // of all operations of a shift
	ConfirmAbove string // above it the amount is retyped
}

// Listen is how webhooks are received.
type Listen struct {
	Addr      string // host:port; an empty host is every address
	PublicURL string // as the project sees the receiver, with the proxy's path if it has one
	ForwardTo string // where verified webhooks are passed on to, or ""
	TLSCert   string // file, set if TLSKey is
	TLSKey    string // file, set if TLSCert is
}

// initCommand is the command that sets what MissingError names.
const initCommand = "raisboy config init"

// MissingError is one or more settings that a command needs and that are not
// set.
type MissingError struct {
	Profile string
	Missing []Missing // in the order asked for, never empty
}

// Missing is one setting that is not set, with its remedies.
type Missing struct {
	Key      string // in the file
	Variable string // in the environment, "" if it has none
	Command  string // that asks for it
}

// Error implements error.
func (e *MissingError) Error() string {
	keys := make([]string, 0, len(e.Missing))
	for _, missing := range e.Missing {
		text := missing.Key
		if missing.Variable != "" {
			text += " (" + missing.Variable + ")"
		}
		keys = append(keys, text)
	}
	return "profile " + e.Profile + " lacks " + strings.Join(keys, ", ") + ": " + initCommand
}

// Require says which of the settings are missing, all at once, as a
// *MissingError. A key that no setting has is an *UnknownKeyError.
func (p Profile) Require(keys ...string) error {
	settings := Settings()
	var missing []Missing
	for _, key := range keys {
		setting, ok := settingOf(settings, key)
		if !ok {
			return &UnknownKeyError{Key: clip(key), Suggestion: Suggest(key, keysOf(settings))}
		}
		if !p.has(key) {
			missing = append(missing, Missing{Key: key, Variable: setting.Variable, Command: initCommand})
		}
	}
	if len(missing) > 0 {
		return &MissingError{Profile: p.Name, Missing: missing}
	}
	return nil
}

// has says whether a setting is set.
func (p Profile) has(key string) bool {
	switch key {
	case "api_key":
		return !p.APIKey.IsZero()
	case "secret":
		return !p.Secret.IsZero()
	case "previous_secret":
		return !p.PreviousSecret.IsZero()
	case "journal":
		return !p.Journal.IsZero()
	case "notify_hosts":
		return len(p.NotifyHosts) > 0
	case "duplicate_window":
		return true // 0 is a value
	}
	texts := p.texts()
	return *texts[key] != ""
}

// texts gives the settings that are plain text by their keys.
func (p *Profile) texts() map[string]*string {
	return map[string]*string{
		"base_url":             &p.BaseURL,
		"api_prefix":           &p.APIPrefix,
		"payout_url":           &p.PayoutURL,
		"currency":             &p.Currency,
		"payment_method":       &p.PaymentMethod,
		"desk":                 &p.Desk,
		"timestamp_format":     &p.TimestampFormat,
		"signature_separator":  &p.SignatureSeparator,
		"limits.deposit_max":   &p.Limits.DepositMax,
		"limits.payout_max":    &p.Limits.PayoutMax,
		"limits.shift_max":     &p.Limits.ShiftMax,
		"limits.confirm_above": &p.Limits.ConfirmAbove,
		"listen.addr":          &p.Listen.Addr,
		"listen.public_url":    &p.Listen.PublicURL,
		"listen.forward_to":    &p.Listen.ForwardTo,
		"listen.tls_cert":      &p.Listen.TLSCert,
		"listen.tls_key":       &p.Listen.TLSKey,

		"previous_secret_since": &p.PreviousSince,
	}
}
