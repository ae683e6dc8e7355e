package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

func (a *app) payoutCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "payout", Short: "command.payout.short", Long: "command.payout.long", Example: payoutExample,
		Args: onlyCommands,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkWait(c); err != nil {
				return err
			}
			if done, err := a.batched(c, api.KindPayout); done {
				return err
			}
			_, err := a.move(c, api.KindPayout)
			return err
		},
	}
	orderFlags(c)
	batchFlags(c, api.KindPayout)
	once(c.Flags(), "request-id", "flag.request-id")
	c.Flags().Bool("wait", false, "flag.wait")
	c.Flags().Duration("wait-timeout", 10*time.Minute, "flag.wait-timeout")
	list := a.listCommand("list", "command.payout-list", api.KindPayout)
	list.Flags().String("status", "", "flag.status")
	c.AddCommand(
		list, a.showCommand("command.payout-show", api.KindPayout),
		a.concludeCommand("complete", journal.RuledCompleted), a.concludeCommand("cancel", journal.RuledCancelled),
		a.deliverCommand(),
	)
	return c
}

func (a *app) concludeCommand(name string, ruling journal.Ruling) *cobra.Command {
	key, example := "command.payout-complete", completeExample
	if ruling == journal.RuledCancelled {
		key, example = "command.payout-cancel", cancelExample
	}
	c := &cobra.Command{
		Use: name + " ID", Short: key + ".short", Long: key + ".long", Example: example, Args: arguments(1, 1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onOperation(args[0], api.KindPayout, func(s *session, id int64) error {
				return a.concludePayout(c, s, id, ruling)
			})
		},
	}
	once(c.Flags(), "note", "flag.note")
	c.Flags().Bool("yes", false, "flag.yes")
	c.Flags().Bool("confirm", false, "flag.confirm")
	return c
}

func (a *app) concludePayout(c *cobra.Command, s *session, id int64, ruling journal.Ruling) error {
	note, err := readNote(c)
	if err != nil {
		return err
	}
	if err := a.probe(); err != nil {
		return err
	}
	given := readConfirmation(c)
	told := false // to hand over cash
	r, err := s.desk.Conclude(a.interrupt, id, ruling, note, func(e journal.Entry) error {
		err := a.confirmEntry(given, "prompt."+string(ruling), e)
		told = ruling == journal.RuledCompleted && (err == nil || unanswered(err))
		return err
	})
	var ruled *desk.RulingError // which says itself what the cash is to do
	if err != nil && told && !errors.As(err, &ruled) {
		return &notHandedOver{ID: id, Err: err}
	}
	if err != nil {
		return err
	}
	return a.showNotice(r)
}

// confirmEntry asks about a recorded operation, by the rules of confirmOrder.
func (a *app) confirmEntry(given confirmation, key string, e journal.Entry) error {
	switch {
	case given.yes, e.Sandbox && !given.ask, !a.attended():
		return nil
	case a.options.NoInput:
		return &usageError{Problem: usageNoAnswer, Name: "--yes"}
	}
	return a.yes(a.interrupt, a.render.EntryQuestion(key, e))
}

func (a *app) showNotice(r desk.Receipt) error {
	a.warnOfClock(r.ServerDate, r.RefusesCredentials())
	if err := a.render.Conclusion(r); err != nil {
		a.render.Lost(r)
		return &lostOutput{err}
	}
	return end(exitOfNotice(r))
}

func (a *app) deliverCommand() *cobra.Command {
	const key = "command.payout-deliver"
	return &cobra.Command{
		Use: "deliver [ID]", Short: key + ".short", Long: key + ".long", Example: deliverExample, Args: arguments(0, 1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.onOperation(args[0], api.KindPayout, func(s *session, id int64) error {
					r, err := s.desk.Deliver(a.interrupt, id)
					if err != nil {
						return err
					}
					return a.showNotice(r)
				})
			}
			return a.deliverAll()
		},
	}
}

// deliverAll tries every notice that is not delivered, due or not: somebody is
// here and asks for it.
func (a *app) deliverAll() error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	if err := s.openDesk(a.interrupt); err != nil {
		return err
	}
	worst, none := exitDone, true
	filter := journal.Filter{Profile: s.profile.Name, Kind: api.KindPayout, Notices: true}
	for e, err := range s.journal.List(a.interrupt, filter) {
		if err != nil {
			return err
		}
		none = false
		r, err := s.desk.Deliver(a.interrupt, e.ID)
		if err != nil {
			return err
		}
		if err := a.render.Conclusion(r); err != nil {
			return err
		}
		if code := exitOfNotice(r); code != exitDone {
			worst = code
		}
	}
	if none {
		a.render.Note("note.no-notices", nil)
	}
	return end(worst)
}

// How often --wait looks into the journal, and after what time it says that
// nobody listens.
const (
	waitPoll    = 300 * time.Millisecond
	waitPatient = 5 * time.Second
)

// checkWait refuses a --wait-timeout that waits for nothing.
func checkWait(c *cobra.Command) error {
	wait, _ := c.Flags().GetBool("wait")
	limit, _ := c.Flags().GetDuration("wait-timeout")
	switch {
	case limit < 0:
		return badWord(c, "wait-timeout", limit.String(), nil)
	case c.Flags().Changed("wait-timeout") && !wait:
		return &usageError{Problem: usageNeedsFlag, Name: "--wait-timeout", Value: "--wait", Command: c.CommandPath()}
	}
	return nil
}

// waitFor reads the journal until the payout is final.
func (a *app) waitFor(c *cobra.Command, s *session, r desk.Receipt) error {
	limit, _ := c.Flags().GetDuration("wait-timeout")
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	a.render.Note("note.waiting-final", words{"ID": r.Entry.ID})
	if s.embedded != nil {
		s.embedded.tell() // before it ends: its webhook is what is waited for
	}
	e, err := s.awaitFinal(ctx, r.Entry, limit)
	if err != nil {
		return err
	}
	r.Entry = e
	if err := a.show(r); err != nil {
		return err
	}
	switch {
	case e.State != journal.StateDone:
		return end(exitOfState(e.State))
	case e.PayoutStatus == api.StatusCompleted:
		return nil
	case e.PayoutStatus == api.StatusCancelled:
		return end(exitRefused)
	}
	return end(exitNotFinal)
}

func (s *session) awaitFinal(ctx context.Context, e journal.Entry, limit time.Duration) (journal.Entry, error) {
	warned := false
	ticker := time.NewTicker(waitPoll)
	defer ticker.Stop()
	for waited := time.Duration(0); e.PayoutOpen() && waited < limit; waited += waitPoll {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return e, nil
		}
		now, err := s.journal.Get(context.WithoutCancel(ctx), e.ID)
		if err != nil {
			return e, err
		}
		if now.PayoutStatus != e.PayoutStatus && now.PayoutStatus == api.StatusAccepted {
			s.app.render.Note("note.accepted", words{"ID": now.ID})
		}
		e = now
		if waited >= waitPatient && !warned && e.PayoutStatus == api.StatusPending {
			warned = true
			running, err := s.journal.Listening(ctx, s.profile.Name)
			if err == nil && !running {
				s.app.render.Note("note.no-listener", nil)
			}
		}
	}
	return e, nil
}
