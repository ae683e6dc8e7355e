//go:build unix

package trialtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A clocked world is one whose commands read a clock that is off.
type clocked struct {
	*world
	file string
}

func newClocked(t *testing.T, fault string) clocked {
	w := newWorld(t, fault)
	c := clocked{w, filepath.Join(w.dir, "clock")}
	c.jump(t, 0)
	return c
}

// jump sets the clock off by so much, also for a command that is running.
func (c clocked) jump(t *testing.T, off time.Duration) {
	t.Helper()
	draft := c.file + ".new"
	err := os.WriteFile(draft, []byte(off.String()), 0o600)
	if err == nil {
		err = os.Rename(draft, c.file)
	}
	if err != nil {
		t.Error(err)
	}
}

func (c clocked) run(t *testing.T, args ...string) run {
	t.Helper()
	return finish(t, c.prepare([]string{"RAISBOY_CLOCK_FILE=" + c.file}, args...))
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// TestClockJumpsBetween: what is unknown stays so and holds back the same again,
// whatever the clock says meanwhile, and so does what is done and lies in the
// future. A jump beyond the project's window ends in a refusal that names the
// clock, and moves nothing.
func TestClockJumpsBetween(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{-20 * year, -year, -day, -time.Hour, -5 * time.Second, 5 * time.Second, time.Hour, day, year, 20 * year} {
		t.Run(jump.String(), func(t *testing.T) {
			t.Parallel()
			c := newClocked(t, "")
			unknown := []string{"deposit", "--user", "drop", "--amount", "10", "--skip-validate"}
			done := []string{"deposit", "--user", "plain", "--amount", "10", "--skip-validate"}
			ref := []string{"deposit", "--user", "plain", "--amount", "11", "--ref", "slip", "--skip-validate"}
			for i, want := range []int{7, 0, 0} {
				if r := c.run(t, [][]string{unknown, done, ref}[i]...); r.exit != want {
					t.Fatal(r)
				}
			}
			c.jump(t, jump)
			if r := c.run(t, unknown...); r.exit != 8 || !strings.Contains(r.stdout, `"held_reason":"unresolved"`) {
				t.Errorf("unknown, then the same again: exit %d, %s%s", r.exit, r.stdout, r.stderr)
			}
			if r := c.run(t, ref...); r.exit != 0 || !strings.Contains(r.stdout, `"replayed":true`) {
				t.Errorf("a ref, then the same again: exit %d, %s%s", r.exit, r.stdout, r.stderr)
			}
			r := c.run(t, done...)
			if inWindow := jump < 2*time.Minute; inWindow != (r.exit == 8) || !inWindow && r.exit != 5 {
				t.Errorf("done, then the same again: exit %d, %s%s", r.exit, r.stdout, r.stderr)
			}
			if r := c.run(t, "journal", "verify"); r.exit != 0 {
				t.Errorf("verify: exit %d, %s%s", r.exit, r.stdout, r.stderr)
			}
			if found := c.evidence(t).check(); len(found) > 0 {
				t.Error(found)
			}
		})
	}
}

// TestClockJumpsDuring: the clock jumps while an answer is awaited. Nothing that
// is decided depends on it: not the verdict, not whether a payout is repeated
// with other bytes.
func TestClockJumpsDuring(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		user, kind string
		exit       int
	}{{"plain", "deposit", 0}, {"drop", "deposit", 7}, {"plain", "payout", 0}, {"drop", "payout", 7}, {"truncated", "payout", 7}} {
		for _, jump := range []time.Duration{-20 * year, -time.Hour, -2 * time.Second, 2 * time.Second, time.Hour, 20 * year} {
			t.Run(tt.kind+" "+tt.user+" "+jump.String(), func(t *testing.T) {
				t.Parallel()
				c := newClocked(t, "")
				c.project.onArrival(func() { c.jump(t, jump) })
				r := c.run(t, tt.kind, "--user", tt.user, "--amount", "10", "--skip-validate", "--timeout", "60s")
				e := c.evidence(t)
				if found := e.check(); r.exit != tt.exit || len(found) > 0 {
					t.Errorf("exit %d, want %d; %v\n%s%s", r.exit, tt.exit, found, r.stdout, r.stderr)
				}
				c.project.onArrival(nil)
				c.jump(t, 0)
				again := c.run(t, tt.kind, "--user", tt.user, "--amount", "10", "--skip-validate")
				wants := []int{8}
				if tt.exit == 0 && tt.kind == "deposit" && jump < -2*time.Minute {
					wants = []int{0} // by the clock of that moment it was done long ago
				}
				if !slices.Contains(wants, again.exit) {
					t.Errorf("again: exit %d, %s%s", again.exit, again.stdout, again.stderr)
				}
			})
		}
	}
}

// TestClockIsNamed: a clock that is off by more than a minute is mentioned, and
// one that is off by more than four explains a refused signature.
func TestClockIsNamed(t *testing.T) {
	t.Parallel()
	const warns, explains = "the clock of this machine differs", "refused because of the clock"
	for _, tt := range []struct {
		off        time.Duration
		user       string
		exit       int
		says, not  string
		isAccepted bool
	}{
		{0, "plain", 0, "", "clock", true},
		{20 * time.Second, "plain", 0, "", "clock", true},
		{-3 * time.Minute, "plain", 0, warns, explains, true},
		{3 * time.Minute, "plain", 0, warns, explains, true},
		{-10 * time.Minute, "plain", 5, explains, warns, false},
		{10 * time.Minute, "plain", 5, explains, warns, false},
		{0, "u401", 5, "", "clock: ", false}, // refused, and not because of the clock
	} {
		for _, command := range [][]string{{"validate"}, {"deposit", "--amount", "10"}, {"deposit", "--amount", "10", "--skip-validate"}, {"payout", "--amount", "10", "--skip-validate"}} {
			t.Run(tt.off.String()+" "+tt.user+" "+strings.Join(command, " "), func(t *testing.T) {
				t.Parallel()
				c := newClocked(t, "")
				c.jump(t, tt.off)
				r := c.run(t, append(command, "--user", tt.user)...)
				if r.exit != tt.exit || !strings.Contains(r.stderr, tt.says) || strings.Contains(r.stderr, tt.not) {
					t.Errorf("exit %d, want %d; stderr: %s", r.exit, tt.exit, r.stderr)
				}
				moved := 0
				for _, l := range c.evidence(t).Ledger {
					if l.Kind == sandbox.DepositCreated || l.Kind == sandbox.PayoutCreated {
						moved++
					}
				}
				if wanted := tt.isAccepted && command[0] != "validate"; wanted != (moved == 1) {
					t.Errorf("moved %d", moved)
				}
			})
		}
	}
}
