package api

import (
	"net/http"
	"strings"
)

// A complaint is an error that the API itself printed, in one of its shapes:
//
//	{"status":"error","error_code":"404","message":"USER_NOT_FOUND"}      sections 2 and 3
//	{"success":false,"request_id":"…","error_code":"…","message":"…"}     section 4
//	{"success":false,"error":"payment_not_found"}                         section 5
//	{"errors":{"user_id":[{"error":"presence"}]}}                         Grape, 400
//	{"error":"The provided content-type … is not supported."}             Grape, 415 (400: the body)
type complaint struct {
	own        bool   // the endpoint's own shape, or Grape's under 400 or 415
	documented bool   // its name is one of the document's
	processed  string // the code, if it says that an equal operation was processed

	code      string
	errorCode string
	message   string
	fields    []FieldProblem

	requestID      string
	foreignRequest bool // it is about another request_id than ours
}

// readComplaint recognises the shapes. Not ok: the object is no error of the
// API's, or it says at once that it succeeded and that it failed. What comes
// back is the endpoint's own shape, or has a name that the document knows, or
// both.
func readComplaint(status int, call Call, tree value) (complaint, bool) {
	if contradicts(call.Kind, tree) {
		return complaint{}, false
	}
	if c, ok := readNamed(call, tree); ok {
		if errs := tree.get("errors"); errs.kind == kindObject {
			c.readFields(call.Kind, errs) // details beside the name; unreadable ones are only missed
		}
		return c, true
	}
	// Grape's shapes: of these two statuses alone, for "error" is what any
	// program between the desk and the project would call its own errors.
	if status != http.StatusBadRequest && status != http.StatusUnsupportedMediaType {
		return complaint{}, false
	}
	return readGrape(status, call.Kind, tree)
}

// contradicts reports signs of success that no refusal carries.
func contradicts(kind Kind, tree value) bool {
	state := tree.get("status")
	if state.kind == kindString && (state.text == "success" || PayoutStatus(state.text).Rank() > 0) {
		return true
	}
	if tree.get("success").kind == kindTrue || tree.get("deposit_id").says() {
		return true
	}
	// A notice is about a payout that exists, and may well be answered with it.
	return kind != KindNotice && tree.get("payout_id").says()
}

// readNamed reads the document's own shapes. The endpoint's own is believed
// with any message; another endpoint's only with a documented name, for
// {"status":"error"} is what many a gateway prints.
func readNamed(call Call, tree value) (complaint, bool) {
	state, success := tree.get("status"), tree.get("success")
	byStatus := state.kind == kindString && state.text == "error" && success.absent()
	bySuccess := success.kind == kindFalse && (state.absent() || state.text == "error")
	if !byStatus && !bySuccess {
		return complaint{}, false
	}
	message, named := tree.get("message"), tree.get("error")
	code := tree.get("error_code")
	for _, text := range []value{message, named} {
		if !text.absent() && text.kind != kindString {
			return complaint{}, false
		}
	}
	if !code.absent() && code.kind != kindString && code.kind != kindNumber {
		return complaint{}, false
	}
	var c complaint
	switch call.Kind {
	case KindNotice:
		c.own = bySuccess && named.says()
	case KindPayout:
		c.own = bySuccess && (message.says() || code.says())
	default:
		c.own = byStatus && (message.says() || code.says())
	}
	words := message.text
	if !message.says() {
		words = named.text
	}
	c.name(call.Kind, words, code.text)
	c.echo(call, tree.get("request_id"))
	return c, c.own || c.documented || c.processed != ""
}

// name finds the code: the message decides (reference, «the HTTP status and the
// message name decide»), then error_code, which section 2 prints as "404" and
// section 4 as a name; then whatever of the two looks like a name.
func (c *complaint) name(kind Kind, words, errorCode string) {
	c.message = clipBytes(words, maxMessage)
	c.errorCode = clip(strings.TrimSpace(errorCode), maxName)
	for _, text := range []string{words, errorCode} {
		if c.processed == "" && alreadyProcessed(kind, text) {
			c.processed = processedCode(text)
		}
	}
	for _, text := range []string{words, errorCode} {
		if c.code == "" {
			c.code = documented(kind, text)
		}
	}
	c.documented = c.code != ""
	for _, text := range []string{words, errorCode} {
		if c.code == "" {
			c.code = nameOf(text)
		}
	}
}

// echo holds the error's request_id, which section 4 prints, against ours.
func (c *complaint) echo(call Call, id value) {
	if id.kind != kindString || id.text == "" {
		return
	}
	c.requestID = clip(id.text, MaxRemoteID)
	c.foreignRequest = call.Terms.RequestID != "" && id.text != call.Terms.RequestID
}

// readGrape reads the framework's shapes: a list of problems for each field, or
// one sentence.
func readGrape(status int, kind Kind, tree value) (complaint, bool) {
	if errs := tree.get("errors"); errs.kind == kindObject && len(errs.members) > 0 {
		c := complaint{own: true, code: CodeValidationErrors}
		ok := c.readFields(kind, errs)
		return c, ok
	}
	sentence := tree.get("error")
	if sentence.kind != kindString || !sentence.says() ||
		!tree.get("success").absent() || !tree.get("status").absent() {
		return complaint{}, false
	}
	c := complaint{own: true, message: clipBytes(sentence.text, maxMessage), code: CodeInvalidBody}
	if status == http.StatusUnsupportedMediaType {
		c.code = CodeUnsupportedContentType
	}
	if alreadyProcessed(kind, sentence.text) {
		c.processed = processedCode(sentence.text)
	}
	return c, true
}

// readFields reads {"user_id":[{"error":"presence"}]}; a bare text in the list
// is taken too. Names of problems that are not known are kept.
func (c *complaint) readFields(kind Kind, errs value) bool {
	for _, field := range errs.members {
		if field.value.kind != kindArray || len(field.value.items) == 0 {
			return false
		}
		for _, item := range field.value.items {
			problem := item
			if item.kind == kindObject {
				problem = item.get("error")
			}
			if problem.kind != kindString {
				return false
			}
			if alreadyProcessed(kind, problem.text) {
				c.processed = processedCode(problem.text)
			}
			if len(c.fields) < maxFields {
				c.fields = append(c.fields, FieldProblem{
					Field:   clip(field.name, maxName),
					Problem: clip(problem.text, maxName),
				})
			}
		}
	}
	return true
}
