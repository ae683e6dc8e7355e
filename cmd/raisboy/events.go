package main

import (
	"errors"
	"iter"
	"net/url"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/webhook"
)

func (a *app) eventsCommand() *cobra.Command {
	const key = "command.events"
	list := &cobra.Command{
		Use: "list", Short: key + "-list.short", Long: key + "-list.long", Example: eventsExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.listEvents(c) },
	}
	list.Flags().String("since", "", "flag.since")
	list.Flags().String("until", "", "flag.until")
	list.Flags().String("kind", "", "flag.event-kind")
	list.Flags().Int("limit", 0, "flag.limit")
	show := &cobra.Command{
		Use: "show ID", Short: key + "-show.short", Long: key + "-show.long", Example: eventsShowExample, Args: arguments(1, 1, "ID"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.onEvent(args[0], func(_ *session, e journal.Event) error { return a.render.Event(e) })
		},
	}
	replay := &cobra.Command{
		Use: "replay ID", Short: key + "-replay.short", Long: key + "-replay.long", Example: replayExample, Args: arguments(1, 1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onEvent(args[0], func(s *session, e journal.Event) error { return a.replay(c, s, e) })
		},
	}
	replay.Flags().String("to", "", "flag.to")
	c := group("events", key+".short", list, show, replay)
	c.Example = eventsGroupExample
	return c
}

func (a *app) listEvents(c *cobra.Command) error {
	filter, err := a.readEventFilter(c)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	filter.Profile = s.profile.Name
	events, err := s.events(filter)
	if err != nil {
		return err
	}
	return a.paged(s, func() error {
		reader := tolerant{app: a}
		if err := a.render.Events(reader.webhooks(events)); err != nil {
			return err
		}
		return reader.end()
	})
}

// events lists what the journal holds; a journal that does not exist yet holds
// nothing.
func (s *session) events(filter journal.EventFilter) (iter.Seq2[journal.Event, error], error) {
	if err := s.lookIntoJournal(); err != nil {
		return nil, err
	}
	if s.journal == nil {
		return func(func(journal.Event, error) bool) {}, nil
	}
	return s.journal.Events(s.app.interrupt, filter), nil
}

func (a *app) readEventFilter(c *cobra.Command) (f journal.EventFilter, err error) {
	if f.Since, f.Until, err = readSpan(c, a.process.now()); err != nil {
		return f, err
	}
	kind, err := flagText(c, "kind")
	if err != nil {
		return f, err
	}
	if kind != "" && !slices.Contains(eventWords(), kind) {
		return f, badWord(c, "kind", kind, eventWords())
	}
	f.Kind = journal.EventKind(kind)
	f.Limit, err = readLimit(c)
	return f, err
}

// onEvent finds the stored webhook that a command is about.
func (a *app) onEvent(argument string, do func(*session, journal.Event) error) error {
	id, err := strconv.ParseInt(argument, 10, 64)
	if err != nil || id <= 0 || !isNumber(argument) {
		return &usageError{Problem: usageBadEvent, Name: "ID", Value: argument}
	}
	return a.withJournal(func(s *session) error {
		unknown := &usageError{Problem: usageUnknownEvent, Name: "ID", Value: argument}
		if s.journal == nil {
			return unknown
		}
		e, err := s.journal.Event(a.interrupt, id)
		if errors.Is(err, journal.ErrNotFound) || err == nil && e.Profile != s.profile.Name {
			return unknown
		}
		if err != nil {
			return err
		}
		return do(s, e)
	})
}

// replay passes a stored webhook on once more and changes nothing: the journal
// is open for reading alone.
func (a *app) replay(c *cobra.Command, s *session, e journal.Event) error {
	address, err := flagText(c, "to")
	if err != nil {
		return err
	}
	fill(&address, s.profile.Listen.ForwardTo)
	if address == "" {
		return &usageError{Problem: usageMissingFlag, Name: "--to", Command: c.CommandPath()}
	}
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" || to.User != nil || to.Fragment != "" {
		return &usageError{Problem: usageBadValue, Name: "--to", Value: address, Command: c.CommandPath()}
	}
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	f := &webhook.Forwarder{To: to, Now: a.process.now, Log: a.log}
	d := f.Send(ctx, storedEvent(e))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := a.render.Replayed(shownDelivery(d)); err != nil {
		return err
	}
	switch {
	case d.Taken():
		return nil
	case d.Status == 0:
		return end(exitNotSent)
	}
	return end(exitRefused)
}
