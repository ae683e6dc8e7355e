package render_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sign/diagnose"
	"github.com/raisboy/raisboy/pkg/text"
)

// explained is a report with everything in it that can be shown.
func explained() diagnose.Report {
	return diagnose.Report{
		Readable: true, Tried: 43521, Depth: 2,
		Rule: []byte("POST\n/api/payout/create\n{\"amount\":6000.00}\n1764247157\npk"),
		Findings: []diagnose.Finding{
			{
				Cause: "body.number_form", Deviations: []string{"body.number_form", "separator.trailing"},
				Signed: []byte("POST\n/api/payout/create\n{\"amount\":6000.0}\n1764247157\npk\n"),
				Changes: []diagnose.Change{
					{Part: diagnose.PartBody, Deviations: []string{"body.number_form"}, Was: "6000.0", Rule: "6000.00", Where: "body:10",
						Tools: []diagnose.Tool{diagnose.ToolPython, diagnose.ToolRuby}},
					{Part: diagnose.PartEnds, Deviations: []string{"separator.trailing"}, Was: "\n", Where: "separator"},
				},
			},
			{Cause: "secret.line_feed", Deviations: []string{"secret.line_feed"}, Signed: []byte("x\x1b[31m"),
				Changes: []diagnose.Change{{Part: diagnose.PartCredentials, Deviations: []string{"secret.line_feed"}, Where: "credentials"}}},
		},
		Notices: []diagnose.Notice{
			{Code: diagnose.NoticeClock, Name: "X-Timestamp", Value: "1764247157", Skew: -10 * time.Minute},
			{Code: diagnose.NoticeContentType, Name: "Content-Type", Value: "text/\x1b[31mplain"},
		},
	}
}

func TestDiagnosisIsTheContract(t *testing.T) {
	out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Diagnosis(explained(), false) }}, render.Options{Format: render.JSON})
	if got := keysOf(t, out); got != "match findings tried notices limited" {
		t.Errorf("keys %s", got)
	}
	var o struct{ Findings []json.RawMessage }
	if err := json.Unmarshal([]byte(out), &o); err != nil || len(o.Findings) != 2 {
		t.Fatalf("%v in %s", err, out)
	}
	if got := keysOf(t, string(o.Findings[0])+"\n"); got != "cause deviations was rule where fix signed" {
		t.Errorf("keys of a finding: %s", got)
	}
	first := fields(t, string(o.Findings[0]))
	if first["was"] != "6000.0; \n" || first["rule"] != "6000.00" || first["where"] != "body:10; separator" {
		t.Errorf("%v", first)
	}
	if second := fields(t, string(o.Findings[1])); second["was"] != nil || second["rule"] != nil {
		t.Errorf("%v", second)
	}
}

func TestDiagnosisInText(t *testing.T) {
	reports := map[string]diagnose.Report{
		"found": explained(), "match": {Match: true, Previous: true}, "nothing": {Readable: true, Tried: 12, Depth: 2, Limited: true}, "no digest": {},
	}
	for _, lang := range []text.Lang{text.English, text.Russian} {
		for name, report := range reports {
			for _, width := range []int{0, 40, 80} {
				out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Diagnosis(report, true) }},
					render.Options{Catalog: text.New(lang), Width: width})
				if strings.ContainsAny(out, "\x1b\r") || regexp.MustCompile(`(deviation|diagnosis|mend|notice_found)\.`).MatchString(out) {
					t.Errorf("%v %s %d:\n%s", lang, name, width, out)
				}
			}
		}
	}
	out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Diagnosis(explained(), true) }}, render.Options{})
	for _, want := range []string{"6000.00", "json.dumps", "␊", "They differ from byte 40 on", "10 min"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestEveryDeviationHasItsWords: a code that nobody wrote a sentence for would
// stand on the screen as it is.
func TestEveryDeviationHasItsWords(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		c := text.New(lang)
		var keys []string
		for _, code := range append(diagnose.Codes(), "body.reserialised") {
			keys = append(keys, "deviation."+code)
		}
		for _, part := range constants(t, "../sign/diagnose", "Part") {
			keys = append(keys, "mend."+part)
		}
		for _, code := range constants(t, "../sign/diagnose", "NoticeCode") {
			keys = append(keys, "notice_found."+code)
		}
		for _, key := range keys {
			if !c.Has(key) {
				t.Errorf("%v: no %s", lang, key)
			}
		}
	}
	for _, tool := range constants(t, "../sign/diagnose", "Tool") {
		report := explained()
		report.Findings[0].Changes[0].Tools = []diagnose.Tool{diagnose.Tool(tool)}
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Diagnosis(report, false) }}, render.Options{})
		if !strings.Contains(out, "The line that usually does it:") {
			t.Errorf("no line of code for %s", tool)
		}
	}
}

// commandIn gives the suggested command of a text, its lines as they stand.
func commandIn(t *testing.T, out string) string {
	t.Helper()
	at := strings.Index(out, "  raisboy sign")
	if at < 0 {
		t.Fatalf("no command in\n%s", out)
	}
	return out[at:]
}

// TestDiagnosisCommandSurvivesPasting gives the folded command to a shell, which
// must see the very words.
func TestDiagnosisCommandSurvivesPasting(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Logf("no shell here: %v", err)
		return
	}
	body := `{"user_id":"it's & <b>","amount":5000.00,"note":"` + strings.Repeat("длинно ", 30) + `"}`
	for _, body := range []string{body, strings.ReplaceAll(body, "'", "")} {
		event := journal.Event{Reason: "invalid_signature", Method: "POST", Path: "/hooks/a;b", Body: []byte(body),
			Headers: map[string][]string{"X-Signature": {strings.Repeat("ab", 32)}, "X-Timestamp": {"1764247157"}}}
		out, stderr := shown(t, scene{show: func(r *render.Renderer) error { return r.RejectedWebhook(event) }}, render.Options{Verbose: true, Flags: "--sandbox"})
		checkPasted(t, shell, commandIn(t, stderr+out), []string{"sign", "--method=POST", "--path=/hooks/a;b", "--timestamp=1764247157",
			"--check=" + strings.Repeat("ab", 32), "--body=" + body, "--sandbox"})
	}
	e := entryOf(t, "payout refused")
	if e.Code != api.CodeInvalidSignature {
		t.Fatalf("the fixture was refused for %s", e.Code)
	}
	for _, width := range []int{0, 40, 60, 80, 200} {
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(desk.Receipt{Entry: e, Recorded: true}) }},
			render.Options{Width: width})
		checkPasted(t, shell, commandIn(t, out), []string{"sign", "--path", "/api/payout/create", "--body", string(e.Call.Body), "--explain"})
	}
}

func checkPasted(t *testing.T, shell, command string, want []string) {
	t.Helper()
	script := "raisboy() { printf '%s\\001' \"$@\"; }\n" + command
	out, err := exec.CommandContext(context.Background(), shell, "-c", script).Output()
	if got := strings.Split(strings.TrimSuffix(string(out), "\x01"), "\x01"); err != nil || strings.Join(got, "\x00") != strings.Join(want, "\x00") {
		t.Errorf("%v: the shell took\n%s\nfor %q", err, command, got)
	}
}

// TestNoCommandFromStrangers: what a stranger sent and cannot be seen whole is
// not put into a command to be pasted.
func TestNoCommandFromStrangers(t *testing.T) {
	good := func() journal.Event {
		return journal.Event{Reason: "invalid_signature", Method: "POST", Path: "/hook", Body: []byte(`{}`),
			Headers: map[string][]string{"X-Signature": {"ab"}, "X-Timestamp": {"1"}}}
	}
	for name, change := range map[string]func(*journal.Event){
		"other reason": func(e *journal.Event) { e.Reason = "wrong_key" },
		"escape":       func(e *journal.Event) { e.Body = []byte("\x1b[31m") },
		"direction":    func(e *journal.Event) { e.Path = "/\u202e" },
		"line feed":    func(e *journal.Event) { e.Headers["X-Timestamp"] = []string{"1\n2"} },
		"at file":      func(e *journal.Event) { e.Body = []byte("@/etc/passwd") },
		"stdin":        func(e *journal.Event) { e.Body = []byte("-") },
		"long":         func(e *journal.Event) { e.Body = []byte(strings.Repeat("x", 3000)) },
		"two":          func(e *journal.Event) { e.Headers["X-Signature"] = []string{"a", "b"} },
	} {
		event := good()
		change(&event)
		_, stderr := shown(t, scene{show: func(r *render.Renderer) error { return r.RejectedWebhook(event) }}, render.Options{Verbose: true})
		if strings.Contains(stderr, "raisboy sign") {
			t.Errorf("%s: %q", name, stderr)
		}
	}
	_, stderr := shown(t, scene{show: func(r *render.Renderer) error { return r.RejectedWebhook(good()) }}, render.Options{Verbose: true})
	if !strings.Contains(stderr, "raisboy sign --method=POST") {
		t.Errorf("no command at all: %q", stderr)
	}
}
