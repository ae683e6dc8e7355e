package main

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/shift"
)

// Examples of the commands in this file.
const (
	shiftOpenExample   = `raisboy shift open --float "100 000" --sandbox`
	shiftReportExample = `raisboy shift report --sandbox
raisboy shift report --width 42
raisboy shift report --html shift.html`
	shiftCloseExample = `raisboy shift close --counted "118 500,00"`
	shiftExample      = `raisboy shift open --float "100 000" --sandbox
raisboy shift close --counted "118 500,00"`
)

func (a *app) shiftCommand() *cobra.Command {
	c := group("shift", "command.shift.short", a.shiftOpenCommand(), a.shiftReportCommand(), a.shiftCloseCommand())
	c.Example = shiftExample
	return c
}

func (a *app) shiftOpenCommand() *cobra.Command {
	const key = "command.shift-open"
	c := &cobra.Command{
		Use: "open", Short: key + ".short", Long: key + ".long", Example: shiftOpenExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.openShift(c) },
	}
	once(c.Flags(), "float", "flag.float")
	return c
}

func (a *app) openShift(c *cobra.Command) error {
	float, _, err := readSum(c, "float")
	if err != nil {
		return err
	}
	s, err := a.openForShift(false)
	if err != nil {
		return err
	}
	defer a.closing(s)
	_, err = s.journal.OpenShift(a.interrupt, journal.Opening{Profile: s.profile.Name, Float: float, Currency: s.profile.Currency})
	if err != nil {
		return err
	}
	report, err := s.currentShift()
	if err != nil {
		return err
	}
	if err := a.render.ShiftOpened(report); err != nil {
		a.render.Note("note.shift-opened", words{"Number": report.Shift})
		return &lostOutput{err}
	}
	return nil
}

func (a *app) shiftReportCommand() *cobra.Command {
	const key = "command.shift-report"
	c := &cobra.Command{
		Use: "report", Short: key + ".short", Long: key + ".long", Example: shiftReportExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.reportShift(c) },
	}
	c.Flags().String("shift", "", "flag.shift")
	c.Flags().String("html", "", "flag.html")
	c.Flags().Bool("force", false, "flag.force")
	c.Flags().String("width", "", "flag.width")
	return c
}

func (a *app) reportShift(c *cobra.Command) error {
	number, err := readShiftNumber(c)
	if err != nil {
		return err
	}
	width, err := readWidth(c, 0)
	if err != nil {
		return err
	}
	file, err := flagText(c, "html")
	if err != nil {
		return err
	}
	if c.Flags().Changed("html") && file == "" {
		return &usageError{Problem: usageNoValue, Name: "--html", Command: c.CommandPath()}
	}
	s, err := a.openForShift(true)
	if isMissing(err) {
		return s.noShift(number)
	}
	if err != nil {
		return err
	}
	defer a.closing(s)
	report, err := shift.Closed(a.interrupt, s.journal, s.profile.Name, s.profile.Desk, number)
	if err != nil {
		return err
	}
	report.Sandbox = s.profile.Sandbox
	s.tellAccount(&report)
	if file != "" {
		force, _ := c.Flags().GetBool("force")
		if err := a.writePage(file, force, report); err != nil {
			return err
		}
		a.render.Note("note.page", words{"Path": render.Sanitize(file)})
	}
	return a.render.Shift(report, width)
}

func (a *app) shiftCloseCommand() *cobra.Command {
	const key = "command.shift-close"
	c := &cobra.Command{
		Use: "close", Short: key + ".short", Long: key + ".long", Example: shiftCloseExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.closeShift(c) },
	}
	once(c.Flags(), "counted", "flag.counted")
	c.Flags().String("width", "", "flag.width")
	c.Flags().Bool("yes", false, "flag.yes")
	c.Flags().Bool("confirm", false, "flag.confirm")
	return c
}

func (a *app) closeShift(c *cobra.Command) error {
	counted, given, err := readSum(c, "counted")
	if err != nil {
		return err
	}
	width, err := readWidth(c, 0)
	if err != nil {
		return err
	}
	if err := a.probe(); err != nil {
		return err
	}
	s, err := a.openForShift(false)
	if err != nil {
		return err
	}
	defer a.closing(s)
	before, err := s.currentShift()
	if err != nil {
		return err
	}
	if given && len(before.Cash) > 0 {
		till := &before.Cash[0]
		till.HasCounted, till.Counted, till.Difference = true, counted, counted-till.Expected
	}
	if err := a.confirmClosing(c, before); err != nil {
		return err
	}
	closing := journal.Closing{Profile: s.profile.Name, Counted: counted, HasCounted: given, Number: before.Shift}
	report, err := shift.Close(a.interrupt, s.journal, closing)
	if err != nil {
		return err
	}
	report.Sandbox = s.profile.Sandbox
	s.tellAccount(&report)
	if err := a.render.Shift(report, width); err != nil {
		a.render.Note("note.shift-closed", words{"Number": report.Shift})
		return &lostOutput{err}
	}
	return nil
}

// tellAccount adds what the merchant account should hold now, if its opening is
// known. A reprint tells of then, and a Z is closed whatever becomes of this.
func (s *session) tellAccount(report *shift.Report) {
	if report.Reprint {
		return
	}
	account, known, err := s.openedAccount(s.app.interrupt, report.Till().Currency)
	if err != nil {
		s.app.log.Warn("merchant account", "error", err.Error())
	}
	if known && err == nil {
		report.Account = &account
	}
}

// confirmClosing asks by the rules of confirmOrder, naming what is not settled.
func (a *app) confirmClosing(c *cobra.Command, report shift.Report) error {
	switch given := readConfirmation(c); {
	case given.yes, report.Sandbox && !given.ask, !a.attended():
		return nil
	case a.options.NoInput:
		return &usageError{Problem: usageNoAnswer, Name: "--yes"}
	}
	return a.yes(a.interrupt, a.render.ShiftQuestion(report))
}

// openForShift opens the journal and nothing else: a shift needs no project.
// With an error of the journal the session is given all the same.
func (a *app) openForShift(readOnly bool) (*session, error) {
	s, err := a.open()
	if err != nil {
		return nil, err
	}
	return s, s.openJournal(a.interrupt, readOnly)
}

// noShift is what there is to say where no journal was ever written.
func (s *session) noShift(number int64) error {
	problem := journal.ShiftNotOpen
	if number != 0 {
		problem = journal.ShiftUnknown
	}
	return &journal.ShiftError{Problem: problem, Desk: s.profile.Desk, Number: number}
}

func (s *session) currentShift() (shift.Report, error) {
	report, err := shift.Current(s.app.interrupt, s.journal, s.profile.Name, s.profile.Desk)
	report.Sandbox = s.profile.Sandbox
	return report, err
}

// countShift lets the shift's limit count from the opening of the desk's shift,
// where one is open.
func (s *session) countShift(ctx context.Context, limits *desk.Limits) error {
	if limits.ShiftMax <= 0 {
		return nil
	}
	opened, err := s.journal.OpenedShift(ctx, s.profile.Name, s.profile.Desk)
	limits.ShiftFirst = opened.First
	return err
}

// verify checks the journal, and that every Z says what its facts say.
func (s *session) verify() (journal.Report, error) {
	report, err := s.journal.Verify(s.app.interrupt)
	if err != nil {
		return report, err
	}
	damaged, err := shift.Verify(s.app.interrupt, s.journal)
	for _, d := range damaged {
		known := slices.ContainsFunc(report.Damaged, func(other *journal.DamageError) bool { return *other == *d })
		if !known {
			report.Damaged = append(report.Damaged, d)
		}
	}
	return report, err
}

// readSum reads a flag with cash in the till, which may be none at all.
func readSum(c *cobra.Command, name string) (amount money.Amount, given bool, err error) {
	typed, err := flagText(c, name)
	if err != nil || !c.Flags().Changed(name) {
		return 0, false, err
	}
	amount, err = money.Parse(typed)
	var wrong *money.ParseError
	if errors.As(err, &wrong) && wrong.Reason == money.Zero {
		return 0, true, nil
	}
	return amount, err == nil, err
}

func readShiftNumber(c *cobra.Command) (int64, error) {
	typed, err := flagText(c, "shift")
	if err != nil || !c.Flags().Changed("shift") {
		return 0, err
	}
	number, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || number <= 0 {
		return 0, &usageError{Problem: usageBadValue, Name: "--shift", Value: typed, Command: c.CommandPath()}
	}
	return number, nil
}

// readWidth reads how many columns a paper has.
func readWidth(c *cobra.Command, byDefault int) (int, error) {
	typed, err := flagText(c, "width")
	if err != nil || !c.Flags().Changed("width") {
		return byDefault, err
	}
	width, err := strconv.Atoi(typed)
	if err != nil || width < render.MinPaper || width > render.MaxPaper {
		return 0, &usageError{Problem: usageBadValue, Name: "--width", Value: typed, Command: c.CommandPath()}
	}
	return width, nil
}
