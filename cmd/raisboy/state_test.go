package main_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// checkState looks for package-level state, and for work done when the program
// starts, in files that are not tests.
func checkState(tree sourceTree) []string {
	var problems []string
	for _, files := range tree.packages {
		types, written := map[string]ast.Expr{}, map[string]bool{}
		for _, file := range files {
			if !file.test {
				collectTypes(file.syntax, types)
				problems = append(problems, collectWrites(tree, file, written)...)
			}
		}
		for _, file := range files {
			if file.test {
				continue
			}
			names := importNames(file.syntax)
			for _, decl := range file.syntax.Decls {
				switch decl := decl.(type) {
				case *ast.FuncDecl:
					if decl.Recv == nil && decl.Name.Name == "init" {
						problems = append(problems, tree.at(decl)+" has an init function, which costs every command")
					}
				case *ast.GenDecl:
					for _, spec := range decl.Specs {
						if spec, ok := spec.(*ast.ValueSpec); ok && decl.Tok == token.VAR {
							problems = append(problems, checkVariable(tree, decl, spec, names, types, written)...)
						}
					}
				}
			}
		}
	}
	return problems
}

// checkVariable judges the package-level variables of one declaration.
func checkVariable(tree sourceTree, decl *ast.GenDecl, spec *ast.ValueSpec,
	names map[string]string, types map[string]ast.Expr, written map[string]bool,
) []string {
	var problems []string
	for i, name := range spec.Names {
		why := ""
		switch {
		case name.Name == "_": // holds a type against an interface
		case written[name.Name]:
			why = "is written to"
		case embeds(decl) || embeds(spec):
		case i < len(spec.Values):
			sentinel := strings.HasPrefix(strings.ToLower(name.Name), "err")
			why = mutableValue(spec.Values[i], names, types, sentinel)
		case len(spec.Values) > 0:
			why = "is computed when the program starts"
		case !setByRelease(tree, spec):
			why = "has no value, so it can only be there to be changed"
		}
		if why != "" {
			problems = append(problems, tree.at(name)+": the package-level variable "+name.Name+" "+why)
		}
	}
	return problems
}

// mutableValue says why a package-level variable must not have this value;
// empty: it may.
func mutableValue(value ast.Expr, names map[string]string, types map[string]ast.Expr, sentinel bool) string {
	why := ""
	ast.Inspect(value, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false // runs later, if at all
		case *ast.CallExpr:
			if !harmlessCall(node, names, types) {
				why = "is computed when the program starts"
			}
		case *ast.CompositeLit:
			if reason := mutableType(node.Type, names, types); reason != "" {
				why = reason
			}
		case *ast.UnaryExpr:
			if node.Op == token.AND && !sentinel {
				why = "holds a pointer"
			}
		}
		return true
	})
	return why
}

// mutableType says why a composite literal of this type is state.
func mutableType(of ast.Expr, names map[string]string, types map[string]ast.Expr) string {
	if ident, ok := of.(*ast.Ident); ok && types[ident.Name] != nil {
		of = types[ident.Name]
	}
	if _, ok := of.(*ast.MapType); ok {
		return "holds a map, which is built when the program starts; a switch is not"
	}
	use := usedName(of, names)
	if strings.HasPrefix(use, "sync.") && use != "sync.Pool" || strings.HasPrefix(use, "sync/atomic.") {
		return "holds a " + use
	}
	return ""
}

// harmlessCall reports whether a call does no work worth mentioning: making an
// error, deferring work to its first use, or converting a type.
func harmlessCall(call *ast.CallExpr, names map[string]string, types map[string]ast.Expr) bool {
	switch fun := call.Fun.(type) {
	case *ast.ArrayType:
		return true // []byte("…")
	case *ast.Ident:
		return types[fun.Name] != nil || fun.Name == "len" || fun.Name == "string"
	case *ast.SelectorExpr:
		switch usedName(fun, names) {
		case "errors.New", "fmt.Errorf", "sync.OnceValue", "sync.OnceValues", "sync.OnceFunc", "time.Duration":
			return true
		}
	}
	return false
}

// embeds reports whether a declaration is filled by the compiler.
func embeds(node ast.Node) bool {
	var doc *ast.CommentGroup
	switch node := node.(type) {
	case *ast.GenDecl:
		doc = node.Doc
	case *ast.ValueSpec:
		doc = node.Doc
	}
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//go:embed ")
	})
}

// setByRelease reports whether a variable without a value is a string of the
// command, which the linker may fill with the version.
func setByRelease(tree sourceTree, spec *ast.ValueSpec) bool {
	kind, ok := spec.Type.(*ast.Ident)
	return ok && kind.Name == "string" && strings.HasPrefix(tree.at(spec), "cmd/")
}

// collectTypes notes the types that a file declares.
func collectTypes(file *ast.File, types map[string]ast.Expr) {
	for _, decl := range file.Decls {
		if decl, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					types[spec.Name.Name] = spec.Type
				}
			}
		}
	}
}

// collectWrites notes the package-level names that a file writes to or takes
// the address of, and reports writes to variables of other packages.
func collectWrites(tree sourceTree, file sourceFile, written map[string]bool) []string {
	var problems []string
	names := importNames(file.syntax)
	write := func(target ast.Expr) {
		root := rootOf(target)
		if root == nil {
			return
		}
		// Local names are resolved to their own declarations; what is left is
		// the package's, either from this file (a ValueSpec) or from another.
		if root.Obj != nil && file.syntax.Scope.Lookup(root.Name) != root.Obj {
			return
		}
		if root.Obj == nil && names[root.Name] != "" {
			problems = append(problems, tree.at(target)+" writes to a variable of "+names[root.Name])
			return
		}
		written[root.Name] = true
	}
	ast.Inspect(file.syntax, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			if node.Tok != token.DEFINE {
				for _, target := range node.Lhs {
					write(target)
				}
			}
		case *ast.IncDecStmt:
			write(node.X)
		case *ast.RangeStmt:
			if node.Tok == token.ASSIGN {
				write(node.Key)
				write(node.Value)
			}
		case *ast.UnaryExpr:
			if _, literal := node.X.(*ast.CompositeLit); node.Op == token.AND && !literal {
				if root := rootOf(node.X); root == nil || root.Obj != nil || names[root.Name] == "" {
					write(node.X)
				}
			}
		}
		return true
	})
	return problems
}

// rootOf finds the name at the bottom of x.y[z].w; nil if there is none.
func rootOf(target ast.Expr) *ast.Ident {
	for {
		switch x := target.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			target = x.X
		case *ast.IndexExpr:
			target = x.X
		case *ast.SliceExpr:
			target = x.X
		case *ast.ParenExpr:
			target = x.X
		case *ast.StarExpr:
			target = x.X
		default:
			return nil
		}
	}
}
