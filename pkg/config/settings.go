package config

import "strings"

// Kind is the form of a setting's value.
type Kind uint8

// The forms of values. KindText is the zero value.
const (
	KindText     Kind = iota
	KindURL           // an absolute URL
	KindSecret        // a secret, or where it comes from
	KindPath          // a file, or for journal also a postgres:// URL
	KindAmount        // a sum of money, unparsed
	KindDuration      // a Go duration, such as 2m
	KindChoice        // one of Setting.Choices
	KindList          // several, comma separated in the environment
	KindSwitch        // true or false
	KindAddress       // host:port
)

// Setting is a row of the table of settings, or of that of options.
type Setting struct {
	Key      string   // as in the file and in Sources.Flags: "listen.addr"
	Variable string   // environment variable, "" if it has none
	FileFrom string   // a further variable that names a file holding the value, or ""
	Default  string   // "" if it has none, or if it is computed (journal, desk, payout_url)
	Kind     Kind     // form of the value
	Choices  []string // of KindChoice
}

// variablePrefix begins the name of every environment variable that is read.
const variablePrefix = "RAISBOY_"

// Settings gives the settings of a profile in the order in which they are
// documented. The slice is the caller's own.
func Settings() []Setting {
	settings := []Setting{
		{Key: "base_url", Kind: KindURL},
		{Key: "api_prefix", Default: "/api/v4/payments/raisboy"},
		{Key: "payout_url", Kind: KindURL},
		{Key: "api_key", Kind: KindSecret},
		{Key: "secret", Kind: KindSecret, FileFrom: variablePrefix + "SECRET_FILE"},
		{Key: "previous_secret", Kind: KindSecret},
		{Key: "previous_secret_since"},
		{Key: "currency", Default: "UZS"},
		{Key: "payment_method", Default: "bank_card"},
		{Key: "journal", Kind: KindPath},
		{Key: "desk"},
		{Key: "timestamp_format", Default: "unix", Kind: KindChoice, Choices: []string{"unix", "iso8601"}},
		{Key: "signature_separator", Default: `\n`},
		{Key: "limits.deposit_max", Kind: KindAmount},
		{Key: "limits.payout_max", Kind: KindAmount},
		{Key: "limits.shift_max", Kind: KindAmount},
		{Key: "limits.confirm_above", Kind: KindAmount},
		{Key: "duplicate_window", Default: "2m", Kind: KindDuration},
		{Key: "listen.addr", Default: "127.0.0.1:8788", Kind: KindAddress},
		{Key: "listen.public_url", Kind: KindURL},
		{Key: "listen.forward_to", Kind: KindURL},
		{Key: "listen.tls_cert", Kind: KindPath},
		{Key: "listen.tls_key", Kind: KindPath},
		{Key: "notify_hosts", Kind: KindList},
	}
	for i, setting := range settings {
		// The desk's limits are the owner's rule for the cashier: a variable in the
		// cashier's own shell must not lift them. The time of a rotation is a note
		// that the rotation itself makes.
		if !strings.HasPrefix(setting.Key, "limits.") && setting.Key != "previous_secret_since" {
			settings[i].Variable = variableOf(setting.Key)
		}
	}
	return settings
}

// OptionSettings gives the options of every command that have an environment
// variable or a default, in the order in which they are documented. The slice
// is the caller's own.
func OptionSettings() []Setting {
	return []Setting{
		{Key: "profile", Variable: variableOf("profile")},
		{Key: "config", Variable: variableOf("config"), Kind: KindPath},
		{Key: "output", Variable: variableOf("output"), Default: "text", Kind: KindChoice, Choices: []string{"text", "json", "csv"}},
		{Key: "lang", Variable: variableOf("lang"), Kind: KindChoice, Choices: []string{"ru", "en"}},
		{Key: "color", Default: "auto", Kind: KindChoice, Choices: []string{"auto", "always", "never"}},
		{Key: "timeout", Variable: variableOf("timeout"), Default: "30s", Kind: KindDuration},
		{Key: "no_input", Variable: variableOf("no_input"), Default: "false", Kind: KindSwitch},
	}
}

// variableOf gives the environment variable of a key: RAISBOY_LISTEN_ADDR of
// listen.addr.
func variableOf(key string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// settingOf finds a setting by its key.
func settingOf(settings []Setting, key string) (Setting, bool) {
	for _, setting := range settings {
		if setting.Key == key {
			return setting, true
		}
	}
	return Setting{}, false
}

// keysOf gives the keys of settings.
func keysOf(settings []Setting) []string {
	keys := make([]string, 0, len(settings))
	for _, setting := range settings {
		keys = append(keys, setting.Key)
	}
	return keys
}
