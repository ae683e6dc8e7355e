package diagnose

import (
	"bytes"
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/sign"
)

// The dimensions of the search, in the order in which deviations are likely and
// in which they are listed.
const (
	inBody = iota
	inTimestamp
	inPath
	inEnds
	inCredentials
	inSeparator
	inDigest
	inMethod
	inLayout
	dimensions
)

// maxPrepared bounds the bytes of all prepared variants together, and
// maxRewritten the length of a body of which every variant is made.
const (
	maxPrepared  = 64 << 20
	maxRewritten = 64 << 10
)

// A plan is everything that a search puts together.
type plan struct {
	dims  [dimensions]dimension
	vault vault
	full  bool // not every variant could be prepared
}

// newPlan prepares the variants of a capture up to a number of deviations.
func newPlan(c Capture, s Secrets, o Options, depth int) *plan {
	p := &plan{vault: vault{known: map[string]int{}}}
	room := maxPrepared
	address := takeApart(c.Target)
	document := readDocument(c.Body)

	bodyDepth := depth
	if len(c.Body) > maxRewritten {
		bodyDepth, p.full = min(depth, 1), depth > 1
	}
	bodies := composer{operations: bodyOperations(), room: &room}
	p.set(inBody, PartBody, bodies.compose(c.Body, bodyDepth))
	p.set(inTimestamp, PartTimestamp, timestampVariants(c.Timestamp, bodyTimestamp(document), depth, &room))
	p.dims[inPath] = pathVariants(c, address, document, o, depth, &room)
	p.dims[inCredentials] = credentialVariants(s, c.APIKey, &p.vault, depth, &room)
	p.dims[inSeparator] = separatorVariants(separatorOf(o))
	p.dims[inDigest] = digestVariants(c.Signature)
	p.dims[inEnds] = endVariants()
	p.dims[inMethod] = methodVariants(c.Method)
	p.dims[inLayout] = layoutVariants(depth)
	p.full = p.full || bodies.full || room < 0
	return p
}

func (p *plan) set(at int, part Part, variants []variant) {
	p.dims[at].part = part
	for _, v := range variants {
		p.dims[at].add(v)
	}
}

func separatorOf(o Options) string {
	if o.Separator == "" {
		return sign.DefaultSeparator
	}
	return o.Separator
}

// pathVariants: the rule is the path that the request came in on, or that of
// the body's webhook_url; either is right.
func pathVariants(c Capture, a address, document *document, o Options, depth int, room *int) dimension {
	d := dimension{part: PartPath}
	var hosts []string
	for _, host := range append([]string{c.Host, a.host}, o.Hosts...) {
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	request := composer{operations: pathOperations(a, hosts, o.Prefixes), room: room}
	own := request.compose([]byte(a.path), depth)
	for _, v := range own {
		d.add(v)
	}
	other := webhookPath(document)
	if other == "" || other == a.path {
		return d
	}
	if i := slices.IndexFunc(own, func(v variant) bool { return string(v.text) == other }); i >= 0 {
		for cost := range d.byCost { // it is right, so it is no deviation
			d.byCost[cost] = slices.DeleteFunc(d.byCost[cost], func(v variant) bool { return bytes.Equal(v.text, own[i].text) })
		}
	}
	d.add(variant{text: []byte(other), weight: 1})
	return d
}

// rule is the candidate without a deviation, in which the parts can be found;
// what the given signature's form leaves open is the digest's own matter.
func (p *plan) rule() candidate {
	var c candidate
	for at := range c {
		if free := p.dims[at].byCost[0]; len(free) > 0 {
			c[at] = &free[0]
		}
	}
	return c
}

// A candidate is one choice of a variant in every dimension.
type candidate [dimensions]*variant

// build appends the string that the candidate signs.
func (c *candidate) build(dst []byte) []byte {
	separator := c[inSeparator].text
	ends := c[inEnds].order
	if len(ends) > 0 && ends[0] == 0 {
		dst = append(dst, separator...)
	}
	for i, part := range c[inLayout].order {
		if i > 0 {
			dst = append(dst, separator...)
		}
		switch part {
		case atMethod:
			dst = append(dst, c[inMethod].text...)
		case atPath:
			dst = append(dst, c[inPath].text...)
		case atBody:
			dst = append(dst, c[inBody].text...)
		case atTimestamp:
			dst = append(dst, c[inTimestamp].text...)
		default:
			dst = append(dst, c[inCredentials].text...)
		}
	}
	if len(ends) > 0 && ends[0] == 1 {
		dst = append(dst, separator...)
	}
	return dst
}

// weight says how likely a candidate is among those with as many deviations;
// less is likelier.
func (c *candidate) weight() int {
	total := 0
	for at, v := range c {
		if v.cost > 0 {
			total += 40*at + 2*v.weight
		}
		total += 1000 * len(v.deviations)
	}
	return total
}

// codes lists the deviations of a candidate.
func (c *candidate) codes() []string {
	var all []string
	for _, v := range c {
		all = append(all, v.deviations...)
	}
	return all
}

// key tells candidates with the same string, secret and digest apart by what
// they say: two that name the same deviations are one explanation.
func (c *candidate) key() string { return strings.Join(c.codes(), " ") }
