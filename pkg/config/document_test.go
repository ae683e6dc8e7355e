package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSyntax(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		problem SyntaxProblem
		line    int
	}{
		"not YAML":            {"profiles:\n  main: [1\n  x: 2\n", NotYAML, 0},
		"tab":                 {"profiles:\n\tmain: {}\n", NotYAML, 2},
		"control":             {"a: \x01\n", NotYAML, 0},
		"list":                {"- a\n", NotMapping, 1},
		"text":                {"hello\n", NotMapping, 1},
		"profile is text":     {"profiles:\n  main: x\n", NotMapping, 2},
		"limits are text":     {one("limits: 5"), NotMapping, 3},
		"duplicate key":       {one("desk: a", "desk: b"), DuplicateKey, 4},
		"duplicate profile":   {"profiles:\n  a: {}\n  a: {}\n", DuplicateKey, 3},
		"duplicate top":       {"profiles: {}\nprofiles: {}\n", DuplicateKey, 2},
		"two ways":            {one("limits: {shift_max: 1}", "limits.shift_max: 2"), DuplicateKey, 4},
		"list for a value":    {one("desk: [a]"), NotValue, 3},
		"map for a value":     {one("api_key: {command: [x]}"), NotValue, 3},
		"map for hosts":       {one("notify_hosts: [{a: b}]"), NotValue, 3},
		"map for a secret":    {one("secret: {keyring: main}"), NotValue, 3},
		"map in a command":    {one("secret: {command: [pass, {a: b}]}"), NotValue, 3},
		"key is a list":       {"? [a]\n: b\n", NotValue, 1},
		"alias":               {one("desk: &d x", "currency: *d"), HasReference, 3},
		"anchor on a profile": {"profiles: {a: &a {}, b: *a}", HasReference, 1},
		"alias of a profile":  {"x: 1\n", "", 0},
		"anchored hosts":      {one("notify_hosts: &h [a]"), HasReference, 3},
		"merge":               {"profiles:\n  a:\n    <<: {desk: x}\n", HasReference, 3},
		"tag":                 {one("desk: !!str x"), HasReference, 3},
		"anchored key":        {"&k profiles: {}\n", HasReference, 1},
		"second document":     {"profiles: {}\n---\nprofiles: {}\n", SecondDocument, 2},
		"broken second":       {"profiles: {}\n---\n[\n", NotYAML, 0},
		"default is a list":   {"default_profile: [a]\n", NotValue, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseDocument("c.yaml", []byte(c.text))
			var wrong *SyntaxError
			if !errors.As(err, &wrong) {
				if c.problem != "" {
					t.Fatalf("%v", err)
				}
				return
			}
			if wrong.Problem != c.problem || c.line != 0 && wrong.Line != c.line || !strings.HasPrefix(err.Error(), "c.yaml") {
				t.Errorf("%#v", wrong)
			}
		})
	}
}

func TestUnknownKeys(t *testing.T) {
	for text, want := range map[string]UnknownKeyError{
		"profile: x\n":                  {Key: "profile", Suggestion: "profiles", Line: 1},
		"\nbase_url: x\n":               {Key: "base_url", Suggestion: "profiles.NAME.base_url", Line: 2},
		one("base-url: x"):              {Key: "base-url", Suggestion: "base_url", Profile: "main", Line: 3},
		one("BASE_URL: x"):              {Key: "BASE_URL", Suggestion: "base_url", Profile: "main", Line: 3},
		one("listen:", "  adr: x"):      {Key: "listen.adr", Suggestion: "listen.addr", Profile: "main", Line: 4},
		one("addr: x"):                  {Key: "addr", Suggestion: "listen.addr", Profile: "main", Line: 3},
		one("something_else: x"):        {Key: "something_else", Profile: "main", Line: 3},
		one("limits: {limits: {a: 1}}"): {Key: "limits.limits", Profile: "main", Line: 3},
	} {
		_, err := parseDocument("c.yaml", []byte(text))
		want.Path = "c.yaml"
		var unknown *UnknownKeyError
		if !errors.As(err, &unknown) || *unknown != want || !strings.Contains(err.Error(), want.Key) {
			t.Errorf("%q: %#v", text, err)
		}
	}
}

func TestNothingSet(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n", "null\n", "profiles:\n", "default_profile:\nprofiles: {}\n"} {
		doc, err := parseDocument("c.yaml", []byte(text))
		if err != nil || len(doc.profiles) != 0 || doc.defaultProfile.value != "" {
			t.Errorf("%q: %+v %v", text, doc, err)
		}
	}
	doc, err := parseDocument("c.yaml", []byte("profiles: {main: }\n"))
	if err != nil || len(doc.profiles) != 1 {
		t.Errorf("%+v %v", doc, err)
	}
}

func TestTextStaysAsWritten(t *testing.T) {
	doc, err := parseDocument("c.yaml", []byte(one("desk: 007", "api_key: 1e3", "currency: ~", "limits: {payout_max: 0x10}", "listen: {tls_key: no}")))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"desk": "007", "api_key": "1e3", "currency": "", "limits.payout_max": "0x10", "listen.tls_key": "no"} {
		if got := doc.profiles["main"].entries[key].value; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestMaskQuoted(t *testing.T) {
	for given, want := range map[string]string{
		"did not find expected ',' or ']'": "did not find expected ',' or ']'",
		"unknown anchor 'abc' referenced":  "unknown anchor " + mask + " referenced",
		"a 'b' c":                          "a " + mask + " c",
		"it's":                             "it's",
		"plain":                            "plain",
	} {
		if got := maskQuoted(given); got != want {
			t.Errorf("%q: %q", given, got)
		}
	}
}

// FuzzDocument reads any file: it must not panic, must accept nothing that is
// badly named, and what it accepts must load or fail with an error.
func FuzzDocument(f *testing.F) {
	for _, text := range []string{twoProfiles, one("secret: {command: [pass, show]}"), "a: &a [*a]", "profiles: {main: {limits: {}}}", "\xff\xfe", "{", "? [a]\n: b", "--- a\n--- b\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseDocument("c.yaml", data)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) && utf8.Valid(data) {
				t.Fatalf("error %q", err)
			}
			return
		}
		for name, section := range doc.profiles {
			if nameProblem(name) != "" {
				t.Fatalf("profile %q", name)
			}
			for key := range section.entries {
				if _, ok := settingOf(Settings(), key); !ok {
					t.Fatalf("setting %q", key)
				}
			}
			b := newBuilder(Sources{Home: "/home/k"}, name, section, filepath.Join("folder", "c.yaml"))
			if p, err := b.profile(); err == nil && p.Name != name {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// FuzzSecretInFile writes a marked secret as a value in any surroundings of
// one line; no error may repeat it.
func FuzzSecretInFile(f *testing.F) {
	const marked = "ZQXJWVKP"
	for _, around := range [][2]string{{"", ""}, {"*", ""}, {"&", " x"}, {"!", ""}, {"'", ""}, {"{", ": 1}"}, {"env:", "-"}, {"command:[./", "]"}, {"", ": x"}, {"[", ""}} {
		f.Add(around[0], around[1])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.ContainsAny(before+after, "\n\r\u0085\u2028\u2029") || strings.Contains(before+after, marked) {
			return
		}
		doc, err := parseDocument("c.yaml", []byte(one("secret: "+before+marked+after)))
		if err == nil {
			_, err = newBuilder(Sources{}, "main", doc.profiles["main"], "c.yaml").profile()
		}
		if err != nil && strings.Contains(err.Error(), marked) {
			t.Fatalf("%v", err)
		}
	})
}

// FuzzURL reads any URL: what is accepted is https or on this machine, and
// reading it again changes nothing.
func FuzzURL(f *testing.F) {
	for _, raw := range []string{"https://a.example", "http://127.0.0.1:8787/", "http://localhost@evil.example", "https://[::1%25x]", "http://0x7f.1", "HTTPS://A:443/%2e%2e/"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, rule := range []urlRule{{origin: true}, {prefix: true}, {needPath: true}} {
			plain, problem := normalURL(raw, rule)
			if problem != "" {
				continue
			}
			local := strings.HasPrefix(plain, "http://127.") || strings.HasPrefix(plain, "http://localhost") ||
				strings.HasPrefix(plain, "http://[::1]") || strings.HasPrefix(plain, "http://[::ffff:127.")
			if !strings.HasPrefix(plain, "https://") && !local || strings.ContainsAny(plain, "@?#\\ ") {
				t.Fatalf("%q became %q", raw, plain)
			}
			if again, problem := normalURL(plain, rule); again != plain || problem != "" {
				t.Fatalf("%q became %q, then %q (%s)", raw, plain, again, problem)
			}
		}
	})
}
