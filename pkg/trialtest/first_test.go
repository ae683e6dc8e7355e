//go:build unix

package trialtest

import (
	"fmt"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
)

// TestFirstUse: several tills may be the first to use a journal at the same
// moment. None of them is turned away.
func TestFirstUse(t *testing.T) {
	t.Parallel()
	for range counttest.Trials(t, 4) {
		w := newWorld(t, "")
		var jobs []job
		for i := range 6 {
			o := &order{kind: api.KindDeposit, user: fmt.Sprintf("unomax-%d", i), amount: "10.00"}
			jobs = append(jobs, job{order: o, args: append(o.args(), "--skip-validate")})
		}
		for _, r := range w.runAll(t, jobs) {
			if r.exit != 0 {
				t.Errorf("exit %d: %s", r.exit, r.stderr)
			}
		}
		if found := w.evidence(t).check(); len(found) > 0 || t.Failed() {
			t.Fatal(found)
		}
	}
}
