package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/config"
)

// rootCommand builds the command tree. Every Short, Long, Example and flag
// usage in it is a key of the catalog, translated only when help is printed.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "raisboy",
		Short:             "command.root.short",
		Long:              "command.root.long",
		Example:           rootExample,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              onlyCommands,
		PersistentPreRunE: a.prepare,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	flags := root.PersistentFlags()
	once(flags, "profile", "flag.profile") // whose money it is
	flags.Bool("sandbox", false, "flag.sandbox")
	once(flags, "config", "flag.config")
	flags.StringP("output", "o", "text", "flag.output")
	flags.String("lang", "", "flag.lang")
	flags.String("color", "auto", "flag.color")
	flags.String("timeout", "30s", "flag.timeout")
	flags.Bool("no-input", false, "flag.no-input")
	flags.BoolP("quiet", "q", false, "flag.quiet")
	flags.BoolP("verbose", "v", false, "flag.verbose")
	root.AddCommand(
		a.validateCommand(), a.depositCommand(), a.payoutCommand(), a.batchCommand(), a.resolveCommand(), a.journalCommand(),
		a.signCommand(), a.listenCommand(), a.eventsCommand(), a.sandboxCommand(), a.configCommand(), a.doctorCommand(), a.versionCommand(),
		a.shiftCommand(), a.receiptCommand(), a.accountCommand(), a.statsCommand(), a.completionCommand(), a.manCommand(),
	)
	root.CompletionOptions.DisableDefaultCmd = true // ours says what is wrong with a shell's name
	root.SetHelpCommand(a.helpCommand())
	root.AddCommand(a.helpTopics()...)
	root.SetHelpFunc(a.help)
	root.SetUsageFunc(a.usage)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &flagError{c, err} })
	return root
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: onlyCommands,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// onlyCommands refuses a word that is not a command, naming the one meant.
func onlyCommands(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return &usageError{
		Problem: usageUnknownCommand, Name: args[0], Meant: config.Suggest(args[0], names), Command: c.CommandPath(),
	}
}

// arguments takes between least and most arguments; name says what they are.
func arguments(least, most int, name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{Problem: usageMissingArg, Name: name, Command: c.CommandPath()}
		case len(args) > most:
			if err := swallowedFlag(c); err != nil {
				return err
			}
			if name, ok := longDash(args[most]); ok {
				return &usageError{Problem: usageLongDash, Value: args[most], Name: name, Command: c.CommandPath()}
			}
			return &usageError{Problem: usageExtraArg, Value: args[most], Command: c.CommandPath()}
		}
		return nil
	}
}

// longDash finds a flag whose two dashes an editor or a messenger made into one
// long one: on a screen they are hard to tell apart.
func longDash(arg string) (meant string, ok bool) {
	name := strings.TrimLeft(arg, "—–−")
	return "--" + name, name != arg && name != ""
}

// swallowedFlag finds a flag that took the next one for its value: the shell, or
// a script's empty variable, left it without one of its own.
func swallowedFlag(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && err == nil {
			_, err = flagText(c, f.Name)
		}
	})
	return err
}

// flagError carries the command whose flags could not be read.
type flagError struct {
	command *cobra.Command
	err     error
}

func (e *flagError) Error() string { return e.err.Error() }
func (e *flagError) Unwrap() error { return e.err }

// usageOfFlag turns what the flag library says into a usage error; nil if err
// is none of its own.
func usageOfFlag(command *cobra.Command, err error) error {
	var inFlags *flagError
	if !errors.As(err, &inFlags) {
		return nil
	}
	if inFlags.command != nil {
		command = inFlags.command
	}
	var (
		unknown *pflag.NotExistError
		noValue *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	u := &usageError{Problem: usageBadValue, Command: command.CommandPath(), Value: err.Error()}
	switch {
	case errors.Is(err, errTwice) && errors.As(err, &invalid):
		*u = usageError{Problem: usageTwice, Name: "--" + invalid.GetFlag().Name, Command: u.Command}
	case errors.As(err, &unknown) && !command.HasParent() && mistypedCommand(command) != nil:
		return mistypedCommand(command)
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		*u = usageError{Problem: usageUnknownFlag, Name: dashed(name), Meant: meantFlag(command, name), Command: u.Command}
	case errors.As(err, &noValue):
		*u = usageError{Problem: usageNoValue, Name: "--" + noValue.GetFlag().Name, Command: u.Command}
	case errors.As(err, &invalid):
		*u = usageError{Problem: usageBadValue, Name: "--" + invalid.GetFlag().Name, Value: invalid.GetValue(), Command: u.Command}
	case errors.As(err, &syntax):
		*u = usageError{Problem: usageUnknownFlag, Name: syntax.GetSpecifiedFlag(), Command: u.Command}
	}
	return u
}

// mistypedCommand is the error about a first word that is no command. Its flags
// are then taken for the root's, and the root has none of them.
func mistypedCommand(root *cobra.Command) error {
	line, ok := root.Context().Value(commandLine{}).([]string)
	if !ok || len(line) == 0 || strings.HasPrefix(line[0], "-") {
		return nil
	}
	return onlyCommands(root, line[:1])
}

// commandLine is the key of the arguments in a command's context.
type commandLine struct{}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func meantFlag(command *cobra.Command, name string) string {
	var names []string
	command.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if meant := config.Suggest(name, names); meant != "" {
		return dashed(meant)
	}
	return ""
}

// flagText reads a flag that must have a value of its own: one that begins with
// two dashes is the next flag.
func flagText(c *cobra.Command, name string) (string, error) {
	value, _ := c.Flags().GetString(name)
	if strings.HasPrefix(value, "--") {
		return "", &usageError{Problem: usageFlagAsValue, Name: "--" + name, Value: value, Command: c.CommandPath()}
	}
	return value, nil
}

// needFlag reads a flag that the command cannot do without.
func needFlag(c *cobra.Command, name string) (string, error) {
	value, err := flagText(c, name)
	if err == nil && !c.Flags().Changed(name) {
		err = &usageError{Problem: usageMissingFlag, Name: "--" + name, Command: c.CommandPath()}
	}
	return value, err
}
