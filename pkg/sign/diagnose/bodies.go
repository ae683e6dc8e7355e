package diagnose

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // other people's code hashes bodies with it; here it is only recognised
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// bodyOperations lists what is done to a body between sending and signing, the
// likeliest first: it was written again, or its ends or its bytes were touched.
func bodyOperations() []operation {
	ops := []operation{
		whole("body.line_feed_added", func(b []byte) []byte { return append(slices.Clone(b), '\n') }),
		whole("body.line_feed_lost", cutLineEnd),
	}
	for _, f := range []form{
		{space: spaceCompact},
		{number: numberFloat}, {number: numberShort}, {space: spaceSpaced}, {space: spaceIndent2}, {space: spaceIndent4},
		{order: orderSorted}, {order: orderDocument}, {slash: slashEscaped}, {slash: slashPlain},
		{unicode: escapesLower}, {unicode: escapesUpper}, {unicode: escapesNone},
		{number: numberFixed2}, {number: numberPoint}, {number: numberText}, {number: numberTextFixed},
		{number: numberTextFloat}, {number: numberTextShort}, {number: numberComma}, {number: numberBig}, {number: numberBare},
		{html: escapesLower}, {html: escapesSharp}, {html: escapesWide}, {html: escapesNone}, {order: orderReversed},
	} {
		ops = append(ops, reform("", f))
	}
	for _, h := range habits() {
		ops = append(ops, reform(h.tool, h.form))
	}
	return append(ops, bodyEnvelopes()...)
}

// bodyEnvelopes lists what is done to a body whatever it holds.
func bodyEnvelopes() []operation {
	instead := func(name, text string) operation {
		return whole(name, func([]byte) []byte { return []byte(text) })
	}
	hashed := func(name string, sum func([]byte) []byte, encode func([]byte) string) operation {
		return whole(name, func(b []byte) []byte { return []byte(encode(sum(b))) })
	}
	sum256 := func(b []byte) []byte { sum := sha256.Sum256(b); return sum[:] }
	base := base64.StdEncoding.EncodeToString
	return []operation{
		instead("body.empty", ""),
		instead("body.empty_object", "{}"),
		whole("body.trimmed", func(b []byte) []byte { return append([]byte{}, bytes.TrimSpace(b)...) }),
		hashed("body.hashed", sum256, hex.EncodeToString),
		hashed("body.hashed", sum256, base),
		hashed("body.hashed", sum256, func(b []byte) string { return string(b) }),
		hashed("body.hashed", sum256, func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }),
		hashed("body.hashed", func(b []byte) []byte { sum := md5.Sum(b); return sum[:] }, hex.EncodeToString),  //nolint:gosec // recognised only
		hashed("body.hashed", func(b []byte) []byte { sum := md5.Sum(b); return sum[:] }, base),                //nolint:gosec // recognised only
		hashed("body.hashed", func(b []byte) []byte { sum := sha1.Sum(b); return sum[:] }, hex.EncodeToString), //nolint:gosec // recognised only
		hashed("body.hashed", func(b []byte) []byte { sum := sha512.Sum512(b); return sum[:] }, hex.EncodeToString),
		hashed("body.base64", slices.Clone[[]byte], base),
		whole("body.bom", func(b []byte) []byte { return append([]byte("\ufeff"), b...) }),
		whole("body.bom_lost", func(b []byte) []byte { return cutPrefix(b, "\ufeff") }),
		whole("body.crlf", func(b []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		}),
		whole("body.crlf_lost", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }),
		whole("body.crlf_added", func(b []byte) []byte { return append(slices.Clone(b), "\r\n"...) }),
		webForm(false, false, true), webForm(true, false, true), webForm(false, true, true),
		webForm(false, false, false), webForm(true, false, false),
		whole("body.quoted", func(b []byte) []byte {
			return appendQuoted(nil, string(b), false, escapesNone, escapesNone)
		}),
		whole("body.charset", misread),
		whole("body.charset", func(b []byte) []byte { return replaceWide(b, '?') }),
		instead("body.stringified", "[object Object]"),
		instead("body.stringified", "null"),
		instead("body.stringified", "undefined"),
		instead("body.stringified", "Array"),
		whole("body.no_spaces", func(b []byte) []byte { return without(b, " \t\r\n") }),
	}
}

// whole makes an operation on the bytes alone. One that changes nothing does
// not apply.
func whole(name string, change func([]byte) []byte) operation {
	return operation{name: name, apply: func(s *subject) []byte {
		changed := change(s.text)
		if bytes.Equal(changed, s.text) {
			return nil
		}
		return changed
	}}
}

// reform makes an operation of a form: one that reads the body as JSON and
// writes it again.
func reform(tool Tool, f form) operation {
	op := operation{
		tool: tool,
		apply: func(s *subject) []byte {
			d := s.json()
			if d == nil {
				return nil
			}
			changed := d.render(f)
			if bytes.Equal(changed, s.text) {
				return nil
			}
			return changed
		},
	}
	if tool == "" {
		op.name = f.list()[0]
		return op
	}
	op.name = "body." + string(tool) // never shown: the names below are
	op.names = func(s *subject) []string { return s.json().names(f) }
	return op
}

func cutPrefix(b []byte, prefix string) []byte {
	rest, _ := bytes.CutPrefix(b, []byte(prefix))
	return rest
}

// cutLineEnd takes off one line ending, or nothing.
func cutLineEnd(b []byte) []byte {
	rest, found := bytes.CutSuffix(b, []byte("\n"))
	if found {
		rest = bytes.TrimSuffix(rest, []byte("\r"))
	}
	return rest
}

func without(b []byte, cut string) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if strings.IndexByte(cut, c) < 0 {
			out = append(out, c)
		}
	}
	return out
}

// misread takes every byte for a character, as a wrong charset does, and writes
// it as UTF-8.
func misread(b []byte) []byte {
	var out []byte
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// replaceWide loses what a narrow charset has no place for.
func replaceWide(b []byte, with byte) []byte {
	var out []byte
	for _, c := range string(b) {
		if c > 0x7f {
			out = append(out, with)
		} else {
			out = append(out, byte(c))
		}
	}
	return out
}

// webForm makes an operation of a web form; its numbers may be short at once,
// for a serialiser that read them as floats writes them so.
func webForm(short, sorted, escape bool) operation {
	op := operation{name: "body.form", apply: func(s *subject) []byte { return formEncoded(s, short, sorted, escape) }}
	if short {
		op.names = func(*subject) []string { return []string{"body.form", "body.number_form"} }
	}
	return op
}

// formEncoded writes a flat object as a web form: a=1&b=2.
func formEncoded(s *subject, short, sorted, escape bool) []byte {
	d := s.json()
	if d == nil || d.root.kind != '{' || len(d.root.children) == 0 {
		return nil
	}
	var pairs []string
	for _, child := range d.root.children {
		raw := d.text[child.start:child.end]
		value := string(raw)
		switch child.kind {
		case '{', '[':
			return nil
		case '"':
			value = unquote(raw)
		case '0':
			if short {
				value = string(numberShort.append(nil, raw))
			}
		default: // true, false, null as they are
		}
		name := child.under
		if escape {
			name, value = url.QueryEscape(name), url.QueryEscape(value)
		}
		pairs = append(pairs, name+"="+value)
	}
	if sorted {
		slices.Sort(pairs)
	}
	return []byte(strings.Join(pairs, "&"))
}
