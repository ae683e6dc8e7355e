package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
)

// Wrap breaks a plain sentence as every other is broken for a terminal of width
// columns, for what is laid out elsewhere.
func Wrap(sentence string, width int) []string { return wrap(sentence, width) }

// wrap breaks a plain sentence between words so that no line is wider than
// width columns. A word that is wider itself is cut. Width 0: not at all. The
// groups of an amount stay together: half of one reads as another amount.
func wrap(sentence string, width int) []string {
	if width <= 0 || lipgloss.Width(sentence) <= width {
		return []string{sentence}
	}
	var lines []string
	line := ""
	for _, word := range words(sentence) {
		if line != "" && lipgloss.Width(line)+1+lipgloss.Width(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " " + word
			continue
		}
		pieces := chop(word, width)
		lines, line = append(lines, pieces[:len(pieces)-1]...), pieces[len(pieces)-1]
	}
	return append(lines, line)
}

// words are what a line may be broken between. What follows a digit and begins
// with one belongs to it: 6 000.00, or a date and its time; so do words in
// capitals to each other, for half of DO NOT PAY says the opposite.
func words(sentence string) []string {
	var all []string
	for _, word := range strings.Fields(sentence) {
		if last := len(all) - 1; last >= 0 && belongs(all[last], word) {
			all[last] += " " + word
			continue
		}
		all = append(all, word)
	}
	return all
}

func belongs(before, word string) bool {
	end, _ := utf8.DecodeLastRuneInString(before)
	if isDigit(before[len(before)-1]) && isDigit(word[0]) {
		return true
	}
	return unicode.IsUpper(end) && shouted(before[strings.LastIndex(before, " ")+1:]) && shouted(word)
}

// shouted: two letters or more, all of them great.
func shouted(word string) bool {
	letters := strings.TrimRight(word, ":?!.,")
	for _, r := range letters {
		if !unicode.IsUpper(r) {
			return false
		}
	}
	return utf8.RuneCountInString(letters) > 1
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// chop cuts text into pieces of at most width columns; width 0: not at all.
func chop(text string, width int) []string {
	if width <= 0 || lipgloss.Width(text) <= width {
		return []string{text}
	}
	var pieces []string
	var piece strings.Builder
	used := 0
	for _, r := range text {
		w := lipgloss.Width(string(r))
		if used+w > width && used > 0 {
			pieces = append(pieces, piece.String())
			piece.Reset()
			used = 0
		}
		piece.WriteRune(r)
		used += w
	}
	return append(pieces, piece.String())
}

// shorten cuts text to width columns and marks the cut; width 0: not at all.
func shorten(text string, width int) string {
	if width <= 0 || lipgloss.Width(text) <= width {
		return text
	}
	if first := chop(text, max(width-1, 1))[0]; lipgloss.Width(first) < width {
		return first + "…"
	}
	return "…"
}

// hang wraps a sentence behind a first line's prefix, the other lines indented
// as far.
func hang(prefix, sentence string, width int) []string {
	indent := lipgloss.Width(prefix)
	room := width - indent
	if width > 0 && room < 24 { // too narrow to stand beside: below it
		lines := wrap(strings.TrimRight(prefix, " "), width)
		return append(lines, wrap(sentence, width)...)
	}
	if width <= 0 {
		room = 0
	}
	lines := wrap(sentence, room)
	for i := range lines {
		if i == 0 {
			lines[i] = prefix + lines[i]
		} else {
			lines[i] = repeat(" ", indent) + lines[i]
		}
	}
	return lines
}

// pad fills text up with spaces to width columns.
func pad(text string, width int) string { return text + repeat(" ", width-lipgloss.Width(text)) }

func repeat(text string, n int) string { return strings.Repeat(text, max(n, 0)) }
