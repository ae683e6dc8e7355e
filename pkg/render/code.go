package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// fieldSteps names the fields that the project complained about.
func fieldSteps(fields []api.FieldProblem) []step {
	var steps []step
	for _, f := range fields {
		steps = append(steps, step{key: "receipt.field", data: data{"Field": f.Field, "Problem": f.Problem}})
	}
	return steps
}

// wordsOf is the JSON field "message": the project's words. Where it named
// fields and said nothing else, the fields are its words: user_id: presence.
func wordsOf(message string, fields []api.FieldProblem) any {
	if message == "" {
		var named []string
		for _, f := range fields {
			named = append(named, f.Field+": "+f.Problem)
		}
		message = strings.Join(named, ", ")
	}
	return orNull(Sanitize(message))
}

// answerOf puts together what the project said: 404 USER_NOT_FOUND.
func answerOf(status int, code, message string) string {
	var parts []string
	if status/100 == 2 && (code == "" || isCause(code)) {
		return "" // a success that was not believed says nothing about why
	}
	if status != 0 {
		parts = append(parts, strconv.Itoa(status))
	}
	if code != "" && !isCause(code) {
		parts = append(parts, code)
	}
	if message != "" && message != code {
		parts = append(parts, "«"+message+"»")
	}
	return strings.Join(parts, " ")
}

// isCause reports one of raisboy's own names among the codes.
func isCause(code string) bool {
	switch api.Cause(code) {
	case api.CauseNoConnection, api.CauseInvalidCall, api.CauseInterrupted, api.CauseTimeout, api.CauseConnectionLost,
		api.CauseServerError, api.CauseMalformed, api.CauseTooLarge, api.CauseRedirect, api.CauseRateLimited,
		api.CauseAlreadyProcessed, api.CauseUnexpectedStatus, api.CauseEchoMismatch, api.CauseNotOwner:
		return true
	case api.CauseAnswered:
	}
	return code == journal.CodeAbandoned
}

// meaning explains a code or a cause. One that no document lists is shown as it
// came.
func meaning(code string) step {
	switch {
	case code == "":
		return step{key: "code.none.meaning"}
	case isCause(code):
		return step{key: "cause." + code + ".meaning"}
	case slices.Contains(api.Codes(), code):
		return step{key: "code." + code + ".meaning"}
	}
	return step{key: "code.unknown.meaning", data: data{"Code": code}}
}

// remedy says what can be done about a code or a cause.
func remedy(code string) []step {
	switch {
	case code == "":
		return nil
	case isCause(code):
		return []step{{key: "cause." + code + ".remedy"}}
	case slices.Contains(api.Codes(), code):
		return []step{{key: "code." + code + ".remedy"}}
	}
	return []step{{key: "code.unknown.remedy"}}
}
