package config

import (
	"slices"
	"strings"
	"time"
)

// Options are what every command is told besides its profile.
type Options struct {
	Output  string        // "text", "json" or "csv"
	Lang    string        // "ru", "en", or "": the system's language decides
	Color   string        // "auto", "always" or "never"
	Timeout time.Duration // for one request; more than 0, at most 10 min
	NoInput bool          // never prompt
}

// maxTimeout is the longest time for one request.
const maxTimeout = 10 * time.Minute

// LoadOptions reads the options: flag, else environment, else default. Neither
// the file nor Sandbox bears on them. The error is the first *ValueError;
// beside it, the options that can be used are filled in and the others have
// their defaults, so that the error itself can be shown as was asked.
func LoadOptions(s Sources) (Options, error) {
	var options Options
	var first error
	for _, setting := range OptionSettings() {
		value, origin := setting.Default, Origin{From: FromDefault}
		if set := s.lookup(setting.Variable); setting.Variable != "" && set != "" {
			value, origin = set, Origin{From: FromEnvironment, Variable: setting.Variable}
		}
		if set, given := s.Flags[setting.Key]; given {
			value, origin = set, Origin{From: FromFlag}
		}
		problem, want := options.set(setting, value, origin.From)
		if problem == "" {
			continue
		}
		_, _ = options.set(setting, setting.Default, FromDefault)
		if first == nil {
			first = &ValueError{Key: setting.Key, Origin: origin, Value: clip(value), Problem: problem, Want: want}
		}
	}
	return options, first
}

// set takes one option's value over. An empty value is one only as a default:
// an empty variable never gets here.
func (o *Options) set(setting Setting, value string, from Source) (Problem, string) {
	if value == "" && from == FromFlag {
		return Empty, strings.Join(setting.Choices, "|")
	}
	if setting.Kind == KindChoice && value != "" && !slices.Contains(setting.Choices, value) {
		return Malformed, strings.Join(setting.Choices, "|")
	}
	switch setting.Key {
	case "output":
		o.Output = value
	case "lang":
		o.Lang = value
	case "color":
		o.Color = value
	case "timeout":
		// From 1 ns, since 0 would mean no limit to net/http.
		timeout, problem, _ := duration(value, 1, maxTimeout)
		if problem != "" {
			return problem, "0s<TIMEOUT<=" + maxTimeout.String()
		}
		o.Timeout = timeout
	case "no_input":
		on, ok := switchValue(value)
		if !ok {
			return Malformed, "true|false"
		}
		o.NoInput = on
	}
	return "", ""
}

// switchValue reads true or false in the usual spellings.
func switchValue(text string) (on, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true, true
	case "0", "false", "no", "off":
		return false, true
	}
	return false, false
}
