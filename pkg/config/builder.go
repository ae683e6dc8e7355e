package config

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/viper"
)

// builder lays the sources of one profile over each other and makes the
// Profile of what is on top.
type builder struct {
	sources  Sources
	settings []Setting
	name     string
	path     string // of the configuration file, "" if none is used
	file     map[string]entry
	layers   *viper.Viper
	origins  map[string]Origin
	override []Override
	faults   *[]error // nil: the first fault ends it
	chosen   Profile  // what came out, of Inspect alone
}

// newBuilder stacks the sources. viper keeps the layers: default, file, and on
// top what was set by hand, of which the later wins. Its own reading of the
// environment is not used, since it would read this process's. Keys are flat
// to it: no key of ours holds its delimiter.
func newBuilder(s Sources, name string, chosen section, path string) *builder {
	b := &builder{
		sources: s, settings: Settings(), name: name, path: path, file: chosen.entries,
		layers:  viper.NewWithOptions(viper.KeyDelimiter("::")),
		origins: map[string]Origin{},
	}
	below := map[string]any{}
	for _, setting := range b.settings {
		b.layers.SetDefault(setting.Key, setting.Default)
		b.origins[setting.Key] = Origin{From: FromDefault}
		if read := b.file[setting.Key]; read.value != "" {
			below[setting.Key] = read.value
			b.origins[setting.Key] = Origin{From: FromFile, Path: path, Line: read.line}
		}
		if value := s.SandboxSettings[setting.Key]; s.Sandbox && value != "" {
			below[setting.Key] = value
			b.origins[setting.Key] = Origin{From: FromSandbox}
		}
	}
	_ = b.layers.MergeConfigMap(below) // merging a map into an empty one cannot fail
	for _, setting := range b.settings {
		b.environment(setting)
		if value, given := s.Flags[setting.Key]; given {
			b.layers.Set(setting.Key, value)
			b.origins[setting.Key] = Origin{From: FromFlag}
		}
	}
	return b
}

// environment lays a setting's variable over the file. The sandbox has no
// variables: RAISBOY_BASE_URL must not lead out of it.
func (b *builder) environment(setting Setting) {
	if b.sources.Sandbox {
		return
	}
	for _, variable := range []string{setting.FileFrom, setting.Variable} {
		if variable == "" {
			continue
		}
		value := b.sources.lookup(variable)
		if value == "" {
			continue
		}
		b.layers.Set(setting.Key, value)
		b.origins[setting.Key] = Origin{From: FromEnvironment, Variable: variable}
		if b.file[setting.Key].value != "" {
			b.override = append(b.override, Override{Key: setting.Key, Variable: variable})
		}
	}
}

// finish makes the profile and completes config with it.
func (b *builder) finish(config Config) (Config, error) {
	profile, err := b.profile()
	if err != nil {
		return config, err
	}
	config.Profile, config.Overrides, config.Origins = profile, b.override, b.origins
	return config, nil
}

// profile checks the values in the order of Settings, up to the first that
// cannot be used; with faults, all of them.
func (b *builder) profile() (Profile, error) {
	p := Profile{Name: b.name, Sandbox: b.sources.Sandbox}
	texts := p.texts()
	for _, setting := range b.settings {
		raw := b.layers.GetString(setting.Key)
		problem, want := Empty, ""
		switch {
		case raw != "":
			problem, want = b.read(&p, texts[setting.Key], setting, raw)
		case b.origins[setting.Key].From != FromFlag:
			continue
		}
		if problem == "" {
			continue
		}
		err := b.refuse(setting, raw, problem, want)
		if b.faults == nil {
			return p, err
		}
		*b.faults = append(*b.faults, err)
	}
	return b.computed(p)
}

// read judges one value, takes it over, into text if it is plain text, and says
// what is wrong with it.
func (b *builder) read(p *Profile, text *string, setting Setting, raw string) (problem Problem, want string) {
	var value string
	switch setting.Key {
	case "api_key":
		p.APIKey = NewSecret(raw)
		problem, want = apiKeyProblem(raw), "1..512 visible ASCII characters"
	case "secret":
		p.Secret, problem, want = b.secret(setting, raw)
	case "previous_secret":
		p.PreviousSecret, problem, want = b.secret(setting, raw)
	case "journal":
		value, problem, want = b.journal(raw)
		p.Journal = newLocation(value)
	case "duplicate_window":
		p.DuplicateWindow, problem, want = duration(raw, 0, 24*time.Hour)
	case "notify_hosts":
		p.NotifyHosts, problem, want = hostList(raw)
	default:
		value, problem, want = b.text(setting, raw)
		*text = value
	}
	return problem, want
}

// computed adds the defaults that depend on other things, and checks what
// belongs together.
func (b *builder) computed(p Profile) (Profile, error) {
	if p.PayoutURL == "" && p.BaseURL != "" {
		p.PayoutURL = p.BaseURL + "/api/payout/create"
	}
	if folder := b.sources.stateFolder(); p.Journal.IsZero() && folder != "" {
		p.Journal = newLocation(filepath.Join(folder, b.name+".db"))
	}
	if host := b.sources.Host; p.Desk == "" && deskProblem(host) == "" {
		p.Desk = host
	}
	if (p.Listen.TLSCert == "") != (p.Listen.TLSKey == "") {
		set, lacks := "listen.tls_cert", "listen.tls_key"
		if p.Listen.TLSCert == "" {
			set, lacks = lacks, set
		}
		setting, _ := settingOf(b.settings, set)
		return p, b.refuse(setting, b.layers.GetString(set), Unpaired, lacks)
	}
	return p, nil
}

// refuse makes the error for a value.
func (b *builder) refuse(setting Setting, value string, problem Problem, want string) error {
	return &ValueError{
		Key: setting.Key, Origin: b.origins[setting.Key], Value: showable(setting, value), Problem: problem, Want: want,
	}
}

// showable is a value as an error may repeat it.
func showable(setting Setting, value string) string {
	if value == "" {
		return ""
	}
	hiding := setting.Kind == KindURL || setting.Kind == KindPath
	if setting.Kind == KindSecret || hiding && strings.ContainsAny(value, "@?") {
		return mask
	}
	return clip(value)
}

// secret makes a source of a secret's setting. In the environment stands the
// value itself, or, by RAISBOY_SECRET_FILE, a file's name; in the file one of
// the forms.
func (b *builder) secret(setting Setting, raw string) (SecretSource, Problem, string) {
	origin := b.origins[setting.Key]
	r := &recipe{
		key: setting.Key, account: keyringAccount(b.name, setting.Key), lookup: b.sources.lookup,
		keyring: b.sources.readKeyring(), errors: b.sources.CommandErrors, limits: b.sources.waits,
	}
	if r.limits == (waits{}) {
		r.limits = defaultWaits()
	}
	locate := func(path string) (string, bool) { return b.sources.path(path, b.folder(origin)) }
	fromFile := setting.FileFrom != "" && !b.sources.Sandbox && b.sources.lookup(setting.FileFrom) != ""
	switch {
	case fromFile && origin.Variable != setting.FileFrom:
		// Two secrets are set: signing with either might be the wrong one.
		return SecretSource{}, SetTwice, setting.FileFrom
	case fromFile:
		if problem := r.parse(formFile+raw, locate); problem != "" {
			return SecretSource{}, problem, "PATH"
		}
	case origin.From == FromFile:
		if problem := r.parse(raw, locate); problem != "" {
			return SecretSource{}, problem, "keyring|file:PATH|env:NAME|command:[PROGRAM, ARGUMENT]"
		}
	default:
		r.kind, r.value = SecretValue, NewSecret(raw)
		if len(raw) > maxSecret {
			return SecretSource{}, TooLong, "4096 bytes"
		}
	}
	return SecretSource{recipe: func() *recipe { return r }}, "", ""
}

// folder is what relative paths of an origin start from: in the file, the
// folder it lies in; elsewhere, as in every shell command, the working folder.
func (b *builder) folder(origin Origin) string {
	if origin.From == FromFile {
		return filepath.Dir(b.path)
	}
	return ""
}
