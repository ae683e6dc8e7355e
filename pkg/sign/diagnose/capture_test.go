package diagnose

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const headersOfTest = "X-API-Key: k\r\nX-Timestamp: 1\r\nX-Signature: ab\r\n"

func TestParse(t *testing.T) {
	fields := []Field{{"X-API-Key", "k"}, {"X-Timestamp", "1"}, {"X-Signature", "ab"}}
	made := func(change func(*Capture)) Capture {
		c := Capture{Method: "POST", Target: "/a", Header: fields, Body: []byte("{}\n"), Signature: "ab", Timestamp: "1", APIKey: "k"}
		change(&c)
		return c
	}
	with := func(more ...Field) []Field { return append(append([]Field{}, fields...), more...) }
	tests := []struct {
		name, text string
		want       Capture
	}{
		{"raw", "POST /a HTTP/1.1\r\n" + headersOfTest + "\r\n{}\n", made(func(*Capture) {})},
		{"raw, line feeds alone", "POST /a HTTP/1.1\nX-API-Key: k\nX-Timestamp: 1\nX-Signature: ab\n\n{}\n", made(func(*Capture) {})},
		{"raw, without a version", "POST /a\nX-API-Key:k\nX-Timestamp:\t1\nX-Signature: ab \n\n{}\n", made(func(*Capture) {})},
		{"raw, no body", "POST /a HTTP/1.1\r\n" + headersOfTest, made(func(c *Capture) { c.Body = []byte{} })},
		{"raw, length cuts", "POST /a HTTP/1.1\r\n" + headersOfTest + "Content-Length: 2\r\n\r\n{}\n",
			made(func(c *Capture) { c.Header, c.Body = with(Field{"Content-Length", "2"}), []byte("{}") })},
		{"raw, cut short", "POST /a HTTP/1.1\r\n" + headersOfTest + "Content-Length: 9\r\n\r\n{}\n",
			made(func(c *Capture) { c.Header, c.Incomplete = with(Field{"Content-Length", "9"}), true })},
		{"raw, chunked", "POST /a HTTP/1.1\r\n" + headersOfTest + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n2\r\n}\n\r\n0\r\n\r\n",
			made(func(c *Capture) { c.Header = with(Field{"Transfer-Encoding", "chunked"}) })},
		{"raw, folded", "POST /a HTTP/1.1\r\n" + headersOfTest + "X-Long: a\r\n b\r\n\r\n{}\n",
			made(func(c *Capture) { c.Header = with(Field{"X-Long", "a b"}) })},
		{"raw, absolute", "POST https://h:8443/a?b=c HTTP/1.1\r\n" + headersOfTest + "\r\n{}\n",
			made(func(c *Capture) { c.Target, c.Host = "https://h:8443/a?b=c", "h:8443" })},
		{"raw, host", "POST /a HTTP/1.1\r\n" + headersOfTest + "host: h\r\n\r\n{}\n",
			made(func(c *Capture) { c.Header, c.Host = with(Field{"host", "h"}), "h" })},
		{"event", `{"id":1,"method":"POST","path":"/a","headers":{"X-API-Key":["k"],"X-Signature":["ab"],"X-Timestamp":["1"]},"body":"{}\n"}`,
			made(func(c *Capture) { c.Header = []Field{fields[0], fields[2], fields[1]} })},
		{"event, base64", `{"method":"POST","path":"/a","headers":{"X-API-Key":["k"],"X-Signature":["ab"],"X-Timestamp":["1"]},"body_base64":"e30K"}`,
			made(func(c *Capture) { c.Header = []Field{fields[0], fields[2], fields[1]} })},
	}
	typed := with(Field{"Content-Type", "application/json"})
	curl := "-H 'X-API-Key: k' -H 'X-Timestamp: 1' -H 'X-Signature: ab' -H 'Content-Type: application/json' "
	for _, one := range []struct {
		name, text string
		change     func(*Capture)
	}{
		{"curl", "curl https://h/a " + curl + "--data-raw '{}\n'", func(*Capture) {}},
		{"curl, bash's quotes", "$ curl https://h/a " + curl + `--data-binary $'{}\n' --compressed -sS`, func(*Capture) {}},
		{"curl, octal and unicode", "curl https://h/a " + curl + `-d $'\173\x7d\u000a'`, func(*Capture) {}},
		{"curl, double quotes", `curl --url "https://h/a" ` + curl + "-d \"{}\n\" | jq .", func(*Capture) {}},
		{"curl, lines", "curl -X PUT \\\n https://h/a \\\n " + curl + "--data-raw='{}\n' # told", func(c *Capture) { c.Method = "PUT" }},
		{"curl, joined flag", "curl -sSXPATCH https://h/a " + curl + "-d'{}\n'", func(c *Capture) { c.Method = "PATCH" }},
		{"curl, two data", "curl https://h/a " + curl + "-d a -d b", func(c *Capture) { c.Body = []byte("a&b") }},
		{"curl, get", "curl -G https://h/a " + curl + "-d a=1", func(c *Capture) { c.Method, c.Target, c.Body = "GET", "https://h/a?a=1", nil }},
		{"curl, file", "curl https://h/a " + curl + "-d @x.json", func(c *Capture) { c.Body, c.BodyFile, c.StripLines = nil, "x.json", true }},
		{"curl, file as it is", "curl https://h/a " + curl + "--data-binary @x.json >out", func(c *Capture) { c.Body, c.BodyFile = nil, "x.json" }},
		{"curl, our own with octal", `printf '\173\175\012' | curl --globoff -X 'POST' ` + curl + "--data-binary @- 'https://h/a'", func(*Capture) {}},
	} {
		want := made(func(c *Capture) { c.Header, c.Target, c.Host = typed, "https://h/a", "h" })
		one.change(&want)
		tests = append(tests, struct {
			name, text string
			want       Capture
		}{one.name, one.text, want})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]SyntaxProblem{
		"POST /a HTTP/1.1\nno header\n\n":                          SyntaxHeader,
		"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\n5\nab":    SyntaxChunk,
		"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\n":     SyntaxChunk,
		"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nabc\n": SyntaxChunk,
		"curl 'https://h/a":               SyntaxQuote,
		`curl "https://h/a`:               SyntaxQuote,
		`curl $'x`:                        SyntaxQuote,
		`curl https://h/a \`:              SyntaxQuote,
		`curl https://h/a -d "$BODY"`:     SyntaxShell,
		"curl https://h/a -d \"`cat x`\"": SyntaxShell,
		`curl https://h/a -d $BODY`:       SyntaxShell,
		`curl https://h/a & rm x`:         SyntaxShell,
		"curl https://h/a -F a=b":         SyntaxFlag,
		"curl https://h/a -H @-":          SyntaxFlag,
		"curl https://h/a -d @x -d @y":    SyntaxFlag,
		"curl https://h/a -d @x -d y":     SyntaxFlag,
		"curl https://h/a -d":             SyntaxNoValue,
		"curl -sS":                        SyntaxNoURL,
	} {
		_, err := Parse([]byte(text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Problem != want || syntax.Error() == "" {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"", "hello", "POST\n", "POST a HTTP/1.1\n\n", "P0ST /a HTTP/1.1\n", "POST /a FTP/1\n", "{}", `{"a":`} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrNoRequest) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Parse(make([]byte, maxCapture+1)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// FuzzParse wants every text to be read or refused, and what was read to keep
// to its promises.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"POST /a HTTP/1.1\r\n" + headersOfTest + "Content-Length: 2\r\n\r\n{}",
		"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n",
		`curl 'https://h/a' -H "X-Signature: ab" --data-raw $'{\u00e9\x41\101}' \` + "\n -sS",
		`printf '\173\175' | curl https://h/a --data-binary @-`,
		`{"method":"POST","path":"/a","headers":{"X-Signature":["ab"]},"body":"{}"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		if c.Target == "" || c.Method == "" && !isCurl(text) || len(c.Body) > 4*len(text) {
			t.Errorf("%q was read as %+v", text, c)
		}
		if c.Signature != c.first(headerSignature) {
			t.Errorf("%q: the signature is not the header's", text)
		}
		again, err := Parse(text)
		if err != nil || !cmp.Equal(c, again) {
			t.Errorf("%q is read otherwise a second time", text)
		}
	})
}

// FuzzDocument wants a body that is written again to be the same value, and one
// that is left alone the same bytes.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(testBody))
	f.Add([]byte(`{"a":[1.50,{"b":"\u00e9\/<"},[]],"a":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d := readDocument(text)
		if d == nil {
			return
		}
		if got := d.render(form{}); string(got) != string(text) {
			t.Errorf("%q became %q", text, got)
		}
		for _, h := range habits() {
			again := readDocument(d.render(h.form))
			if again == nil {
				t.Fatalf("%s made no JSON of %q: %q", h.tool, text, d.render(h.form))
			}
			if twice := again.render(h.form); string(twice) != string(d.render(h.form)) {
				t.Errorf("%s twice: %q, then %q", h.tool, d.render(h.form), twice)
			}
		}
	})
}
