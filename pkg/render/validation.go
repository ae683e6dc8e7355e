package render

import (
	"net/http"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Validation prints whether a user may move money, and how much. "valid" is
// null where the project did not say: no answer, or one that refused the request
// (its signature, its content type, a field, the project) and not the user.
func (r *Renderer) Validation(userID string, o api.Outcome) error {
	c, valid := judgeValidation(o)
	c.next = append(c.next, userRemedy(userID, o.Code)...)
	c.next = append(c.next, adviser{r.Flags}.examine(&journal.Entry{}, o)...)
	if r.Format != Text {
		if !r.Quiet || o.Verdict != api.Done {
			r.tell(r.err.strong(c.tone, r.wrapErr(r.say(r.Catalog, step{key: c.verdict, data: data{"User": userID}})))...)
			r.tell(r.counselLines(r.err, c, r.errColumns())...)
		}
		return r.emit(r.validation(userID, o, valid, r.hint(c)))
	}
	verdict := r.say(r.Catalog, step{key: c.verdict, data: data{"User": userOf(userID, o.UserID)}})
	lines := r.out.strong(c.tone, r.wrapOut(verdict))
	return r.print(append(lines, r.counselLines(r.out, c, r.Width)...)...)
}

// validation is the contract of "Validation".
func (r *Renderer) validation(userID string, o api.Outcome, valid, hint any) object {
	var limit any
	if o.HasMaxAmount {
		limit = o.MaxAmount.String()
	}
	return object{
		{"user_id", userID},
		{"project_user_id", orNull(o.UserID)},
		{"valid", valid},
		{"max_amount", limit},
		{"code", orNull(o.CodeOrCause())},
		{"message", wordsOf(o.Message, o.Fields)},
		{"hint", hint},
	}
}

// judgeValidation gives the counsel, and the JSON field "valid".
func judgeValidation(o api.Outcome) (counsel, any) {
	explained := append([]step{meaning(o.CodeOrCause())}, fieldSteps(o.Fields)...)
	if answer := answerOf(o.HTTPStatus, o.Code, o.Message); answer != "" {
		explained = append(explained, step{key: "receipt.answer", data: data{"Answer": answer}})
	}
	todo := remedy(o.CodeOrCause())
	switch {
	case o.Verdict == api.Done:
		limit := step{key: "validation.no_max"}
		if o.HasMaxAmount {
			limit = step{key: "validation.max", data: data{"Max": sum{amount: o.MaxAmount}}}
		}
		return counsel{tone: good, verdict: "validation.yes", why: []step{limit}}, true
	case o.RefusesCredentials(), o.Verdict == api.Refused && !aboutUser(o):
		return counsel{tone: caution, verdict: "validation.unknown", why: explained, next: todo}, nil
	case o.Verdict == api.Refused:
		return counsel{tone: bad, verdict: "validation.no", why: explained, next: todo}, false
	}
	return counsel{
		tone: caution, verdict: "validation.unknown", why: explained,
		next: append(todo, step{key: "validation.again"}),
	}, nil
}

// aboutUser reports a refusal that judges the user: 403 and 404 do, unless it is
// the project that is not found.
func aboutUser(o api.Outcome) bool {
	switch o.Code {
	case api.CodeUserNotFound, api.CodeProhibitedForUser:
		return true
	case api.CodeProjectNotFound:
		return false
	}
	return o.HTTPStatus == http.StatusForbidden || o.HTTPStatus == http.StatusNotFound
}
