package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"unicode/utf8"
)

// FuzzReadOutcome holds every verdict against a second, lenient reading: what
// that one does not find cannot have been there.
func FuzzReadOutcome(f *testing.F) {
	for _, name := range goldenNames(f) {
		if of, status, body := goldenFile(f, name); len(of) > 0 {
			for kind := range kinds() {
				f.Add(uint8(kind), status, body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, status int, body []byte) {
		call := callOf(t, kinds()[int(kind)%4])
		o := ReadOutcome(call, status, nil, body)
		if len(o.Answer) > maxAnswer || len(o.Message) > maxMessage || len(o.Detail) > maxMessage || len(o.Fields) > maxFields {
			t.Fatal("kept more than the bounds")
		}
		if !utf8.ValidString(o.Message + o.Code + o.ErrorCode + o.Detail) {
			t.Fatal("text is not UTF-8")
		}
		var loose map[string]any
		isObject := json.Unmarshal(body, &loose) == nil && loose != nil
		switch o.Verdict {
		case NotSent:
			t.Fatal("an answer came to something that was not sent")
		case Unknown:
			if o.Cause == CauseAnswered {
				t.Fatal("unknown without a cause")
			}
			return
		case Refused:
			if !isObject || !refuses(status) && !accepts(status) || loose["success"] == true || loose["status"] == "success" {
				t.Fatalf("%d %q refuses", status, body)
			}
			return
		}
		if !isObject || !accepts(status) {
			t.Fatalf("%d %q is %v", status, body, o.Verdict)
		}
		checkDone(t, call, o, loose)
	})
}

func checkDone(t *testing.T, call Call, o Outcome, loose map[string]any) {
	t.Helper()
	switch call.Kind {
	case KindValidation:
		if loose["status"] != "success" || o.UserID == "" {
			t.Fatalf("%v is done", loose)
		}
	case KindDeposit:
		if loose["status"] != "success" || o.DepositID == "" || loose["deposit_id"] != o.DepositID {
			t.Fatalf("%v is %v", loose, o.Verdict)
		}
	case KindPayout:
		if loose["success"] != true || o.PayoutID == "" || loose["payout_id"] != o.PayoutID {
			t.Fatalf("%v is %v", loose, o.Verdict)
		}
		same := o.Amount == call.Terms.Amount && o.Currency == call.Terms.Currency && o.RequestID == call.Terms.RequestID
		if o.Verdict == Done && (!same || o.PayoutStatus.Rank() == 0) {
			t.Fatalf("%v is done", loose)
		}
	case KindNotice:
		if loose["success"] != true {
			t.Fatalf("%v is done", loose)
		}
	}
}

func FuzzReadWebhook(f *testing.F) {
	for _, name := range goldenNames(f) {
		_, _, body := goldenFile(f, name)
		f.Add(body)
	}
	f.Add([]byte(`{"status":"cancelled","STATUS":"completed"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := ReadWebhook(body)
		if err != nil {
			if w != (Webhook{}) || !errors.Is(err, ErrEmptyBody) && !errors.Is(err, ErrInvalidJSON) {
				t.Fatalf("%+v with %v", w, err)
			}
			return
		}
		// What is read strictly, the lenient reader reads too, and alike.
		var loose struct {
			Success *bool   `json:"success"`
			ID      string  `json:"payout_id"`
			Status  string  `json:"status"`
			URL     string  `json:"webhook_url"`
			Amount  any     `json:"amount"`
			Other   *string `json:"request_id"`
		}
		if err := json.Unmarshal(body, &loose); err != nil {
			t.Fatal(err)
		}
		if loose.ID != w.PayoutID && w.PayoutID != "" || loose.Status != string(w.Status) && w.Status != "" ||
			w.HasSuccess && (loose.Success == nil || *loose.Success != w.Success) ||
			w.HasAmount && loose.Amount == nil || w.Amount < 0 || loose.URL != w.WebhookURL && w.WebhookURL != "" {
			t.Fatalf("%q: %+v against %+v", body, w, loose)
		}
	})
}

func FuzzParseCall(f *testing.F) {
	for i, kind := range kinds() {
		body := callOf(f, kind).Body
		f.Add(uint8(i), body)
		f.Add(uint8(i), append(bytes.Clone(body), ' '))
		f.Add(uint8(i), bytes.Replace(body, []byte(`","`), []byte(`\",","`), 1))
		f.Add(uint8(i), bytes.Replace(body, []byte(`_id":"`), []byte(`_id":"\u0041\\\n`), 1))
		for _, number := range []string{"007", "1.", ".5", "-1", "1e2", ""} {
			f.Add(uint8(i), regexp.MustCompile(`[0-9]+\.[0-9]+,`).ReplaceAll(body, []byte(number+",")))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		// What is read the quick way is read the same the other.
		keys := members(kinds()[int(kind)%4])
		if plain, ok := readPlain(keys, string(body)); ok {
			if terms, err := readTerms(kinds()[int(kind)%4], keys, body); err != nil || terms != plain {
				t.Fatalf("%q: %+v, but %+v: %v", body, plain, terms, err)
			}
		}
		call, err := ParseCall(kinds()[int(kind)%4], "https://h", body)
		if err != nil {
			return
		}
		// Its terms, frozen again, read as the same terms.
		again, err := appendBody(nil, call.Kind, call.Terms)
		if err != nil {
			t.Fatal(err)
		}
		second, err := ParseCall(call.Kind, call.URL, again)
		if err != nil || second.Terms != call.Terms {
			t.Fatalf("%q: %+v, then %+v: %v", body, call.Terms, second.Terms, err)
		}
	})
}
