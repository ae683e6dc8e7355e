package main

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/render"
)

// setupFlag is a setting that config init takes by a flag. Keys and secrets are
// not among them: flags stand in the process list.
type setupFlag struct{ flag, key string }

func setupFlags() []setupFlag {
	return []setupFlag{
		{"base-url", "base_url"}, {"payout-url", "payout_url"}, {"desk", "desk"}, {"journal", "journal"},
		{"currency", "currency"}, {"method", "payment_method"},
		{"deposit-max", "limits.deposit_max"}, {"payout-max", "limits.payout_max"},
		{"shift-max", "limits.shift_max"}, {"confirm-above", "limits.confirm_above"},
	}
}

func (a *app) configInitCommand() *cobra.Command {
	const key = "command.config-init"
	c := &cobra.Command{
		Use: "init", Short: key + ".short", Long: key + ".long", Example: configInitExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.configInit(c) },
	}
	for _, f := range setupFlags() {
		once(c.Flags(), f.flag, "flag.setup."+f.flag)
	}
	secretFlags(c)
	c.Flags().Bool("default", false, "flag.setup.default")
	c.Flags().Bool("force", false, "flag.setup.force")
	return c
}

// secretFlags declares how a secret comes in and where it is kept.
func secretFlags(c *cobra.Command) {
	c.Flags().Bool("secret-stdin", false, "flag.secret-stdin")
	once(c.Flags(), "secret-in", "flag.secret-in")
}

// readSecretFlags reads them; the kind is SecretNone where nothing was said.
func readSecretFlags(c *cobra.Command) (stdin bool, kind config.SecretKind, err error) {
	stdin, _ = c.Flags().GetBool("secret-stdin")
	in, err := flagText(c, "secret-in")
	switch {
	case err != nil:
	case in == "keyring":
		kind = config.SecretKeyring
	case in == "file":
		kind = config.SecretFile
	case c.Flags().Changed("secret-in"):
		err = &usageError{Problem: usageBadValue, Name: "--secret-in", Value: in, Command: c.CommandPath()}
	}
	return stdin, kind, err
}

// setup is a profile in the making. Nothing of it is written before finish.
type setup struct {
	app     *app
	file    *config.File
	profile string
	flags   map[string]string // settings given as flags, by key
	values  map[string]string // settings as they will stand in the file; "" takes one out

	secret    config.Secret     // the new one; zero: what the file names stays
	form      string            // where it is kept already: RAISBOY_SECRET_FILE
	kind      config.SecretKind // where it is to be kept; SecretNone: the keyring, and whoever can be asked is
	byDefault bool              // becomes default_profile
	force     bool              // a profile of the name may be changed
	asked     bool              // a person answered questions
}

func (a *app) configInit(c *cobra.Command) error {
	if a.sources.Sandbox {
		return &usageError{Problem: usageExclusive, Name: "--sandbox", Value: "config init", Command: c.CommandPath()}
	}
	file, err := config.Edit(a.sources)
	if err != nil {
		return err
	}
	s := &setup{app: a, file: file, flags: map[string]string{}, values: map[string]string{}}
	stdin, kind, err := readSecretFlags(c)
	if err != nil {
		return err
	}
	s.kind = kind
	s.force, _ = c.Flags().GetBool("force")
	s.byDefault, _ = c.Flags().GetBool("default")
	if err := s.readFlags(c); err != nil {
		return err
	}
	if err := a.probe(); err != nil {
		return err
	}
	if stdin {
		if s.secret, err = a.secretFromStdin(); err != nil {
			return err
		}
	}
	if s.asked = a.canAsk() && !stdin; s.asked {
		err = s.converse()
	} else {
		err = s.collect()
	}
	if err != nil {
		return err
	}
	return s.finish()
}

// readFlags takes over what was given as flags, each by its own rule.
func (s *setup) readFlags(c *cobra.Command) error {
	for _, f := range setupFlags() {
		if !c.Flags().Changed(f.flag) {
			continue
		}
		value, err := flagText(c, f.flag)
		if err != nil {
			return err
		}
		if value, err = s.check(f.key, value); err != nil {
			return asFlag(err)
		}
		s.flags[f.key] = value
	}
	return nil
}

// asFlag says of a value that it came by a flag: wrong usage, not a wrong file.
func asFlag(err error) error {
	var value *config.ValueError
	if errors.As(err, &value) {
		value.Origin = config.Origin{From: config.FromFlag}
	}
	return err
}

// check judges an answer by the rules of the setting, and gives it as it will
// stand in the file. What cannot be a setting's value is refused now, not on the
// day on which money is to move.
func (s *setup) check(key, value string) (string, error) {
	plain, err := s.app.sources.CheckValue(key, value)
	if err != nil || plain == "" {
		return plain, err
	}
	err = judgeSetting(key, plain)
	var sum *settingError
	if errors.As(err, &sum) {
		err = sum.Err // there is no file yet that it would stand in
	}
	return plain, err
}

// known gives what is known of a setting before anybody is asked: a flag wins
// over the environment, and that over what the file has.
func (s *setup) known(key string) string {
	if value, given := s.flags[key]; given {
		return value
	}
	for _, setting := range config.Settings() {
		if setting.Key != key || setting.Variable == "" {
			continue
		}
		if value, _ := s.app.lookupEnv(setting.Variable); value != "" {
			return value
		}
	}
	return s.file.Value(s.profile, key)
}

// firstName is the profile's name where none is given.
const firstName = "main"

// named gives the profile's name from --profile or RAISBOY_PROFILE, or "".
func (s *setup) named() string {
	if name := s.app.sources.Profile; name != "" {
		return name
	}
	name, _ := s.app.lookupEnv("RAISBOY_PROFILE")
	return name
}

// collect makes the profile without a question, of flags, environment and
// stdin: for a machine that is set up by a script.
func (s *setup) collect() error {
	s.profile = s.named()
	fill(&s.profile, firstName)
	if err := config.CheckProfile(s.profile); err != nil {
		var wrong *config.ProfileError
		if errors.As(err, &wrong) && s.app.sources.Profile != "" {
			wrong.Origin.From = config.FromFlag
		}
		return err
	}
	if s.file.Has(s.profile) && !s.force {
		return &config.ProfileError{Name: s.profile, Problem: config.Exists, Origin: config.Origin{From: config.FromFlag}}
	}
	for _, setting := range config.Settings() {
		value := s.known(setting.Key)
		if value == "" || setting.Kind == config.KindSecret && setting.Key != "api_key" {
			continue
		}
		plain, err := s.check(setting.Key, value)
		if err != nil {
			return err
		}
		s.values[setting.Key] = plain
	}
	if err := s.collectSecret(); err != nil {
		return err
	}
	var missing []string
	for _, key := range []string{"base_url", "api_key"} {
		if s.values[key] == "" {
			missing = append(missing, key)
		}
	}
	if s.secret.IsZero() && s.form == "" && s.file.Value(s.profile, "secret") == "" {
		missing = append(missing, "secret")
	}
	if len(missing) > 0 {
		return &setupError{missing}
	}
	return nil
}

// collectSecret takes the secret from the environment, unless stdin gave it. A
// file of its own stays where it is, and is only named.
func (s *setup) collectSecret() error {
	value, _ := s.app.lookupEnv("RAISBOY_SECRET")
	path, _ := s.app.lookupEnv("RAISBOY_SECRET_FILE")
	switch {
	case !s.secret.IsZero():
	case value != "" && path != "":
		return &config.ValueError{
			Key: "secret", Problem: config.SetTwice, Want: "RAISBOY_SECRET_FILE",
			Origin: config.Origin{From: config.FromEnvironment, Variable: "RAISBOY_SECRET"},
		}
	case value != "":
		s.secret = config.NewSecret(value)
	case path != "":
		full, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, "~") {
			full = path
		}
		s.form = "file:" + full
	default:
		s.secret = s.file.LiteralSecret(s.profile, "secret")
	}
	return nil
}

// A setupError names settings that config init cannot do without, where nobody
// can be asked for them.
type setupError struct{ keys []string }

func (e *setupError) Error() string { return "not given: " + strings.Join(e.keys, ", ") }

// A keepError is a secret that the keyring did not take; the file is what is
// offered in its place.
type keepError struct {
	err  error
	path string
}

func (e *keepError) Error() string { return "the keyring did not take the secret: " + e.err.Error() }
func (e *keepError) Unwrap() error { return e.err }

// result is what config init prints.
func (s *setup) result(p proof) render.Setup {
	return render.Setup{
		Profile: s.profile, Path: s.file.Path, Secret: s.file.Value(s.profile, "secret"),
		Default: s.file.Default(), Proof: p.state, Code: p.code, Only: len(s.file.Profiles()) == 1,
	}
}
