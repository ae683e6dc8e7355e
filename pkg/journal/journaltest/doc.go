// Package journaltest is the conformance suite of a journal: what every
// database behind package journal has to keep, whatever it is. A store passes
// if [Run] passes.
//
// The suite opens its journals by address, several handles on each: a handle
// stands for a desk's process. Where only a real process will do (a race
// between desks, an owner that is killed), it starts its own test binary again;
// TestMain has to go through [Main] for that.
package journaltest

import (
	"testing"
)

// Run holds a store against everything that the desk relies on. fresh gives the
// address of a journal that does not exist yet, in a place of its own.
func Run(t *testing.T, fresh func(t *testing.T) (address string)) {
	groups := []struct {
		name  string
		cases []check
	}{
		{"Begin", beginChecks()},
		{"Guard", guardChecks()},
		{"Update", updateChecks()},
		{"Observe", observeChecks()},
		{"Orphans", orphanChecks()},
		{"Forwards", forwardChecks()},
		{"Account", accountChecks()},
		{"Read", readChecks()},
		{"Shifts", shiftChecks()},
		{"Race", raceChecks()},
		{"Batch", batchChecks()},
		{"Process", processChecks()},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					w := newWorld(t, fresh(t))
					c.run(w)
					w.verify()
				})
			}
		})
	}
}

// A check is one promise. After it the journal must still be undamaged.
type check struct {
	name string
	run  func(*world)
}
