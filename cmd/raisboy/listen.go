package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

func (a *app) listenCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "listen", Short: "command.listen.short", Long: "command.listen.long", Example: listenExample,
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.listen(c) },
	}
	flags := c.Flags()
	flags.String("addr", "127.0.0.1:8788", "flag.addr")
	flags.String("public-url", "", "flag.public-url")
	flags.String("forward-to", "", "flag.forward-to")
	flags.String("tls-cert", "", "flag.tls-cert")
	flags.String("tls-key", "", "flag.tls-key")
	flags.StringSlice("filter", nil, "flag.filter")
	flags.Bool("once", false, "flag.once")
	flags.String("until", "", "flag.until-status")
	return c
}

// How often the listener looks for notices that are due, and for changes that
// other processes made to the journal.
const (
	deliverPeriod = time.Second
	watchPeriod   = 300 * time.Millisecond
)

// listen receives until it is interrupted or has seen what it waited for.
// Whatever it does besides receiving may fail and is tried again: as long as a
// webhook can be recorded, it is.
func (a *app) listen(c *cobra.Command) error {
	w, err := readWatch(c)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	if err := a.probe(); err != nil {
		return err
	}
	if err := s.openDesk(a.interrupt); err != nil {
		return err
	}
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	receiver, err := s.receiver(ctx)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s.profile.Listen.Addr)
	if err != nil {
		return err
	}
	a.tune(0, listenMemory)
	w.attach(a, s, cancel)
	receiver.Sink = w
	_ = w.beSeen(ctx) // tried again below
	group, working := errgroup.WithContext(ctx)
	err = w.begin(ctx)
	if err == nil {
		err = w.forward(working, group)
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	w.fail(w.screen().Listening(publicAddress(s.profile.Listen.PublicURL, listener.Addr().String(), receiver.TLS != nil)))
	group.Go(func() error { return receiver.Serve(working, listener) })
	group.Go(func() error { return w.keepOn(working, "watch", watchPeriod, w.look) })
	group.Go(func() error { return w.keepOn(working, "deliver", deliverPeriod, w.deliver) })
	group.Go(func() error { return w.keepOn(working, "sign", turnPeriod, w.beSeen) })
	group.Go(func() error { return w.keepOn(working, "status", statusPeriod, w.status) })
	return w.finish(group.Wait())
}

// publicAddress is what the project is told to send to.
func publicAddress(public, address string, secure bool) string {
	switch {
	case public != "":
		return public
	case secure:
		return "https://" + address
	}
	return "http://" + address
}

// receiver verifies with the profile's current and previous secret.
func (s *session) receiver(ctx context.Context) (*webhook.Receiver, error) {
	keys := []*sign.Key{s.client.Key}
	if !s.profile.PreviousSecret.IsZero() {
		secret, err := s.profile.PreviousSecret.Resolve(ctx)
		if err != nil {
			return nil, err
		}
		previous, err := sign.NewKey(secret.Reveal())
		if err != nil {
			return nil, err
		}
		keys = append(keys, previous)
	}
	r := &webhook.Receiver{
		Verifier: sign.Verifier{Keys: keys, APIKey: s.client.APIKey, Separator: s.client.Separator},
		Now:      s.app.process.now, Log: s.app.log,
	}
	if s.profile.Listen.PublicURL != "" {
		u, err := url.Parse(s.profile.Listen.PublicURL)
		if err != nil {
			return nil, err
		}
		r.PublicURL = u
	}
	var err error
	r.TLS, err = s.serverTLS()
	return r, err
}

// serverTLS is nil where the listener has no certificate of its own.
func (s *session) serverTLS() (*tls.Config, error) {
	l := s.profile.Listen
	if l.TLSCert == "" {
		return nil, nil
	}
	certificate, err := webhook.LoadCertificate(l.TLSCert, l.TLSKey, s.app.process.now, s.app.log)
	if err != nil {
		return nil, &certificateError{Cert: l.TLSCert, Key: l.TLSKey, Err: err}
	}
	return certificate.Config(), nil
}

// A certificateError says that the listener's certificate cannot be used.
type certificateError struct {
	Cert, Key string
	Err       error
}

func (e *certificateError) Error() string {
	return fmt.Sprintf("certificate %s, key %s: %v", e.Cert, e.Key, e.Err)
}

func (e *certificateError) Unwrap() error { return e.Err }

// readWatch reads which transitions are printed, and after which the listener
// ends.
func readWatch(c *cobra.Command) (*watch, error) {
	w := &watch{known: map[int64]api.PayoutStatus{}}
	bad := func(flag, value string) error {
		return &usageError{Problem: usageBadValue, Name: "--" + flag, Value: value, Command: c.CommandPath()}
	}
	filters, _ := c.Flags().GetStringSlice("filter")
	for _, filter := range filters {
		status, ok := strings.CutPrefix(filter, "status=")
		if !ok || api.PayoutStatus(status).Rank() == 0 {
			return nil, bad("filter", filter)
		}
		w.only = append(w.only, api.PayoutStatus(status))
	}
	w.once, _ = c.Flags().GetBool("once")
	until, _ := c.Flags().GetString("until")
	if w.until = api.PayoutStatus(until); c.Flags().Changed("until") && w.until.Rank() == 0 {
		return nil, bad("until", until)
	}
	return w, nil
}
