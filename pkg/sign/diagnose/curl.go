package diagnose

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
)

// isCurl reports a text that begins with a curl command, perhaps after a prompt.
func isCurl(text []byte) bool {
	word := bytes.TrimLeft(text, " \t\r\n$")
	for _, name := range []string{"curl", "curl.exe"} {
		if rest, ok := bytes.CutPrefix(word, []byte(name)); ok && (len(rest) == 0 || strings.IndexByte(" \t\\\r\n", rest[0]) >= 0) {
			return true
		}
	}
	return false
}

// cutPrintf takes apart what `raisboy sign --curl` writes for a body that a
// terminal would spoil: printf '\173\012' | curl … --data-binary @-.
func cutPrintf(text []byte) (body, command []byte, ok bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(text, " \t\r\n$"), []byte("printf '"))
	if !ok {
		return nil, nil, false
	}
	octal, command, ok := bytes.Cut(rest, []byte("' | "))
	if !ok || len(octal)%4 != 0 || !isCurl(command) {
		return nil, nil, false
	}
	for ; len(octal) > 0; octal = octal[4:] {
		value, err := strconv.ParseUint(string(octal[1:4]), 8, 8)
		if octal[0] != '\\' || err != nil {
			return nil, nil, false
		}
		body = append(body, byte(value))
	}
	return body, command, true
}

// A curlLine is a curl command on its way to a Capture.
type curlLine struct {
	capture Capture
	data    []string // what --data and its kin give, joined by & at the end
	hasData bool
	get     bool // -G: the data goes into the query
}

// parseCurl reads one curl command.
func parseCurl(text string) (Capture, error) {
	words, err := shellWords(strings.TrimLeft(text, " \t\r\n$"))
	if err != nil {
		return Capture{}, err
	}
	var c curlLine
	for i := 1; i < len(words); i++ {
		name, value, joined := flagOf(words[i])
		if name == "" {
			c.capture.Target = words[i]
			continue
		}
		if takesValue(name) && !joined {
			if i++; i == len(words) {
				return Capture{}, &SyntaxError{Line: 1, Problem: SyntaxNoValue, Detail: name}
			}
			value = words[i]
		}
		if err := c.flag(name, value); err != nil {
			return Capture{}, err
		}
	}
	return c.finish()
}

// flagOf takes a word apart: -XPOST, -X, --request=POST. An empty name: no flag.
func flagOf(word string) (name, value string, joined bool) {
	switch {
	case strings.HasPrefix(word, "--") && len(word) > 2:
		name, value, joined = strings.Cut(word, "=")
		return name, value, joined
	case strings.HasPrefix(word, "-") && len(word) > 1:
		for i := 1; i < len(word); i++ { // -sSXPOST: the first flag that takes a value takes the rest
			if short := "-" + word[i:i+1]; takesValue(short) {
				return short, word[i+1:], i+1 < len(word)
			}
		}
		if strings.ContainsRune(word, 'G') {
			return "-G", "", false
		}
		return word, "", false
	}
	return "", "", false
}

// takesValue lists the flags that are followed by a value.
func takesValue(name string) bool {
	switch name {
	case "-X", "--request", "-H", "--header", "-d", "--data", "--data-ascii", "--data-raw", "--data-binary", "--json",
		"--data-urlencode", "-F", "--form", "--form-string", "-T", "--upload-file", "--url", "--request-target",
		"-u", "--user", "-A", "--user-agent", "-e", "--referer", "-b", "--cookie", "-c", "--cookie-jar", "-o", "--output",
		"-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "-x", "--proxy", "--cacert", "--cert", "-E",
		"--key", "--resolve", "--connect-to", "-w", "--write-out", "-K", "--config", "-r", "--range", "--aws-sigv4",
		"--ciphers", "--tls-max", "--interface", "--noproxy", "-D", "--dump-header", "--limit-rate", "-y", "-Y", "-z":
		return true
	}
	return false
}

// flag carries out one flag, as far as it concerns the request's bytes.
func (c *curlLine) flag(name, value string) error {
	switch name {
	case "-X", "--request":
		c.capture.Method = value
	case "--url":
		c.capture.Target = value
	case "-H", "--header":
		return c.header(value)
	case "-d", "--data", "--data-ascii":
		return c.add(value, true)
	case "--data-binary":
		return c.add(value, false)
	case "--data-raw":
		c.data, c.hasData = append(c.data, value), true
	case "--json":
		c.capture.Header = append(c.capture.Header, Field{headerType, "application/json"})
		return c.add(value, false)
	case "-u", "--user":
		c.capture.Header = append(c.capture.Header, Field{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(value))})
	case "-G", "--get":
		c.get = true
	case "--data-urlencode", "-F", "--form", "--form-string", "-T", "--upload-file", "-K", "--config", "--aws-sigv4", "--request-target":
		return &SyntaxError{Line: 1, Problem: SyntaxFlag, Detail: name}
	}
	return nil
}

// header adds a header line; "-H @-" reads them from elsewhere and cannot be rebuilt.
func (c *curlLine) header(value string) error {
	if strings.HasPrefix(value, "@") {
		return &SyntaxError{Line: 1, Problem: SyntaxFlag, Detail: "-H " + value}
	}
	name, content, found := strings.Cut(value, ":")
	if !found || strings.TrimSpace(content) == "" { // curl removes such a header
		return nil
	}
	c.capture.Header = append(c.capture.Header, Field{strings.TrimSpace(name), strings.TrimSpace(content)})
	return nil
}

// add notes the data of a flag for which @ names a file.
func (c *curlLine) add(value string, strip bool) error {
	if file, ok := strings.CutPrefix(value, "@"); ok {
		if c.hasData || c.capture.BodyFile != "" {
			return &SyntaxError{Line: 1, Problem: SyntaxFlag, Detail: "--data " + value}
		}
		c.capture.BodyFile, c.capture.StripLines = file, strip
		return nil
	}
	if c.capture.BodyFile != "" {
		return &SyntaxError{Line: 1, Problem: SyntaxFlag, Detail: "--data"}
	}
	c.data, c.hasData = append(c.data, value), true
	return nil
}

func (c *curlLine) finish() (Capture, error) {
	if c.capture.Target == "" {
		return Capture{}, &SyntaxError{Line: 1, Problem: SyntaxNoURL}
	}
	data := strings.Join(c.data, "&")
	switch {
	case c.get && c.hasData:
		join := "?"
		if strings.Contains(c.capture.Target, "?") {
			join = "&"
		}
		c.capture.Target += join + data
	case c.hasData:
		c.capture.Body = []byte(data)
	}
	if c.capture.Method == "" {
		c.capture.Method = "GET"
		if !c.get && (c.hasData || c.capture.BodyFile != "") {
			c.capture.Method = "POST"
		}
	}
	if !strings.Contains(c.capture.Target, "://") && !strings.HasPrefix(c.capture.Target, "/") {
		c.capture.Target = "http://" + c.capture.Target // as curl guesses
	}
	c.capture.Host = takeApart(c.capture.Target).host
	sentType := c.capture.count(headerType) > 0
	if !sentType && (c.hasData || c.capture.BodyFile != "") && !c.get { // what curl sends by itself
		c.capture.Header = append(c.capture.Header, Field{headerType, "application/x-www-form-urlencoded"})
	}
	c.capture.fillFromHeaders()
	return c.capture, nil
}
