package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

func rowsOf(rows ...Row) iter.Seq2[Planned, error] {
	return func(yield func(Planned, error) bool) {
		for i, row := range rows {
			row.Line = i + 1
			if !yield(Planned{Row: row}, nil) {
				return
			}
		}
	}
}

func users(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{UserID: fmt.Sprint("u", i), Amount: 100}
	}
	return rows
}

func done(context.Context, Planned, func()) (Result, error) {
	return Result{Outcome: "done", Amount: 100}, nil
}

// lines is a Report that remembers.
type lines struct{ all []int }

func (l *lines) report(p Planned, _ Result) error {
	l.all = append(l.all, p.Row.Line)
	return nil
}

// Every row is carried out and reported once; equal ones never at the same
// time, and in their order; never more on their way than there are jobs.
func TestRunnerModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]Row, rapid.IntRange(0, 60).Draw(t, "rows"))
		for i := range rows {
			rows[i] = Row{
				UserID: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user"),
				Amount: money.Amount(rapid.IntRange(1, 2).Draw(t, "amount")),
			}
		}
		var mutex sync.Mutex
		working, order := map[laneKey]int{}, map[laneKey][]int{}
		var seen lines
		onTheirWay, jobs := 0, rapid.IntRange(1, 9).Draw(t, "jobs")
		r := Runner{Jobs: jobs, Report: seen.report, Work: func(_ context.Context, p Planned, answered func()) (Result, error) {
			key := keyOf(p)
			mutex.Lock()
			if working[key]++; working[key] > 1 {
				t.Errorf("two equal rows at work")
			}
			if onTheirWay++; onTheirWay > jobs {
				t.Errorf("%d rows on their way with %d jobs", onTheirWay, jobs)
			}
			order[key] = append(order[key], p.Row.Line)
			mutex.Unlock()
			for range p.Row.Line % 3 {
				time.Sleep(time.Microsecond)
			}
			mutex.Lock()
			onTheirWay--
			mutex.Unlock()
			if p.Row.Line%4 > 0 {
				answered()
				time.Sleep(time.Microsecond)
			}
			mutex.Lock()
			working[key]--
			mutex.Unlock()
			return Result{Outcome: "done"}, nil
		}}
		ending := r.Run(context.Background(), rowsOf(rows...))
		slices.Sort(seen.all)
		for i, line := range seen.all {
			if line != i+1 {
				t.Fatalf("reported lines %v", seen.all)
			}
		}
		if len(seen.all) != len(rows) || ending.Reason != RanThrough || ending.Tally.Of(Done) != len(rows) {
			t.Fatalf("%d rows reported of %d: %+v", len(seen.all), len(rows), ending)
		}
		for _, lines := range order {
			if !slices.IsSorted(lines) {
				t.Fatalf("equal rows ran as %v", lines)
			}
		}
	})
}

// With one worker it is exact: nothing is begun after the row that says so.
func TestRunnerStops(t *testing.T) {
	broken := errors.New("the journal's disk is full")
	failed, unknown := Result{Outcome: "refused"}, Result{Outcome: "unknown"}
	earlier := failed
	earlier.Replayed = true
	for _, test := range []struct {
		name   string
		runner Runner
		result Result
		err    error
		reason Reason
		rows   int
	}{
		{"failures", Runner{MaxFailures: 3}, failed, nil, TooManyFailed, 3},
		{"failures of an earlier run", Runner{MaxFailures: 3}, earlier, nil, RanThrough, 50},
		{"unknown", Runner{MaxUnknown: 2}, unknown, nil, TooManyUnknown, 2},
		{"no bound", Runner{}, unknown, nil, RanThrough, 50},
		{"credentials", Runner{}, Result{Outcome: "refused", Credentials: true}, nil, BadCredentials, 1},
		{"not recorded", Runner{}, Result{Outcome: "done", Unrecorded: true}, nil, Unrecorded, 1},
		{"no connection", Runner{}, Result{Outcome: "not_sent", Unreached: true}, nil, Unreachable, unreachedInARow},
		{"the journal", Runner{}, Result{}, broken, Broken, 0},
		{"the operator", Runner{}, Result{}, desk.ErrStopped, Interrupted, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen lines
			began := 0
			r := test.runner
			r.Jobs, r.Report = 1, seen.report
			r.Work = func(_ context.Context, _ Planned, answered func()) (Result, error) {
				began++
				if test.result.Outcome == "done" {
					answered() // as the desk does before it is recorded
				}
				return test.result, test.err
			}
			ending := r.Run(context.Background(), rowsOf(users(50)...))
			if ending.Reason != test.reason || len(seen.all) != test.rows {
				t.Errorf("%q after %d rows", ending.Reason, len(seen.all))
			}
			if want := max(test.rows, 1); began != want {
				t.Errorf("%d rows were begun, want %d", began, want)
			}
			if test.reason == Broken && !errors.Is(ending.Err, broken) {
				t.Errorf("%v", ending.Err)
			}
		})
	}
}

// Nor is an equal row that waits behind it.
func TestRunnerStopsEqualRows(t *testing.T) {
	var seen lines
	r := Runner{Jobs: 3, MaxFailures: 1, Report: seen.report}
	waiting := make(chan struct{})
	r.Work = func(context.Context, Planned, func()) (Result, error) {
		<-waiting
		return Result{Outcome: "refused"}, nil
	}
	rows := func(yield func(Planned, error) bool) {
		for line := range 20 {
			if !yield(Planned{Row: Row{Line: line + 1, UserID: "u", Amount: 1}}, nil) {
				return
			}
		}
		close(waiting)
	}
	if ending := r.Run(t.Context(), rows); ending.Reason != TooManyFailed || len(seen.all) != 1 {
		t.Errorf("%q after %d rows", ending.Reason, len(seen.all))
	}
}

// Several jobs do not wait for the record of a row that is done: as many rows
// again may be at it. A row that is not done keeps its job.
func TestRowMakesWay(t *testing.T) {
	for _, test := range []struct {
		jobs   int
		done   bool
		atWork int
	}{{1, true, 1}, {2, false, 2}, {2, true, 4}, {8, true, 16}, {8, false, 8}} {
		synctest.Test(t, func(t *testing.T) {
			var seen lines
			atWork, most := 0, 0
			var mutex sync.Mutex
			r := Runner{Jobs: test.jobs, Report: seen.report, Work: func(_ context.Context, _ Planned, answered func()) (Result, error) {
				mutex.Lock()
				atWork++
				most = max(most, atWork)
				mutex.Unlock()
				if test.done {
					answered()
				}
				time.Sleep(time.Second) // until it is recorded
				mutex.Lock()
				atWork--
				mutex.Unlock()
				return Result{Outcome: "done"}, nil
			}}
			if r.Run(t.Context(), rowsOf(users(40)...)); len(seen.all) != 40 || most != test.atWork {
				t.Errorf("%d jobs, done %v: %d rows at work, wanted %d; %d reported", test.jobs, test.done, most, test.atWork, len(seen.all))
			}
		})
	}
}

// What was begun is reported also when stdout is gone, and nothing more begins.
func TestRunnerWithoutOutput(t *testing.T) {
	gone := errors.New("no such pipe")
	var began, told atomic.Int32
	r := Runner{Jobs: 4, Work: func(context.Context, Planned, func()) (Result, error) {
		began.Add(1)
		return Result{Outcome: "done"}, nil
	}, Report: func(Planned, Result) error {
		told.Add(1)
		return gone
	}}
	ending := r.Run(context.Background(), rowsOf(users(5000)...))
	if ending.Reason != NoOutput || !errors.Is(ending.Err, gone) || began.Load() != told.Load() || began.Load() > 100 {
		t.Errorf("%q, %d begun, %d told", ending.Reason, began.Load(), told.Load())
	}
}

// A pipe that gives nothing must not keep a batch from ending.
func TestRunnerStopsWhileItWaitsForRows(t *testing.T) {
	stop := make(chan struct{})
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	var seen lines
	r := Runner{Jobs: 2, Work: done, Report: seen.report, Stop: stop}
	ending := r.Run(context.Background(), func(yield func(Planned, error) bool) {
		if yield(Planned{Row: Row{Line: 1}}, nil) {
			close(stop)
			<-never
		}
	})
	if ending.Reason != Interrupted {
		t.Errorf("%q", ending.Reason)
	}
}

// A row of a stream that cannot be read is reported like any other; an input
// that breaks ends the batch.
func TestRunnerReportsWrongRows(t *testing.T) {
	var seen []string
	r := Runner{Jobs: 2, Work: done, Report: func(p Planned, result Result) error {
		seen = append(seen, fmt.Sprint(p.Row.Line, result.Outcome, result.Code))
		return nil
	}}
	wrong := &RowError{Row: Row{Line: 1}, Mistakes: []*Mistake{{Line: 1, Problem: ProblemCells}}}
	ending := r.Run(context.Background(), func(yield func(Planned, error) bool) {
		_ = yield(Planned{}, wrong) && yield(Planned{Row: Row{Line: 2}}, nil)
	})
	slices.Sort(seen)
	if ending.Reason != RanThrough || !slices.Equal(seen, []string{"1not_sentinvalid_row", "2done"}) {
		t.Errorf("%+v, %q", ending, seen)
	}
	broken := errors.New("read")
	ending = r.Run(context.Background(), func(yield func(Planned, error) bool) { yield(Planned{}, broken) })
	if ending.Reason != Broken || !errors.Is(ending.Err, broken) {
		t.Errorf("%+v", ending)
	}
}

// A row that is held back by one at work is tried again once that has ended:
// the project may know two ids as one user.
func TestRunnerTriesAgainWhatWasBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var firstEnded atomic.Bool
		begun := make(chan struct{})
		tries := 0
		var seen lines
		r := Runner{Jobs: 2, Report: seen.report, Work: func(_ context.Context, p Planned, _ func()) (Result, error) {
			if p.Row.Line == 1 {
				close(begun)
				time.Sleep(time.Second)
				firstEnded.Store(true)
				return Result{Outcome: "done"}, nil
			}
			<-begun
			tries++
			if !firstEnded.Load() {
				return Result{Outcome: "held", Busy: true}, nil
			}
			return Result{Outcome: "done"}, nil
		}}
		ending := r.Run(context.Background(), rowsOf(users(2)...))
		if ending.Tally.Of(Done) != 2 || tries != 2 {
			t.Errorf("%d done, %d tries", ending.Tally.Of(Done), tries)
		}
	})
}

// Two that wait for each other's end do not wait for ever.
func TestRunnerBusyForGood(t *testing.T) {
	var seen lines
	r := Runner{Jobs: 4, Report: seen.report, Work: func(context.Context, Planned, func()) (Result, error) {
		return Result{Outcome: "held", Busy: true}, nil
	}}
	if ending := r.Run(context.Background(), rowsOf(users(40)...)); ending.Tally.Of(Failed) != 40 {
		t.Errorf("%+v", ending)
	}
}

type senderFunc func() api.Outcome

func (f senderFunc) Send(context.Context, api.Call) api.Outcome { return f() }

// When the project tells one worker to come back later, all of them wait.
func TestGateHoldsEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mutex sync.Mutex
		var at []time.Duration
		var shut []time.Duration
		g := &Gate{Now: time.Now, Stop: make(chan struct{}), Shut: func(until time.Time) { shut = append(shut, until.Sub(began)) }}
		g.Next = senderFunc(func() api.Outcome {
			mutex.Lock()
			defer mutex.Unlock()
			switch at = append(at, time.Since(began)); len(at) {
			case 2:
				return api.Outcome{Cause: api.CauseRateLimited, RetryAfter: 9 * time.Second} // not worth a word
			case 1:
				return api.Outcome{Cause: api.CauseRateLimited, RetryAfter: 30 * time.Second}
			}
			return api.Outcome{Verdict: api.Done}
		})
		g.Send(t.Context(), api.Call{})
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() { g.Send(t.Context(), api.Call{}) })
		}
		group.Wait()
		for i, when := range at[1:] {
			if when < 30*time.Second {
				t.Errorf("request %d left after %s", i+1, when)
			}
		}
		g.shut(time.Minute)
		g.shut(time.Minute + time.Second) // who else was told so at the time
		if want := []time.Duration{30 * time.Second, time.Since(began) + time.Minute}; !slices.Equal(shut, want) {
			t.Errorf("said of %s, want %s", shut, want)
		}
	})
}

// What waits at the gate when the operator stops has not left this machine.
func TestGateIsLeftUnsent(t *testing.T) {
	stop := make(chan struct{})
	sent := 0
	g := &Gate{Now: time.Now, Stop: stop, Next: senderFunc(func() api.Outcome {
		sent++
		return api.Outcome{Cause: api.CauseRateLimited, RetryAfter: time.Hour}
	})}
	g.Send(t.Context(), api.Call{})
	close(stop)
	if o := g.Send(t.Context(), api.Call{}); o.Verdict != api.NotSent || sent != 1 {
		t.Errorf("%v after %d requests", o.Verdict, sent)
	}
}

func TestTallyIsBounded(t *testing.T) {
	var tally Tally
	for i := range 5000 {
		tally.Add("refused", fmt.Sprint("CODE_", i), "UZS", 100, i%2 == 0)
	}
	sum, rows := money.Amount(0), 0
	for _, c := range tally.Counts() {
		sum, rows = sum+c.Sum, rows+c.Rows
	}
	if len(tally.Counts()) > maxCounts+1 || rows != 5000 || sum != 500000 || tally.Of(Failed) != 5000 || tally.Fresh(Failed) != 2500 {
		t.Errorf("%d counts, %d rows, %s", len(tally.Counts()), rows, sum)
	}
}
