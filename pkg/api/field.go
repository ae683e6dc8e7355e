package api

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/money"
)

// Limits of what a request may carry, in characters (not bytes).
const (
	MaxID       = 64   // user_id and request_id
	MaxRemoteID = 256  // ids that the project makes: payout_id, deposit_id
	MaxURL      = 2048 // bytes of an address
)

// Problem says what is wrong with a field; the sentence for people is made from
// it elsewhere.
type Problem string

// The problems of a field.
const (
	ProblemEmpty       Problem = "empty"
	ProblemTooLong     Problem = "too_long"     // FieldError.Limit characters at most
	ProblemInvalidUTF8 Problem = "invalid_utf8" // not text
	ProblemControl     Problem = "control"      // a control or invisible formatting character
	ProblemOuterSpace  Problem = "outer_space"  // white space at the start or the end
	ProblemNotPositive Problem = "not_positive" // an amount of zero or less
	ProblemTooLarge    Problem = "too_large"    // an amount over money.Max
	ProblemCurrency    Problem = "unknown_currency"
	ProblemMethod      Problem = "unknown_method" // not one of PaymentMethods
	ProblemStatus      Problem = "unknown_status" // a notice takes completed or cancelled
	ProblemTime        Problem = "bad_time"       // zero, or a year that ISO 8601 does not print
	ProblemURL         Problem = "bad_url"        // not an absolute http(s) address
)

// A FieldError names the one field that keeps an operation from being sent.
// Nothing was sent and nothing recorded.
type FieldError struct {
	Field   string  // as in the request's body, "user_id"; "url" and "webhook_url" for addresses
	Problem Problem // what is wrong
	Value   string  // what was given: valid UTF-8, at most MaxID characters
	Limit   int     // characters allowed, with ProblemTooLong; else 0
}

// Error gives the field, the problem and the quoted value.
func (e *FieldError) Error() string {
	text := e.Field + ": " + string(e.Problem)
	if e.Limit > 0 {
		text += " (limit " + strconv.Itoa(e.Limit) + ")"
	}
	return fmt.Sprintf("%s: %q", text, e.Value)
}

func fieldError(field string, problem Problem, value string) *FieldError {
	return &FieldError{Field: field, Problem: problem, Value: clip(value, MaxID)}
}

// firstError keeps the order in which the document lists the fields.
func firstError(errs ...*FieldError) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// clip bounds text of unknown origin to limit characters of valid UTF-8.
func clip(text string, limit int) string {
	// One character has at most four bytes: without this cut a megabyte would
	// be scanned to keep a line of it.
	if len(text) > limit*utf8.UTFMax {
		text = text[:limit*utf8.UTFMax]
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	count := 0
	for at := range text {
		if count == limit {
			return text[:at]
		}
		count++
	}
	return text
}

func checkID(field, id string, limit int) *FieldError {
	switch {
	case id == "":
		return fieldError(field, ProblemEmpty, id)
	case len(id) > limit*utf8.UTFMax:
		return &FieldError{Field: field, Problem: ProblemTooLong, Value: clip(id, MaxID), Limit: limit}
	case !utf8.ValidString(id):
		return fieldError(field, ProblemInvalidUTF8, id)
	case utf8.RuneCountInString(id) > limit:
		return &FieldError{Field: field, Problem: ProblemTooLong, Value: clip(id, MaxID), Limit: limit}
	case strings.ContainsFunc(id, hidden):
		return fieldError(field, ProblemControl, id)
	case strings.TrimSpace(id) != id:
		return fieldError(field, ProblemOuterSpace, id)
	}
	return nil
}

// hidden reports characters that would make an id look like another one on the
// screen of the person who confirms it: controls, line separators, direction
// marks and invisible spaces. The zero-width joiner is let through, for emoji
// are made with it.
func hidden(r rune) bool {
	switch r {
	case '\u2028', '\u2029', '\u200B', '\u2060', '\uFEFF':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

func checkAmount(amount money.Amount) *FieldError {
	switch {
	case amount <= 0:
		return fieldError("amount", ProblemNotPositive, amount.String())
	case amount > money.Max:
		return fieldError("amount", ProblemTooLarge, amount.String())
	}
	return nil
}

func checkCurrency(code string) *FieldError {
	switch {
	case code == "":
		return fieldError("currency", ProblemEmpty, code)
	case !KnownCurrency(code):
		return fieldError("currency", ProblemCurrency, code)
	}
	return nil
}

func checkMethod(method string) *FieldError {
	if method == "" {
		return fieldError("payment_method", ProblemEmpty, method)
	}
	for _, known := range PaymentMethods() {
		if method == known {
			return nil
		}
	}
	return fieldError("payment_method", ProblemMethod, method)
}

func checkTime(t time.Time) *FieldError {
	if year := t.UTC().Year(); t.IsZero() || year < 1 || year > 9999 {
		return fieldError("timestamp", ProblemTime, t.UTC().String())
	}
	return nil
}

// checkURL accepts an absolute http or https address. User info is refused: it
// would become an Authorization header that the document does not know.
func checkURL(field, raw string) *FieldError {
	if raw == "" {
		return fieldError(field, ProblemEmpty, raw)
	}
	if len(raw) > MaxURL {
		return &FieldError{Field: field, Problem: ProblemTooLong, Value: clip(raw, MaxID), Limit: MaxURL}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Opaque != "" || u.Fragment != "" ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return fieldError(field, ProblemURL, raw)
	}
	return nil
}

// SignedPath gives the PATH of the signature string (Raisboy API, section 1):
// the address's path as it goes over the wire, without domain and query. The
// error is a *FieldError for an address that no request can be sent to.
func SignedPath(address string) (string, error) {
	if err := checkURL("url", address); err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fieldError("url", ProblemURL, address)
	}
	return wirePath(u), nil
}

// wirePath is what net/http puts into the request line, without the query.
func wirePath(u *url.URL) string {
	if path := u.EscapedPath(); path != "" {
		return path
	}
	return "/"
}

// CheckText holds text that a person gave (a ref, a note, a payout_id read out
// by a manager) to the rules of ids: not empty, at most limit characters, no
// invisible ones. It returns a *FieldError that names the field.
func CheckText(field, text string, limit int) error {
	if err := checkID(field, text, limit); err != nil {
		return err
	}
	return nil
}
