package main

import "fmt"

// A usageError is a command line that cannot be carried out as it stands.
type usageError struct {
	Problem usageProblem
	Name    string // the flag with its dashes, the command, the argument
	Value   string
	Meant   string // the name that was probably meant; empty: no idea
	Command string // the command whose help says more, e.g. "raisboy deposit"
}

func (e *usageError) Error() string { return fmt.Sprintf("%s %s %q", e.Problem, e.Name, e.Value) }

type usageProblem string

const (
	usageUnknownFlag    usageProblem = "unknown_flag"
	usageUnknownCommand usageProblem = "unknown_command"
	usageNoValue        usageProblem = "flag_without_value"  // perhaps eaten by the shell as a comment
	usageFlagAsValue    usageProblem = "flag_as_value"       // --user --amount 6000
	usageBadValue       usageProblem = "bad_flag_value"      // not of the flag's form
	usageMissingFlag    usageProblem = "missing_flag"        // a flag that the command needs
	usageMissingArg     usageProblem = "missing_argument"    // an argument that it needs
	usageExtraArg       usageProblem = "unexpected_argument" // an argument too many
	usageLongDash       usageProblem = "long_dash"           // a flag that an editor gave a long dash; Name is meant
	usageBadID          usageProblem = "bad_id"              // not the number or id of an operation
	usageUnknownID      usageProblem = "unknown_id"          // no operation has it
	usageNotAPayout     usageProblem = "not_a_payout"        // an operation of another kind than the command's
	usageUnknownEvent   usageProblem = "unknown_event"       // no webhook has it
	usageBadEvent       usageProblem = "bad_event"           // not the number of a webhook
	usageAmbiguousID    usageProblem = "ambiguous_id"        // several operations have it
	usageTwice          usageProblem = "flag_twice"          // given twice with different values
	usageExclusive      usageProblem = "exclusive_flags"     // Name and Value exclude each other
	usageNeedsFlag      usageProblem = "needs_flag"          // Name is of use only with Value
	usageNoAnswer       usageProblem = "no_input"            // something must be asked, and nobody may be
	usageBadFile        usageProblem = "bad_file"            // a file that cannot be read; Value says why
	usageTooLarge       usageProblem = "input_too_large"     // more than can be signed
	usageNoCSV          usageProblem = "no_csv"              // the command has no CSV form
	usageBadPath        usageProblem = "bad_path"            // not a path without the domain; Meant is
	usageUnknownBatch   usageProblem = "unknown_batch"       // no batch has the name
	usageBadSum         usageProblem = "bad_sum"             // the sums of a file add up to more than can be
	usageSandboxOnly    usageProblem = "sandbox_not_running" // the command needs a running sandbox
	usageBackwards      usageProblem = "ends_before_begin"   // the span from Name to Value ends before it begins
)

// A declined error says that the operator answered no.
type declined struct{}

func (declined) Error() string { return "declined" }

// A notHandedOver error says that the cashier was told to hand over cash, and that
// it is not recorded. Whether it left the till is theirs alone to know.
type notHandedOver struct {
	ID  int64 // of the payout
	Err error // that nothing was answered, or no; or why it could not be recorded
}

func (e *notHandedOver) Error() string {
	return fmt.Sprintf("payout %d not recorded as handed over: %v", e.ID, e.Err)
}

func (e *notHandedOver) Unwrap() error { return e.Err }

// An amountNotConfirmed error says that a sum above the desk's limit was not
// retyped as it was given.
type amountNotConfirmed struct {
	Given  string
	Flag   bool // Given by --confirm-amount, and not typed
	Resend bool // of a resend, which no flag confirms the amount of
	Batch  bool // of a whole file, whose sum is asked for
}

func (*amountNotConfirmed) Error() string { return "amount not confirmed" }
