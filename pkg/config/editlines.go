package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// byLines makes the edit line by line. After each step the text is read again,
// so that a step need not know what the one before moved.
func (e edit) byLines(data []byte) ([]byte, bool) {
	steps := []func(*lineText) bool{}
	if e.defaultProfile != "" {
		steps = append(steps, func(t *lineText) bool { return t.setTop("default_profile", e.defaultProfile) })
	}
	steps = append(steps, func(t *lineText) bool { return t.ensureProfile(e.profile) })
	for _, change := range inOrder(e.changes) {
		steps = append(steps, func(t *lineText) bool { return t.change(e.profile, change) })
	}
	for _, step := range steps {
		t, ok := readLines(data)
		if !ok || !step(t) {
			return nil, false
		}
		data = []byte(strings.Join(t.lines, ""))
	}
	return data, true
}

// inOrder sorts changes as the settings are documented.
func inOrder(changes []Change) []Change {
	keys := keysOf(Settings())
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b Change) int { return slices.Index(keys, a.Key) - slices.Index(keys, b.Key) })
	return sorted
}

// lineText is the file as lines with their endings, and as nodes that know
// their lines.
type lineText struct {
	lines  []string
	ending string     // of the lines: "\n", or "\r\n" where an editor of Windows wrote them
	root   *yaml.Node // nil if nothing but comments is there
}

func readLines(data []byte) (*lineText, bool) {
	t := &lineText{lines: strings.SplitAfter(string(data), "\n"), ending: "\n"}
	if last := len(t.lines) - 1; t.lines[last] == "" {
		t.lines = t.lines[:last]
	}
	if len(t.lines) > 0 && strings.HasSuffix(t.lines[0], "\r\n") {
		t.ending = "\r\n"
	}
	root, err := parseYAML("", data)
	if err != nil || root == nil {
		return t, err == nil
	}
	t.root = root
	return t, inBlock(root)
}

// inBlock says whether a mapping is written in lines and not in braces.
func inBlock(node *yaml.Node) bool {
	return node.Kind == yaml.MappingNode && node.Style&yaml.FlowStyle == 0 && len(node.Content) > 0
}

// insert puts a line before the line with this index.
func (t *lineText) insert(index, indent int, text string) {
	if index > 0 && !strings.HasSuffix(t.lines[index-1], "\n") {
		t.lines[index-1] += t.ending
	}
	t.lines = slices.Insert(t.lines, index, strings.Repeat(" ", indent)+text+t.ending)
}

// setTop sets a key at the top of the file.
func (t *lineText) setTop(key, value string) bool {
	if t.root == nil {
		t.insert(len(t.lines), 0, key+": "+quoted(value))
		return true
	}
	if at := position(t.root, key); at >= 0 {
		return t.replace(t.root.Content[at], t.root.Content[at+1], value)
	}
	first := t.root.Content[0]
	t.insert(first.Line-1, first.Column-1, key+": "+quoted(value))
	return true
}

// ensureProfile makes a profile without settings if the file does not have it,
// behind the others.
func (t *lineText) ensureProfile(name string) bool {
	if t.root == nil || position(t.root, "profiles") < 0 {
		indent := 0
		if t.root != nil {
			indent = t.root.Content[0].Column - 1
		}
		t.insert(len(t.lines), indent, "profiles:")
		t.insert(len(t.lines), indent+2, name+":")
		return true
	}
	at := position(t.root, "profiles")
	key, profiles := t.root.Content[at], t.root.Content[at+1]
	indent := key.Column + 1
	switch {
	case inBlock(profiles):
		if position(profiles, name) >= 0 {
			return true
		}
		indent = profiles.Content[0].Column - 1
	case !isNull(profiles) || profiles.Value != "":
		return false
	}
	place := key.Line // right behind the line of the key
	if at+2 == len(t.root.Content) {
		place = len(t.lines)
	}
	t.insert(place, indent, name+":")
	return true
}

// change makes one change in a profile that is there.
func (t *lineText) change(profile string, c Change) bool {
	profiles := childOf(t.root, "profiles")
	if profiles == nil || !inBlock(profiles) {
		return false
	}
	at := position(profiles, profile)
	if at < 0 {
		return false
	}
	key, holder := profiles.Content[at], profiles.Content[at+1]
	name := c.Key
	if group, last, grouped := strings.Cut(c.Key, "."); grouped && (isNull(holder) || position(holder, c.Key) < 0) {
		switch inGroup := position(holder, group); {
		case inGroup >= 0:
			key, holder, name = holder.Content[inGroup], holder.Content[inGroup+1], last
		case c.Value == "":
			return true
		default:
			return t.addGroup(key, holder, group, last, c.Value)
		}
	}
	if isNull(holder) && holder.Value == "" {
		if c.Value != "" {
			t.insert(key.Line, key.Column+1, name+": "+quoted(c.Value))
		}
		return true
	}
	if !inBlock(holder) {
		return false
	}
	if at := position(holder, name); at >= 0 {
		if c.Value == "" {
			return t.remove(holder.Content[at], holder.Content[at+1])
		}
		return t.replace(holder.Content[at], holder.Content[at+1], c.Value)
	}
	if c.Value != "" {
		t.insert(t.behind(holder, c.Key), holder.Content[0].Column-1, name+": "+quoted(c.Value))
	}
	return true
}

// addGroup adds "limits:" with one setting in it.
func (t *lineText) addGroup(key, profile *yaml.Node, group, last, value string) bool {
	index, indent := key.Line, key.Column+1
	if inBlock(profile) {
		index, indent = t.behind(profile, group+"."+last), profile.Content[0].Column-1
	} else if !isNull(profile) || profile.Value != "" {
		return false
	}
	t.insert(index, indent, group+":")
	t.insert(index+1, indent+2, last+": "+quoted(value))
	return true
}

// behind finds the line for a new setting: behind the last of those documented
// before it whose value ends on its own line, else before the first key.
func (t *lineText) behind(mapping *yaml.Node, key string) int {
	keys := keysOf(Settings())
	wanted, best, index := slices.Index(keys, key), -1, mapping.Content[0].Line-1
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := mapping.Content[i], mapping.Content[i+1]
		rank := slices.IndexFunc(keys, func(k string) bool { return k == name.Value || strings.HasSuffix(k, "."+name.Value) })
		if _, _, ok := t.valueAt(name, value); ok && rank > best && rank < wanted {
			best, index = rank, name.Line
		}
	}
	return index
}

// replace puts another value in the place of one that stands on one line. What
// stands behind it, such as a comment, stays.
func (t *lineText) replace(key, value *yaml.Node, text string) bool {
	start, end, ok := t.valueAt(key, value)
	if !ok {
		return false
	}
	line := t.lines[key.Line-1]
	t.lines[key.Line-1] = line[:start] + " " + quoted(text) + line[end:]
	return true
}

// remove takes out the line of a setting.
func (t *lineText) remove(key, value *yaml.Node) bool {
	if _, _, ok := t.valueAt(key, value); !ok {
		return false
	}
	t.lines = slices.Delete(t.lines, key.Line-1, key.Line)
	return true
}

// valueAt gives the bytes of a value in its key's line, from behind the colon,
// if key and value have that line for themselves.
func (t *lineText) valueAt(key, value *yaml.Node) (start, end int, ok bool) {
	line := t.lines[key.Line-1]
	at := byteOf(line, key.Column-1)
	behind := at + len(key.Value)
	if key.Style != 0 || value.Kind != yaml.ScalarNode || strings.TrimSpace(line[:at]) != "" ||
		len(line) <= behind || line[at:behind] != key.Value || line[behind] != ':' {
		return 0, 0, false
	}
	start = behind + 1
	if isNull(value) && value.Value == "" {
		return start, start, restIsComment(line[start:])
	}
	if value.Line != key.Line {
		return 0, 0, false
	}
	from := byteOf(line, value.Column-1)
	end = from + scalarLength(line[from:], value)
	return start, end, end > from && restIsComment(line[end:])
}
