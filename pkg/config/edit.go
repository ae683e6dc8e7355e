package config

import (
	"bytes"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Change sets one setting of a profile in the file to a value, or, with an
// empty value, takes it out.
type Change struct{ Key, Value string }

// edit is what is to be changed in the file's text.
type edit struct {
	profile        string   // made if the file does not have it
	changes        []Change // keys of Settings, in any order
	defaultProfile string   // "" leaves it as it is
}

// apply gives the file's text with the edit made. The text is changed line by
// line, so that everything else stays to the byte: comments, order, spacing,
// quotes. Where that cannot be done, because a value runs over several lines or
// the file uses braces, the YAML nodes are changed instead and written anew;
// comments and order stay, spacing may not.
//
// Whichever way was taken, what came out is read again: it must hold the change
// and, apart from it, what it held before. ok is false if neither way gives that.
func (e edit) apply(path string, data []byte) (result []byte, ok bool) {
	return e.by(path, data, e.byLines, e.byNodes)
}

// by takes the first of several ways that gives what is wanted.
func (e edit) by(path string, data []byte, ways ...func([]byte) ([]byte, bool)) (result []byte, ok bool) {
	before, err := parseDocument(path, data)
	if err != nil {
		return nil, false
	}
	wanted := e.expect(before)
	for _, way := range ways {
		if result, ok = way(data); !ok {
			continue
		}
		if after, err := parseDocument(path, result); err == nil && sameSettings(after, wanted) {
			return result, true
		}
	}
	return nil, false
}

// expect gives the document as it must read after the edit.
func (e edit) expect(before document) document {
	wanted := document{defaultProfile: before.defaultProfile, profiles: maps.Clone(before.profiles)}
	if e.defaultProfile != "" {
		wanted.defaultProfile.value = e.defaultProfile
	}
	entries := maps.Clone(before.profiles[e.profile].entries)
	if entries == nil {
		entries = map[string]entry{}
	}
	for _, change := range e.changes {
		entries[change.Key] = entry{value: change.Value}
	}
	wanted.profiles[e.profile] = section{entries: entries}
	return wanted
}

// sameSettings compares what two documents say, wherever in them it stands. An
// empty value says nothing.
func sameSettings(a, b document) bool {
	if a.defaultProfile.value != b.defaultProfile.value || len(a.profiles) != len(b.profiles) {
		return false
	}
	for name, one := range a.profiles {
		other, ok := b.profiles[name]
		if !ok {
			return false
		}
		for _, setting := range Settings() {
			if one.entries[setting.Key].value != other.entries[setting.Key].value {
				return false
			}
		}
	}
	return true
}

// comments counts the lines of comments below a node.
func comments(node *yaml.Node, into map[string]int) map[string]int {
	for line := range strings.SplitSeq(node.HeadComment+"\n"+node.LineComment+"\n"+node.FootComment, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			into[line]++
		}
	}
	for _, child := range node.Content {
		comments(child, into)
	}
	return into
}

// byNodes makes the edit on the YAML nodes.
func (e edit) byNodes(data []byte) ([]byte, bool) {
	var file yaml.Node
	if err := yaml.Unmarshal(data, &file); err != nil || len(file.Content) == 0 || file.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	root := file.Content[0]
	if e.defaultProfile != "" {
		setNode(root, "default_profile", scalarNode(e.defaultProfile))
	}
	profile := mappingBelow(mappingBelow(root, "profiles"), e.profile)
	for _, change := range e.changes {
		holder, key := profile, change.Key
		if group, last, grouped := strings.Cut(change.Key, "."); grouped && childOf(profile, change.Key) == nil {
			if childOf(profile, group) == nil && change.Value == "" {
				continue
			}
			holder, key = mappingBelow(profile, group), last
		}
		if change.Value == "" {
			dropNode(holder, key)
			continue
		}
		setNode(holder, key, scalarNode(change.Value))
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if encoder.Encode(&file) != nil || encoder.Close() != nil {
		return nil, false
	}
	// The writer has no place for some comments, such as those within braces.
	var again yaml.Node
	if yaml.Unmarshal(out.Bytes(), &again) != nil || !maps.Equal(comments(&file, map[string]int{}), comments(&again, map[string]int{})) {
		return nil, false
	}
	return out.Bytes(), true
}

// position finds a key's place among a mapping's nodes, -1 if it is not there.
func position(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// childOf gives the value of a mapping's key, nil if it is not there.
func childOf(mapping *yaml.Node, key string) *yaml.Node {
	if at := position(mapping, key); at >= 0 {
		return mapping.Content[at+1]
	}
	return nil
}

func scalarNode(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// setNode sets a key, keeping the comments beside its old value.
func setNode(mapping *yaml.Node, key string, value *yaml.Node) {
	at := position(mapping, key)
	if at < 0 {
		mapping.Content = append(mapping.Content, scalarNode(key), value)
		return
	}
	old := mapping.Content[at+1]
	value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
	mapping.Content[at+1] = value
}

func dropNode(mapping *yaml.Node, key string) {
	if at := position(mapping, key); at >= 0 {
		mapping.Content = append(mapping.Content[:at], mapping.Content[at+2:]...)
	}
}

// mappingBelow gives the mapping that stands at a key, made if there is none.
// It is written in lines from now on.
func mappingBelow(mapping *yaml.Node, key string) *yaml.Node {
	mapping.Style &^= yaml.FlowStyle
	below := childOf(mapping, key)
	if below == nil || below.Kind != yaml.MappingNode {
		below = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setNode(mapping, key, below)
	}
	if below.Style&yaml.FlowStyle != 0 && below.LineComment != "" {
		// Behind a closing brace there is a place for it, behind lines there is none.
		holder := mapping.Content[position(mapping, key)]
		holder.HeadComment = strings.TrimPrefix(holder.HeadComment+"\n"+below.LineComment, "\n")
		below.LineComment = ""
	}
	below.Style &^= yaml.FlowStyle
	return below
}
