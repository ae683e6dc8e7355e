package config

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML gives the root of the only document, nil if there is nothing in it.
func parseYAML(path string, data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, notYAML(path, err)
	}
	// viper and most programs would silently leave a second document unread.
	if err := decoder.Decode(&second); err == nil {
		return nil, &SyntaxError{Path: path, Line: second.Line, Problem: SecondDocument}
	} else if !errors.Is(err, io.EOF) {
		return nil, notYAML(path, err)
	}
	node := root.Content[0]
	if isNull(node) {
		return nil, nil
	}
	return node, nil
}

// notYAML makes an error of the parser's, which has no type of its own: the
// line is read off its text, and words that it quotes are masked, since a secret
// that begins with * or & is an alias or anchor to YAML.
func notYAML(path string, err error) *SyntaxError {
	result := &SyntaxError{Path: path, Problem: NotYAML}
	detail := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, found := strings.CutPrefix(detail, "line "); found {
		if number, after, found := strings.Cut(rest, ": "); found {
			result.Line, _ = strconv.Atoi(number)
			detail = after
		}
	}
	result.Detail = maskQuoted(detail)
	return result
}

// maskQuoted replaces what stands in quotes, except single characters: those
// are the parser's own ("did not find expected ',' or ']'").
func maskQuoted(text string) string {
	first, last := strings.IndexAny(text, "'\"`"), strings.LastIndexAny(text, "'\"`")
	if first < 0 || last == first {
		return text
	}
	inner := text[first : last+1]
	for _, own := range []string{`','`, `']'`, `'}'`, `':'`, `'-'`, `'?'`, `'%'`, " or "} {
		inner = strings.ReplaceAll(inner, own, "")
	}
	if strings.Trim(inner, " ") == "" {
		return text
	}
	return text[:first] + mask + text[last+1:]
}

// parser walks the nodes of one file. With faults it goes on after a mistake
// and collects what it finds.
type parser struct {
	path   string
	faults *[]error
}

// found ends the walk with a mistake, or notes it and goes on.
func (p parser) found(err error) error {
	if err == nil || p.faults == nil {
		return err
	}
	*p.faults = append(*p.faults, err)
	return nil
}

// fail makes the error for a node.
func (p parser) fail(key string, node *yaml.Node, problem SyntaxProblem) error {
	return &SyntaxError{Path: p.path, Line: node.Line, Key: clip(key), Problem: problem}
}

// mapping calls each for every "key: value" of a node. Where the parser would
// let the last of two equal keys win, or copy what an anchor names, the file
// is refused: a person reading it would not see which value counts.
func (p parser) mapping(node *yaml.Node, name string, each func(key string, line int, value *yaml.Node) error) error {
	if isNull(node) {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		return p.fail(name, node, NotMapping)
	}
	if err := p.noReference(name, node); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return p.fail(name, key, NotValue)
		}
		if err := p.noReference(name, key); err != nil {
			return err
		}
		err := p.fail(key.Value, key, DuplicateKey)
		if !seen[key.Value] {
			err = each(key.Value, key.Line, value)
		}
		seen[key.Value] = true
		if err := p.found(err); err != nil {
			return err
		}
	}
	return nil
}

// noReference refuses anchors, aliases, merge keys and tags.
func (p parser) noReference(key string, node *yaml.Node) error {
	if node.Kind == yaml.AliasNode || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 || node.Tag == "!!merge" {
		return p.fail(key, node, HasReference)
	}
	return nil
}

// scalar reads one value as the text that stands there: 1000000.10 stays as it
// is, and an id keeps its leading zeros.
func (p parser) scalar(key string, node *yaml.Node) (entry, error) {
	if err := p.noReference(key, node); err != nil {
		return entry{}, err
	}
	if node.Kind != yaml.ScalarNode {
		return entry{}, p.fail(key, node, NotValue)
	}
	if isNull(node) {
		return entry{line: node.Line}, nil
	}
	return entry{value: node.Value, line: node.Line}, nil
}

// list reads a sequence of values.
func (p parser) list(key string, node *yaml.Node) ([]string, error) {
	if err := p.noReference(key, node); err != nil {
		return nil, err
	}
	var items []string
	for _, child := range node.Content {
		item, err := p.scalar(key, child)
		if err != nil {
			return nil, err
		}
		items = append(items, item.value)
	}
	return items, nil
}

// isNull says whether a node is empty or null.
func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }
