package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAnswer is the most that is read of an answer's body, in bytes, after any
// decompression. The document's longest answer has some two hundred.
const maxAnswer = 1 << 20

// Bounds of what an Outcome keeps of a stranger's words.
const (
	maxMessage = 500 // bytes of Message and Detail
	maxFields  = 32  // entries of Fields
	maxName    = 100 // characters of a FieldProblem's parts
)

// maxRetryAfter bounds Outcome.RetryAfter: a longer wait is for a person.
const maxRetryAfter = time.Hour

// ReadOutcome says what an answer means for the money. It is a pure function of
// the request and the answer, and the table in the design, «The money rules»:
// Done and Mismatch need a strict JSON success with its id, Refused needs the
// API's own error shape under a status that refuses, and everything else is
// Unknown. The body is kept as evidence in Outcome.Answer, not copied.
func ReadOutcome(call Call, status int, header http.Header, body []byte) Outcome {
	o := Outcome{
		Cause:      causeOfStatus(status),
		HTTPStatus: status,
		ServerDate: serverDate(header),
		Answer:     body[:min(len(body), maxAnswer)],
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		o.RetryAfter = retryAfter(header, o.ServerDate)
	}
	if o.Cause == CauseRedirect {
		return o // what stands in it was not said by the API
	}
	if len(body) > maxAnswer {
		if !causeIsFinal(o.Cause) {
			o.Cause = CauseTooLarge
		}
		return o
	}
	tree, err := readStrict(body)
	switch {
	case err != nil:
		o.Detail = clipBytes(err.Error(), maxMessage)
		if accepts(status) {
			o.Cause = CauseMalformed
		}
	case accepts(status):
		readAccepted(&o, call, tree)
	default:
		readRejected(&o, call, tree)
	}
	return o
}

// accepts: «Success of a POST is 201 by default; accept any 2xx, and judge by
// the body».
func accepts(status int) bool { return status >= 200 && status <= 299 }

// refuses lists the statuses under which the API's own error shape is final.
func refuses(status int) bool {
	switch status {
	case 400, 401, 403, 404, 415, 422:
		return true
	}
	return false
}

// causeOfStatus is what a status alone says, before the body is looked at; the
// error shape under a status that refuses may still lift CauseUnexpectedStatus.
func causeOfStatus(status int) Cause {
	switch {
	case accepts(status):
		return CauseAnswered
	case status >= 300 && status <= 399:
		return CauseRedirect
	case status == http.StatusTooManyRequests:
		return CauseRateLimited
	case status >= 500 && status <= 599, status == 408, status == 409, status == 425, status == 499:
		return CauseServerError
	}
	return CauseUnexpectedStatus
}

// causeIsFinal reports whether the status alone decided, so that the body, read
// or not, only adds evidence.
func causeIsFinal(cause Cause) bool {
	return cause == CauseRedirect || cause == CauseRateLimited || cause == CauseServerError
}

// readRejected judges a strict JSON object under a status that is neither 2xx
// nor 3xx. The verdict stays Unknown unless the API itself refused.
func readRejected(o *Outcome, call Call, tree value) {
	c, ok := readComplaint(o.HTTPStatus, call, tree)
	if !ok {
		return
	}
	o.Message, o.ErrorCode, o.RequestID = c.message, c.errorCode, c.requestID
	switch {
	case o.Cause == CauseRateLimited, o.HTTPStatus >= 500:
		// Who answers so may have done the work first.
	case c.processed != "":
		o.Cause, o.Code = CauseAlreadyProcessed, c.processed
	case !refuses(o.HTTPStatus):
	case c.foreignRequest:
		o.Cause = CauseEchoMismatch
	default:
		o.Verdict, o.Cause = Refused, CauseAnswered
		o.Code, o.Fields = c.code, c.fields
	}
}

func serverDate(header http.Header) time.Time {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// retryAfter reads seconds or an HTTP date (RFC 9110, section 10.2.3). A date
// is taken relative to the answer's own Date: no clock is read here, and the
// server's is the one that it was reckoned by. Without a Date nothing is said.
func retryAfter(header http.Header, date time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if isDigits(text) {
		seconds, err := strconv.ParseUint(text, 10, 32)
		if err != nil || seconds > uint64(maxRetryAfter/time.Second) {
			return maxRetryAfter // too many digits is a long time
		}
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil || date.IsZero() {
		return 0
	}
	return min(max(until.Sub(date), 0), maxRetryAfter)
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// clipBytes bounds text to limit bytes of valid UTF-8.
func clipBytes(text string, limit int) string {
	return strings.ToValidUTF8(text[:min(len(text), limit)], "")
}
