//go:build race

package main

// raceEnabled says that memory is not the program's own alone.
const raceEnabled = true
