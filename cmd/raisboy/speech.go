package main

import (
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// renderer makes what prints, by the options of this run.
func (a *app) renderer(o config.Options) *render.Renderer {
	format, _ := render.ParseFormat(o.Output)
	p := a.process
	errWidth := 0
	if p.errColumns != nil {
		errWidth = p.errColumns()
	}
	return render.New(render.Options{
		Out: p.out, Err: p.err, Format: format, Catalog: a.catalog,
		Color:    render.DecideColor(o.Color, p.outTerminal, a.lookupEnv),
		ErrColor: render.DecideColor(o.Color, p.errTerminal, a.lookupEnv),
		Width:    p.width, ErrWidth: errWidth, Quiet: a.quiet, Verbose: a.verbose, Now: p.now, Flags: a.profileFlags(),
	})
}

// profileFlags is what a suggested command needs to reach the same profile.
func (a *app) profileFlags() string {
	if a.sources.Sandbox {
		return "--sandbox"
	}
	var flags []string
	if a.sources.File != "" {
		flags = append(flags, "--config "+argument(a.sources.File))
	}
	if a.sources.Profile != "" {
		flags = append(flags, "--profile "+argument(a.sources.Profile))
	}
	return strings.Join(flags, " ")
}

// quoted lists names that came from outside.
func (a *app) quoted(names []string) string {
	open, end := `"`, `"`
	if a.catalog.Lang() == text.Russian {
		open, end = "«", "»"
	}
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = open + render.Sanitize(name) + end
	}
	return strings.Join(all, ", ")
}

// argument quotes a word of a suggested command if a shell needs that.
func argument(word string) string {
	word = render.Sanitize(word)
	if strings.ContainsAny(word, " \t\"'`$&|;<>()*?[]{}#~!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

func (a *app) lookupEnv(name string) (string, bool) {
	if a.sources.LookupEnv == nil {
		return "", false
	}
	return a.sources.LookupEnv(name)
}

// question asks about an order; what is asked of a payout reads differently.
func (a *app) question(key string, p desk.Preview) string {
	if key == "prompt.order" {
		key = "prompt.order.deposit"
		if p.Order.Kind == api.KindPayout {
			key = "prompt.order.payout"
		}
	}
	return a.render.Question(key, p)
}

// sayWaiting tells an impatient operator that an answer is awaited.
func (a *app) sayWaiting() { a.render.Note("note.waiting", nil) }

// How far this machine's clock may be off before that is said, and from where
// on it explains a refused signature: the project refuses beyond five minutes,
// and its Date is a little older than our reading of it.
const (
	maxSkew     = time.Minute
	refusedSkew = 4 * time.Minute
)

// warnOfClock compares the project's clock, from its last answer, with ours.
// refused says that the answer refused the signature, the key or the clock.
func (a *app) warnOfClock(theirs time.Time, refused bool) {
	if theirs.IsZero() {
		return
	}
	switch skew := a.process.now().Sub(theirs).Round(time.Second).Abs(); {
	case refused && skew > refusedSkew:
		a.render.Note("note.clock-refused", words{"Skew": a.catalog.Span(skew)})
	case skew > maxSkew:
		a.render.Note("note.clock", words{"Skew": a.catalog.Span(skew)})
	}
}

// languageAsked is the language of a command line that is not read yet, and may
// turn out to be wrong: that is then to be said in it. Empty: none is asked for.
func (a *app) languageAsked(args []string) string {
	lang, _ := a.lookupEnv("RAISBOY_LANG")
	for i, arg := range args {
		value, together := strings.CutPrefix(arg, "--lang=")
		switch {
		case arg == "--":
			return lang
		case together:
			lang = value
		case arg == "--lang" && i+1 < len(args):
			lang = args[i+1]
		}
	}
	return lang
}
