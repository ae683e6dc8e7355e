package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/statement"
)

// maxWindow bounds --window: whatever is further apart is not the same.
const maxWindow = 24 * time.Hour

func (a *app) reconcileCommand() *cobra.Command {
	const key = "command.account-reconcile"
	c := &cobra.Command{
		Use: "reconcile FILE", Short: key + ".short", Long: key + ".long", Example: reconcileExample, Args: arguments(1, 1, "FILE"),
		RunE: func(c *cobra.Command, args []string) error { return a.reconcile(c, args[0]) },
	}
	flags := c.Flags()
	flags.StringArray("column", nil, "flag.column")
	flags.Duration("window", 15*time.Minute, "flag.window")
	flags.String("timezone", "", "flag.timezone")
	flags.String("currency", "", "flag.statement-currency")
	flags.String("kind", "", "flag.statement-kind")
	flags.String("negative", "", "flag.negative")
	flags.String("since", "", "flag.statement-since")
	flags.String("until", "", "flag.statement-until")
	flags.Bool("yes", false, "flag.statement-yes")
	return c
}

// A reconciliation is one statement and how it is to be compared.
type reconciliation struct {
	options statement.Options
	rules   statement.Rules
	file    *statement.File
	results []statement.Result
}

// reconcile compares a statement with the journal. Only what a person agreed to
// is recorded: by --yes, or asked on a terminal.
func (a *app) reconcile(c *cobra.Command, path string) error {
	x, err := a.readReconciliation(c)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	x.options.Profile = s.profile.Name
	fill(&x.options.Currency, s.profile.Currency)
	if x.file, err = a.readStatement(path, x.options); err != nil {
		return err
	}
	if x.rules.Since.IsZero() || x.rules.Until.IsZero() { // else it is known of which days nothing is in it
		if err := x.file.About(); err != nil {
			return err
		}
	}
	if err := a.probe(); err != nil {
		return err
	}
	if err := s.compare(a.interrupt, x); err != nil {
		return err
	}
	yes, _ := c.Flags().GetBool("yes")
	failed := a.record(s, x, yes)
	err = a.render.Reconciled(render.Reconciliation{Digest: x.file.Digest, Results: x.results})
	switch {
	case err != nil && x.recorded():
		return errors.Join(failed, &lostOutput{err})
	case failed != nil:
		return failed
	case err != nil && !errors.Is(err, syscall.EPIPE):
		return err
	}
	// Whoever read only the beginning is told by the code how it ended.
	for _, r := range x.results {
		if !r.Agrees() {
			return end(exitHeld)
		}
	}
	return nil
}

// recorded reports that something was recorded.
func (x *reconciliation) recorded() bool {
	return slices.ContainsFunc(x.results, func(r statement.Result) bool {
		return r.Outcome == statement.Settled || r.Outcome == statement.Conflict
	})
}

// compare pairs the lines with what the journal holds; one that does not exist
// yet holds nothing.
func (s *session) compare(ctx context.Context, x *reconciliation) error {
	if err := s.lookIntoJournal(); err != nil {
		return err
	}
	if s.journal == nil {
		x.results = statement.Match(x.file, nil, x.rules)
		return nil
	}
	entries, rules, err := statement.Gather(ctx, s.journal, s.profile.Name, x.file, x.rules, x.options.Zone)
	if err != nil {
		return err
	}
	x.results = statement.Match(x.file, entries, rules)
	return nil
}

// record makes evidence of what the statement proves, if a person says so. What
// could not be recorded stays as it was, with the reason.
func (a *app) record(s *session, x *reconciliation, yes bool) error {
	provable := 0
	for _, r := range x.results {
		if r.Outcome == statement.Provable || r.Outcome == statement.Contradicts {
			provable++
		}
	}
	if provable == 0 || !yes && !a.canAsk() {
		return nil
	}
	if !yes {
		if err := a.render.Provable(render.Reconciliation{Digest: x.file.Digest, Results: x.results}); err != nil {
			return err
		}
		err := a.yes(a.interrupt, a.catalog.N("prompt.reconcile", provable, words{"Profile": s.profile.Name}))
		if errors.Is(err, declined{}) { // and the comparison is worth having all the same
			return nil
		}
		if err != nil {
			return err
		}
	}
	if err := s.openBook(a.interrupt); err != nil {
		return err
	}
	d := &desk.Desk{Journal: s.journal, Profile: s.profile.Name, Now: a.process.now}
	for i := range x.results {
		select {
		case <-a.interrupt.stop:
			return nil // what was recorded stays recorded, and is shown
		default:
		}
		if err := prove(a.interrupt, d, x.file.Digest, &x.results[i]); err != nil {
			return err
		}
	}
	return nil
}

// prove records one result, and says in it what came of that.
func prove(ctx context.Context, d *desk.Desk, digest string, r *statement.Result) error {
	if r.Outcome != statement.Provable && r.Outcome != statement.Contradicts {
		return nil
	}
	receipt, err := d.Prove(ctx, r.Entry.ID, desk.Evidence{Statement: r.Proof(digest), Raw: r.Row.Raw, Seen: r.Entry.State})
	var used *journal.UsedRowError
	var ruling *desk.RulingError
	switch {
	case errors.As(err, &used):
		r.Reasons = append(r.Reasons, statement.ReasonUsed)
	case errors.As(err, &ruling):
		r.Reasons = append(r.Reasons, statement.ReasonMoved)
	case err != nil:
		return err
	case receipt.Held != nil:
		r.Reasons = append(r.Reasons, statement.ReasonHeld)
	case receipt.Replayed && !receipt.Entry.State.HoldsRef(): // somebody recorded it, and somebody decided in spite of it
		r.Reasons = append(r.Reasons, statement.ReasonMoved)
	default:
		r.Entry, r.Outcome = &receipt.Entry, statement.Conflict // whatever else it is, a person decides
		if r.Entry.State == journal.StateDone {
			r.Outcome = statement.Settled
		}
	}
	return nil
}

func (a *app) readStatement(path string, o statement.Options) (*statement.File, error) {
	source, done, err := a.openInput(path)
	if err != nil {
		return nil, err
	}
	defer done()
	file, err := statement.Read(source, o)
	var unread *statement.Error
	if err != nil && !errors.As(err, &unread) && !errors.Is(err, desk.ErrStopped) {
		err = &usageError{Problem: usageBadFile, Name: path, Value: a.reason(err)}
	}
	return file, err
}

// readReconciliation reads the flags.
func (a *app) readReconciliation(c *cobra.Command) (*reconciliation, error) {
	x := &reconciliation{}
	texts := map[string]string{}
	for _, name := range []string{"timezone", "currency", "kind", "negative"} {
		value, err := flagText(c, name)
		if err != nil {
			return nil, err
		}
		texts[name] = value
	}
	ok := false
	if x.options.Zone, ok = readZone(texts["timezone"]); !ok {
		return nil, badWord(c, "timezone", texts["timezone"], nil)
	}
	if x.options.Currency = texts["currency"]; x.options.Currency != "" && !api.KnownCurrency(x.options.Currency) {
		return nil, &api.FieldError{Field: "currency", Problem: api.ProblemCurrency, Value: x.options.Currency}
	}
	x.options.Kind, x.options.Negative = api.Kind(texts["kind"]), api.Kind(texts["negative"])
	for _, name := range []string{"kind", "negative"} {
		if kind := api.Kind(texts[name]); kind != "" && !kind.MovesMoney() {
			return nil, badWord(c, name, texts[name], kindWords())
		}
	}
	if x.rules.Window, _ = c.Flags().GetDuration("window"); x.rules.Window < 0 || x.rules.Window > maxWindow {
		return nil, badWord(c, "window", x.rules.Window.String(), nil)
	}
	var err error
	if x.rules.Since, x.rules.Until, err = readSpan(c, a.process.now().In(x.options.Zone)); err != nil {
		return nil, err
	}
	x.options.Columns, err = readColumns(c)
	return x, err
}

// readColumns reads --column field=header,field=header.
func readColumns(c *cobra.Command) (map[statement.Field]string, error) {
	given, _ := c.Flags().GetStringArray("column")
	columns := map[statement.Field]string{}
	for _, list := range given {
		for _, pair := range splitColumns(list) {
			name, header, found := strings.Cut(pair, "=")
			field := statement.Field(strings.TrimSpace(name))
			known := false
			for _, f := range statement.Fields() {
				known = known || f == field
			}
			if !found || !known || strings.TrimSpace(header) == "" {
				return nil, &usageError{Problem: usageBadValue, Name: "--column", Value: pair, Command: c.CommandPath()}
			}
			if _, twice := columns[field]; twice {
				return nil, &usageError{Problem: usageTwice, Name: "--column " + string(field), Command: c.CommandPath()}
			}
			columns[field] = header
		}
	}
	return columns, nil
}

// splitColumns parts field=header,field=header. A comma that no field follows
// belongs to the header: "Сумма, UZS".
func splitColumns(list string) []string {
	var pairs []string
	for _, part := range strings.Split(list, ",") {
		name, _, found := strings.Cut(part, "=")
		isField := slices.Contains(statement.Fields(), statement.Field(strings.TrimSpace(name)))
		if found && isField || len(pairs) == 0 {
			pairs = append(pairs, part)
			continue
		}
		pairs[len(pairs)-1] += "," + part
	}
	return pairs
}
