package main

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// sandboxVariable moves the sandbox to another port of this machine, for whom
// the usual ones are taken; tests do. Its agent is two ports further on.
const sandboxVariable = "RAISBOY_SANDBOX_ADDR"

// sandboxPlace is where --sandbox looks for a sandbox, and where one looks for
// its agent: host:port each.
type sandboxPlace struct{ address, agent string }

func placeOfSandbox(lookupEnv func(string) (string, bool)) (sandboxPlace, error) {
	address, given := "", false
	if lookupEnv != nil {
		address, given = lookupEnv(sandboxVariable)
	}
	if !given || address == "" {
		address = sandbox.DefaultAddress
	}
	host, port, err := net.SplitHostPort(address)
	number, notNumber := strconv.Atoi(port)
	if err != nil || notNumber != nil || number < 1 || number > 65533 || !onLoopback("http://"+address) {
		return sandboxPlace{}, &usageError{Problem: usageBadValue, Name: sandboxVariable, Value: address}
	}
	return sandboxPlace{address: address, agent: net.JoinHostPort(host, strconv.Itoa(number+2))}, nil
}

// sandboxSettings are the built-in profile: every address is on this machine,
// every key is known to everybody.
func sandboxSettings(place sandboxPlace) map[string]string {
	return map[string]string{
		"base_url": "http://" + place.address, "api_key": sandbox.APIKey, "secret": sandbox.Secret,
		"listen.addr": place.agent,
	}
}

// embeddedSandbox is a sandbox that lives as long as one command. It is reached
// under the address of one that runs by itself, so that what the journal holds
// reads the same either way, but through a port of its own.
type embeddedSandbox struct {
	server   *sandbox.Server
	listener net.Listener
	agent    string // host:port
	stop     context.CancelFunc
	ended    chan error
}

// identifyTimeout bounds the question whether a sandbox runs on this machine.
const identifyTimeout = 2 * time.Second

// findSandbox gives nil if a sandbox runs and proves to be one; otherwise it
// starts one inside this command. Another program on the port is left alone.
func (a *app) findSandbox(ctx context.Context, place sandboxPlace, journalPath string) (*embeddedSandbox, error) {
	ask, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	if sandbox.Identify(ask, "http://"+place.address, nil) == nil {
		return nil, nil
	}
	ledger := statePath(journalPath, sandboxLedger)
	if err := ensureFolder(ledger); err != nil {
		return nil, err
	}
	server, err := sandbox.New(sandbox.Options{
		LedgerPath: ledger, AgentURL: "http://" + place.agent, WebhookDelay: embeddedWebhookDelay, Now: a.process.now, Log: a.log,
	})
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	e := &embeddedSandbox{server: server, listener: listener, agent: place.agent, stop: stop, ended: make(chan error, 1)}
	go func() { e.ended <- server.Serve(serving, listener) }()
	return e, nil
}

// sandboxLedger is the file of the sandbox's own state, beside its journal.
const sandboxLedger = "sandbox-ledger.jsonl"

// An embedded sandbox has no time to lose with Webhook 1: it ends with the
// command. It waits so long for a listener that is there to answer.
const (
	embeddedWebhookDelay = 20 * time.Millisecond
	embeddedWebhookWait  = 2 * time.Second
	embeddedWebhookPoll  = 20 * time.Millisecond
)

// dial reaches the embedded sandbox, whatever the address says.
func (e *embeddedSandbox) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", e.listener.Addr().String())
}

// close ends the sandbox. What its webhooks still have to say, the ledger
// keeps for the next one; where a listener is there, it is told now.
func (e *embeddedSandbox) close() error {
	e.tell()
	e.stop()
	return <-e.ended
}

func (e *embeddedSandbox) tell() {
	if !e.untold() {
		return
	}
	conn, err := (&net.Dialer{Timeout: embeddedWebhookWait}).DialContext(context.Background(), "tcp", e.agent)
	if err != nil {
		return // nobody listens
	}
	_ = conn.Close()
	for waited := time.Duration(0); waited < embeddedWebhookWait && e.untold(); waited += embeddedWebhookPoll {
		time.Sleep(embeddedWebhookPoll)
	}
}

// untold reports payouts whose Webhook 1 nobody has answered yet.
func (e *embeddedSandbox) untold() bool {
	entries, err := e.server.Ledger()
	if err != nil {
		return false
	}
	told := map[string]bool{}
	for _, entry := range entries {
		if entry.Kind == sandbox.WebhookSent {
			told[entry.PayoutID] = true
		}
	}
	for _, entry := range entries {
		if entry.Kind == sandbox.PayoutCreated && !told[entry.PayoutID] {
			return true
		}
	}
	return false
}
