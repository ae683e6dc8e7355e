package render

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// DecideColor decides whether a stream is coloured. mode is --color: "always",
// "never", or anything else for "auto". Then NO_COLOR, if not empty, forbids
// it; CLICOLOR_FORCE, if neither empty nor "0", demands it; and without either,
// a terminal that is not called "dumb" has it.
func DecideColor(mode string, isTerminal bool, lookupEnv func(string) (string, bool)) bool {
	value := func(name string) string {
		v, _ := lookupEnv(name)
		return v
	}
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	if value("NO_COLOR") != "" {
		return false
	}
	if force := value("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true
	}
	return isTerminal && value("TERM") != "dumb"
}

// tone is how an outcome feels; it becomes a colour.
type tone uint8

const (
	plain   tone = iota
	good         // it is done
	waiting      // nothing to do but wait
	caution      // held back, or a person must look
	bad          // refused
	alarm        // money whose end is not known
)

// A palette makes styles for one stream. The profile is set by hand, and so is
// the background that no style here asks for: lipgloss is left nothing that it
// would have to ask the terminal.
type palette struct{ lip *lipgloss.Renderer }

func newPalette(w io.Writer, color bool) palette {
	profile := termenv.Ascii
	if color {
		profile = termenv.ANSI
	}
	lip := lipgloss.NewRenderer(w, termenv.WithProfile(profile))
	lip.SetColorProfile(profile)
	lip.SetHasDarkBackground(true)
	return palette{lip}
}

// color is one of the sixteen that every terminal has, chosen by its owner.
func (t tone) color() lipgloss.TerminalColor {
	switch t {
	case good:
		return lipgloss.Color("2")
	case waiting:
		return lipgloss.Color("6")
	case caution:
		return lipgloss.Color("3")
	case bad:
		return lipgloss.Color("1")
	case alarm:
		return lipgloss.Color("5")
	case plain:
	}
	return lipgloss.NoColor{}
}

// strong paints lines that must be seen first.
func (p palette) strong(t tone, lines []string) []string {
	style := p.lip.NewStyle().Bold(true).Foreground(t.color())
	return paint(style, lines)
}

// faint paints what may be passed over.
func (p palette) faint(lines []string) []string {
	return paint(p.lip.NewStyle().Faint(true), lines)
}

// tint colours a single word.
func (p palette) tint(t tone, word string) string {
	if word == "" || t == plain {
		return word
	}
	return p.lip.NewStyle().Foreground(t.color()).Render(word)
}

// paint styles each line for itself: a style over several would pad them.
func paint(style lipgloss.Style, lines []string) []string {
	painted := make([]string, len(lines))
	for i, line := range lines {
		if painted[i] = line; line != "" {
			painted[i] = style.Render(line)
		}
	}
	return painted
}

// frame draws a box round lines.
func (p palette) frame(t tone, lines []string) []string {
	width := 0
	for _, line := range lines {
		width = max(width, lipgloss.Width(line))
	}
	border := lipgloss.RoundedBorder()
	side := p.tint(t, border.Left)
	framed := []string{p.tint(t, border.TopLeft+repeat(border.Top, width+2)+border.TopRight)}
	for _, line := range lines {
		framed = append(framed, side+" "+line+repeat(" ", width-lipgloss.Width(line))+" "+side)
	}
	return append(framed, p.tint(t, border.BottomLeft+repeat(border.Bottom, width+2)+border.BottomRight))
}
