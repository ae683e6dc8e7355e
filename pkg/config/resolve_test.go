package config

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// secretOf loads a file whose only setting is the secret, and resolves it.
func secretOf(t *testing.T, value string, change func(*Sources)) (string, error) {
	t.Helper()
	s := machine(t, one("secret: "+value), map[string]string{"OTHER": "from-variable"})
	s.Keyring = func(service, account string) (string, error) { return service + "/" + account, nil }
	if change != nil {
		change(&s)
	}
	config, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := config.Profile.Secret.Resolve(t.Context())
	return string(secret.Reveal()), err
}

func TestResolve(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(helperVariable, "1")
	folder := t.TempDir()
	for name, text := range map[string]string{"lf": "s\n", "crlf": "s\r\n", "two": "s\n\n", "cr": "s\r", "none": "s", "empty": "\n", "big": strings.Repeat("s", maxSecret+3)} {
		write(t, filepath.Join(folder, name), text, 0o600)
	}
	file := func(name string) string { return "'file:" + filepath.Join(folder, name) + "'" }
	command := func(arguments string) string { return "{command: ['" + self + "', " + arguments + "]}" }
	for name, c := range map[string]struct {
		value, want string
		reason      error
	}{
		"variable":            {value: "env:OTHER", want: "from-variable"},
		"variable not set":    {value: "env:NOTHING", reason: ErrSecretNotFound},
		"keyring":             {value: "keyring", want: "raisboy/main"},
		"line feed":           {value: file("lf"), want: "s"},
		"carriage return":     {value: file("crlf"), want: "s"},
		"only one is removed": {value: file("two"), want: "s\n"},
		"no line ending":      {value: file("none"), want: "s"},
		"a mere return":       {value: file("cr"), want: "s\r"},
		"empty file":          {value: file("empty"), reason: ErrSecretEmpty},
		"missing file":        {value: file("missing"), reason: fs.ErrNotExist},
		"folder":              {value: "'file:" + folder + "'", reason: errAny},
		"big file":            {value: file("big"), reason: errAny},
		"command":             {value: command(`print, "s3cret\n"`), want: "s3cret"},
		"command in a line":   {value: "'command:[\"" + filepath.ToSlash(self) + "\", \"print\", \"a b\"]'", want: "a b"},
		"command fails":       {value: command("fail"), reason: errAny},
		"command is silent":   {value: command("print, ''"), reason: ErrSecretEmpty},
		"command floods":      {value: command("flood"), reason: ErrSecretTooLong},
		"command is missing":  {value: "command:[raisboy-no-such-program]", reason: errAny},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretOf(t, c.value, nil)
			var failed *SecretError
			switch {
			case c.reason == nil && (err != nil || got != c.want):
				t.Errorf("%q %v", got, err)
			case c.reason != nil && (!errors.As(err, &failed) || got != "" || failed.Key != "secret" || failed.Error() == ""):
				t.Errorf("%q %v", got, err)
			case c.reason != nil && c.reason != errAny && !errors.Is(err, c.reason):
				t.Errorf("%v, want %v", err, c.reason)
			}
		})
	}
}

// errAny stands for a reason that differs between systems.
var errAny = errors.New("any")

func TestCommandOutputStaysOutOfErrors(t *testing.T) {
	self, _ := os.Executable()
	t.Setenv(helperVariable, "1")
	var complaints bytes.Buffer
	_, err := secretOf(t, "{command: ['"+self+"', fail, hidden-argument]}", func(s *Sources) { s.CommandErrors = &complaints })
	if err == nil || strings.Contains(err.Error(), "leaked") || strings.Contains(err.Error(), "hidden-argument") || strings.Contains(err.Error(), "cannot open") {
		t.Errorf("%v", err)
	}
	if complaints.String() != "cannot open the store" {
		t.Errorf("stderr %q", complaints.String())
	}
}

// TestNobodyAnswers holds whatever the machine's speed: neither ever answers.
func TestNobodyAnswers(t *testing.T) {
	self, _ := os.Executable()
	t.Setenv(helperVariable, "1")
	release := make(chan struct{})
	defer close(release)
	short := func(s *Sources) {
		s.waits = waits{keyring: time.Millisecond, command: time.Millisecond, file: time.Millisecond}
		s.Keyring = func(string, string) (string, error) { <-release; return "late", nil }
	}
	for _, value := range []string{"keyring", "{command: ['" + self + "', hang]}"} {
		if got, err := secretOf(t, value, short); !errors.Is(err, ErrSecretTimeout) || got != "" {
			t.Errorf("%s: %q %v", value, got, err)
		}
	}
	config, err := Load(Sources{LookupEnv: environment(map[string]string{"RAISBOY_SECRET_FILE": "x"})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := *config.Profile.Secret.recipe()
	r.kind, r.keyring = SecretKeyring, func(string, string) (string, error) { <-release; return "", nil }
	if _, err := (SecretSource{recipe: func() *recipe { return &r }}).Resolve(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if defaultWaits() != (waits{keyring: 3 * time.Second, command: 10 * time.Second, file: 10 * time.Second}) {
		t.Error("the documented waits changed")
	}
}

func TestKeyringErrors(t *testing.T) {
	for given, want := range map[error]error{keyring.ErrNotFound: ErrSecretNotFound, errAny: errAny} {
		_, err := secretOf(t, "keyring", func(s *Sources) {
			s.Keyring = func(string, string) (string, error) { return "", given }
		})
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if keyringAccount("main", "secret") != "main" || keyringAccount("main", "previous_secret") != "main.previous" {
		t.Error("accounts of the keyring changed: secrets kept there would be lost")
	}
	if (Sources{}).readKeyring() == nil {
		t.Error("no keyring")
	}
}

func TestSecretFromTheEnvironment(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "secret")
	write(t, path, "from-file\r\n", 0o600)
	config, err := Load(machine(t, one("secret: keyring"), map[string]string{"RAISBOY_SECRET_FILE": path}))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := config.Profile.Secret.Resolve(t.Context())
	if err != nil || string(secret.Reveal()) != "from-file" || config.Overrides[0].Variable != "RAISBOY_SECRET_FILE" {
		t.Errorf("%q %v", secret.Reveal(), err)
	}

	// In the environment stands the value itself, even if it looks like a form.
	config, err = Load(machine(t, "", map[string]string{"RAISBOY_SECRET": "env:HOME", "RAISBOY_PREVIOUS_SECRET": "keyring"}))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ = config.Profile.Secret.Resolve(t.Context())
	previous, _ := config.Profile.PreviousSecret.Resolve(t.Context())
	if string(secret.Reveal()) != "env:HOME" || string(previous.Reveal()) != "keyring" {
		t.Errorf("%q %q", secret.Reveal(), previous.Reveal())
	}

	_, err = Load(machine(t, "", map[string]string{"RAISBOY_SECRET": "a", "RAISBOY_SECRET_FILE": path}))
	var refused *ValueError
	if !errors.As(err, &refused) || refused.Problem != SetTwice || refused.Want != "RAISBOY_SECRET_FILE" {
		t.Errorf("%v", err)
	}
	_, err = Load(machine(t, "", map[string]string{"RAISBOY_SECRET_FILE": "~other/x"}))
	if !errors.As(err, &refused) || refused.Problem != Malformed {
		t.Errorf("%v", err)
	}
}

func TestSecretForms(t *testing.T) {
	for value, problem := range map[string]Problem{
		"Keyring": Malformed, "keyring:main": Malformed, "File:/x": Malformed, "'file:'": Malformed, "file:~other/x": Malformed,
		"'env:'": Malformed, "env:1A": Malformed, "env:A B": Malformed, "Env:A": Malformed, "command:pass": Malformed, "command:[]": Malformed,
		"command:[./pass]": Relative, "'command:[\"\"]'": Malformed, "COMMAND:[pass]": Malformed, strings.Repeat("s", 4097): Literal,
		"a:b": Literal, "s3cret": Literal, "'with space'": Literal,
	} {
		_, err := Load(machine(t, one("previous_secret: "+value), nil))
		var refused *ValueError
		if !errors.As(err, &refused) || refused.Problem != problem || refused.Value != mask {
			t.Errorf("%s: %v", clip(value), err)
		}
	}
	if !absoluteOrBare("pass") || absoluteOrBare("bin/pass") {
		t.Error("relative programs")
	}
}

func TestDescriptions(t *testing.T) {
	for value, want := range map[string]string{
		"keyring": "keyring raisboy/main", "env:OTHER": "env:OTHER", "command:[pass, show, hidden]": "command:pass",
	} {
		config, err := Load(machine(t, one("secret: "+value), nil))
		if err != nil || config.Profile.Secret.String() != want {
			t.Errorf("%s: %v %v", value, config.Profile.Secret, err)
		}
	}
	none := SecretSource{}
	_, err := none.Resolve(t.Context())
	if !errors.Is(err, ErrSecretNotSet) || err.Error() != ErrSecretNotSet.Error() || none.String() != "none" || none.Kind() != SecretNone {
		t.Errorf("%v %v", none, err)
	}
	for kind, name := range map[SecretKind]string{
		SecretNone: "none", SecretValue: "value", SecretFile: "file", SecretVariable: "env", SecretKeyring: "keyring", SecretCommand: "command",
	} {
		if kind.String() != name {
			t.Errorf("%d is %s", kind, kind)
		}
	}
}
