package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/sign"
	"github.com/raisboy/raisboy/pkg/webhook"
)

// parts are all that a signature covers, as they arrive.
type parts struct {
	path, body, stamp, key, signature string
}

func partsOf(t testing.TB, s signed) parts {
	return parts{s.to, s.body, s.stamp, s.key, s.signature(t)}
}

func (p parts) request() *http.Request {
	return &http.Request{
		Method: "POST", URL: &url.URL{Path: p.path}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"X-Api-Key": {p.key}, "X-Timestamp": {p.stamp}, "X-Signature": {p.signature}},
		ContentLength: int64(len(p.body)), Body: io.NopCloser(strings.NewReader(p.body)),
	}
}

// refuses reports whether the handler refuses the parts and records nothing.
func refuses(h http.Handler, sink *memory, p parts) bool {
	before := len(sink.recorded())
	code := answerOf(h, p.request()).Code
	return len(sink.recorded()) == before && code != 200 && code != 404
}

// careless is a receiver as one might write it in a hurry: it looks at the
// first signature and its length. It is the negative control.
func careless(sink *memory) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if len(r.Header.Get("X-Signature")) != 64 || !json.Valid(body) {
			w.WriteHeader(401)
			return
		}
		_, _ = sink.Record(r.Context(), webhook.Event{Body: body})
		_, _ = w.Write([]byte(ok))
	})
}

// flips counts, over every bit of what was signed, the flipped requests that a
// handler lets through.
func flips(t *testing.T, h http.Handler, sink *memory, s signed, withPath bool) (through int) {
	good := partsOf(t, s)
	if refuses(h, sink, good) {
		t.Fatal("the unchanged request is refused")
	}
	list := []func(*parts) *string{
		func(p *parts) *string { return &p.body },
		func(p *parts) *string { return &p.stamp },
		func(p *parts) *string { return &p.key },
		func(p *parts) *string { return &p.signature },
	}
	if withPath {
		list = append(list, func(p *parts) *string { return &p.path })
	}
	for _, part := range list {
		for i := range len(*part(&good)) {
			for bit := range 8 {
				bad := good
				text := []byte(*part(&bad))
				text[i] ^= 1 << bit
				*part(&bad) = string(text)
				if !refuses(h, sink, bad) {
					through++
				}
			}
		}
	}
	return through
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	for _, test := range []struct {
		name     string
		send     signed
		withPath bool // the path that it is sent to is signed
	}{
		{"webhook 1", webhook1(), false},
		{"final status", final(), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := &memory{}
			if through := flips(t, newReceiver(t, sink), sink, test.send, test.withPath); through > 0 {
				t.Errorf("%d flipped requests were let through", through)
			}
			sink = &memory{}
			if flips(t, careless(sink), sink, test.send, test.withPath) == 0 {
				t.Error("the careless receiver was not caught")
			}
		})
	}
}

// mutate changes a good request in some way that its sender did not.
func mutate(t *rapid.T, good parts) (string, func(*http.Request)) {
	edit := func(text string) string {
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "edit") {
		case 0:
			return text[:at] + string(rapid.Byte().Draw(t, "byte")) + text[at:]
		case 1:
			return text[:at]
		}
		return text[:at] + text[min(at+1, len(text)):]
	}
	name := rapid.SampledFrom([]string{"X-Api-Key", "X-Timestamp", "X-Signature"}).Draw(t, "header")
	kind := rapid.SampledFrom([]string{"edit body", "edit header", "drop header", "repeat header", "empty header",
		"other stamp", "other secret", "join headers", "method", "swap values", "encode"}).Draw(t, "mutation")
	return kind, func(r *http.Request) {
		switch kind {
		case "edit body":
			body := edit(good.body)
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			if body == good.body {
				t.Skip("nothing changed")
			}
		case "edit header":
			old := r.Header[name][0]
			if r.Header[name][0] = edit(old); r.Header[name][0] == old {
				t.Skip("nothing changed")
			}
		case "drop header":
			delete(r.Header, name)
		case "repeat header":
			other := rapid.SampledFrom([]string{r.Header[name][0], "", "0", strings.Repeat("0", 64)}).Draw(t, "other")
			r.Header[name] = rapid.SampledFrom([][]string{{r.Header[name][0], other}, {other, r.Header[name][0]}}).Draw(t, "order")
		case "empty header":
			r.Header[name] = []string{}
		case "other stamp":
			shift := rapid.Int64Range(1, 1000).Draw(t, "seconds")
			stamp, err := sign.ParseTimestamp(good.stamp)
			if err != nil {
				t.Fatal(err)
			}
			r.Header["X-Timestamp"] = []string{sign.Unix.Format(stamp.Add(time.Duration(shift) * time.Second))}
		case "other secret":
			secret := rapid.StringN(1, 40, -1).Draw(t, "secret")
			if secret == testSecret || secret == testPrevious {
				t.Skip("the right one")
			}
			r.Header["X-Signature"] = []string{mac(secret, r.URL.EscapedPath(), []byte(good.body), good.stamp, good.key)}
		case "join headers":
			r.Header[name] = []string{r.Header[name][0] + "," + r.Header[name][0]}
		case "method":
			r.Method = rapid.SampledFrom([]string{"PUT", "PATCH", "GET", "post", "POST "}).Draw(t, "method")
		case "swap values":
			r.Header["X-Signature"], r.Header["X-Api-Key"] = r.Header["X-Api-Key"], r.Header["X-Signature"]
		case "encode":
			r.Header.Set("Content-Encoding", rapid.SampledFrom([]string{"gzip", "br", "identity,deflate"}).Draw(t, "encoding"))
		}
	}
}

func TestNothingUnsignedIsRecorded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom([]signed{webhook1(), final()}).Draw(rt, "request")
		s.secret = rapid.SampledFrom([]string{testSecret, testPrevious}).Draw(rt, "secret")
		s.stamp = sign.Unix.Format(testNow().Add(time.Duration(rapid.Int64Range(-300, 300).Draw(rt, "age")) * time.Second))
		good := partsOf(t, s)
		sink := &memory{}
		receiver := newReceiver(t, sink)
		if refuses(receiver, sink, good) {
			rt.Fatalf("the unchanged request is refused: %+v", sink.rejected)
		}
		kind, change := mutate(rt, good)
		bad := good.request()
		change(bad)
		if code := answerOf(receiver, bad).Code; len(sink.recorded()) != 1 || code < 400 || code == 404 {
			rt.Fatalf("%s: %d recorded, answer %d", kind, len(sink.recorded()), code)
		}
	})
}

// mac computes the signature without package sign, so that no mistake is shared.
func mac(secret, path string, body []byte, stamp, key string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("POST\n" + path + "\n"))
	h.Write(body)
	h.Write([]byte("\n" + stamp + "\n" + key))
	return hex.EncodeToString(h.Sum(nil))
}

// justified reports whether an event's own bytes carry a signature that is good
// for one of the paths which the project may sign.
func justified(e webhook.Event) bool {
	header := func(name string) string {
		if values := e.Headers[name]; len(values) == 1 {
			return values[0]
		}
		return ""
	}
	paths := []string{e.Path}
	if u, err := url.Parse(e.Webhook.WebhookURL); err == nil {
		paths = append(paths, u.EscapedPath(), u.EscapedPath()+"/")
	}
	for _, path := range paths {
		for _, secret := range []string{testSecret, testPrevious} {
			if header("X-Api-Key") == testKey && header("X-Signature") == mac(secret, path, e.Body, header("X-Timestamp"), testKey) {
				return true
			}
		}
	}
	return false
}

// The signatures of testdata/vectors were made outside Go.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../testdata/vectors/signature-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Method, Path, Body, Timestamp, Secret, Signature string

			APIKey string `json:"api_key"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	seen := map[webhook.Reason]int{}
	for _, c := range file.Cases {
		sink := &memory{}
		now, err := sign.ParseTimestamp(c.Timestamp)
		if err != nil {
			t.Fatal(err)
		}
		receiver := newReceiver(t, sink)
		receiver.Verifier = sign.Verifier{Keys: []*sign.Key{newKey(t, c.Secret)}, APIKey: c.APIKey}
		receiver.Now = func() time.Time { return now.Add(time.Minute) }
		request := partsOf(t, final()).request()
		request.Method, request.URL = c.Method, mustParse(t, "http://desk.example"+c.Path)
		request.Header = http.Header{"X-Api-Key": {c.APIKey}, "X-Timestamp": {c.Timestamp}, "X-Signature": {c.Signature}}
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader([]byte(c.Body))), int64(len(c.Body))
		code := answerOf(receiver, request).Code
		reason := webhook.Reason("recorded")
		if len(sink.rejected) > 0 {
			reason = sink.rejected[0].Reason
		}
		seen[reason]++
		switch reason {
		case "recorded":
			if code != 200 || !strings.Contains(c.Body, "payout_id") {
				t.Errorf("%s: answer %d", c.Name, code)
			}
		case webhook.ReasonNotWebhook: // the signature held: the body is another request's
		case webhook.ReasonMethod, webhook.ReasonEmptyBody, webhook.ReasonInvalidJSON:
		default:
			t.Errorf("%s: %s", c.Name, reason)
		}
	}
	if seen["recorded"] == 0 || seen[webhook.ReasonNotWebhook] == 0 {
		t.Errorf("the vectors prove nothing: %v", seen)
	}
}
