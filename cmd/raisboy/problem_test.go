package main

import (
	"go/ast"
	"go/token"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/raisboy/raisboy/pkg/text"
)

func TestEveryProblemHasItsSentences(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	said := sentencesSaid(t, root)
	if len(said) < 200 {
		t.Fatalf("only %d sentences are asked for: the sources were not read", len(said))
	}
	for _, lang := range []text.Lang{text.English, text.Russian} {
		sentences := written(t, root, lang)
		for key, filled := range said {
			sentence, exists := sentences[key]
			if !exists {
				t.Errorf("%v: %s is missing", lang, key)
				continue
			}
			for _, place := range placesIn(t, sentence) {
				if !filled[place] && place != "Flags" { // the catalog itself fills that one
					t.Errorf("%v: %s: nobody fills {{.%s}}", lang, key, place)
				}
			}
		}
		for key := range sentences {
			if _, exists := said[key]; !exists {
				t.Errorf("%v: %s is left over: nothing says it", lang, key)
			}
		}
	}
}

func TestProblemsAreOneLine(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	said := sentencesSaid(t, root)
	for _, lang := range []text.Lang{text.English, text.Russian} {
		catalog := text.New(lang)
		for key, filled := range said {
			data := words{}
			for name := range filled {
				data[name] = "X"
			}
			line := catalog.T(key, data)
			cyrillic := strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
			if line == key || !catalog.Has(key) || cyrillic != (lang == text.Russian) {
				t.Errorf("%v %s: %q", lang, key, line)
			}
			checkLine(t, lang, key, line)
		}
	}
}

func checkLine(t *testing.T, lang text.Lang, key, line string) {
	t.Helper()
	if strings.TrimSpace(line) != line || line == "" || strings.ContainsFunc(line, unicode.IsControl) {
		t.Errorf("%v %s is not one clean line: %q", lang, key, line)
	}
	for _, trace := range []string{"  ", " :", " ;", " ,", "()", "<no value>", "{{"} {
		if strings.Contains(line, trace) {
			t.Errorf("%v %s: %q in %q", lang, key, trace, line)
		}
	}
}

// TestProblemsWithoutWhatMayBeMissing: errors do not always know all that
// their fields could hold, and the sentence must still be one.
func TestProblemsWithoutWhatMayBeMissing(t *testing.T) {
	absent := map[string]words{
		"problem.usage.bad_flag_value":      {"Name": "", "Value": "X", "Command": "X"},
		"problem.amount.ambiguous":          {"Value": "6,125", "First": "6125.00"},
		"problem.damage":                    {"Operation": int64(0), "Table": "origins"},
		"problem.statement.no_columns":      {"Line": 0, "Column": "", "Value": ""},
		"problem.statement.kind":            {"Line": 0, "Column": "", "Value": ""},
		"problem.config.unknown-key":        {"Key": "X", "Path": "", "Line": 0},
		"problem.syntax.not_yaml":           {"Path": "X", "Line": 0, "Key": "", "Detail": ""},
		"problem.syntax.not_mapping":        {"Path": "X", "Line": 0, "Key": "", "Detail": ""},
		"problem.syntax.not_value":          {"Path": "X", "Line": 0, "Key": "", "Detail": ""},
		"problem.syntax.has_reference":      {"Path": "X", "Line": 0, "Key": "", "Detail": ""},
		"problem.syntax.second_document":    {"Path": "X", "Line": 0, "Key": "", "Detail": ""},
		"problem.file.unreadable":           {"Path": "X", "Error": ""},
		"problem.profile.unknown":           {"Name": "X", "Known": ""},
		"problem.profile.not_chosen":        {"Name": "", "Known": ""},
		"problem.missing":                   {"Profile": "X", "Keys": "X", "Variables": "", "Command": "X"},
		"problem.secret.unavailable":        {"Key": "X", "Place": "X", "Error": ""},
		"problem.secret.not-set":            {"Key": "", "Place": "none", "Error": ""},
		"problem.journal.other":             {"Path": "", "Error": ""},
		"problem.journal.not_a_journal":     {"Path": "", "Error": ""},
		"problem.journal.read_only":         {"Path": "", "Error": ""},
		"problem.journal.full":              {"Path": "", "Error": ""},
		"problem.journal.busy":              {"Path": "", "Error": ""},
		"problem.journal.corrupt":           {"Path": "", "Error": ""},
		"problem.journal.old_sqlite":        {"Path": "X", "Error": ""},
		"problem.usage.unexpected_argument": {"Name": "", "Value": "X", "Meant": "", "Command": "X"},
	}
	for _, lang := range []text.Lang{text.English, text.Russian} {
		catalog := text.New(lang)
		for key, data := range absent {
			checkLine(t, lang, key, catalog.T(key+".cause", data))
			checkLine(t, lang, key, catalog.T(key+".remedy", data))
		}
	}
	both := text.New(text.English).T("problem.amount.ambiguous.remedy", words{"First": "6000.00", "Second": "6.00"})
	if one := text.New(text.English).T("problem.amount.ambiguous.remedy", words{"First": "6125.00"}); both != "write what is meant: 6000.00 or 6.00" || one != "write what is meant: 6125.00" {
		t.Errorf("%q, %q", both, one)
	}
}

// TestReasonsAreAllExplained: what no key is made from is named in a switch.
func TestReasonsAreAllExplained(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	named := map[string]bool{}
	for _, source := range sourcesOf(t, root, "cmd/raisboy") {
		ast.Inspect(source, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok {
				if from, ok := selector.X.(*ast.Ident); ok {
					named[from.Name+"."+selector.Sel.Name] = true
				}
			}
			return true
		})
	}
	var reasons []string
	counting := false
	specs(sourcesOf(t, root, "pkg/money"), token.CONST, func(spec *ast.ValueSpec) {
		if len(spec.Values) > 0 { // what follows it without a value is of its type
			name, ok := spec.Type.(*ast.Ident)
			counting = ok && name.Name == "Reason"
		}
		if counting {
			reasons = append(reasons, "money."+spec.Names[0].Name)
		}
	})
	specs(sourcesOf(t, root, "pkg/config"), token.VAR, func(spec *ast.ValueSpec) {
		if strings.HasPrefix(spec.Names[0].Name, "ErrSecret") {
			reasons = append(reasons, "config."+spec.Names[0].Name)
		}
	})
	specs(sourcesOf(t, root, "pkg/sign"), token.VAR, func(spec *ast.ValueSpec) {
		if made, ok := spec.Values[0].(*ast.CallExpr); ok {
			if maker, ok := made.Fun.(*ast.Ident); ok && maker.Name == "timestampError" {
				reasons = append(reasons, "sign."+spec.Names[0].Name)
			}
		}
	})
	if len(reasons) < 9+5+2 {
		t.Errorf("only these reasons were found: %v", reasons)
	}
	for _, reason := range reasons {
		if !named[reason] {
			t.Errorf("%s has no sentence", reason)
		}
	}
}

// TestNewConstantsAreFound is the negative control: a constant that was added
// without a sentence is asked for.
func TestNewConstantsAreFound(t *testing.T) {
	root := fstest.MapFS{
		"cmd/raisboy/problem.go": {Data: []byte(`package main
func (a *app) explain(e *api.FieldError) problem {
	w := words{"Field": e.Field}
	return a.say(exitUsage, "problem.field."+string(e.Problem), w)
}`)},
		"pkg/api/field.go": {Data: []byte(`package api
type Problem string
const ( Old Problem = "old"; Other Kind = "other" )
const New Problem = "new"`)},
	}
	said := sentencesSaid(t, root)
	for _, key := range []string{"problem.field.old.cause", "problem.field.new.cause", "problem.field.new.remedy"} {
		if !said[key]["Field"] || said[key]["Value"] {
			t.Errorf("%s: %v", key, said[key])
		}
	}
	if len(said) != 4 {
		t.Errorf("%v", said)
	}
}
