package main

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/render"
)

// explainConfig explains what keeps the configuration from being used. What
// came by a flag is wrong usage; anything else is a wrong set-up.
func (a *app) explainConfig(err error) (problem, bool) {
	var (
		conflict *config.ConflictError
		value    *config.ValueError
		unknown  *config.UnknownKeyError
		file     *config.FileError
		open     *config.PermissionError
		syntax   *config.SyntaxError
	)
	switch {
	case errors.As(err, &conflict):
		w := words{"First": conflict.First, "Second": conflict.Second}
		return a.say(exitUsage, "problem.config.conflict", w), true
	case errors.As(err, &value):
		return a.explainValue(value), true
	case errors.As(err, &unknown):
		return a.explainKey(unknown), true
	case errors.As(err, &open):
		w := words{"Path": open.Path, "Remedy": open.Remedy, "Owner": open.Owner}
		return a.say(exitSetup, "problem.permission."+string(open.Problem), w), true
	case errors.As(err, &file):
		return a.explainFile(file), true
	case errors.As(err, &syntax):
		w := words{"Path": syntax.Path, "Line": syntax.Line, "Key": syntax.Key, "Detail": render.Sanitize(syntax.Detail)}
		return a.say(exitSetup, "problem.syntax."+string(syntax.Problem), w), true
	}
	return problem{}, false
}

func (a *app) explainValue(e *config.ValueError) problem {
	exit := exitSetup
	if e.Origin.From == config.FromFlag {
		exit = exitUsage
	}
	w := words{"Name": nameOfSetting(e.Key, e.Origin), "Value": render.Sanitize(e.Value), "Want": e.Want}
	p := a.say(exit, "problem.value."+string(e.Problem), w)
	if meant := config.Suggest(e.Value, strings.Split(e.Want, "|")); meant != "" && e.Problem == config.Malformed {
		p.remedy = a.catalog.T("problem.meant", words{"Meant": meant})
	}
	return p
}

// nameOfSetting names a setting as the operator wrote it: the flag, the
// variable, or the key in the file.
func nameOfSetting(key string, o config.Origin) string {
	switch o.From {
	case config.FromFlag:
		return "--" + flagOfSetting(key)
	case config.FromEnvironment:
		return o.Variable
	case config.FromFile, config.FromDefault, config.FromSandbox:
	}
	return key
}

// flagOfSetting is the inverse of settingOfFlag.
func flagOfSetting(key string) string {
	if key == "payment_method" {
		return "method"
	}
	key = strings.TrimPrefix(strings.TrimPrefix(key, "listen."), "limits.")
	return strings.ReplaceAll(key, "_", "-")
}

func (a *app) explainKey(e *config.UnknownKeyError) problem {
	exit := exitSetup
	if e.Path == "" {
		exit = exitUsage
	}
	w := words{"Key": render.Sanitize(e.Key), "Path": e.Path, "Line": e.Line, "Meant": e.Suggestion}
	p := a.say(exit, "problem.config.unknown-key", w)
	if e.Suggestion != "" {
		p.remedy = a.catalog.T("problem.meant", w)
	}
	return p
}

func (a *app) explainFile(e *config.FileError) problem {
	w := words{"Path": e.Path, "Error": ""}
	if e.Err != nil {
		w["Error"] = a.reason(e.Err)
	}
	if errors.Is(e, fs.ErrNotExist) {
		return a.say(exitSetup, "problem.file.missing", w)
	}
	return a.say(exitSetup, "problem.file."+string(e.Problem), w)
}

// profileFlag is what a suggested command needs to reach the named profile.
func profileFlag(name string) string {
	if name == "" {
		return ""
	}
	return " --profile " + render.Sanitize(name)
}

func (a *app) explainProfile(err error) (problem, bool) {
	var (
		profile *config.ProfileError
		missing *config.MissingError
	)
	switch {
	case errors.As(err, &profile):
		exit := exitSetup
		if profile.Origin.From == config.FromFlag {
			exit = exitUsage
		}
		w := words{"Name": render.Sanitize(profile.Name), "Known": strings.Join(profile.Known, ", ")}
		return a.say(exit, "problem.profile."+string(profile.Problem), w), true
	case errors.As(err, &missing):
		var keys, variables []string
		for _, m := range missing.Missing {
			keys = append(keys, m.Key)
			if m.Variable != "" {
				variables = append(variables, m.Variable)
			}
		}
		w := words{
			"Profile": missing.Profile, "Keys": strings.Join(keys, ", "),
			"Variables": strings.Join(variables, ", "), "Command": missing.Missing[0].Command + profileFlag(a.sources.Profile),
		}
		if len(keys) == 1 && keys[0] == "journal" { // only where no home folder is known
			return a.say(exitSetup, "problem.no-home", nil), true
		}
		return a.say(exitSetup, "problem.missing", w), true
	}
	return problem{}, false
}

func (a *app) explainSecret(err error) (problem, bool) {
	var secret *config.SecretError
	if !errors.As(err, &secret) {
		return problem{}, false
	}
	key := "problem.secret.unavailable"
	switch {
	case errors.Is(secret, config.ErrSecretNotSet):
		key = "problem.secret.not-set"
	case errors.Is(secret, config.ErrSecretEmpty):
		key = "problem.secret.empty"
	case errors.Is(secret, config.ErrSecretTooLong):
		key = "problem.secret.too-long"
	case errors.Is(secret, config.ErrSecretTimeout):
		key = "problem.secret.timeout"
	case errors.Is(secret, config.ErrSecretNotFound):
		key = "problem.secret.not-found"
	case errors.Is(secret, config.ErrSecretNotKept), errors.Is(secret, config.ErrSecretBroken):
		key = "problem.secret.not-kept"
	}
	w := words{"Key": secret.Key, "Place": secret.Place, "Error": ""}
	if secret.Err != nil {
		w["Error"] = a.reason(secret.Err)
	}
	return a.say(exitSetup, key, w), true
}
