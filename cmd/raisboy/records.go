package main

import (
	"errors"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
)

func (a *app) journalCommand() *cobra.Command {
	list := a.listCommand("list", "command.journal-list", "")
	verify := &cobra.Command{
		Use: "verify", Short: "command.journal-verify.short", Long: "command.journal-verify.long", Example: verifyExample, Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return a.verifyJournal() },
	}
	c := group("journal", "command.journal.short", list, a.showCommand("command.journal-show", ""), verify, a.exportCommand())
	c.Example = journalExample
	return c
}

// listCommand lists operations of a kind, or of all kinds.
func (a *app) listCommand(use, key string, kind api.Kind) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: key + ".short", Long: key + ".long", Example: exampleOfList(kind), Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.list(c, kind) },
	}
	filterFlags(c)
	if kind == "" {
		c.Flags().String("kind", "", "flag.kind")
	}
	return c
}

func (a *app) list(c *cobra.Command, kind api.Kind) error {
	filter, err := a.readFilter(c)
	if err != nil {
		return err
	}
	if kind != "" {
		filter.Kind = kind
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	return s.printEntries(filter, (*render.Renderer).Entries)
}

// printEntries prints the profile's operations, past rows that are damaged, in
// the pager's renderer where there is a pager.
func (s *session) printEntries(filter journal.Filter, print func(*render.Renderer, iter.Seq2[journal.Entry, error]) error) error {
	entries, err := s.entries(filter)
	if err != nil {
		return err
	}
	return s.app.paged(s, func() error {
		reader := tolerant{app: s.app}
		if err := print(s.app.render, reader.entries(entries)); err != nil {
			return err
		}
		return reader.end()
	})
}

// entries lists the profile's operations; a journal that does not exist yet
// holds none.
func (s *session) entries(filter journal.Filter) (iter.Seq2[journal.Entry, error], error) {
	filter.Profile = s.profile.Name
	if err := s.lookIntoJournal(); err != nil {
		return nil, err
	}
	if s.journal == nil {
		return func(func(journal.Entry, error) bool) {}, nil
	}
	return s.journal.List(s.app.interrupt, filter), nil
}

func isMissing(err error) bool {
	var storage *journal.StorageError
	return errors.As(err, &storage) && storage.Problem == journal.ProblemMissing
}

// showCommand shows one operation with its history.
func (a *app) showCommand(key string, kind api.Kind) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: key + ".short", Long: key + ".long", Example: exampleOfShow(kind), Args: arguments(1, 1, "ID"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.withJournal(func(s *session) error {
				e, err := s.show(args[0], kind)
				if err != nil {
					return err
				}
				s.warnOfAddress(e)
				return nil
			})
		},
	}
}

// show prints one operation with its history.
func (s *session) show(argument string, kind api.Kind) (journal.Entry, error) {
	id, err := s.findOperation(argument, kind)
	if err != nil {
		return journal.Entry{}, err
	}
	e, err := s.journal.Get(s.app.interrupt, id)
	if err != nil {
		return journal.Entry{}, err
	}
	return e, s.app.render.Entry(e)
}

// warnOfAddress says of an accepted payout that it cannot be concluded, because
// none of its webhook_urls may be used: better before the cash is paid.
func (s *session) warnOfAddress(e journal.Entry) {
	if e.PayoutStatus != api.StatusAccepted || e.State != journal.StateDone {
		return
	}
	d := desk.Desk{Endpoints: s.endpoints(), NoticeHosts: s.profile.NotifyHosts}
	if _, err := d.NoticeURL(e); err != nil {
		s.app.render.Note("note.address", words{"URL": render.Sanitize(e.WebhookURL)})
	}
}

// findOperation reads an ID argument: our number, a payout_id or a request_id.
// A bare number is always ours.
func (s *session) findOperation(argument string, kind api.Kind) (int64, error) {
	unknown := &usageError{Problem: usageUnknownID, Name: "ID", Value: argument}
	if s.journal == nil {
		return 0, unknown
	}
	if isNumber(argument) {
		id, err := strconv.ParseInt(argument, 10, 64)
		if err != nil || id <= 0 {
			return 0, &usageError{Problem: usageBadID, Name: "ID", Value: argument}
		}
		e, err := s.journal.Get(s.app.interrupt, id)
		switch {
		case errors.Is(err, journal.ErrNotFound), err == nil && e.Profile != s.profile.Name:
			return 0, unknown
		case err == nil && kind == api.KindPayout && e.Call.Kind != kind:
			return 0, &usageError{Problem: usageNotAPayout, Name: "ID", Value: argument}
		}
		return id, err
	}
	found, err := s.journal.Find(s.app.interrupt, s.profile.Name, argument)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, unknown
	case len(found) > 1:
		return 0, &usageError{Problem: usageAmbiguousID, Name: "ID", Value: argument}
	}
	return found[0].ID, nil
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// onOperation opens the desk and finds the operation that a command is about.
func (a *app) onOperation(argument string, kind api.Kind, do func(*session, int64) error) error {
	return a.onOperations([]string{argument}, kind, nil, do)
}

// onOperations finds and checks all of them before it does anything to the
// first. A nil check finds nothing wrong.
func (a *app) onOperations(
	arguments []string, kind api.Kind, check func(*session, journal.Entry) error, do func(*session, int64) error,
) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	if err := s.openDesk(a.interrupt); err != nil {
		return err
	}
	var ids []int64
	for _, argument := range arguments {
		id, err := s.findOperation(argument, kind)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if check == nil {
			break
		}
		e, err := s.journal.Get(a.interrupt, id)
		if err == nil {
			err = check(s, e)
		}
		if err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := do(s, id); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) verifyJournal() error {
	return a.withJournal(func(s *session) error {
		var report journal.Report
		if s.journal != nil {
			var err error
			if report, err = s.verify(); err != nil {
				return err
			}
		}
		if err := a.render.Verified(report); err != nil {
			return err
		}
		if !report.OK() {
			return end(exitSetup)
		}
		return nil
	})
}
