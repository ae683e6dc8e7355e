package sandbox

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/raisboy/raisboy/pkg/money"
)

// answer is a whole answer before any fault has been at it.
type answer struct {
	status int
	body   []byte
}

// write sends the answer as JSON.
func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client has left: nobody is there to be told
}

// pair is a key of a JSON object and its value, already JSON.
type pair struct{ key, value string }

// object prints pairs as a JSON object in the order given, the document's.
func object(pairs ...pair) []byte {
	out := []byte{'{'}
	for i, p := range pairs {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, quote(p.key)...)
		out = append(out, ':')
		out = append(out, p.value...)
	}
	return append(out, '}')
}

// quote prints a JSON string; bytes that are no UTF-8 become U+FFFD.
func quote(s string) string {
	out, err := jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	if err != nil {
		return `""`
	}
	return string(out)
}

// rubyFloat prints a sum as Ruby prints a Float, "5000.0" and "5000.25": the
// form of the webhooks in section 5 of the reference.
func rubyFloat(a money.Amount) string {
	return strings.TrimSuffix(a.String(), "0")
}

// shape says in which of its two forms an endpoint reports an error.
type shape struct {
	payout    bool
	requestID string // payouts only; empty if not known
}

// refuse gives an endpoint's own error: {"status":"error",…} in sections 2 and
// 3, where error_code is the HTTP status, {"success":false,…} in section 4,
// where it is the name.
func (s shape) refuse(status int, name string) answer {
	if !s.payout {
		return answer{status, object(
			pair{"status", `"error"`},
			pair{"error_code", quote(strconv.Itoa(status))},
			pair{"message", quote(name)})}
	}
	pairs := []pair{{"success", "false"}}
	if s.requestID != "" {
		pairs = append(pairs, pair{"request_id", quote(s.requestID)})
	}
	pairs = append(pairs, pair{"error_code", quote(name)}, pair{"message", quote(name)})
	return answer{status, object(pairs...)}
}

// grapeError is Grape's {"error":"…"}: content types and unreadable bodies.
func grapeError(status int, text string) answer {
	return answer{status, object(pair{"error", quote(text)})}
}

// unsupportedType is the 415 of section 2.
func unsupportedType(given string) answer {
	return grapeError(http.StatusUnsupportedMediaType,
		"The provided content-type '"+given+"' is not supported.")
}

// problem is one thing wrong with one field, by Grape's name for it.
type problem struct{ field, name string }

// grapeFields is Grape's {"errors":{"<field>":[{"error":"presence"}]}}. The
// problems of one field stand side by side.
func grapeFields(problems []problem) answer {
	var fields []pair
	for _, p := range problems {
		entry := string(object(pair{"error", quote(p.name)}))
		if n := len(fields); n > 0 && fields[n-1].key == p.field {
			fields[n-1].value = strings.TrimSuffix(fields[n-1].value, "]") + "," + entry + "]"
			continue
		}
		fields = append(fields, pair{p.field, "[" + entry + "]"})
	}
	return answer{http.StatusBadRequest, object(pair{"errors", string(object(fields...))})}
}

// notice is an answer of Webhook 2's endpoint: {"success":true}, or the error
// by its name.
func notice(status int, name string) answer {
	if name == "" {
		return answer{status, object(pair{"success", "true"})}
	}
	return answer{status, object(pair{"success", "false"}, pair{"error", quote(name)})}
}

// broken is the answer of a sandbox that could not keep its ledger.
func broken() answer {
	return answer{http.StatusInternalServerError, object(pair{"error", `"ledger"`})}
}
