package main

import (
	"errors"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
)

// none is the answer that takes an optional setting out.
const none = "-"

// converse makes the profile by asking for it. Nothing is written meanwhile, so
// that Ctrl-C leaves everything as it was.
func (s *setup) converse() error {
	a := s.app
	a.render.Aside("config.init.intro", words{"Path": s.file.Path})
	if err := s.askProfile(); err != nil {
		return err
	}
	a.render.Aside("config.init.manager", nil)
	for _, one := range []struct {
		key, byDefault string
		optional       bool
	}{{key: "base_url"}, {key: "payout_url"}, {key: "api_key"}} {
		if one.key == "payout_url" {
			one.byDefault = s.values["base_url"] + "/api/payout/create"
		}
		if err := s.ask(one.key, one.byDefault, one.optional); err != nil {
			return err
		}
		if one.key == "payout_url" && s.values[one.key] == one.byDefault {
			s.values[one.key] = "" // it follows base_url
		}
	}
	if err := s.askForSecret(); err != nil {
		return err
	}
	a.render.Aside("config.init.desk", nil)
	for _, one := range [][2]string{{"desk", a.sources.Host}, {"currency", "UZS"}, {"payment_method", "bank_card"}} {
		if one[0] == "payment_method" {
			a.render.Aside("config.init.methods", words{"Methods": strings.Join(api.PaymentMethods(), ", ")})
		}
		if err := s.ask(one[0], one[1], false); err != nil {
			return err
		}
	}
	if err := s.askLimits(); err != nil {
		return err
	}
	return s.askDefault()
}

// askProfile asks what the profile is called, and whether an existing one is to
// be changed.
func (s *setup) askProfile() error {
	a := s.app
	byDefault := s.named()
	asked := byDefault == ""
	if asked {
		fill(&byDefault, s.file.Default())
		fill(&byDefault, firstName)
	}
	for {
		name := byDefault
		if asked {
			line, err := a.ask(a.interrupt, a.catalog.T("config.ask.profile", nil)+" ["+byDefault+"]:")
			if err != nil {
				return err
			}
			if line != "" {
				name = line
			}
		}
		err := config.CheckProfile(name)
		if err == nil && s.file.Has(name) && !s.force {
			err = a.yes(a.interrupt, a.catalog.T("config.ask.change", words{"Profile": name}))
			var no declined
			if errors.As(err, &no) && asked {
				continue
			}
		}
		if err == nil {
			s.profile, s.force = name, true
			return nil
		}
		var wrong *config.ProfileError
		if !asked || !errors.As(err, &wrong) {
			return err
		}
		a.sayProblem(err)
	}
}

// sayProblem shows an error among questions: the question follows again.
func (a *app) sayProblem(err error) {
	p := a.explain(err)
	a.render.Problem(p.cause, p.remedy)
}

// ask asks for one setting until the answer is good. Enter takes what is in
// brackets: what is known already, else the default.
func (s *setup) ask(key, byDefault string, optional bool) error {
	a := s.app
	if known := s.known(key); known != "" {
		byDefault = known
	}
	question := a.catalog.T("config.ask."+strings.TrimPrefix(key, "limits."), nil)
	if byDefault != "" {
		question += " [" + byDefault + "]"
	}
	for {
		line, err := a.ask(a.interrupt, question+":")
		if err != nil {
			return err
		}
		switch {
		case line == none && optional:
			s.values[key] = ""
			return nil
		case line == "" && byDefault == "" && optional:
			return nil
		case line == "" && byDefault == "":
			a.render.Aside("config.init.needed", nil)
			continue
		case line == "":
			line = byDefault
		}
		plain, err := s.check(key, line)
		if err == nil {
			s.values[key] = plain
			return nil
		}
		a.sayProblem(err)
	}
}

// askForSecret asks for the secret, which is not shown. Enter keeps the present
// one; one that stands in the file itself moves to where it belongs.
func (s *setup) askForSecret() error {
	a := s.app
	present := s.file.Value(s.profile, "secret")
	literal := s.file.LiteralSecret(s.profile, "secret")
	key := "config.ask.secret"
	if present != "" || !literal.IsZero() {
		key = "config.ask.secret-again"
	}
	secret, err := a.askSecret(a.interrupt, a.catalog.T(key, nil), key == "config.ask.secret-again")
	if err != nil {
		return err
	}
	s.secret = secret
	if secret.IsZero() {
		s.secret = literal
	}
	return nil
}

// askLimits asks for the desk's own limits, if there are to be any.
func (s *setup) askLimits() error {
	a := s.app
	a.render.Aside("config.init.limits", nil)
	err := a.yes(a.interrupt, a.catalog.T("config.ask.limits", nil))
	var no declined
	if errors.As(err, &no) {
		return nil
	}
	if err != nil {
		return err
	}
	a.render.Aside("config.init.none", nil)
	for _, key := range []string{"limits.deposit_max", "limits.payout_max", "limits.shift_max", "limits.confirm_above"} {
		if err := s.ask(key, "", true); err != nil {
			return err
		}
	}
	return nil
}

// askDefault asks whether a further profile is the one to use where none is
// named.
func (s *setup) askDefault() error {
	a := s.app
	names := s.file.Profiles()
	if len(names) == 0 || s.byDefault || s.file.Default() == s.profile || len(names) == 1 && names[0] == s.profile {
		return nil
	}
	err := a.yes(a.interrupt, a.catalog.T("config.ask.default", words{"Profile": s.profile}))
	var no declined
	if errors.As(err, &no) {
		return nil
	}
	s.byDefault = err == nil
	return err
}
