package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
)

func (a *app) resolveCommand() *cobra.Command {
	const key = "command.resolve"
	c := &cobra.Command{
		Use: "resolve [ID ...]", Short: key + ".short", Long: key + ".long", Example: resolveExample,
		RunE: func(c *cobra.Command, args []string) error { return a.resolve(c, args) },
	}
	flags := c.Flags()
	for _, name := range resolutions() {
		flags.Bool(name, false, "flag."+name)
	}
	once(flags, "payout-id", "flag.payout-id")
	once(flags, "confirm-amount", "flag.confirm-amount")
	flags.Bool("yes-may-credit-twice", false, "flag.yes-may-credit-twice")
	once(flags, "note", "flag.note")
	return c
}

// resolutions are the flags of which exactly one says what is to happen.
func resolutions() []string {
	return []string{"credited", "not-credited", "created", "not-created", "accept", "resend"}
}

func rulingOf(flag string) journal.Ruling {
	switch flag {
	case "credited":
		return journal.RuledCredited
	case "not-credited":
		return journal.RuledNotCredited
	case "created":
		return journal.RuledCreated
	case "not-created":
		return journal.RuledNotCreated
	case "accept":
		return journal.RuledAccepted
	}
	return ""
}

func (a *app) resolve(c *cobra.Command, args []string) error {
	chosen := ""
	for _, name := range resolutions() {
		if set, _ := c.Flags().GetBool(name); !set {
			continue
		}
		if chosen != "" {
			return &usageError{Problem: usageExclusive, Name: "--" + chosen, Value: "--" + name, Command: c.CommandPath()}
		}
		chosen = name
	}
	if err := checkCompanions(c, chosen, args); err != nil {
		return err
	}
	switch {
	case chosen == "" && len(args) == 0:
		return a.listUnsettled()
	case chosen == "":
		return a.showUnsettled(c, args)
	case len(args) == 0:
		return &usageError{Problem: usageMissingArg, Name: "ID", Command: c.CommandPath()}
	}
	if err := a.probe(); err != nil {
		return err
	}
	do := func(s *session, id int64) (desk.Receipt, error) { return a.resend(c, s, id) }
	var check func(*session, journal.Entry) error
	if chosen != "resend" {
		settlement, err := readSettlement(c, rulingOf(chosen))
		if err != nil {
			return err
		}
		check = func(s *session, e journal.Entry) error { return s.desk.Resolvable(e, settlement) }
		do = func(s *session, id int64) (desk.Receipt, error) { return s.desk.Resolve(a.interrupt, id, settlement) }
	}
	worst := exitDone
	err := a.onOperations(args, "", check, func(s *session, id int64) error {
		receipt, err := do(s, id)
		if err != nil {
			return err
		}
		a.warnOfClock(receipt.ServerDate, receipt.RefusesCredentials())
		if code := exitOfResolution(receipt, chosen); code != exitDone {
			worst = code
		}
		return a.show(receipt)
	})
	if err != nil {
		return err
	}
	return end(worst)
}

// checkCompanions refuses a flag that the chosen decision has no use for:
// without its decision nothing would be recorded, and the exit code would be 0
// all the same. A payout_id is that of one payout.
func checkCompanions(c *cobra.Command, chosen string, args []string) error {
	for _, flag := range []struct{ name, with string }{
		{"payout-id", "created"}, {"confirm-amount", "accept"}, {"yes-may-credit-twice", "resend"},
	} {
		if c.Flags().Changed(flag.name) && chosen != flag.with {
			return &usageError{Problem: usageNeedsFlag, Name: "--" + flag.name, Value: "--" + flag.with, Command: c.CommandPath()}
		}
	}
	switch {
	case chosen == "" && c.Flags().Changed("note"):
		decisions := "--" + strings.Join(resolutions(), " | --")
		return &usageError{Problem: usageNeedsFlag, Name: "--note", Value: decisions, Command: c.CommandPath()}
	case c.Flags().Changed("payout-id") && len(args) > 1:
		return &usageError{Problem: usageExtraArg, Name: "ID", Value: args[1], Command: c.CommandPath()}
	}
	return nil
}

// exitOfResolution: a decision that was recorded is a success, whichever way
// it went; a resend ends as an operation does.
func exitOfResolution(r desk.Receipt, chosen string) exitCode {
	if chosen == "resend" || r.Held != nil || !r.Recorded {
		return exitOfReceipt(r)
	}
	return exitDone
}

// readSettlement reads what a person found out.
func readSettlement(c *cobra.Command, ruling journal.Ruling) (desk.Settlement, error) {
	settlement := desk.Settlement{Ruling: ruling}
	var err error
	if settlement.Note, err = readNote(c); err != nil {
		return settlement, err
	}
	if settlement.PayoutID, err = flagText(c, "payout-id"); err != nil {
		return settlement, err
	}
	if c.Flags().Changed("payout-id") {
		if err := api.CheckText("payout_id", settlement.PayoutID, api.MaxRemoteID); err != nil {
			return settlement, err
		}
	}
	if ruling == journal.RuledAccepted {
		typed, err := needFlag(c, "confirm-amount")
		if err != nil {
			return settlement, err
		}
		if settlement.Amount, err = money.Parse(typed); err != nil {
			return settlement, err
		}
	}
	return settlement, nil
}

// resend sends frozen bytes again. For a deposit the project may credit it
// twice: that is asked each time, and --yes is no answer to it.
func (a *app) resend(c *cobra.Command, s *session, id int64) (desk.Receipt, error) {
	note, err := readNote(c)
	if err != nil {
		return desk.Receipt{}, err
	}
	twice, _ := c.Flags().GetBool("yes-may-credit-twice")
	return s.desk.Resend(a.interrupt, id, note, func(e journal.Entry) error {
		if e.Call.Repeatable || twice {
			return nil
		}
		if !a.canAsk() {
			return &usageError{Problem: usageNoAnswer, Name: "--yes-may-credit-twice", Command: c.CommandPath()}
		}
		err := a.retype(a.interrupt, a.render.EntryQuestion("prompt.resend", e), e.Amount())
		var wrong *amountNotConfirmed
		if errors.As(err, &wrong) {
			wrong.Resend = true
		}
		return err
	})
}

func (a *app) listUnsettled() error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	return s.printEntries(journal.Filter{States: unsettledStates()}, (*render.Renderer).Unsettled)
}

// unsettledStates are those that somebody must still find out about.
func unsettledStates() []journal.State {
	return []journal.State{journal.StateOpen, journal.StateUnknown, journal.StateMismatch, journal.StateConflict}
}

func (a *app) showUnsettled(_ *cobra.Command, args []string) error {
	return a.withJournal(func(s *session) error {
		for _, argument := range args {
			if _, err := s.show(argument, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxNote bounds a note, in characters.
const maxNote = 200

func readNote(c *cobra.Command) (string, error) {
	note, err := flagText(c, "note")
	if err == nil && note != "" {
		err = api.CheckText("note", note, maxNote)
	}
	return note, err
}
