package main_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// controlMap is a small map of its own, so that the controls below do not
// change with the real one.
const controlMap = "# A map\n\n<!-- map:packages -->\n" +
	"| package | purpose | may import |\n| --- | --- | --- |\n" +
	"| `pkg/low` | low | nothing |\n" +
	"| `pkg/mid` | mid | `pkg/low` |\n" +
	"| `pkg/alone` | stands alone | `pkg/low` |\n" +
	"| `pkg/mid/midtest` | for tests of mid | `pkg/mid` |\n" +
	"| `cmd/tool` | the command | everything but what is for tests |\n" +
	"\n<!-- map:picture -->\n```mermaid\nflowchart TD\n" +
	"    tool[\"cmd/tool\"]\n    low[\"pkg/low\"]\n    mid[\"pkg/mid\"]\n    alone[\"pkg/alone\"]\n    midtest[\"pkg/mid/midtest\"]\n\n" +
	"    tool --> low & mid & alone\n    mid --> low\n    alone --> low\n    midtest --> mid\n```\n" +
	"\n<!-- map:walls -->\n| package | never reaches | why |\n| --- | --- | --- |\n" +
	"| `pkg/alone` | `pkg/mid` | it is a second opinion |\n" +
	"\n<!-- map:homes -->\n| import | at home in | why |\n| --- | --- | --- |\n" +
	"| `database/sql` | `pkg/mid` | one home |\n| `C` | nowhere | no cgo |\n" +
	"\n<!-- map:conduct -->\n| package | never uses | why |\n| --- | --- | --- |\n" +
	"| `pkg/low`, `pkg/mid` | `time.Now`, `log.*`, `print` | handed in |\n\nThe end.\n"

// controlTree is a tree that keeps to controlMap, with everything in it that
// looks like a fault and is none.
var controlTree = map[string]string{
	"pkg/low/low.go": `package low

import (
	"errors"
	"time"
)

// Errors, tables that nobody writes to, and what is computed at first use.
var (
	ErrLow = errors.New("low")
	names  = [...]string{"a", "b"}
	_      error = (*Error)(nil)
)

type Error struct{}

func (*Error) Error() string { return names[0] }

type clock struct{ Now func() time.Time }

// Local names that are spelled like forbidden or package-level ones.
func (c clock) read(time clock) string {
	names := []string{"x"}
	names[0] = "y"
	_ = time.Now()
	return names[0]
}
`,
	"pkg/mid/mid.go": `package mid

import (
	"database/sql"
	_ "embed"
	"sync"

	"github.com/raisboy/raisboy/pkg/low"
)

//go:embed text.txt
var text string

var once = sync.OnceValue(func() map[string]int { return map[string]int{text: 1} })

func Open(db *sql.DB) error { once(); return low.ErrLow }
`,
	"pkg/alone/alone.go":       "package alone\n\nimport _ \"github.com/raisboy/raisboy/pkg/low\"\n",
	"pkg/alone/alone_test.go":  "package alone_test\n\nimport (\n\t_ \"log\"\n\n\t\"github.com/raisboy/raisboy/pkg/alone\"\n)\n\nvar x = alone.X\n",
	"cmd/tool/main.go":         "package main\n\nimport _ \"github.com/raisboy/raisboy/pkg/mid\"\n\nvar version string\n\nfunc main() { println(version) }\n",
	"pkg/mid/midtest/suite.go": "package midtest\n\nimport (\n\t\"log\"\n\n\t_ \"github.com/raisboy/raisboy/pkg/mid\"\n)\n\nfunc Run() { log.Println() }\n",
	"pkg/mid/mid_test.go":      "package mid_test\n\nimport _ \"github.com/raisboy/raisboy/pkg/mid/midtest\"\n",
	"pkg/mid/testdata/bad.go":  "package bad\n\nimport \"C\"\n",
	".hidden/bad.go":           "package bad\n\nimport \"C\"\n",
	"nested/go.mod":            "module other\n",
	"nested/bad.go":            "package bad\n\nimport \"C\"\n",
}

// TestArchitectureControls breaks every rule on purpose, one at a time, and
// wants each breach reported: a checker that lets one of these pass would let
// it pass in the repository, too.
func TestArchitectureControls(t *testing.T) {
	const own = modulePath + "/"
	tests := []struct {
		name       string
		file, text string // a file added to the tree
		from, to   string // a change to the map
		drop       string // a file removed from the tree
		want       string // part of what must be reported; empty: nothing is
	}{
		{name: "a tree that keeps to its map"},
		{name: "forbidden import", file: "pkg/low/x.go", text: `package low; import _ "` + own + `pkg/alone"`,
			want: "pkg/low/x.go imports pkg/alone, which the map does not allow pkg/low"},
		{name: "forbidden import for another system", file: "pkg/low/x_windows.go", text: `package low; import _ "` + own + `pkg/mid"`,
			want: "pkg/low/x_windows.go imports pkg/mid"},
		{name: "command imported", file: "pkg/mid/x.go", text: `package mid; import _ "` + own + `cmd/tool"`,
			want: "nothing imports a command"},
		{name: "command imported by a test", file: "pkg/mid/x_test.go", text: `package mid; import _ "` + own + `cmd/tool"`,
			want: "nothing imports a command"},
		{name: "package for tests in the program", file: "cmd/tool/x.go", text: `package main; import _ "` + own + `pkg/mid/midtest"`,
			want: "cmd/tool/x.go imports pkg/mid/midtest, which is for tests"},
		{name: "package for tests, beyond its row", file: "pkg/mid/midtest/x.go", text: `package midtest; import _ "` + own + `pkg/alone"`,
			want: "pkg/mid/midtest/x.go imports pkg/alone, which the map does not allow"},
		{name: "package not in the map", file: "pkg/new/x.go", text: "package new", want: "pkg/new is missing from the map"},
		{name: "package below a known one", file: "pkg/mid/deep/x.go", text: "package deep", want: "pkg/mid/deep is missing"},
		{name: "row without a package", drop: "pkg/alone/alone.go", file: "pkg/alone/alone_test.go", text: "-",
			want: "the map names pkg/alone, which does not exist"},
		{name: "row twice", from: "| `pkg/mid` | mid |", to: "| `pkg/low` | mid |", want: "names pkg/low twice"},
		{name: "circle in the map", from: "| low | nothing |", to: "| low | `pkg/mid` |", want: "the map has a circle"},
		{name: "row allows the unknown", from: "| mid | `pkg/low` |", to: "| mid | `pkg/gone` |", want: "pkg/gone, which has no row"},
		{name: "arrow missing", from: "    mid --> low\n", to: "", want: "the picture lacks the arrow pkg/mid → pkg/low"},
		{name: "arrow in excess", from: "mid --> low\n", to: "mid --> low & alone\n", want: "the picture has the arrow pkg/mid → pkg/alone"},
		{name: "arrow drawn twice", from: "mid --> low\n", to: "mid --> low & low\n", want: "twice"},
		{name: "wall, by a detour", file: "pkg/low/x.go", text: `package low; import _ "` + own + `pkg/mid"`,
			want: "pkg/alone must never reach pkg/mid, but imports it: pkg/alone → pkg/low → pkg/mid"},
		{name: "wall, by a test", file: "pkg/alone/x_test.go", text: `package alone_test; import _ "` + own + `pkg/mid"`,
			want: "pkg/alone must never reach pkg/mid, but its tests import it"},
		{name: "wall, by the map", from: "alone | `pkg/low` |", to: "alone | `pkg/mid` |", want: "but the map lets it"},
		{name: "away from home", file: "pkg/low/x.go", text: `package low; import _ "database/sql/driver"`,
			want: "pkg/low/x.go imports database/sql/driver, which is at home in pkg/mid"},
		{name: "away from home in a test", file: "pkg/low/x_test.go", text: `package low; import _ "database/sql"`},
		{name: "at home nowhere", file: "pkg/mid/x_test.go", text: `package mid; import _ "C"`, want: "imports C, which is at home in nowhere"},
		{name: "clock", file: "pkg/low/x.go", text: `package low; import "time"; func f() { _ = time.Now() }`,
			want: "pkg/low/x.go:1 uses time.Now, which pkg/low never does"},
		{name: "clock as a value, renamed", file: "pkg/mid/x.go", text: `package mid; import t "time"; func f() any { return t.Now }`,
			want: "pkg/mid/x.go:1 uses time.Now"},
		{name: "clock beneath", file: "pkg/low/deep/x.go", text: `package deep; import "time"; func f() { _ = time.Now() }`,
			want: "uses time.Now, which pkg/low/deep never does"},
		{name: "clock by a dot import", file: "pkg/low/x.go", text: `package low; import . "time"; func f() { _ = Now() }`,
			want: "with a dot"},
		{name: "clock where it is allowed", file: "pkg/alone/x.go", text: `package alone; import "time"; func f() { _ = time.Now() }`},
		{name: "whole package", file: "pkg/low/x.go", text: `package low; import "log"; func f() { log.Panicln() }`, want: "uses log.Panicln"},
		{name: "builtin", file: "pkg/low/x.go", text: `package low; func f() { print(1) }`, want: "uses print"},
		{name: "variable written", file: "pkg/mid/x.go", text: `package mid; var n = 0; func f() { n++ }`, want: "variable n is written to"},
		{name: "variable written from another file", file: "pkg/low/x.go", text: `package low; func f() { names[0] = "c" }`,
			want: "variable names is written to"},
		{name: "variable's address taken", file: "pkg/low/x.go", text: `package low; func f() any { return &names }`,
			want: "variable names is written to"},
		{name: "another package's variable written", file: "pkg/mid/x.go",
			text: `package mid; import "net/http"; func f() { http.DefaultClient = nil }`, want: "writes to a variable of net/http"},
		{name: "map", file: "pkg/low/x.go", text: `package low; var m = map[int]int{1: 2}`, want: "variable m holds a map"},
		{name: "named map", file: "pkg/low/x.go", text: `package low; type M map[int]int; var m = M{1: 2}`, want: "variable m holds a map"},
		{name: "pointer", file: "pkg/low/x.go", text: `package low; var p = &Error{}`, want: "variable p holds a pointer"},
		{name: "pointer that is an error", file: "pkg/low/x.go", text: `package low; var errOdd = &Error{}`},
		{name: "computed", file: "pkg/low/x.go", text: `package low; import "regexp"; var r = regexp.MustCompile("a")`,
			want: "variable r is computed when the program starts"},
		{name: "without a value", file: "pkg/low/x.go", text: `package low; import "sync"; var mu sync.Mutex`, want: "variable mu has no value"},
		{name: "lock with a value", file: "pkg/low/x.go", text: `package low; import "sync"; var mu = sync.Mutex{}`, want: "holds a sync.Mutex"},
		{name: "init", file: "pkg/low/x.go", text: `package low; func init() {}`, want: "has an init function"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc := controlMap
			if test.from != "" {
				if !strings.Contains(doc, test.from) {
					t.Fatalf("the map has no %q to change", test.from)
				}
				doc = strings.Replace(doc, test.from, test.to, 1)
			}
			files := maps.Clone(controlTree)
			delete(files, test.drop)
			if test.text == "-" {
				delete(files, test.file)
			} else if test.file != "" {
				files[test.file] = test.text
			}
			problems := strings.Join(check(t, doc, files), "\n")
			switch {
			case test.want == "" && problems != "":
				t.Errorf("reported without cause:\n%s", problems)
			case !strings.Contains(problems, test.want):
				t.Errorf("not reported: %q\nonly:\n%s", test.want, problems)
			}
		})
	}
}

// check runs the checker on a map and a tree that exist only in memory.
func check(t *testing.T, doc string, files map[string]string) []string {
	t.Helper()
	m, err := readMap([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := parseTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return checkTree(m, tree)
}

// TestArchitectureUnreadable wants a map that cannot be read to be an error,
// never a map without rules.
func TestArchitectureUnreadable(t *testing.T) {
	tests := []struct{ name, from, to string }{
		{"part missing", "<!-- map:walls -->", ""},
		{"part without rows", "| `pkg/alone` | `pkg/mid` | it is a second opinion |\n", ""},
		{"part without end", "\n\nThe end.\n", ""},
		{"cell missing", "| mid | `pkg/low` |", "| `pkg/low` |"},
		{"cell unreadable", "| mid | `pkg/low` |", "| mid | pkg/low |"},
		{"row without a name", "| `pkg/mid` | mid |", "| pkg/mid | mid |"},
		{"arrow unreadable", "mid --> low\n", "mid ---> low\n"},
		{"node undeclared", "mid --> low\n", "mid --> high\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(controlMap, test.from) {
				t.Fatalf("the map has no %q to change", test.from)
			}
			doc := bytes.Replace([]byte(controlMap), []byte(test.from), []byte(test.to), 1)
			if _, err := readMap(doc); err == nil {
				t.Error("read without an error")
			}
		})
	}
}
