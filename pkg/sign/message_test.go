package sign_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/sign"
)

// deposit is a request as section 3 of the document prints it.
func deposit() sign.Message {
	return sign.Message{
		Method:    "POST",
		Path:      "/api/v4/payments/raisboy/deposit/create",
		Body:      []byte(`{"user_id":"456789","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`),
		Timestamp: "1764247157",
		APIKey:    "pk_test_0123456789",
	}
}

func TestCheckNamesThePart(t *testing.T) {
	fields := map[sign.Part]func(*sign.Message) *string{
		sign.PartMethod:    func(m *sign.Message) *string { return &m.Method },
		sign.PartPath:      func(m *sign.Message) *string { return &m.Path },
		sign.PartTimestamp: func(m *sign.Message) *string { return &m.Timestamp },
		sign.PartAPIKey:    func(m *sign.Message) *string { return &m.APIKey },
	}
	cases := []struct {
		text, separator string
		problem         sign.Problem
	}{
		{"", "", sign.ProblemEmpty},
		{"\n", "", sign.ProblemLineFeed},
		{"a\nb", "", sign.ProblemLineFeed},
		{"a\nb", "|", sign.ProblemLineFeed},
		{"a\r", "", sign.ProblemCarriageReturn},
		{"a\r\n", "", sign.ProblemLineFeed},
		{"a|b", "|", sign.ProblemSeparator},
		{"|", "|", sign.ProblemSeparator},
		{`a\nb`, `\n`, sign.ProblemSeparator},
	}
	for part, field := range fields {
		for _, c := range cases {
			m := deposit()
			m.Separator = c.separator
			*field(&m) = c.text
			var wrong *sign.PartError
			if err := m.Check(); !errors.As(err, &wrong) || *wrong != (sign.PartError{Part: part, Problem: c.problem}) {
				t.Errorf("%s %q, separator %q: %v", part, c.text, c.separator, err)
			}
			if got := m.Append(nil); !strings.Contains(string(got), c.text) {
				t.Errorf("Append checks nothing, yet gave %q", got)
			}
		}
	}
}

func TestCheckLooksAtBorders(t *testing.T) {
	cases := []struct {
		path, key string
		separator string
		ok        bool
	}{
		{"/a|", "k", "||", false},   // "/a|||": where does the path end?
		{"|/a", "k", "||", true},    // from the left it is found
		{"/a", "|k", "||", false},   // "|||k": where does the key begin?
		{"/a", "k|", "||", true},    // from the right it is found
		{"/aab", "k", "aba", false}, // "/aababa": "aba" begins two places early
		{"/aba", "k", "aba", false},
		{"/xab", "k", "abab", false}, // "/x" + "abab" + "ab"
		{"/a\\", "k", "\\\n", true},
		{"/a", "k", "\\\n", true},
	}
	for _, c := range cases {
		m := deposit()
		m.Path, m.APIKey, m.Separator = c.path, c.key, c.separator
		if err := m.Check(); (err == nil) != c.ok {
			t.Errorf("path %q, key %q, separator %q: %v", c.path, c.key, c.separator, err)
		}
	}
}

func TestPartErrorText(t *testing.T) {
	cases := map[string]sign.PartError{
		"method is empty":               {Part: sign.PartMethod, Problem: sign.ProblemEmpty},
		"path holds a line feed":        {Part: sign.PartPath, Problem: sign.ProblemLineFeed},
		"timestamp holds the separator": {Part: sign.PartTimestamp, Problem: sign.ProblemSeparator},
		"api key holds a carriage return": {
			Part: sign.PartAPIKey, Problem: sign.ProblemCarriageReturn},
		"part is wrong": {},
	}
	for want, err := range cases {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// drawMessage draws from so few characters that two messages collide often, if
// they can at all.
func drawMessage(separator string) *rapid.Generator[sign.Message] {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab|\n")), 0, 3, -1)
	return rapid.Custom(func(t *rapid.T) sign.Message {
		return sign.Message{
			Method:    text.Draw(t, "method"),
			Path:      text.Draw(t, "path"),
			Body:      []byte(text.Draw(t, "body")),
			Timestamp: text.Draw(t, "timestamp"),
			APIKey:    text.Draw(t, "key"),
			Separator: separator,
		}
	})
}

func sameParts(a, b sign.Message) bool {
	return a.Method == b.Method && a.Path == b.Path && bytes.Equal(a.Body, b.Body) && a.Timestamp == b.Timestamp && a.APIKey == b.APIKey
}

// TestSignatureStringsNeverCollide tries every message of very short parts:
// those that pass Check have each a string of their own, bodies included. As
// its negative control it counts how many would share one without Check.
func TestSignatureStringsNeverCollide(t *testing.T) {
	for _, separator := range []string{"", "|", "||", "aba", "ab", "|a|"} {
		seen, unchecked := map[string]sign.Message{}, map[string]sign.Message{}
		collisions := 0
		for m := range shortMessages(separator) {
			text := string(m.Append(nil))
			if other, found := unchecked[text]; found && !sameParts(m, other) {
				collisions++
			}
			unchecked[text] = m
			if m.Check() != nil {
				continue
			}
			if other, found := seen[text]; found && !sameParts(m, other) {
				t.Fatalf("separator %q: %q is the string of %+v and %+v", separator, text, m, other)
			}
			seen[text] = m
		}
		if collisions == 0 || len(seen) == 0 {
			t.Errorf("separator %q: %d collisions without Check, %d messages with it: the test shows nothing", separator, collisions, len(seen))
		}
	}
}

// shortMessages gives every message whose parts are among a few short texts.
func shortMessages(separator string) func(yield func(sign.Message) bool) {
	texts := []string{"", "a", "b", "|", "\n", "a|", "|a", "ab", "ba"}
	return func(yield func(sign.Message) bool) {
		for i := range 9 * 9 * 9 * 9 * 9 {
			m := sign.Message{
				Method:    texts[i%9],
				Path:      texts[i/9%9],
				Body:      []byte(texts[i/81%9]),
				Timestamp: texts[i/729%9],
				APIKey:    texts[i/6561],
				Separator: separator,
			}
			if !yield(m) {
				return
			}
		}
	}
}

// FuzzMessage holds two messages of one separator against each other: equal
// strings mean equal parts, once both passed Check. And what Append gives is
// what Sum hashes, see TestSumHashesWhatAppendGives.
func FuzzMessage(f *testing.F) {
	f.Add("POST", "/a", []byte("{}"), "1", "k", "POST", "/a", []byte("{}\n1"), "1", "k", "")
	f.Add("a|", "b", []byte(""), "1", "k", "a", "|b", []byte(""), "1", "k", "||")
	f.Add("POST", "/a", []byte("x\n1"), "1", "k", "POST", "/a\nx", []byte("1"), "1", "k", "\n")
	f.Fuzz(func(t *testing.T, method1, path1 string, body1 []byte, stamp1, key1, method2, path2 string, body2 []byte, stamp2, key2, separator string) {
		a := sign.Message{Method: method1, Path: path1, Body: body1, Timestamp: stamp1, APIKey: key1, Separator: separator}
		b := sign.Message{Method: method2, Path: path2, Body: body2, Timestamp: stamp2, APIKey: key2, Separator: separator}
		if a.Check() != nil || b.Check() != nil {
			return
		}
		if equal := bytes.Equal(a.Append(nil), b.Append(nil)); equal != sameParts(a, b) {
			t.Fatalf("equal strings: %v, of %+v and %+v", equal, a, b)
		}
	})
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	m := deposit()
	m.Separator = "|"
	got := string(m.Append([]byte("before ")))
	want := "before " + strings.Join([]string{m.Method, m.Path, string(m.Body), m.Timestamp, m.APIKey}, "|")
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSumHashesWhatAppendGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		separator := rapid.SampledFrom([]string{"", "|", "::"}).Draw(t, "separator")
		m := drawMessage(separator).Draw(t, "message")
		m.Body = rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		secret := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "secret")
		key, err := sign.NewKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		got, err := key.Sum(m)
		if wrong := m.Check(); (wrong == nil) != (err == nil) {
			t.Fatalf("Sum: %v, Check: %v", err, wrong)
		}
		if err == nil && got != bareHMAC(secret, m.Append(nil)) {
			t.Fatalf("Sum of %+v is not the HMAC of its string", m)
		}
	})
}
