package main

import "runtime/debug"

// listenMemory is the size, in bytes, from which on memory is collected rather
// than grown. A receiver under attack fills what its connections may hold again
// and again.
const listenMemory = 96 << 20

// A batch holds little at a time and makes much garbage: collected when there is
// four times as much of it, instead of as much, it costs a tenth to a fifth less
// time. The bound, in bytes, keeps an endless batch under 64 MiB with any number
// of jobs.
const (
	batchGarbage = 400 // percent of what is in use
	batchMemory  = 36 << 20
)

// tune sets how memory is collected, where the environment does not say it. A
// garbage of 0 leaves the usual percentage, a bound of 0 sets none.
func (a *app) tune(garbage int, bound int64) {
	if _, own := a.lookupEnv("GOGC"); !own && garbage > 0 {
		debug.SetGCPercent(garbage)
	}
	if _, own := a.lookupEnv("GOMEMLIMIT"); !own && bound > 0 {
		debug.SetMemoryLimit(bound)
	}
}
