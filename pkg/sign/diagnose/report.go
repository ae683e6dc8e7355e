package diagnose

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// hidden stands for a secret, in every format.
const hidden = "••••"

// Secrets is what the receiver knows: with it the given signature is explained.
// It prints as "••••" in every format, and nothing of it but API keys is in any
// result.
type Secrets struct {
	Current  []byte
	Previous []byte // still good while keys rotate; empty: none
	APIKey   string

	// Others are credentials of other profiles, which may have been taken by
	// mistake.
	Others []Credentials
}

// Credentials are a key and a secret that belong together. They print as
// "••••".
type Credentials struct {
	Name   string // of the profile
	APIKey string
	Secret []byte
}

// String gives "••••".
func (Secrets) String() string { return hidden }

// Format prints "••••" for every verb of package fmt.
func (Secrets) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON gives "••••" as a JSON string.
func (Secrets) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue gives "••••" to log/slog.
func (Secrets) LogValue() slog.Value { return slog.StringValue(hidden) }

// String gives "••••".
func (Credentials) String() string { return hidden }

// Format prints "••••" for every verb of package fmt.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON gives "••••" as a JSON string.
func (Credentials) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue gives "••••" to log/slog.
func (Credentials) LogValue() slog.Value { return slog.StringValue(hidden) }

// The bounds of a search.
const (
	DefaultDepth = 2
	MaxDepth     = 4
	DefaultLimit = 50_000_000
)

// Options bound a search, and say what a request is held against beside its
// signature. The zero value searches two deviations deep.
type Options struct {
	Depth   int   // the most deviations at once, 1 to MaxDepth; 0: DefaultDepth
	Limit   int64 // the most candidates tried; 0: DefaultLimit, fewer of a huge body
	Workers int   // 0: one for each processor

	Separator string        // of the rule; empty: sign.DefaultSeparator
	Now       time.Time     // the receiver's clock; zero: the clock is not looked at
	Window    time.Duration // how far a timestamp may lie from it; 0: sign.DefaultWindow
	Prefixes  []string      // prefixes that a path may have lost: "/api/v4"
	Hosts     []string      // domains that may have been signed, beside the request's own

	// Progress is called while the search goes on, from another goroutine,
	// first after half a second. It must not block.
	Progress func(Progress)
}

// Progress says how far a search has come.
type Progress struct {
	Depth int   // of which deviations are being tried
	Tried int64 // candidates so far
	Total int64 // candidates of this depth and those before; it grows with the depth
}

// ErrNoSecret is returned without a secret to explain with.
var ErrNoSecret = errors.New("no secret to diagnose with")

// ErrNoSignature is returned for a request without a signature.
var ErrNoSignature = errors.New("request has no signature to explain")

// An OptionError names an option outside its bounds.
type OptionError struct {
	Option string // "depth" or "limit"
	Least  int64
	Most   int64 // 0: no upper bound
}

// Error names the option and its bounds.
func (e *OptionError) Error() string {
	return fmt.Sprintf("%s must be at least %d and at most %d", e.Option, e.Least, e.Most)
}

// A Report is what a diagnosis found.
type Report struct {
	Match    bool      // the signature is right, by the rule
	Previous bool      // it was made with the previous secret
	Findings []Finding // equally small explanations, the likeliest first; of a match none
	Notices  []Notice  // what else would be refused

	Tried    int64 // candidates compared
	Depth    int   // how many deviations at once were tried
	Limited  bool  // the search ended at a bound before all of that depth was tried
	Readable bool  // the given signature has the form of a digest

	Rule []byte // the signature string by the rule, secrets masked
}

// A Finding is one explanation: who signs with these deviations from the rule
// gets the given signature.
type Finding struct {
	Cause      string   // the code that says it best: "body.number_form"
	Deviations []string // all codes, the first is not always Cause
	Changes    []Change // part by part

	Signed []byte // the string that was signed, secrets masked
}

// A Change is what was done differently in one part.
type Change struct {
	Part       Part
	Deviations []string
	Was, Rule  string // the first place that differs; empty where a secret or nothing is there
	Where      string // "body:58": the part, and the byte in the rule's reading where the difference begins
	Tools      []Tool // whose usual line of code does exactly this
}

// Part names what a Change is in.
type Part string

// The parts.
const (
	PartMethod      Part = "method"
	PartPath        Part = "path"
	PartBody        Part = "body"
	PartTimestamp   Part = "timestamp"
	PartCredentials Part = "credentials"
	PartLayout      Part = "parts"
	PartSeparator   Part = "separator"
	PartEnds        Part = "ends"
	PartDigest      Part = "digest"
)

// A Tool is a language's own serialiser, whose output is told by its bytes.
type Tool string

// The tools.
const (
	ToolJavaScript Tool = "javascript" // JSON.stringify
	ToolPython     Tool = "python"     // json.dumps
	ToolRuby       Tool = "ruby"       // to_json
	ToolRails      Tool = "rails"      // to_json under ActiveSupport
	ToolPHP        Tool = "php"        // json_encode
	ToolGo         Tool = "go"         // json.Marshal
	ToolJava       Tool = "java"       // Jackson's ObjectMapper
	ToolGson       Tool = "gson"       // Gson
	ToolCSharp     Tool = "csharp"     // JsonSerializer
)

// A Notice is something beside the signature for which the request would be
// refused, or that makes the explanation doubtful.
type Notice struct {
	Code  NoticeCode
	Name  string        // of the header concerned
	Value string        // as it came
	Skew  time.Duration // of NoticeClock: the timestamp minus the receiver's clock
}

// NoticeCode is a stable code for a Notice.
type NoticeCode string

// The notices.
const (
	NoticeClock       NoticeCode = "clock"            // the timestamp is outside the window
	NoticeTimestamp   NoticeCode = "timestamp"        // the timestamp cannot be read
	NoticeKey         NoticeCode = "key"              // X-API-Key is another one
	NoticeMissing     NoticeCode = "header_missing"   // an authentication header is absent
	NoticeDuplicate   NoticeCode = "header_duplicate" // one came more than once
	NoticeContentType NoticeCode = "content_type"     // not application/json
	NoticeEncoding    NoticeCode = "content_encoding" // a compressed body
	NoticeIncomplete  NoticeCode = "incomplete"       // the body is shorter than announced
	NoticeCharset     NoticeCode = "charset"          // the body is not UTF-8
	NoticeMethod      NoticeCode = "method"           // the API knows POST alone
)
