package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

func (a *app) validateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "validate", Short: "command.validate.short", Long: "command.validate.long", Example: validateExample,
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if done, err := a.batched(c, api.KindValidation); done {
				return err
			}
			return a.validate(c)
		},
	}
	once(c.Flags(), "user", "flag.user")
	batchFlags(c, api.KindValidation)
	return c
}

func (a *app) validate(c *cobra.Command) error {
	user, err := needFlag(c, "user")
	if err != nil {
		return err
	}
	if err := (api.Validation{UserID: user}).Check(); err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	if err := s.openClient(ctx); err != nil {
		return err
	}
	d := desk.Desk{Client: s.client, Now: a.process.now, Stop: a.interrupt.stop, Endpoints: s.endpoints()}
	outcome, err := d.Validate(ctx, user)
	if err != nil {
		return err
	}
	a.warnOfClock(outcome.ServerDate, outcome.RefusesCredentials())
	if err := a.render.Validation(user, outcome); err != nil {
		return &lostOutput{err}
	}
	return end(exitOfValidation(outcome))
}

// orderFlags declares what deposit and payout have in common.
func orderFlags(c *cobra.Command) {
	flags := c.Flags()
	once(flags, "user", "flag.user")
	once(flags, "amount", "flag.amount")
	once(flags, "currency", "flag.currency")
	once(flags, "method", "flag.method")
	once(flags, "ref", "flag.ref")
	flags.Bool("yes", false, "flag.yes")
	flags.Bool("confirm", false, "flag.confirm")
	once(flags, "confirm-amount", "flag.confirm-amount")
	flags.Bool("skip-validate", false, "flag.skip-validate")
	flags.Bool("again", false, "flag.again")
	flags.Bool("dry-run", false, "flag.dry-run")
}

func (a *app) depositCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "deposit", Short: "command.deposit.short", Long: "command.deposit.long", Example: depositExample,
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if done, err := a.batched(c, api.KindDeposit); done {
				return err
			}
			_, err := a.move(c, api.KindDeposit)
			return err
		},
	}
	orderFlags(c)
	batchFlags(c, api.KindDeposit)
	return c
}

// move carries out one deposit or payout from flags to receipt.
func (a *app) move(c *cobra.Command, kind api.Kind) (desk.Receipt, error) {
	order, err := readOrder(c, kind)
	if err != nil {
		return desk.Receipt{}, err
	}
	s, err := a.open()
	if err != nil {
		return desk.Receipt{}, err
	}
	defer a.closing(s)
	if err := s.fillTerms(&order.Currency, &order.PaymentMethod); err != nil {
		return desk.Receipt{}, err
	}
	if dry, _ := c.Flags().GetBool("dry-run"); dry {
		return desk.Receipt{}, a.dryRun(s, order)
	}
	if err := (&desk.Desk{Now: a.process.now, Endpoints: s.endpoints()}).Check(order); err != nil {
		return desk.Receipt{}, err
	}
	if err := a.probe(); err != nil {
		return desk.Receipt{}, err
	}
	above, err := s.confirmAbove()
	if err != nil {
		return desk.Receipt{}, err
	}
	if err := s.openDesk(a.interrupt); err != nil {
		return desk.Receipt{}, err
	}
	s.desk.Confirm = a.confirmOrder(readConfirmation(c), above)
	r, err := s.desk.Do(a.interrupt, order)
	if err != nil {
		return r, err
	}
	return r, a.conclude(c, s, r)
}

// conclude prints what came of an order and ends the command accordingly.
func (a *app) conclude(c *cobra.Command, s *session, r desk.Receipt) error {
	a.warnOfClock(r.ServerDate, r.RefusesCredentials())
	if wait, _ := c.Flags().GetBool("wait"); wait && exitOfReceipt(r) == exitDone {
		return a.waitFor(c, s, r)
	}
	if err := a.show(r); err != nil {
		return err
	}
	return end(exitOfReceipt(r))
}

// show prints a receipt; if stdout does not take it, stderr does: whatever
// happened to the money must be said somewhere.
func (a *app) show(r desk.Receipt) error {
	if err := a.render.Receipt(r); err != nil {
		a.render.Lost(r)
		return &lostOutput{err}
	}
	return nil
}

func readOrder(c *cobra.Command, kind api.Kind) (desk.Order, error) {
	o := desk.Order{Kind: kind}
	user, err := needFlag(c, "user")
	if err != nil {
		return o, err
	}
	amount, err := needFlag(c, "amount")
	if err != nil {
		return o, err
	}
	o.UserID = user
	if o.Amount, err = money.Parse(amount); err != nil {
		return o, err
	}
	if err := checkConfirmed(c, o.Amount); err != nil {
		return o, err
	}
	for _, flag := range []struct {
		name string
		into *string
	}{{"currency", &o.Currency}, {"method", &o.PaymentMethod}, {"ref", &o.Ref}, {"request-id", &o.RequestID}} {
		if c.Flags().Lookup(flag.name) == nil {
			continue
		}
		if *flag.into, err = flagText(c, flag.name); err != nil {
			return o, err
		}
		if c.Flags().Changed(flag.name) && *flag.into == "" {
			return o, &usageError{Problem: usageNoValue, Name: "--" + flag.name, Command: c.CommandPath()}
		}
	}
	o.Again, _ = c.Flags().GetBool("again")
	o.SkipValidate, _ = c.Flags().GetBool("skip-validate")
	if o.Ref != "" {
		err = api.CheckText("ref", o.Ref, api.MaxID)
	}
	return o, err
}

// checkConfirmed holds --confirm-amount against the amount wherever it is
// given, limits.confirm_above or not: whoever gives an amount twice wants the
// order held back if the two differ.
func checkConfirmed(c *cobra.Command, amount money.Amount) error {
	if !c.Flags().Changed("confirm-amount") {
		return nil
	}
	given, err := needFlag(c, "confirm-amount")
	if err != nil {
		return err
	}
	return sameAmount(given, amount)
}

func sameAmount(given string, amount money.Amount) error {
	again, err := money.Parse(given)
	if err == nil && again != amount {
		return &amountNotConfirmed{Given: given, Flag: true}
	}
	return err
}

func readConfirmation(c *cobra.Command) confirmation {
	var given confirmation
	given.yes, _ = c.Flags().GetBool("yes")
	given.ask, _ = c.Flags().GetBool("confirm")
	given.confirmAmount, _ = c.Flags().GetString("confirm-amount")
	return given
}

// fillTerms takes from the settings what the command does not say. What cannot
// be used is then the settings' mistake, a *settingError.
func (s *session) fillTerms(currency, method *string) error {
	for _, term := range []struct {
		key       string
		into      *string
		byDefault string
	}{{"currency", currency, s.profile.Currency}, {"payment_method", method, s.profile.PaymentMethod}} {
		if *term.into != "" {
			continue
		}
		if err := judgeSetting(term.key, term.byDefault); err != nil {
			return &settingError{term.key, err}
		}
		*term.into = term.byDefault
	}
	return nil
}

func fill(value *string, byDefault string) {
	if *value == "" {
		*value = byDefault
	}
}

// dryRun shows what would be sent. It sends nothing, not even the validation,
// and records nothing.
func (a *app) dryRun(s *session, o desk.Order) error {
	if err := s.profile.Require("base_url", "api_key", "secret"); err != nil {
		return err
	}
	client, err := s.signer(a.interrupt)
	if err != nil {
		return err
	}
	d := desk.Desk{Now: a.process.now, Endpoints: s.endpoints()}
	call, err := d.Freeze(o)
	if err != nil {
		return err
	}
	header, err := client.Header(call, a.process.now())
	if err != nil {
		return err
	}
	return a.render.DryRun(call, header)
}

// closing ends a session; what fails then cannot change what was recorded.
func (a *app) closing(s *session) {
	if err := s.close(); err != nil && !errors.Is(err, context.Canceled) {
		a.log.Warn("closing", "error", err.Error())
	}
}
