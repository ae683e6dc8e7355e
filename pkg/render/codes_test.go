package render_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// constants lists the values of a package's string constants of a type, from
// its source: a new one must not be forgotten here.
func constants(t *testing.T, folder, typeName string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				value := spec.(*ast.ValueSpec)
				if of, ok := value.Type.(*ast.Ident); !ok || of.Name != typeName || len(value.Values) != 1 {
					continue
				}
				text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, text)
			}
		}
	}
	if len(values) == 0 {
		t.Fatalf("%s has no constants of the type %s", folder, typeName)
	}
	return values
}

func TestEveryNameHasItsWords(t *testing.T) {
	var keys []string
	add := func(values []string, forms ...string) {
		for _, value := range values {
			for _, form := range forms {
				if value != "" {
					keys = append(keys, strings.ReplaceAll(form, "*", value))
				}
			}
		}
	}
	add(append(api.Codes(), "unknown"), "code.*.meaning", "code.*.remedy")
	add(constants(t, "../api", "Cause"), "cause.*.meaning", "cause.*.remedy")
	add(constants(t, "../journal", "HeldReason"), "held.*.meaning", "held.*.remedy")
	add(constants(t, "../journal", "NoticeState"), "notice_state.*", "notice.*")
	add(constants(t, "../journal", "Ruling"), "ruling.*")
	add(constants(t, "../api", "PayoutStatus"), "status.*")
	add(api.PaymentMethods(), "method.*")
	add([]string{"open", "done", "refused", "not_sent", "unknown", "mismatch", "conflict"}, "outcome.*")
	add([]string{"deposit", "payout"}, "kind.*")
	for _, lang := range []text.Lang{text.English, text.Russian} {
		c := text.New(lang)
		for _, key := range keys {
			if !c.Has(key) {
				t.Errorf("%v: no %s", lang, key)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	r := render.New(render.Options{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Catalog: text.New(text.English)})
	generic, _ := r.Explain("NEW\x1b[31m_REASON")
	if !strings.Contains(generic, "NEW_REASON") {
		t.Errorf("an unknown code is explained as %q", generic)
	}
	for _, code := range append(api.Codes(), constants(t, "../api", "Cause")...) {
		what, todo := r.Explain(code)
		if code != "" && (what == "" || todo == "" || strings.Contains(what, "does not explain")) {
			t.Errorf("%s: %q, %q", code, what, todo)
		}
	}
}
