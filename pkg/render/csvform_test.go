package render

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestExactTextIsReversible: whatever was signed can be had back from its cell,
// and nothing invisible stands in it.
func TestExactTextIsReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), texts(), rapid.StringMatching(`[\\nrtu0-9 \n\r\t]*`)).Draw(t, "text")
		if !utf8.ValidString(text) {
			t.Skip("the renderer gives U+FFFD for what is not UTF-8")
		}
		escaped := exact(text).escaped()
		for _, char := range escaped {
			if char != ' ' && invisible(char) {
				t.Fatalf("%q has %U", escaped, char)
			}
		}
		if back := unescape(t, escaped); back != text {
			t.Fatalf("%q came back as %q", text, back)
		}
	})
}

// unescape reads the escapes as JSON has them.
func unescape(t *rapid.T, escaped string) string {
	t.Helper()
	quoted := `"` + strings.ReplaceAll(escaped, `"`, `\"`) + `"`
	var units []uint16
	var b strings.Builder
	flush := func() { b.WriteString(decode(units)); units = nil }
	for i := 1; i < len(quoted)-1; i++ {
		if quoted[i] != '\\' {
			flush()
			b.WriteByte(quoted[i])
			continue
		}
		i++
		switch quoted[i] {
		case 'u':
			unit, err := strconv.ParseUint(quoted[i+1:i+5], 16, 16)
			if err != nil {
				t.Fatal(err)
			}
			units = append(units, uint16(unit))
			i += 4
			continue
		case 'n':
			flush()
			b.WriteByte('\n')
		case 'r':
			flush()
			b.WriteByte('\r')
		case 't':
			flush()
			b.WriteByte('\t')
		default:
			flush()
			b.WriteByte(quoted[i])
		}
	}
	flush()
	return b.String()
}

func decode(units []uint16) string { return string(utf16.Decode(units)) }

// TestExcelForm: the same values in both forms, told apart by separators and the
// decimal comma alone.
func TestExcelForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := object{
			{"text", texts().Draw(t, "text")}, {"sum", figure("-6000.50")}, {"n", rapid.Int64().Draw(t, "n")}, {"none", nil},
		}
		plain, err := o.row(csvForm{})
		if err != nil {
			t.Fatal(err)
		}
		excel, err := o.row(csvForm{excel: true})
		if err != nil {
			t.Fatal(err)
		}
		first, second := readRow(t, plain, ','), readRow(t, excel, ';')
		if !strings.HasSuffix(excel, "\r\n") || first[0] != second[0] || first[2] != second[2] || second[3] != "" {
			t.Fatalf("%q and %q", plain, excel)
		}
		if first[1] != "-6000.50" || second[1] != "-6000,50" {
			t.Fatalf("sums %q and %q", first[1], second[1])
		}
	})
}

func readRow(t *rapid.T, line string, comma rune) []string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = comma
	cells, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	return cells
}
