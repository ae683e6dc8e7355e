package render_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/render"
)

func TestDecideColor(t *testing.T) {
	for _, test := range []struct {
		mode     string
		terminal bool
		env      string
		want     bool
	}{
		{"auto", true, "", true},
		{"auto", false, "", false},
		{"", true, "", true},
		{"auto", true, "NO_COLOR=1", false},
		{"auto", true, "NO_COLOR=", true},
		{"auto", true, "TERM=dumb", false},
		{"auto", true, "TERM=xterm-256color", true},
		{"auto", false, "CLICOLOR_FORCE=1", true},
		{"auto", false, "CLICOLOR_FORCE=0", false},
		{"auto", false, "CLICOLOR_FORCE=1 NO_COLOR=1", false},
		{"auto", true, "CLICOLOR_FORCE=1 TERM=dumb", true},
		{"always", false, "NO_COLOR=1", true},
		{"never", true, "CLICOLOR_FORCE=1", false},
	} {
		lookup := func(name string) (string, bool) {
			for _, pair := range strings.Fields(test.env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value, true
				}
			}
			return "", false
		}
		if got := render.DecideColor(test.mode, test.terminal, lookup); got != test.want {
			t.Errorf("%+v: got %t", test, got)
		}
	}
}

func TestColorIsOnlyColor(t *testing.T) {
	sgr := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	colored := false
	for _, s := range scenes(t) {
		for _, width := range []int{0, 80} {
			plain, plainErr := shown(t, s, render.Options{Width: width})
			if strings.Contains(plain+plainErr, "\x1b") {
				t.Errorf("%s: an escape sequence without colour", s.name)
			}
			out, stderr := shown(t, s, render.Options{Width: width, Color: true, ErrColor: true})
			if sgr.ReplaceAllString(out, "") != plain || sgr.ReplaceAllString(stderr, "") != plainErr {
				t.Errorf("%s: colour changes more than the colour:\n%q\n%q", s.name, out, plain)
			}
			colored = colored || out != plain
		}
	}
	if !colored {
		t.Error("nothing is coloured at all")
	}
}
