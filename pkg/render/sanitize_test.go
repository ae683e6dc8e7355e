package render_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/render"
)

func TestSanitize(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "OK, 6 000,00 UZS «да»", "OK, 6 000,00 UZS «да»"},
		{"colour", "a\x1b[31mb\x1b[0mc", "abc"},
		{"cursor and screen", "a\x1b[2J\x1b[1;1Hb", "ab"},
		{"window title", "a\x1b]0;title\x07b", "ab"},
		{"link with ST", "\x1b]8;;https://evil\x1b\\ok\x1b]8;;\x1b\\", "ok"},
		{"device control", "a\x1bPq#0\x1b\\b", "ab"},
		{"character set", "a\x1b(0b", "ab"},
		{"C1 introduction", "a\u009b31mb", "ab"},
		{"C1 string", "a\u009d0;t\u009cb", "ab"},
		{"string that never ends hides nothing", "a\x1b]0;b", "a0;b"},
		{"sequence that never ends hides nothing", "a\x1b[31\x00b", "a31b"},
		{"lone escape", "a\x1b", "a"},
		{"escape before Cyrillic", "a\x1bя", "aя"},
		{"controls", "a\x00b\x08c\x7fd\u0085e", "abcd e"},
		{"white space", "a\tb\nc\r\nd\u2028e\u2029f\u00a0g\u3000h", "a b c  d e f g h"},
		{"direction", "a\u202eb\u2066c\u200fd\u061ce", "abcde"},
		{"zero width", "a\u200bb\u200dc\ufeffd\u2060e\u00adf", "abcdef"},
		{"fillers and selectors", "a\u3164b\u115fc\ufe0fd\U000e0041e\u034ff", "abcdef"},
		{"invalid UTF-8", "a\xffb\xc3(", "ab("},
		{"the mark of invalid UTF-8", "a\ufffdb", "a\ufffdb"},
		{"private use", "a\ue000b", "ab"},
		{"long", strings.Repeat("ы", 600), strings.Repeat("ы", 499) + "…"},
		{"just short enough", strings.Repeat("ы", 500), strings.Repeat("ы", 500)},
	} {
		if got := render.Sanitize(test.in); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, seed := range []string{"", hostile, "a\x1b[31mb", "\x1b]0;x\a", "\u009b1m", "\x1b\x1b[[31m", "\x9b31m", strings.Repeat("é", 700), "\x1b(\x1b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := render.Sanitize(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 500 {
			t.Errorf("%q: not text of at most 500 characters: %q", s, got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				t.Errorf("%q: left %U in %q", s, r, got)
			}
		}
		if again := render.Sanitize(got); again != got {
			t.Errorf("%q: %q becomes %q", s, got, again)
		}
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"POST\n/a b\n":         "POST␊/a b␊",
		"a\r\n\tb":             "a␍␊␉b",
		" a  b ":               "·a  b·",
		"a \nb":                "a·␊b",
		"   ":                  "···",
		`\x0a`:                 `\\x0a`,
		"\x00\x1b[31m":         `\x00\x1b[31m`,
		"\xff":                 `\xff`,
		"\ufffd":               "\ufffd",
		"я · ␊":                `я \xc2\xb7 \xe2\x90\x8a`,
		"a\u00a0b":             `a\xc2\xa0b`,
		"a\u202eb\u200bc":      `a\xe2\x80\xaeb\xe2\x80\x8bc`,
		"e\u0301":              `e\xcc\x81`,
		`{"user_id":"#KXA12"}`: `{"user_id":"#KXA12"}`,
	} {
		if got := render.Visible([]byte(in)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// unseen reads back what Visible wrote, by its rules alone.
func unseen(t *testing.T, shown string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(shown); {
		char, size := utf8.DecodeRuneInString(shown[i:])
		switch char {
		case '␊':
			b.WriteByte('\n')
		case '␍':
			b.WriteByte('\r')
		case '␉':
			b.WriteByte('\t')
		case '·':
			b.WriteByte(' ')
		case '\\':
			if size = 2; shown[i+1] == '\\' {
				b.WriteByte('\\')
				break
			}
			size = 4
			var c byte
			for _, digit := range shown[i+2 : i+4] {
				c = c<<4 | byte(strings.IndexRune("0123456789abcdef", digit))
			}
			b.WriteByte(c)
		default:
			b.WriteRune(char)
		}
		i += size
	}
	return b.String()
}

func FuzzVisible(f *testing.F) {
	for _, seed := range []string{"", "POST\n/a\n{}\n1\nk", " a ", `\`, `\\x41`, "\xff\xfe", "·␊␍␉", hostile, "e\u0301", "a \r \n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := render.Visible(text)
		if back := unseen(t, got); back != string(text) {
			t.Errorf("%q is shown as %s, which reads as %q", text, got, back)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) && r != ' ' }) {
			t.Errorf("%q: something invisible in %q", text, got)
		}
		if strings.HasPrefix(got, " ") || strings.HasSuffix(got, " ") {
			t.Errorf("%q: a space at an end of %q", text, got)
		}
	})
}
