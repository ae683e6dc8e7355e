package main

import (
	"fmt"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// exitCode is what a script goes by. The table in the help topic exit-codes
// and in the documents says the same.
type exitCode int

const (
	exitDone        exitCode = 0
	exitInternal    exitCode = 1   // internal error, or stdout failed after the work was done
	exitUsage       exitCode = 2   // wrong usage or input; nothing was sent
	exitSetup       exitCode = 3   // configuration, credentials, journal or stdout unusable
	exitRefused     exitCode = 4   // the project refused
	exitCredentials exitCode = 5   // the project refused the signature, key or clock
	exitNotSent     exitCode = 6   // no money request left this machine
	exitUnknown     exitCode = 7   // the money may have moved
	exitHeld        exitCode = 8   // held back until a person looked
	exitRows        exitCode = 9   // a batch ended with rows that are not done
	exitUnrecorded  exitCode = 10  // answered, but it could not be recorded
	exitNotFinal    exitCode = 11  // recorded, not final yet
	exitInterrupted exitCode = 130 // interrupted before anything was sent
)

// exited ends a command whose outcome was already shown.
type exited struct{ code exitCode }

func (e *exited) Error() string { return fmt.Sprintf("exit %d", e.code) }

// end gives nil for exitDone, and the code as an error otherwise.
func end(code exitCode) error {
	if code == exitDone {
		return nil
	}
	return &exited{code}
}

// exitOfReceipt judges an operation's creation.
func exitOfReceipt(r desk.Receipt) exitCode {
	switch {
	case r.Held != nil:
		return exitHeld
	case !r.Recorded:
		return exitUnrecorded
	case r.RefusesCredentials():
		return exitCredentials
	}
	return exitOfState(r.Entry.State)
}

func exitOfState(s journal.State) exitCode {
	switch s {
	case journal.StateDone:
		return exitDone
	case journal.StateRefused:
		return exitRefused
	case journal.StateNotSent:
		return exitNotSent
	case journal.StateMismatch, journal.StateConflict, journal.StateOpen:
		return exitHeld
	case journal.StateUnknown:
	}
	return exitUnknown
}

// exitOfValidation judges a question that moves no money.
func exitOfValidation(o api.Outcome) exitCode {
	switch {
	case o.Verdict == api.Done:
		return exitDone
	case o.RefusesCredentials():
		return exitCredentials
	case o.Verdict == api.Refused:
		return exitRefused
	}
	return exitNotSent
}

// exitOfNotice judges a payout's conclusion: done once the project knows.
func exitOfNotice(r desk.Receipt) exitCode {
	switch n := r.Entry.Notice; {
	case r.Held != nil:
		return exitHeld
	case !r.Recorded:
		return exitUnrecorded
	case r.Entry.State != journal.StateDone:
		return exitOfState(r.Entry.State)
	case n != nil && n.State != journal.NoticeDelivered:
		return exitNotFinal
	}
	return exitDone
}
