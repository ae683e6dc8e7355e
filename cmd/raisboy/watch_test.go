package main

import (
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
)

// What the screen shows never goes back, whatever order its two sources come in.
func TestNews(t *testing.T) {
	for _, test := range []struct {
		known, now api.PayoutStatus
		want       bool
	}{
		{"", "", false},
		{"", api.StatusPending, true},
		{"", api.StatusAccepted, true},
		{api.StatusPending, api.StatusPending, false},
		{api.StatusPending, api.StatusAccepted, true},
		{api.StatusAccepted, api.StatusPending, false}, // read before the webhook that was printed
		{api.StatusAccepted, api.StatusCompleted, true},
		{api.StatusCompleted, api.StatusAccepted, false},
		{api.StatusCompleted, "", false},
		{api.StatusCompleted, api.StatusCancelled, true}, // a conflict
		{"", "frozen", false},
	} {
		if got := isNews(test.known, test.now); got != test.want {
			t.Errorf("%q after %q: %t", test.now, test.known, got)
		}
	}
}
