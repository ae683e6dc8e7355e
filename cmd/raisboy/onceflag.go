package main

import (
	"errors"

	"github.com/spf13/pflag"
)

// errTwice refuses a flag that was given before: of two users, or two sums, the
// last would win in silence.
var errTwice = errors.New("given twice")

// onceText is the value of a flag that says what happens to money.
type onceText struct {
	value string
	given bool
}

func (t *onceText) String() string { return t.value }
func (t *onceText) Type() string   { return "string" }

func (t *onceText) Set(value string) error {
	if t.given && value != t.value {
		return errTwice
	}
	t.value, t.given = value, true
	return nil
}

// once declares a text flag that takes one value only.
func once(flags *pflag.FlagSet, name, usage string) { flags.Var(&onceText{}, name, usage) }
