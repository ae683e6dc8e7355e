package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestValues gives each setting by its variable and reads it back.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		key, value string
		want       string
		problem    Problem
	}{
		{"base_url", "https://a.example", "https://a.example", ""},
		{"base_url", "HTTPS://A.example:443/", "https://a.example", ""},
		{"base_url", "https://a.example:08443", "https://a.example:8443", ""},
		{"base_url", "http://localhost:80", "http://localhost", ""},
		{"base_url", "http://127.8.9.1:3000", "http://127.8.9.1:3000", ""},
		{"base_url", "http://[::1]", "http://[::1]", ""},
		{"base_url", "https://[2001:DB8::0:1]:444", "https://[2001:db8::1]:444", ""},
		{"base_url", "http://a.example", "", NotLoopback},
		{"base_url", "http://localhost.evil.example", "", NotLoopback},
		{"base_url", "http://127.0.0.1.evil.example", "", NotLoopback},
		{"base_url", "http://10.0.0.1", "", NotLoopback},
		{"base_url", "http://0.0.0.0", "", NotLoopback},
		{"base_url", "http://127.1", "", BadHost},
		{"base_url", "http://2130706433", "", BadHost},
		{"base_url", "http://a.0x7f", "", BadHost},
		{"base_url", "http://[::1%25lo]", "", BadHost},
		{"base_url", "https://a..example", "", BadHost},
		{"base_url", "https://-a.example", "", BadHost},
		{"base_url", "https://a.example.", "", BadHost},
		{"base_url", "https://" + strings.Repeat("a.", 130) + "example", "", BadHost},
		{"base_url", "https://a!b", "", BadHost},
		{"base_url", "https://пример.example", "", Malformed},
		{"base_url", "https://a.example\\@b.example", "", Malformed},
		{"base_url", "https://a.example:0", "", BadPort},
		{"base_url", "https://a.example:65536", "", BadPort},
		{"base_url", "https://a.example:", "", BadPort},
		{"base_url", "https://user:pass@a.example", "", HasUserInfo},
		{"base_url", "https://a.example/api", "", HasPath},
		{"base_url", "https://a.example?x=1", "", HasQuery},
		{"base_url", "https://a.example?", "", HasQuery},
		{"base_url", "https://a.example#x", "", HasFragment},
		{"base_url", "ftp://a.example", "", BadScheme},
		{"base_url", "a.example", "", Malformed},
		{"base_url", "https:a.example", "", Malformed},
		{"base_url", " https://a.example", "", Malformed},
		{"base_url", "https://a.example/" + strings.Repeat("a", 2048), "", TooLong},
		{"payout_url", "https://a.example/api/payout/create", "https://a.example/api/payout/create", ""},
		{"payout_url", "https://a.example/create/", "https://a.example/create/", ""},
		{"payout_url", "https://a.example/", "", LacksPath},
		{"payout_url", "https://a.example/a/../b", "", Malformed},
		{"payout_url", "http://a.example/x", "", NotLoopback},
		{"api_prefix", "/x/y/", "/x/y", ""},
		{"api_prefix", "x", "", Malformed},
		{"api_prefix", "/x?y", "", Malformed},
		{"api_prefix", "/x//y", "", Malformed},
		{"api_prefix", "/x/../y", "", Malformed},
		{"api_prefix", "/" + strings.Repeat("x", 2048), "", TooLong},
		{"api_key", "k 1", "", Malformed},
		{"api_key", "k\n", "", Malformed},
		{"api_key", strings.Repeat("k", 513), "", TooLong},
		{"secret", strings.Repeat("s", 4097), "", TooLong},
		{"currency", "uzs", "UZS", ""},
		{"currency", "USZZ", "", Malformed},
		{"currency", "U1S", "", Malformed},
		{"payment_method", "crypto", "crypto", ""},
		{"payment_method", "Bank Card", "", Malformed},
		{"journal", "/var/lib/raisboy.db", "/var/lib/raisboy.db", ""},
		{"journal", "till.db", "till.db", ""},
		{"journal", "postgres://db/raisboy", "postgres://db/raisboy", ""},
		{"journal", ":memory:", "", Malformed},
		{"journal", "file:x.db?mode=memory", "", Malformed},
		{"journal", "x.db?mode=memory", "", Malformed},
		{"journal", "mysql://db/raisboy", "", Malformed},
		{"journal", "postgres://db/rais boy", "", Malformed},
		{"journal", "~other/x.db", "", Malformed},
		{"journal", "a\x00b", "", Malformed},
		{"desk", "Касса 1", "Касса 1", ""},
		{"desk", " till", "", Malformed},
		{"desk", "till\u202e1", "", Malformed},
		{"desk", strings.Repeat("д", 65), "", TooLong},
		{"timestamp_format", "iso8601", "iso8601", ""},
		{"timestamp_format", "ISO", "", Malformed},
		{"signature_separator", `\r\n`, "\r\n", ""},
		{"signature_separator", `|\t\\`, "|\t\\", ""},
		{"signature_separator", "\n", "\n", ""},
		{"signature_separator", `\x`, "", Malformed},
		{"signature_separator", `\`, "", Malformed},
		{"signature_separator", "123456789", "", TooLong},
		{"duplicate_window", "0s", "0s", ""},
		{"duplicate_window", "24h", "24h0m0s", ""},
		{"duplicate_window", "24h1s", "", OutOfRange},
		{"duplicate_window", "-1s", "", OutOfRange},
		{"duplicate_window", "2", "", Malformed},
		{"listen.addr", ":8788", ":8788", ""},
		{"listen.addr", "[::1]:0", "[::1]:0", ""},
		{"listen.addr", "8788", "", Malformed},
		{"listen.addr", "a b:1", "", BadHost},
		{"listen.addr", "localhost:http", "", BadPort},
		{"listen.public_url", "https://a.example/x/", "https://a.example/x", ""},
		{"listen.public_url", "http://a.example/x", "", NotLoopback},
		{"listen.forward_to", "http://backend:3000/hook/?a=b", "http://backend:3000/hook/?a=b", ""},
		{"listen.forward_to", "http://u@backend/", "", HasUserInfo},
		{"listen.tls_cert", "/c.pem", "", Unpaired},
		{"listen.tls_key", "~x", "", Malformed},
		{"notify_hosts", "A.example, a.example,,127.0.0.1", "a.example 127.0.0.1", ""},
		{"notify_hosts", "https://a.example", "", BadHost},
		{"notify_hosts", " , ", "", Empty},
		{"notify_hosts", strings.Repeat("a,", 31) + "b,c,d", "a b c d", ""},
		{"notify_hosts", manyHosts(33), "", TooLong},
	} {
		t.Run(c.key+"="+clip(c.value), func(t *testing.T) {
			setting, _ := settingOf(Settings(), c.key)
			got, err := Load(machine(t, "", map[string]string{setting.Variable: c.value}))
			var refused *ValueError
			if errors.As(err, &refused); refused == nil && (c.problem != "" || err != nil) {
				t.Fatalf("error %v, want %s", err, c.problem)
			}
			if refused != nil {
				if refused.Problem != c.problem || refused.Origin.Variable != setting.Variable || refused.Want == "" {
					t.Errorf("%#v", refused)
				}
				return
			}
			if value := valueOf(got.Profile, c.key); value != c.want {
				t.Errorf("%q, want %q", value, c.want)
			}
		})
	}
}

// manyHosts gives n different host names.
func manyHosts(n int) string {
	var hosts []string
	for i := range n {
		hosts = append(hosts, strings.Repeat("a", i+1)+".example")
	}
	return strings.Join(hosts, ",")
}

// valueOf reads one setting back.
func valueOf(p Profile, key string) string {
	switch key {
	case "journal":
		return p.Journal.Reveal()
	case "duplicate_window":
		return p.DuplicateWindow.String()
	case "notify_hosts":
		return strings.Join(p.NotifyHosts, " ")
	}
	return *p.texts()[key]
}

func TestAmounts(t *testing.T) {
	for value, good := range map[string]bool{
		"6000": true, "6000.00": true, "6 000,00": true, "6\u00a0000": true, "0.5": true,
		"-1": false, "1e9": false, "1.2.3": false, " ": false, "1.000,00": false, "'1'": true, "123456789012345": false,
	} {
		_, err := Load(machine(t, one("limits:", "  deposit_max: "+value), nil))
		if value == " " { // an empty value is none
			good = true
		}
		if (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestOriginsInErrors(t *testing.T) {
	s := machine(t, one("desk: good", "currency: wrong"), nil)
	_, err := Load(s)
	var refused *ValueError
	if !errors.As(err, &refused) || refused.Origin.Line != 4 || refused.Key != "currency" || !strings.Contains(err.Error(), "config.yaml:4: currency") {
		t.Errorf("%v", err)
	}
	s.Flags = map[string]string{"currency": "wrong again"}
	if _, err = Load(s); !errors.As(err, &refused) || refused.Origin.From != FromFlag || !strings.Contains(err.Error(), "flag for currency") {
		t.Errorf("%v", err)
	}
	s.Flags = map[string]string{"currency": ""}
	if _, err = Load(s); !errors.As(err, &refused) || refused.Problem != Empty {
		t.Errorf("%v", err)
	}
	_, err = Load(machine(t, "", map[string]string{"RAISBOY_BASE_URL": "https://a.example/api"}))
	if !errors.As(err, &refused) || refused.Want != "api_prefix" || refused.Value != "https://a.example/api" {
		t.Errorf("%#v", err)
	}
	s = machine(t, "", nil)
	s.Sandbox, s.SandboxSettings = true, map[string]string{"currency": "wrong"}
	if _, err = Load(s); !errors.As(err, &refused) || refused.Origin.From != FromSandbox || err.Error() == "" {
		t.Errorf("%v", err)
	}
	for source, name := range map[Source]string{FromDefault: "default", FromSandbox: "sandbox", FromFile: "file", FromEnvironment: "environment", FromFlag: "flag"} {
		if source.String() != name {
			t.Errorf("%d is %s", source, source)
		}
	}
}

func TestPathsFromTheFile(t *testing.T) {
	absolute := filepath.Join(t.TempDir(), "k.pem")
	s := machine(t, one("journal: till.db", "listen: {tls_cert: ~/c.pem, tls_key: '"+absolute+"'}", "secret: file:keys/secret"), nil)
	got, err := Load(s)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(s.Home, ".config", "raisboy")
	if p := got.Profile; p.Journal.Reveal() != filepath.Join(folder, "till.db") || p.Listen.TLSCert != filepath.Join(s.Home, "c.pem") ||
		p.Listen.TLSKey != absolute || p.Secret.String() != "file:"+filepath.Join(folder, "keys", "secret") {
		t.Errorf("%+v", p)
	}
}

func TestHostNamesThatAreNoDesk(t *testing.T) {
	for _, host := range []string{"", "bad\x00host", strings.Repeat("h", 65)} {
		s := machine(t, "", nil)
		s.Host = host
		if got, err := Load(s); err != nil || got.Profile.Desk != "" {
			t.Errorf("%q: %+v %v", host, got, err)
		}
	}
}

func TestOptions(t *testing.T) {
	plain := Options{Output: "text", Color: "auto", Timeout: 30 * time.Second}
	for name, c := range map[string]struct {
		pairs, flags map[string]string
		want         Options
		wrong        string
	}{
		"defaults": {want: plain},
		"environment": {
			pairs: map[string]string{"RAISBOY_OUTPUT": "json", "RAISBOY_LANG": "ru", "RAISBOY_TIMEOUT": "5s", "RAISBOY_NO_INPUT": "1"},
			want:  Options{Output: "json", Lang: "ru", Color: "auto", Timeout: 5 * time.Second, NoInput: true},
		},
		"flags": {
			pairs: map[string]string{"RAISBOY_OUTPUT": "wrong", "RAISBOY_LANG": "ru", "RAISBOY_NO_INPUT": "true"},
			flags: map[string]string{"output": "csv", "lang": "en", "color": "never", "timeout": "10m", "no_input": "false"},
			want:  Options{Output: "csv", Lang: "en", Color: "never", Timeout: 10 * time.Minute},
		},
		"wrong output keeps the language": {
			pairs: map[string]string{"RAISBOY_OUTPUT": "xml", "RAISBOY_LANG": "ru"},
			want:  Options{Output: "text", Lang: "ru", Color: "auto", Timeout: 30 * time.Second}, wrong: "output",
		},
		"lang":         {flags: map[string]string{"lang": "uz"}, want: plain, wrong: "lang"},
		"empty lang":   {flags: map[string]string{"lang": ""}, want: plain, wrong: "lang"},
		"color":        {flags: map[string]string{"color": "yes"}, want: plain, wrong: "color"},
		"zero timeout": {flags: map[string]string{"timeout": "0s"}, want: plain, wrong: "timeout"},
		"long timeout": {flags: map[string]string{"timeout": "10m1s"}, want: plain, wrong: "timeout"},
		"no input":     {pairs: map[string]string{"RAISBOY_NO_INPUT": "maybe"}, want: plain, wrong: "no_input"},
	} {
		t.Run(name, func(t *testing.T) {
			s := machine(t, "", c.pairs)
			s.Flags = c.flags
			got, err := LoadOptions(s)
			var refused *ValueError
			if errors.As(err, &refused); got != c.want || (refused != nil) != (c.wrong != "") || refused != nil && refused.Key != c.wrong {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	home := filepath.FromSlash("/home/k")
	absolute := t.TempDir()
	for name, c := range map[string]struct {
		system        string
		home          string
		pairs         map[string]string
		config, state string
	}{
		"linux":     {"linux", home, nil, filepath.Join(home, ".config"), filepath.Join(home, ".local", "state")},
		"relative":  {"linux", home, map[string]string{"XDG_STATE_HOME": "x", "APPDATA": "y"}, filepath.Join(home, ".config"), filepath.Join(home, ".local", "state")},
		"xdg":       {"linux", "", map[string]string{"XDG_STATE_HOME": absolute, "XDG_CONFIG_HOME": absolute}, absolute, absolute},
		"macos":     {"darwin", home, nil, filepath.Join(home, "Library", "Application Support"), filepath.Join(home, "Library", "Application Support")},
		"macos xdg": {"darwin", home, map[string]string{"XDG_CONFIG_HOME": absolute}, absolute, filepath.Join(home, "Library", "Application Support")},
		"windows":   {"windows", home, map[string]string{"APPDATA": "R", "LOCALAPPDATA": "L"}, "R", "L"},
		"bare":      {"windows", home, nil, filepath.Join(home, "AppData", "Roaming"), filepath.Join(home, "AppData", "Local")},
	} {
		t.Run(name, func(t *testing.T) {
			s := Sources{System: c.system, Home: c.home, LookupEnv: environment(c.pairs)}
			if s.configFolder() != filepath.Join(c.config, "raisboy") || s.stateFolder() != filepath.Join(c.state, "raisboy") {
				t.Errorf("%s, %s", s.configFolder(), s.stateFolder())
			}
		})
	}
	if (Sources{}).configFolder() != "" || (Sources{}).stateFolder() != "" {
		t.Error("a machine without a home has folders")
	}
}

func TestSuggestions(t *testing.T) {
	for word, want := range map[string]string{
		"base-url": "base_url", "Base_URL": "base_url", "bas_url": "base_url", "addr": "listen.addr", "deposit_max": "limits.deposit_max",
		"curency": "currency", "wholly-different": "", strings.Repeat("x", 100): "", "des": "desk",
	} {
		if got := Suggest(word, keysOf(Settings())); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
