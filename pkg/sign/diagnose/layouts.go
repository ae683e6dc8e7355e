package diagnose

// The five parts of the signature string, in the order of section 1.
const (
	atMethod = iota
	atPath
	atBody
	atTimestamp
	atKey
	partCount
)

// layoutVariants lists which parts are joined, and in which order: the rule,
// one or two parts missing, all other orders.
func layoutVariants(depth int) dimension {
	d := dimension{part: PartLayout}
	d.add(variant{order: []uint8{atMethod, atPath, atBody, atTimestamp, atKey}})
	// The parts in the order in which they are forgotten.
	missing := []struct {
		part uint8
		name string
	}{{atKey, "parts.no_key"}, {atTimestamp, "parts.no_timestamp"}, {atMethod, "parts.no_method"}, {atPath, "parts.no_path"}, {atBody, "parts.no_body"}}
	lacking := func(skip ...uint8) []uint8 {
		var order []uint8
		for part := range uint8(partCount) {
			if !contains(skip, part) {
				order = append(order, part)
			}
		}
		return order
	}
	for i, first := range missing {
		d.add(variant{order: lacking(first.part), deviations: []string{first.name}, cost: 1, weight: i})
		for j, second := range missing[i+1:] {
			d.add(variant{
				order: lacking(first.part, second.part), deviations: []string{first.name, second.name}, cost: 2, weight: i + j + 1,
			})
		}
	}
	permute(lacking(), func(order []uint8) {
		if far := displaced(order); far > 0 {
			d.add(variant{order: order, deviations: []string{"parts.order"}, cost: 1, weight: 5 + far})
		}
	})
	if depth < 2 {
		return d
	}
	for i, one := range missing {
		inOrder := lacking(one.part)
		permute(inOrder, func(order []uint8) {
			if far := displacedFrom(order, inOrder); far > 0 {
				d.add(variant{order: order, deviations: []string{one.name, "parts.order"}, cost: 2, weight: i + 5 + far})
			}
		})
	}
	return d
}

func contains(all []uint8, one uint8) bool {
	for _, other := range all {
		if other == one {
			return true
		}
	}
	return false
}

// permute calls do with every order of the parts, each a slice of its own.
func permute(parts []uint8, do func([]uint8)) {
	var walk func(done, rest []uint8)
	walk = func(done, rest []uint8) {
		if len(rest) == 0 {
			do(append([]uint8{}, done...))
			return
		}
		for i := range rest {
			less := append(append([]uint8{}, rest[:i]...), rest[i+1:]...)
			walk(append(done, rest[i]), less)
		}
	}
	walk(make([]uint8, 0, len(parts)), parts)
}

func displaced(order []uint8) int {
	return displacedFrom(order, []uint8{atMethod, atPath, atBody, atTimestamp, atKey})
}

// displacedFrom counts the pairs that stand the other way round: two exchanged
// neighbours are likelier than a thorough shuffle.
func displacedFrom(order, rule []uint8) int {
	place := [partCount]int{}
	for i, part := range rule {
		place[part] = i
	}
	n := 0
	for i := range order {
		for j := i + 1; j < len(order); j++ {
			if place[order[i]] > place[order[j]] {
				n++
			}
		}
	}
	return n
}

// separatorVariants lists what stands between the parts. The document's own
// print shows several of them.
func separatorVariants(rule string) dimension {
	d := dimension{part: PartSeparator}
	d.add(variant{text: []byte(rule)})
	weight := 0
	for _, other := range []struct{ name, text string }{
		{"separator.line_feed", "\n"}, {"separator.literal", `\n`}, {"separator.none", ""}, {"separator.crlf", "\r\n"},
		{"separator.backslash_line_feed", "\\\n"}, {"separator.space_line_feed", " \n"}, {"separator.line_feed_space", "\n "},
		{"separator.pipe", "|"}, {"separator.colon", ":"}, {"separator.dot", "."}, {"separator.space", " "}, {"separator.comma", ","},
		{"separator.semicolon", ";"}, {"separator.ampersand", "&"}, {"separator.dash", "-"}, {"separator.tab", "\t"},
		{"separator.carriage_return", "\r"}, {"separator.literal", `\r\n`}, {"separator.literal", `\\n`}, {"separator.backslash", `\`},
		{"separator.slash", "/"}, {"separator.double_line_feed", "\n\n"}, {"separator.underscore", "_"}, {"separator.plus", "+"},
	} {
		if other.text == rule {
			continue
		}
		weight++
		d.add(variant{text: []byte(other.text), deviations: []string{other.name}, weight: weight, cost: 1})
	}
	return d
}

// endVariants lists whether a separator also stands at the string's ends. The
// variant's order says where: 0 before, 1 after.
func endVariants() dimension {
	d := dimension{part: PartEnds}
	d.add(variant{})
	d.add(variant{order: []uint8{1}, deviations: []string{"separator.trailing"}, cost: 1})
	d.add(variant{order: []uint8{0}, deviations: []string{"separator.leading"}, cost: 1, weight: 5})
	return d
}
