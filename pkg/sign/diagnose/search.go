package diagnose

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// jobSize is about how many candidates a worker takes at a time: some
// milliseconds, after which it looks whether it should stop.
const jobSize = 4096

// A job is a box of candidates: in every dimension some variants of one cost.
type job struct {
	axes  [dimensions][]variant
	count int64
	most  int64 // of which no more than so many are tried
}

// size counts the box's candidates.
func (j *job) size() int64 {
	n := int64(1)
	for _, axis := range j.axes {
		n *= int64(len(axis))
	}
	return n
}

// jobs lists the candidates with exactly so many deviations, the likeliest
// shapes first, cut into boxes.
func (p *plan) jobs(total int) []job {
	type shape struct {
		job
		weight int
	}
	var shapes []shape
	var walk func(at, left, weight int, box job)
	walk = func(at, left, weight int, box job) {
		if at == dimensions {
			if left == 0 {
				box.count = box.size()
				shapes = append(shapes, shape{box, weight})
			}
			return
		}
		for cost := range left + 1 {
			if axis := p.dims[at].byCost[cost]; len(axis) > 0 {
				next := box
				next.axes[at] = axis
				more := weight
				if cost > 0 {
					more += at + 1
				}
				walk(at+1, left-cost, more, next)
			}
		}
	}
	walk(0, total, 0, job{})
	slices.SortStableFunc(shapes, func(a, b shape) int { return a.weight - b.weight })
	var all []job
	for _, s := range shapes {
		all = s.split(all)
	}
	return all
}

// split cuts a box along its longest side until every piece is a job's size.
func (j job) split(all []job) []job {
	longest := 0
	for at, axis := range j.axes {
		if len(axis) > len(j.axes[longest]) {
			longest = at
		}
	}
	side := j.axes[longest]
	if j.count <= jobSize || len(side) == 1 {
		j.most = j.count
		return append(all, j)
	}
	pieces := min(int64(len(side)), (j.count+jobSize-1)/jobSize)
	step := (len(side) + int(pieces) - 1) / int(pieces)
	for piece := range slices.Chunk(side, step) {
		part := j
		part.axes[longest] = piece
		part.count = part.size()
		all = part.split(all)
	}
	return all
}

// trim drops the jobs beyond a limit of candidates and reports whether any was.
func trim(jobs []job, limit int64) ([]job, bool) {
	for i := range jobs {
		if limit <= 0 {
			return jobs[:i], true
		}
		if jobs[i].most > limit {
			jobs[i].most = limit
		}
		limit -= jobs[i].most
		if jobs[i].most < jobs[i].count {
			return jobs[:i+1], true
		}
	}
	return jobs, false
}

// A search runs jobs on several workers.
type search struct {
	secrets [][]byte
	jobs    []job
	next    atomic.Int64
	tried   *atomic.Int64

	mutex sync.Mutex
	found []candidate
}

// run tries every job and gives the candidates that match; the order is left to
// the caller. A cancelled context ends it early, with its error.
func (s *search) run(ctx context.Context, workers int) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var group sync.WaitGroup
	for range min(workers, len(s.jobs)) {
		group.Go(func() {
			w := worker{search: s, hasher: newHasher(s.secrets)}
			for ctx.Err() == nil {
				i := s.next.Add(1) - 1
				if i >= int64(len(s.jobs)) {
					return
				}
				w.run(&s.jobs[i])
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// A worker tries candidates one after the other.
type worker struct {
	search  *search
	hasher  *hasher
	current candidate
	left    int64
	open    [dimensions]int // the dimensions in which there is a choice
}

// run tries a job's candidates.
func (w *worker) run(j *job) {
	choices := 0
	for at := range j.axes {
		w.current[at] = &j.axes[at][0]
		if len(j.axes[at]) > 1 {
			w.open[choices] = at
			choices++
		}
	}
	w.left = j.most
	w.descend(j, choices)
	w.search.tried.Add(j.most - w.left)
}

// descend goes through the choices that are left. Everything it touches was
// prepared before; nothing is allocated on the way unless there is a match.
func (w *worker) descend(j *job, choices int) {
	if choices == 0 {
		if w.left--; w.hasher.matches(&w.current) {
			w.search.mutex.Lock()
			w.search.found = append(w.search.found, w.current)
			w.search.mutex.Unlock()
		}
		return
	}
	at := w.open[choices-1]
	axis := j.axes[at]
	for i := range axis {
		if w.left <= 0 {
			return
		}
		w.current[at] = &axis[i]
		w.descend(j, choices-1)
	}
}
