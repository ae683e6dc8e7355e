package sandbox

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestVectors holds this package's own HMAC against signatures made outside Go.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../testdata/vectors/signature-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Separator string `json:"separator"`
		Cases     []struct {
			Name, Method, Path, Body, Timestamp, Secret, Signature string
			APIKey                                                 string `json:"api_key"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Cases) < 15 {
		t.Fatalf("%d vectors", len(v.Cases))
	}
	for _, c := range v.Cases {
		got := signature(c.Secret, v.Separator, c.Method, c.Path, []byte(c.Body), c.Timestamp, c.APIKey)
		if got != c.Signature {
			t.Errorf("%s: %s, want %s", c.Name, got, c.Signature)
		}
	}
}

func TestReadStamp(t *testing.T) {
	want := time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC)
	for stamp, ok := range map[string]bool{
		"1764247157":                    true,
		"2025-11-27T12:39:17+00:00":     true,
		"2025-11-27T12:39:17.281+00:00": true,
		"2025-11-27T12:39:17Z":          true,
		"2025-11-27T17:39:17+0500":      true,
		"2025-11-27T12:39:17":           false,
		"2025-11-27":                    false,
		"1764247157281":                 false,
		"-1764247157":                   false,
		"1764247157.5":                  false,
		"١٧٦٤٢٤٧١٥٧":                    false,
		"":                              false,
		" 1764247157":                   false,
	} {
		got, read := readStamp(stamp)
		if read != ok || ok && !got.Truncate(time.Second).Equal(want) {
			t.Errorf("%q: %v, %v", stamp, got, read)
		}
	}
}

// TestAuthentication changes one thing at a time in a request that is right.
func TestAuthentication(t *testing.T) {
	now := time.Unix(1764247157, 0)
	b := begin(t, Options{Now: func() time.Time { return now }})
	body := depositBody("456789", "6000.00")
	at := func(d time.Duration) func(*http.Request) {
		return func(r *http.Request) {
			b.sign(r, DepositPath, body, strconv.FormatInt(now.Add(d).Unix(), 10))
		}
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		ok     bool
	}{
		"right":                {func(*http.Request) {}, true},
		"iso":                  {func(r *http.Request) { b.sign(r, DepositPath, body, "2025-11-27T12:39:17.281+00:00") }, true},
		"five minutes behind":  {at(-window), true},
		"five minutes ahead":   {at(window), true},
		"too far behind":       {at(-window - time.Second), false},
		"too far ahead":        {at(window + time.Second), false},
		"no signature":         {func(r *http.Request) { r.Header.Del("X-Signature") }, false},
		"empty signature":      {func(r *http.Request) { r.Header.Set("X-Signature", "") }, false},
		"two signatures":       {func(r *http.Request) { r.Header.Add("X-Signature", r.Header.Get("X-Signature")) }, false},
		"upper-case signature": {func(r *http.Request) { r.Header.Set("X-Signature", strings.ToUpper(r.Header.Get("X-Signature"))) }, false},
		"no key":               {func(r *http.Request) { r.Header.Del("X-API-Key") }, false},
		"two keys":             {func(r *http.Request) { r.Header.Add("X-API-Key", APIKey) }, false},
		"another key":          {func(r *http.Request) { r.Header.Set("X-API-Key", "k") }, false},
		"no timestamp":         {func(r *http.Request) { r.Header.Del("X-Timestamp") }, false},
		"another timestamp":    {func(r *http.Request) { r.Header.Set("X-Timestamp", "1764247158") }, false},
		"another path":         {func(r *http.Request) { b.sign(r, PayoutPath, body, "1764247157") }, false},
		"path with a query":    {func(r *http.Request) { r.URL.RawQuery = "a=1" }, true},
		"signed with a query":  {func(r *http.Request) { b.sign(r, DepositPath+"?", body, "1764247157") }, false},
		"another body":         {func(r *http.Request) { b.sign(r, DepositPath, body+" ", "1764247157") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(b.entries(DepositCreated))
			req := b.request(DepositPath, body)
			c.change(req)
			got := b.do(req)
			if !c.ok {
				got.want(t, 401, `{"status":"error","error_code":"401","message":"INVALID_SIGNATURE"}`)
				if len(b.entries(DepositCreated)) != before {
					t.Fatal("the ledger changed")
				}
			} else if got.status == 401 {
				t.Fatal("refused")
			}
		})
	}
}

// TestWrongSignatureChangesNothing is the sandbox's own safety claim.
func TestWrongSignatureChangesNothing(t *testing.T) {
	b := begin(t, Options{})
	b.post(PayoutPath, payoutBody("kxa1234", "5000.00", "first"))
	if _, err := b.server.accept("first"); err != nil {
		t.Fatal(err)
	}
	id := b.entries(PayoutCreated)[0].PayoutID
	before, err := b.server.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom([]string{ValidatePath, DepositPath, PayoutPath, notifyPath + systemID + "/" + id}).Draw(t, "path")
		body := rapid.OneOf(
			rapid.Just(depositBody("1", "1.00")),
			rapid.Just(payoutBody("1", "1.00", "second")),
			rapid.Just(`{"payout_id":"`+id+`","status":"completed","amount":5000.0,"currency":"UZS","timestamp":"`+someTime+`"}`),
			rapid.String(),
		).Draw(t, "body")
		req := b.request(path, body)
		sig := []byte(req.Header.Get("X-Signature"))
		at := rapid.IntRange(0, len(sig)-1).Draw(t, "digit")
		old := sig[at]
		sig[at] = rapid.SampledFrom([]byte("0123456789abcdef")).Filter(func(d byte) bool { return d != old }).Draw(t, "to")
		req.Header.Set("X-Signature", string(sig))
		if got := b.do(req); got.status != 401 && got.status != 400 {
			t.Fatalf("%d %s (%v)", got.status, got.body, got.err)
		}
		after, err := b.server.Ledger()
		if err != nil || len(after) != len(before) {
			t.Fatalf("the ledger changed: %d entries, then %d (%v)", len(before), len(after), err)
		}
	})
}
