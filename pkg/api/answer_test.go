package api

import (
	"strings"
	"testing"
)

const (
	depositDone = `{"status":"success","message":"OK","deposit_id":"raisboy_dep_1"}`
	payoutDone  = `{"success":true,"payout_id":"pout_789","status":"pending","amount":5000.00,"currency":"UZS","request_id":"payout_req_789"}`
	userGone    = `{"status":"error","error_code":"404","message":"USER_NOT_FOUND"}`
	newReason   = `{"status":"error","error_code":"400","message":"SOME_NEW_REASON"}`
	payoutNew   = `{"success":false,"request_id":"payout_req_789","error_code":"NEW","message":"NEW"}`
)

// Each row is one line of the design's table, or one way of breaking it.
func TestVerdicts(t *testing.T) {
	swap := strings.NewReplacer
	tests := []struct {
		name    string
		kind    Kind
		status  int
		body    string
		verdict Verdict
		code    string // CodeOrCause
	}{
		// 2xx that is a success.
		{"deposit 201", KindDeposit, 201, depositDone, Done, ""},
		{"deposit 200", KindDeposit, 200, depositDone, Done, ""},
		{"deposit 299", KindDeposit, 299, depositDone, Done, ""},
		{"deposit null error", KindDeposit, 201, `{"status":"success","deposit_id":"a","error":null,"errors":[],"error_code":""}`, Done, ""},
		{"payout accepted", KindPayout, 201, swap("pending", "accepted").Replace(payoutDone), Done, ""},
		{"payout completed", KindPayout, 201, swap("pending", "completed").Replace(payoutDone), Done, ""},
		{"payout exponent", KindPayout, 201, swap("5000.00", "5e3").Replace(payoutDone), Done, ""},
		{"notice", KindNotice, 200, `{"success":true}`, Done, ""},
		{"validation number id", KindValidation, 201, `{"status":"success","data":{"user_id":2564568,"max_amount":"5000.0"}}`, Done, ""},
		{"validation null max", KindValidation, 201, `{"status":"success","data":{"user_id":"a","max_amount":null}}`, Done, ""},

		// 2xx that cannot be believed.
		{"empty", KindDeposit, 201, ``, Unknown, "malformed_answer"},
		{"no content", KindDeposit, 204, ``, Unknown, "malformed_answer"},
		{"white space", KindDeposit, 201, " \r\n", Unknown, "malformed_answer"},
		{"html", KindDeposit, 200, `<html>OK</html>`, Unknown, "malformed_answer"},
		{"truncated", KindDeposit, 201, depositDone[:len(depositDone)-1], Unknown, "malformed_answer"},
		{"trailing", KindDeposit, 201, depositDone + `{}`, Unknown, "malformed_answer"},
		{"trailing word", KindDeposit, 201, depositDone + ` ok`, Unknown, "malformed_answer"},
		{"byte order mark", KindDeposit, 201, "\uFEFF" + depositDone, Unknown, "malformed_answer"},
		{"duplicate key", KindDeposit, 201, `{"status":"error","status":"success","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"case variant", KindDeposit, 201, `{"status":"success","STATUS":"error","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"case variant, long s", KindDeposit, 201, `{"status":"success","ſtatus":"error","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"case variant alone", KindDeposit, 201, `{"STATUS":"success","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"case variant inside", KindValidation, 201, `{"status":"success","data":{"user_id":"a","USER_ID":"b"}}`, Unknown, "malformed_answer"},
		{"invalid UTF-8", KindDeposit, 201, "{\"status\":\"success\",\"deposit_id\":\"\xff\"}", Unknown, "malformed_answer"},
		{"lone surrogate", KindDeposit, 201, `{"status":"success","deposit_id":"\ud800"}`, Unknown, "malformed_answer"},
		{"no id", KindDeposit, 201, `{"status":"success","message":"OK"}`, Unknown, "malformed_answer"},
		{"empty id", KindDeposit, 201, `{"status":"success","deposit_id":""}`, Unknown, "malformed_answer"},
		{"blank id", KindDeposit, 201, `{"status":"success","deposit_id":" "}`, Unknown, "malformed_answer"},
		{"null id", KindDeposit, 201, `{"status":"success","deposit_id":null}`, Unknown, "malformed_answer"},
		{"number id", KindDeposit, 201, `{"status":"success","deposit_id":1}`, Unknown, "malformed_answer"},
		{"long id", KindDeposit, 201, `{"status":"success","deposit_id":"` + strings.Repeat("a", MaxRemoteID+1) + `"}`, Unknown, "malformed_answer"},
		{"no status", KindDeposit, 201, `{"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"status true", KindDeposit, 201, `{"status":true,"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"status pending", KindDeposit, 201, `{"status":"pending","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"message number", KindDeposit, 201, `{"status":"success","message":1,"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"success and failure", KindDeposit, 201, `{"status":"success","success":false,"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"success with error_code", KindDeposit, 201, `{"status":"success","error_code":404,"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"success with errors", KindDeposit, 201, `{"status":"success","errors":{"a":[]},"deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"error with id", KindDeposit, 201, `{"status":"error","message":"USER_NOT_FOUND","deposit_id":"a"}`, Unknown, "malformed_answer"},
		{"list", KindDeposit, 201, `[` + depositDone + `]`, Unknown, "malformed_answer"},
		{"null", KindDeposit, 201, `null`, Unknown, "malformed_answer"},
		{"too deep", KindDeposit, 201, `{"status":"success","deposit_id":"a","x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, Unknown, "malformed_answer"},
		{"objects too deep", KindDeposit, 201, strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), Unknown, "malformed_answer"},
		{"too many values", KindDeposit, 201, `{"status":"success","deposit_id":"a","x":[` + strings.Repeat("1,", 5000) + `1]}`, Unknown, "malformed_answer"},
		{"too large", KindDeposit, 201, depositDone + strings.Repeat(" ", maxAnswer), Unknown, "answer_too_large"},
		{"too large 404", KindDeposit, 404, userGone + strings.Repeat(" ", maxAnswer), Unknown, "answer_too_large"},
		{"too large 500", KindDeposit, 500, strings.Repeat(" ", maxAnswer+1), Unknown, "server_error"},
		{"validation no user", KindValidation, 201, `{"status":"success","data":{"max_amount":5000.00}}`, Unknown, "malformed_answer"},
		{"validation no data", KindValidation, 201, `{"status":"success"}`, Unknown, "malformed_answer"},
		{"validation bad max", KindValidation, 201, `{"status":"success","data":{"user_id":"a","max_amount":"much"}}`, Unknown, "malformed_answer"},
		{"validation bool max", KindValidation, 201, `{"status":"success","data":{"user_id":"a","max_amount":true}}`, Unknown, "malformed_answer"},
		{"validation negative max", KindValidation, 201, `{"status":"success","data":{"user_id":"a","max_amount":-1}}`, Unknown, "malformed_answer"},
		{"notice empty object", KindNotice, 200, `{}`, Unknown, "malformed_answer"},
		{"notice text", KindNotice, 200, `{"success":"true"}`, Unknown, "malformed_answer"},
		{"notice error beside", KindNotice, 200, `{"success":true,"error":"x"}`, Unknown, "malformed_answer"},
		{"notice status error", KindNotice, 200, `{"success":true,"status":"error"}`, Unknown, "malformed_answer"},

		// Payouts: echoes.
		{"amount differs", KindPayout, 201, swap("5000.00", "500.00").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount differs, text", KindPayout, 201, swap("5000.00", `"500"`).Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount inexact", KindPayout, 201, swap("5000.00", "5000.001").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount inexact, text", KindPayout, 201, swap("5000.00", `"5000.001"`).Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount negative", KindPayout, 201, swap("5000.00", "-5000.00").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount huge", KindPayout, 201, swap("5000.00", "1e99").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"amount words", KindPayout, 201, swap("5000.00", `"many"`).Replace(payoutDone), Unknown, "malformed_answer"},
		{"amount comma", KindPayout, 201, swap("5000.00", `"5000,00"`).Replace(payoutDone), Unknown, "malformed_answer"},
		{"amount missing", KindPayout, 201, swap(`"amount":5000.00,`, "").Replace(payoutDone), Unknown, "malformed_answer"},
		{"currency differs", KindPayout, 201, swap("UZS", "USD").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"currency missing", KindPayout, 201, swap(`"currency":"UZS",`, "").Replace(payoutDone), Unknown, "malformed_answer"},
		{"currency number", KindPayout, 201, swap(`"UZS"`, "860").Replace(payoutDone), Unknown, "malformed_answer"},
		{"request_id differs", KindPayout, 201, swap("payout_req_789", "payout_req_788").Replace(payoutDone), Mismatch, "echo_mismatch"},
		{"request_id missing", KindPayout, 201, swap(`,"request_id":"payout_req_789"`, "").Replace(payoutDone), Unknown, "malformed_answer"},
		{"differs and missing", KindPayout, 201, `{"success":true,"payout_id":"p","amount":1}`, Mismatch, "echo_mismatch"},
		{"differs without id", KindPayout, 201, swap("5000.00", "1", `"payout_id":"pout_789",`, "").Replace(payoutDone), Unknown, "echo_mismatch"},
		{"differs without success", KindPayout, 201, swap("5000.00", "1", `"success":true,`, "").Replace(payoutDone), Unknown, "echo_mismatch"},
		{"no payout_id", KindPayout, 201, swap(`"payout_id":"pout_789",`, "").Replace(payoutDone), Unknown, "malformed_answer"},
		{"unknown payout status", KindPayout, 201, swap("pending", "rejected").Replace(payoutDone), Unknown, "malformed_answer"},
		{"no payout status", KindPayout, 201, swap(`"status":"pending",`, "").Replace(payoutDone), Unknown, "malformed_answer"},
		{"payout status error", KindPayout, 201, swap("pending", "error").Replace(payoutDone), Unknown, "malformed_answer"},
		{"success false with id", KindPayout, 201, swap("true", "false").Replace(payoutDone), Unknown, "malformed_answer"},
		{"deposit echo equal", KindDeposit, 201, `{"status":"success","deposit_id":"a","amount":6000.0,"currency":"UZS"}`, Done, ""},
		{"deposit echo differs", KindDeposit, 201, `{"status":"success","deposit_id":"a","amount":600.0}`, Mismatch, "echo_mismatch"},

		// The error shape.
		{"404", KindDeposit, 404, userGone, Refused, "USER_NOT_FOUND"},
		{"422", KindDeposit, 422, userGone, Refused, "USER_NOT_FOUND"},
		{"200 documented", KindDeposit, 200, userGone, Refused, "USER_NOT_FOUND"},
		{"200 undocumented", KindDeposit, 200, newReason, Unknown, "malformed_answer"},
		{"400 undocumented", KindDeposit, 400, newReason, Refused, "SOME_NEW_REASON"},
		{"400 sentence", KindDeposit, 400, `{"status":"error","message":"please call us"}`, Refused, ""},
		{"400 name in error_code", KindDeposit, 400, `{"status":"error","error_code":"INVALID_STATUS","message":"please call us"}`, Refused, "INVALID_STATUS"},
		{"400 new name in error_code", KindDeposit, 400, `{"status":"error","error_code":"LIMIT","message":"please call us"}`, Refused, "LIMIT"},
		{"400 code alone", KindDeposit, 400, `{"status":"error","error_code":400}`, Refused, ""},
		{"400 nothing said", KindDeposit, 400, `{"status":"error"}`, Unknown, "unexpected_status"},
		{"400 message list", KindDeposit, 400, `{"status":"error","message":["USER_NOT_FOUND"]}`, Unknown, "unexpected_status"},
		{"400 code object", KindDeposit, 400, `{"status":"error","error_code":{},"message":"USER_NOT_FOUND"}`, Unknown, "unexpected_status"},
		{"400 success", KindDeposit, 400, depositDone, Unknown, "unexpected_status"},
		{"400 duplicate", KindDeposit, 400, `{"status":"error","message":"A","message":"B"}`, Unknown, "unexpected_status"},
		{"400 html", KindDeposit, 400, `<html>`, Unknown, "unexpected_status"},
		{"402", KindDeposit, 402, userGone, Unknown, "unexpected_status"},
		{"410", KindDeposit, 410, userGone, Unknown, "unexpected_status"},
		{"payout 400 new", KindPayout, 400, payoutNew, Refused, "NEW"},
		{"payout 200 new", KindPayout, 200, payoutNew, Unknown, "malformed_answer"},
		{"payout 400 without id", KindPayout, 400, `{"success":false,"request_id":null,"message":"NEW"}`, Refused, "NEW"},
		{"payout 400 about another", KindPayout, 400, swap("req_789", "req_1").Replace(payoutNew), Unknown, "echo_mismatch"},
		{"payout 200 about another", KindPayout, 200, `{"success":false,"request_id":"x","message":"USER_NOT_FOUND"}`, Unknown, "echo_mismatch"},
		{"payout in another shape", KindPayout, 404, userGone, Refused, "USER_NOT_FOUND"},
		{"payout in another shape, new", KindPayout, 400, newReason, Unknown, "unexpected_status"},
		{"payout in the receiver's shape", KindPayout, 401, `{"success":false,"error":"invalid_signature"}`, Refused, "INVALID_SIGNATURE"},
		{"deposit in payout's shape", KindDeposit, 401, `{"success":false,"message":"INVALID_SIGNATURE"}`, Refused, "INVALID_SIGNATURE"},
		{"deposit payment_not_found", KindDeposit, 404, `{"success":false,"error":"payment_not_found"}`, Unknown, "unexpected_status"},
		{"notice undocumented", KindNotice, 400, `{"success":false,"error":"busy"}`, Refused, ""},
		{"notice undocumented 200", KindNotice, 200, `{"success":false,"error":"busy"}`, Unknown, "malformed_answer"},
		{"notice documented 200", KindNotice, 200, `{"success":false,"error":"payment_not_found","payout_id":"p"}`, Refused, "PAYMENT_NOT_FOUND"},
		{"message is no sentence", KindDeposit, 200, `{"status":"error","message":"User not found"}`, Unknown, "malformed_answer"},

		// Already processed.
		{"already 200", KindDeposit, 200, `{"status":"error","message":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already 409", KindDeposit, 409, `{"status":"error","message":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already 422", KindDeposit, 422, `{"status":"error","message":" Deposit already processed "}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already in error_code", KindDeposit, 400, `{"status":"error","error_code":"DEPOSITS_ALREADY_PROCESSED","message":"USER_NOT_FOUND"}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already foreign shape", KindDeposit, 400, `{"success":false,"message":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already in Grape's error", KindDeposit, 400, `{"error":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already in Grape's errors", KindDeposit, 400, `{"errors":{"base":[{"error":"DEPOSIT_ALREADY_PROCESSED"}]}}`, Unknown, "DEPOSIT_ALREADY_PROCESSED"},
		{"already 500", KindDeposit, 500, `{"status":"error","message":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "server_error"},
		{"payout already", KindPayout, 400, `{"success":false,"message":"PAYOUT_ALREADY_PROCESSED"}`, Unknown, "PAYOUT_ALREADY_PROCESSED"},

		// Grape's shapes.
		{"grape list of words", KindDeposit, 400, `{"errors":{"amount":["coerce"]}}`, Refused, "VALIDATION_ERRORS"},
		{"grape named", KindDeposit, 400, `{"status":"error","message":"VALIDATION ERRORS","errors":{"amount":["coerce"]}}`, Refused, "VALIDATION_ERRORS"},
		{"grape empty", KindDeposit, 400, `{"errors":{}}`, Unknown, "unexpected_status"},
		{"grape empty list", KindDeposit, 400, `{"errors":{"a":[]}}`, Unknown, "unexpected_status"},
		{"grape numbers", KindDeposit, 400, `{"errors":{"a":[1]}}`, Unknown, "unexpected_status"},
		{"grape text", KindDeposit, 400, `{"errors":"all"}`, Unknown, "unexpected_status"},
		{"grape error object", KindDeposit, 400, `{"error":{"code":1}}`, Unknown, "unexpected_status"},
		{"grape error empty", KindDeposit, 400, `{"error":""}`, Unknown, "unexpected_status"},
		{"grape error with flag", KindDeposit, 400, `{"success":false,"error":"x"}`, Unknown, "unexpected_status"},
		{"grape errors with id", KindDeposit, 400, `{"errors":{"a":["b"]},"deposit_id":"a"}`, Unknown, "unexpected_status"},
		{"grape 404", KindDeposit, 404, `{"error":"404 Not Found"}`, Unknown, "unexpected_status"},
		{"grape 200", KindDeposit, 200, `{"errors":{"amount":["coerce"]}}`, Unknown, "malformed_answer"},
		{"grape 422", KindDeposit, 422, `{"errors":{"amount":["coerce"]}}`, Unknown, "unexpected_status"},

		// Statuses that decide alone.
		{"301", KindDeposit, 301, userGone, Unknown, "redirect"},
		{"302 with words", KindDeposit, 302, `{"status":"error","message":"DEPOSIT_ALREADY_PROCESSED"}`, Unknown, "redirect"},
		{"304", KindDeposit, 304, ``, Unknown, "redirect"},
		{"307", KindPayout, 307, payoutDone, Unknown, "redirect"},
		{"429", KindDeposit, 429, userGone, Unknown, "rate_limited"},
		{"408", KindDeposit, 408, userGone, Unknown, "server_error"},
		{"409", KindDeposit, 409, userGone, Unknown, "server_error"},
		{"425", KindDeposit, 425, userGone, Unknown, "server_error"},
		{"499", KindDeposit, 499, userGone, Unknown, "server_error"},
		{"500", KindDeposit, 500, userGone, Unknown, "server_error"},
		{"500 success", KindDeposit, 500, depositDone, Unknown, "server_error"},
		{"503", KindValidation, 503, userGone, Unknown, "server_error"},
		{"101", KindDeposit, 101, depositDone, Unknown, "unexpected_status"},
		{"0", KindDeposit, 0, depositDone, Unknown, "unexpected_status"},
		{"600", KindDeposit, 600, depositDone, Unknown, "unexpected_status"},
	}
	for _, tt := range tests {
		o := ReadOutcome(callOf(t, tt.kind), tt.status, nil, []byte(tt.body))
		if o.Verdict != tt.verdict || o.CodeOrCause() != tt.code {
			t.Errorf("%s: %v %q, want %v %q (%s)", tt.name, o.Verdict, o.CodeOrCause(), tt.verdict, tt.code, o.Detail)
		}
	}
	if o := ReadOutcome(Call{Kind: "refund"}, 201, nil, []byte(depositDone)); o.Verdict != Unknown {
		t.Errorf("a kind that nobody knows is %v", o.Verdict)
	}
}
