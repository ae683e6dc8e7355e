package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
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
	w.app, w.session, w.end = a, s, cancel
	receiver.Sink = w
	if lock, err := s.journal.Listen(ctx, s.profile.Name); err == nil && lock != nil {
		defer func() { _ = lock.Release() }()
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	address := s.profile.Listen.PublicURL
	fill(&address, "http://"+listener.Addr().String())
	if err := a.render.Listening(address); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return receiver.Serve(ctx, listener) })
	group.Go(func() error { return every(ctx, watchPeriod, w.look) })
	group.Go(func() error { return every(ctx, deliverPeriod, w.deliver) })
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	} else if err != nil && a.interrupt.Err() == nil && w.failed != nil {
		return w.failed
	}
	return nil
}

// every calls do again and again until it fails or the context ends.
func every(ctx context.Context, period time.Duration, do func(context.Context) error) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
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
	return r, nil
}

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
	if w.until = api.PayoutStatus(until); until != "" && w.until.Rank() == 0 {
		return nil, bad("until", until)
	}
	return w, nil
}

// deliver tries the notices whose time has come.
func (w *watch) deliver(ctx context.Context) error {
	return w.session.desk.DeliverDue(ctx, func(r desk.Receipt) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.fail(w.app.render.NoticeDelivered(r))
	})
}
