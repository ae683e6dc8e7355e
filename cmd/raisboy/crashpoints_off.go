//go:build !crashpoints

package main

import "time"

// Fault trials build the program with the tag crashpoints: there it can be told
// to die at a named point, and its clock to jump. Here nothing of that exists.

func (s *session) instrument() {}

func systemClock() func() time.Time { return time.Now }
