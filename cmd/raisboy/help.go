package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/config"
)

// help prints a command's help in the operator's language. The tree holds keys;
// they become sentences here, so that a command that prints none pays nothing.
func (a *app) help(c *cobra.Command, _ []string) {
	a.beforeHelp(c)
	a.localize(c)
	for _, sub := range c.Commands() {
		a.localize(sub)
	}
	if c.Name() == "environment" {
		c.Long += "\n\n" + environmentTable()
	}
	_, _ = io.WriteString(a.process.out, fitted(a.page(c), a.process.width)) // nobody can be told if help cannot be printed
}

// page lays out a command's help.
func (a *app) page(c *cobra.Command) string {
	var b strings.Builder
	section := func(title, body string) {
		if body != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", a.catalog.T(title, nil), strings.TrimRight(body, "\n"))
		}
	}
	intro := c.Long
	fill(&intro, c.Short)
	b.WriteString(strings.TrimRight(intro, "\n") + "\n")
	if c.Runnable() {
		section("help.usage", "  "+strings.Join(a.usageLines(c), "\n  "))
	}
	section("help.examples", indent(c.Example))
	section("help.commands", commandLines(c.Commands(), func(sub *cobra.Command) bool { return sub.IsAvailableCommand() }))
	section("help.flags", flagLines(c.LocalNonPersistentFlags()))
	shared := c.InheritedFlags()
	if !c.HasParent() {
		shared = c.PersistentFlags()
	}
	section("help.global-flags", flagLines(shared))
	section("help.topics", commandLines(c.Commands(), func(sub *cobra.Command) bool { return sub.IsAdditionalHelpTopicCommand() }))
	return b.String()
}

// usageLines are the ways to call a command, with the words that stand for
// something in the operator's language.
func (a *app) usageLines(c *cobra.Command) []string {
	ways := []string{c.UseLine()}
	switch {
	case !c.HasParent():
		ways[0] = c.CommandPath() + " [command] [flags]"
	case c.HasAvailableSubCommands():
		ways = append(ways, c.CommandPath()+" [command] [flags]")
	}
	for i, way := range ways {
		parts := strings.Split(way, " ")
		for j, part := range parts {
			switch part {
			case "[flags]", "[command]", "NAME", "FILE", "AMOUNT":
				parts[j] = a.catalog.T("help.word."+strings.ToLower(strings.Trim(part, "[]")), nil)
			}
		}
		ways[i] = strings.Join(parts, " ")
	}
	return ways
}

func indent(text string) string {
	if text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

func commandLines(commands []*cobra.Command, wanted func(*cobra.Command) bool) string {
	var b strings.Builder
	for _, c := range commands {
		if wanted(c) {
			fmt.Fprintf(&b, "  %-12s  %s\n", c.Name(), c.Short)
		}
	}
	return b.String()
}

// flagLines lists flags with what they take; that is quoted in their usage.
func flagLines(flags *pflag.FlagSet) string {
	var names, usages []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		takes, usage := pflag.UnquoteUsage(f)
		if takes != "" && f.Value.Type() != "bool" {
			name += " " + takes
		}
		names, usages = append(names, name), append(usages, usage)
		width = max(width, utf8.RuneCountInString(name))
	})
	var b strings.Builder
	for i, name := range names {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, name, usages[i])
	}
	return b.String()
}

// beforeHelp reads the language from flags that cobra did not run PreRun for.
func (a *app) beforeHelp(c *cobra.Command) {
	if c.Flags().Parsed() {
		_ = a.prepare(c, nil) // a wrong option must not keep anyone from the help
	}
}

// usage is what cobra prints by itself on some errors: nothing, since every
// error names its remedy.
func (a *app) usage(*cobra.Command) error { return nil }

func (a *app) localize(c *cobra.Command) {
	for _, field := range []*string{&c.Short, &c.Long} {
		if strings.HasPrefix(*field, "command.") || strings.HasPrefix(*field, "topic.") {
			*field = a.catalog.T(*field, nil)
		}
	}
	translate := func(f *pflag.Flag) {
		switch {
		case strings.HasPrefix(f.Usage, "flag."):
			f.Usage = a.catalog.T(f.Usage, nil)
		case f.Name == "help":
			f.Usage = a.catalog.T("flag.help", nil)
		}
	}
	c.LocalFlags().VisitAll(translate)
	c.InheritedFlags().VisitAll(translate)
}

// helpTopics are pages that no command has a better place for.
func (a *app) helpTopics() []*cobra.Command {
	var topics []*cobra.Command
	for _, name := range []string{"exit-codes", "environment", "output"} {
		topics = append(topics, &cobra.Command{Use: name, Short: "topic." + name + ".short", Long: "topic." + name + ".long"})
	}
	return topics
}

// environmentTable lists every setting with its variable, from the one table
// that the configuration itself is read by.
func environmentTable() string {
	var b strings.Builder
	for _, s := range append(config.OptionSettings(), config.Settings()...) {
		if s.Variable == "" {
			continue
		}
		b.WriteString(s.Variable)
		b.WriteString(strings.Repeat(" ", max(1, 32-len(s.Variable))))
		b.WriteString(s.Key)
		if s.Default != "" {
			b.WriteString(" (" + strings.ReplaceAll(s.Default, "\n", `\n`) + ")")
		}
		b.WriteString("\n")
		if s.FileFrom != "" {
			fmt.Fprintf(&b, "%-31s %s (file)\n", s.FileFrom, s.Key)
		}
	}
	for _, other := range []string{sandboxVariable, pagerVariable, "PAGER", "NO_COLOR", "CLICOLOR_FORCE", "HTTPS_PROXY", "NO_PROXY", "XDG_CONFIG_HOME", "XDG_STATE_HOME"} {
		b.WriteString(other + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
