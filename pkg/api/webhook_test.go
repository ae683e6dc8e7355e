package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadWebhook(t *testing.T) {
	tests := []struct {
		name string
		body string
		want Webhook
		err  error
	}{
		{"nothing", "", Webhook{}, ErrEmptyBody},
		{"white space", " \n", Webhook{}, ErrEmptyBody},
		{"list", "[]", Webhook{}, ErrInvalidJSON},
		{"no members", "{}", Webhook{}, nil},
		{"nulls", `{"success":null,"payout_id":null,"amount":null}`, Webhook{}, nil},
		{"unknown members", `{"payout_id":"p","extra":{"a":[1,2]}}`, Webhook{PayoutID: "p"}, nil},
		{"unknown status", `{"status":"frozen"}`, Webhook{Status: "frozen"}, nil},
		{"success false", `{"success":false}`, Webhook{HasSuccess: true}, nil},
		{"amount text", `{"amount":"5000.0"}`, Webhook{Amount: 500000, HasAmount: true, RawAmount: "5000.0"}, nil},
		{"amount inexact", `{"amount":5000.005}`, Webhook{HasAmount: true, RawAmount: "5000.005"}, nil},
		{"amount huge", `{"amount":1e99}`, Webhook{HasAmount: true, RawAmount: "1e99"}, nil},
		{"amount words", `{"amount":"five"}`, Webhook{}, ErrInvalidJSON},
		{"amount list", `{"amount":[1]}`, Webhook{}, ErrInvalidJSON},
		{"success text", `{"success":"true"}`, Webhook{}, ErrInvalidJSON},
		{"id number", `{"payout_id":1}`, Webhook{}, ErrInvalidJSON},
		{"id long", `{"payout_id":"` + strings.Repeat("a", 257) + `"}`, Webhook{}, ErrInvalidJSON},
		{"duplicate", `{"status":"cancelled","status":"completed"}`, Webhook{}, ErrInvalidJSON},
		{"case variant", `{"status":"cancelled","STATUS":"completed"}`, Webhook{}, ErrInvalidJSON},
		{"trailing", `{"status":"cancelled"}{"status":"completed"}`, Webhook{}, ErrInvalidJSON},
		{"bytes", "{\"status\":\"\xff\"}", Webhook{}, ErrInvalidJSON},
		{"too many names", "{" + manyNames(maxMembers+1) + "}", Webhook{}, ErrInvalidJSON},
		{"too large", `{"a":"` + strings.Repeat("a", maxAnswer) + `"}`, Webhook{}, ErrInvalidJSON},
	}
	for _, tt := range tests {
		got, err := ReadWebhook([]byte(tt.body))
		if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

func manyNames(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = `"` + strings.Repeat("a", i) + `":0`
	}
	return strings.Join(names, ",")
}

// The negative control: what the careless reading makes of a payout that was
// called off, and why this package does not use encoding/json.
func TestCarelessReadingPaysACancelledPayout(t *testing.T) {
	const body = `{"status":"cancelled","STATUS":"completed"}`
	var careless struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal([]byte(body), &careless); err != nil || careless.Status != "completed" {
		t.Fatalf("encoding/json reads %q, %v: this control controls nothing any more", careless.Status, err)
	}
	if w, err := ReadWebhook([]byte(body)); err == nil {
		t.Errorf("read as %q", w.Status)
	}
}
