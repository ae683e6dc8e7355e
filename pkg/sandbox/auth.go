package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// window is how far X-Timestamp may be from the receiver's clock, either way
// (section 1: "+-5 минут").
const window = 5 * time.Minute

// signature computes what section 1 prescribes: hex(hmac_sha256(secret_key,
// METHOD \n PATH \n BODY \n TIMESTAMP \n API_KEY)). It is deliberately not
// pkg/sign's: two codes that agree say more than one that agrees with itself.
func signature(secret, sep, method, path string, body []byte, stamp, key string) string {
	h := hmac.New(sha256.New, []byte(secret))
	for _, part := range []string{method, sep, path, sep} {
		h.Write([]byte(part))
	}
	h.Write(body)
	for _, part := range []string{sep, stamp, sep, key} {
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// authentic tells whether the request bears exactly one of each header of
// section 1, our key, a stamp inside the window and the right signature. path
// is the path as it came on the wire.
func (s *Server) authentic(r *http.Request, path string, body []byte) bool {
	key, okKey := one(r.Header, "X-API-Key")
	sig, okSig := one(r.Header, "X-Signature")
	stamp, okStamp := one(r.Header, "X-Timestamp")
	if !okKey || !okSig || !okStamp || !hmac.Equal([]byte(key), []byte(s.key)) {
		return false
	}
	at, ok := readStamp(stamp)
	if !ok {
		return false
	}
	if skew := s.now().Sub(at); skew > window || skew < -window {
		return false
	}
	want := signature(s.secret, s.sep, r.Method, path, body, stamp, key)
	return hmac.Equal([]byte(sig), []byte(want))
}

// one returns the header's value if it came exactly once and is not empty. The
// first of two would let a proxy and this server look at different signatures.
func one(h http.Header, name string) (string, bool) {
	v := h.Values(name)
	if len(v) != 1 || v[0] == "" {
		return "", false
	}
	return v[0], true
}

// readStamp reads "unix_timestamp_seconds | iso8601" (section 1).
func readStamp(s string) (time.Time, bool) {
	if strings.Trim(s, "0123456789") != "" {
		return readISO(s)
	}
	// Twelve digits of seconds reach past the year 30000; thirteen are
	// milliseconds, which the document does not offer.
	if len(s) == 0 || len(s) > 12 {
		return time.Time{}, false
	}
	sec, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(sec, 0), err == nil
}

// readISO reads an ISO 8601 stamp with an offset. One without is refused: the
// other side would take it as its own local time.
func readISO(s string) (time.Time, bool) {
	if len(s) > 40 {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
