package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/render"
)

// pagerVariable names the pager for raisboy alone; PAGER is everybody's.
const pagerVariable = "RAISBOY_PAGER"

// pagerProgram is the pager to use, as it would be written in a shell; empty:
// none. Without a variable it is less, where there is one.
func (a *app) pagerProgram() string {
	for _, name := range []string{pagerVariable, "PAGER"} {
		if program, set := a.lookupEnv(name); set {
			if program = strings.TrimSpace(program); program == "cat" {
				return ""
			}
			return program
		}
	}
	return "less"
}

// pages reports whether a list goes through a pager: only text, only onto a
// terminal, and only where somebody is there to press keys.
func (a *app) pages() bool {
	term, _ := a.lookupEnv("TERM")
	return a.process.outTerminal && a.process.inTerminal && a.options.Output == "text" &&
		!a.options.NoInput && (term != "dumb" || runtime.GOOS == "windows")
}

// paged has a list printed through the operator's pager. What is meant for
// stderr waits until the pager has gone, for the screen is its. A pager that was
// quit has shown enough: the write that then fails ends the command with 0.
func (a *app) paged(s *session, print func() error) error {
	program := a.pagerProgram()
	if !a.pages() || program == "" {
		return print()
	}
	p := &pager{app: a, command: pagerCommand(program)}
	if p.command == nil {
		return print()
	}
	p.command.Env = pagerEnvironment(a.process.environment, secretVariables(s))
	p.command.Stdout, p.command.Stderr = os.Stdout, os.Stderr
	var held bytes.Buffer
	outer := a.render
	o := outer.Options
	o.Out, o.Err = p, &held
	a.render = render.New(o)
	err := print()
	a.render = outer
	err = errors.Join(err, p.close())
	_, _ = a.process.err.Write(held.Bytes()) // as with all that goes to stderr
	return err
}

// pagerCommand makes the command; nil: there is no such program, and the list is
// printed as it is. What only a shell understands is given to one. Nothing but
// the operator ends it: a pager that is killed leaves the terminal in disorder.
func pagerCommand(program string) *exec.Cmd {
	words := strings.Fields(program)
	path, err := exec.LookPath(words[0])
	if !strings.ContainsAny(program, "|&;<>()$`\\\"'*?[#~=%") {
		if err != nil {
			return nil
		}
		return exec.CommandContext(context.Background(), path, words[1:]...) //nolint:gosec // the operator's own choice
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		return nil
	}
	return exec.CommandContext(context.Background(), shell, "-c", program) //nolint:gosec // likewise
}

// pagerEnvironment is what the pager inherits: nothing that holds a secret, and
// for less the options that git gives it, too: to end where all fits on the
// screen, to show colours, to leave the text standing. What it is given is
// UTF-8 whatever the locale: a locale that is not installed, or none, would
// have less show every Russian letter as <D0><94>.
func pagerEnvironment(all, secrets []string) []string {
	kept := make([]string, 0, len(all)+3)
	for _, pair := range all {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(strings.ToUpper(name), "RAISBOY_") && !slices.Contains(secrets, name) {
			kept = append(kept, pair)
		}
	}
	for _, byDefault := range []string{"LESS=FRX", "LESSCHARSET=utf-8", "LV=-c"} {
		name, _, _ := strings.Cut(byDefault, "=")
		if !slices.ContainsFunc(kept, func(pair string) bool { return strings.HasPrefix(pair, name+"=") }) {
			kept = append(kept, byDefault)
		}
	}
	return kept
}

// secretVariables are those that hold a secret under a name of the operator's.
func secretVariables(s *session) []string {
	names := []string{"PGPASSWORD"}
	for _, source := range []interface{ String() string }{s.profile.Secret, s.profile.PreviousSecret} {
		if name, ok := strings.CutPrefix(source.String(), "env:"); ok {
			names = append(names, name)
		}
	}
	return names
}

// A pager is a program that starts with the first byte for it: an empty list
// needs none.
type pager struct {
	app     *app
	command *exec.Cmd
	in      io.WriteCloser // nil: not started
}

// Write gives text to the pager.
func (p *pager) Write(text []byte) (int, error) {
	if len(text) == 0 {
		return 0, nil
	}
	if p.in == nil {
		in, err := p.command.StdinPipe()
		if err != nil {
			return 0, err
		}
		p.app.interrupt.deafen(true) // Ctrl-C is for the pager, which goes on
		if err := p.command.Start(); err != nil {
			p.app.interrupt.deafen(false)
			return 0, err
		}
		p.in = in
	}
	return p.in.Write(text)
}

// close waits until the operator has seen enough. How the pager ends says
// nothing about the list.
func (p *pager) close() error {
	if p.in == nil {
		return nil
	}
	_ = p.in.Close() // the pager may have gone before
	_ = p.command.Wait()
	p.app.interrupt.deafen(false)
	return nil
}
