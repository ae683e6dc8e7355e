package render

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// texts draws what could come from outside, the awkward more often than chance.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom([]rune("=+-@\t\r\n\x00\x1b[31m\x7f\u0085\u009b\u202e\u2028\u200b\u00ad\U000e0041\"',<&aя１＝"))),
	)
}

func TestJSONIsSafeAndKeepsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := texts().Draw(t, "value")
		line, err := object{{"value", value}, {"n", 1}}.json()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(line) {
			if invisible(r) || r < ' ' || r == 0x7f {
				t.Fatalf("%U stands in %s", r, line)
			}
		}
		var back struct{ Value string }
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if back.Value != strings.ToValidUTF8(value, "\uFFFD") && utf8.ValidString(value) {
			t.Fatalf("%q became %q", value, back.Value)
		}
	})
}

func TestCSVCellsAreHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := texts().Draw(t, "value")
		line, err := object{{"a", value}, {"b", nil}, {"c", object{{"d", value}}}}.row(csvForm{})
		if err != nil {
			t.Fatal(err)
		}
		row, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || len(row) != 3 || strings.Count(line, "\n") != 1 {
			t.Fatalf("%q: %v, %q", value, err, line)
		}
		for _, cell := range row {
			if cell != "" && (strings.ContainsAny(cell[:1], "=+-@\t\r") || cell[0] < ' ') {
				t.Fatalf("%q gives the cell %q", value, cell)
			}
			for _, r := range cell {
				if invisible(r) {
					t.Fatalf("%q gives %U in the cell %q", value, r, cell)
				}
			}
		}
	})
}

func TestDefuse(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "a", "=1+1": "'=1+1", "+7": "'+7", "-1": "'-1", "@x": "'@x", "#KXA": "#KXA", "＝1": "'＝1",
	} {
		if got := defuse(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestUnknownValuesAreNoCSV(t *testing.T) {
	if _, err := (object{{"a", 1.5}}).row(csvForm{}); err == nil {
		t.Error("a number that is no integer was printed")
	}
}

func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sentence := Sanitize(texts().Draw(t, "sentence"))
		width := rapid.IntRange(2, 90).Draw(t, "width")
		words := strings.Join(strings.Fields(strings.Join(wrap(sentence, width), "")), "")
		if want := strings.Join(strings.Fields(sentence), ""); words != want {
			t.Fatalf("%q wrapped to %d loses characters: %q", sentence, width, words)
		}
		for _, line := range append(wrap(sentence, width), shorten(sentence, width)) {
			if widest([]string{line}) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
	if got := shorten("abc", 1); got != "…" {
		t.Errorf("shortened to %q", got)
	}
}

func TestWrapKeepsCapitalsTogether(t *testing.T) {
	for width := 14; width < 60; width++ {
		for _, whole := range []string{"DO NOT PAY:", "REAL MONEY?"} {
			if wrapped := strings.Join(wrap("payout 7 "+whole+" it is cancelled", width), "\n"); !strings.Contains(wrapped, whole) {
				t.Errorf("%d: %q", width, wrapped)
			}
		}
	}
}

func TestWrapKeepsAmountsWhole(t *testing.T) {
	const sentence = "The project allows this user at most 5 000 000.00 UZS, said 27.11.2025 17:39:03."
	for width := 22; width < 90; width++ {
		wrapped := strings.Join(wrap(sentence, width), "\n")
		if !strings.Contains(wrapped, "5 000 000.00") || !strings.Contains(wrapped, "27.11.2025 17:39:03") {
			t.Errorf("%d: %q", width, wrapped)
		}
	}
}
