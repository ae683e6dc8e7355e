package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A sourceTree is every Go file of the repository, parsed in this process:
// asking the go command instead would pass stale results from its test cache,
// and would show only the files of the system that the test runs on.
type sourceTree struct {
	files    *token.FileSet
	packages map[string][]sourceFile // by folder, "pkg/api"
}

type sourceFile struct {
	name   string // "pkg/api/call.go"
	test   bool   // a test file, or a file of a package for tests
	syntax *ast.File
}

// parseTree parses what the go command would take for this module's packages:
// not testdata, not folders that begin with a dot or an underscore, not
// modules within the module.
func parseTree(root fs.FS) (sourceTree, error) {
	tree := sourceTree{files: token.NewFileSet(), packages: map[string][]sourceFile{}}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() && name != "." {
			if base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' {
				return fs.SkipDir
			}
			if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil {
				return fs.SkipDir
			}
		}
		if entry.IsDir() || path.Ext(base) != ".go" || base[0] == '.' || base[0] == '_' {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(tree.files, name, source, parser.ParseComments)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		tree.packages[folder] = append(tree.packages[folder],
			sourceFile{name: name, test: forTests(folder) || strings.HasSuffix(base, "_test.go"), syntax: syntax})
		return nil
	})
	return tree, err
}

// checkTree holds a tree against the map and returns what is wrong, one
// sentence each, sorted.
func checkTree(m archMap, tree sourceTree) []string {
	var problems []string
	problems = append(problems, checkRows(m, tree)...)
	problems = append(problems, checkPicture(m)...)
	problems = append(problems, checkImports(m, tree)...)
	problems = append(problems, checkWalls(m, tree)...)
	problems = append(problems, checkHomes(m, tree)...)
	problems = append(problems, checkConduct(m, tree)...)
	problems = append(problems, checkState(tree)...)
	slices.Sort(problems)
	return slices.Compact(problems)
}

// checkRows compares the table's rows with the folders on disk, and the rows
// with each other.
func checkRows(m archMap, tree sourceTree) []string {
	var problems []string
	graph := map[string][]string{}
	for _, row := range m.packages {
		pkg := row.keys[0]
		if len(row.keys) != 1 {
			problems = append(problems, fmt.Sprintf("a row of the map names %d packages", len(row.keys)))
		}
		if _, twice := graph[pkg]; twice {
			problems = append(problems, "the map names "+pkg+" twice")
		}
		graph[pkg], _ = m.allowed(pkg)
		if _, exists := tree.packages[pkg]; !exists {
			problems = append(problems, "the map names "+pkg+", which does not exist")
		}
	}
	for pkg := range tree.packages {
		if _, known := graph[pkg]; !known {
			problems = append(problems, pkg+" is missing from the map")
		}
	}
	for pkg, others := range graph {
		for _, other := range others {
			if _, known := graph[other]; !known {
				problems = append(problems, "the map lets "+pkg+" import "+other+", which has no row")
			}
			if chain := chainTo(graph, other, pkg); chain != nil {
				problems = append(problems, "the map has a circle: "+pkg+" → "+strings.Join(chain, " → "))
			}
		}
	}
	return problems
}

// checkPicture holds the picture's arrows against the table of packages.
func checkPicture(m archMap) []string {
	var problems []string
	drawn := map[[2]string]bool{}
	for _, arrow := range m.picture {
		if drawn[arrow] {
			problems = append(problems, "the picture has the arrow "+arrow[0]+" → "+arrow[1]+" twice")
		}
		drawn[arrow] = true
		if others, _ := m.allowed(arrow[0]); !slices.Contains(others, arrow[1]) {
			problems = append(problems, "the picture has the arrow "+arrow[0]+" → "+arrow[1]+", the table does not")
		}
	}
	for _, row := range m.packages {
		others, _ := m.allowed(row.keys[0])
		for _, other := range others {
			if !drawn[[2]string{row.keys[0], other}] {
				problems = append(problems, "the picture lacks the arrow "+row.keys[0]+" → "+other)
			}
		}
	}
	return problems
}

// checkImports holds the imports of our own packages against the table. Tests
// may import what they need, but never a command.
func checkImports(m archMap, tree sourceTree) []string {
	var problems []string
	for pkg, files := range tree.packages {
		allowed, known := m.allowed(pkg)
		for _, file := range files {
			for _, other := range ownImports(file) {
				switch {
				case covers("cmd", other):
					problems = append(problems, file.name+" imports "+other+": nothing imports a command")
				case forTests(other) && !file.test:
					problems = append(problems, file.name+" imports "+other+", which is for tests")
				case known && (!file.test || forTests(pkg)) && !slices.Contains(allowed, other):
					problems = append(problems, file.name+" imports "+other+", which the map does not allow "+pkg)
				}
			}
		}
	}
	return problems
}

// checkWalls looks for chains of imports through a wall: in the code, from the
// tests, and in what the map itself would allow.
func checkWalls(m archMap, tree sourceTree) []string {
	code, planned := map[string][]string{}, map[string][]string{}
	tests := map[string][]string{} // what a package's tests import themselves
	for pkg, files := range tree.packages {
		for _, file := range files {
			if file.test {
				tests[pkg] = append(tests[pkg], ownImports(file)...)
			} else {
				code[pkg] = append(code[pkg], ownImports(file)...)
			}
		}
	}
	for _, row := range m.packages {
		planned[row.keys[0]], _ = m.allowed(row.keys[0])
	}

	var problems []string
	report := func(how, wall, behind string, graph map[string][]string, direct []string, from string) {
		for _, first := range direct {
			if chain := chainTo(graph, first, behind); chain != nil && first != from {
				problems = append(problems, fmt.Sprintf("%s must never reach %s, but %s: %s → %s",
					wall, behind, how, from, strings.Join(chain, " → ")))
			}
		}
	}
	for _, row := range m.walls {
		for _, wall := range row.keys {
			for _, behind := range row.values {
				for from := range maps.Keys(tree.packages) {
					if covers(wall, from) {
						report("imports it", wall, behind, code, code[from], from)
						report("its tests import it", wall, behind, code, tests[from], from)
					}
				}
				report("the map lets it", wall, behind, planned, planned[wall], wall)
			}
		}
	}
	return problems
}

// checkHomes looks for outside packages away from home. Tests are held only to
// what is at home nowhere.
func checkHomes(m archMap, tree sourceTree) []string {
	var problems []string
	for pkg, files := range tree.packages {
		for _, file := range files {
			for _, imported := range imports(file) {
				for _, row := range m.homes {
					if !covers(row.keys[0], imported) {
						continue
					}
					atHome := slices.ContainsFunc(row.values, func(home string) bool { return covers(home, pkg) })
					banned := slices.Contains(row.values, nowhere)
					if banned || (!file.test && !atHome) {
						problems = append(problems, file.name+" imports "+imported+", which is at home in "+
							strings.Join(row.values, ", "))
					}
				}
			}
		}
	}
	return problems
}

// chainTo finds a chain of imports in the graph from one package to another or
// to what lies beneath that; nil if there is none.
func chainTo(graph map[string][]string, from, to string) []string {
	seen := map[string]bool{}
	var walk func(string) []string
	walk = func(pkg string) []string {
		if covers(to, pkg) {
			return []string{pkg}
		}
		if seen[pkg] {
			return nil
		}
		seen[pkg] = true
		for _, next := range graph[pkg] {
			if rest := walk(next); rest != nil {
				return append([]string{pkg}, rest...)
			}
		}
		return nil
	}
	return walk(from)
}

// covers reports whether pkg is the named package or lies beneath it.
func covers(name, pkg string) bool {
	return pkg == name || strings.HasPrefix(pkg, name+"/")
}

// imports lists the import paths of a file.
func imports(file sourceFile) []string {
	var paths []string
	for _, spec := range file.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			imported = spec.Path.Value // not to be had from the parser
		}
		paths = append(paths, imported)
	}
	return paths
}

// ownImports lists the folders of our packages that a file imports, leaving
// out its own, which an external test imports.
func ownImports(file sourceFile) []string {
	var folders []string
	for _, imported := range imports(file) {
		folder, ours := strings.CutPrefix(imported, modulePath+"/")
		if ours && folder != path.Dir(file.name) {
			folders = append(folders, folder)
		}
	}
	return folders
}
