package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever a success lacks, it is not Done: each member of the document's
// answers is taken away, set to null and given another type.
func TestNothingLessThanTheDocumentIsDone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type part struct{ name, value string }
		whole := map[Kind][]part{
			KindDeposit: {{"status", `"success"`}, {"deposit_id", `"raisboy_dep_1"`}},
			KindPayout: {{"success", "true"}, {"payout_id", `"pout_789"`}, {"status", `"pending"`}, {"amount", "5000.00"},
				{"currency", `"UZS"`}, {"request_id", `"payout_req_789"`}},
			KindNotice: {{"success", "true"}},
		}
		kind := rapid.SampledFrom([]Kind{KindDeposit, KindPayout, KindNotice}).Draw(t, "kind")
		broken := rapid.IntRange(0, len(whole[kind])-1).Draw(t, "member")
		other := rapid.SampledFrom([]string{"", "null", "0", "[]", "{}", `""`, "false", `"\u0000"`}).Draw(t, "value")
		var members []string
		for i, p := range whole[kind] {
			if i == broken {
				p.value = other
			}
			if p.value != "" {
				members = append(members, fmt.Sprintf("%q:%s", p.name, p.value))
			}
		}
		body := "{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}"
		status := rapid.IntRange(100, 600).Draw(t, "status")
		call := Call{Kind: kind, Terms: Terms{Amount: 500000, Currency: "UZS", RequestID: "payout_req_789"}}
		if o := ReadOutcome(call, status, nil, []byte(body)); o.Verdict == Done {
			t.Fatalf("%s under %d is done", body, status)
		}
	})
}

// Only these statuses can end an operation, whatever the body says.
func TestStatusesThatDecide(t *testing.T) {
	bodies := []string{depositDone, payoutDone, userGone, newReason, payoutNew, `{"success":true}`, `{"errors":{"a":["b"]}}`, `{"error":"x"}`}
	for status := 0; status < 700; status++ {
		for _, kind := range kinds() {
			call := callOf(t, kind)
			for _, body := range bodies {
				v := ReadOutcome(call, status, nil, []byte(body)).Verdict
				if v == NotSent {
					t.Fatalf("%d: an answer proves that something was sent", status)
				}
				if v == Done && (status < 200 || status > 299) || v == Refused && !refuses(status) && !accepts(status) {
					t.Errorf("%s %d %s: %v", kind, status, body, v)
				}
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	date := "Thu, 27 Nov 2025 12:00:00 GMT"
	tests := []struct {
		status      int
		after, date string
		want        time.Duration
	}{
		{429, "7", "", 7 * time.Second},
		{503, " 7 ", "", 7 * time.Second},
		{500, "7", "", 0},
		{429, "", "", 0},
		{429, "0", "", 0},
		{429, "-7", "", 0},
		{429, "soon", date, 0},
		{429, "3600", "", time.Hour},
		{429, "3601", "", maxRetryAfter},
		{429, "99999999999999999999999", "", maxRetryAfter},
		{429, "Thu, 27 Nov 2025 12:00:30 GMT", date, 30 * time.Second},
		{429, "Thu, 27 Nov 2025 11:00:30 GMT", date, 0},
		{429, "Fri, 28 Nov 2025 12:00:30 GMT", date, maxRetryAfter},
		{429, "Thu, 27 Nov 2025 12:00:30 GMT", "", 0},
	}
	for _, tt := range tests {
		header := http.Header{}
		header.Set("Retry-After", tt.after)
		header.Set("Date", tt.date)
		if got := ReadOutcome(callOf(t, KindPayout), tt.status, header, nil).RetryAfter; got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestWhatAnOutcomeKeepsIsBounded(t *testing.T) {
	long := strings.Repeat("я", 2000)
	o := ReadOutcome(callOf(t, KindDeposit), 400, nil, []byte(`{"status":"error","error_code":"`+long+`","message":"`+long+`"}`))
	if o.Verdict != Refused || len(o.Message) > 500 || !strings.HasPrefix(o.Message, "яя") || len([]rune(o.ErrorCode)) != maxName {
		t.Errorf("%v, message of %d bytes, error_code of %d", o.Verdict, len(o.Message), len(o.ErrorCode))
	}
	fields := strings.Repeat(`{"error":"`+long+`"},`, 50)
	o = ReadOutcome(callOf(t, KindDeposit), 400, nil, []byte(`{"errors":{"`+long+`":[`+strings.TrimSuffix(fields, ",")+`]}}`))
	if len(o.Fields) != maxFields || len([]rune(o.Fields[0].Problem)) != maxName {
		t.Errorf("%d fields", len(o.Fields))
	}
	o = ReadOutcome(callOf(t, KindDeposit), 201, nil, make([]byte, 2*maxAnswer))
	if len(o.Answer) != maxAnswer {
		t.Errorf("%d bytes kept", len(o.Answer))
	}
}

func TestRefusesCredentials(t *testing.T) {
	tests := []struct {
		status int
		body   string
		want   bool
	}{
		{401, `{"status":"error","message":"INVALID_SIGNATURE"}`, true},
		{200, `{"status":"error","message":"INVALID_SIGNATURE"}`, true},
		{403, `{"status":"error","message":"INVALID_SIGNATURE"}`, true},
		{401, `{"status":"error","message":"TIMESTAMP_EXPIRED"}`, true},
		{401, `{"status":"error","message":"call us"}`, true},
		{401, userGone, false},
		{403, `{"status":"error","message":"TIMESTAMP_EXPIRED"}`, false},
		{404, userGone, false},
		{401, `<html>`, false},
		{500, `{"status":"error","message":"INVALID_SIGNATURE"}`, false},
	}
	for _, tt := range tests {
		if got := ReadOutcome(callOf(t, KindDeposit), tt.status, nil, []byte(tt.body)).RefusesCredentials(); got != tt.want {
			t.Errorf("%d %s: %v", tt.status, tt.body, got)
		}
	}
}

func TestServerDateAndCodes(t *testing.T) {
	header := http.Header{"Date": {"Thu, 27 Nov 2025 12:00:00 GMT"}}
	o := ReadOutcome(callOf(t, KindNotice), 200, header, []byte(`{"success":true}`))
	if diff := cmp.Diff(time.Date(2025, 11, 27, 12, 0, 0, 0, time.UTC), o.ServerDate); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, code := range Codes() {
		if seen[code] || code != canonical(code) {
			t.Errorf("%q is listed twice or is no name", code)
		}
		seen[code] = true
	}
	for _, v := range []Verdict{Unknown, Done, Refused, NotSent, Mismatch} {
		if got, ok := ParseVerdict(v.String()); !ok || got != v {
			t.Errorf("%v: %v", v, got)
		}
	}
	if got, ok := ParseVerdict("paid"); ok || got != Unknown || Verdict(99).String() != "unknown" {
		t.Error("a verdict that nobody knows is not unknown")
	}
}
