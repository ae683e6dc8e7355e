package diagnose

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// pathOperations lists what else is signed in the path's place.
func pathOperations(a address, hosts, prefixes []string) []operation {
	prefix := func(name, before string) operation {
		return whole(name, func(p []byte) []byte { return append([]byte(before), p...) })
	}
	var ops []operation
	if a.query != "" {
		ops = append(ops, whole("path.query", func(p []byte) []byte { return append(slices.Clone(p), "?"+a.query...) }))
	}
	for i, host := range hosts {
		schemes := []string{"https", "http"}
		if i == 0 && a.scheme == "http" {
			schemes = []string{"http", "https"}
		}
		for _, scheme := range schemes {
			ops = append(ops, prefix("path.url", scheme+"://"+host))
		}
		ops = append(ops, prefix("path.host", host))
	}
	ops = append(ops,
		whole("path.leading_slash", func(p []byte) []byte { return cutPrefix(p, "/") }),
		whole("path.trailing_slash", func(p []byte) []byte { return append(slices.Clone(p), '/') }),
		whole("path.trailing_slash", func(p []byte) []byte {
			if len(p) < 2 {
				return p
			}
			return bytes.TrimSuffix(p, []byte("/"))
		}),
		whole("path.decoded", func(p []byte) []byte {
			plain, err := url.PathUnescape(string(p))
			if err != nil {
				return p
			}
			return []byte(plain)
		}),
		whole("path.encoded_twice", func(p []byte) []byte { return bytes.ReplaceAll(p, []byte("%"), []byte("%25")) }),
		whole("path.encoded", func(p []byte) []byte { return []byte(url.QueryEscape(string(p))) }),
		whole("path.case", bytes.ToLower),
	)
	for i, c := range []byte(a.path) { // what stands before each slash may be a mount point
		if i > 0 && c == '/' {
			ops = append(ops, whole("path.prefix", func(p []byte) []byte { return cutPrefix(p, a.path[:i]) }))
		}
	}
	for _, more := range prefixes {
		if more = strings.TrimRight(more, "/"); more != "" {
			ops = append(ops, prefix("path.prefix", more))
		}
	}
	return append(ops,
		whole("path.root", func([]byte) []byte { return []byte("/") }),
		whole("path.empty", func([]byte) []byte { return []byte{} }),
		whole("path.double_slash", func(p []byte) []byte { return append([]byte("/"), p...) }),
	)
}

// webhookPath gives the path of a body's webhook_url: a webhook that has one is
// signed over it (Raisboy API, section 5: «подписываем PATH из webhook_url»).
func webhookPath(body *document) string {
	if body == nil {
		return ""
	}
	for _, child := range body.root.children {
		if child.under != "webhook_url" || child.kind != '"' {
			continue
		}
		address := takeApart(unquote(body.text[child.start:child.end]))
		return address.path
	}
	return ""
}

// bodyTimestamp gives the body's own timestamp, "" without one.
func bodyTimestamp(body *document) string {
	if body == nil {
		return ""
	}
	for _, child := range body.root.children {
		if child.under == "timestamp" && (child.kind == '"' || child.kind == '0') {
			raw := jsontext.Value(body.text[child.start:child.end])
			if child.kind == '"' {
				return unquote(raw)
			}
			return string(raw)
		}
	}
	return ""
}

// methodVariants: the rule is the method in capitals, as it goes on the wire.
func methodVariants(method string) dimension {
	d := dimension{part: PartMethod}
	rule := strings.ToUpper(method)
	d.add(variant{text: []byte(rule)})
	weight := 0
	for _, other := range []string{strings.ToLower(rule), title(rule)} {
		if other != rule {
			weight++
			d.add(variant{text: []byte(other), deviations: []string{"method.case"}, weight: weight, cost: 1})
		}
	}
	for _, other := range []string{"POST", "GET", "PUT"} {
		if other != rule {
			weight++
			d.add(variant{text: []byte(other), deviations: []string{"method.other"}, weight: weight + 5, cost: 1})
		}
	}
	return d
}

func title(word string) string {
	if word == "" {
		return word
	}
	return word[:1] + strings.ToLower(word[1:])
}
