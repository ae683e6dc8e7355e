package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/charmap"
)

// withMark copies a file as a spreadsheet saves it, with a byte order mark and
// lines that end in CR LF: bom FROM TO
func withMark(ts *testscript.TestScript, _ bool, args []string) {
	convert(ts, args, func(text string) (string, error) {
		converted := "\ufeff"
		for _, char := range text {
			if char == '\n' {
				converted += "\r"
			}
			converted += string(char)
		}
		return converted, nil
	})
}

// inWindows1251 copies a file in that encoding: windows1251 FROM TO
func inWindows1251(ts *testscript.TestScript, _ bool, args []string) {
	convert(ts, args, charmap.Windows1251.NewEncoder().String)
}

func convert(ts *testscript.TestScript, args []string, do func(string) (string, error)) {
	if len(args) != 2 {
		ts.Fatalf("usage: COMMAND FROM TO")
	}
	text, err := do(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// cutOff copies a file without its last line end: cutoff FROM TO
func cutOff(ts *testscript.TestScript, _ bool, args []string) {
	convert(ts, args, func(text string) (string, error) { return strings.TrimSuffix(text, "\n"), nil })
}
