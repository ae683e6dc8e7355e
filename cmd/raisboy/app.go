package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// app is one run of the command: its process, what every command is told, and
// how it speaks.
type app struct {
	process   *process
	interrupt *interruption
	sources   config.Sources
	options   config.Options
	catalog   *text.Catalog
	render    *render.Renderer
	log       *slog.Logger

	quiet, verbose bool
}

// run carries out one command line and gives its exit code.
func run(args []string, p *process) int {
	if completing(args) {
		p = hushed(p)
	}
	a := &app{process: p, sources: p.sources, interrupt: newInterruption(context.Background())}
	defer a.interrupt.end()
	a.speak(config.Options{Color: "auto", Lang: a.languageAsked(args)}) // until the flags are read, and if they cannot be
	root := a.rootCommand()
	if completing(args) {
		if a.completeAll(root); !readable(root, args) {
			_, _ = fmt.Fprintf(p.out, ":%d\n", cobra.ShellCompDirectiveNoFileComp)
			return int(exitDone)
		}
	}
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	command, err := root.ExecuteContextC(context.WithValue(a.interrupt, commandLine{}, args))
	return int(a.finish(command, err))
}

// finish turns what a command returned into an exit code, explaining on stderr
// what was not yet said.
func (a *app) finish(command *cobra.Command, err error) exitCode {
	var ended *exited
	var lost *lostOutput
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &ended):
		return ended.code
	case errors.Is(err, syscall.EPIPE) && !errors.As(err, &lost):
		return exitDone // the reader of a list has seen enough; of an outcome nobody has
	}
	if problem := usageOfFlag(command, err); problem != nil {
		err = problem
	}
	p := a.explain(err)
	a.render.Problem(p.cause, p.remedy)
	if a.verbose {
		a.log.Error("command failed", "error", err.Error())
	}
	return p.exit
}

// immediate marks a command that Ctrl-C may end at any moment.
const immediate = "immediate"

// prepare reads what concerns every command. It runs before each of them.
func (a *app) prepare(command *cobra.Command, _ []string) error {
	flags := command.Flags()
	a.sources.Flags = map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if key, ok := settingOfFlag(f.Name); ok {
			a.sources.Flags[key] = f.Value.String()
		}
	})
	a.sources.File, _ = flags.GetString("config")
	a.sources.Profile, _ = flags.GetString("profile")
	a.sources.Sandbox, _ = flags.GetBool("sandbox")
	a.quiet, _ = flags.GetBool("quiet")
	a.verbose, _ = flags.GetBool("verbose")
	if command.Annotations[immediate] == "" {
		a.interrupt.watch()
	}
	options, err := config.LoadOptions(a.sources)
	a.speak(options)
	if err != nil {
		return err
	}
	for _, name := range []string{"profile", "config"} { // an empty variable in a script is not the default profile
		if flags.Changed(name) && flags.Lookup(name).Value.String() == "" {
			return &usageError{Problem: usageNoValue, Name: "--" + name, Command: command.CommandPath()}
		}
	}
	return nil
}

// settingOfFlag names the settings and options that a flag gives: the flag wins
// over the environment and the file.
func settingOfFlag(flag string) (string, bool) {
	switch flag {
	case "output", "lang", "color", "timeout":
		return flag, true
	case "no-input":
		return "no_input", true
	case "addr":
		return "listen.addr", true
	case "public-url":
		return "listen.public_url", true
	case "forward-to":
		return "listen.forward_to", true
	case "tls-cert":
		return "listen.tls_cert", true
	case "tls-key":
		return "listen.tls_key", true
	}
	return "", false
}

// speak sets the language and the form of what is printed from here on.
func (a *app) speak(o config.Options) {
	a.options = o
	lang, ok := text.ParseLang(o.Lang)
	if !ok {
		lang = text.Detect(a.lookupEnv)
	}
	a.catalog = text.New(lang).Suggesting(a.profileFlags())
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	a.log = slog.New(slog.NewTextHandler(a.process.err, &slog.HandlerOptions{Level: level}))
	a.render = a.renderer(o)
}

// probe asks stdout, before any money moves, whether it takes anything: the
// outcome must have somewhere to go.
func (a *app) probe() error {
	if _, err := a.process.out.Write(nil); err != nil {
		return &stdoutError{err}
	}
	return nil
}

// A stdoutError says that stdout takes nothing; nothing was sent.
type stdoutError struct{ err error }

func (e *stdoutError) Error() string { return "stdout: " + e.err.Error() }
func (e *stdoutError) Unwrap() error { return e.err }

// A lostOutput error says that the work was done, and that stdout did not take
// what came of it; it was said on stderr instead.
type lostOutput struct{ err error }

func (e *lostOutput) Error() string { return "stdout: " + e.err.Error() }
func (e *lostOutput) Unwrap() error { return e.err }
