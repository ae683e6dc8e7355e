package trialtest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// TestKilledAtEveryWrite kills a deposit and a payout when one of their threads
// comes to its n-th write or fsync, for every n there is: within transactions, in
// the checkpoint and while the journal is made, too, where no named point lies.
// Then the same order is given again.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed on this system: no system call can be picked out")
	}
	stride := 17
	if counttest.Trials(t, 1) > 1 {
		stride = 1
	}
	killed, survived := 0, 0
	for _, kind := range []string{"deposit", "payout"} {
		for _, call := range []string{"pwrite64", "fsync"} {
			for _, existing := range []bool{true, false} {
				for n := 1; ; n += stride {
					w := newWorld(t, "")
					if existing {
						if r := w.command(t, "deposit", "--user", "plain", "--amount", "5", "--skip-validate", "--timeout", "60s"); r.exit != 0 {
							t.Fatal(r)
						}
					}
					order := []string{kind, "--user", "plain", "--amount", "10", "--skip-validate", "--timeout", "60s"}
					c := exec.Command(strace, append([]string{
						"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n),
						os.Getenv(binaryVariable),
					}, order...)...)
					c.Env = w.environment()
					first := finish(t, c)
					again := w.command(t, order...)
					e := w.evidence(t)
					found := e.check()
					if again.exit != 0 && again.exit != 8 || len(found) > 0 {
						t.Errorf("%s, %s %d, journal there: %t: exit %d, then %d, %s: %v", kind, call, n, existing, first.exit, again.exit, again.stderr, found)
					}
					if first.exit == 0 {
						survived++
						break // it makes no more calls than that
					}
					if killed++; n > 1000 {
						t.Fatal("it never comes to an end: ", first)
					}
				}
			}
		}
	}
	t.Logf("killed at %d calls", killed)
	if killed < 8 || survived != 8 {
		t.Errorf("killed %d times, survived %d times", killed, survived)
	}
}
