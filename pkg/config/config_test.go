package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const twoProfiles = `default_profile: main
profiles:
  main:
    base_url: https://main.example
    api_key: main-key
    secret: keyring
    currency: usd
    limits:
      deposit_max: 1000000.10
    listen: {addr: "127.0.0.1:9000", public_url: https://pay.example/hooks/}
    notify_hosts: [A.example, b.example]
  night-2:
    base_url: https://night.example
    limits.shift_max: 6 000 000,00
`

func TestEnvironmentAlone(t *testing.T) {
	s := machine(t, "", map[string]string{
		"RAISBOY_BASE_URL": "https://Project.example:443/", "RAISBOY_API_KEY": "key", "RAISBOY_SECRET": "s3cret",
	})
	got, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	want := Profile{
		Name: "default", BaseURL: "https://project.example", APIPrefix: "/api/v4/payments/raisboy",
		PayoutURL: "https://project.example/api/payout/create", Currency: "UZS", PaymentMethod: "bank_card", Desk: "till-1",
		TimestampFormat: "unix", SignatureSeparator: "\n", DuplicateWindow: 2 * time.Minute,
		Listen: Listen{Addr: "127.0.0.1:8788"},
	}
	ignored := cmpopts.IgnoreFields(Profile{}, "APIKey", "Secret", "PreviousSecret", "Journal")
	if diff := cmp.Diff(want, got.Profile, ignored); diff != "" {
		t.Error(diff)
	}
	if journal := filepath.Join(s.Home, ".local", "state", "raisboy", "default.db"); got.Profile.Journal.Reveal() != journal {
		t.Errorf("journal %s, want %s", got.Profile.Journal, journal)
	}
	if got.FileFound || got.Path != filepath.Join(s.Home, ".config", "raisboy", "config.yaml") || len(got.Overrides) != 0 {
		t.Errorf("%+v", got)
	}
	secret, err := got.Profile.Secret.Resolve(t.Context())
	if err != nil || string(secret.Reveal()) != "s3cret" || string(got.Profile.APIKey.Reveal()) != "key" {
		t.Errorf("secret %q, key %q, %v", secret.Reveal(), got.Profile.APIKey.Reveal(), err)
	}
	if err := got.Profile.Require("base_url", "api_key", "secret", "journal", "duplicate_window", "listen.addr"); err != nil {
		t.Error(err)
	}
}

func TestFile(t *testing.T) {
	got, err := Load(machine(t, twoProfiles, nil))
	if err != nil {
		t.Fatal(err)
	}
	p := got.Profile
	if p.Name != "main" || p.BaseURL != "https://main.example" || p.Currency != "USD" || p.Limits.DepositMax != "1000000.10" ||
		p.Listen.Addr != "127.0.0.1:9000" || p.Listen.PublicURL != "https://pay.example/hooks" || p.Secret.Kind() != SecretKeyring {
		t.Errorf("%+v", p)
	}
	if diff := cmp.Diff([]string{"a.example", "b.example"}, p.NotifyHosts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"main", "night-2"}, got.Profiles); diff != "" || got.DefaultProfile != "main" || !got.FileFound {
		t.Errorf("%+v", got)
	}
	want := Origin{From: FromFile, Path: got.Path, Line: 4}
	if got.Origins["base_url"] != want || got.Origins["desk"].From != FromDefault {
		t.Errorf("%+v", got.Origins)
	}
}

func TestWhoWins(t *testing.T) {
	s := machine(t, twoProfiles, map[string]string{
		"RAISBOY_BASE_URL": "https://other.example", "RAISBOY_DESK": "till-9", "RAISBOY_LISTEN_ADDR": "127.0.0.1:1",
		"RAISBOY_CURRENCY": "", "RAISBOY_NOTIFY_HOSTS": "c.example, d.example",
		"RAISBOY_LIMITS_DEPOSIT_MAX": "9", // no such variable: the cashier's shell cannot lift a limit
	})
	s.Flags = map[string]string{"listen.addr": "127.0.0.1:2", "output": "json"}
	got, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	p := got.Profile
	if p.BaseURL != "https://other.example" || p.Desk != "till-9" || p.Listen.Addr != "127.0.0.1:2" || p.Currency != "USD" ||
		p.Limits.DepositMax != "1000000.10" || len(p.NotifyHosts) != 2 {
		t.Errorf("%+v", p)
	}
	want := []Override{
		{"base_url", "RAISBOY_BASE_URL"}, {"listen.addr", "RAISBOY_LISTEN_ADDR"}, {"notify_hosts", "RAISBOY_NOTIFY_HOSTS"},
	}
	if diff := cmp.Diff(want, got.Overrides); diff != "" {
		t.Error(diff)
	}
	if got.Origins["listen.addr"].From != FromFlag || got.Origins["desk"].Variable != "RAISBOY_DESK" {
		t.Errorf("%+v", got.Origins)
	}
}

func TestChoice(t *testing.T) {
	several := "profiles: {a: {}, b: {}}"
	for name, c := range map[string]struct {
		file, flag, variable string
		want                 string
		problem              ProfileProblem
	}{
		"flag":                   {file: twoProfiles, flag: "night-2", variable: "main", want: "night-2"},
		"variable":               {file: twoProfiles, variable: "night-2", want: "night-2"},
		"default_profile":        {file: twoProfiles, want: "main"},
		"the only one":           {file: one("desk: x"), want: "main"},
		"environment":            {want: "default"},
		"environment by name":    {file: twoProfiles, flag: "default", want: "default"},
		"empty file":             {file: "# nothing\n", want: "default"},
		"several":                {file: several, problem: NotChosen},
		"unknown":                {file: several, flag: "c", problem: UnknownName},
		"unknown without a file": {variable: "c", problem: UnknownName},
		"unknown default":        {file: "default_profile: default\n" + several, problem: UnknownName},
		"reserved":               {flag: "sandbox", problem: ReservedName},
		"reserved by variable":   {variable: "sandbox", problem: ReservedName},
		"reserved in the file":   {file: "profiles: {sandbox: {}, a: {}}", flag: "a", problem: ReservedName},
		"capital":                {flag: "Main", problem: BadName},
		"path":                   {flag: "../x", problem: BadName},
		"long":                   {flag: "abcdefghijklmnopqrstuvwxyz0123456", problem: BadName},
		"bad in the file":        {file: "profiles: {a b: {}}", problem: BadName},
	} {
		t.Run(name, func(t *testing.T) {
			s := machine(t, c.file, map[string]string{"RAISBOY_PROFILE": c.variable})
			s.Profile = c.flag
			got, err := Load(s)
			var refused *ProfileError
			if errors.As(err, &refused) != (c.problem != "") || err != nil && refused == nil {
				t.Fatalf("error %v, want %q", err, c.problem)
			}
			if refused != nil && refused.Problem != c.problem || got.Profile.Name != c.want {
				t.Errorf("profile %q, error %v", got.Profile.Name, err)
			}
		})
	}
}

func TestUnknownProfileListsKnown(t *testing.T) {
	s := machine(t, twoProfiles, nil)
	s.Profile = "nihgt"
	_, err := Load(s)
	var refused *ProfileError
	if !errors.As(err, &refused) || refused.Origin.From != FromFlag || !cmp.Equal(refused.Known, []string{"main", "night-2"}) {
		t.Fatalf("%v", err)
	}
}

func TestConfigPath(t *testing.T) {
	s := machine(t, "", nil)
	other := filepath.Join(s.Home, "other.yaml")
	write(t, other, one("desk: from-other"), 0o600)
	missing := filepath.Join(s.Home, "missing.yaml")
	for name, c := range map[string]struct {
		flag, variable string
		found          bool
	}{
		"flag":             {flag: other, variable: missing, found: true},
		"home":             {flag: "~/other.yaml", found: true},
		"variable":         {variable: other, found: true},
		"missing flag":     {flag: missing},
		"missing variable": {variable: missing},
		"other's home":     {flag: "~nobody/config.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			s := s
			s.File, s.LookupEnv = c.flag, environment(map[string]string{"RAISBOY_CONFIG": c.variable})
			got, err := Load(s)
			if c.found && (err != nil || got.Profile.Desk != "from-other") {
				t.Errorf("%+v %v", got, err)
			}
			var unread *FileError
			if !c.found && (!errors.Is(err, fs.ErrNotExist) || !errors.As(err, &unread) || got.Path == "") {
				t.Errorf("error %v", err)
			}
		})
	}
	if got, err := Load(Sources{}); err != nil || got.Path != "" || got.Profile.Name != "default" {
		t.Errorf("an empty machine: %+v %v", got, err)
	}
}

var sandboxSettings = map[string]string{
	"base_url": "http://127.0.0.1:8787", "api_key": "sandbox-key", "secret": "env:of the sandbox", "listen.addr": "127.0.0.1:8789",
}

func TestSandboxReachesNothingReal(t *testing.T) {
	pairs := map[string]string{"RAISBOY_PROFILE": "main", "RAISBOY_LANG": "ru"}
	for _, setting := range Settings() {
		if setting.Variable != "" {
			pairs[setting.Variable] = "https://real.example/" // for most of them not even valid
		}
	}
	pairs["RAISBOY_SECRET_FILE"] = "/nonexistent"
	s := machine(t, "not: [valid", pairs)
	s.Sandbox, s.SandboxSettings = true, sandboxSettings
	got, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	p := got.Profile
	secret, err := p.Secret.Resolve(t.Context())
	if err != nil || string(secret.Reveal()) != "env:of the sandbox" {
		t.Errorf("secret %q %v", secret.Reveal(), err)
	}
	if !p.Sandbox || p.Name != "sandbox" || p.BaseURL != "http://127.0.0.1:8787" || p.Listen.Addr != "127.0.0.1:8789" ||
		p.PayoutURL != "http://127.0.0.1:8787/api/payout/create" || p.Desk != "till-1" || p.Currency != "UZS" ||
		p.Journal.Reveal() != filepath.Join(s.Home, ".local", "state", "raisboy", "sandbox.db") || !p.PreviousSecret.IsZero() {
		t.Errorf("%+v", p)
	}
	if got.FileFound || got.Origins["base_url"].From != FromSandbox {
		t.Errorf("%+v", got)
	}
	// Options are not settings: they hold in the sandbox too.
	if options, err := LoadOptions(s); err != nil || options.Lang != "ru" {
		t.Errorf("%+v %v", options, err)
	}
}

func TestSandboxConflicts(t *testing.T) {
	for name, change := range map[string]func(*Sources){
		"profile": func(s *Sources) { s.Profile = "main" },
		"journal": func(s *Sources) { s.Flags = map[string]string{"journal": "/x.db"} },
		"url":     func(s *Sources) { s.Flags = map[string]string{"base_url": "https://real.example"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := machine(t, "", nil)
			s.Sandbox, s.SandboxSettings = true, sandboxSettings
			change(&s)
			_, err := Load(s)
			var conflict *ConflictError
			if !errors.As(err, &conflict) || conflict.First != "--sandbox" || err.Error() == "" {
				t.Errorf("error %v", err)
			}
		})
	}
	s := machine(t, "", nil)
	s.Sandbox, s.SandboxSettings = true, sandboxSettings
	s.Flags = map[string]string{"listen.addr": "127.0.0.1:0", "desk": "till-3"}
	if got, err := Load(s); err != nil || got.Profile.Listen.Addr != "127.0.0.1:0" || got.Profile.Desk != "till-3" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestFlagsThatAreNone(t *testing.T) {
	for key, suggestion := range map[string]string{
		"secret": "secret", "api_key": "api_key", "profile": "", "config": "", "base-url": "base_url", "zzz": "",
	} {
		s := machine(t, "", nil)
		s.Flags = map[string]string{key: "x"}
		_, err := Load(s)
		var unknown *UnknownKeyError
		if !errors.As(err, &unknown) || unknown.Suggestion != suggestion || unknown.Path != "" {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestRequire(t *testing.T) {
	got, err := Load(machine(t, one("desk: x"), nil))
	if err != nil {
		t.Fatal(err)
	}
	err = got.Profile.Require("base_url", "api_key", "secret", "desk", "limits.shift_max")
	want := []Missing{
		{"base_url", "RAISBOY_BASE_URL", initCommand}, {"api_key", "RAISBOY_API_KEY", initCommand},
		{"secret", "RAISBOY_SECRET", initCommand}, {"limits.shift_max", "", initCommand},
	}
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Profile != "main" || !cmp.Equal(missing.Missing, want) || err.Error() == "" {
		t.Fatalf("%v", err)
	}
	var unknown *UnknownKeyError
	if err := got.Profile.Require("bace_url"); !errors.As(err, &unknown) || unknown.Suggestion != "base_url" {
		t.Errorf("%v", err)
	}
	for _, key := range keysOf(Settings()) {
		if key != "duplicate_window" && (Profile{}).Require(key) == nil {
			t.Errorf("%s is not missing in an empty profile", key)
		}
	}
}

func TestSettingsTable(t *testing.T) {
	for key, variable := range map[string]string{
		"base_url": "RAISBOY_BASE_URL", "listen.tls_cert": "RAISBOY_LISTEN_TLS_CERT", "limits.deposit_max": "",
		"previous_secret": "RAISBOY_PREVIOUS_SECRET", "notify_hosts": "RAISBOY_NOTIFY_HOSTS",
	} {
		setting, ok := settingOf(Settings(), key)
		if !ok || setting.Variable != variable {
			t.Errorf("%s: %+v", key, setting)
		}
	}
	Settings()[0].Key = "changed"
	if Settings()[0].Key != "base_url" {
		t.Error("the table can be changed from outside")
	}
}

func TestSystemSources(t *testing.T) {
	t.Setenv("RAISBOY_DESK", "from the process")
	if s := SystemSources(); s.lookup("RAISBOY_DESK") != "from the process" {
		t.Errorf("%+v", s)
	}
}
