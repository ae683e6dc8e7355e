package api

import (
	"strings"
	"unicode"
)

// The project's names for its refusals, as Outcome.Code gives them. The
// webhook receiver's names are printed in lower case by the document and are
// raised here, so that one table of explanations serves for all endpoints;
// Outcome.Message keeps them as they came.
const (
	CodeUserNotFound             = "USER_NOT_FOUND"             // section 2
	CodeProjectNotFound          = "PROJECT_NOT_FOUND"          // sections 2 and 3
	CodeProhibitedForUser        = "PROHIBITED_FOR_USER"        // section 2
	CodeInvalidSignature         = "INVALID_SIGNATURE"          // sections 2 to 5
	CodeExceedsMaxAmount         = "EXCEEDS_MAX_AMOUNT"         // section 3
	CodeCurrencyNotSupported     = "CURRENCY_NOT_SUPPORTED"     // section 3
	CodeInvalidStatus            = "INVALID_STATUS"             // section 3
	CodeUnsupportedPaymentMethod = "UNSUPPORTED_PAYMENT_METHOD" // section 3
	CodeValidationErrors         = "VALIDATION_ERRORS"          // section 3 prints "VALIDATION ERRORS"; Fields says which
	CodeEmptyBody                = "EMPTY_BODY"                 // section 5
	CodeInvalidJSON              = "INVALID_JSON"               // section 5
	CodePaymentNotFound          = "PAYMENT_NOT_FOUND"          // section 5

	// CodeDepositAlreadyProcessed is never a refusal: an equal deposit exists,
	// and whether it is this one cannot be known. It comes with Unknown and
	// CauseAlreadyProcessed. The document misprints it DEPOSITIf_ALREADY_PROCESSED.
	CodeDepositAlreadyProcessed = "DEPOSIT_ALREADY_PROCESSED"

	// CodeUnsupportedContentType is our name for Grape's 415, which has a
	// sentence and no name (section 3 calls it "UNSUPPORTED").
	CodeUnsupportedContentType = "UNSUPPORTED_CONTENT_TYPE"

	// CodeInvalidBody is our name for a 400 with a sentence in "error": Grape
	// could not read the body. No name of the document's stands for it.
	CodeInvalidBody = "INVALID_BODY"
)

// Codes lists every code that has an explanation, in the document's order, for
// whoever keeps the explanations.
func Codes() []string {
	return []string{
		CodeUserNotFound, CodeProjectNotFound, CodeProhibitedForUser, CodeInvalidSignature,
		CodeExceedsMaxAmount, CodeCurrencyNotSupported, CodeDepositAlreadyProcessed,
		CodeInvalidStatus, CodeUnsupportedPaymentMethod, CodeValidationErrors,
		CodeUnsupportedContentType, CodeInvalidBody,
		CodeEmptyBody, CodeInvalidJSON, CodePaymentNotFound,
	}
}

// documented gives the code that a name in an answer stands for, or "". The
// name may be surrounded by white space, as the document itself prints
// " PROJECT_NOT_FOUND". The three names of section 5 count for notices alone.
func documented(kind Kind, name string) string {
	switch code := canonical(name); code {
	case CodeUserNotFound, CodeProjectNotFound, CodeProhibitedForUser, CodeInvalidSignature,
		CodeExceedsMaxAmount, CodeCurrencyNotSupported, CodeInvalidStatus,
		CodeUnsupportedPaymentMethod, CodeValidationErrors:
		return code
	case "UNSUPPORTED":
		return CodeUnsupportedContentType
	case CodeEmptyBody, CodeInvalidJSON, CodePaymentNotFound:
		if kind == KindNotice {
			return code
		}
	}
	return ""
}

// longestName bounds what is taken for a name; the document's longest has 26.
const longestName = 64

// canonical raises a name to capitals and joins its words by one underscore:
// " PROJECT_NOT_FOUND", "VALIDATION ERRORS", "invalid_signature". A sentence,
// which has lower-case letters and several words, is no name: "".
func canonical(name string) string {
	name = strings.TrimSpace(name)
	if len(name) > longestName || (strings.ContainsAny(name, " \t\r\n") && strings.ToUpper(name) != name) {
		return ""
	}
	return loose(name)
}

// loose is canonical for any text, sentences too.
func loose(text string) string {
	if len(text) > maxMessage {
		return ""
	}
	return strings.Join(strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool {
		return r == '_' || r == '-' || unicode.IsSpace(r)
	}), "_")
}

// nameOf gives text that looks like one of the project's names, NEW_REASON,
// without the white space around it; "" for a sentence or a number.
func nameOf(text string) string {
	name := strings.TrimSpace(text)
	if name == "" || len(name) > longestName || name[0] < 'A' || name[0] > 'Z' {
		return ""
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return ""
		}
	}
	return name
}

// alreadyProcessed recognises the one error that does not mean "not done": any
// name that begins DEPOSIT and ends _ALREADY_PROCESSED, for the document's own
// spelling is damaged. For a request that moves money the beginning is not
// asked for: PAYOUT_ALREADY_PROCESSED would be no refusal either.
//
// It matches more loosely than a name of a refusal: here a wrong guess costs a
// question, and the other way round it costs the money.
func alreadyProcessed(kind Kind, name string) bool {
	code := loose(name)
	if !strings.HasSuffix(code, "ALREADY_PROCESSED") {
		return false
	}
	return kind.MovesMoney() || strings.HasPrefix(code, "DEPOSIT")
}

// processedCode gives the code for a name that alreadyProcessed recognised.
func processedCode(name string) string {
	code := loose(name)
	if strings.HasPrefix(code, "DEPOSIT") {
		return CodeDepositAlreadyProcessed
	}
	return clip(code, longestName)
}

// RefusesCredentials tells a refusal of the signature, the key or the clock,
// which no other user or amount will cure, from a refusal of the operation. The
// document has one name for all three; a 401 under a name that it does not know
// counts too.
func (o Outcome) RefusesCredentials() bool {
	if o.Verdict != Refused {
		return false
	}
	if o.Code == CodeInvalidSignature {
		return true
	}
	return o.HTTPStatus == 401 && documented(KindNotice, o.Code) == "" && o.Code != CodeUnsupportedContentType
}
