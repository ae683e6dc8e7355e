package render

import (
	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/text"
)

// CheckStatus says how a check of the doctor came out.
type CheckStatus string

// The statuses, as in JSON.
const (
	CheckOK      CheckStatus = "ok"
	CheckWarning CheckStatus = "warning"
	CheckFailure CheckStatus = "failure"
)

// A Sentence is a key of the catalog with what fills its places, or, with Words,
// a sentence that was already made in both languages.
type Sentence struct {
	Key   string
	Data  map[string]any
	Words func(*text.Catalog) string
}

func (s Sentence) in(r *Renderer, c *text.Catalog) string {
	switch {
	case s.Words != nil:
		return oneLine(s.Words(c))
	case s.Key != "":
		return oneLine(r.say(c, step{key: s.Key, data: s.Data}))
	}
	return ""
}

// A Check is one line of `raisboy doctor`.
type Check struct {
	Name   string // of cli.md: "config", "clock", …
	Status CheckStatus
	Detail Sentence
	Remedy Sentence // empty: nothing to do
}

// Check prints one line of the doctor; in JSON and CSV its words are English.
func (r *Renderer) Check(c Check) error {
	if r.Format != Text {
		return r.emit(object{
			{"check", c.Name}, {"status", string(c.Status)},
			{"detail", orNull(c.Detail.in(r, r.english))}, {"remedy", orNull(c.Remedy.in(r, r.english))},
		})
	}
	mood := map[CheckStatus]tone{CheckOK: good, CheckWarning: caution, CheckFailure: bad}[c.Status]
	status := r.Catalog.T("doctor.status."+string(c.Status), nil)
	said := r.Catalog.T("doctor.check."+c.Name, nil) + ": " + c.Detail.in(r, r.Catalog)
	return r.print(r.statusLines(mood, status, said, c.Remedy.in(r, r.Catalog))...)
}

// statusLines are what was found, behind a word about how it stands, and below it
// what to do, if anything.
func (r *Renderer) statusLines(mood tone, status, said, remedy string) []string {
	room := func(taken int) int {
		if r.Width <= 0 {
			return 0
		}
		return max(r.Width-taken, 1)
	}
	lines := wrap(said, room(lipgloss.Width(status)+2))
	if remedy != "" {
		lines = append(lines, wrap("→ "+remedy, room(4))...)
	}
	for i := range lines[1:] {
		lines[i+1] = "    " + lines[i+1]
	}
	lines[0] = r.out.tint(mood, status) + "  " + lines[0]
	return lines
}
