package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// aPersonsFile has what people write: comments in every place, spaces, quotes,
// an order of their own.
const aPersonsFile = `# The till at the entrance.

default_profile: main   # the usual one

profiles:
  # by day
  main:
    api_key: 'main-key'      # from the manager, 3 May
    base_url:   "https://main.example"

    # kept in the keyring
    secret: keyring # since June
    limits: # the owner's
      deposit_max: 1 000 000,00
  night:

    base_url: https://night.example
    notify_hosts: [a.example,
      b.example]   # both
    secret: {command: [pass, show, raisboy]}
    # the end
`

func TestEditsByLines(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		edit edit
		want [][2]string // old, new
	}{
		"a value": {aPersonsFile, edit{profile: "main", changes: []Change{{"base_url", "https://new.example"}}},
			[][2]string{{`base_url:   "https://main.example"`, `base_url: https://new.example`}}},
		"beside a comment": {aPersonsFile, edit{profile: "main", changes: []Change{{"secret", "file:main.secret"}, {"api_key", "it's #1: \"x\""}}},
			[][2]string{{"secret: keyring #", "secret: file:main.secret #"}, {"'main-key' ", `"it's #1: \"x\"" `}}},
		"a new one": {aPersonsFile, edit{profile: "main", changes: []Change{{"previous_secret", "keyring"}, {"desk", "касса 1"}}},
			[][2]string{{"secret: keyring # since June\n", "secret: keyring # since June\n    previous_secret: keyring\n    desk: \"касса 1\"\n"}}},
		"in a group": {aPersonsFile, edit{profile: "main", changes: []Change{{"limits.confirm_above", "5 000,00"}, {"limits.deposit_max", ""}}},
			[][2]string{{"      deposit_max: 1 000 000,00\n", "      confirm_above: \"5 000,00\"\n"}}},
		"a new group": {aPersonsFile, edit{profile: "night", changes: []Change{{"limits.shift_max", "9"}}},
			[][2]string{{"https://night.example\n", "https://night.example\n    limits:\n      shift_max: \"9\"\n"}}},
		"a new profile": {aPersonsFile, edit{profile: "day", changes: []Change{{"secret", "keyring"}, {"base_url", "https://d.example"}}},
			[][2]string{{"    # the end\n", "    # the end\n  day:\n    base_url: https://d.example\n    secret: keyring\n"}}},
		"another default": {aPersonsFile, edit{profile: "night", defaultProfile: "night"},
			[][2]string{{"default_profile: main   #", "default_profile: night   #"}}},
		"Windows": {strings.ReplaceAll(aPersonsFile, "\n", "\r\n"), edit{profile: "main", changes: []Change{{"desk", "x"}}},
			[][2]string{{"# since June\r\n", "# since June\r\n    desk: x\r\n"}}},
		"nothing there": {"", edit{profile: "main", defaultProfile: "main", changes: []Change{{"desk", "x"}}},
			[][2]string{{"", "default_profile: main\nprofiles:\n  main:\n    desk: x\n"}}},
		"only comments": {"# mine", edit{profile: "main", changes: []Change{{"desk", "x"}}},
			[][2]string{{"# mine", "# mine\nprofiles:\n  main:\n    desk: x\n"}}},
		"profiles come first": {"profiles:\n    a:\n        desk: x\ndefault_profile: a", edit{profile: "b", changes: []Change{{"desk", "y"}}},
			[][2]string{{"profiles:\n", "profiles:\n    b:\n      desk: y\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.text
			for _, change := range c.want {
				if strings.Count(want, change[0]) != 1 && change[0] != "" {
					t.Fatalf("the test's own %q", change[0])
				}
				want = strings.Replace(want, change[0], change[1], 1)
			}
			got, ok := c.edit.byLines([]byte(c.text))
			if diff := cmp.Diff(want, string(got)); !ok || diff != "" {
				t.Errorf("%v\n%s", ok, diff)
			}
			if again, ok := c.edit.apply("c.yaml", []byte(c.text)); !ok || string(again) != string(got) {
				t.Errorf("%v\n%s", ok, again)
			}
		})
	}
}

// TestEditsOfNodes: what cannot be changed line by line is written anew, with
// its comments.
func TestEditsOfNodes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		edit edit
		want string
	}{
		"a list":    {aPersonsFile, edit{profile: "night", changes: []Change{{"notify_hosts", "c.example"}}}, "notify_hosts: c.example # both\n"},
		"a command": {aPersonsFile, edit{profile: "night", changes: []Change{{"secret", "keyring"}}}, "secret: keyring\n"},
		"braces": {"# top\nprofiles: {a: {desk: x}, b: {desk: y}} # all\n", edit{profile: "a", changes: []Change{{"desk", "z"}}},
			"# top\n# all\nprofiles:\n  a:\n    desk: z\n  b: {desk: y}\n"},
		"empty braces":  {"profiles: {}\n", edit{profile: "a", changes: []Change{{"desk", "z"}}}, "profiles:\n  a:\n    desk: z\n"},
		"several lines": {"profiles:\n  a:\n    desk: >-\n      one\n      two\n", edit{profile: "a", changes: []Change{{"desk", "z"}}}, "    desk: z\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := c.edit.apply("c.yaml", []byte(c.text))
			if !ok || !strings.Contains(string(got), c.want) {
				t.Errorf("%v\n%s", ok, got)
			}
			for _, comment := range []string{"# The till at the entrance.", "# the usual one", "# by day", "# since June", "# the end"} {
				if strings.Contains(c.text, comment) && !strings.Contains(string(got), comment) {
					t.Errorf("%s is lost:\n%s", comment, got)
				}
			}
		})
	}
}

func TestWhatCannotBeEdited(t *testing.T) {
	for _, text := range []string{"null\n", "profiles: {a: &x {}}\n", "desk: x\n", "- a\n"} {
		if got, ok := (edit{profile: "a", changes: []Change{{"desk", "z"}}}).apply("c.yaml", []byte(text)); ok {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestCarelessEditsAreNoticed is the negative control: an edit that changes
// more than it says, or less, is not what was wanted.
func TestCarelessEditsAreNoticed(t *testing.T) {
	before, err := parseDocument("c.yaml", []byte(aPersonsFile))
	if err != nil {
		t.Fatal(err)
	}
	e := edit{profile: "main", changes: []Change{{"desk", "x"}}}
	wanted := e.expect(before)
	for _, careless := range []string{
		aPersonsFile,
		strings.Replace(aPersonsFile, "    secret: keyring", "    desk: x\n    secret: file:x", 1),
		strings.Replace(strings.Replace(aPersonsFile, "    secret: keyring", "    desk: x\n    secret: keyring", 1), "night:", "evening:", 1),
		strings.Replace(strings.Replace(aPersonsFile, "    secret: keyring", "    desk: x\n    secret: keyring", 1), "default_profile: main", "default_profile: night", 1),
	} {
		after, err := parseDocument("c.yaml", []byte(careless))
		if err != nil || sameSettings(after, wanted) {
			t.Errorf("%v\n%s", err, careless)
		}
		way := func([]byte) ([]byte, bool) { return []byte(careless), true }
		if got, ok := e.by("c.yaml", []byte(aPersonsFile), way); ok {
			t.Errorf("taken:\n%s", got)
		}
		if got, ok := e.by("c.yaml", []byte(aPersonsFile), way, e.byLines); !ok || !strings.Contains(string(got), "desk: x") {
			t.Errorf("%v\n%s", ok, got)
		}
	}
}

// texts draws what a value may be, wild and plain.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"keyring", "file:a b.secret", "~", "null", "yes", "007", "1e3", "2026-11-22", "# no comment", "a # b", "a: b", "'", `"`, `\`, "- x", "{a}", "[a]", "*x", "&x", "!x", "%", "@", "`", " x ", "касса №1", "🙂", "a\tb", "a\nb", "\u00a0", "\u2028", ":", "a:"}),
		rapid.StringN(1, 12, 40),
	)
}

// TestEditingLeavesTheRest writes any values into a file of any shape: they are
// read back as they are, and every line that is not the profile's own stays.
func TestEditingLeavesTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var file strings.Builder
		file.WriteString("# head\n")
		if rapid.Bool().Draw(t, "default") {
			file.WriteString("default_profile: p0 # d\n")
		}
		file.WriteString("profiles: # all\n")
		count := rapid.IntRange(1, 4).Draw(t, "profiles")
		for i := range count {
			fmt.Fprintf(&file, "  # before %d\n  p%d:\n", i, i)
			for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"desk", "currency", "api_key", "base_url", "listen.addr"}), 0, 5, rapid.ID[string]).Draw(t, "keys") {
				fmt.Fprintf(&file, "    %s:  %s   # %s of %d\n", key, quoted(texts().Draw(t, "old")), key, i)
			}
		}
		before := file.String()
		profile := fmt.Sprintf("p%d", rapid.IntRange(0, count).Draw(t, "edited"))
		e := edit{profile: profile}
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"desk", "currency", "secret", "previous_secret", "limits.shift_max", "limits.deposit_max", "listen.addr"}), 1, 7, rapid.ID[string]).Draw(t, "changed") {
			value := texts().Draw(t, "new")
			if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
				value = ""
			}
			e.changes = append(e.changes, Change{key, value})
		}
		after, ok := e.apply("c.yaml", []byte(before))
		if !ok {
			t.Fatalf("not edited:\n%s", before)
		}
		doc, err := parseDocument("c.yaml", after)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range e.changes {
			if got := doc.profiles[profile].entries[change.Key].value; got != change.Value {
				t.Fatalf("%s: %q, want %q\n%s", change.Key, got, change.Value, after)
			}
		}
		if left, right := others(before, profile), others(string(after), profile); left != right {
			t.Fatalf("other lines changed: %s", cmp.Diff(left, right))
		}
	})
}

// others gives the lines of a generated file that are not the profile's own.
func others(text, profile string) string {
	var kept []string
	own := false
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.HasPrefix(line, "  p") {
			own = strings.TrimSpace(line) == profile+":"
		}
		if strings.HasPrefix(line, "  #") {
			own = false
		}
		if !own {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// FuzzEdit changes any file: it is either left alone, or says afterwards what
// was wanted and apart from that what it said before.
func FuzzEdit(f *testing.F) {
	for _, text := range []string{aPersonsFile, twoProfiles, "", "profiles:\n", "profiles: {}", "profiles:\n  main: {desk: x}\n", "? profiles\n: main:\n    desk: x\n", "profiles:\n  main:\n    desk: |\n      # x\n    currency: UZS\n...\n", "'profiles':\n  \"main\":\n    'desk': x\n", "profiles:\n  main:\n    desk:\n      x\n"} {
		f.Add([]byte(text), "main", "desk", "till 1")
		f.Add([]byte(text), "other", "limits.deposit_max", "")
	}
	f.Fuzz(func(t *testing.T, data []byte, profile, key, value string) {
		if _, ok := settingOf(Settings(), key); !ok || nameProblem(profile) != "" {
			return
		}
		before, err := parseDocument("c.yaml", data)
		after, ok := edit{profile: profile, changes: []Change{{key, value}}}.apply("c.yaml", data)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("a file that cannot be read was changed: %v", err)
		}
		doc, err := parseDocument("c.yaml", after)
		if err != nil || doc.profiles[profile].entries[key].value != value {
			t.Fatalf("%v\n%s", err, after)
		}
		for name, section := range before.profiles {
			for other, entry := range section.entries {
				if (name != profile || other != key) && doc.profiles[name].entries[other].value != entry.value {
					t.Fatalf("%s %s\n%s", name, other, after)
				}
			}
		}
	})
}
