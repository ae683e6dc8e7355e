package diagnose

import "slices"

// A variant is one way in which a part of the signature string may have been
// made. It is prepared once; the search only puts variants together.
type variant struct {
	text       []byte
	deviations []string // none: it is the rule
	tools      []Tool
	weight     int // the smaller, the likelier among variants of the same part
	cost       int // how many deviations it counts for

	secret int     // index into the plan's secrets, of credentials
	order  []uint8 // of the layout: which parts, in which order
	digest digest  // of the digest
}

// A dimension holds the variants of one part by their cost. It may have several
// that cost nothing, where the rule leaves a choice, and none, where the given
// signature itself shows a deviation.
type dimension struct {
	part   Part
	byCost [MaxDepth + 1][]variant
}

func (d *dimension) add(v variant) {
	if v.cost < len(d.byCost) {
		d.byCost[v.cost] = append(d.byCost[v.cost], v)
	}
}

// A subject is the text that an operation changes, with its reading as JSON
// made at most once.
type subject struct {
	text []byte
	doc  *document
	read bool
}

// json gives the text read as JSON, nil if it is none.
func (s *subject) json() *document {
	if !s.read {
		s.doc, s.read = readDocument(s.text), true
	}
	return s.doc
}

// An operation is one deviation in the making of a part.
type operation struct {
	name  string
	cost  int // 0 counts as 1; more for what would else multiply the search
	tool  Tool
	apply func(*subject) []byte // nil: it does not apply

	// names gives the deviations where the operation is a tool's habit that is
	// made of several; nil: name alone.
	names func(*subject) []string
}

// A composer makes all variants of a part out of operations, up to two at once:
// what takes three in one part is left to the tools' own habits, each of which
// is a single operation. Variants with equal bytes are one: the cheapest stands,
// and the tools that do the same are added to it.
type composer struct {
	operations []operation
	room       *int // bytes that may still be prepared
	full       bool // room ran out

	made  []variant
	known map[string]int // text → index in made
}

// compose gives the variants of a text up to a cost; the first is the text itself.
func (c *composer) compose(text []byte, depth int) []variant {
	c.known = map[string]int{}
	c.keep(variant{text: text})
	base := &subject{text: text}
	for i, op := range c.operations {
		c.try(base, variant{}, op, i, depth)
	}
	if depth < 2 {
		return c.made
	}
	for _, first := range slices.Clone(c.made[1:]) {
		if first.cost > 1 {
			continue
		}
		changed := &subject{text: first.text}
		for i, op := range c.operations {
			if !slices.Contains(first.deviations, op.name) {
				c.try(changed, first, op, i, depth)
			}
		}
	}
	return c.made
}

// try applies an operation after what was done before.
func (c *composer) try(s *subject, before variant, op operation, index, depth int) {
	cost := before.cost + max(op.cost, 1)
	if cost > depth || c.full {
		return
	}
	text := op.apply(s)
	if text == nil {
		return
	}
	v := variant{text: text, weight: before.weight + index + 1, cost: cost}
	if op.tool != "" && before.cost == 0 {
		v.tools = []Tool{op.tool}
	}
	if _, known := c.known[string(text)]; !known { // the names are dear, and most texts come up again
		v.deviations = slices.Clone(before.deviations)
		for _, name := range op.named(s) {
			if !slices.Contains(v.deviations, name) {
				v.deviations = append(v.deviations, name)
			}
		}
	}
	c.keep(v)
}

// named gives the deviations that the operation stands for.
func (op *operation) named(s *subject) []string {
	if op.names == nil {
		return []string{op.name}
	}
	return op.names(s)
}

// keep adds a variant, or what is new about it to the one with equal bytes.
func (c *composer) keep(v variant) {
	if at, ok := c.known[string(v.text)]; ok {
		old := &c.made[at]
		for _, tool := range v.tools {
			if old.cost == v.cost && !slices.Contains(old.tools, tool) {
				old.tools = append(old.tools, tool)
			}
		}
		return
	}
	if *c.room -= len(v.text); *c.room < 0 && len(c.made) > 0 {
		c.full = true
		return
	}
	c.known[string(v.text)] = len(c.made)
	c.made = append(c.made, v)
}
