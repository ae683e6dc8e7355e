package main

import (
	"strings"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/render"
)

// fitted breaks a page of help between words where the terminal is narrower than
// its lines; 0 columns: it is none. Paragraphs are filled anew, and what stands
// beside a flag or a command's name stays beside it. A command to be copied is
// left to the terminal, whose breaks are not copied.
func fitted(page string, columns int) string {
	if columns <= 0 {
		return page
	}
	paragraphs := strings.Split(page, "\n\n")
	for i, paragraph := range paragraphs {
		lines := strings.Split(paragraph, "\n")
		if tooWide(lines, columns) {
			paragraphs[i] = strings.Join(fitParagraph(lines, columns), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func tooWide(lines []string, columns int) bool {
	for _, line := range lines {
		if utf8.RuneCountInString(line) > columns {
			return true
		}
	}
	return false
}

func fitParagraph(lines []string, columns int) []string {
	if isProse(lines) {
		return fitLine("", strings.Join(lines, " "), columns)
	}
	var fit []string
	for _, line := range lines {
		if !tooWide([]string{line}, columns) || strings.HasPrefix(strings.TrimSpace(line), "raisboy ") {
			fit = append(fit, line)
			continue
		}
		beside, text := besideText(line)
		fit = append(fit, fitLine(beside, text, columns)...)
	}
	return fit
}

// isProse: no line is set in by hand, or in columns.
func isProse(lines []string) bool {
	for _, line := range lines {
		if strings.Contains(line, "  ") || strings.HasPrefix(line, " ") || strings.HasSuffix(line, ":") {
			return false
		}
	}
	return true
}

// besideText parts a line behind its last gap of two spaces or more.
func besideText(line string) (beside, text string) {
	gap := strings.LastIndex(line, "  ") + len("  ")
	if gap < len("  ") {
		return "", line
	}
	return line[:gap], line[gap:]
}

// narrowest is how many columns a text is given beside a name; with fewer it
// stands below.
const narrowest = 24

func fitLine(beside, text string, columns int) []string {
	indent := utf8.RuneCountInString(beside)
	var lines []string
	line := beside
	if indent > 0 && columns-indent < narrowest && strings.TrimSpace(beside) != "" {
		lines, indent = append(lines, strings.TrimRight(beside, " ")), 8
		line = strings.Repeat(" ", indent)
	}
	for i, part := range render.Wrap(text, max(columns-indent, narrowest)) {
		if i > 0 {
			lines, line = append(lines, line), strings.Repeat(" ", indent)
		}
		line += part
	}
	return append(lines, line)
}
