package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/text"
)

// manCommand writes the manual pages: it is for packaging, and so is not listed.
func (a *app) manCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "man", Hidden: true, Short: "command.man.short", Long: "command.man.long", Example: manExample,
		Args: arguments(0, 0, ""), Annotations: map[string]string{immediate: "yes"},
		RunE: func(c *cobra.Command, _ []string) error {
			folder, err := needFlag(c, "dir")
			if err != nil {
				return err
			}
			return a.writeManual(folder)
		},
	}
	c.Flags().String("dir", "", "flag.dir")
	return c
}

// writeManual writes a page for every command and topic, in English under man1
// and man7 of the folder and in Russian under ru/man1 and ru/man7, as they lie
// below /usr/share/man.
func (a *app) writeManual(folder string) error {
	number, _ := buildVersion()
	for _, lang := range []text.Lang{text.English, text.Russian} {
		pages := manual{app: &app{process: a.process, sources: a.sources, catalog: text.New(lang)}, date: a.manualDate(), version: number}
		pages.folder = folder
		if lang != text.English {
			pages.folder = filepath.Join(folder, lang.String())
		}
		if err := pages.write(); err != nil {
			return err
		}
	}
	return nil
}

// manualDate is when the sources were written, so that the same sources make the
// same pages: SOURCE_DATE_EPOCH, else the commit's own time, else today.
func (a *app) manualDate() string {
	at := a.process.now()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if committed, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				at = committed
			}
		}
	}
	if given, ok := a.lookupEnv("SOURCE_DATE_EPOCH"); ok {
		if seconds, err := strconv.ParseInt(given, 10, 64); err == nil {
			at = time.Unix(seconds, 0)
		}
	}
	return at.UTC().Format(time.DateOnly)
}

// A manual is all pages in one language.
type manual struct {
	app                   *app
	folder, date, version string
}

func (m manual) write() error {
	root := m.app.rootCommand()
	root.InitDefaultHelpCmd()
	var commands []*cobra.Command
	each(root, func(c *cobra.Command) {
		m.app.localize(c)
		if !c.Hidden {
			commands = append(commands, c)
		}
	})
	for _, c := range commands {
		name, section := pageOf(c)
		path := filepath.Join(m.folder, "man"+section, name+"."+section)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a package's folder, for everybody
			return err
		}
		if err := os.WriteFile(path, []byte(m.page(c)), 0o644); err != nil { //nolint:gosec // a manual page, likewise
			return err
		}
	}
	return nil
}

// pageOf names a command's page: raisboy-payout-complete(1); topics are in
// section 7.
func pageOf(c *cobra.Command) (name, section string) {
	name = strings.ReplaceAll(c.CommandPath(), " ", "-")
	if c.IsAdditionalHelpTopicCommand() {
		return name, "7"
	}
	return name, "1"
}

// page writes a command's manual page.
func (m manual) page(c *cobra.Command) string {
	say := func(key string) string { return m.app.catalog.T(key, nil) }
	name, section := pageOf(c)
	var r roff
	r.title(name, section, m.date, "raisboy "+m.version, say("man.title"))
	r.section(say("man.name"))
	r.paragraph(name + " - " + c.Short)
	if c.Runnable() {
		r.section(say("man.synopsis"))
		r.synopsis(m.app.usageLines(c)...)
	}
	r.section(say("man.description"))
	long := c.Long
	if c.Name() == "environment" {
		long += "\n\n" + environmentTable()
	}
	fill(&long, c.Short)
	r.prose(long)
	if c.HasAvailableSubCommands() {
		r.section(say("man.commands"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				r.item(sub.CommandPath(), sub.Short)
			}
		}
	}
	m.flags(&r, say("man.options"), c.LocalNonPersistentFlags())
	if !c.HasParent() {
		m.flags(&r, say("man.global"), c.PersistentFlags())
	}
	if c.Example != "" {
		r.section(say("man.examples"))
		r.literal(c.Example)
	}
	r.section(say("man.see"))
	r.references(related(c))
	return r.String()
}

// related are the pages that a page points to.
func related(c *cobra.Command) []string {
	var names []string
	add := func(other *cobra.Command) {
		if name, section := pageOf(other); other != c && !other.Hidden {
			names = append(names, name+"("+section+")")
		}
	}
	for p := c.Parent(); p != nil; p = p.Parent() {
		add(p)
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			add(sub)
		}
	}
	for _, sub := range c.Root().Commands() {
		if sub.IsAdditionalHelpTopicCommand() {
			add(sub)
		}
	}
	return names
}

func (m manual) flags(r *roff, title string, flags *pflag.FlagSet) {
	first := true
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if first {
			r.section(title)
			first = false
		}
		takes, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if takes != "" && f.Value.Type() != "bool" {
			name = fmt.Sprintf("%s %s", name, takes)
		}
		r.item(name, usage)
	})
}
