// Package counttest says how often a test tries what goes wrong by chance: a few
// times in the ordinary run, and as often as RAISBOY_TRIALS says where somebody
// has the time. Every such test asks it, so that one variable is enough for all.
package counttest

import (
	"os"
	"strconv"
	"testing"
)

// Trials is how often a test tries something: few times, or what RAISBOY_TRIALS
// says. It ends the test where that is no positive number.
func Trials(t testing.TB, few int) int {
	t.Helper()
	text := os.Getenv("RAISBOY_TRIALS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("RAISBOY_TRIALS=%q is no count", text)
	}
	return n
}
