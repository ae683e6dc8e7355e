package main_test

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// checkConduct looks for uses that the table of conduct forbids, in files that
// are not tests.
func checkConduct(m archMap, tree sourceTree) []string {
	var problems []string
	for pkg, files := range tree.packages {
		forbidden := map[string]bool{}
		for _, row := range m.conduct {
			if slices.ContainsFunc(row.keys, func(key string) bool { return covers(key, pkg) }) {
				for _, use := range row.values {
					forbidden[use] = true
				}
			}
		}
		for _, file := range files {
			if file.test {
				continue
			}
			for _, spec := range file.syntax.Imports {
				if spec.Name != nil && spec.Name.Name == "." {
					problems = append(problems, tree.at(spec)+" imports "+spec.Path.Value+" with a dot, which hides what is used")
				}
			}
			names := importNames(file.syntax)
			ast.Inspect(file.syntax, func(node ast.Node) bool {
				if use := usedName(node, names); use != "" &&
					(forbidden[use] || forbidden[use[:strings.LastIndexByte(use, '.')+1]+"*"]) {
					problems = append(problems, tree.at(node)+" uses "+use+", which "+pkg+" never does")
				}
				return true
			})
		}
	}
	return problems
}

// usedName names what a node uses of another package, "log/slog.Info", or the
// builtin that it calls; empty for everything else.
func usedName(node ast.Node, names map[string]string) string {
	switch node := node.(type) {
	case *ast.SelectorExpr:
		if x, ok := node.X.(*ast.Ident); ok && x.Obj == nil && names[x.Name] != "" {
			return names[x.Name] + "." + node.Sel.Name
		}
	case *ast.CallExpr:
		if fun, ok := node.Fun.(*ast.Ident); ok && fun.Obj == nil {
			return fun.Name
		}
	}
	return ""
}

// importNames maps the names that a file knows its imports by to their paths.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(imported)
		if isMajorVersion(name) {
			name = path.Base(path.Dir(imported))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}

func isMajorVersion(element string) bool {
	digits, found := strings.CutPrefix(element, "v")
	_, err := strconv.ParseUint(digits, 10, 16)
	return found && err == nil
}

// at names a place for people, "pkg/api/call.go:12".
func (t sourceTree) at(node ast.Node) string {
	position := t.files.Position(node.Pos())
	return position.Filename + ":" + strconv.Itoa(position.Line)
}
