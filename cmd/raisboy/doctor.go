package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "command.doctor.short", Long: "command.doctor.long", Example: doctorExample,
		Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return a.doctor() },
	}
}

// examination collects what the doctor's checks found.
type examination struct {
	app      *app
	session  *session
	failures []exitCode
	unopened bool // a journal that is there could not be opened: what is in it is not known
}

// doctor checks everything that a deposit needs, without moving money: each
// check prints its line as soon as it is known, and a check that cannot be made
// because of an earlier one is left out.
func (a *app) doctor() error {
	x := &examination{app: a}
	s, err := a.open()
	if err != nil {
		if err := x.failure("config", err); err != nil {
			return err
		}
		return end(x.exit())
	}
	defer a.closing(s)
	x.session = s
	for _, check := range []func() error{
		x.checkConfig, x.checkEnvironment, x.checkAddress, x.checkProject, x.checkJournal, x.checkOpenMatters,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return end(x.exit())
}

// exit is the first of 3, 5 and 6 among the failures; warnings are no failure.
func (x *examination) exit() exitCode {
	for _, code := range []exitCode{exitSetup, exitCredentials, exitNotSent} {
		if slices.Contains(x.failures, code) {
			return code
		}
	}
	if len(x.failures) > 0 {
		return x.failures[0]
	}
	return exitDone
}

func (x *examination) ok(name, key string, w words) error {
	return x.app.render.Check(render.Check{Name: name, Status: render.CheckOK, Detail: render.Sentence{Key: key, Data: w}})
}

// warn and fail take the remedy from the key with ".remedy" at its end.
func (x *examination) warn(name, key string, w words) error {
	return x.app.render.Check(render.Check{
		Name: name, Status: render.CheckWarning,
		Detail: render.Sentence{Key: key + ".cause", Data: w}, Remedy: render.Sentence{Key: key + ".remedy", Data: w},
	})
}

func (x *examination) fail(name string, exit exitCode, key string, w words) error {
	x.failures = append(x.failures, exit)
	return x.app.render.Check(render.Check{
		Name: name, Status: render.CheckFailure,
		Detail: render.Sentence{Key: key + ".cause", Data: w}, Remedy: render.Sentence{Key: key + ".remedy", Data: w},
	})
}

// failure reports an error by the sentences that any command would say.
func (x *examination) failure(name string, err error) error {
	in := func(c *text.Catalog) problem {
		speaker := *x.app
		speaker.catalog = c
		return speaker.explain(err)
	}
	exit := in(x.app.catalog).exit
	if exit == exitUsage || exit == exitInternal {
		exit = exitSetup
	}
	x.failures = append(x.failures, exit)
	return x.app.render.Check(render.Check{
		Name: name, Status: render.CheckFailure,
		Detail: render.Sentence{Words: func(c *text.Catalog) string { return in(c).cause }},
		Remedy: render.Sentence{Words: func(c *text.Catalog) string { return in(c).remedy }},
	})
}

func (x *examination) checkConfig() error {
	c := x.session.config
	if err := c.Profile.Require("base_url", "api_key", "secret"); err != nil {
		return x.failure("config", err)
	}
	if _, err := c.Profile.Secret.Resolve(x.app.interrupt); err != nil {
		return x.failure("config", err)
	}
	if _, err := readLimits(c.Profile.Limits, x.app.process.now()); err != nil {
		return x.failure("config", err)
	}
	w := words{"Profile": c.Profile.Name, "Path": render.Sanitize(c.Path), "URL": c.Profile.BaseURL}
	if c.FileFound {
		return x.ok("config", "doctor.config.file", w)
	}
	return x.ok("config", "doctor.config.no-file", w)
}

func (x *examination) checkEnvironment() error {
	overrides := x.session.config.Overrides
	if len(overrides) == 0 {
		return x.ok("environment", "doctor.environment.none", nil)
	}
	var list []string
	for _, o := range overrides {
		list = append(list, o.Variable+" > "+o.Key)
	}
	return x.ok("environment", "doctor.environment.some", words{"List": strings.Join(list, ", ")})
}
