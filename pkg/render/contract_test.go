package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sign/diagnose"
	"github.com/raisboy/raisboy/pkg/text"
)

// The contract's own lines ("Formats"): the order of their keys is a promise.
const (
	operationKeys = "id kind profile sandbox desk outcome held_by held_reason user_id project_user_id amount currency " +
		"payment_method ref request_id deposit_id payout_id payout_status http_status code message hint attempts replayed " +
		"recorded created_at settled_at"
	noticeKeys     = "status state attempts http_status last_error next_attempt_at"
	historyKeys    = "at what detail"
	validationKeys = "user_id project_user_id valid max_amount code message hint"
	transitionKeys = "event id operation payout_id request_id from to amount currency webhook_url signed_path duplicate " +
		"conflict received_at timestamp"
	signatureKeys = "method path timestamp api_key body_sha256 string signature headers curl"
	checkKeys     = "match findings tried notices limited"
	verifyKeys    = "ok rows damaged"
)

// keysOf lists the keys of a JSON object in their order, and checks that it is
// one object on one line.
func keysOf(t *testing.T, line string) string {
	t.Helper()
	if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Errorf("not one line: %q", line)
	}
	d := json.NewDecoder(strings.NewReader(line))
	if _, err := d.Token(); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(keys, " ")
}

func fields(t *testing.T, line string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return o
}

func TestKeysAreTheContract(t *testing.T) {
	jsonOf := func(show func(*render.Renderer) error) string {
		out, _ := shown(t, scene{name: "json", show: show}, render.Options{Format: render.JSON})
		return out
	}
	want := func(name, line, keys string) {
		t.Helper()
		if got := keysOf(t, line); got != keys {
			t.Errorf("%s has the keys\n%s, not\n%s", name, got, keys)
		}
	}
	for _, x := range receipts(t) {
		keys := operationKeys
		if x.value.Entry.Line != 0 {
			keys += " line"
		}
		want(x.name, jsonOf(func(r *render.Renderer) error { return r.Receipt(x.value) }), keys)
		line := jsonOf(func(r *render.Renderer) error { return r.Conclusion(x.value) })
		want(x.name, line, operationKeys+" notice")
		if notice, ok := fields(t, line)["notice"].(map[string]any); ok != (x.value.Entry.Notice != nil) {
			t.Errorf("%s: notice is %v", x.name, notice)
		}
	}
	for _, e := range entries(t) {
		line := jsonOf(func(r *render.Renderer) error { return r.Entry(e.value) })
		want(e.name, line, operationKeys+" history")
		for _, event := range regexp.MustCompile(`\{"at"[^}]*\}`).FindAllString(line, -1) {
			want(e.name, event+"\n", historyKeys)
		}
		if e.value.Notice != nil {
			notice := regexp.MustCompile(`"notice":(\{[^}]*\})`).FindStringSubmatch(
				jsonOf(func(r *render.Renderer) error { return r.Conclusion(desk.Receipt{Entry: e.value}) }))
			want(e.name, notice[1]+"\n", noticeKeys)
		}
	}
	for _, v := range validations() {
		want(v.name, jsonOf(func(r *render.Renderer) error { return r.Validation("2564568", v.value) }), validationKeys)
	}
	for _, m := range transitions(t) {
		want(m.name, jsonOf(func(r *render.Renderer) error { return r.Transition(m.value) }), transitionKeys)
	}
	want("listening", jsonOf(func(r *render.Renderer) error { return r.Listening("http://127.0.0.1:8788") }), "event url")
	want("sign", jsonOf(func(r *render.Renderer) error { return r.Signature(signature()) }), signatureKeys)
	want("check", jsonOf(func(r *render.Renderer) error { return r.Diagnosis(diagnose.Report{Tried: 1}, false) }), checkKeys)
	want("verify", jsonOf(func(r *render.Renderer) error { return r.Verified(journal.Report{}) }), verifyKeys)
}

func TestValuesAreTheContract(t *testing.T) {
	stamp := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$`)
	for _, x := range receipts(t) {
		out, _ := shown(t, scene{name: x.name, show: func(r *render.Renderer) error { return r.Receipt(x.value) }},
			render.Options{Format: render.JSON})
		o := fields(t, out)
		for _, key := range []string{"created_at", "settled_at"} {
			if at, ok := o[key].(string); ok && !stamp.MatchString(at) {
				t.Errorf("%s: %s is %q", x.name, key, at)
			}
		}
		if _, ok := o["amount"].(string); !ok {
			t.Errorf("%s: amount is %v", x.name, o["amount"])
		}
		if x.value.Held != nil {
			if o["outcome"] != "held" || o["id"] != nil || o["held_reason"] != string(x.value.Held.Reason) {
				t.Errorf("%s: %v", x.name, out)
			}
			if by := x.value.Held.By; by != nil && o["held_by"] != float64(by.ID) {
				t.Errorf("%s: held_by is %v", x.name, o["held_by"])
			}
		} else if o["outcome"] != x.value.Entry.State.String() || o["held_by"] != nil || o["held_reason"] != nil {
			t.Errorf("%s: %v", x.name, out)
		}
		if o["recorded"] != x.value.Recorded || o["replayed"] != x.value.Replayed {
			t.Errorf("%s: %v", x.name, out)
		}
	}
}

func TestValidIsThreeValued(t *testing.T) {
	want := map[string]any{"may": true, "may, no bound": true, "unknown user": false, "fields": nil, "signature": nil, "no answer": nil}
	for _, v := range validations() {
		out, _ := shown(t, scene{name: v.name, show: func(r *render.Renderer) error { return r.Validation("u", v.value) }},
			render.Options{Format: render.JSON})
		if got := fields(t, out)["valid"]; got != want[v.name] {
			t.Errorf("%s: valid is %v, not %v", v.name, got, want[v.name])
		}
	}
}

func TestCSVHasOneHeader(t *testing.T) {
	var out bytes.Buffer
	r := render.New(render.Options{Out: &out, Err: &bytes.Buffer{}, Format: render.CSV, Catalog: text.New(text.Russian)})
	for range 2 {
		if err := r.Entries(list(entries(t))); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], " "); got != operationKeys {
		t.Errorf("the header is %s", got)
	}
	if want := 2*len(entries(t)) + 1; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a cell that a spreadsheet takes for a formula: %q", cell)
			}
		}
	}
}

func TestEmptyLists(t *testing.T) {
	for format, want := range map[render.Format]string{
		render.Text: "", render.JSON: "", render.CSV: strings.ReplaceAll(operationKeys, " ", ",") + "\n",
	} {
		out, stderr := shown(t, scene{name: "none", show: func(r *render.Renderer) error { return r.Entries(list(nil)) }},
			render.Options{Format: format})
		if out != want || (stderr != "") != (format == render.Text) {
			t.Errorf("%v: %q, stderr %q", format, out, stderr)
		}
	}
}

func TestListsAreStreamed(t *testing.T) {
	for _, format := range []render.Format{render.JSON, render.CSV} {
		var out bytes.Buffer
		r := render.New(render.Options{Out: &out, Err: &bytes.Buffer{}, Format: format, Catalog: text.New(text.English)})
		lines := func() int { return strings.Count(out.String(), "\n") }
		var slow iter.Seq2[journal.Entry, error] = func(yield func(journal.Entry, error) bool) {
			for i, e := range entries(t) {
				before := lines()
				if !yield(e.value, nil) {
					return
				}
				if lines() != before+1 {
					t.Fatalf("%v: entry %d was not written before the next was asked for", format, i)
				}
			}
		}
		if err := r.Entries(slow); err != nil {
			t.Fatal(err)
		}
	}
}

func TestListErrorsComeBackAfterWhatWasRead(t *testing.T) {
	broken := errors.New("broken")
	var half iter.Seq2[journal.Entry, error] = func(yield func(journal.Entry, error) bool) {
		if yield(entries(t)[0].value, nil) {
			yield(journal.Entry{}, broken)
		}
	}
	for _, format := range []render.Format{render.Text, render.JSON, render.CSV} {
		var out bytes.Buffer
		r := render.New(render.Options{Out: &out, Err: &bytes.Buffer{}, Format: format, Catalog: text.New(text.English)})
		if err := r.Entries(half); !errors.Is(err, broken) || !strings.Contains(out.String(), "2564568") {
			t.Errorf("%v: %v, %q", format, err, out.String())
		}
		if err := r.Unsettled(half); !errors.Is(err, broken) {
			t.Errorf("%v: %v", format, err)
		}
	}
}
