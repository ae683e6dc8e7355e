//go:build unix

package trialtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/journal"
)

// trialFaults is how the project behaves in a trial: about four requests in ten
// meet something.
const trialFaults = "drop-before=0.05,drop-after=0.08,e500=0.06,e502=0.03,429=0.03,302=0.01," +
	"html=0.02,truncate=0.05,malformed=0.04,repeat=0.03,slow=0.02,delay=3ms"

// crashPoints are those that the command was built with. The first two and the
// last three are the desk's; the others lie within one request.
func crashPoints() []string {
	return []string{"before-intent", "after-intent", "request", "first-byte", "after-answer", "settling", "after-settled"}
}

// An order is what a person at a till wants done once.
type order struct {
	kind   api.Kind
	user   string
	amount string
	ref    string
}

func (o order) key() string { return orderKey(string(o.kind), o.user, o.amount) }

func (o order) args() []string {
	args := []string{string(o.kind), "--user", o.user, "--amount", o.amount}
	if o.ref != "" {
		args = append(args, "--ref", o.ref)
	}
	return args
}

// A job is one process of a trial.
type job struct {
	order *order // nil: a resolution
	args  []string
	env   []string
	kill  time.Duration // after its start; 0: it is not
}

// totals are what is printed at the end.
type totals struct {
	trials, processes, killed, operations, lost, doubled, other, unknown, unknownMoved int
}

func (s *totals) add(o totals) {
	s.trials += o.trials
	s.processes += o.processes
	s.killed += o.killed
	s.operations += o.operations
	s.lost += o.lost
	s.doubled += o.doubled
	s.other += o.other
	s.unknown += o.unknown
	s.unknownMoved += o.unknownMoved
}

func (s totals) String() string {
	return fmt.Sprintf("trials %d, processes %d, killed %d, operations %d, lost %d, doubled %d, otherwise wrong %d, unknown %d (of which the money moved: %d)",
		s.trials, s.processes, s.killed, s.operations, s.lost, s.doubled, s.other, s.unknown, s.unknownMoved)
}

// sequenceLength is how many trials share a world, so that each meets what
// those before it left behind.
const sequenceLength = 20

// parallelWorlds run at a time: most of a trial is waiting.
const parallelWorlds = 6

// TestKilled runs four processes at a time on one journal, kills some of them,
// and compares the journal with the project's ledger after each trial.
func TestKilled(t *testing.T) {
	t.Parallel()
	n := counttest.Trials(t, 36)
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("RAISBOY_TRIALS_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	length := min(sequenceLength, max(1, n/parallelWorlds))
	sequences := make(chan int)
	var mutex sync.Mutex
	var sum totals
	var group sync.WaitGroup
	for range parallelWorlds {
		group.Go(func() {
			for number := range sequences {
				t.Run(fmt.Sprintf("sequence %d", number), func(t *testing.T) {
					s := sequence(t, seed+uint64(number), min(length, n-number*length))
					mutex.Lock()
					defer mutex.Unlock()
					sum.add(s)
					if sum.trials%500 < length {
						t.Logf("so far: %s", sum)
					}
				})
			}
		})
	}
	for number := 0; number*length < n; number++ {
		sequences <- number
	}
	close(sequences)
	group.Wait()
	t.Logf("RAISBOY_TRIALS_SEED=%d", seed)
	t.Log(sum)
	if sum.operations < sum.trials || sum.killed == 0 {
		t.Error("the trials tried nothing")
	}
}

// sequence runs n trials in one world.
func sequence(t *testing.T, seed uint64, n int) totals {
	w := newWorld(t, fmt.Sprintf("%s,seed=%d", trialFaults, seed))
	w.journal = filepath.Join(t.TempDir(), "main.db") // on a disk, whose slowness makes more moments to be killed at
	c := &cashiers{random: rand.New(rand.NewPCG(seed, 1))}
	s := totals{trials: n}
	for range n {
		jobs := c.jobs()
		runs := w.runAll(t, jobs)
		e := w.evidence(t)
		found := e.check()
		for i, r := range runs {
			if s.processes++; r.exit < 0 {
				s.killed++
			}
			found = append(found, judgeExit(jobs[i], r, e)...)
		}
		for _, f := range found {
			switch f.kind {
			case lost, unrecorded:
				s.lost++
			case doubled, resent:
				s.doubled++
			default:
				s.other++
			}
			t.Errorf("seed %d: %v", seed, f)
		}
		if len(found) > 0 {
			for _, r := range runs {
				t.Logf("%v: exit %d\n%s%s", r.args, r.exit, r.stdout, r.stderr)
			}
			break
		}
		c.look(e)
	}
	e := w.evidence(t)
	s.operations = len(e.Entries)
	s.unknown, s.unknownMoved = e.unknown()
	return s
}

func (w *world) runAll(t *testing.T, jobs []job) []run {
	runs := make([]run, len(jobs))
	var group sync.WaitGroup
	for i, j := range jobs {
		group.Go(func() {
			c := w.prepare(append(j.env, "RAISBOY_DESK=till-"+strconv.Itoa(i)), j.args...)
			var timer *time.Timer
			r, err := complete(c, func(p *os.Process) {
				if j.kill > 0 {
					timer = time.AfterFunc(j.kill, func() { _ = p.Kill() })
				}
			})
			if timer != nil {
				timer.Stop()
			}
			if err != nil {
				t.Error(err)
			}
			runs[i] = r
		})
	}
	group.Wait()
	return runs
}

// judgeExit holds a process's word against the facts.
func judgeExit(j job, r run, e evidence) []finding {
	say := func(format string, args ...any) []finding {
		return []finding{{lied, fmt.Sprintf("%v: ", r.args) + fmt.Sprintf(format, args...)}}
	}
	switch r.exit {
	case -1, 4, 6, 7, 8, 11: // killed, or no promise that money moved
		return nil
	case 0:
		if j.order != nil && !e.fulfilled(*j.order) {
			return say("exit 0, the project moved nothing")
		}
		return nil
	}
	return say("exit %d: %s", r.exit, r.stderr)
}

// cashiers think of what to do next.
type cashiers struct {
	random *rand.Rand
	orders []*order
	truth  map[int64]bool // unknown operations, and whether their money moved
	kinds  map[int64]api.Kind
}

// look takes in what is unknown. The truth holds as long as nothing is under
// way, so it is what the manager would say on the telephone.
func (c *cashiers) look(e evidence) {
	c.truth, c.kinds = map[int64]bool{}, map[int64]api.Kind{}
	for i := range e.Entries {
		if entry := &e.Entries[i]; entry.State == journal.StateUnknown {
			c.truth[entry.ID], c.kinds[entry.ID] = e.moved(entry), entry.Call.Kind
		}
	}
}

// jobs gives the four processes of a trial.
func (c *cashiers) jobs() []job {
	jobs := make([]job, 0, 4)
	settling := map[int64]bool{}
	for len(jobs) < cap(jobs) {
		var j job
		switch draw := c.random.IntN(100); {
		case draw < 15 && len(c.truth) > len(settling):
			j.args = c.resolution(settling)
		case draw < 35 && len(jobs) > 0 && jobs[len(jobs)-1].order != nil:
			j.order = jobs[len(jobs)-1].order // two tills have the same slip
		case draw < 50 && len(c.orders) > 0:
			j.order = c.orders[c.random.IntN(len(c.orders))] // somebody does it again
		default:
			j.order = c.newOrder()
		}
		if j.order != nil {
			j.args = j.order.args()
			if c.random.IntN(2) == 0 {
				j.args = append(j.args, "--skip-validate")
			}
		}
		switch draw := c.random.IntN(100); {
		case draw < 35:
			points := crashPoints()
			j.env = []string{"RAISBOY_CRASH_AT=" + points[c.random.IntN(len(points))]}
		case draw < 65:
			j.kill = time.Duration(1+c.random.IntN(80_000)) * time.Microsecond
		}
		jobs = append(jobs, j)
	}
	return jobs
}

func (c *cashiers) newOrder() *order {
	o := &order{kind: api.KindDeposit, user: fmt.Sprintf("unomax-%d", c.random.IntN(3)), amount: fmt.Sprintf("%d.00", 1000+len(c.orders))}
	if c.random.IntN(10) < 3 {
		o.kind = api.KindPayout
	}
	if c.random.IntN(2) == 0 {
		o.ref = fmt.Sprintf("slip-%d", len(c.orders))
	}
	c.orders = append(c.orders, o)
	return o
}

// resolution settles an unknown operation by the truth, or sends it again.
func (c *cashiers) resolution(settling map[int64]bool) []string {
	var ids []int64
	for id := range c.truth {
		if !settling[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	id := ids[c.random.IntN(len(ids))]
	settling[id] = true
	ruling := map[bool]string{true: "--credited", false: "--not-credited"}[c.truth[id]]
	if c.kinds[id] == api.KindPayout {
		ruling = map[bool]string{true: "--created", false: "--not-created"}[c.truth[id]]
	}
	if c.random.IntN(3) == 0 {
		return []string{"resolve", strconv.FormatInt(id, 10), "--resend", "--yes-may-credit-twice"}
	}
	return []string{"resolve", strconv.FormatInt(id, 10), ruling, "--note", "by telephone"}
}
