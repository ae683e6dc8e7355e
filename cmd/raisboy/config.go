package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

func (a *app) configCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show", Short: "command.config-show.short", Long: "command.config-show.long", Example: configShowExample,
		Args: arguments(0, 0, ""), RunE: func(*cobra.Command, []string) error { return a.configShow() },
	}
	path := &cobra.Command{
		Use: "path", Short: "command.config-path.short", Example: configPathExample, Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return a.configPath() },
	}
	check := &cobra.Command{
		Use: "check", Short: "command.config-check.short", Long: "command.config-check.long", Example: configCheckExample,
		Args: arguments(0, 0, ""), RunE: func(*cobra.Command, []string) error { return a.configCheck() },
	}
	c := group("config", "command.config.short", a.configInitCommand(), show, path, check, a.configRotateCommand())
	c.Example = configInitExample
	return c
}

// configShow prints every setting with where it came from. It asks no keyring.
func (a *app) configShow() error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	c := s.config
	shown := render.Settings{Profile: c.Profile.Name, Path: c.Path, Found: c.FileFound}
	for _, v := range c.Values() {
		shown.List = append(shown.List, render.Setting{
			Key: v.Key, Value: v.Text, Source: v.Origin.From.String(), Variable: v.Origin.Variable,
			File: v.Origin.Path, Line: v.Origin.Line,
		})
	}
	return a.render.Settings(shown)
}

// configPath prints where the configuration file is, or would be.
func (a *app) configPath() error {
	c, _ := config.Inspect(a.sources, nil) // what is wrong with the file does not concern its path
	if c.Path == "" {
		return &config.FileError{Problem: config.NotNamed}
	}
	return a.render.ConfigPath(c.Path, c.FileFound)
}

// configCheck reports every mistake in the configuration at once. It fetches the
// chosen profile's secrets, and asks nobody on the network.
func (a *app) configCheck() error {
	if a.sources.Sandbox {
		return &usageError{Problem: usageExclusive, Name: "--sandbox", Value: "config check", Command: "raisboy config check"}
	}
	c, faults := config.Inspect(a.sources, judgeSetting)
	if name := c.Profile.Name; name != "" {
		faults = append(faults, a.usable(c)...)
	}
	if len(faults) == 0 {
		return a.render.ConfigGood(c.Profile.Name, c.Path, c.FileFound, c.Profile.Secret.String(), c.Profiles)
	}
	for _, fault := range faults {
		if err := a.render.ConfigFault(a.faultOf(fault)); err != nil {
			return err
		}
	}
	return end(exitSetup)
}

// usable says what the chosen profile lacks before a command can work with it.
func (a *app) usable(c config.Config) []config.Fault {
	var faults []config.Fault
	add := func(err error) {
		if err != nil {
			faults = append(faults, config.Fault{Profile: c.Profile.Name, Err: err})
		}
	}
	add(c.Profile.Require("base_url", "api_key", "secret"))
	for _, source := range []config.SecretSource{c.Profile.Secret, c.Profile.PreviousSecret} {
		if !source.IsZero() && source.Kind() != config.SecretValue {
			_, err := source.Resolve(a.interrupt)
			add(err)
		}
	}
	return faults
}

// judgeSetting refuses what cannot be a setting's value although it is of the
// right form: a sum that reads two ways, a currency that there is not.
func judgeSetting(key, value string) error {
	switch {
	case isLimit(key):
		if _, err := money.Parse(value); err != nil {
			return &settingError{key, err}
		}
	case key == "currency" && !api.KnownCurrency(value):
		return &api.FieldError{Field: key, Problem: api.ProblemCurrency, Value: value}
	case key == "payment_method" && !slices.Contains(api.PaymentMethods(), value):
		return &api.FieldError{Field: key, Problem: api.ProblemMethod, Value: value}
	}
	return nil
}

// isLimit says whether a setting is a sum of money.
func isLimit(key string) bool {
	for _, s := range config.Settings() {
		if s.Key == key {
			return s.Kind == config.KindAmount
		}
	}
	return false
}

// faultOf finds where a mistake stands, and the sentences for it.
func (a *app) faultOf(fault config.Fault) render.ConfigFault {
	in := func(c *text.Catalog) problem {
		speaker := *a
		speaker.catalog = c
		return speaker.explain(fault.Err)
	}
	f := render.ConfigFault{
		Profile: fault.Profile, Key: fault.Key, File: fault.Origin.Path, Line: fault.Origin.Line,
		Cause:  render.Sentence{Words: func(c *text.Catalog) string { return in(c).cause }},
		Remedy: render.Sentence{Words: func(c *text.Catalog) string { return in(c).remedy }},
	}
	var (
		value   *config.ValueError
		unknown *config.UnknownKeyError
		syntax  *config.SyntaxError
		name    *config.ProfileError
		file    *config.FileError
		open    *config.PermissionError
		secret  *config.SecretError
	)
	switch err := fault.Err; {
	case errors.As(err, &value):
		f.Key, f.File, f.Line = value.Key, value.Origin.Path, value.Origin.Line
	case errors.As(err, &unknown):
		f.Key, f.File, f.Line = unknown.Key, unknown.Path, unknown.Line
	case errors.As(err, &syntax):
		f.Key, f.File, f.Line = syntax.Key, syntax.Path, syntax.Line
	case errors.As(err, &name):
		f.File, f.Line = name.Origin.Path, name.Origin.Line
	case errors.As(err, &secret):
		f.Key = secret.Key
	case errors.As(err, &file):
		f.File = file.Path
	case errors.As(err, &open):
		f.File = open.Path
	}
	return f
}
