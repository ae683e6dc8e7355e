package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sign"
)

// masked stands for what must not be shown: every secret, and in a dry run the
// key and the signature.
const masked = "••••"

// A Signature is what `raisboy sign` shows. Of Explain, Headers and URL at most
// one is set; without any, text is the hex signature alone.
type Signature struct {
	Message   sign.Message
	Signature string // hex
	URL       string // of --curl
	Explain   bool
	Headers   bool
}

// headers are the four of section 1, as they go on the wire.
func (s Signature) headers() object {
	return object{
		{"Content-Type", "application/json"},
		{"X-API-Key", s.Message.APIKey},
		{"X-Signature", s.Signature},
		{"X-Timestamp", s.Message.Timestamp},
	}
}

// Signature prints a signature: the hex alone, the headers for `curl -H @-`, a
// curl command, or the signature string with its bytes made visible. JSON and
// CSV always have everything; bytes of the body that are no UTF-8 are U+FFFD in
// "string", and "body_sha256" says exactly what was signed. In CSV, what cannot
// be seen in "string" is escaped as in JSON.
func (r *Renderer) Signature(s Signature) error {
	var command any
	if s.URL != "" {
		command = curl(s)
	}
	digest := sha256.Sum256(s.Message.Body)
	body := hex.EncodeToString(digest[:])
	switch {
	case r.Format != Text:
		return r.emit(object{
			{"method", s.Message.Method},
			{"path", s.Message.Path},
			{"timestamp", s.Message.Timestamp},
			{"api_key", s.Message.APIKey},
			{"body_sha256", body},
			{"string", exact(strings.ToValidUTF8(string(s.Message.Append(nil)), "\uFFFD"))},
			{"signature", s.Signature},
			{"headers", s.headers()},
			{"curl", command},
		})
	case s.URL != "":
		return r.print(curl(s))
	case s.Headers:
		return r.print(headerLines(s.headers())...)
	case !s.Explain:
		return r.print(s.Signature)
	}
	lines := r.wrapOut(r.Catalog.T("signature.string", nil))
	lines = append(lines, r.visibleLines(s.Message.Append(nil))...)
	lines = append(lines, r.out.faint(r.wrapOut(r.Catalog.T("signature.legend", nil)))...)
	lines = append(lines, r.wrapOut(r.Catalog.T("signature.body", nil))...)
	lines = append(lines, indented(chop(body, max(r.Width-2, 0)))...)
	lines = append(lines, r.wrapOut(r.Catalog.T("signature.result", nil))...)
	return r.print(append(lines, r.out.strong(good, indented(chop(s.Signature, max(r.Width-2, 0))))...)...)
}

// visibleLines shows a signature string line by line, its bytes made visible.
func (r *Renderer) visibleLines(text []byte) []string {
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, indented(chop(Visible(line), max(r.Width-2, 0)))...)
	}
	return lines
}

func indented(lines []string) []string {
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

func headerLines(headers object) []string {
	var lines []string
	for _, h := range headers {
		lines = append(lines, fmt.Sprintf("%s: %s", h.name, h.value))
	}
	return lines
}

// curl writes the request as a command for a POSIX shell. A body that a shell
// or a terminal would spoil is made by printf.
func curl(s Signature) string {
	line := "curl --globoff --path-as-is -X " + quote(s.Message.Method)
	for _, header := range headerLines(s.headers()) {
		line += " -H " + quote(header)
	}
	body := s.Message.Body
	if awkward := func(c rune) bool { return c == utf8.RuneError || invisible(c) }; bytes.ContainsFunc(body, awkward) {
		var octal strings.Builder
		for _, c := range body {
			fmt.Fprintf(&octal, `\%03o`, c)
		}
		return "printf '" + octal.String() + "' | " + line + " --data-binary @- " + quote(s.URL)
	}
	return line + " --data-raw " + quote(string(body)) + " " + quote(s.URL)
}

// quote makes one word of a text for a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// DryRun prints a request as it would be sent: the exact body, and the headers
// with key and signature masked. JSON and CSV:
// {"dry_run":true,"method","url","headers":{},"body"}.
func (r *Renderer) DryRun(call api.Call, header http.Header) error {
	if !r.Quiet {
		r.tell(r.err.strong(caution, []string{r.Catalog.T("dry.nothing", nil)})...)
	}
	headers := maskedHeaders(header)
	if r.Format != Text {
		return r.emit(object{
			{"dry_run", true},
			{"method", http.MethodPost},
			{"url", call.URL},
			{"headers", headers},
			{"body", exact(call.Body)},
		})
	}
	lines := append([]string{http.MethodPost + " " + Sanitize(call.URL)}, headerLines(headers)...)
	return r.print(append(lines, "", string(call.Body))...)
}

// maskedHeaders are the headers in a fixed order, the document's spelling where
// it has one. What is not known to be harmless is masked.
func maskedHeaders(header http.Header) object {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	var o object
	for _, name := range names {
		value := masked
		switch strings.ToLower(name) {
		case "content-type", "x-timestamp", "accept", "user-agent":
			value = Sanitize(strings.Join(header[name], ", "))
		}
		for _, own := range []string{"X-API-Key", "X-Signature", "X-Timestamp", "Content-Type"} {
			if strings.EqualFold(own, name) {
				name = own
			}
		}
		o = append(o, member{name, value})
	}
	return o
}
