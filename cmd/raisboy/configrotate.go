package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/render"
)

func (a *app) configRotateCommand() *cobra.Command {
	const key = "command.config-rotate-secret"
	c := &cobra.Command{
		Use: "rotate-secret", Short: key + ".short", Long: key + ".long", Example: configRotateExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.configRotate(c) },
	}
	secretFlags(c)
	c.Flags().Bool("drop-previous", false, "flag.drop-previous")
	c.Flags().Bool("force", false, "flag.rotate.force")
	return c
}

// configRotate changes a profile's secret; the one before it stays accepted on
// incoming webhooks until --drop-previous.
func (a *app) configRotate(c *cobra.Command) error {
	if a.sources.Sandbox {
		return &usageError{Problem: usageExclusive, Name: "--sandbox", Value: "config rotate-secret", Command: c.CommandPath()}
	}
	drop, _ := c.Flags().GetBool("drop-previous")
	stdin, kind, err := readSecretFlags(c)
	if err != nil {
		return err
	}
	if drop && stdin {
		return &usageError{Problem: usageExclusive, Name: "--drop-previous", Value: "--secret-stdin", Command: c.CommandPath()}
	}
	file, err := config.Edit(a.sources)
	if err != nil {
		return err
	}
	profile, err := file.Choose()
	if err != nil {
		return err
	}
	if err := a.probe(); err != nil {
		return err
	}
	if drop {
		if err := file.DropPrevious(a.interrupt, profile); err != nil {
			return err
		}
		return a.sayRotated(file, profile)
	}
	r := config.Rotation{File: file, Profile: profile, Since: a.process.now(), Literal: kind}
	r.Force, _ = c.Flags().GetBool("force")
	if err := r.Check(); err != nil {
		return err
	}
	if r.Secret, err = a.newSecret(profile, stdin); err != nil {
		return err
	}
	if err := a.rotate(r); err != nil {
		return err
	}
	return a.sayRotated(file, profile)
}

// newSecret gets the new secret: by stdin, or by a question.
func (a *app) newSecret(profile string, stdin bool) (config.Secret, error) {
	switch {
	case stdin:
		return a.secretFromStdin()
	case !a.canAsk():
		return config.Secret{}, &usageError{Problem: usageNoAnswer, Name: "--secret-stdin"}
	}
	a.render.Aside("config.rotate.intro", words{"Profile": profile})
	return a.askSecret(a.interrupt, a.catalog.T("config.ask.new-secret", nil), false)
}

// rotate carries a rotation out, asking where a person may decide otherwise: an
// earlier rotation that is not ended, a keyring that does not answer.
func (a *app) rotate(r config.Rotation) error {
	err := r.Rotate(a.interrupt)
	var (
		ruled  *config.RotationError
		secret *config.SecretError
	)
	switch {
	case errors.As(err, &ruled) && ruled.Problem == config.RotationUnderWay && a.canAsk():
		a.render.Aside("config.rotate.under-way", words{"Since": since(ruled.Since)})
		if err := a.yes(a.interrupt, a.catalog.T("config.ask.replace-previous", nil)); err != nil {
			return err
		}
		r.Force = true
		return a.rotate(r)
	case errors.As(err, &secret) && secret.Kind == config.SecretKeyring && r.File.Literal(r.Profile, "secret"):
		path := r.File.OwnFile(r.Profile)
		if r.Literal == config.SecretKeyring || !a.canAsk() {
			return &keepError{secret.Err, path}
		}
		a.render.Aside("config.init.no-keyring", words{"Error": a.reason(secret.Err), "Path": path})
		if err := a.yes(a.interrupt, a.catalog.T("config.ask.file", nil)); err != nil {
			return err
		}
		r.Literal = config.SecretFile
		return a.rotate(r)
	}
	return err
}

// since is the day and time of an earlier rotation, for a person.
func since(stamp string) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return "?"
	}
	return at.Local().Format("2006-01-02 15:04")
}

func (a *app) sayRotated(file *config.File, profile string) error {
	r := render.Rotation{
		Profile: profile, Secret: file.Value(profile, "secret"), Previous: file.Value(profile, "previous_secret"),
	}
	if at, err := time.Parse(time.RFC3339, file.Value(profile, "previous_secret_since")); err == nil {
		r.Since = at
	}
	if err := a.render.Rotated(r); err != nil {
		return &lostOutput{err}
	}
	return nil
}
