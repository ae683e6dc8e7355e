package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The map is docs/architecture.md: people read it, and so does this test. Each
// machine-read part follows a comment of the form <!-- map:name -->.
const mapPath = "docs/architecture.md"

// modulePath begins the import path of every package of ours.
const modulePath = "github.com/raisboy/raisboy"

// everything, nothing and nowhere are the words that the map uses in place of
// a list of packages.
const (
	everything = "everything but what is for tests"
	nothing    = "nothing"
	nowhere    = "nowhere"
)

// An archMap is the map as the document has it. Packages are named by their
// folder, "pkg/api"; outside packages by import path.
type archMap struct {
	packages []mapRow    // what each package of ours may import
	walls    []mapRow    // what each may not even reach
	homes    []mapRow    // outside package → the packages that may import it
	conduct  []mapRow    // what each never uses: "import/path.Name", or a builtin
	picture  [][2]string // arrows of the Mermaid picture, by folder
}

// A mapRow is one row of one of the map's tables: keys of the first column,
// and what the row says about them.
type mapRow struct {
	keys   []string
	values []string
}

// allowed gives the packages of ours that pkg may import, by the map; false if
// the map does not know the package.
func (m archMap) allowed(pkg string) ([]string, bool) {
	for _, row := range m.packages {
		if !slices.Contains(row.keys, pkg) {
			continue
		}
		if slices.Contains(row.values, everything) {
			var all []string
			for _, other := range m.packages {
				if other.keys[0] != pkg && !forTests(other.keys[0]) {
					all = append(all, other.keys[0])
				}
			}
			return all, true
		}
		return row.values, true
	}
	return nil, false
}

// forTests reports whether a package is there for tests, as its name says; like
// httptest it is ordinary Go, but no part of the program.
func forTests(pkg string) bool { return strings.HasSuffix(pkg, "test") }

// readMap reads the map out of the document's text.
func readMap(doc []byte) (archMap, error) {
	var m archMap
	var err error
	table := func(name string, valueColumn int) []mapRow {
		var rows []mapRow
		if err == nil {
			rows, err = readTable(doc, name, valueColumn)
		}
		return rows
	}
	m.packages = table("packages", 2)
	m.walls = table("walls", 1)
	m.homes = table("homes", 1)
	m.conduct = table("conduct", 1)
	if err != nil {
		return archMap{}, err
	}
	m.picture, err = readPicture(doc)
	return m, err
}

// section gives the lines after the comment <!-- map:name -->, up to the first
// empty line after them.
func section(doc []byte, name string) ([]string, error) {
	_, rest, found := bytes.Cut(doc, []byte("<!-- map:"+name+" -->\n"))
	if !found {
		return nil, fmt.Errorf("%s has no part %q", mapPath, name)
	}
	end := "\n\n"
	if bytes.HasPrefix(rest, []byte("```")) {
		end = "\n```\n"
	}
	part, _, found := bytes.Cut(rest, []byte(end))
	if !found {
		return nil, fmt.Errorf("%s: part %q has no end", mapPath, name)
	}
	return strings.Split(string(part), "\n"), nil
}

// readTable reads one Markdown table. What counts in a cell stands between
// backquotes; the three words that stand for lists count bare.
func readTable(doc []byte, name string, valueColumn int) ([]mapRow, error) {
	lines, err := section(doc, name)
	if err != nil {
		return nil, err
	}
	var rows []mapRow
	for i, line := range lines {
		if i < 2 { // the heading and the line of dashes
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			return nil, fmt.Errorf("%s: part %q: a row has %d cells, not 3: %s", mapPath, name, len(cells), line)
		}
		row := mapRow{
			keys:   quoted(cells[0]),
			values: quoted(cells[valueColumn]),
		}
		switch word := strings.TrimSpace(cells[valueColumn]); {
		case word == everything || word == nowhere:
			row.values = []string{word}
		case word == nothing:
		case len(row.values) == 0:
			return nil, fmt.Errorf("%s: part %q: cannot read the cell %q", mapPath, name, word)
		}
		if len(row.keys) == 0 {
			return nil, fmt.Errorf("%s: part %q: a row names nothing: %s", mapPath, name, line)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: part %q has no rows", mapPath, name)
	}
	return rows, nil
}

// quoted lists what stands between backquotes.
func quoted(cell string) []string {
	var names []string
	for i, part := range strings.Split(cell, "`") {
		if i%2 == 1 {
			names = append(names, part)
		}
	}
	return names
}

// readPicture reads the arrows of the Mermaid picture. Nodes are declared as
// id["pkg/name"], arrows as a --> b & c.
func readPicture(doc []byte) ([][2]string, error) {
	lines, err := section(doc, "picture")
	if err != nil {
		return nil, err
	}
	node := regexp.MustCompile(`^(\w+)\["([\w/]+)"\]$`)
	arrow := regexp.MustCompile(`^(\w+) --> (\w+(?: & \w+)*)$`)
	folders := map[string]string{}
	var arrows [][2]string
	for _, line := range lines[2:] { // after the fence and "flowchart TD"
		line = strings.TrimSpace(line)
		if match := node.FindStringSubmatch(line); match != nil {
			folders[match[1]] = match[2]
			continue
		}
		match := arrow.FindStringSubmatch(line)
		if match == nil {
			if line == "" {
				continue
			}
			return nil, fmt.Errorf("%s: cannot read the picture's line %q", mapPath, line)
		}
		for to := range strings.SplitSeq(match[2], " & ") {
			if folders[match[1]] == "" || folders[to] == "" {
				return nil, fmt.Errorf("%s: the picture's line %q names an undeclared node", mapPath, line)
			}
			arrows = append(arrows, [2]string{folders[match[1]], folders[to]})
		}
	}
	return arrows, nil
}

// repository finds the repository's root above the working directory.
func repository(t *testing.T) fs.FS {
	t.Helper()
	dir := "."
	for range 8 {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(mod, []byte("module "+modulePath+"\n")) {
			return os.DirFS(dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		dir = filepath.Join(dir, "..")
	}
	t.Fatal("no go.mod of " + modulePath + " above the working directory")
	return nil
}

// TestArchitecture holds the source against the map.
func TestArchitecture(t *testing.T) {
	t.Parallel()
	root := repository(t)
	doc, err := fs.ReadFile(root, mapPath)
	if err != nil {
		t.Fatal(err)
	}
	m, err := readMap(doc)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parseTree(root)
	if err != nil {
		t.Fatal(err)
	}
	// A checker that saw nothing would find nothing.
	if len(tree.packages) < 5 || len(m.packages) < 5 {
		t.Fatalf("saw %d packages on disk and %d in the map", len(tree.packages), len(m.packages))
	}
	for _, problem := range checkTree(m, tree) {
		t.Error(problem)
	}
}
