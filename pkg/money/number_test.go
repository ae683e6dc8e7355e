package money_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

// greatestNumber is eighteen nines of minor units: ParseNumber's bound.
const greatestNumber money.Amount = 999_999_999_999_999_999

func ExampleParseNumber() {
	for _, text := range []string{"5000.0", "5e3", "1.005"} {
		fmt.Println(money.ParseNumber(text))
	}
	// Output:
	// 5000.00 <nil>
	// 5000.00 <nil>
	// 0.00 amount "1.005": too many decimals
}

func TestParseNumber(t *testing.T) {
	cases := map[string]money.Amount{
		"5000":                                 500000,
		"5000.0":                               500000,
		"5000.00":                              500000,
		"5000.000":                             500000,
		"5e3":                                  500000,
		"5E+3":                                 500000,
		"0.5e4":                                500000,
		"500000e-2":                            500000,
		"500000000e-005":                       500000,
		"0":                                    0,
		"0.00":                                 0,
		"0e999":                                0,
		"0.01":                                 1,
		"1e-2":                                 1,
		"0.05":                                 5,
		"12.3":                                 1230,
		"9999999999999999.99":                  greatestNumber,
		"1" + strings.Repeat("0", 40) + "e-40": 100,
	}
	for text, want := range cases {
		if got, err := money.ParseNumber(text); err != nil || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseNumberRefuses(t *testing.T) {
	cases := map[string]money.Reason{
		"":                            money.Empty,
		"-5":                          money.Negative,
		"-0":                          money.Negative,
		"-":                           money.NotANumber,
		"--5":                         money.NotANumber,
		"+5":                          money.NotANumber,
		"05":                          money.NotANumber,
		"00":                          money.NotANumber,
		".5":                          money.NotANumber,
		"5.":                          money.NotANumber,
		"5e":                          money.NotANumber,
		"5e+":                         money.NotANumber,
		"5e3.0":                       money.NotANumber,
		"5 ":                          money.NotANumber,
		" 5":                          money.NotANumber,
		"5,00":                        money.NotANumber,
		"5 000":                       money.NotANumber,
		"0x5":                         money.NotANumber,
		"5_0":                         money.NotANumber,
		"1/2":                         money.NotANumber,
		"NaN":                         money.NotANumber,
		"Infinity":                    money.NotANumber,
		"null":                        money.NotANumber,
		"٥":                           money.NotANumber,
		"1.005":                       money.TooManyDecimals,
		"0.001":                       money.TooManyDecimals,
		"1e-3":                        money.TooManyDecimals,
		"1e-999":                      money.TooManyDecimals,
		"10000000000000000":           money.TooLarge,
		"1e16":                        money.TooLarge,
		"1e999":                       money.TooLarge,
		"1e1000":                      money.Exponent,
		"1e-1000":                     money.Exponent,
		"1e99999999999999999999999":   money.Exponent,
		"1" + strings.Repeat("0", 64): money.TooLarge,
	}
	for text, want := range cases {
		got, err := money.ParseNumber(text)
		var wrong *money.ParseError
		if !errors.As(err, &wrong) || wrong.Reason != want || got != 0 {
			t.Errorf("ParseNumber(%q) = %v, %v; want reason %q", text, got, err, want)
		}
	}
}

func TestParseNumberReadsString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Amount(rapid.Int64Range(0, int64(greatestNumber)).Draw(t, "amount"))
		zeros := rapid.StringMatching(`0{0,20}`).Draw(t, "zeros")
		for _, text := range []string{amount.String(), amount.String() + zeros, fmt.Sprintf("%de-2", int64(amount))} {
			if got, err := money.ParseNumber(text); err != nil || got != amount {
				t.Fatalf("ParseNumber(%q) = %v, %v", text, got, err)
			}
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"5000.0", "5e3", "0.5e4", "1.005", "-0", "1e16", "1e-1000", "9999999999999999.99", "00", "5.", "5000,00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := money.ParseNumber(text)
		if err != nil {
			var wrong *money.ParseError
			if !errors.As(err, &wrong) || got != 0 {
				t.Fatalf("ParseNumber(%q) = %v, %v", text, got, err)
			}
		}
		// The oracle: encoding/json says what a number is, math/big what it is worth.
		bounded := len(text) <= 64 && strings.Trim(text, "0123456789+-.eE") == ""
		if !bounded || !json.Valid([]byte(text)) || tooPowerful(text) || text[0] == '-' {
			if err == nil {
				t.Fatalf("ParseNumber(%q) = %v", text, got)
			}
			return
		}
		want, readable := exactly(text, greatestNumber, 0)
		if readable != (err == nil) || got != want {
			t.Fatalf("ParseNumber(%q) = %v, %v; the oracle says %v, %v", text, got, err, want, readable)
		}
	})
}

// tooPowerful reports an exponent of more than three digits.
func tooPowerful(text string) bool {
	_, power, _ := strings.Cut(strings.ToLower(text), "e")
	return len(strings.TrimLeft(power, "+-")) > 3
}
