package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sign"
)

// session is one profile put to work: what a command needs beyond its flags.
// Its parts are opened one by one, as far as the command needs them.
type session struct {
	app     *app
	config  config.Config
	profile config.Profile
	place   sandboxPlace

	journal  *journal.Journal
	client   *api.Client
	desk     *desk.Desk
	embedded *embeddedSandbox // nil: a real project, or a sandbox that runs by itself
	closers  []func() error
}

// open loads the configuration and chooses the profile.
func (a *app) open() (*session, error) {
	place, err := placeOfSandbox(a.sources.LookupEnv)
	if err != nil {
		return nil, err
	}
	a.sources.SandboxSettings = sandboxSettings(place)
	c, err := config.Load(a.sources)
	if err != nil {
		return nil, err
	}
	for _, o := range c.Overrides {
		a.log.Info("setting comes from the environment", "key", o.Key, "variable", o.Variable)
	}
	return &session{app: a, config: c, profile: c.Profile, place: place}, nil
}

// close ends what was opened, the last thing first.
func (s *session) close() error {
	var err error
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i]())
	}
	s.closers = nil
	return err
}

func (s *session) endpoints() api.Endpoints {
	p := s.profile
	return api.Endpoints{BaseURL: p.BaseURL, APIPrefix: p.APIPrefix, PayoutURL: p.PayoutURL}
}

// openJournal opens the profile's journal; for reading alone it need not exist.
func (s *session) openJournal(ctx context.Context, readOnly bool) error {
	address := s.profile.Journal
	if address.IsZero() {
		return s.profile.Require("journal")
	}
	j, err := journal.Open(ctx, address.Reveal(), journal.Options{
		Desk: s.profile.Desk, OSUser: osUser(), Now: s.app.process.now, ReadOnly: readOnly,
	})
	if err != nil {
		return err
	}
	s.journal = j
	s.closers = append(s.closers, j.Close)
	return nil
}

// lookIntoJournal opens the journal for reading. One that does not exist yet
// holds nothing, which is no error: there is no s.journal then.
func (s *session) lookIntoJournal() error {
	err := s.openJournal(s.app.interrupt, true)
	if isMissing(err) {
		return nil
	}
	return err
}

// withJournal looks into the profile's journal and hands it over.
func (a *app) withJournal(do func(*session) error) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	if err := s.lookIntoJournal(); err != nil {
		return err
	}
	return do(s)
}

// tryWriting opens a journal that exists once more, for writing, and writes
// nothing.
func (s *session) tryWriting(ctx context.Context) error {
	j, err := journal.Open(ctx, s.profile.Journal.Reveal(), journal.Options{
		Desk: s.profile.Desk, OSUser: osUser(), Now: s.app.process.now,
	})
	if err != nil {
		return err
	}
	return errors.Join(j.CanWrite(ctx), j.Close())
}

// signer prepares signing: keys, clock and the form of the signature, with
// nothing to send by. It needs no address.
func (s *session) signer(ctx context.Context) (*api.Client, error) {
	p := s.profile
	if err := p.Require("api_key", "secret"); err != nil {
		return nil, err
	}
	secret, err := p.Secret.Resolve(ctx)
	if err != nil {
		return nil, err
	}
	key, err := sign.NewKey(secret.Reveal())
	if err != nil {
		return nil, err
	}
	format, err := sign.ParseTimestampFormat(p.TimestampFormat)
	if err != nil {
		return nil, err
	}
	number, _ := buildVersion()
	return &api.Client{
		Key: key, APIKey: string(p.APIKey.Reveal()), Separator: p.SignatureSeparator, TimestampFormat: format,
		Now: s.app.process.now, Timeout: s.app.options.Timeout, UserAgent: "raisboy/" + number,
	}, nil
}

// openClient prepares sending: the embedded sandbox where no other answers.
func (s *session) openClient(ctx context.Context) error {
	p := s.profile
	if err := p.Require("base_url", "api_key", "secret"); err != nil {
		return err
	}
	client, err := s.signer(ctx)
	if err != nil {
		return err
	}
	options := api.TransportOptions{}
	if p.Sandbox {
		if s.embedded, err = s.app.findSandbox(ctx, s.place, p.Journal.Reveal()); err != nil {
			return err
		}
		if s.embedded != nil {
			options.DialContext = s.embedded.dial
			s.closers = append(s.closers, s.embedded.close)
		}
	}
	client.Transport = api.NewTransport(options)
	s.client = client
	return nil
}

// openDesk opens everything that moving money takes, in the order in which a
// cause of failure is cheapest to find.
func (s *session) openDesk(ctx context.Context) error {
	limits, err := readLimits(s.profile.Limits, s.app.process.now())
	if err != nil {
		return err
	}
	if err := s.profile.Require("base_url", "api_key", "secret"); err != nil {
		return err
	}
	origins, err := s.endpoints().Origins()
	if err != nil {
		return err
	}
	if err := s.openJournal(ctx, false); err != nil {
		return err
	}
	if err := s.journal.Bind(ctx, s.profile.Name, s.profile.Sandbox, origins); err != nil {
		return err
	}
	if err := s.countShift(ctx, &limits); err != nil {
		return err
	}
	if err := s.openClient(ctx); err != nil {
		return err
	}
	notices := *s.client
	notices.Transport = s.noticeTransport()
	s.desk = &desk.Desk{
		Journal: s.journal, Client: s.client, Notices: &notices, Now: s.app.process.now,
		Stop: s.app.interrupt.stop, Waiting: s.app.sayWaiting,
		Profile: s.profile.Name, Sandbox: s.profile.Sandbox, APIKey: s.client.APIKey, Endpoints: s.endpoints(),
		Limits: limits, Window: s.profile.DuplicateWindow, NoticeHosts: s.profile.NotifyHosts,
	}
	s.instrument()
	return nil
}

func (s *session) noticeTransport() http.RoundTripper {
	if s.embedded != nil {
		return api.NewTransport(api.TransportOptions{DialContext: s.embedded.dial})
	}
	return newNoticeTransport(s.profile.Sandbox || onLoopback(s.profile.BaseURL))
}

// readLimits reads the desk's own limits. Without an open shift, the shift's
// limit counts from local midnight; see countShift.
func readLimits(l config.Limits, now time.Time) (desk.Limits, error) {
	limits := desk.Limits{ShiftSince: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())}
	for _, one := range []struct {
		key, value string
		into       *money.Amount
	}{
		{"limits.deposit_max", l.DepositMax, &limits.DepositMax},
		{"limits.payout_max", l.PayoutMax, &limits.PayoutMax},
		{"limits.shift_max", l.ShiftMax, &limits.ShiftMax},
	} {
		if one.value == "" {
			continue
		}
		amount, err := money.Parse(one.value)
		if err != nil {
			return limits, &settingError{one.key, err}
		}
		*one.into = amount
	}
	return limits, nil
}

func (s *session) confirmAbove() (money.Amount, error) {
	if s.profile.Limits.ConfirmAbove == "" {
		return 0, nil
	}
	amount, err := money.Parse(s.profile.Limits.ConfirmAbove)
	if err != nil {
		return 0, &settingError{"limits.confirm_above", err}
	}
	return amount, nil
}

// A settingError is a setting that is no use although it is of the right form:
// a sum that cannot be read, a currency that there is not.
type settingError struct {
	Key string
	Err error
}

func (e *settingError) Error() string { return fmt.Sprintf("%s: %v", e.Key, e.Err) }
func (e *settingError) Unwrap() error { return e.Err }

// statePath is where the sandbox keeps a file of its own, beside its journal.
func statePath(journalPath, name string) string {
	return filepath.Join(filepath.Dir(journalPath), name)
}

// ensureFolder makes a folder that nobody else can look into.
func ensureFolder(path string) error { return os.MkdirAll(filepath.Dir(path), 0o700) }
