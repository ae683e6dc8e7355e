package main

import (
	"io"
	"os"
	"os/user"
	"runtime/debug"
	"time"

	"golang.org/x/term"

	"github.com/raisboy/raisboy/pkg/config"
)

// Set by the linker for a release.
var (
	version = "" //nolint:gochecknoglobals // written by -ldflags -X, never afterwards
	commit  = "" //nolint:gochecknoglobals // likewise
)

// process is what the operating system gives a command: its streams, its
// environment, its clock. Nothing behind it asks the system itself.
type process struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	sources  config.Sources

	environment []string // all of it, for a program that is started

	inTerminal, outTerminal, errTerminal bool
	width                                int        // columns of the terminal; 0: none
	columns                              func() int // the same, asked again; nil: it never changes
	errColumns                           func() int // of the terminal that stderr is; nil: unknown
}

func systemProcess() *process {
	p := &process{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, now: systemClock(), sources: config.SystemSources(),
		environment: os.Environ(),
		inTerminal:  isTerminal(os.Stdin),
		outTerminal: isTerminal(os.Stdout),
		errTerminal: isTerminal(os.Stderr),
	}
	if p.outTerminal {
		p.columns = func() int { return columnsOf(os.Stdout) }
		p.width = p.columns()
	}
	if p.errTerminal {
		p.errColumns = func() int { return columnsOf(os.Stderr) }
	}
	return p
}

// columnsOf asks the system how wide a terminal is now; 0: unknown.
func columnsOf(terminal *os.File) int {
	width, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil {
		return 0
	}
	return width
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// osUser is the name under which facts are recorded. The system's own answer
// is preferred to an environment variable that anyone can set.
func osUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// buildVersion is the release, or what the Go tool chain knows of the build.
func buildVersion() (number, revision string) {
	number, revision = version, commit
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return number, revision
	}
	if number == "" {
		number = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && revision == "" {
			revision = s.Value
		}
	}
	return number, revision
}
