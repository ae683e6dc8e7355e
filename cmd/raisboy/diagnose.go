package main

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/sign/diagnose"
)

// usageBadCapture is a captured request that cannot be read; Value says why.
const usageBadCapture usageProblem = "bad_capture"

// diagnosisFlags are those of `raisboy sign --check`.
func diagnosisFlags(c *cobra.Command) {
	flags := c.Flags()
	flags.String("check", "", "flag.check")
	flags.String("from", "", "flag.from")
	flags.Int("depth", diagnose.DefaultDepth, "flag.depth")
	flags.Int64("limit", diagnose.DefaultLimit, "flag.candidates")
}

// checks reports whether the command verifies and does not sign.
func checks(c *cobra.Command) bool { return c.Flags().Changed("check") || c.Flags().Changed("from") }

// checkSignature verifies a given or captured signature against the profile's
// secrets, and finds out why if it does not match. Nothing is sent.
func (a *app) checkSignature(c *cobra.Command) error {
	if err := onlyOne(c, "explain", "headers", "curl"); err != nil {
		return err
	}
	for _, other := range []string{"headers", "curl"} {
		if c.Flags().Changed(other) {
			return &usageError{Problem: usageExclusive, Name: "--" + other, Value: "--check", Command: c.CommandPath()}
		}
	}
	capture, err := a.readCapture(c)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	secrets, err := s.secrets(a.interrupt)
	if err != nil {
		return err
	}
	fill(&capture.APIKey, secrets.APIKey)
	options := s.diagnosis()
	options.Depth, _ = c.Flags().GetInt("depth")
	if options.Depth == 0 { // Diagnose takes zero for its own default; here it is a wish that makes no sense
		options.Depth = -1
	}
	if c.Flags().Changed("limit") { // else Diagnose fits it to the body
		limit, _ := c.Flags().GetInt64("limit")
		options.Limit = max(limit, -1)
		if limit == 0 {
			options.Limit = -1
		}
	}
	report, err := diagnose.Diagnose(a.interrupt, capture, secrets, options)
	if err != nil {
		return usageOfDiagnosis(c, err)
	}
	explain, _ := c.Flags().GetBool("explain")
	if err := a.render.Diagnosis(report, explain); err != nil {
		return err
	}
	if !report.Match {
		return end(exitCredentials)
	}
	return nil
}

// usageOfDiagnosis says which flag is to blame for an error of Diagnose.
func usageOfDiagnosis(c *cobra.Command, err error) error {
	var option *diagnose.OptionError
	switch {
	case errors.As(err, &option):
		value := c.Flags().Lookup(option.Option).Value.String()
		return &usageError{Problem: usageBadValue, Name: "--" + option.Option, Value: value, Command: c.CommandPath()}
	case errors.Is(err, diagnose.ErrNoSignature):
		return &usageError{Problem: usageMissingFlag, Name: "--check", Command: c.CommandPath()}
	}
	return err
}

// readCapture reads the request from --from and from the flags, which win.
func (a *app) readCapture(c *cobra.Command) (diagnose.Capture, error) {
	capture, err := a.readFrom(c)
	if err != nil {
		return capture, err
	}
	given := func(name string, into *string) {
		if err == nil && c.Flags().Changed(name) {
			*into, err = flagText(c, name)
		}
	}
	given("check", &capture.Signature)
	given("path", &capture.Target)
	given("method", &capture.Method)
	given("timestamp", &capture.Timestamp)
	if err != nil {
		return capture, err
	}
	fill(&capture.Method, "POST")
	for _, need := range []struct{ flag, value string }{
		{"--path", capture.Target}, {"--timestamp", capture.Timestamp}, {"--check", capture.Signature},
	} {
		if need.value == "" {
			return capture, &usageError{Problem: usageMissingFlag, Name: need.flag, Command: c.CommandPath()}
		}
	}
	return capture, a.readCapturedBody(c, &capture)
}

// readFrom reads --from; without it there is nothing yet.
func (a *app) readFrom(c *cobra.Command) (diagnose.Capture, error) {
	name, err := flagText(c, "from")
	if err != nil || name == "" {
		return diagnose.Capture{}, err
	}
	file := name
	if name != "-" {
		file = "@" + name
	}
	text, err := a.readBody(file)
	if err != nil {
		return diagnose.Capture{}, err
	}
	capture, err := diagnose.Parse(text)
	if err != nil {
		return capture, &usageError{Problem: usageBadCapture, Name: name, Value: err.Error(), Command: c.CommandPath()}
	}
	return capture, nil
}

// readCapturedBody takes the body from --body, or from the file that a captured
// curl command names.
func (a *app) readCapturedBody(c *cobra.Command, capture *diagnose.Capture) error {
	body, err := "", error(nil)
	switch {
	case c.Flags().Changed("body"):
		body, _ = c.Flags().GetString("body")
		capture.StripLines, capture.Incomplete = false, false
	case capture.BodyFile == "-": // what stdin held then is not known now
		return &usageError{Problem: usageMissingFlag, Name: "--body", Command: c.CommandPath()}
	case capture.BodyFile != "":
		body = "@" + capture.BodyFile
	default:
		return nil
	}
	if capture.Body, err = a.readBody(body); err == nil && capture.StripLines {
		capture.Body = bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, capture.Body)
	}
	return err
}

// secrets are the profile's own, and those of the file's other profiles that
// can be had without asking anybody.
func (s *session) secrets(ctx context.Context) (diagnose.Secrets, error) {
	p := s.profile
	if err := p.Require("api_key", "secret"); err != nil {
		return diagnose.Secrets{}, err
	}
	secret, err := p.Secret.Resolve(ctx)
	if err != nil {
		return diagnose.Secrets{}, err
	}
	secrets := diagnose.Secrets{Current: secret.Reveal(), APIKey: string(p.APIKey.Reveal())}
	if !p.PreviousSecret.IsZero() {
		previous, err := p.PreviousSecret.Resolve(ctx)
		if err != nil {
			return diagnose.Secrets{}, err
		}
		secrets.Previous = previous.Reveal()
	}
	for _, name := range s.config.Profiles {
		if other, ok := s.otherProfile(ctx, name); ok {
			secrets.Others = append(secrets.Others, other)
		}
	}
	return secrets, nil
}

// otherProfile reads another profile's credentials for comparison. What cannot
// be read, and what would run a command or open a key ring, is passed over.
func (s *session) otherProfile(ctx context.Context, name string) (diagnose.Credentials, bool) {
	if s.profile.Sandbox || name == s.profile.Name {
		return diagnose.Credentials{}, false
	}
	sources := s.app.sources
	sources.Profile = name
	c, err := config.Load(sources)
	if err != nil || c.Profile.APIKey.IsZero() {
		return diagnose.Credentials{}, false
	}
	switch c.Profile.Secret.Kind() {
	case config.SecretValue, config.SecretFile, config.SecretVariable:
	default:
		return diagnose.Credentials{}, false
	}
	secret, err := c.Profile.Secret.Resolve(ctx)
	if err != nil {
		return diagnose.Credentials{}, false
	}
	return diagnose.Credentials{Name: name, APIKey: string(c.Profile.APIKey.Reveal()), Secret: secret.Reveal()}, true
}

// diagnosis is what the profile knows that helps to explain a signature.
func (s *session) diagnosis() diagnose.Options {
	o := diagnose.Options{
		Separator: s.profile.SignatureSeparator, Now: s.app.process.now(), Window: sign.DefaultWindow,
		Prefixes: []string{s.profile.APIPrefix, "/api"}, Progress: s.app.render.SearchProgress,
	}
	for _, address := range []string{s.profile.BaseURL, s.profile.PayoutURL, s.profile.Listen.PublicURL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			o.Hosts = append(o.Hosts, u.Host)
			if path := strings.TrimRight(u.EscapedPath(), "/"); path != "" && address == s.profile.Listen.PublicURL {
				o.Prefixes = append(o.Prefixes, path) // the proxy's
			}
		}
	}
	return o
}
