package text

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// A usage is what the repository's Go files, tests apart, do with keys.
type usage struct {
	said     map[string][]string        // literal keys given to T or N: where
	filled   map[string]map[string]bool // places that some call fills, by key; nil where that cannot be read
	literals map[string]bool            // every string literal
	prefixes map[string]bool            // "code." of "code." + code + ".meaning"
	suffixes map[string]bool            // ".cause" of key + ".cause"
	rendered map[string]string          // literals of pkg/render that look like keys: where
}

func scan(t *testing.T, root fs.FS) usage {
	t.Helper()
	u := usage{map[string][]string{}, map[string]map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]string{}}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() && name != "." && (base == "testdata" || base[0] == '.') {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(base) != ".go" || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		syntax, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(syntax, func(node ast.Node) bool {
			u.note(node, name)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *usage) note(node ast.Node, file string) {
	switch node := node.(type) {
	case *ast.BasicLit:
		if key, ok := literal(node); ok {
			u.literals[key] = true
			if strings.HasPrefix(file, "pkg/render/") && regexp.MustCompile(`^[a-z]\w*(\.[\w-]+)+$`).MatchString(key) {
				u.rendered[key] = file
			}
		}
	case *ast.BinaryExpr:
		if suffix, ok := literal(node.Y); ok && strings.HasPrefix(suffix, ".") {
			u.suffixes[suffix] = true
		}
		left := ast.Expr(node)
		for {
			sum, ok := left.(*ast.BinaryExpr)
			if !ok || sum.Op != token.ADD {
				break
			}
			left = sum.X
		}
		if prefix, ok := literal(left); ok && strings.HasSuffix(prefix, ".") {
			u.prefixes[prefix] = true
		}
	case *ast.CallExpr:
		method, ok := node.Fun.(*ast.SelectorExpr)
		if !ok || len(node.Args) == 0 || !slices.Contains([]string{"T", "N"}, method.Sel.Name) {
			return
		}
		if key, ok := literal(node.Args[0]); ok {
			u.said[key] = append(u.said[key], file)
			u.filled[key] = filledBy(node, u.filled[key])
		}
	}
}

// filledBy adds the places that a call fills where its data is written out.
func filledBy(call *ast.CallExpr, known map[string]bool) map[string]bool {
	data, ok := call.Args[len(call.Args)-1].(*ast.CompositeLit)
	if !ok {
		return known
	}
	if known == nil {
		known = map[string]bool{}
	}
	for _, element := range data.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := literal(pair.Key); ok {
				known[name] = true
			}
		}
	}
	return known
}

func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(basic.Value)
	return value, err == nil
}

// unknownKeys lists what the code asks for and the catalog lacks.
func (u *usage) unknownKeys(known map[string]map[string]string) []string {
	var problems []string
	subjects := map[string]bool{}
	for key := range known {
		subject, _, _ := strings.Cut(key, ".")
		subjects[subject] = true
	}
	for key, where := range u.said {
		if known[key] == nil {
			problems = append(problems, fmt.Sprintf("%v asks for %q, which is not in the catalog", where, key))
		}
	}
	for key, where := range u.rendered {
		if subject, _, _ := strings.Cut(key, "."); subjects[subject] && known[key] == nil {
			problems = append(problems, fmt.Sprintf("%s names %q, which is not in the catalog", where, key))
		}
	}
	return problems
}

// emptyPlaces lists the places that nobody fills.
func (u *usage) emptyPlaces(known map[string]map[string]string) []string {
	var problems []string
	for key, filled := range u.filled {
		for _, place := range allPlaces(known[key]) {
			if filled != nil && !filled[place] && place != "N" && place != "Flags" {
				problems = append(problems, fmt.Sprintf("%s: nobody fills {{.%s}}", key, place))
			}
		}
	}
	return problems
}

// unusedKeys lists what the catalog has and nothing says.
func (u *usage) unusedKeys(known map[string]map[string]string) []string {
	var problems []string
	for key := range known {
		used := u.literals[key]
		for prefix := range u.prefixes {
			used = used || strings.HasPrefix(key, prefix)
		}
		for suffix := range u.suffixes {
			stem, ends := strings.CutSuffix(key, suffix)
			used = used || ends && u.literals[stem]
		}
		if !used {
			problems = append(problems, key+" is in the catalog, and nothing says it")
		}
	}
	return problems
}

func report(t *testing.T, problems []string) {
	t.Helper()
	slices.Sort(problems)
	for _, problem := range problems {
		t.Error(problem)
	}
}

func TestEveryKeySaidExists(t *testing.T) {
	u := scan(t, os.DirFS("../.."))
	if len(u.said) == 0 || len(u.rendered) == 0 {
		t.Fatal("the scan found no keys at all")
	}
	report(t, u.unknownKeys(sentences(t, English)))
}

func TestEveryPlaceIsFilled(t *testing.T) {
	u := scan(t, os.DirFS("../.."))
	report(t, u.emptyPlaces(sentences(t, English)))
}

func TestEveryKeyIsSaid(t *testing.T) {
	u := scan(t, os.DirFS("../.."))
	report(t, u.unusedKeys(sentences(t, English)))
}

// The careless program: each mistake must be found.
func TestTheScanFindsMistakes(t *testing.T) {
	known := map[string]map[string]string{
		"list.empty": {"": "None."}, "list.user": {"": "{{.User}}"}, "code.A.meaning": {"": "a"}, "list.forgotten": {"": "x"},
	}
	u := scan(t, fstest.MapFS{
		"pkg/render/list.go": {Data: []byte(`package render
			func f(c C, code string) { c.T("list.empty", nil); c.T("list.emtpy", nil); c.T("list.user", data{"Name": 1}); c.T("code."+code+".meaning", nil) }
			var key = "list.emptyy"`)},
		"pkg/render/list_test.go":      {Data: []byte(`package render; var x = "list.forgotten"`)},
		"pkg/render/testdata/other.go": {Data: []byte(`not Go`)},
	})
	for _, test := range []struct {
		got  []string
		want string
	}{
		{u.unknownKeys(known), `[pkg/render/list.go] asks for "list.emtpy", which is not in the catalog; ` +
			`pkg/render/list.go names "list.emptyy", which is not in the catalog; ` +
			`pkg/render/list.go names "list.emtpy", which is not in the catalog`},
		{u.emptyPlaces(known), "list.user: nobody fills {{.User}}"},
		{u.unusedKeys(known), "list.forgotten is in the catalog, and nothing says it"},
	} {
		slices.Sort(test.got)
		if got := strings.Join(test.got, "; "); got != test.want {
			t.Errorf("got %s\nwant %s", got, test.want)
		}
	}
}
