package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/journal"
)

// The words that flags choose among. Help, completion and "did you mean" all
// take them from here.

func kindWords() []string { return []string{string(api.KindDeposit), string(api.KindPayout)} }

func outcomeWords() []string {
	var names []string
	for state := journal.StateUnknown; state <= journal.StateConflict; state++ {
		names = append(names, state.String())
	}
	return names
}

func statusWords() []string {
	return []string{
		string(api.StatusPending), string(api.StatusAccepted), string(api.StatusCompleted), string(api.StatusCancelled),
	}
}

func eventWords() []string {
	return []string{
		string(journal.EventAccepted), string(journal.EventCompleted), string(journal.EventCancelled),
		string(journal.EventUnrecognised), string(journal.EventRejected), string(journal.EventOrphan),
	}
}

// groupWords are what `stats --by` groups by.
func groupWords() []string { return []string{"hour", "day", "method", "user"} }

// meantMethod is the payment method that a mistyped one was to be.
func meantMethod(e *api.FieldError) string {
	if e.Problem != api.ProblemMethod {
		return ""
	}
	return config.Suggest(e.Value, api.PaymentMethods())
}

// filterFlags declares the flags that choose operations.
func filterFlags(c *cobra.Command) {
	flags := c.Flags()
	flags.String("since", "", "flag.since")
	flags.String("until", "", "flag.until")
	flags.String("outcome", "", "flag.outcome")
	flags.String("user", "", "flag.list-user")
	flags.Int("limit", 0, "flag.limit")
}

// badWord refuses a flag's value, naming the one of the known words that was
// probably meant.
func badWord(c *cobra.Command, flag, value string, known []string) error {
	return &usageError{
		Problem: usageBadValue, Name: "--" + flag, Value: value, Command: c.CommandPath(), Meant: config.Suggest(value, known),
	}
}

// readFilter reads which operations a list is to show.
func (a *app) readFilter(c *cobra.Command) (f journal.Filter, err error) {
	text := func(flag string) string {
		if c.Flags().Lookup(flag) == nil || err != nil {
			return ""
		}
		value := ""
		value, err = flagText(c, flag)
		return value
	}
	f.User = text("user")
	kind, outcome, status := text("kind"), text("outcome"), text("status")
	if err != nil {
		return f, err
	}
	if f.Limit, err = readLimit(c); err != nil {
		return f, err
	}
	if f.Since, f.Until, err = readSpan(c, a.process.now()); err != nil {
		return f, err
	}
	if f.Kind = api.Kind(kind); kind != "" && !f.Kind.MovesMoney() {
		return f, badWord(c, "kind", kind, kindWords())
	}
	for name := range strings.SplitSeq(outcome, ",") {
		state, ok := journal.ParseState(name)
		switch {
		case outcome == "":
		case !ok:
			return f, badWord(c, "outcome", name, outcomeWords())
		default:
			f.States = append(f.States, state)
		}
	}
	if f.PayoutStatus = api.PayoutStatus(status); status != "" && f.PayoutStatus.Rank() == 0 {
		return f, badWord(c, "status", status, statusWords())
	}
	return f, nil
}

// readLimit reads --limit, where the command has one.
func readLimit(c *cobra.Command) (int, error) {
	if c.Flags().Lookup("limit") == nil {
		return 0, nil
	}
	limit, _ := c.Flags().GetInt("limit")
	if limit < 0 {
		return 0, badWord(c, "limit", strconv.Itoa(limit), nil)
	}
	return limit, nil
}

// readSpan reads --since and --until, where the command has them, in the zone of
// now. A span that ends before it begins is a slip, and would list nothing
// without saying why.
func readSpan(c *cobra.Command, now time.Time) (since, until time.Time, err error) {
	for _, bound := range []struct {
		flag string
		into *time.Time
	}{{"since", &since}, {"until", &until}} {
		if c.Flags().Lookup(bound.flag) == nil {
			continue
		}
		value, err := flagText(c, bound.flag)
		if err != nil {
			return since, until, err
		}
		if value == "" {
			continue
		}
		at, ok := readTime(value, now)
		if !ok {
			return since, until, badWord(c, bound.flag, value, nil)
		}
		*bound.into = at
	}
	if !since.IsZero() && !until.IsZero() && since.After(until) {
		return since, until, &usageError{Problem: usageBackwards, Name: "--since", Value: "--until", Command: c.CommandPath()}
	}
	return since, until, nil
}

// readTime reads what people write for a moment: RFC 3339, a date, a date and
// time in local time, a time of today, or how long ago (90m, 24h, 7d).
func readTime(value string, now time.Time) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return at, true
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, value, now.Location()); err == nil {
			return at, true
		}
	}
	if at, err := time.ParseInLocation("15:04", value, now.Location()); err == nil {
		return time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location()), true
	}
	if days, ok := strings.CutSuffix(value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return now.AddDate(0, 0, -n), true
		}
	}
	if ago, err := time.ParseDuration(value); err == nil && ago >= 0 {
		return now.Add(-ago), true
	}
	return time.Time{}, false
}
