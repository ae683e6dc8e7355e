package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestChangeMakesAndKeeps(t *testing.T) {
	s := machine(t, "", nil)
	f := edited(t, s)
	if f.Found || len(f.Profiles()) != 0 || f.Has("main") {
		t.Fatalf("%+v", f)
	}
	if err := f.Change("main", "main", Change{"base_url", "HTTPS://A.example:443/"}, Change{"notify_hosts", "B.example, c.example"}, Change{"signature_separator", `\n`}); err != nil {
		t.Fatal(err)
	}
	config, err := Load(s)
	if err != nil || config.Profile.BaseURL != "https://a.example" || len(config.Profile.NotifyHosts) != 2 || config.DefaultProfile != "main" || config.Profile.SignatureSeparator != "\n" {
		t.Fatalf("%+v %v", config, err)
	}
	if f.Value("main", "base_url") != "https://a.example" || f.Default() != "main" {
		t.Errorf("%+v", f.doc)
	}
	entries, err := os.ReadDir(filepath.Dir(f.Path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestChangeRefuses(t *testing.T) {
	s := machine(t, one("desk: x"), nil)
	before, _ := os.ReadFile(edited(t, s).Path)
	for _, c := range []struct {
		profile string
		change  Change
		want    any
	}{
		{"main", Change{"base_url", "http://a.example"}, new(*ValueError)},
		{"main", Change{"secret", "s3cret"}, new(*ValueError)},
		{"main", Change{"no_such", "x"}, new(*UnknownKeyError)},
		{"Main", Change{"desk", "y"}, new(*ProfileError)},
		{"sandbox", Change{"desk", "y"}, new(*ProfileError)},
	} {
		f := edited(t, s)
		if err := f.Change(c.profile, "", c.change); !errors.As(err, c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%+v: %v", c, err)
		}
		if after, _ := os.ReadFile(f.Path); string(after) != string(before) {
			t.Errorf("%+v changed the file", c)
		}
	}
}

// TestOthersChangeIsKept: what somebody else wrote meanwhile is not written over.
func TestOthersChangeIsKept(t *testing.T) {
	s := machine(t, one("desk: x"), nil)
	f := edited(t, s)
	write(t, f.Path, one("desk: z"), 0o600)
	err := f.Change("main", "", Change{"desk", "y"})
	var refused *FileError
	if !errors.As(err, &refused) || refused.Problem != Changed {
		t.Errorf("%v", err)
	}
	if text, _ := os.ReadFile(f.Path); string(text) != one("desk: z") {
		t.Errorf("%s", text)
	}
}

func TestFullDisk(t *testing.T) {
	for given, want := range map[error]FileProblem{
		&fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}:       DiskFull,
		&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrExist}: Unwritable,
		errors.New("other"): Unwritable,
	} {
		var refused *FileError
		if err := unwritable("/y", given); !errors.As(err, &refused) || refused.Problem != want || refused.Path != "/y" || strings.Contains(err.Error(), "/x") {
			t.Errorf("%v: %v", given, err)
		}
	}
}

func TestNoHome(t *testing.T) {
	var refused *FileError
	if _, err := Edit(Sources{}); !errors.As(err, &refused) || refused.Problem != NotNamed {
		t.Errorf("%v", err)
	}
}

// TestInspectFindsEverything: all mistakes of all profiles, each with its line.
func TestInspectFindsEverything(t *testing.T) {
	s := machine(t, "default_profile: b\nprofil: x\nprofiles:\n  a:\n    currency: x\n    desk: y\n    desk: z\n  b:\n    limits: 5\n    listen: {addr: nowhere, tls_key: k}\n    secret: s3cret\n  Bad: {}\n  c: {}\n",
		map[string]string{"RAISBOY_CURRENCY": "nonsense"})
	config, faults := Inspect(s, func(key, _ string) error {
		if key == "desk" {
			return errAny
		}
		return nil
	})
	var got []string
	for _, fault := range faults {
		if strings.Contains(fault.Err.Error(), "s3cret") {
			t.Errorf("%v", fault.Err)
		}
		got = append(got, fault.Profile+"|"+strings.TrimPrefix(fault.Err.Error(), config.Path+":"))
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{`|2: unknown setting "profil"`, `7: duplicate key "desk"`, `9: not mapping "limits"`, `profile "Bad": bad name`,
		`a|5: currency`, `b|10: listen.addr`, `b|11: secret: literal secret`, `b|10: listen.tls_key: unpaired`, `b|RAISBOY_CURRENCY`, "a|any", "b|any", "c|any"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not among\n%s", want, all)
		}
	}
	if config.Profile.Name != "b" || len(faults) != 12 {
		t.Errorf("%s: %d\n%s", config.Profile.Name, len(faults), all)
	}
}

// TestInspectAndLoadAgree: what Load takes has no mistake, and the other way
// round.
func TestInspectAndLoadAgree(t *testing.T) {
	for _, text := range []string{twoProfiles, "", "profiles:\n", one("secret: x"), one("dsk: x"), "[", "profiles: {a: {}, b: {}}", "default_profile: x\n"} {
		s := machine(t, text, nil)
		_, err := Load(s)
		if _, faults := Inspect(s, nil); (err == nil) != (len(faults) == 0) {
			t.Errorf("%q: %v, %v", text, err, faults)
		}
	}
}

// TestValuesTellNoSecret prints every setting of a profile full of secrets.
func TestValuesTellNoSecret(t *testing.T) {
	config, err := Load(machine(t, one("api_key: hush-1", "secret: command:[pass, hush-2]", "previous_secret: env:HUSH"), map[string]string{
		"RAISBOY_JOURNAL": "postgres://u:hush-3@h/d?password=hush-4", "RAISBOY_LISTEN_FORWARD_TO": "http://h/?token=hush-5", "HUSH": "hush-6",
	}))
	if err != nil {
		t.Fatal(err)
	}
	values := config.Values()
	if len(values) != len(Settings()) {
		t.Errorf("%d values", len(values))
	}
	for _, v := range values {
		if strings.Contains(v.Text, "hush-") {
			t.Errorf("%+v", v)
		}
		if (v.Text != "") != config.Profile.has(v.Key) {
			t.Errorf("%+v", v)
		}
	}
}
