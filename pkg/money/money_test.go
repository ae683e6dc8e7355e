package money_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/money"
)

func ExampleAmount() {
	amount := money.Amount(600000)
	fmt.Println(amount)
	fmt.Println(amount.Format(" ", ","))
	// Output:
	// 6000.00
	// 6 000,00
}

func TestAmountPrints(t *testing.T) {
	cases := []struct {
		amount       money.Amount
		plain, typed string
	}{
		{0, "0.00", "0,00"},
		{1, "0.01", "0,01"},
		{-1, "-0.01", "-0,01"},
		{99999, "999.99", "999,99"},
		{100000, "1000.00", "1 000,00"},
		{-60000050, "-600000.50", "-600 000,50"},
		{money.Max, "999999999999.99", "999 999 999 999,99"},
		{math.MaxInt64, "92233720368547758.07", "92 233 720 368 547 758,07"},
		{math.MinInt64, "-92233720368547758.08", "-92 233 720 368 547 758,08"},
	}
	for _, c := range cases {
		if got := c.amount.String(); got != c.plain {
			t.Errorf("String of %d: %s, want %s", int64(c.amount), got, c.plain)
		}
		if got := string(c.amount.Append([]byte("x"))); got != "x"+c.plain {
			t.Errorf("Append of %d: %s", int64(c.amount), got)
		}
		if got := c.amount.Format(" ", ","); got != c.typed {
			t.Errorf("Format of %d: %s, want %s", int64(c.amount), got, c.typed)
		}
	}
}

func TestAddIsExactOrRefused(t *testing.T) {
	near := rapid.OneOf(rapid.Int64(), rapid.Int64Range(math.MaxInt64-3, math.MaxInt64), rapid.Int64Range(math.MinInt64, math.MinInt64+3))
	rapid.Check(t, func(t *rapid.T) {
		a, b := near.Draw(t, "a"), near.Draw(t, "b")
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := money.Amount(a).Add(money.Amount(b))
		if want.IsInt64() != (err == nil) || err == nil && int64(got) != want.Int64() {
			t.Fatalf("%d + %d = %d, %v; want %v", a, b, int64(got), err, want)
		}
		if err != nil && (!errors.Is(err, money.ErrOverflow) || got != 0) {
			t.Fatalf("%d + %d: %v, %d", a, b, err, int64(got))
		}
	})
}
