package diagnose

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestMatch(t *testing.T) {
	good := hmacHex(testSecret, signedString("POST", testPath, testBody, testStamp, testKey))
	report := mustDiagnose(t, testCapture(good), testSecrets(), testOptions())
	if !report.Match || report.Previous || len(report.Findings) > 0 || len(report.Notices) > 0 || report.Tried == 0 {
		t.Errorf("%+v", report)
	}
	if want := signedString("POST", testPath, testBody, testStamp, testKey); string(report.Rule) != want {
		t.Errorf("the rule is %q", report.Rule)
	}
	rotating := Secrets{Current: []byte("new"), Previous: []byte(testSecret), APIKey: testKey}
	if report := mustDiagnose(t, testCapture(good), rotating, testOptions()); !report.Match || !report.Previous {
		t.Errorf("the previous secret: %+v", report)
	}
	webhook := testCapture("")
	webhook.Target = "/proxied/hook"
	webhook.Body = []byte(`{"status":"accepted","webhook_url":"https://b.example/api/payments/notify/s/p"}`)
	for _, path := range []string{"/proxied/hook", "/api/payments/notify/s/p"} {
		webhook.Signature = hmacHex(testSecret, signedString("POST", path, string(webhook.Body), testStamp, testKey))
		if report := mustDiagnose(t, webhook, testSecrets(), testOptions()); !report.Match {
			t.Errorf("signed over %s: %s", path, summary(report))
		}
	}
}

func TestNotices(t *testing.T) {
	good := hmacHex(testSecret, signedString("POST", testPath, testBody, testStamp, testKey))
	headers := []Field{{"X-Api-Key", testKey}, {"X-Signature", good}, {"X-Timestamp", testStamp}, {"Content-Type", "application/json; charset=utf-8"}}
	tests := []struct {
		name   string
		change func(*Capture, *Options)
		want   []NoticeCode
	}{
		{"nothing", func(*Capture, *Options) {}, nil},
		{"late", func(_ *Capture, o *Options) { o.Now = o.Now.Add(6 * time.Minute) }, []NoticeCode{NoticeClock}},
		{"early", func(_ *Capture, o *Options) { o.Now = o.Now.Add(-6 * time.Minute) }, []NoticeCode{NoticeClock}},
		{"no clock", func(_ *Capture, o *Options) { o.Now = time.Time{} }, nil},
		{"unreadable time", func(c *Capture, _ *Options) { c.Timestamp = "yesterday" }, []NoticeCode{NoticeTimestamp}},
		{"other key", func(c *Capture, _ *Options) { c.APIKey = "other" }, []NoticeCode{NoticeKey}},
		{"method", func(c *Capture, _ *Options) { c.Method = "GET" }, []NoticeCode{NoticeMethod}},
		{"missing", func(c *Capture, _ *Options) { c.Header = c.Header[1:] }, []NoticeCode{NoticeMissing}},
		{"twice", func(c *Capture, _ *Options) { c.Header = append(c.Header, Field{"X-SIGNATURE", "x"}) }, []NoticeCode{NoticeDuplicate}},
		{"type", func(c *Capture, _ *Options) { c.Header[3].Value = "text/plain" }, []NoticeCode{NoticeContentType}},
		{"gzip", func(c *Capture, _ *Options) { c.Header = append(c.Header, Field{"Content-Encoding", "gzip"}) }, []NoticeCode{NoticeEncoding}},
		{"cut", func(c *Capture, _ *Options) { c.Incomplete = true }, []NoticeCode{NoticeIncomplete}},
		{"charset", func(c *Capture, _ *Options) { c.Body = []byte{0xcf, 0xf0} }, []NoticeCode{NoticeCharset}},
	}
	for _, test := range tests {
		c, o := testCapture(good), testOptions()
		c.Header, o.Depth = slices.Clone(headers), 1
		test.change(&c, &o)
		var got []NoticeCode
		for _, n := range mustDiagnose(t, c, testSecrets(), o).Notices {
			got = append(got, n.Code)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestErrors(t *testing.T) {
	good := testCapture(strings.Repeat("a", 64))
	for name, test := range map[string]struct {
		c    Capture
		s    Secrets
		o    Options
		want error
	}{
		"no secret":    {good, Secrets{}, Options{}, ErrNoSecret},
		"no signature": {testCapture(" "), testSecrets(), Options{}, ErrNoSignature},
	} {
		if _, err := Diagnose(t.Context(), test.c, test.s, test.o); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []Options{{Depth: -1}, {Depth: MaxDepth + 1}, {Limit: -1}} {
		var option *OptionError
		if _, err := Diagnose(t.Context(), good, testSecrets(), o); !errors.As(err, &option) || option.Error() == "" {
			t.Errorf("%+v: %v", o, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := Diagnose(ctx, good, testSecrets(), Options{}); !errors.Is(err, context.Canceled) || report.Match {
		t.Errorf("cancelled: %v, %v", report, err)
	}
	for _, text := range []string{"00", "zz", strings.Repeat("a", 19), "?"} {
		if report := mustDiagnose(t, testCapture(text), testSecrets(), Options{}); report.Readable || report.Match || report.Tried != 0 {
			t.Errorf("%q: %+v", text, report)
		}
	}
}

// TestSecretsNeverLeave looks for every secret, in every form, in everything
// that a diagnosis returns and prints.
func TestSecretsNeverLeave(t *testing.T) {
	secrets := testSecrets()
	secrets.Previous = []byte("previous_do_not_use")
	secrets.Others = []Credentials{{Name: "x", APIKey: "pk_other", Secret: []byte("other_do_not_use")}}
	all := [][]byte{secrets.Current, secrets.Previous, secrets.Others[0].Secret}
	body := `{"note":"x` + testSecret + `","amount":1.00}`
	check := func(name string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			for _, secret := range all {
				forms := []string{string(secret), hex.EncodeToString(secret)}
				for shift := range 3 { // base64 looks different at each offset; its middle is enough to give the secret away
					shifted := base64.StdEncoding.EncodeToString(append(make([]byte, shift), secret...))
					forms = append(forms, shifted[4:len(shifted)-4])
				}
				for _, form := range forms {
					if strings.Contains(text, form) {
						t.Errorf("%s: a secret in %q", name, text)
					}
				}
			}
		}
	}
	for name, signed := range map[string][2]string{ // secret, string
		"exchanged":      {testKey, signedString("POST", testPath, body, testStamp, testSecret)},
		"key is secret":  {testSecret, signedString("POST", testPath, body, testStamp, testSecret)},
		"with quotes":    {`"` + testSecret + `"`, signedString("POST", testPath, body, testStamp, testKey)},
		"in the body":    {testSecret, signedString("POST", testPath, body+"\n", testStamp, testKey)},
		"in base64":      {testSecret, signedString("POST", testPath, base64.StdEncoding.EncodeToString([]byte(body)), testStamp, testKey)},
		"in a form":      {testSecret, signedString("POST", testPath, "note=x"+testSecret+"&amount=1.00", testStamp, testKey)},
		"other's secret": {"other_do_not_use", signedString("POST", testPath, body, testStamp, testKey)},
		"both other's":   {"other_do_not_use", signedString("POST", testPath, body, testStamp, "pk_other")},
		"nothing":        {"?", "?"},
	} {
		c := testCapture(hmacHex(signed[0], signed[1]))
		c.Body = []byte(body)
		c.Header = []Field{{"X-API-Key", testSecret}, {"Content-Type", testSecret}}
		report := mustDiagnose(t, c, secrets, testOptions())
		if len(report.Findings) == 0 && name != "nothing" {
			t.Errorf("%s: nothing was found", name)
		}
		encoded, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		check(name, fmt.Sprintf("%+v %q %s", report, report.Rule, report.Rule), string(encoded))
		for _, f := range report.Findings {
			check(name, string(f.Signed), fmt.Sprintf("%#v", f))
		}
	}
	printed, err := json.Marshal([]any{secrets, &secrets, secrets.Others})
	if err != nil {
		t.Fatal(err)
	}
	check("printed", string(printed), fmt.Sprint(secrets, secrets.Others), fmt.Sprintf("%+v %#v %s %q %x %v", secrets, secrets, secrets, secrets, secrets, &secrets),
		secrets.String(), secrets.Others[0].String(), slog.AnyValue(secrets).Resolve().String(), slog.AnyValue(secrets.Others[0]).Resolve().String(), fmt.Sprintf("%#v", secrets.Others))
}

// TestEveryCodeIsListed: what the search can name is what Codes lists.
func TestEveryCodeIsListed(t *testing.T) {
	known := Codes()
	seen := map[string]bool{}
	for _, signature := range []string{strings.Repeat("ab", 32), strings.Repeat("AB", 10), "sha256=" + strings.Repeat("aB", 32), `"` + strings.Repeat("ab", 15) + `a" `,
		base64.StdEncoding.EncodeToString(make([]byte, 32)), base64.URLEncoding.EncodeToString([]byte(strings.Repeat("\xff", 64))),
		base64.StdEncoding.EncodeToString([]byte(strings.Repeat("ab", 32)))} {
		for _, separator := range []string{"", "|"} {
			c := testCapture(signature)
			c.Target, c.APIKey = "https://h.example/Api/%41/x/?q=1", `"as sent" `
			if separator != "" {
				c.Target = testPath
			}
			c.Body = []byte("\ufeff{\n \"user_id\": \"\\/\\u00e9<é\",\r\n\"amount\":6000, \"status\":\"6.50\", \"timestamp\":1764247157 }\r\n")
			for _, body := range []string{string(c.Body), testBody + "\n", `{"amount":"6000.00","a":"/","user_id":1}`, ` {"a":"` + "é\n" + `"}`} {
				c.Body = []byte(body)
				o := testOptions()
				o.Separator = separator
				p := newPlan(c, Secrets{Current: []byte(` "YWJjZA==" `), APIKey: `"k" `, Others: []Credentials{{APIKey: "o", Secret: []byte("61")}}}, o, 2)
				for _, d := range p.dims {
					for _, some := range d.byCost {
						for _, v := range some {
							for _, code := range v.deviations {
								seen[code] = true
							}
						}
					}
				}
			}
		}
	}
	for code := range seen {
		if !slices.Contains(known, code) {
			t.Errorf("%s is not listed", code)
		}
	}
	for _, code := range known {
		if !seen[code] && code != "secret.hex_decoded" && code != "secret.unquoted" && code != "timestamp.seconds" && code != "timestamp.microseconds" {
			t.Errorf("%s is listed, and nothing makes it", code)
		}
	}
}

// TestNothingIsAllocatedInTheLoop: an allocation a candidate would be a million
// a second.
func TestNothingIsAllocatedInTheLoop(t *testing.T) {
	p := newPlan(benchCapture(), testSecrets(), testOptions(), 2)
	jobs := p.jobs(2)
	s := search{secrets: p.vault.secrets, tried: &(&diagnosis{}).tried}
	w := worker{search: &s, hasher: newHasher(p.vault.secrets)}
	all := func() {
		for i := range jobs {
			w.run(&jobs[i])
		}
	}
	all()
	if n := testing.AllocsPerRun(2, all); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestSameAnswerForAnyWorkers: neither the number of workers nor their luck
// changes a report, the limit included.
func TestSameAnswerForAnyWorkers(t *testing.T) {
	c := testCapture(hmacHex(testSecret, signedString("post", testPath, testBody, testStamp, testKey)+"\n"))
	for _, limit := range []int64{1, 50, 5000, 0} {
		var want string
		for _, workers := range []int{1, 2, 7, 16} {
			o := testOptions()
			o.Workers, o.Limit = workers, limit
			report := mustDiagnose(t, c, testSecrets(), o)
			if limit > 0 && (report.Tried != limit || !report.Limited) {
				t.Errorf("limit %d: %d tried", limit, report.Tried)
			}
			if got := fmt.Sprintf("%+v", report); want == "" {
				want = got
			} else if got != want {
				t.Errorf("limit %d: %d workers\n%s\nnot\n%s", limit, workers, got, want)
			}
		}
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mutex sync.Mutex // synctest.Wait orders nothing for the race detector here
			seen  []Progress
		)
		told := func() []Progress {
			mutex.Lock()
			defer mutex.Unlock()
			return slices.Clone(seen)
		}
		d := diagnosis{options: Options{Progress: func(p Progress) {
			mutex.Lock()
			defer mutex.Unlock()
			seen = append(seen, p)
		}}}
		d.tried.Store(7)
		stop := d.progress()
		time.Sleep(progressPeriod - time.Millisecond)
		synctest.Wait()
		if len(told()) > 0 {
			t.Error("too early")
		}
		time.Sleep(progressPeriod)
		synctest.Wait()
		stop()
		if seen := told(); len(seen) != 1 || seen[0].Tried != 7 {
			t.Errorf("%+v", seen)
		}
		time.Sleep(time.Minute)
		if len(seen) != 1 {
			t.Error("reported after its end")
		}
	})
}

// TestHugeBody: a body beyond what is rewritten twice is still searched, within
// the bound on memory, and the report says that not all was tried.
func TestHugeBody(t *testing.T) {
	c := testCapture("")
	c.Body = []byte(`{"a":"` + strings.Repeat("x", 2*maxRewritten) + `"}`)
	c.Signature = hmacHex(testSecret, signedString("POST", testPath, string(c.Body)+"\n", testStamp, testKey))
	if report := mustDiagnose(t, c, testSecrets(), testOptions()); len(report.Findings) != 1 || report.Findings[0].Cause != "body.line_feed_added" {
		t.Error(summary(report))
	}
	p := newPlan(c, testSecrets(), testOptions(), 2)
	if !p.full {
		t.Error("the plan claims to be whole")
	}
}
