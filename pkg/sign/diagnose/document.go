package diagnose

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNodes and maxNesting bound what is read as JSON.
const (
	maxNodes   = 20_000
	maxNesting = 100
)

// A document is a body read as JSON, with the place of every scalar in it, so
// that one can be rewritten and all else stay as it is.
type document struct {
	text  []byte
	root  node
	style style
}

// A node is a value.
type node struct {
	kind       jsontext.Kind
	start, end int    // of a scalar, in the text
	key        *node  // of a member of an object: its name
	under      string // of a member: its name, decoded
	children   []node
}

// A style is how a document is written, as far as that can be told from it.
type style struct {
	space   space
	slash   bool // slashes are escaped
	unicode escapes
	html    escapes
}

// readDocument reads a text as one JSON value; nil if it is none, is too large
// to be worth it, or has no structure (a lone number has no style).
func readDocument(text []byte) *document {
	decoder := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	r := documentReader{decoder: decoder, text: text, left: maxNodes}
	root, ok := r.value(0)
	if !ok || (root.kind != '{' && root.kind != '[') || len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0 {
		return nil
	}
	d := &document{text: text, root: root}
	d.style = d.detect()
	return d
}

type documentReader struct {
	decoder *jsontext.Decoder
	text    []byte
	left    int
}

// value reads the next value; false if there is none, or too many were read.
func (r *documentReader) value(depth int) (node, bool) {
	if r.left--; r.left < 0 || depth > maxNesting {
		return node{}, false
	}
	kind := r.decoder.PeekKind()
	switch kind {
	case '{', '[':
	case jsontext.KindInvalid, '}', ']':
		return node{}, false
	default:
		raw, err := r.decoder.ReadValue()
		end := int(r.decoder.InputOffset())
		return node{kind: kind, start: end - len(raw), end: end}, err == nil
	}
	n := node{kind: kind}
	if _, err := r.decoder.ReadToken(); err != nil {
		return n, false
	}
	for next := r.decoder.PeekKind(); next != '}' && next != ']'; next = r.decoder.PeekKind() {
		var key *node
		name := ""
		if kind == '{' {
			k, ok := r.value(depth + 1)
			if !ok {
				return n, false
			}
			name = unquote(r.text[k.start:k.end])
			key = &k
		}
		child, ok := r.value(depth + 1)
		if !ok {
			return n, false
		}
		child.key, child.under = key, name
		n.children = append(n.children, child)
	}
	_, err := r.decoder.ReadToken()
	return n, err == nil
}

// detect finds out how the document is written.
func (d *document) detect() style {
	s := style{slash: bytes.Contains(d.text, []byte(`\/`))}
	for _, sp := range []space{spaceCompact, spaceSpaced, spaceIndent2, spaceIndent4} {
		if bytes.Equal(d.render(form{space: sp}), d.text) {
			s.space = sp
			break
		}
	}
	s.unicode, s.html = escapesIn(d.text)
	return s
}

// render writes the document in another form. What the form leaves alone stays
// as it was, byte for byte where that is possible: a change of order is written
// in the document's own style, or compact if that is nobody's.
func (d *document) render(f form) []byte {
	w := documentWriter{d: d, form: f}
	if f.space == spaceAsIs && f.order == orderAsIs {
		w.flat(&d.root)
		return append(w.out, d.text[w.copied:]...)
	}
	if w.form.space == spaceAsIs {
		w.form.space = d.style.space
	}
	w.nested(&d.root, 0)
	return w.out
}

type documentWriter struct {
	d      *document
	form   form
	out    []byte
	copied int
}

// flat copies the text and rewrites the scalars in it.
func (w *documentWriter) flat(n *node) {
	if n.key != nil {
		w.inPlace(n.key)
	}
	if n.kind != '{' && n.kind != '[' {
		w.inPlace(n)
		return
	}
	for i := range n.children {
		w.flat(&n.children[i])
	}
}

func (w *documentWriter) inPlace(n *node) {
	w.out = append(w.out, w.d.text[w.copied:n.start]...)
	w.scalar(n)
	w.copied = n.end
}

// nested writes a value with the white space of the form.
func (w *documentWriter) nested(n *node, depth int) {
	if n.kind != '{' && n.kind != '[' {
		w.scalar(n)
		return
	}
	closing := byte('}')
	if n.kind == '[' {
		closing = ']'
	}
	w.out = append(w.out, byte(n.kind))
	for i, child := range w.ordered(n) {
		if i > 0 {
			w.out = append(w.out, ',')
			if w.form.space == spaceSpaced {
				w.out = append(w.out, ' ')
			}
		}
		w.breakLine(depth + 1)
		if child.key != nil {
			w.scalar(child.key)
			w.out = append(w.out, ':')
			if w.form.space != spaceCompact && w.form.space != spaceAsIs {
				w.out = append(w.out, ' ')
			}
		}
		w.nested(child, depth+1)
	}
	if len(n.children) > 0 {
		w.breakLine(depth)
	}
	w.out = append(w.out, closing)
}

func (w *documentWriter) breakLine(depth int) {
	width := w.form.space.indent()
	if width == 0 {
		return
	}
	w.out = append(w.out, '\n')
	for range width * depth {
		w.out = append(w.out, ' ')
	}
}

// ordered gives an object's members in the order of the form.
func (w *documentWriter) ordered(n *node) []*node {
	children := make([]*node, len(n.children))
	for i := range n.children {
		children[i] = &n.children[i]
	}
	if n.kind != '{' {
		return children
	}
	switch w.form.order {
	case orderSorted:
		slices.SortStableFunc(children, func(a, b *node) int { return bytes.Compare([]byte(a.under), []byte(b.under)) })
	case orderDocument:
		slices.SortStableFunc(children, func(a, b *node) int { return documentPlace(a.under) - documentPlace(b.under) })
	case orderReversed:
		slices.Reverse(children)
	case orderAsIs:
	}
	return children
}

// documentPlace is a field's place in the bodies of sections 3 to 5, which name
// their fields in one order.
func documentPlace(name string) int {
	for i, known := range [...]string{
		"success", "payout_id", "user_id", "status", "amount", "currency", "payment_method", "webhook_url", "request_id", "timestamp",
	} {
		if known == name {
			return i
		}
	}
	return 100
}
