package webhook

import (
	"io"
	"net/http"
	"strconv"
)

// An answer is one of those that the document prints under Webhook 2 (Raisboy
// API, section 5), or 405 and 500, which have its shape but none of its names.
type answer struct {
	status int
	name   string // of the error; empty if it has none
}

// The answers. success is the only one that acknowledges.
func success() answer          { return answer{http.StatusOK, ""} }
func emptyBody() answer        { return answer{http.StatusBadRequest, "empty_body"} }
func invalidJSON() answer      { return answer{http.StatusBadRequest, "invalid_json"} }
func invalidSignature() answer { return answer{http.StatusUnauthorized, "invalid_signature"} }
func paymentNotFound() answer  { return answer{http.StatusNotFound, "payment_not_found"} }
func notAllowed() answer       { return answer{http.StatusMethodNotAllowed, ""} }
func sendAgain() answer        { return answer{http.StatusInternalServerError, ""} }

// body prints the answer; the names need no escaping.
func (a answer) body() string {
	switch {
	case a.status == http.StatusOK:
		return `{"success":true}`
	case a.name == "":
		return `{"success":false}`
	}
	return `{"success":false,"error":"` + a.name + `"}`
}

// write sends the answer whole, before the handler returns: what is still to be
// done after it must not keep the sender waiting.
func (a answer) write(w http.ResponseWriter, whole bool) {
	body := a.body()
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if a.status == http.StatusMethodNotAllowed {
		header.Set("Allow", http.MethodPost)
	}
	if !whole {
		// What was not read of the body would be taken for the next request,
		// or be drained first: neither for a request that was refused.
		header.Set("Connection", "close")
	}
	w.WriteHeader(a.status)
	// If it fails the sender has left, and will send again.
	_, _ = io.WriteString(w, body) //nolint:gosec // G705: the body is made of the constants above alone
	_ = http.NewResponseController(w).Flush()
}
