package render

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// maxCommandBody is the longest body, in bytes, that is put into a suggested
// command; what is longer is not copied by hand.
const maxCommandBody = 2000

// examine suggests the doctor, who compares keys and clocks with the project,
// where it refused these and not the operation.
func (a adviser) examine(e *journal.Entry, o api.Outcome) []step {
	if !o.RefusesCredentials() {
		return nil
	}
	return []step{{key: "next.doctor", command: a.command(e, "doctor")}}
}

// diagnose suggests the command that shows what was signed, after the project
// refused the signature of an operation.
func (a adviser) diagnose(e *journal.Entry) []step {
	refusal := api.Outcome{Verdict: api.Refused, HTTPStatus: e.HTTPStatus, Code: e.Code}
	path, err := api.SignedPath(e.Call.URL)
	if err != nil || !refusal.RefusesCredentials() || !copyable(e.Call.Body) {
		return nil
	}
	words := []string{"sign", "--path", bareOrQuoted(path), "--body", quote(string(e.Call.Body)), "--explain"}
	command := a.command(e, words...)
	words = append([]string{"raisboy"}, words...)
	if flags := strings.TrimPrefix(command, strings.Join(words, " ")); flags != "" {
		words = append(words, strings.TrimSpace(flags))
	}
	return []step{{key: "next.diagnose", command: command, words: words}}
}

// diagnoseWebhook suggests the command that says why a rejected webhook's
// signature does not match. What is quoted in it came from a stranger: only
// what a shell takes for one plain word, or what can be seen whole, is.
func (a adviser) diagnoseWebhook(event journal.Event) []step {
	header := func(name string) string {
		for known, values := range event.Headers {
			if strings.EqualFold(known, name) && len(values) == 1 {
				return values[0]
			}
		}
		return ""
	}
	signature, stamp := header("X-Signature"), header("X-Timestamp")
	if event.Reason != "invalid_signature" || signature == "" || stamp == "" || !copyable(event.Body) {
		return nil
	}
	words := []string{"raisboy", "sign"}
	for _, one := range []struct{ flag, value string }{
		{"--method", event.Method}, {"--path", event.Path}, {"--timestamp", stamp}, {"--check", signature},
	} {
		if !copyable([]byte(one.value)) {
			return nil
		}
		words = append(words, one.flag+"="+bareOrQuoted(one.value))
	}
	words = append(words, "--body="+quote(string(event.Body)))
	if a.flags != "" {
		words = append(words, a.flags)
	}
	return []step{{key: "next.diagnose_webhook", command: strings.Join(words, " "), words: words}}
}

// foldCommand breaks a command into lines of at most width columns which a
// POSIX shell, and a paste, takes for the one that it was: between words, and
// within a word that is too long by a backslash at the line's end, its quotes
// closed before and opened again at the very beginning of the next line.
func foldCommand(words []string, width int) []string {
	const indent = "  "
	whole := indent + strings.Join(words, " ")
	if width <= 0 || lipgloss.Width(whole) <= width {
		return []string{whole}
	}
	room := max(width, 8)
	var lines []string
	line := indent + words[0]
	for _, word := range words[1:] {
		if lipgloss.Width(line+" "+word)+2 <= room {
			line += " " + word
			continue
		}
		lines = append(lines, line+" \\")
		line = indent + word
		if lipgloss.Width(line)+2 > room {
			pieces := foldWord(word, room)
			lines = append(lines, pieces[:len(pieces)-1]...)
			line = pieces[len(pieces)-1]
		}
	}
	return append(lines, line)
}

// foldWord breaks one word, which may be in single quotes.
func foldWord(word string, room int) []string {
	prefix, mark, inner := "", "", word
	if at := strings.IndexByte(word, '\''); at >= 0 {
		if strings.Contains(word, `'\''`) { // it must not be broken within
			return []string{word}
		}
		prefix, mark, inner = word[:at], "'", word[at+1:len(word)-1] // --body='…'
	}
	pieces := chop(inner, room-2*len(mark)-len(prefix)-3)
	for i := range pieces {
		pieces[i] = mark + pieces[i] + mark
		if i == 0 {
			pieces[i] = prefix + pieces[i]
		}
		if i < len(pieces)-1 {
			pieces[i] += "\\"
		}
	}
	return pieces
}

// copyable reports text that stands in a command as it is, and on a screen as
// it is: short, and without anything invisible. A leading @ or - would make
// --body read a file or stdin.
func copyable(text []byte) bool {
	awkward := func(c rune) bool { return c == utf8.RuneError || invisible(c) }
	return len(text) <= maxCommandBody && !bytes.ContainsFunc(text, awkward) &&
		!bytes.HasPrefix(text, []byte("@")) && !bytes.HasPrefix(text, []byte("-"))
}

// bareOrQuoted quotes a text unless it is one plain word for every shell.
func bareOrQuoted(text string) string {
	plain := func(c rune) bool {
		return c < utf8.RuneSelf && (strings.ContainsRune("/._-:+", c) || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z')
	}
	if text == "" || strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return quote(text)
	}
	return text
}
