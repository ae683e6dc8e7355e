package config

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// text checks a setting that is plain text and gives it in its plain form.
func (b *builder) text(setting Setting, raw string) (value string, problem Problem, want string) {
	switch setting.Key {
	case "base_url":
		value, problem = normalURL(raw, urlRule{origin: true})
		if problem == HasPath {
			return value, problem, "api_prefix"
		}
		return value, problem, "https://HOST[:PORT]"
	case "payout_url":
		value, problem = normalURL(raw, urlRule{needPath: true})
		return value, problem, "https://HOST[:PORT]/PATH"
	case "listen.public_url":
		value, problem = normalURL(raw, urlRule{prefix: true})
		return value, problem, "https://HOST[:PORT][/PATH]"
	case "listen.forward_to":
		value, problem = normalURL(raw, urlRule{anyHTTP: true, query: true})
		return value, problem, "http[s]://HOST[:PORT][/PATH]"
	case "api_prefix":
		value, problem = normalPrefix(raw)
		return value, problem, "/PATH"
	case "listen.addr":
		return raw, addressProblem(raw), "HOST:PORT"
	case "currency":
		value = strings.ToUpper(raw)
		return value, malformedUnless(len(raw) == 3 && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""), "AAA"
	case "payment_method":
		good := len(raw) <= 32 && strings.Trim(raw, "abcdefghijklmnopqrstuvwxyz_") == ""
		return raw, malformedUnless(good), "[a-z_]{1,32}"
	case "desk":
		return raw, deskProblem(raw), "1..64 printable characters"
	case "previous_secret_since":
		_, err := time.Parse(time.RFC3339, raw)
		return raw, malformedUnless(err == nil), "2006-01-02T15:04:05+05:00"
	case "signature_separator":
		value, problem = unescape(raw)
		return value, problem, `1..8 characters, \n \r \t \\`
	case "listen.tls_cert", "listen.tls_key":
		value, ok := b.sources.path(raw, b.folder(b.origins[setting.Key]))
		return value, malformedUnless(ok && printable(raw)), "PATH"
	}
	if setting.Kind == KindAmount {
		return raw, malformedUnless(amountShape(raw)), "6000.00"
	}
	return raw, malformedUnless(slices.Contains(setting.Choices, raw)), strings.Join(setting.Choices, "|")
}

// journal checks the journal's place. Names that SQLite would not take as the
// name of a lasting file (":memory:", "file:…?mode=memory") are refused: a
// journal in memory forgets money.
func (b *builder) journal(raw string) (value string, problem Problem, want string) {
	want = "PATH|postgres://HOST/DATABASE"
	if isPostgres(raw) {
		u, err := url.Parse(raw)
		return raw, malformedUnless(visible(raw) && err == nil && u.Fragment == "" && len(raw) <= maxURL), want
	}
	value, ok := b.sources.path(raw, b.folder(b.origins["journal"]))
	good := ok && printable(raw) && len(raw) <= maxURL && !strings.ContainsAny(raw, "?#") &&
		!strings.Contains(raw, "://") && !strings.HasPrefix(raw, ":") && !strings.HasPrefix(strings.ToLower(raw), "file:")
	return value, malformedUnless(good), want
}

// passwordInURL says whether a journal's place holds a password.
func passwordInURL(journal string) bool {
	if !isPostgres(journal) {
		return false
	}
	u, err := url.Parse(journal)
	if err != nil {
		return true // not readable for us, but perhaps for a person
	}
	_, set := u.User.Password()
	return set || u.Query().Has("password") || u.Query().Has("sslpassword")
}

// apiKeyProblem judges the key: it becomes a header and a line of the string
// that is signed, so that neither spaces nor line ends may be in it.
func apiKeyProblem(key string) Problem {
	if len(key) > 512 {
		return TooLong
	}
	return malformedUnless(visible(key))
}

// deskProblem judges the name of a desk.
func deskProblem(name string) Problem {
	if utf8.RuneCountInString(name) > 64 {
		return TooLong
	}
	return malformedUnless(name != "" && printable(name) && strings.TrimSpace(name) == name)
}

// printable says whether the text has no control, formatting or broken
// characters.
func printable(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// amountShape says whether the text might be a sum: digits, in groups parted
// by spaces, at most one point or comma. What it is worth the money package
// says.
func amountShape(text string) bool {
	digits, points := 0, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.' || r == ',':
			points++
		case r != ' ' && r != '\u00a0' && r != '\u202f':
			return false
		}
	}
	return digits > 0 && digits <= 14 && points <= 1 && len(text) <= 40
}

// unescape reads the escapes of signature_separator.
func unescape(text string) (string, Problem) {
	var result strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			result.WriteByte(text[i])
			continue
		}
		i++
		if i == len(text) {
			return "", Malformed
		}
		switch text[i] {
		case 'n':
			result.WriteByte('\n')
		case 'r':
			result.WriteByte('\r')
		case 't':
			result.WriteByte('\t')
		case '\\':
			result.WriteByte('\\')
		default:
			return "", Malformed
		}
	}
	return result.String(), tooLongUnless(result.Len() <= 8)
}

// duration reads a duration within bounds, both included.
func duration(text string, least, most time.Duration) (time.Duration, Problem, string) {
	want := least.String() + ".." + most.String()
	value, err := time.ParseDuration(text)
	if err != nil {
		return 0, Malformed, want
	}
	if value < least || value > most {
		return 0, OutOfRange, want
	}
	return value, "", ""
}

// hostList reads host names parted by commas, without port or scheme, in lower
// case and each once.
func hostList(text string) ([]string, Problem, string) {
	const most, want = 32, "HOST[,HOST]"
	var hosts []string
	for _, part := range strings.Split(text, ",") {
		host := strings.ToLower(strings.TrimSpace(part))
		if host == "" {
			continue
		}
		if !goodHost(host) {
			return nil, BadHost, want
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return nil, Empty, want
	}
	if len(hosts) > most {
		return nil, TooLong, want
	}
	return hosts, "", ""
}
