package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/testscript"
)

// schemaFolder has what docs/json.md promises, for machines.
const schemaFolder = "../../docs/schema"

// conforms holds every line of a file (mostly stdout) against a schema of
// docs/schema, and the schema against the lines: schema NAME[/VARIANT] FILE
func conforms(schema string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) != 2 {
			ts.Fatalf("usage: schema NAME[/VARIANT] FILE")
		}
		against, err := loadSchema(schema, args[0])
		ts.Check(err)
		lines := 0
		for line := range strings.Lines(ts.ReadFile(args[1])) {
			lines++
			err := holds(against, line)
			if (err == nil) == neg {
				ts.Fatalf("%s: %v\n%s", args[0], err, line)
			}
		}
		if lines == 0 {
			ts.Fatalf("%s is empty", args[1])
		}
	}
}

// loadSchema reads NAME, or what it defines as VARIANT.
func loadSchema(folder, name string) (*jsonschema.Resolved, error) {
	name, variant, _ := strings.Cut(name, "/")
	part := &jsonschema.Schema{Ref: "file:///" + name}
	if variant != "" {
		part.Ref += "#/$defs/" + variant
	}
	return part.Resolve(&jsonschema.ResolveOptions{Loader: func(*url.URL) (*jsonschema.Schema, error) {
		text, err := os.ReadFile(filepath.Join(folder, name+".schema.json"))
		if err != nil {
			return nil, err
		}
		whole := &jsonschema.Schema{}
		return whole, json.Unmarshal(text, whole)
	}})
}

// errNotNeeded: a schema that lets a key be missing or be named otherwise
// promises nothing about it.
var errNotNeeded = errors.New("the schema would not miss it, or takes it under another name")

// holds validates a line, and then the same without each of its keys, and with
// each of them renamed: these must be caught.
func holds(schema *jsonschema.Resolved, line string) error {
	var value any
	if err := json.Unmarshal([]byte(line), &value); err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		return err
	}
	var spoil func(part any) error
	spoil = func(part any) error {
		switch part := part.(type) {
		case []any:
			for _, item := range part {
				if err := spoil(item); err != nil {
					return err
				}
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(part)) {
				content := part[key]
				delete(part, key)
				missed := schema.Validate(value) != nil
				part[key+"_"] = content
				renamed := schema.Validate(value) != nil
				delete(part, key+"_")
				part[key] = content
				if !missed || !renamed {
					return fmt.Errorf("%s: %w", key, errNotNeeded)
				}
				if key == "headers" || key == "by_outcome" { // their keys are not ours to say
					continue
				}
				if err := spoil(content); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return spoil(value)
}

// TestSchemasAreUsed: every schema, and every variant of one, is held against
// the real output of a command in some script, and is described in docs/json.md.
func TestSchemasAreUsed(t *testing.T) {
	t.Parallel()
	scripts := ""
	files, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scripts += string(text)
	}
	page, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := filepath.Glob(filepath.Join(schemaFolder, "*.schema.json"))
	if err != nil || len(schemas) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	for _, file := range schemas {
		name := strings.TrimSuffix(filepath.Base(file), ".schema.json")
		if _, err := loadSchema(schemaFolder, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(page), "schema/"+filepath.Base(file)) {
			t.Errorf("docs/json.md does not name %s", filepath.Base(file))
		}
		for _, key := range keysOfSchema(t, file) {
			if !strings.Contains(string(page), "`"+key+"`") && !strings.Contains(string(page), `"`+key+`"`) {
				t.Errorf("docs/json.md does not explain %s of %s", key, name)
			}
		}
		if !regexp.MustCompile(`(?m)^schema ` + regexp.QuoteMeta(name) + `(/\w+)? `).MatchString(scripts) {
			t.Errorf("%s: no script holds it against the output of a command", name)
		}
	}
}

// keysOfSchema lists the names of all properties in a schema.
func keysOfSchema(t *testing.T, file string) (keys []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var walk func(part any)
	walk = func(part any) {
		switch part := part.(type) {
		case []any:
			for _, item := range part {
				walk(item)
			}
		case map[string]any:
			if properties, ok := part["properties"].(map[string]any); ok {
				keys = slices.AppendSeq(keys, maps.Keys(properties))
			}
			for _, item := range part {
				walk(item)
			}
		}
	}
	walk(schema)
	return keys
}

// TestSchemasCatch is the control: what is not as promised is not let through.
func TestSchemasCatch(t *testing.T) {
	const good = `{"id":42,"kind":"deposit","profile":"main","sandbox":false,"desk":"till-1","outcome":"done","held_by":null,` +
		`"held_reason":null,"user_id":"2564568","project_user_id":"#KXA1234","amount":"6000.00","currency":"UZS",` +
		`"payment_method":"bank_card","ref":null,"request_id":null,"deposit_id":"raisboy_dep_1","payout_id":null,` +
		`"payout_status":null,"http_status":201,"code":null,"message":"OK","hint":null,"attempts":1,"replayed":false,` +
		`"recorded":true,"created_at":"2025-11-27T17:39:17.281+05:00","settled_at":"2025-11-27T17:39:18.000+05:00"}`
	schema, err := loadSchema(schemaFolder, "operation/plain")
	if err != nil {
		t.Fatal(err)
	}
	if err := holds(schema, good); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"amount":"6000.00"`, `"amount":6000.00`},
		{`"amount":"6000.00"`, `"amount":"6000.0"`},
		{`"amount":"6000.00"`, `"amount":"6 000.00"`},
		{`17.281+05:00`, `17.281Z`},
		{`17.281+05:00`, `17+05:00`},
		{`"outcome":"done"`, `"outcome":"ok"`},
		{`"outcome":"done"`, `"outcome":"held"`}, // without a reason, and with an id
		{`"held_reason":null`, `"held_reason":"duplicate"`},
		{`"http_status":201`, `"http_status":"201"`},
		{`"id":42`, `"id":"42"`},
		{`"id":42`, `"id":0`},
		{`"payout_id":null`, `"payout_id":"pout_1"`}, // of a deposit
		{`"sandbox":false`, `"sandbox":null`},
		{`"ref":null,`, ``},
		{`"ref":`, `"reference":`},
		{`"attempts":1`, `"attempts":1,"more":1`},
		{`"attempts":1`, `"attempts":1,"history":[]`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good || holds(schema, bad) == nil {
			t.Errorf("%s in place of %s is let through", change[1], change[0])
		}
	}
}
