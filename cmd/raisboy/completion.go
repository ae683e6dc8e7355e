package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completionCommand prints the script that teaches a shell to complete.
func (a *app) completionCommand() *cobra.Command {
	const key = "command.completion"
	c := group("completion", key+".short")
	c.Long, c.Example = key+".long", completionExample
	c.RunE = func(c *cobra.Command, _ []string) error {
		return &usageError{Problem: usageMissingArg, Name: "bash|zsh|fish|powershell", Command: c.CommandPath()}
	}
	for _, shell := range []struct {
		name, example string
		write         func(*cobra.Command) error
	}{
		{"bash", bashExample, func(root *cobra.Command) error { return root.GenBashCompletionV2(a.process.out, true) }},
		{"zsh", zshExample, func(root *cobra.Command) error { return root.GenZshCompletion(a.process.out) }},
		{"fish", fishExample, func(root *cobra.Command) error { return root.GenFishCompletion(a.process.out, true) }},
		{"powershell", powershellExample, func(root *cobra.Command) error {
			return root.GenPowerShellCompletionWithDesc(a.process.out)
		}},
	} {
		c.AddCommand(&cobra.Command{
			Use: shell.name, Short: commandKey("completion-"+shell.name, ".short"), Long: commandKey("completion-"+shell.name, ".long"),
			Example: shell.example, Args: arguments(0, 0, ""), Annotations: map[string]string{immediate: "yes"},
			RunE: func(c *cobra.Command, _ []string) error { return shell.write(c.Root()) },
		})
	}
	return c
}

// commandKey is the key of a sentence about a command.
func commandKey(name, part string) string { return "command." + name + part }

// helpCommand stands in for cobra's own, which takes any word for a topic.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "command.help.short", Long: "command.help.long", Example: helpExample,
		Annotations: map[string]string{immediate: "yes"},
		RunE: func(c *cobra.Command, args []string) error {
			about := c.Root()
			for _, word := range args {
				next := childOf(about, word)
				if next == nil {
					return onlyCommands(about, []string{word})
				}
				about = next
			}
			return about.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			about := c.Root()
			for _, word := range args {
				if about = childOf(about, word); about == nil {
					return nil, cobra.ShellCompDirectiveNoFileComp
				}
			}
			var names []cobra.Completion
			for _, sub := range about.Commands() {
				if !sub.Hidden {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func childOf(c *cobra.Command, name string) *cobra.Command {
	for _, sub := range c.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

// completing reports that a shell asks for completions.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// hushed is the process of one that is completing: whatever goes wrong while a
// person is typing, nothing may be written into the line, and nothing asked.
func hushed(p *process) *process {
	quiet := *p
	quiet.in, quiet.err = strings.NewReader(""), io.Discard
	quiet.inTerminal, quiet.errTerminal = false, false
	return &quiet
}

// readable reports a line that can be completed at all. Of others the library
// would speak on stderr itself.
func readable(root *cobra.Command, args []string) bool {
	_, _, err := root.Find(args[1:max(1, len(args)-1)]) // the last is still being typed
	return err == nil
}

// completeAll gives the tree its sentences and its completions. Only a shell
// that asks pays for it.
func (a *app) completeAll(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	each(root, func(c *cobra.Command) {
		a.localize(c)
		c.FParseErrWhitelist.UnknownFlags = true // not for the shell to judge
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = a.argumentWords(c)
		}
		register := func(f *pflag.Flag) {
			_, f.Usage = pflag.UnquoteUsage(f)
			if words := a.flagWords(c, f); words != nil {
				_ = c.RegisterFlagCompletionFunc(f.Name, words) // an error: it has one already
			}
		}
		c.LocalFlags().VisitAll(register)
	})
}

// each visits a command and all below it.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

// fixed offers the same words always; a word may bear a description after a tab.
func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// listOf offers words for a flag that takes several, separated by commas.
func listOf(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		given := "," + before
		var offered []cobra.Completion
		for _, word := range words {
			if !strings.Contains(given, ","+word+",") {
				offered = append(offered, before+word)
			}
		}
		return offered, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
