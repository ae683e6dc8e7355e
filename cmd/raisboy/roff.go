package main

import (
	"fmt"
	"strings"
)

// roff writes a manual page in the man macros, as groff and mandoc read them.
type roff struct{ b strings.Builder }

func (r *roff) String() string { return r.b.String() }

// escape makes text of any kind plain text to roff. A hyphen that a reader may
// copy into a shell is written as the minus sign that it is.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// quoted is text as one argument of a macro.
func quoted(text string) string { return `"` + strings.ReplaceAll(escape(text), `"`, `\(dq`) + `"` }

func (r *roff) line(format string, values ...any) { fmt.Fprintf(&r.b, format+"\n", values...) }

// title begins the page.
func (r *roff) title(name, section, date, source, manual string) {
	r.line(`.TH %s %s "%s" %s %s`, quoted(strings.ToUpper(name)), quoted(section), date, quoted(source), quoted(manual))
	r.line(".nh") // a word that is broken at a line's end cannot be copied
	r.line(".ad l")
}

func (r *roff) section(name string) { r.line(".SH %s", quoted(name)) }

func (r *roff) paragraph(text string) { r.line("%s", escape(text)) }

// synopsis says how to call it, a line a way.
func (r *roff) synopsis(lines ...string) {
	for i, line := range lines {
		if i > 0 {
			r.line(".br")
		}
		r.line(".B %s", quoted(line))
	}
}

// prose writes the paragraphs of a long help. One whose lines are laid out in
// columns keeps its lines.
func (r *roff) prose(text string) {
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			r.line(".PP")
		}
		if laidOut(paragraph) {
			r.literal(strings.Trim(paragraph, "\n"))
			continue
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			r.line("%s", escape(strings.TrimSpace(line)))
		}
	}
}

// laidOut reports a paragraph whose white space means something.
func laidOut(paragraph string) bool {
	for line := range strings.SplitSeq(paragraph, "\n") {
		if strings.HasPrefix(line, " ") || strings.Contains(strings.TrimSpace(line), "  ") {
			return true
		}
	}
	// A list of words, as the table of variables may be.
	return strings.Contains(paragraph, "\n") && !strings.Contains(paragraph, " ")
}

// literal keeps lines as they are.
func (r *roff) literal(text string) {
	r.line(".nf")
	for line := range strings.SplitSeq(text, "\n") {
		r.line("%s", escape(line))
	}
	r.line(".fi")
}

// item is a flag or a command, with what it is about.
func (r *roff) item(name, about string) {
	r.line(".TP")
	r.line(".B %s", quoted(name))
	r.line("%s", escape(about))
}

// references are other pages, "name(1)".
func (r *roff) references(pages []string) {
	for i, page := range pages {
		name, section, _ := strings.Cut(page, "(")
		after := ","
		if i == len(pages)-1 {
			after = ""
		}
		r.line(".BR %s %s", quoted(name), quoted("("+section+after))
	}
}
