package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

func (a *app) sandboxCommand() *cobra.Command {
	const key = "command.sandbox"
	c := &cobra.Command{
		Use: "sandbox", Short: key + ".short", Long: key + ".long", Example: sandboxExample, Args: onlyCommands,
		RunE: func(c *cobra.Command, _ []string) error { return a.runSandbox(c) },
	}
	flags := c.Flags()
	flags.String("addr", "", "flag.sandbox-addr")
	flags.String("agent-url", "", "flag.agent-url")
	flags.String("fault", "", "flag.fault")
	send := &cobra.Command{
		Use: "send webhook1|completed|cancelled ID", Short: key + "-send.short", Long: key + "-send.long",
		Example: sendExample, Args: arguments(2, 2, "webhook1|completed|cancelled ID"),
		RunE: func(c *cobra.Command, args []string) error { return a.sandboxSend(c, args[0], args[1]) },
	}
	send.Flags().String("addr", "", "flag.sandbox-addr")
	c.AddCommand(send)
	return c
}

// runSandbox serves the sandbox until it is interrupted.
func (a *app) runSandbox(c *cobra.Command) error {
	place, err := placeOfSandbox(a.sources.LookupEnv)
	if err != nil {
		return err
	}
	address, err := localAddress(c, "addr", place.address)
	if err != nil {
		return err
	}
	agent, err := flagText(c, "agent-url")
	if err != nil {
		return err
	}
	fill(&agent, "http://"+place.agent)
	if u, err := url.Parse(agent); err != nil || u.Scheme != "http" || !onLoopback(agent) {
		return &usageError{Problem: usageBadValue, Name: "--agent-url", Value: agent, Command: c.CommandPath()}
	}
	spec, err := flagText(c, "fault")
	if err != nil {
		return err
	}
	fault, err := sandbox.ParseFault(spec)
	if err != nil {
		return err
	}
	journalPath, err := a.sandboxJournal()
	if err != nil {
		return err
	}
	ledger := statePath(journalPath, sandboxLedger)
	if err := ensureFolder(ledger); err != nil {
		return err
	}
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	listener, err := listen(ctx, address)
	if err != nil {
		return err
	}
	server, err := sandbox.New(sandbox.Options{
		LedgerPath: ledger, AgentURL: agent, PublicURL: "http://" + listener.Addr().String(), Fault: fault,
		Now: a.process.now, Log: a.log,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := a.render.SandboxReady("http://"+listener.Addr().String(), agent, ledger); err != nil {
		return errors.Join(err, listener.Close(), server.Close())
	}
	return server.Serve(ctx, listener)
}

// sandboxJournal is the path of the sandbox profile's journal, beside which the
// sandbox keeps its own state.
func (a *app) sandboxJournal() (string, error) {
	a.sources.Sandbox, a.sources.Profile, a.sources.File = true, "", ""
	delete(a.sources.Flags, "listen.addr") // here --addr is the sandbox's own
	s, err := a.open()
	if err != nil {
		return "", err
	}
	if s.profile.Journal.IsZero() {
		return "", s.profile.Require("journal")
	}
	return s.profile.Journal.Reveal(), nil
}

// localAddress reads an address to listen on that only this machine reaches.
func localAddress(c *cobra.Command, flag, byDefault string) (string, error) {
	address, err := flagText(c, flag)
	if err != nil {
		return "", err
	}
	fill(&address, byDefault)
	host, _, err := net.SplitHostPort(address)
	if err != nil || !onLoopback("http://"+net.JoinHostPort(host, "0")) {
		return "", &usageError{Problem: usageBadValue, Name: "--" + flag, Value: address, Command: c.CommandPath()}
	}
	return address, nil
}

// A listenError says that an address cannot be listened on.
type listenError struct {
	Address string
	InUse   bool
	Err     error
}

func (e *listenError) Error() string { return "listen on " + e.Address + ": " + e.Err.Error() }
func (e *listenError) Unwrap() error { return e.Err }

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &listenError{Address: address, InUse: errors.Is(err, syscall.EADDRINUSE), Err: err}
	}
	return l, nil
}

// payoutOf gives the payout_id of an operation of the sandbox profile.
func (a *app) payoutOf(number string) (payoutID string, err error) {
	a.sources.Sandbox, a.sources.Profile, a.sources.File = true, "", ""
	delete(a.sources.Flags, "listen.addr")
	err = a.withJournal(func(s *session) error {
		found, err := s.findOperation(number, api.KindPayout)
		if err != nil {
			return err
		}
		e, err := s.journal.Get(a.interrupt, found)
		payoutID = e.PayoutID
		return err
	})
	return payoutID, err
}

// sandboxSend has a running sandbox send a webhook by hand.
func (a *app) sandboxSend(c *cobra.Command, what, id string) error {
	switch what {
	case sandbox.SendWebhook1, sandbox.SendCompleted, sandbox.SendCancelled:
	default:
		return &usageError{Problem: usageBadValue, Name: "webhook1|completed|cancelled", Value: what, Command: c.CommandPath()}
	}
	place, err := placeOfSandbox(a.sources.LookupEnv)
	if err != nil {
		return err
	}
	address, err := localAddress(c, "addr", place.address)
	if err != nil {
		return err
	}
	base := "http://" + address
	ctx, cancel := a.interrupt.stopped()
	defer cancel()
	if err := sandbox.Identify(ctx, base, nil); err != nil {
		return &usageError{Problem: usageSandboxOnly, Name: base, Command: c.CommandPath()}
	}
	if isNumber(id) { // a bare number is always ours
		if id, err = a.payoutOf(id); err != nil {
			return err
		}
	}
	status, err := sandbox.Send(ctx, base, nil, what, id)
	if err != nil {
		return err
	}
	return a.render.SandboxSent(what, id, status)
}
