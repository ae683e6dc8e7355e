//go:build unix

package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The measures of a picture, in pixels, for a monospaced font of 14 px.
const (
	cellWidth  = 8.4
	lineHeight = 19
	margin     = 18
)

// stretch is a piece of one line in one colour.
type stretch struct {
	class, text string
}

// picture draws what a terminal of the given number of columns showed as an SVG
// that holds the text itself. The same text gives the same bytes. Every stretch
// is given its place and length, so that frames close in whatever font is there.
func picture(title, shown string, columns int) (string, error) {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(shown, "\r", ""), "\n"), "\n")
	width, height := float64(columns)*cellWidth+2*margin, len(lines)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" role="img">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	b.WriteString(pictureStyle)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%d" rx="8" fill="#16181d"/>`+"\n", width, height)
	colour, words := style{}, regexp.MustCompile(`[^ ]+( [^ ]+)*`)
	for i, line := range lines {
		stretches, err := colour.read(line)
		if err != nil {
			return "", fmt.Errorf("line %d: %w", i+1, err)
		}
		column := 0
		for _, r := range stretches {
			// Words alone: not everything that draws SVG keeps blanks.
			for _, at := range words.FindAllStringIndex(r.text, -1) {
				word := r.text[at[0]:at[1]]
				fmt.Fprintf(&b, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n",
					margin+float64(column+utf8.RuneCountInString(r.text[:at[0]]))*cellWidth, margin+i*lineHeight+14,
					float64(utf8.RuneCountInString(word))*cellWidth, r.class, html.EscapeString(word))
			}
			column += utf8.RuneCountInString(r.text)
		}
		if column > columns {
			return "", fmt.Errorf("line %d is %d columns wide: %q", i+1, column, line)
		}
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

const pictureStyle = `<style>
text { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d7dae0 }
.bold { font-weight: bold } .faint { fill: #8b919c }
.c31 { fill: #ff7b72 } .c32 { fill: #56d364 } .c33 { fill: #e3b341 } .c34 { fill: #79c0ff } .c35 { fill: #d2a8ff } .c36 { fill: #56d4dd }
</style>
`

// style is what the terminal's last colour sequence left in force.
type style struct {
	bold, faint bool
	colour      string
}

// read cuts a line into its stretches. Whatever is not a plain colour is an
// error: a picture would show it wrong.
func (s *style) read(line string) ([]stretch, error) {
	sequence := regexp.MustCompile("\x1b\\[([0-9;]*)m")
	var runs []stretch
	for line != "" {
		at := sequence.FindStringSubmatchIndex(line)
		if at == nil {
			at = []int{len(line), len(line), len(line), len(line)}
		}
		text := line[:at[0]]
		if strings.ContainsAny(text, "\x1b\t\a\b") {
			return nil, fmt.Errorf("not plain text: %q", text)
		}
		if text != "" {
			runs = append(runs, stretch{s.class(), text})
		}
		if at[0] < at[1] {
			if err := s.set(line[at[2]:at[3]]); err != nil {
				return nil, err
			}
		}
		line = line[at[1]:]
	}
	return runs, nil
}

func (s *style) set(codes string) error {
	for _, code := range strings.Split(codes, ";") {
		switch code {
		case "", "0":
			*s = style{}
		case "1":
			s.bold = true
		case "2":
			s.faint = true
		case "31", "32", "33", "34", "35", "36":
			s.colour = "c" + code
		default:
			return fmt.Errorf("no colour %q", code)
		}
	}
	return nil
}

func (s *style) class() string {
	var classes []string
	if s.bold {
		classes = append(classes, "bold")
	}
	if s.faint {
		classes = append(classes, "faint")
	}
	if s.colour != "" {
		classes = append(classes, s.colour)
	}
	if classes == nil {
		return ""
	}
	return ` class="` + strings.Join(classes, " ") + `"`
}

func TestPicture(t *testing.T) {
	got, err := picture("a < b", "\x1b[32m│\x1b[0m \x1b[1;32mПРИНЯТО <&>\x1b[0m\r\nplain\r\n", 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<title>a &lt; b</title>", `width="204" height="74"`,
		`<text x="18.0" y="32" textLength="8.4" class="c32">│</text>`,
		`<text x="34.8" y="32" textLength="92.4" class="bold c32">ПРИНЯТО &lt;&amp;&gt;</text>`,
		`<text x="18.0" y="51" textLength="42.0">plain</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, shown := range []string{"\x1b[2J", "\x1b[38;5;1mx", "a\tb", strings.Repeat("x", 21)} {
		if _, err := picture("", shown, 20); err == nil {
			t.Errorf("%q was drawn", shown)
		}
	}
}
