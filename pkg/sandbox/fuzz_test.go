package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/sign"
)

// FuzzServer sends any body, rightly signed: every answer is JSON with a status
// that the document or Grape knows, and money moves only with a 201.
func FuzzServer(f *testing.F) {
	paths := []string{ValidatePath, DepositPath, PayoutPath, notifyPath + systemID + "/pout_1"}
	for i, body := range []string{`{"user_id":"2564568"}`, depositBody("456789", "6000.00"),
		payoutBody("kxa1234", "5000.00", "payout_req_789"), noticeBody("pout_1", "completed", "5000.0", "UZS"),
		``, `{`, `[]`, `{"user_id":{"a":[1]}}`, depositBody("u401", "1e2"), depositBody("456789", "1e99")} {
		f.Add(uint8(i), []byte(body))
	}
	now := time.Unix(1764247157, 0)
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		s, err := New(Options{Now: func() time.Time { return now }, SlowDelay: 1})
		if err != nil {
			t.Fatal(err)
		}
		path := paths[int(which)%len(paths)]
		req := httptest.NewRequest("POST", path, bytes.NewReader(body))
		(&bench{t: t, server: s}).sign(req, path, string(body), strconv.FormatInt(now.Unix(), 10))
		rec := httptest.NewRecorder()
		if aborted(s, rec, req) {
			return // drop or truncated: no answer to look at
		}
		all, err := s.Ledger()
		if err != nil {
			t.Fatal(err)
		}
		switch rec.Code {
		case 200, 302, 429, 500: // html, u302, u429, e500
			return
		case 201:
			if moved := path == DepositPath || path == PayoutPath; moved != (len(all) == 1) {
				t.Fatalf("201, and the ledger has %v", all)
			}
		case 400, 401, 403, 404, 413, 415:
			if len(all) != 0 {
				t.Fatalf("%d, and the ledger has %v", rec.Code, all)
			}
		default:
			t.Fatalf("status %d", rec.Code)
		}
		if !jsontext.Value(rec.Body.Bytes()).IsValid() {
			t.Fatalf("%d %q", rec.Code, rec.Body)
		}
	})
}

// aborted serves a request and tells whether the connection would be cut.
func aborted(s *Server, w http.ResponseWriter, r *http.Request) (yes bool) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			yes = true
		} else if p != nil {
			panic(p)
		}
	}()
	s.ServeHTTP(w, r)
	return false
}

// TestAgreesWithSign holds this package's HMAC against the sending side's: the
// two were written apart.
func TestAgreesWithSign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[!-~]{1,20}`)
		secret := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "secret")
		m := sign.Message{Method: "POST", Path: "/" + word.Draw(t, "path"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
			Timestamp: word.Draw(t, "timestamp"), APIKey: word.Draw(t, "key")}
		key, err := sign.NewKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := key.Hex(m)
		if err != nil {
			t.Fatal(err)
		}
		if ours := signature(string(secret), "\n", m.Method, m.Path, m.Body, m.Timestamp, m.APIKey); ours != theirs {
			t.Fatalf("%s, pkg/sign has %s", ours, theirs)
		}
	})
}
