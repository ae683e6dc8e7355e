// Command raisboy is the cash desk's tool for the Raisboy API: it credits
// people who paid cash (deposits), pays people out (payouts, confirmed and
// closed by webhooks), and never moves money twice.
//
// This package is the command tree and the wiring: it turns flags, environment
// and file into values, hands them to package desk, and turns receipts and
// errors into text and exit codes. Decisions about money are made elsewhere.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader of stdout that went away is an error of a write, like any other:
	// else the system would end the process there and then, whatever it is
	// recording. Not ignored, which programs that fetch a secret would inherit.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], systemProcess()))
}
