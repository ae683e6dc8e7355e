package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// scalarLength gives the bytes that a scalar takes up in its line, 0 if it runs
// on or is written in a way that is not known here.
func scalarLength(line string, value *yaml.Node) int {
	switch value.Style {
	case 0:
		if strings.HasPrefix(line, value.Value) {
			return len(value.Value)
		}
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		quote := line[0]
		for i := 1; i < len(line); i++ {
			switch {
			case line[i] == '\\' && quote == '"', line[i] == '\'' && quote == '\'' && strings.HasPrefix(line[i+1:], "'"):
				i++
			case line[i] == quote:
				return i + 1
			}
		}
	default:
	}
	return 0
}

// restIsComment says whether nothing but space or a comment follows.
func restIsComment(rest string) bool {
	trimmed := strings.TrimSpace(rest)
	return trimmed == "" || trimmed[0] == '#' && (rest[0] == ' ' || rest[0] == '\t')
}

// byteOf turns a column, counted in characters, into an index of bytes.
func byteOf(line string, column int) int {
	index := 0
	for range column {
		_, size := utf8.DecodeRuneInString(line[index:])
		index += size
	}
	return index
}

// quoted writes a value so that YAML reads the same text, for a person as plain
// as it can be.
func quoted(value string) string {
	plain := value != "" && strings.TrimFunc(value, func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./+@,:-", r)
	}) == "" && !strings.ContainsAny(value[:1], ".-+@,:0123456789") && !strings.HasSuffix(value, ":")
	var node yaml.Node
	if plain && yaml.Unmarshal([]byte(value), &node) == nil && node.Content[0].Tag == "!!str" {
		return value
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r != ' ' && !unicode.IsPrint(r):
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// escaped writes a character that cannot be seen.
func escaped(r rune) string { return fmt.Sprintf(`\U%08x`, r) }
