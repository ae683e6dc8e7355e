package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"github.com/raisboy/raisboy/pkg/text"
)

// enumerations are the types whose constants, written out, end a key. The Go
// sources are parsed, not listed here: a constant that nobody wrote a sentence
// for must be found although nobody thought of this test.
func enumerations() map[string][2]string {
	return map[string][2]string{ // prefix of the keys → folder, type
		"problem.statement.":  {"pkg/statement", "Problem"},
		"problem.usage.":      {"cmd/raisboy", "usageProblem"},
		"problem.field.":      {"pkg/api", "Problem"},
		"problem.journal.":    {"pkg/journal", "Problem"},
		"problem.ruling.":     {"pkg/desk", "RulingProblem"},
		"problem.shift.":      {"pkg/journal", "ShiftProblem"},
		"problem.value.":      {"pkg/config", "Problem"},
		"problem.permission.": {"pkg/config", "PermissionProblem"},
		"problem.syntax.":     {"pkg/config", "SyntaxProblem"},
		"problem.file.":       {"pkg/config", "FileProblem"},
		"problem.profile.":    {"pkg/config", "ProfileProblem"},
		"problem.rotation.":   {"pkg/config", "RotationProblem"},
	}
}

// sourcesOf parses the files of a folder, tests apart.
func sourcesOf(t *testing.T, root fs.FS, folder string) []*ast.File {
	t.Helper()
	names, err := fs.Glob(root, path.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no Go files: %v", folder, err)
	}
	var sources []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		source, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	return sources
}

// specs gives the declarations of constants or variables, block by block.
func specs(sources []*ast.File, kind token.Token, use func(*ast.ValueSpec)) {
	for _, source := range sources {
		for _, declaration := range source.Decls {
			block, ok := declaration.(*ast.GenDecl)
			if !ok || block.Tok != kind {
				continue
			}
			for _, spec := range block.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok {
					use(spec)
				}
			}
		}
	}
}

// constantsOf gives the texts of a string type's constants.
func constantsOf(t *testing.T, sources []*ast.File, typeName string) []string {
	t.Helper()
	var values []string
	specs(sources, token.CONST, func(spec *ast.ValueSpec) {
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != typeName {
			return
		}
		for _, value := range spec.Values {
			written, ok := literalText(value)
			if !ok {
				t.Errorf("%v: a %s that is not written out", spec.Names, typeName)
			}
			values = append(values, written)
		}
	})
	return values
}

func literalText(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	written, err := strconv.Unquote(literal.Value)
	return written, err == nil
}

// A sayer is one function of this command, with what it fills sentences with.
type sayer struct {
	t        *testing.T
	root     fs.FS
	keys     []string        // written to the variable key
	filled   map[string]bool // by the words seen last
	sentence map[string]map[string]bool
}

// sentencesSaid reads from the sources which sentences are asked for, and which
// places each caller fills: full key → places.
func sentencesSaid(t *testing.T, root fs.FS) map[string]map[string]bool {
	t.Helper()
	said := map[string]map[string]bool{}
	for _, source := range sourcesOf(t, root, "cmd/raisboy") {
		for _, declaration := range source.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				s := sayer{t: t, root: root, filled: map[string]bool{}, sentence: said}
				ast.Inspect(function.Body, s.note)
			}
		}
	}
	return said
}

func (s *sayer) note(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.AssignStmt:
		for i, left := range node.Lhs {
			s.assigned(left, node.Rhs[min(i, len(node.Rhs)-1)])
		}
	case *ast.CallExpr:
		called, ok := node.Fun.(*ast.SelectorExpr)
		switch {
		case ok && called.Sel.Name == "say" && len(node.Args) == 3:
			for _, key := range s.keysOf(node.Args[1]) {
				s.add(key+".cause", node.Args[2])
				s.add(key+".remedy", node.Args[2])
			}
		case ok && called.Sel.Name == "T" && len(node.Args) == 2:
			if key, ok := literalText(node.Args[0]); ok && strings.HasPrefix(key, "problem.") {
				s.add(key, node.Args[1])
			}
		}
	}
	return true
}

func (s *sayer) assigned(left, right ast.Expr) {
	switch left := left.(type) {
	case *ast.Ident:
		if key, ok := literalText(right); ok && left.Name == "key" {
			s.keys = append(s.keys, key)
		}
		if _, ok := right.(*ast.CompositeLit); ok && left.Name == "w" {
			s.filled = placesFilled(right)
		}
	case *ast.IndexExpr:
		if name, ok := literalText(left.Index); ok {
			s.filled[name] = true
		}
	}
}

// keysOf gives the keys that an expression may come to.
func (s *sayer) keysOf(e ast.Expr) []string {
	if key, ok := literalText(e); ok {
		return []string{key}
	}
	if name, ok := e.(*ast.Ident); ok && name.Name == "key" && len(s.keys) > 0 {
		return s.keys
	}
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		s.t.Errorf("a key that this test cannot read: %T", e)
		return nil
	}
	prefix, _ := literalText(sum.X)
	enumeration, known := enumerations()[prefix]
	if !known {
		s.t.Errorf("nothing here says which constants follow %q", prefix)
		return nil
	}
	var keys []string
	for _, constant := range constantsOf(s.t, sourcesOf(s.t, s.root, enumeration[0]), enumeration[1]) {
		keys = append(keys, prefix+constant)
	}
	if len(keys) == 0 {
		s.t.Errorf("%v has no constants", enumeration)
	}
	return keys
}

func (s *sayer) add(key string, data ast.Expr) {
	filled := s.filled
	if _, written := data.(*ast.CompositeLit); written {
		filled = placesFilled(data)
	} else if name, ok := data.(*ast.Ident); ok && name.Name == "nil" {
		filled = nil
	}
	if before, said := s.sentence[key]; said { // only what all callers fill
		filled = maps.Clone(filled)
		maps.DeleteFunc(filled, func(name string, _ bool) bool { return !before[name] })
	}
	s.sentence[key] = filled
}

func placesFilled(data ast.Expr) map[string]bool {
	filled := map[string]bool{}
	written, ok := data.(*ast.CompositeLit)
	if !ok {
		return filled
	}
	for _, element := range written.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := literalText(pair.Key); ok {
				filled[name] = true
			}
		}
	}
	return filled
}

// written reads a language's sentences under "problem.", key by key, from the
// files: the catalog itself does not list them.
func written(t *testing.T, root fs.FS, lang text.Lang) map[string]string {
	t.Helper()
	found := map[string]string{}
	names, err := fs.Glob(root, path.Join("pkg/text/catalog", lang.String(), "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v: no catalog: %v", lang, err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(content, &all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, value := range all {
			if sentence, ok := value.(string); ok && strings.HasPrefix(key, "problem.") {
				found[key] = sentence
			}
		}
	}
	return found
}

// placesIn gives the names that a sentence's template asks for, those of its
// conditions too.
func placesIn(t *testing.T, sentence string) []string {
	t.Helper()
	parsed, err := template.New("").Parse(sentence)
	if err != nil {
		t.Errorf("%q: %v", sentence, err)
		return nil
	}
	found := map[string]bool{}
	var walk func(parse.Node)
	walk = func(node parse.Node) {
		switch node := node.(type) {
		case *parse.ListNode:
			if node != nil {
				for _, child := range node.Nodes {
					walk(child)
				}
			}
		case *parse.ActionNode:
			walk(node.Pipe)
		case *parse.IfNode:
			walk(node.Pipe)
			walk(node.List)
			walk(node.ElseList)
		case *parse.PipeNode:
			for _, command := range node.Cmds {
				for _, argument := range command.Args {
					walk(argument)
				}
			}
		case *parse.FieldNode:
			found[node.Ident[0]] = true
		}
	}
	walk(parsed.Root)
	return slices.Sorted(maps.Keys(found))
}
