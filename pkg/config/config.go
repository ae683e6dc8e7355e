package config

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zalando/go-keyring"
)

// Sources is everything that a configuration is made of. SystemSources fills in
// this machine's part; a test gives its own and needs no process environment.
// The zero value is an empty machine: no environment, no home folder.
type Sources struct {
	File    string            // --config, "" if not given
	Profile string            // --profile, "" if not given
	Sandbox bool              // --sandbox
	Flags   map[string]string // settings and options given as flags, by key; only those given

	// SandboxSettings are the sandbox profile's own settings by key (base_url,
	// api_key, secret as its value, listen.addr …), used with Sandbox alone.
	SandboxSettings map[string]string

	LookupEnv func(name string) (string, bool) // as os.LookupEnv
	Home      string                           // the user's home folder, "" if unknown
	Host      string                           // this machine's name: the default desk
	System    string                           // as runtime.GOOS; "" is the running one

	// Keyring reads a password from the system's keyring; nil is the real one.
	Keyring func(service, account string) (string, error)
	// KeyringSet and KeyringDelete write to it; nil is the real one.
	KeyringSet    func(service, account, password string) error
	KeyringDelete func(service, account string) error
	// CommandErrors takes what a secret's command writes to stderr; nil drops it.
	CommandErrors io.Writer

	waits waits // zero: the documented ones
}

// SystemSources gives the sources of this process: its environment, home
// folder and host name.
func SystemSources() Sources {
	home, _ := os.UserHomeDir() // without one, only what needs it is missing
	host, _ := os.Hostname()
	return Sources{LookupEnv: os.LookupEnv, Home: home, Host: host}
}

// Config is the outcome of loading: one profile, and where it came from.
type Config struct {
	Path           string            // of the configuration file, whether there is one or not; "" if unknown
	FileFound      bool              // it was there and was read
	Profile        Profile           // the chosen one
	Profiles       []string          // the file's profiles, sorted
	DefaultProfile string            // the file's default_profile, or ""
	Overrides      []Override        // in the order of Settings
	Origins        map[string]Origin // by key: where each value of Profile came from
}

// Override is an environment variable that won over the file.
type Override struct{ Key, Variable string }

// sandboxName is the name of the built-in profile, which no file can take.
const sandboxName = "sandbox"

// environmentName is the profile of settings that come from the environment
// alone.
const environmentName = "default"

// Load reads the configuration and chooses the profile: --profile,
// RAISBOY_PROFILE, the file's default_profile, its only profile, and, if it
// has none, "default" from the environment alone. A file named by --config or
// RAISBOY_CONFIG must be there; the default one need not. With Sandbox neither
// the file nor any setting's variable is read.
//
// Errors are *ConflictError and *UnknownKeyError without Path (wrong usage),
// *FileError, *PermissionError, *SyntaxError, *UnknownKeyError with Path,
// *ProfileError and *ValueError; where one has an Origin, FromFlag means wrong
// usage too. Beside an error, Config tells what was known by then.
func Load(s Sources) (Config, error) {
	path, named := s.configPath()
	config := Config{Path: path}
	if err := s.checkFlags(); err != nil {
		return config, err
	}
	if s.Sandbox {
		b := newBuilder(s, sandboxName, section{}, "")
		return b.finish(config)
	}
	doc, found, err := s.readDocument(path, named)
	config.FileFound = found
	if err != nil {
		return config, err
	}
	config.Profiles, config.DefaultProfile = doc.names(), doc.defaultProfile.value
	name, err := s.choose(doc)
	if err != nil {
		return config, err
	}
	b := newBuilder(s, name, doc.profiles[name], path)
	return b.finish(config)
}

// checkFlags refuses keys that are no settings, secrets as flags (they would
// stand in the process list), what has a field of its own here, and with
// Sandbox what leads out of it.
func (s Sources) checkFlags() error {
	settings := Settings()
	known := append(settings, OptionSettings()...)
	for key := range s.Flags {
		setting, ok := settingOf(known, key)
		if !ok || setting.Kind == KindSecret || key == "profile" || key == "config" {
			return &UnknownKeyError{Key: clip(key), Suggestion: Suggest(key, keysOf(settings))}
		}
	}
	if !s.Sandbox {
		return nil
	}
	if s.Profile != "" {
		return &ConflictError{First: "--sandbox", Second: "--profile"}
	}
	for _, key := range []string{"base_url", "api_prefix", "payout_url", "journal"} {
		if _, given := s.Flags[key]; given {
			return &ConflictError{First: "--sandbox", Second: key}
		}
	}
	return nil
}

// configPath gives the file's path, and whether somebody named it.
func (s Sources) configPath() (path string, named bool) {
	for _, given := range []string{s.File, s.lookup(variableOf("config"))} {
		if given == "" {
			continue
		}
		if path, ok := s.path(given, ""); ok {
			return path, true
		}
		return given, true
	}
	if folder := s.configFolder(); folder != "" {
		return filepath.Join(folder, "config.yaml"), false
	}
	return "", false
}

// readDocument reads the file, and refuses it if others may read a secret that
// stands in it, be it another profile's.
func (s Sources) readDocument(path string, named bool) (document, bool, error) {
	if path == "" {
		return document{}, false, nil
	}
	file, found, err := readConfig(path)
	if err != nil {
		return document{}, found, err
	}
	if !found {
		if named {
			err = &FileError{Path: path, Problem: Unreadable, Err: fs.ErrNotExist}
		}
		return document{}, false, err
	}
	doc, err := parseDocument(path, file.data)
	if err != nil {
		return doc, true, err
	}
	return doc, true, checkAccess(path, file.info, doc.holdsSecret())
}

// holdsSecret says whether a secret stands in the file itself.
func (d document) holdsSecret() bool {
	for _, section := range d.profiles {
		values := section.entries
		if values["api_key"].value != "" || passwordInURL(values["journal"].value) ||
			literalSecret(values["secret"].value) || literalSecret(values["previous_secret"].value) {
			return true
		}
	}
	return false
}

// choose finds the name of the profile to use.
func (s Sources) choose(doc document) (string, error) {
	name, origin := s.Profile, Origin{From: FromFlag}
	if name == "" {
		variable := variableOf("profile")
		name, origin = s.lookup(variable), Origin{From: FromEnvironment, Variable: variable}
	}
	if name == "" {
		name = doc.defaultProfile.value
		origin = Origin{From: FromFile, Path: doc.path, Line: doc.defaultProfile.line}
	}
	known := doc.names()
	if name == "" {
		switch len(known) {
		case 0:
			return environmentName, nil
		case 1:
			return known[0], nil
		}
		return "", &ProfileError{Problem: NotChosen, Known: known}
	}
	problem := nameProblem(name)
	// The environment alone is always a profile, if somebody asks for it by name.
	if _, ok := doc.profiles[name]; problem == "" && !ok && (name != environmentName || origin.From == FromFile) {
		problem = UnknownName
	}
	if problem != "" {
		return "", &ProfileError{Name: clip(name), Problem: problem, Origin: origin, Known: known}
	}
	return name, nil
}

// nameProblem judges the name of a profile, "" if it is good.
func nameProblem(name string) ProfileProblem {
	if name == sandboxName {
		return ReservedName
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789_-"
	if name == "" || len(name) > 32 || strings.Trim(name, letters) != "" {
		return BadName
	}
	return ""
}

// lookup gives a variable's value; empty counts as not set.
func (s Sources) lookup(name string) string {
	if s.LookupEnv == nil {
		return ""
	}
	value, _ := s.LookupEnv(name)
	return value
}

// readKeyring gives the keyring to ask.
func (s Sources) readKeyring() func(service, account string) (string, error) {
	if s.Keyring != nil {
		return s.Keyring
	}
	return keyring.Get
}
