package config

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is the configuration file, read but not yet judged: every value is
// the text that stands in the file.
type document struct {
	path           string
	defaultProfile entry
	profiles       map[string]section
}

// section is a profile of the file: its settings by full key.
type section struct {
	line    int
	entries map[string]entry
}

// entry is a value of the file. A list is kept with commas, a command in the
// one-line form command:[…].
type entry struct {
	value string
	line  int
}

// names gives the profiles of the file, sorted.
func (d document) names() []string {
	names := make([]string, 0, len(d.profiles))
	for name := range d.profiles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// parseDocument reads the file's text. Its errors are *SyntaxError,
// *UnknownKeyError and *ProfileError.
func parseDocument(path string, data []byte) (document, error) {
	return parser{path: path}.document(data)
}

// document reads the file's text.
func (p parser) document(data []byte) (document, error) {
	path := p.path
	result := document{path: path, profiles: map[string]section{}}
	root, err := parseYAML(path, data)
	if err != nil || root == nil {
		return result, err
	}
	err = p.mapping(root, "", func(key string, keyLine int, value *yaml.Node) error {
		switch key {
		case "default_profile":
			result.defaultProfile, err = p.scalar(key, value)
			return err
		case "profiles":
			return p.profiles(value, result.profiles)
		}
		suggestion := Suggest(key, []string{"default_profile", "profiles"})
		if _, ok := settingOf(Settings(), key); ok {
			suggestion = "profiles.NAME." + key
		}
		return &UnknownKeyError{Key: clip(key), Suggestion: suggestion, Path: path, Line: keyLine}
	})
	return result, err
}

// profiles reads all profiles, so that a slip in one is not found only on the
// day on which it is first used.
func (p parser) profiles(node *yaml.Node, into map[string]section) error {
	return p.mapping(node, "profiles", func(name string, line int, value *yaml.Node) error {
		if problem := nameProblem(name); problem != "" {
			return &ProfileError{Name: clip(name), Problem: problem, Origin: Origin{From: FromFile, Path: p.path, Line: line}}
		}
		into[name] = section{line: line, entries: map[string]entry{}}
		return p.settings(name, "", value, into[name].entries)
	})
}

// settings reads the settings of one profile, or those of its group below
// prefix ("limits.").
func (p parser) settings(profile, prefix string, node *yaml.Node, into map[string]entry) error {
	known := Settings()
	name := profile
	if prefix != "" {
		name = strings.TrimSuffix(prefix, ".")
	}
	return p.mapping(node, name, func(key string, line int, value *yaml.Node) error {
		full := prefix + key
		setting, ok := settingOf(known, full)
		if !ok && prefix == "" && (key == "limits" || key == "listen") {
			return p.settings(profile, key+".", value, into)
		}
		if !ok {
			return &UnknownKeyError{Key: clip(full), Suggestion: Suggest(full, keysOf(known)), Profile: profile, Path: p.path, Line: line}
		}
		// limits.deposit_max and limits: {deposit_max} name one setting.
		if _, twice := into[full]; twice {
			return &SyntaxError{Path: p.path, Line: line, Key: full, Problem: DuplicateKey}
		}
		read, err := p.value(setting, value)
		if err != nil {
			return err
		}
		read.line = line
		into[full] = read
		return nil
	})
}

// value reads the value of one setting: text, a list for notify_hosts, and
// "command: [program, argument]" for a secret.
func (p parser) value(setting Setting, node *yaml.Node) (entry, error) {
	switch {
	case setting.Kind == KindList && node.Kind == yaml.SequenceNode:
		items, err := p.list(setting.Key, node)
		return entry{value: strings.Join(items, ",")}, err
	case setting.Kind == KindSecret && setting.Key != "api_key" && node.Kind == yaml.MappingNode:
		var result entry
		err := p.mapping(node, setting.Key, func(key string, _ int, value *yaml.Node) error {
			if key != "command" || value.Kind != yaml.SequenceNode {
				return p.fail(setting.Key, value, NotValue)
			}
			arguments, err := p.list(setting.Key, value)
			if err != nil {
				return err
			}
			// Marshalling strings cannot fail.
			encoded, _ := json.Marshal(arguments)
			result.value = formCommand + string(encoded)
			return nil
		})
		return result, err
	default:
		return p.scalar(setting.Key, node)
	}
}
