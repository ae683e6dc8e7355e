package money_test

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

func ExampleParse() {
	amount, err := money.Parse("6 000,00")
	fmt.Println(amount, err)

	_, err = money.Parse("6,000")
	var wrong *money.ParseError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Reason, wrong.Readings)
	}
	// Output:
	// 6000.00 <nil>
	// ambiguous separator [6000.00 6.00]
}

func TestParseAccepts(t *testing.T) {
	cases := map[string]money.Amount{
		"6000":               600000,
		"6000.00":            600000,
		"6000,00":            600000,
		"6000.5":             600050,
		"6000,5":             600050,
		"6 000":              600000,
		"6 000,00":           600000,
		"6\u00a0000,00":      600000,
		"6\u202f000.00":      600000,
		"1 234\u00a0567":     123456700,
		"0.01":               1,
		"0,5":                50,
		"12,34":              1234,
		"007":                700,
		"1":                  100,
		"  6000\t":           600000,
		"\u00a06000\u202f":   600000,
		"999 999 999 999,99": money.Max,
		"999999999999.99":    money.Max,
		"999999999999":       99999999999900,
		"100 000":            10000000,
		"5000.00":            500000,
		"0000000000.01":      1,
	}
	for text, want := range cases {
		got, err := money.Parse(text)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	cases := map[string]money.Reason{
		"":                        money.Empty,
		" \u00a0\t":               money.Empty,
		"0":                       money.Zero,
		"0.00":                    money.Zero,
		"000":                     money.Zero,
		"-5":                      money.Negative,
		"\u22125":                 money.Negative,
		"-":                       money.NotANumber,
		"-x":                      money.NotANumber,
		"+5":                      money.NotANumber,
		"5-":                      money.NotANumber,
		"1e9":                     money.Exponent,
		"1.5E+3":                  money.Exponent,
		"2e-1":                    money.Exponent,
		"e9":                      money.NotANumber,
		"1e":                      money.NotANumber,
		"1e9x":                    money.NotANumber,
		"1.005":                   money.AmbiguousSeparator,
		"6,000":                   money.AmbiguousSeparator,
		"6.000":                   money.AmbiguousSeparator,
		"999,999":                 money.AmbiguousSeparator,
		"0.500":                   money.TooManyDecimals,
		"6000.000":                money.TooManyDecimals,
		"6 000,000":               money.TooManyDecimals,
		"1.0000":                  money.TooManyDecimals,
		"60 00":                   money.BadGrouping,
		"1 00 000":                money.BadGrouping,
		"1 2 345":                 money.BadGrouping,
		"1  000 000":              money.BadGrouping,
		"6  000":                  money.BadGrouping,
		"6000 000":                money.BadGrouping,
		"6 0000":                  money.BadGrouping,
		"6 00,00":                 money.BadGrouping,
		"6 000 ,00":               money.BadGrouping,
		"6 000, 00":               money.BadGrouping,
		"6,000,000":               money.BadGrouping,
		"6,000.00":                money.BadGrouping,
		"6.000,00":                money.BadGrouping,
		"0 500":                   money.BadGrouping,
		"999\u202f999\u00a0.9":    money.BadGrouping,
		"5000 5000":               money.BadGrouping,
		"6000.":                   money.NotANumber,
		"6000,":                   money.NotANumber,
		".50":                     money.NotANumber,
		".":                       money.NotANumber,
		"6000 UZS":                money.NotANumber,
		"60 00 UZS":               money.NotANumber,
		"$5":                      money.NotANumber,
		"0x10":                    money.NotANumber,
		"1_000":                   money.NotANumber,
		"6'000":                   money.NotANumber,
		"NaN":                     money.NotANumber,
		"Infinity":                money.NotANumber,
		"٦٠٠٠":                    money.NotANumber,
		"６０００":                    money.NotANumber,
		"6\u2009000":              money.NotANumber, // thin space
		"6\u3000000":              money.NotANumber,
		"6\t000":                  money.NotANumber,
		"6000\n":                  money.NotANumber,
		"6000\x00":                money.NotANumber,
		"6\xff000":                money.NotANumber,
		"\u202e6000":              money.NotANumber,
		"1000000000000":           money.TooLarge,
		"9 999 999 999 999":       money.TooLarge,
		"9999999999999.99":        money.TooLarge,
		"0000000000000":           money.TooLarge,
		strings.Repeat("9", 5000): money.TooLarge,
	}
	for text, want := range cases {
		got, err := money.Parse(text)
		var wrong *money.ParseError
		if !errors.As(err, &wrong) || wrong.Reason != want || got != 0 {
			t.Errorf("Parse(%.40q) = %v, %v; want reason %q", text, got, err, want)
		}
	}
}

func TestParseNamesBothReadings(t *testing.T) {
	cases := map[string][]money.Amount{
		"6,000":   {600000, 600},
		"6.000":   {600000, 600},
		"12,340":  {1234000, 1234},
		"999.990": {99999000, 99999},
		"6,125":   {612500}, // 6.125 is no amount
	}
	for text, want := range cases {
		_, err := money.Parse(text)
		var wrong *money.ParseError
		if !errors.As(err, &wrong) {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		if diff := cmp.Diff(want, wrong.Readings); diff != "" {
			t.Errorf("readings of %q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseErrorText(t *testing.T) {
	cases := map[string]string{
		"6,000":          `amount "6,000": ambiguous separator: 6000.00 or 6.00`,
		"\x1b[2J\u202e6": `amount "\x1b[2J\u202e6": not a number`,
		"60 00":          `amount "60 00": bad grouping`,
		"\xff":           `amount "�": not a number`,
		"":               `amount "": empty`,
		"-1":             `amount "-1": negative`,
		"0":              `amount "0": zero`,
		"1.2345":         `amount "1.2345": too many decimals`,
		"9999999999999":  `amount "9999999999999": too large`,
		"1e3":            `amount "1e3": exponent`,
	}
	for text, want := range cases {
		_, err := money.Parse(text)
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%q): %v, want %s", text, err, want)
		}
	}
}

func TestParseErrorKeepsLittle(t *testing.T) {
	for _, text := range []string{strings.Repeat("ы", 1000), strings.Repeat("\x80", 1000), strings.Repeat("\xffa", 99), "x" + strings.Repeat("💸", 99)} {
		_, err := money.Parse(text)
		var wrong *money.ParseError
		if !errors.As(err, &wrong) {
			t.Fatalf("Parse(%.20q): %v", text, err)
		}
		cutInside := utf8.ValidString(text) && strings.ContainsRune(wrong.Input, utf8.RuneError)
		if len(wrong.Input) > 40 || !utf8.ValidString(wrong.Input) || cutInside {
			t.Errorf("kept %d bytes %q of %.20q", len(wrong.Input), wrong.Input, text)
		}
	}
}

func TestParseReadsWhatFormatPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "amount"))
		group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f"}).Draw(t, "group")
		point := rapid.SampledFrom([]string{".", ","}).Draw(t, "point")
		for _, text := range []string{amount.String(), amount.Format(group, point), " " + amount.Format(group, point)} {
			got, err := money.Parse(text)
			if err != nil || got != amount {
				t.Fatalf("Parse(%q) = %v, %v", text, got, err)
			}
		}
	})
}

// TestParseNeverGuesses draws texts that can be read in two ways.
func TestParseNeverGuesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[1-9][0-9]{0,2}[.,][0-9]{3}`).Draw(t, "text")
		var wrong *money.ParseError
		if _, err := money.Parse(text); !errors.As(err, &wrong) || wrong.Reason != money.AmbiguousSeparator {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		if want := strings.NewReplacer(".", "", ",", "").Replace(text) + ".00"; wrong.Readings[0].String() != want {
			t.Fatalf("first reading of %q: %v", text, wrong.Readings)
		}
	})
}

// plainAmount is the contract's sentence as a pattern, written apart from the
// parser. The decimal reading of what it matches is the only one there is.
var plainAmount = regexp.MustCompile("^[ \u00a0\u202f\t]*((?:[0-9]+|[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,][0-9]{1,2})?)[ \u00a0\u202f\t]*$")

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"6 000,00", "6,000", "6.000", "0", "-5", "1e9", "60 00", "9999999999.99", "10000000000", "6\u202f000.5", "٦", "007", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := money.Parse(text)
		want, readable := oracle(text)
		if readable != (err == nil) || got != want {
			t.Fatalf("Parse(%q) = %v, %v; the oracle says %v, %v", text, got, err, want, readable)
		}
		if err == nil {
			if again, err := money.Parse(got.String()); err != nil || again != got {
				t.Fatalf("Parse(%q) = %v, %v", got, again, err)
			}
			return
		}
		var wrong *money.ParseError
		if !errors.As(err, &wrong) || len(wrong.Input) > 40 || !utf8.ValidString(wrong.Input) {
			t.Fatalf("error of %q: %#v", text, err)
		}
		for _, r := range wrong.Error() {
			if r < ' ' || r == '\u202e' {
				t.Fatalf("error text of %q holds %q", text, r)
			}
		}
	})
}

// oracle reads by pattern and math/big what Parse reads by hand.
func oracle(text string) (money.Amount, bool) {
	match := plainAmount.FindStringSubmatch(text)
	if match == nil {
		return 0, false
	}
	plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(match[1])
	if whole, _, _ := strings.Cut(plain, "."); len(whole) > 12 {
		return 0, false
	}
	return exactly(plain, money.Max, 1)
}

// exactly reads a plain number by math/big, if it is a whole count of minor
// units between least and greatest.
func exactly(plain string, greatest money.Amount, least int64) (money.Amount, bool) {
	value, ok := new(big.Rat).SetString(plain)
	if !ok {
		return 0, false
	}
	value.Mul(value, big.NewRat(100, 1))
	if !value.IsInt() || value.Num().Cmp(big.NewInt(least)) < 0 || value.Num().Cmp(big.NewInt(int64(greatest))) > 0 {
		return 0, false
	}
	return money.Amount(value.Num().Int64()), true
}
