package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/render"
)

func (a *app) batchCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "command.batch-list.short", Long: "command.batch-list.long", Example: batchListExample,
		Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return a.listBatches() },
	}
	show := &cobra.Command{
		Use: "show NAME", Short: "command.batch-show.short", Long: "command.batch-show.long", Example: batchShowExample,
		Args: arguments(1, 1, "NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			failed, _ := c.Flags().GetBool("failed")
			return a.showBatch(args[0], failed)
		},
	}
	show.Flags().Bool("failed", false, "flag.failed")
	c := group("batch", "command.batch.short", list, show)
	c.Example = batchExample
	return c
}

// withBatches opens the journal for reading and hands over the batches' names;
// a journal that does not exist yet has none.
func (a *app) withBatches(do func(*session, []string) error) error {
	return a.withJournal(func(s *session) error {
		if s.journal == nil {
			return do(s, nil)
		}
		names, err := s.journal.Batches(a.interrupt, s.profile.Name)
		if err != nil {
			return err
		}
		return do(s, names)
	})
}

func (a *app) listBatches() error {
	return a.withBatches(func(s *session, names []string) error {
		all := make([]render.BatchTotals, 0, len(names))
		for _, name := range names {
			totals, err := s.batchTotals(name)
			if err != nil {
				return err
			}
			all = append(all, totals)
		}
		slices.SortStableFunc(all, func(a, b render.BatchTotals) int { return a.First.Compare(b.First) })
		return a.render.Batches(all)
	})
}

func (s *session) batchTotals(name string) (render.BatchTotals, error) {
	totals := render.BatchTotals{Name: name}
	for row, err := range s.journal.BatchRows(s.app.interrupt, s.profile.Name, name) {
		if err != nil {
			return totals, err
		}
		totals.Tally.Add(row.Outcome, row.Code, row.Currency, row.Amount, false)
		if totals.First.IsZero() || row.At.Before(totals.First) {
			totals.First = row.At
		}
		if row.At.After(totals.Last) {
			totals.Last = row.At
		}
	}
	return totals, nil
}

func (a *app) showBatch(name string, failed bool) error {
	return a.withBatches(func(s *session, names []string) error {
		if !slices.Contains(names, name) {
			return &usageError{Problem: usageUnknownBatch, Name: "NAME", Value: name}
		}
		if failed {
			return a.failedRows(s, name)
		}
		totals, err := s.batchTotals(name)
		if err != nil {
			return err
		}
		return a.render.Batch(totals)
	})
}

// failedRows gives the rows that can be corrected and run again: nothing moved.
// Those whose end is not known are left out, for they may have been paid.
func (a *app) failedRows(s *session, name string) error {
	if err := a.render.BatchRowHeader(); err != nil {
		return err
	}
	failed, unknown := 0, 0
	for row, err := range s.journal.BatchRows(a.interrupt, s.profile.Name, name) {
		if err != nil {
			return err
		}
		switch batch.ClassOf(row.Outcome) {
		case batch.Done:
		case batch.Unknown:
			unknown++
		case batch.Failed:
			failed++
			if err := a.render.BatchRow(row); err != nil {
				return err
			}
		}
	}
	if failed == 0 {
		a.render.Note("note.no-failed-rows", nil)
	}
	a.render.BatchLeftOut(unknown)
	return nil
}
