package sign_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/sign"
)

func ExampleVerifier() {
	current, _ := sign.NewKey([]byte("new secret"))
	previous, _ := sign.NewKey([]byte("old secret"))
	verifier := sign.Verifier{Keys: []*sign.Key{current, previous}, APIKey: "pk"}

	message := sign.Message{Method: "POST", Path: "/hook", Body: []byte("{}"), Timestamp: "1764247157", APIKey: "pk"}
	signature, _ := previous.Hex(message)
	now := time.Unix(1764247157, 0)
	fmt.Println(verifier.Verify(message, signature, now))
	fmt.Println(verifier.Verify(message, signature, now.Add(time.Hour)))
	// Output:
	// 1 <nil>
	// -1 timestamp is -1h0m0s from this clock, allowed are 5m0s either way
}

// depositTime is when deposit was stamped.
var depositTime = time.Unix(1764247157, 0)

// signed gives a key, a verifier that knows it, and deposit's signature.
func signed(t testing.TB) (*sign.Key, sign.Verifier, string) {
	t.Helper()
	key := newKey(t, "secret")
	signature, err := key.Hex(deposit())
	if err != nil {
		t.Fatal(err)
	}
	return key, sign.Verifier{Keys: []*sign.Key{key}, APIKey: deposit().APIKey}, signature
}

func TestVerifyReasons(t *testing.T) {
	_, good, signature := signed(t)
	cases := []struct {
		name   string
		change func(v *sign.Verifier, m *sign.Message, signature *string)
		want   error
	}{
		{"nothing wrong", func(*sign.Verifier, *sign.Message, *string) {}, nil},
		{"the message's own separator is not looked at", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Separator = "|" }, nil},
		{"no keys", func(v *sign.Verifier, _ *sign.Message, _ *string) { v.Keys = nil }, sign.ErrNoKey},
		{"nil and zero keys alone", func(v *sign.Verifier, _ *sign.Message, _ *string) { v.Keys = []*sign.Key{nil, {}} }, sign.ErrNoKey},
		{"empty signature", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s = "" }, sign.ErrMalformedSignature},
		{"upper case", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s = strings.ToUpper(*s) }, sign.ErrMalformedSignature},
		{"a digit short", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s = (*s)[1:] }, sign.ErrMalformedSignature},
		{"a digit long", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s += "0" }, sign.ErrMalformedSignature},
		{"a space", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s = (*s)[:63] + " " }, sign.ErrMalformedSignature},
		{"beyond f", func(_ *sign.Verifier, _ *sign.Message, s *string) { *s = "g" + (*s)[1:] }, sign.ErrMalformedSignature},
		{"another api key", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.APIKey = "pk_test_0123456780" }, sign.ErrAPIKey},
		{"a longer api key", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.APIKey += "0" }, sign.ErrAPIKey},
		{"the verifier knows no api key", func(v *sign.Verifier, _ *sign.Message, _ *string) { v.APIKey = "" }, sign.ErrAPIKey},
		{"unreadable timestamp", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Timestamp = "now" }, sign.ErrTimestamp},
		{"no offset", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Timestamp = "2025-11-27T12:39:17" }, sign.ErrNoOffset},
		{"milliseconds", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Timestamp = "1764247157281" }, sign.ErrMilliseconds},
		{"another timestamp", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Timestamp = "1764247158" }, sign.ErrSignature},
		{"the same instant written otherwise", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Timestamp = "2025-11-27T12:39:17Z" }, sign.ErrSignature},
		{"another body", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Body = append(m.Body, ' ') }, sign.ErrSignature},
		{"another path", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Path += "/" }, sign.ErrSignature},
		{"another method", func(_ *sign.Verifier, m *sign.Message, _ *string) { m.Method = "PUT" }, sign.ErrSignature},
		{"another separator", func(v *sign.Verifier, _ *sign.Message, _ *string) { v.Separator = "|" }, sign.ErrSignature},
		{"another secret", func(v *sign.Verifier, _ *sign.Message, _ *string) { v.Keys = []*sign.Key{newKey(t, "Secret")} }, sign.ErrSignature},
	}
	for _, c := range cases {
		v, m, s := good, deposit(), signature
		c.change(&v, &m, &s)
		index, err := v.Verify(m, s, depositTime)
		if !errors.Is(err, c.want) || (err == nil) != (index == 0) || (err != nil) != (index == -1) {
			t.Errorf("%s: %d, %v; want %v", c.name, index, err, c.want)
		}
	}
	bad := deposit()
	bad.Timestamp = ""
	var wrong *sign.PartError
	if index, err := good.Verify(bad, signature, depositTime); !errors.As(err, &wrong) || wrong.Part != sign.PartTimestamp || index != -1 {
		t.Errorf("empty timestamp: %d, %v", index, err)
	}
	bad = deposit()
	bad.APIKey = ""
	unset := sign.Verifier{Keys: good.Keys}
	if index, err := unset.Verify(bad, signature, depositTime); !errors.As(err, &wrong) || wrong.Part != sign.PartAPIKey || index != -1 {
		t.Errorf("two empty api keys: %d, %v", index, err)
	}
	if _, err := (sign.Verifier{}).Verify(deposit(), signature, depositTime); err == nil {
		t.Error("the zero verifier verifies")
	}
}

// TestEmptySecretNeverVerifies makes the signature that an empty secret would
// give, which anybody can, and offers it to every verifier that might take it.
func TestEmptySecretNeverVerifies(t *testing.T) {
	sum := bareHMAC(nil, deposit().Append(nil))
	forged := hex.EncodeToString(sum[:])
	key := newKey(t, "secret")
	for name, keys := range map[string][]*sign.Key{
		"no keys": nil, "nil key": {nil}, "zero key": {{}}, "beside a good one": {key, nil, {}}, "before a good one": {{}, key},
	} {
		v := sign.Verifier{Keys: keys, APIKey: deposit().APIKey}
		if index, err := v.Verify(deposit(), forged, depositTime); err == nil || index != -1 {
			t.Errorf("%s: the forged signature verifies", name)
		}
	}
}

// TestEveryBitCounts flips each of the signature's 256 bits, and each bit of
// the body.
func TestEveryBitCounts(t *testing.T) {
	_, v, signature := signed(t)
	raw, _ := hex.DecodeString(signature)
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if _, err := v.Verify(deposit(), hex.EncodeToString(raw), depositTime); !errors.Is(err, sign.ErrSignature) {
			t.Fatalf("signature with bit %d flipped: %v", bit, err)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for bit := range len(deposit().Body) * 8 {
		m := deposit()
		m.Body[bit/8] ^= 1 << (bit % 8)
		if _, err := v.Verify(m, signature, depositTime); !errors.Is(err, sign.ErrSignature) {
			t.Fatalf("body with bit %d flipped: %v", bit, err)
		}
	}
	if _, err := v.Verify(deposit(), hex.EncodeToString(raw), depositTime); err != nil {
		t.Fatalf("unchanged: %v", err)
	}
}

func TestWindowHasTwoEdges(t *testing.T) {
	_, good, signature := signed(t)
	cases := []struct {
		window, late time.Duration // late: how far the verifier's clock is past the stamp
		ok           bool
	}{
		{0, 0, true},
		{0, 5 * time.Minute, true},
		{0, 5*time.Minute + 1, false},
		{0, 5*time.Minute + time.Second, false},
		{0, -5 * time.Minute, true},
		{0, -5*time.Minute - 1, false},
		{0, -5*time.Minute - time.Second, false},
		{0, 24 * time.Hour, false},
		{0, math.MaxInt64, false},
		{0, math.MinInt64, false},
		{time.Second, time.Second, true},
		{time.Second, -time.Second, true},
		{time.Second, 2 * time.Second, false},
		{-1, 0, false},
		{-5 * time.Minute, 0, false},
	}
	for _, c := range cases {
		v := good
		v.Window = c.window
		_, err := v.Verify(deposit(), signature, depositTime.Add(c.late))
		if (err == nil) != c.ok {
			t.Errorf("window %v, %v late: %v", c.window, c.late, err)
		}
		var clock *sign.ClockError
		if err == nil {
			continue
		}
		allowed := c.window
		if allowed == 0 {
			allowed = sign.DefaultWindow
		}
		if !errors.As(err, &clock) || clock.Window != allowed || c.late != math.MinInt64 && clock.Skew != -c.late {
			t.Errorf("window %v, %v late: %#v", c.window, c.late, err)
		}
	}
	// A verifier whose clock is far beyond what a Duration can hold.
	if _, err := good.Verify(deposit(), signature, time.Time{}); !errors.As(err, new(*sign.ClockError)) {
		t.Errorf("at the zero time: %v", err)
	}
}

func TestVerifyNamesTheKey(t *testing.T) {
	keys := []*sign.Key{newKey(t, "a"), nil, newKey(t, "b"), newKey(t, "c"), newKey(t, "b")}
	v := sign.Verifier{Keys: keys, APIKey: deposit().APIKey}
	for secret, want := range map[string]int{"a": 0, "b": 2, "c": 3, "d": -1} {
		signature, _ := newKey(t, secret).Hex(deposit())
		if got, err := v.Verify(deposit(), signature, depositTime); got != want || (err == nil) != (want >= 0) {
			t.Errorf("signed by %q: %d, %v; want %d", secret, got, err, want)
		}
	}
}

func TestVerifyTakesWhatKeySigned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]sign.TimestampFormat{sign.Unix, sign.ISO8601}).Draw(t, "format")
		now := time.UnixMilli(rapid.Int64Range(1, 4e12).Draw(t, "now"))
		line := rapid.StringMatching(`[!-{}~]{1,30}`)
		m := sign.Message{
			Method:    rapid.SampledFrom([]string{"POST", "GET"}).Draw(t, "method"),
			Path:      line.Draw(t, "path"),
			Body:      rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
			Timestamp: format.Format(now),
			APIKey:    line.Draw(t, "key"),
			Separator: rapid.SampledFrom([]string{"", "|", "\\\n"}).Draw(t, "separator"),
		}
		if m.Check() != nil {
			t.Skip("the separator is in a part")
		}
		key, _ := sign.NewKey(rapid.SliceOfN(rapid.Byte(), 1, 99).Draw(t, "secret"))
		signature, err := key.Hex(m)
		if err != nil {
			t.Fatal(err)
		}
		v := sign.Verifier{Keys: []*sign.Key{key}, APIKey: m.APIKey, Separator: m.Separator}
		if _, err := v.Verify(m, signature, now); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		m.Body = append(m.Body, 0)
		if _, err := v.Verify(m, signature, now); !errors.Is(err, sign.ErrSignature) {
			t.Fatalf("with another body: %v", err)
		}
	})
}

// FuzzVerify offers anything at all: only what an HMAC written apart from the
// package also gives may pass.
func FuzzVerify(f *testing.F) {
	key, _, signature := signed(f)
	m := deposit()
	f.Add(m.Method, m.Path, m.Body, m.Timestamp, m.APIKey, signature, "", int64(1764247157))
	f.Add(m.Method, m.Path, m.Body, m.Timestamp, m.APIKey, strings.ToUpper(signature), "", int64(1764247157))
	f.Add(m.Method, m.Path, m.Body, m.Timestamp, m.APIKey, signature, "|", int64(0))
	f.Add("", "", []byte{}, "", "", "", "", int64(math.MaxInt64))
	f.Add("POST", "/\n", []byte("x"), "9999999999999", "k", signature[:63]+"g", "\n", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, method, path string, body []byte, stamp, apiKey, signature, separator string, now int64) {
		m := sign.Message{Method: method, Path: path, Body: body, Timestamp: stamp, APIKey: apiKey, Separator: separator}
		v := sign.Verifier{Keys: []*sign.Key{key}, APIKey: deposit().APIKey, Separator: separator}
		index, err := v.Verify(m, signature, time.Unix(now, 0))
		want := bareHMAC([]byte("secret"), m.Append(nil))
		at, unreadable := sign.ParseTimestamp(stamp)
		holds := m.Check() == nil && apiKey == v.APIKey && signature == hex.EncodeToString(want[:]) &&
			unreadable == nil && at.Sub(time.Unix(now, 0)).Abs() <= 5*time.Minute
		if holds != (err == nil) || holds != (index == 0) {
			t.Fatalf("Verify = %d, %v of %+v, %q at %d", index, err, m, signature, now)
		}
	})
}
