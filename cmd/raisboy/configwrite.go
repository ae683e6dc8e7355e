package main

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/render"
)

// finish keeps the secret, writes the file, proves the profile and says so.
func (s *setup) finish() error {
	a := s.app
	if err := s.write(a.interrupt); err != nil {
		return err
	}
	p := s.prove()
	if err := a.render.Setup(s.result(p)); err != nil {
		return &lostOutput{err}
	}
	if p.state == render.ProofRefused {
		return end(exitCredentials)
	}
	return nil
}

// write puts the secret and the file where they belong. A profile that is there
// keeps working wherever this breaks off: the file names a place only when the
// secret is in it, and a secret is written over only when the rest is done.
func (s *setup) write(ctx context.Context) error {
	fresh := s.secret
	if s.kind == config.SecretNone && s.file.Value(s.profile, "secret") == s.file.Form(s.profile, "secret", config.SecretFile) {
		s.kind = config.SecretFile // that was said yes to when the profile was made
	}
	overwrites := !fresh.IsZero() && s.file.Value(s.profile, "secret") == s.file.Form(s.profile, "secret", s.kind)
	if !fresh.IsZero() && !overwrites {
		form, err := s.keep(ctx, "secret", fresh)
		if err != nil {
			return err
		}
		s.form = form
	}
	if previous := s.file.LiteralSecret(s.profile, "previous_secret"); !previous.IsZero() {
		form, err := s.keep(ctx, "previous_secret", previous)
		if err != nil {
			return err
		}
		s.values["previous_secret"] = form
	}
	if s.form != "" {
		s.values["secret"] = s.form
	}
	changes := make([]config.Change, 0, len(s.values))
	for key, value := range s.values {
		changes = append(changes, config.Change{Key: key, Value: value})
	}
	if err := s.file.Change(s.profile, s.defaultProfile(), changes...); err != nil {
		return err
	}
	if overwrites {
		_, err := s.keep(ctx, "secret", fresh)
		return err
	}
	return nil
}

// defaultProfile gives what default_profile is to become; "" leaves it. The
// first profile is the default; the second does not take that away from it.
func (s *setup) defaultProfile() string {
	names := s.file.Profiles()
	switch {
	case s.byDefault || len(names) == 0:
		return s.profile
	case s.file.Default() == "" && len(names) == 1 && names[0] != s.profile:
		return names[0]
	}
	return ""
}

// keep stores a secret in the keyring, or in a file of its own: only where that
// was asked for, by a flag or by a yes to the question.
func (s *setup) keep(ctx context.Context, key string, secret config.Secret) (string, error) {
	a := s.app
	form, err := s.file.Keep(ctx, s.profile, key, s.kind, secret)
	var refused *config.SecretError
	if err == nil || s.kind == config.SecretFile || !errors.As(err, &refused) {
		return form, err
	}
	path := s.file.OwnFile(s.profile)
	if s.kind == config.SecretKeyring || !a.canAsk() {
		return "", &keepError{refused.Err, path}
	}
	a.render.Aside("config.init.no-keyring", words{"Error": a.reason(refused.Err), "Path": path})
	if err := a.yes(ctx, a.catalog.T("config.ask.file", nil)); err != nil {
		return "", err
	}
	s.kind = config.SecretFile
	return s.file.Keep(ctx, s.profile, key, s.kind, secret)
}

// proof is what the project said to a new profile's signature.
type proof struct {
	state render.Proof
	code  string
}

// prove asks the project about a user who cannot exist: an answer about the user
// says that keys and signature are good. No money moves. What keeps it from
// being asked keeps nobody from the profile.
func (s *setup) prove() proof {
	a := s.app
	a.sources.Profile = s.profile
	opened, err := a.open()
	if err != nil {
		a.sayProblem(err)
		return proof{state: render.ProofNone}
	}
	defer a.closing(opened)
	for _, o := range opened.config.Overrides {
		if s.asked { // else the values are the variables'
			a.render.Aside("config.init.overridden", words{"Variable": o.Variable, "Key": o.Key})
		}
	}
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	if err := opened.openClient(ctx); err != nil {
		a.sayProblem(err)
		return proof{state: render.ProofNone}
	}
	d := desk.Desk{Client: opened.client, Now: a.process.now, Stop: a.interrupt.stop, Endpoints: opened.endpoints()}
	o, err := d.Validate(ctx, "raisboy-setup-"+uuid.NewString())
	if err != nil {
		return proof{state: render.ProofNone}
	}
	a.warnOfClock(o.ServerDate, o.RefusesCredentials())
	p := proof{state: render.ProofNone, code: o.CodeOrCause()}
	switch {
	case o.RefusesCredentials():
		p.state = render.ProofRefused
	case o.Verdict == api.Refused && o.Code != "USER_NOT_FOUND":
		p.state = render.ProofOdd
	case o.Verdict == api.Done || o.Verdict == api.Refused:
		p.state = render.ProofAccepted
	}
	return p
}
