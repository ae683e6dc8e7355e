package text_test

import (
	"testing"

	"github.com/raisboy/raisboy/pkg/text"
)

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want text.Lang
	}{
		{"russian", map[string]string{"LANG": "ru_RU.UTF-8"}, text.Russian},
		{"language alone", map[string]string{"LANG": "ru"}, text.Russian},
		{"capitals", map[string]string{"LANG": "RU_ru"}, text.Russian},
		{"code set without a country", map[string]string{"LANG": "ru.UTF-8"}, text.Russian},
		{"modifier", map[string]string{"LANG": "ru@euro"}, text.Russian},
		{"old name", map[string]string{"LANG": "russian"}, text.Russian},
		{"english", map[string]string{"LANG": "en_GB.UTF-8"}, text.English},
		{"C", map[string]string{"LANG": "C"}, text.English},
		{"another language that begins so", map[string]string{"LANG": "run_BI"}, text.English},
		{"LC_ALL first", map[string]string{"LC_ALL": "ru_RU", "LC_MESSAGES": "en_US", "LANG": "en_US"}, text.Russian},
		{"LC_MESSAGES before LANG", map[string]string{"LC_MESSAGES": "ru_RU", "LANG": "en_US"}, text.Russian},
		{"C hides what follows", map[string]string{"LC_ALL": "C", "LANG": "ru_RU"}, text.English},
		{"empty is not set", map[string]string{"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ru_RU"}, text.Russian},
	} {
		if got := text.Detect(lookup(test.env)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestParseLang(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		if got, ok := text.ParseLang(lang.String()); !ok || got != lang {
			t.Errorf("%v does not read back: %v, %t", lang, got, ok)
		}
	}
	for _, wrong := range []string{"", "RU", "de", "ru_RU"} {
		if _, ok := text.ParseLang(wrong); ok {
			t.Errorf("%q was taken for a language", wrong)
		}
	}
}
