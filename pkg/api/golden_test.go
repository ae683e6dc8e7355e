package api

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const httpDir = "../../testdata/http"

// The table: what each answer of the document must be read as. HTTPStatus and
// Answer are filled in from the file.
func goldenOutcomes() map[string]Outcome {
	refused := func(code, errorCode, message string) Outcome {
		return Outcome{Verdict: Refused, Code: code, ErrorCode: errorCode, Message: message}
	}
	malformed := Outcome{Cause: CauseMalformed}
	processed := func(message string) Outcome {
		return Outcome{Cause: CauseAlreadyProcessed, Code: CodeDepositAlreadyProcessed, ErrorCode: "400", Message: message}
	}
	payoutDone := Outcome{Verdict: Done, PayoutID: "pout_789", PayoutStatus: StatusPending, RequestID: "payout_req_789",
		Amount: 500000, Currency: "UZS"}
	payoutAccepted := payoutDone
	payoutAccepted.PayoutStatus = StatusAccepted
	payoutRefused := refused(CodeInvalidSignature, "INVALID_SIGNATURE", "INVALID_SIGNATURE")
	payoutRefused.RequestID = "payout_req_789"
	return map[string]Outcome{
		"validate-201.printed":        malformed,
		"validate-201.meant":          {Verdict: Done, UserID: "#KXA1234", MaxAmount: 500000, HasMaxAmount: true},
		"validate-201-no-max.meant":   {Verdict: Done, UserID: "#KXA1234"},
		"validate-404.printed":        refused(CodeUserNotFound, "404", "USER_NOT_FOUND"),
		"validate-404.meant":          refused(CodeUserNotFound, "404", "USER_NOT_FOUND"),
		"validate-404-number.meant":   refused(CodeUserNotFound, "404", "USER_NOT_FOUND"),
		"validate-404-project.meant":  refused(CodeProjectNotFound, "404", "PROJECT_NOT_FOUND"),
		"validate-403.meant":          refused(CodeProhibitedForUser, "403", "PROHIBITED_FOR_USER"),
		"validate-401.meant":          refused(CodeInvalidSignature, "401", "INVALID_SIGNATURE"),
		"grape-415.printed":           {Cause: CauseUnexpectedStatus},
		"grape-415.meant":             refused(CodeUnsupportedContentType, "", "The provided content-type 'text/plain' is not supported."),
		"grape-400.printed":           {Verdict: Refused, Code: CodeValidationErrors, Fields: []FieldProblem{{"<field>", "presence"}}},
		"grape-400.meant":             {Verdict: Refused, Code: CodeValidationErrors, Fields: []FieldProblem{{"user_id", "presence"}, {"user_id", "blank"}, {"amount", "coerce"}}},
		"grape-400-body.meant":        refused(CodeInvalidBody, "", "Problem: message body does not match declared format. Resolution: when specifying application/json as content-type, you must pass valid application/json in the request's 'body'"),
		"deposit-201.printed":         {Verdict: Done, Message: "OK", DepositID: "raisboy_dep _< sha256>"},
		"deposit-201.meant":           {Verdict: Done, Message: "OK", DepositID: "raisboy_dep_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		"deposit-404.printed":         refused(CodeProjectNotFound, "404", " PROJECT_NOT_FOUND"),
		"deposit-404.meant":           refused(CodeProjectNotFound, "404", "PROJECT_NOT_FOUND"),
		"deposit-401.meant":           refused(CodeInvalidSignature, "401", "INVALID_SIGNATURE"),
		"deposit-403.meant":           refused(CodeExceedsMaxAmount, "403", "EXCEEDS_MAX_AMOUNT"),
		"deposit-400-currency.meant":  refused(CodeCurrencyNotSupported, "400", "CURRENCY_NOT_SUPPORTED"),
		"deposit-400-already.printed": processed("DEPOSITIf_ALREADY_PROCESSED"),
		"deposit-400-already.meant":   processed("DEPOSIT_ALREADY_PROCESSED"),
		"deposit-400-status.meant":    refused(CodeInvalidStatus, "400", "INVALID_STATUS"),
		"deposit-400-method.meant":    refused(CodeUnsupportedPaymentMethod, "400", "UNSUPPORTED_PAYMENT_METHOD"),
		"deposit-400-validation.printed": refused(CodeValidationErrors, "400",
			"VALIDATION ERRORS"),
		"deposit-400-validation.meant": refused(CodeValidationErrors, "400", "VALIDATION_ERRORS"),
		"deposit-415.printed":          refused(CodeUnsupportedContentType, "415", "UNSUPPORTED"),
		"payout-201.printed":           malformed,
		"payout-201.meant":             payoutDone,
		"payout-201-text.meant":        payoutAccepted,
		"payout-401.printed":           payoutRefused,
		"payout-401.meant":             payoutRefused,
		"notify-200.printed":           {Verdict: Done},
		"notify-400-empty-body.printed": refused(CodeEmptyBody, "",
			"empty_body"),
		"notify-400-invalid-json.printed": refused(CodeInvalidJSON, "", "invalid_json"),
		"notify-401.printed":              refused(CodeInvalidSignature, "", "invalid_signature"),
		"notify-404.printed":              refused(CodePaymentNotFound, "", "payment_not_found"),
	}
}

func goldenWebhooks() map[string]Webhook {
	one := Webhook{Success: true, HasSuccess: true, PayoutID: "pout_789", RequestID: "payout_req_789",
		Status: StatusAccepted, Amount: 500000, HasAmount: true, RawAmount: "5000.0", Currency: "UZS",
		WebhookURL: "https://project.example/api/payments/notify/17/pout_789", Timestamp: "2025-11-28T12:39:17.281+00:00"}
	two := Webhook{PayoutID: "pout_789", Status: StatusCompleted, Amount: 500000, HasAmount: true,
		RawAmount: "5000.0", Currency: "UZS", Timestamp: "2025-11-28T12:39:17.281+00:00"}
	printed := two
	printed.PayoutID = "pout _< random>"
	return map[string]Webhook{"webhook1.meant": one, "webhook2.meant": two, "webhook2.printed": printed}
}

// goldenFile reads one answer; its name says the endpoints and the status.
func goldenFile(t testing.TB, name string) (kindsOf []Kind, status int, body []byte) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(httpDir, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	endpoint, rest, _ := strings.Cut(name, "-")
	switch endpoint {
	case "validate":
		kindsOf = []Kind{KindValidation}
	case "deposit":
		kindsOf = []Kind{KindDeposit}
	case "payout":
		kindsOf = []Kind{KindPayout}
	case "notify":
		kindsOf = []Kind{KindNotice}
	case "grape":
		kindsOf = kinds()
	default:
		return nil, 0, body
	}
	if status, err = strconv.Atoi(rest[:3]); err != nil {
		t.Fatal(err)
	}
	return kindsOf, status, body
}

func goldenNames(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(httpDir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no answers found in %s: %v", httpDir, err)
	}
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".json"))
	}
	return names
}

func TestGoldenAnswers(t *testing.T) {
	outcomes, webhooks := goldenOutcomes(), goldenWebhooks()
	seen := 0
	for _, name := range goldenNames(t) {
		of, status, body := goldenFile(t, name)
		if strings.HasPrefix(name, "webhook") {
			want, readable := webhooks[name]
			got, err := ReadWebhook(body)
			if diff := cmp.Diff(want, got); diff != "" || (err == nil) != readable {
				t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
			}
			if err != nil && !errors.Is(err, ErrInvalidJSON) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		want, listed := outcomes[name]
		if !listed {
			t.Errorf("%s: not in the table", name)
			continue
		}
		seen++
		for _, kind := range of {
			got := ReadOutcome(callOf(t, kind), status, nil, body)
			want.HTTPStatus, want.Answer = status, body
			got.Detail = "" // for people
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s as the answer to a %s (-want +got)\n%s", name, kind, diff)
			}
		}
	}
	if seen != len(outcomes) {
		t.Errorf("%d answers read, the table has %d", seen, len(outcomes))
	}
}
