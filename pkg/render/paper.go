package render

import (
	"github.com/charmbracelet/lipgloss"
)

// What a receipt printer's paper can be, in columns.
const (
	MinPaper     = 20
	DefaultPaper = 42
	MaxPaper     = 80
)

// paper lays the page out for a receipt printer: no line is wider, nothing is
// coloured, nothing is framed.
func (p page) paper(width int) []string {
	var lines []string
	lines = append(lines, centered(p.title, width)...)
	for _, remark := range p.remarks {
		lines = append(lines, centered(remark, width)...)
	}
	rule := repeat("-", width)
	lines = append(lines, rule)
	for _, h := range p.head {
		lines = append(lines, justified(h.label, h.value, width)...)
	}
	for _, s := range p.sections {
		lines = append(append(lines, rule), s.paper(width)...)
	}
	if len(p.foot) > 0 {
		lines = append(lines, rule)
	}
	for _, f := range p.foot {
		lines = append(append(lines, wrap(f.label, width)...), chop(f.value, width)...)
	}
	return lines
}

func (s section) paper(width int) []string {
	lines := wrap(s.title, width)
	for _, p := range s.pairs {
		lines = append(lines, justified(p.label, p.value, width)...)
	}
	if s.note != "" {
		lines = append(lines, wrap(s.note, width)...)
	}
	group := ""
	for _, t := range s.table {
		if name := t.kind + ": " + t.outcome; name != group {
			group = name
			lines = append(lines, wrap(name, width)...)
		}
		lines = append(lines, justified(" "+t.method+" × "+t.count, t.sum, width)...)
	}
	for _, i := range s.items {
		lines = append(lines, wrap(i.label+" "+i.number+" "+i.what, width)...)
		lines = append(lines, justified(" "+i.user, i.sum, width)...)
	}
	return lines
}

// centered wraps text and puts it in the middle of the paper.
func centered(text string, width int) []string {
	lines := wrap(text, width)
	for i, line := range lines {
		lines[i] = repeat(" ", (width-lipgloss.Width(line))/2) + line
	}
	return lines
}

// justified puts the label to the left and the value to the right; on lines of
// their own where both do not fit on one.
func justified(label, value string, width int) []string {
	if room := width - lipgloss.Width(label) - lipgloss.Width(value); room >= 1 {
		return []string{label + repeat(" ", room) + value}
	}
	lines := wrap(label, width)
	for _, piece := range wrap(value, width) {
		lines = append(lines, repeat(" ", width-lipgloss.Width(piece))+piece)
	}
	return lines
}
