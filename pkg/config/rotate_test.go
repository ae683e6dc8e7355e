package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// aKeyring is a keyring in memory, as a system's would be.
type aKeyring map[string]string

func (k aKeyring) in(s Sources) Sources {
	s.Keyring = func(_, account string) (string, error) {
		if value, ok := k[account]; ok {
			return value, nil
		}
		return "", keyring.ErrNotFound
	}
	s.KeyringSet = func(_, account, password string) error {
		k[account] = password
		return nil
	}
	s.KeyringDelete = func(_, account string) error {
		delete(k, account)
		return nil
	}
	return s
}

// secretsOf loads the configuration anew, as the next process would, and fetches
// both secrets.
func secretsOf(t *testing.T, s Sources) (current, previous string) {
	t.Helper()
	config, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := config.Profile.Secret.Resolve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !config.Profile.PreviousSecret.IsZero() {
		kept, err := config.Profile.PreviousSecret.Resolve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		previous = string(kept.Reveal())
	}
	return string(secret.Reveal()), previous
}

// places are the ways in which a secret may be kept, each with "old" in it.
func places(t *testing.T) map[string]func(*testing.T) Sources {
	t.Helper()
	return map[string]func(*testing.T) Sources{
		"keyring": func(t *testing.T) Sources {
			return aKeyring{"main": "old"}.in(machine(t, one("desk: x # till", "secret: keyring # kept"), nil))
		},
		"file": func(t *testing.T) Sources {
			s := aKeyring{}.in(machine(t, one("desk: x # till", "secret: file:keys/main # kept"), nil))
			write(t, filepath.Join(s.Home, ".config", "raisboy", "keys", "main"), "old\n", 0o600)
			return s
		},
	}
}

func edited(t *testing.T, s Sources) *File {
	t.Helper()
	f, err := Edit(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRotate(t *testing.T) {
	for name, prepare := range places(t) {
		t.Run(name, func(t *testing.T) {
			s := prepare(t)
			r := Rotation{File: edited(t, s), Profile: "main", Secret: NewSecret("new"), Since: time.Unix(1764000000, 0).UTC()}
			if err := r.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if current, previous := secretsOf(t, s); current != "new" || previous != "old" {
				t.Fatalf("%q %q", current, previous)
			}
			config, err := Load(s)
			if err != nil || config.Profile.PreviousSince != "2025-11-24T16:00:00Z" {
				t.Errorf("%v %v", config.Profile.PreviousSince, err)
			}
			text, _ := os.ReadFile(config.Path)
			if !strings.Contains(string(text), " # kept\n") || !strings.Contains(string(text), "desk: x # till\n") {
				t.Errorf("%s", text)
			}
			var refused *RotationError
			r.File = edited(t, s)
			if err := r.Rotate(t.Context()); !errors.As(err, &refused) || refused.Problem != RotationSame {
				t.Errorf("the same again: %v", err)
			}
			r.Secret = NewSecret("newer")
			if err := r.Rotate(t.Context()); !errors.As(err, &refused) || refused.Problem != RotationUnderWay || refused.Since == "" {
				t.Errorf("another: %v", err)
			}
			if current, previous := secretsOf(t, s); current != "new" || previous != "old" {
				t.Errorf("%q %q", current, previous)
			}
			if err := edited(t, s).DropPrevious(t.Context(), "main"); err != nil {
				t.Fatal(err)
			}
			if current, previous := secretsOf(t, s); current != "new" || previous != "" {
				t.Errorf("%q %q", current, previous)
			}
			for _, left := range []string{"old"} {
				if found := whereIs(t, s, left); found != "" {
					t.Errorf("%s is still in %s", left, found)
				}
			}
			if err := edited(t, s).DropPrevious(t.Context(), "main"); !errors.As(err, &refused) || refused.Problem != RotationNone {
				t.Errorf("%v", err)
			}
		})
	}
}

// whereIs finds a secret anywhere below the home folder or in the keyring.
func whereIs(t *testing.T, s Sources, secret string) string {
	t.Helper()
	for _, account := range []string{"main", "main.previous"} {
		if kept, err := s.Keyring(keyringService, account); err == nil && kept == secret {
			return account
		}
	}
	found := ""
	_ = filepath.WalkDir(s.Home, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if text, _ := os.ReadFile(path); strings.Contains(string(text), secret) {
				found = path
			}
		}
		return nil
	})
	return found
}

// TestRotationBrokenOff ends the process after each step: what is on disk then
// loads, and the present secret is what it was or what it becomes, with the old
// one kept. A second run ends what the first began.
func TestRotationBrokenOff(t *testing.T) {
	prepared := places(t)
	prepared["in the file itself, to a file"] = func(t *testing.T) Sources {
		return aKeyring{}.in(machine(t, one("desk: x", "secret: the-old-one"), nil))
	}
	for name, prepare := range prepared {
		for steps := range 3 {
			t.Run(fmt.Sprintf("%s, after %d", name, steps), func(t *testing.T) {
				s := prepare(t)
				old := "old"
				literal := strings.HasPrefix(name, "in the file")
				if literal {
					old = "the-old-one"
				}
				r := Rotation{File: edited(t, s), Profile: "main", Secret: NewSecret("new"), Since: time.Now(), Literal: SecretFile}
				left := steps
				r.passing = func(string) {
					if left--; left == 0 {
						panic(errBrokenOff)
					}
				}
				if err := rotateUntil(r); !errors.Is(err, errBrokenOff) && steps > 0 {
					t.Fatal(err)
				}
				if whereIs(t, s, old) == "" {
					t.Fatal("the old secret is lost")
				}
				if !literal {
					if current, previous := secretsOf(t, s); steps > 0 && (current != old || previous != "" && previous != old) {
						t.Fatalf("%q %q", current, previous)
					}
				}
				r.File, r.passing = edited(t, s), nil
				if err := r.Rotate(t.Context()); err != nil && steps > 0 {
					t.Fatal(err)
				}
				if current, previous := secretsOf(t, s); current != "new" || previous != old {
					t.Errorf("%q %q", current, previous)
				}
			})
		}
	}
}

var errBrokenOff = errors.New("broken off")

// rotateUntil runs a rotation that a panic may end, as kill -9 would: nothing
// behind that step is carried out.
func rotateUntil(r Rotation) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err, _ = reason.(error)
		}
	}()
	return r.Rotate(context.Background())
}

func TestWhatCannotBeRotated(t *testing.T) {
	for name, c := range map[string]struct {
		line      string
		variables map[string]string
		problem   RotationProblem
	}{
		"a variable":             {"secret: env:OTHER", map[string]string{"OTHER": "old"}, RotationElsewhere},
		"a command":              {"secret: command:[pass, show]", nil, RotationElsewhere},
		"none":                   {"desk: y", nil, RotationNoSecret},
		"overridden":             {"secret: keyring", map[string]string{"RAISBOY_SECRET": "x"}, RotationOverridden},
		"overridden by a file":   {"secret: keyring", map[string]string{"RAISBOY_SECRET_FILE": "x"}, RotationOverridden},
		"a link to a file of it": {"secret: file:link", nil, RotationElsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			s := aKeyring{"main": "old"}.in(machine(t, one(c.line), c.variables))
			f := edited(t, s)
			folder := filepath.Dir(f.Path)
			write(t, filepath.Join(folder, "real"), "old", 0o600)
			if err := os.Symlink("real", filepath.Join(folder, "link")); err != nil {
				t.Skip("no symbolic links on this system")
			}
			before, _ := os.ReadFile(f.Path)
			var refused *RotationError
			err := Rotation{File: f, Profile: "main", Secret: NewSecret("new")}.Rotate(t.Context())
			if !errors.As(err, &refused) || refused.Problem != c.problem || refused.Error() == "" {
				t.Errorf("%v", err)
			}
			if after, _ := os.ReadFile(f.Path); string(after) != string(before) || whereIs(t, s, "new") != "" {
				t.Errorf("something was changed:\n%s", after)
			}
		})
	}
}

// TestKeyringThatForgets: what does not come back as it was stored is not kept,
// and the file does not name it.
func TestKeyringThatForgets(t *testing.T) {
	s := aKeyring{"main": "old"}.in(machine(t, one("secret: keyring"), nil))
	s.KeyringSet = func(string, string, string) error { return nil }
	f := edited(t, s)
	err := Rotation{File: f, Profile: "main", Secret: NewSecret("new")}.Rotate(t.Context())
	var refused *SecretError
	if !errors.As(err, &refused) || strings.Contains(err.Error(), "old") {
		t.Errorf("%v", err)
	}
	if current, previous := secretsOf(t, s); current != "old" || previous != "" {
		t.Errorf("%q %q", current, previous)
	}
	garbled := aKeyring{"main": "old"}
	s = garbled.in(s)
	s.KeyringSet = func(_, account, password string) error {
		garbled[account] = password[:1]
		return nil
	}
	f = edited(t, s) // half a secret is not taken for the whole
	if err := (Rotation{File: f, Profile: "main", Secret: NewSecret("new")}).Rotate(t.Context()); !errors.Is(err, ErrSecretNotKept) {
		t.Errorf("%v", err)
	}
	if current, previous := secretsOf(t, s); current != "old" || previous != "" {
		t.Errorf("%q %q", current, previous)
	}
	s.KeyringSet = func(string, string, string) error { <-t.Context().Done(); return nil }
	s.waits = waits{keyring: time.Millisecond, command: time.Second, file: time.Second}
	if _, err := edited(t, s).Keep(t.Context(), "main", "secret", SecretKeyring, NewSecret("x")); !errors.Is(err, ErrSecretTimeout) {
		t.Errorf("a keyring that hangs: %v", err)
	}
}

// TestKeyringThatPanics: a library that trips over a service's answer does not
// take the command down.
func TestKeyringThatPanics(t *testing.T) {
	s := machine(t, one("secret: keyring"), nil)
	s.Keyring = func(string, string) (string, error) { panic("interface conversion") }
	config, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Profile.Secret.Resolve(t.Context()); !errors.Is(err, ErrSecretBroken) {
		t.Errorf("%v", err)
	}
}

// TestRealKeyringCalls goes through the library's own mock.
func TestRealKeyringCalls(t *testing.T) {
	keyring.MockInit()
	s := machine(t, one("desk: x"), nil)
	f := edited(t, s)
	form, err := f.Keep(t.Context(), "main", "secret", SecretKeyring, NewSecret("s3cret"))
	if err != nil || form != "keyring" {
		t.Fatal(form, err)
	}
	if err := f.Change("main", "", Change{"secret", form}); err != nil {
		t.Fatal(err)
	}
	if current, _ := secretsOf(t, s); current != "s3cret" {
		t.Error(current)
	}
	if err := (Rotation{File: f, Profile: "main", Secret: NewSecret("new"), Since: time.Now()}).Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if current, previous := secretsOf(t, s); current != "new" || previous != "s3cret" {
		t.Error(current, previous)
	}
	if err := f.DropPrevious(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(keyringService, "main.previous"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
