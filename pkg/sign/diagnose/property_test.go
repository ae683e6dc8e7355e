package diagnose

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A signing is a request on its way to a signature, in a second and independent
// implementation of what goes wrong: it shares no code with the search.
type signing struct {
	method, url, path, body, stamp, key, secret, sep, tail string
	order                                                  []int
	digest                                                 func(secret, text string) string
}

func (s *signing) text() string {
	parts := []string{s.method, s.path, s.body, s.stamp, s.key}
	var chosen []string
	for _, i := range s.order {
		chosen = append(chosen, parts[i])
	}
	return strings.Join(chosen, s.sep) + s.tail
}

func rawHMAC(secret, text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// A slip is one mistake, applied to one field of a signing.
type slip struct {
	part  string
	apply func(*signing)
}

func slips() []slip {
	reindent := func(prefix, indent string) func(*signing) {
		return func(s *signing) {
			var out bytes.Buffer
			if err := json.Indent(&out, []byte(s.body), prefix, indent); err == nil {
				s.body = out.String()
			}
		}
	}
	return []slip{
		{"method", func(s *signing) { s.method = strings.ToLower(s.method) }},
		{"path", func(s *signing) { s.path = s.url }},
		{"path", func(s *signing) { s.path = s.path[1:] }},
		{"path", func(s *signing) { s.path += "/" }},
		{"body", reindent("", "  ")},
		{"body", reindent("", "    ")},
		{"body", func(s *signing) { // Go's own map: sorted, floats
			var v map[string]any
			if json.Unmarshal([]byte(s.body), &v) == nil {
				again, _ := json.Marshal(v)
				s.body = string(again)
			}
		}},
		{"body", func(s *signing) { s.body += "\n" }},
		{"body", func(s *signing) { s.body = "" }},
		{"body", func(s *signing) { sum := sha256.Sum256([]byte(s.body)); s.body = hex.EncodeToString(sum[:]) }},
		{"body", func(s *signing) { s.body = strings.ReplaceAll(s.body, "/", `\/`) }},
		{"stamp", func(s *signing) { s.stamp += "000" }},
		{"stamp", func(s *signing) {
			n, _ := strconv.ParseInt(s.stamp, 10, 64)
			s.stamp = time.Unix(n, 0).UTC().Format(time.RFC3339)
		}},
		{"credentials", func(s *signing) { s.key += " " }},
		{"credentials", func(s *signing) { s.secret += "\n" }},
		{"credentials", func(s *signing) { s.secret = "'" + s.secret + "'" }},
		{"credentials", func(s *signing) { s.secret, s.key = s.key, s.secret }},
		{"sep", func(s *signing) { s.sep = `\n` }},
		{"sep", func(s *signing) { s.sep = "" }},
		{"sep", func(s *signing) { s.sep = "|" }},
		{"order", func(s *signing) { s.order = []int{0, 1, 3, 2, 4} }},
		{"order", func(s *signing) { s.order = s.order[:4] }},
		{"order", func(s *signing) { s.order = []int{4, 2, 1, 0, 3} }},
		{"digest", func(s *signing) {
			s.digest = func(secret, text string) string { return strings.ToUpper(hex.EncodeToString(rawHMAC(secret, text))) }
		}},
		{"digest", func(s *signing) {
			s.digest = func(secret, text string) string { return base64.StdEncoding.EncodeToString(rawHMAC(secret, text)) }
		}},
		{"digest", func(s *signing) {
			s.digest = func(secret, text string) string {
				mac := hmac.New(sha1.New, []byte(secret))
				mac.Write([]byte(text))
				return hex.EncodeToString(mac.Sum(nil))
			}
		}},
		{"digest", func(s *signing) {
			s.digest = func(secret, text string) string {
				sum := sha256.Sum256([]byte(secret + text))
				return hex.EncodeToString(sum[:])
			}
		}},
	}
}

// TestAnyTwoSlipsAreReproduced applies random pairs of mistakes and wants a
// finding that says which bytes were signed. Several may be found; the true one
// is among them, or one that is smaller and gives the very same bytes.
func TestAnyTwoSlipsAreReproduced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := slips()
		first := rapid.SampledFrom(all).Draw(t, "first")
		second := rapid.SampledFrom(all).Draw(t, "second")
		user := rapid.StringMatching(`[A-Za-z0-9/]{1,12}`).Draw(t, "user")
		sum := rapid.IntRange(1, 99_999_999).Draw(t, "sum")
		moment := rapid.Int64Range(1_600_000_000, 1_900_000_000).Draw(t, "moment")
		key := rapid.StringMatching(`pk_[a-z0-9]{8,20}`).Draw(t, "key")
		secret := rapid.StringMatching(`sk_[A-Za-z0-9]{12,40}`).Draw(t, "secret")
		c := Capture{
			Method: "POST", Target: "/api/v4/" + rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "end"), Host: "project.example",
			Body:      fmt.Appendf(nil, `{"user_id":%q,"amount":%d.%02d,"currency":"UZS"}`, user, sum/100, sum%100),
			Timestamp: strconv.FormatInt(moment, 10), APIKey: key,
		}
		s := signing{
			method: "POST", url: "https://project.example" + c.Target, path: c.Target, body: string(c.Body), stamp: c.Timestamp,
			key: key, secret: secret, sep: "\n", order: []int{0, 1, 2, 3, 4},
			digest: func(secret, text string) string { return hex.EncodeToString(rawHMAC(secret, text)) },
		}
		first.apply(&s)
		if first.part != second.part { // one field takes one mistake here
			second.apply(&s)
		}
		c.Signature = s.digest(s.secret, s.text())
		report, err := Diagnose(t.Context(), c, Secrets{Current: []byte(secret), APIKey: key}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(s.text(), secret, hidden)
		if report.Match && s.text() == signedString("POST", c.Target, string(c.Body), c.Timestamp, key) {
			return // the mistakes changed nothing
		}
		for _, f := range report.Findings {
			if string(f.Signed) == want {
				return
			}
		}
		t.Fatalf("signed %q, found %s", s.text(), summary(report))
	})
}
