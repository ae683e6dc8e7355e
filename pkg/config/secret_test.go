package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	strict "github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// printed gives every way in which a value might be printed by mistake.
func printed(t *rapid.T, value any) string {
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%10.3s", "%08b"} {
		fmt.Fprintf(&out, verb+"\n", value)
	}
	fmt.Fprint(&out, value)
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	// Refuses a time.Duration, in an error that must not tell either.
	if encoded, err = strict.Marshal(value); err != nil {
		fmt.Fprintf(&out, "%v %+v", err, err)
	}
	out.Write(encoded)
	if encoded, err = yaml.Marshal(value); err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
	return out.String()
}

// sourceOf makes the source of a secret that the file gives so.
func sourceOf(t *rapid.T, text string) SecretSource {
	entries := map[string]entry{"secret": {value: text}}
	profile, err := newBuilder(Sources{}, "main", section{entries: entries}, "").profile()
	if err != nil {
		t.Fatal(err)
	}
	return profile.Secret
}

// leak says whether a text holds the secret, as it is or as numbers.
func leak(text, secret string) bool {
	return strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", secret)) ||
		strings.Contains(text, strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
}

func TestSecretNeverPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9_]{12,40}`).Draw(t, "secret")
		s := Sources{LookupEnv: environment(map[string]string{
			"RAISBOY_SECRET": secret, "RAISBOY_PREVIOUS_SECRET": secret, "RAISBOY_API_KEY": secret,
			"RAISBOY_JOURNAL": "postgres://raisboy:" + secret + "@db.example/raisboy?sslpassword=" + secret,
		}), Home: "/home/k"}
		config, err := Load(s)
		if err != nil {
			t.Fatal(err)
		}
		command := sourceOf(t, "command:[pass, show, "+secret+"]")
		values := []any{
			command,
			config, &config, config.Profile, config.Profile.Secret, config.Profile.APIKey, config.Profile.Journal,
			[]Secret{config.Profile.APIKey}, map[string]Secret{"x": config.Profile.APIKey},
			struct{ Exported any }{config.Profile},
			// fmt asks no methods of unexported fields.
			struct{ hidden Profile }{config.Profile}, struct{ hidden Secret }{config.Profile.APIKey},
			struct{ hidden *Secret }{&config.Profile.APIKey}, struct{ hidden SecretSource }{command},
		}
		for _, value := range values {
			if text := printed(t, value); leak(text, secret) {
				t.Fatalf("%T prints the secret: %s", value, text)
			}
		}
		if !strings.Contains(fmt.Sprint(config), mask) || !strings.Contains(fmt.Sprint(config), "@db.example/raisboy") {
			t.Fatalf("nothing stands for the secret: %v", config)
		}
		if string(config.Profile.APIKey.Reveal()) != secret {
			t.Fatal("the secret is not given out where it is asked for")
		}
	})
}

// TestLeakIsFound is the negative control: a type with only a String method,
// as one would write it first, is caught.
func TestLeakIsFound(t *testing.T) {
	const secret = "hunter2hunter2"
	pointer := &[]byte{}
	*pointer = []byte(secret)
	for _, value := range []any{careless(secret), struct{ hidden careless }{careless(secret)}, struct{ hidden *[]byte }{pointer}} {
		caught := false
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			caught = caught || leak(fmt.Sprintf(verb, value), secret)
		}
		if !caught {
			t.Errorf("%T was not caught", value)
		}
	}
}

// careless is a secret that hides itself from %v and %s alone.
type careless string

func (careless) String() string { return mask }

// TestErrorsNeverTell puts one secret into every place where the file or the
// environment may hold one, right or wrong, and reads the errors.
func TestErrorsNeverTell(t *testing.T) {
	keys := []string{"api_key", "secret", "previous_secret"}
	shapes := []string{
		"%s", "'%s'", `"%s"`, "*%s", "&%s", "!%s", "!!%s x", "[%s]", "{%s: 1}", "'%s", `"%s`, "%%%s", "@%s", "`%s`", "- %s", "%s: x", "|%s", ">%s",
		"Keyring:%s", "env:%s-", "ENV:%s", "file:~%s", "command:[./%s]", "command:[%s", "command:[pass, &%s]", "command:%s", "command: %s",
		"{command: [pass, '%s']}", "{command: {a: %s}}", "%s #\n    listen: 5", "%s\n    desk: ''x", "? %s",
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Z][A-Za-z0-9]{7,40}`).Draw(t, "secret")
		key := rapid.SampledFrom(keys).Draw(t, "key")
		value := fmt.Sprintf(rapid.SampledFrom(shapes).Draw(t, "shape"), secret)
		doc, err := parseDocument("config.yaml", []byte(one(key+": "+value)))
		if err == nil {
			s := Sources{Home: "/home/k"}
			_, err = newBuilder(s, "main", doc.profiles["main"], "config.yaml").profile()
		}
		if err != nil && leak(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
			t.Fatalf("%q: %v", value, err)
		}
		for variable, value := range map[string]string{
			"RAISBOY_API_KEY": secret + " ", "RAISBOY_SECRET": strings.Repeat(secret, 600), "RAISBOY_JOURNAL": "postgres://u:" + secret + "@h h/d",
			"RAISBOY_BASE_URL": "https://u:" + secret + "@h.example", "RAISBOY_PAYOUT_URL": "https://h.example/?key=" + secret,
		} {
			_, err := Load(Sources{LookupEnv: environment(map[string]string{variable: value})})
			if err == nil || leak(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
				t.Fatalf("%s: %v", variable, err)
			}
		}
	})
}

func TestLocation(t *testing.T) {
	for value, want := range map[string]string{
		"":                                "",
		"/var/lib/raisboy/main.db":        "/var/lib/raisboy/main.db",
		"postgres://h/d":                  "postgres://h/d",
		"postgres://u:p@ss@h:5432/d?a=b":  "postgres://" + mask + "@h:5432/d",
		"postgresql://u@h/d#fragment":     "postgresql://" + mask + "@h/d",
		"postgres://h/d?password=secret2": "postgres://h/d",
	} {
		location := newLocation(value)
		if location.String() != want || location.Reveal() != value {
			t.Errorf("%q: %v", value, location)
		}
	}
}

func TestEmptySecret(t *testing.T) {
	for _, secret := range []Secret{{}, NewSecret("")} {
		if !secret.IsZero() || secret.Reveal() != nil || secret.String() != mask || secret.GoString() != mask {
			t.Errorf("%#v", secret)
		}
	}
	given := NewSecret("abc")
	given.Reveal()[0] = 'x'
	if string(given.Reveal()) != "abc" || given.IsZero() || !given.Equal(NewSecret("abc")) || given.Equal(NewSecret("abd")) || given.Equal(Secret{}) {
		t.Error("a secret can be changed from outside")
	}
}
