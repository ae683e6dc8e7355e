package main

import (
	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/render"
)

const receiptExample = `raisboy receipt 42
raisboy receipt 42 --width 32`

func (a *app) receiptCommand() *cobra.Command {
	const key = "command.receipt"
	c := &cobra.Command{
		Use: "receipt ID", Short: key + ".short", Long: key + ".long", Example: receiptExample, Args: arguments(1, 1, "ID"),
		RunE: func(c *cobra.Command, args []string) error { return a.printReceipt(c, args[0]) },
	}
	c.Flags().String("width", "", "flag.width")
	return c
}

// printReceipt records that a paper is printed, and only then prints it.
func (a *app) printReceipt(c *cobra.Command, argument string) error {
	width, err := readWidth(c, render.DefaultPaper)
	if err != nil {
		return err
	}
	if err := a.probe(); err != nil {
		return err
	}
	// Looked at before it is opened for writing: a receipt makes no journal.
	return a.withJournal(func(s *session) error {
		id, err := s.findOperation(argument, "")
		if err != nil {
			return err
		}
		if err := s.openJournal(a.interrupt, false); err != nil {
			return err
		}
		e, printed, err := s.journal.Print(a.interrupt, id)
		if err != nil {
			return err
		}
		return a.render.Paper(e, printed, width)
	})
}
