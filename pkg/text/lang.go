package text

import "strings"

// Lang is a language that raisboy speaks.
type Lang uint8

// The languages. English is the zero value: it is what JSON and CSV use where
// they hold a sentence.
const (
	English Lang = iota
	Russian
)

// String gives the name as in --lang: "en" or "ru".
func (l Lang) String() string {
	if l == Russian {
		return "ru"
	}
	return "en"
}

// ParseLang reads what String gives, as in --lang and RAISBOY_LANG.
func ParseLang(s string) (Lang, bool) {
	switch s {
	case "en":
		return English, true
	case "ru":
		return Russian, true
	}
	return English, false
}

// Detect gives the language of the surroundings: the first of LC_ALL,
// LC_MESSAGES and LANG that is not empty, as POSIX has it; on Windows, where
// these are rarely set, the language of the user interface. What is not Russian
// is English. --lang and RAISBOY_LANG come before it and are the caller's.
func Detect(lookupEnv func(string) (string, bool)) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale, ok := lookupEnv(name); ok && locale != "" {
			return langOf(locale)
		}
	}
	return langOf(interfaceLocale())
}

// langOf reads a locale, "ru_RU.UTF-8" or "ru-RU".
func langOf(locale string) Lang {
	name := locale
	if end := strings.IndexAny(name, "_-.@"); end >= 0 {
		name = name[:end]
	}
	switch strings.ToLower(name) {
	case "ru", "rus", "russian":
		return Russian
	}
	return English
}
