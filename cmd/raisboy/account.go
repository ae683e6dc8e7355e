package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

// Examples of the account's commands, as help prints them.
const (
	accountExample = `raisboy account --sandbox
raisboy account opening 1000000 --note "manager, by telephone"
raisboy account topup 500000 --note "bank transfer 117"
raisboy account reconcile statement.csv`
	topupExample     = `raisboy account topup "500 000,00" --note "bank transfer 117" --at 2026-01-31`
	withdrawExample  = `raisboy account withdraw 200000 --note "taken out by the manager"`
	openingExample   = `raisboy account opening 1000000 --note "manager, by telephone"`
	movementsExample = `raisboy account movements -o csv`
	reconcileExample = `raisboy account reconcile statement.csv
raisboy account reconcile statement.csv --column user_id=Client,amount=Total --timezone +05:00
raisboy account reconcile statement.csv --yes -o json`
)

// accountCommand shows the merchant account (Raisboy API, «Работа со счётом»).
func (a *app) accountCommand() *cobra.Command {
	const key = "command.account"
	c := &cobra.Command{
		Use: "account", Short: key + ".short", Long: key + ".long", Example: accountExample, Args: onlyCommands,
		RunE: func(*cobra.Command, []string) error { return a.showAccount() },
	}
	movements := &cobra.Command{
		Use: "movements", Short: key + "-movements.short", Long: key + "-movements.long", Example: movementsExample, Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return a.listMovements() },
	}
	c.AddCommand(
		a.movementCommand("topup", topupExample, journal.MovementTopup), a.movementCommand("withdraw", withdrawExample, journal.MovementWithdrawal),
		a.movementCommand("opening", openingExample, journal.MovementOpening), movements, a.reconcileCommand(),
	)
	return c
}

func (a *app) movementCommand(use, example string, kind journal.MovementKind) *cobra.Command {
	key := "command.account-" + use
	c := &cobra.Command{
		Use: use + " AMOUNT", Short: key + ".short", Long: key + ".long", Example: example, Args: arguments(1, 1, "AMOUNT"),
		RunE: func(c *cobra.Command, args []string) error { return a.moveByHand(c, args[0], kind) },
	}
	once(c.Flags(), "note", "flag.movement-note")
	once(c.Flags(), "at", "flag.movement-at")
	once(c.Flags(), "currency", "flag.currency")
	c.Flags().Bool("again", false, "flag.movement-again")
	return c
}

// moveByHand records what a manager did to the account.
func (a *app) moveByHand(c *cobra.Command, amount string, kind journal.MovementKind) error {
	m, err := a.readMovement(c, amount, kind)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	m.Profile = s.profile.Name
	if fill(&m.Currency, s.profile.Currency); !api.KnownCurrency(m.Currency) {
		return &api.FieldError{Field: "currency", Problem: api.ProblemCurrency, Value: m.Currency}
	}
	window := s.profile.DuplicateWindow
	if again, _ := c.Flags().GetBool("again"); again {
		window = 0
	}
	if err := a.probe(); err != nil {
		return err
	}
	if err := s.openBook(a.interrupt); err != nil {
		return err
	}
	before, after, err := s.accountAround(m)
	if err != nil {
		return err
	}
	m, err = s.journal.Move(context.WithoutCancel(a.interrupt), m, window)
	if err != nil {
		return err
	}
	a.noteMovement(m, before, after)
	if err := a.render.Movement(m); err != nil {
		return &lostOutput{err}
	}
	return nil
}

// noteMovement says of a movement what its line does not show: that it changes
// nothing, or by how much another opening changes the expected balance.
func (a *app) noteMovement(m journal.Movement, before, after shift.Account) {
	switch {
	case before.HasOpening && m.At.Before(before.OpenedAt) && m.Kind == journal.MovementOpening:
		a.render.NoteAt("note.opening-before", before.OpenedAt)
	case before.HasOpening && m.At.Before(before.OpenedAt):
		a.render.NoteAt("note.movement-before", before.OpenedAt)
	case before.HasOpening && m.Kind == journal.MovementOpening && after.Expected != before.Expected:
		a.render.NoteSums("note.opening-differs", m.Currency, before.Expected, after.Expected-before.Expected)
	}
}

func (a *app) readMovement(c *cobra.Command, amount string, kind journal.MovementKind) (m journal.Movement, err error) {
	m.Kind = kind
	m.Amount, err = money.Parse(amount)
	var unread *money.ParseError
	if errors.As(err, &unread) && unread.Reason == money.Zero && kind == journal.MovementOpening {
		err = nil // an account may be empty
	}
	if err != nil {
		return m, err
	}
	if kind != journal.MovementOpening {
		if _, err := needFlag(c, "note"); err != nil {
			return m, err
		}
	}
	if m.Note, err = readNote(c); err != nil {
		return m, err
	}
	if m.Note == "" && kind != journal.MovementOpening {
		return m, &api.FieldError{Field: "note", Problem: api.ProblemEmpty}
	}
	if m.Currency, err = flagText(c, "currency"); err != nil {
		return m, err
	}
	at, err := flagText(c, "at")
	if err != nil || at == "" {
		return m, err
	}
	now, ok := a.process.now(), false
	if m.At, ok = readTime(at, now); !ok || m.At.After(now) {
		return m, &usageError{Problem: usageBadValue, Name: "--at", Value: at, Command: c.CommandPath()}
	}
	return m, nil
}

// openBook opens the journal for writing without anything to send by. Where the
// profile has an address, the journal must know it by that.
func (s *session) openBook(ctx context.Context) error {
	if err := s.openJournal(ctx, false); err != nil {
		return err
	}
	if s.profile.BaseURL == "" {
		return nil
	}
	origins, err := s.endpoints().Origins()
	if err != nil {
		return err
	}
	return s.journal.Bind(ctx, s.profile.Name, s.profile.Sandbox, origins)
}

func (a *app) showAccount() error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	accounts, err := s.accounts(s.profile.Currency)
	if err != nil {
		return err
	}
	return a.render.Accounts(accounts)
}

// accounts adds up the profile's accounts, that of the first currency first. A
// journal that does not exist yet holds nothing.
func (s *session) accounts(first string) ([]shift.Account, error) {
	if s.journal == nil {
		if err := s.lookIntoJournal(); err != nil {
			return nil, err
		}
	}
	if s.journal == nil {
		return shift.Accounts(func(func(journal.Entry, error) bool) {}, nil, first)
	}
	movements, err := s.journal.Movements(s.app.interrupt, s.profile.Name)
	if err != nil {
		return nil, err
	}
	return shift.Accounts(s.journal.List(s.app.interrupt, journal.Filter{Profile: s.profile.Name}), movements, first)
}

// accountAround is the account before and after a movement that is about to be
// recorded, as far as something is said about it: of operations only an opening
// has something to say, and to add them all up takes its time.
func (s *session) accountAround(m journal.Movement) (before, after shift.Account, err error) {
	movements, err := s.journal.Movements(s.app.interrupt, s.profile.Name)
	if err != nil {
		return before, after, err
	}
	entries := func(func(journal.Entry, error) bool) {}
	if m.Kind == journal.MovementOpening {
		entries = s.journal.List(s.app.interrupt, journal.Filter{Profile: s.profile.Name})
	}
	if m.At.IsZero() {
		m.At = s.app.process.now()
	}
	for _, state := range []struct {
		account   *shift.Account
		movements []journal.Movement
	}{{&before, movements}, {&after, append(slices.Clone(movements), m)}} {
		accounts, err := shift.Accounts(entries, state.movements, m.Currency)
		if err != nil {
			return before, after, err
		}
		*state.account = accounts[0]
	}
	return before, after, nil
}

// accountIn adds up the account of one currency.
func (s *session) accountIn(currency string) (shift.Account, error) {
	accounts, err := s.accounts(currency)
	if err != nil {
		return shift.Account{}, err
	}
	return accounts[0], nil
}

// openedAccount is the account of one currency, where its opening balance was
// ever recorded: without it the whole journal need not be added up.
func (s *session) openedAccount(ctx context.Context, currency string) (account shift.Account, known bool, err error) {
	movements, err := s.journal.Movements(ctx, s.profile.Name)
	if err != nil || !slices.ContainsFunc(movements, func(m journal.Movement) bool {
		return m.Kind == journal.MovementOpening && m.Currency == currency
	}) {
		return shift.Account{}, false, err
	}
	account, err = s.accountIn(currency)
	return account, account.HasOpening, err
}

func (a *app) listMovements() error {
	return a.withJournal(func(s *session) error {
		if s.journal == nil {
			return a.render.Movements(nil)
		}
		all, err := s.journal.Movements(a.interrupt, s.profile.Name)
		if err != nil {
			return err
		}
		return a.render.Movements(all)
	})
}

// readZone reads the zone of a statement's times: an offset, UTC, or a name
// that this machine knows.
func readZone(name string) (*time.Location, bool) {
	if name == "" {
		return time.Local, true
	}
	for _, form := range []string{"Z07:00", "Z0700"} {
		if at, err := time.Parse(form, name); err == nil {
			_, offset := at.Zone()
			return time.FixedZone(name, offset), true
		}
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
