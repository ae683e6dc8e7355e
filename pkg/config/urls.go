package config

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// urlRule is what one setting asks of a URL beyond what all are asked: no user
// name, no fragment, and http on loopback alone.
type urlRule struct {
	origin   bool // no path: base_url
	prefix   bool // a path in front of others, without a slash at the end: listen.public_url
	needPath bool // payout_url
	anyHTTP  bool // http to any host: forward_to, which may be a container next door
	query    bool // may have ?…
}

// maxURL is the longest URL that is read, in bytes.
const maxURL = 2048

// normalURL checks a URL and gives it in its plain form: scheme and host in
// lower case, the scheme's own port left out, and the slash at the end of an
// origin or prefix. Two ways to write one origin become one, since the journal
// knows projects by it.
func normalURL(raw string, rule urlRule) (string, Problem) {
	if len(raw) > maxURL {
		return "", TooLong
	}
	// A backslash ends the host for some readers and not for others.
	if !visible(raw) || strings.ContainsAny(raw, "\\\"<>^`{|}") {
		return "", Malformed
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return "", Malformed
	}
	if problem := schemeProblem(u, rule); problem != "" {
		return "", problem
	}
	if !goodHost(u.Hostname()) {
		return "", BadHost
	}
	if !goodPort(u) {
		return "", BadPort
	}
	if u.Scheme == "http" && !rule.anyHTTP && !isLoopback(u.Hostname()) {
		return "", NotLoopback
	}
	way := u.EscapedPath()
	bare := strings.TrimSuffix(way, "/")
	switch {
	case rule.origin && bare != "":
		return "", HasPath
	case rule.needPath && bare == "":
		return "", LacksPath
	case !plainPath(bare):
		return "", Malformed
	}
	if rule.origin || rule.prefix {
		way = bare
	}
	result := u.Scheme + "://" + plainHost(u) + way
	if u.RawQuery != "" {
		result += "?" + u.RawQuery
	}
	return result, ""
}

// schemeProblem judges the parts that a URL of ours must not have.
func schemeProblem(u *url.URL, rule urlRule) Problem {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return BadScheme
	case u.User != nil:
		return HasUserInfo
	case !rule.query && (u.RawQuery != "" || u.ForceQuery):
		return HasQuery
	case u.Fragment != "":
		return HasFragment
	}
	return ""
}

// goodPort says whether the port is absent or 1 to 65535.
func goodPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

// plainHost gives host and port in their plain form.
func plainHost(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if address, err := netip.ParseAddr(host); err == nil {
		host = address.String()
	}
	port := u.Port()
	if number, err := strconv.Atoi(port); err == nil {
		port = strconv.Itoa(number)
	}
	if port != "" && (u.Scheme != "https" || port != "443") && (u.Scheme != "http" || port != "80") {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// goodHost says whether the text is an IP address or a host name in ASCII. A
// name that ends in a number is refused: "127.1" and "0x7f000001" are names to
// us and addresses to some resolvers.
func goodHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Zone() == ""
	}
	if host == "" || len(host) > 253 {
		return false
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i] | 0x20
			if (c < 'a' || c > 'z') && (label[i] < '0' || label[i] > '9') && label[i] != '-' && label[i] != '_' {
				return false
			}
		}
	}
	last := strings.ToLower(labels[len(labels)-1])
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// isLoopback says whether the host is this machine: localhost, 127.0.0.0/8 or
// ::1. Other names are not asked of DNS: it may answer anything tomorrow.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// plainPath says whether an escaped path without a slash at its end is one
// that no server or proxy rewrites: PATH is signed as it is sent.
func plainPath(escaped string) bool {
	return escaped == "" || escaped[0] == '/' && path.Clean(escaped) == escaped
}

// normalPrefix checks api_prefix, a path; a slash at the end is left out.
func normalPrefix(raw string) (string, Problem) {
	if len(raw) > maxURL {
		return "", TooLong
	}
	way := strings.TrimSuffix(raw, "/")
	u, err := url.Parse("https://host" + way)
	if err != nil || !visible(raw) || !strings.HasPrefix(raw, "/") || u.EscapedPath() != way || !plainPath(way) {
		return "", Malformed
	}
	return way, ""
}

// addressProblem checks host:port to listen on. An empty host is every address
// of the machine, port 0 any free one.
func addressProblem(raw string) Problem {
	host, port, err := net.SplitHostPort(raw)
	if err != nil {
		return Malformed
	}
	if host != "" && !goodHost(host) {
		return BadHost
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return BadPort
	}
	return ""
}

// visible says whether the text is ASCII without spaces and control characters.
func visible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
