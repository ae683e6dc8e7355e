package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/stats"
)

// statsUsers is how many users are shown if no --limit says otherwise.
const statsUsers = 20

func (a *app) statsCommand() *cobra.Command {
	const key = "command.stats"
	c := &cobra.Command{
		Use: "stats", Short: key + ".short", Long: key + ".long", Example: statsExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.stats(c) },
	}
	flags := c.Flags()
	flags.String("since", "", "flag.since")
	flags.String("until", "", "flag.until")
	flags.String("by", "", "flag.by")
	flags.String("kind", "", "flag.kind")
	flags.Int("limit", statsUsers, "flag.stats-limit")
	return c
}

// stats counts in one pass: what is kept is a figure a group.
func (a *app) stats(c *cobra.Command) error {
	by, limit, err := readGroups(c)
	if err != nil {
		return err
	}
	filter, err := a.readFilter(c)
	if err != nil {
		return err
	}
	filter.Limit = 0 // here it bounds the users, not the operations
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	list, err := s.entries(filter)
	if err != nil {
		return err
	}
	counter, reader := stats.New(by, a.location()), tolerant{app: a}
	for e, err := range reader.entries(list) {
		if err != nil {
			return err
		}
		counter.Add(e)
	}
	totals, err := counter.Totals()
	if err != nil {
		return err
	}
	shown, left, err := counter.Rows(limit)
	if err != nil {
		return err
	}
	return a.paged(s, func() error {
		if err := a.render.Stats(by, totals, shown); err != nil {
			return err
		}
		if left > 0 {
			a.render.Note("note.more-users", words{"N": left})
		}
		return reader.end()
	})
}

// location is where the till stands: its hours and days are meant.
func (a *app) location() *time.Location { return a.process.now().Location() }

func readGroups(c *cobra.Command) (by stats.By, limit int, err error) {
	word, err := flagText(c, "by")
	if err != nil {
		return "", 0, err
	}
	by, ok := stats.Parse(word)
	if word != "" && !ok {
		return "", 0, badWord(c, "by", word, groupWords())
	}
	if c.Flags().Changed("limit") && by != stats.ByUser {
		return "", 0, &usageError{Problem: usageNeedsFlag, Name: "--limit", Value: "--by user", Command: c.CommandPath()}
	}
	limit, err = readLimit(c)
	return by, limit, err
}
