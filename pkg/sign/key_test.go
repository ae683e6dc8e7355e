package sign_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/raisboy/raisboy/pkg/sign"
)

func ExampleKey() {
	key, err := sign.NewKey([]byte("sk_test_do_not_use_in_production"))
	if err != nil {
		fmt.Println(err)
		return
	}
	signature, err := key.Hex(sign.Message{
		Method:    "POST",
		Path:      "/api/v4/payments/raisboy/validate-user",
		Body:      []byte(`{"user_id":"2564568"}`),
		Timestamp: "1764247157",
		APIKey:    "pk_test_0123456789",
	})
	fmt.Println(signature, err)
	fmt.Println(key)
	// Output:
	// d019e0dcb557b8b97ccdb57136ead58af9ff32ed21ce966a5498c96d7d2799e0 <nil>
	// ••••
}

// bareHMAC is RFC 2104 written out, so that the tests do not lean on the
// package that the code uses.
func bareHMAC(secret, text []byte) [sha256.Size]byte {
	var block [sha256.BlockSize]byte
	if len(secret) > len(block) {
		sum := sha256.Sum256(secret)
		secret = sum[:]
	}
	copy(block[:], secret)
	pad := func(with byte) []byte {
		padded := bytes.Clone(block[:])
		for i := range padded {
			padded[i] ^= with
		}
		return padded
	}
	inner := sha256.Sum256(append(pad(0x36), text...))
	return sha256.Sum256(append(pad(0x5c), inner[:]...))
}

func TestEmptySecretSignsNothing(t *testing.T) {
	for _, secret := range [][]byte{nil, {}} {
		if key, err := sign.NewKey(secret); !errors.Is(err, sign.ErrEmptySecret) || key != nil {
			t.Errorf("NewKey(%v) = %v, %v", secret, key, err)
		}
	}
	for name, key := range map[string]*sign.Key{"nil": nil, "zero": {}} {
		if sum, err := key.Sum(deposit()); !errors.Is(err, sign.ErrEmptySecret) || sum != [32]byte{} {
			t.Errorf("%s key: Sum %x, %v", name, sum, err)
		}
		if text, err := key.Hex(deposit()); !errors.Is(err, sign.ErrEmptySecret) || text != "" {
			t.Errorf("%s key: Hex %q, %v", name, text, err)
		}
	}
}

func TestAppendHex(t *testing.T) {
	key := newKey(t, "secret")
	want := bareHMAC([]byte("secret"), deposit().Append(nil))
	got, err := key.AppendHex([]byte("X-Signature: "), deposit())
	if err != nil || string(got) != "X-Signature: "+hex.EncodeToString(want[:]) {
		t.Errorf("%q, %v", got, err)
	}
	bad := deposit()
	bad.Path = ""
	var wrong *sign.PartError
	if got, err := key.AppendHex([]byte("kept"), bad); !errors.As(err, &wrong) || string(got) != "kept" {
		t.Errorf("%q, %v", got, err)
	}
}

// sumsAtOnce signs deposit n times, all callers starting together.
func sumsAtOnce(key *sign.Key, n int) [][sha256.Size]byte {
	sums := make([][sha256.Size]byte, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range sums {
		all.Go(func() {
			<-start
			for range 50 {
				sums[i], _ = key.Sum(deposit())
			}
		})
	}
	close(start)
	all.Wait()
	return sums
}

func TestKeyServesManyAtOnce(t *testing.T) {
	want := bareHMAC([]byte("secret"), deposit().Append(nil))
	for i, got := range sumsAtOnce(newKey(t, "secret"), 16) {
		if got != want {
			t.Fatalf("caller %d got another signature", i)
		}
	}
}

func TestLongPartsSignLikeShortOnes(t *testing.T) {
	key := newKey(t, "secret")
	long := deposit()
	long.Path = "/" + strings.Repeat("p", 1<<16)
	long.Body = bytes.Repeat([]byte("b"), 1<<20)
	for _, m := range []sign.Message{long, deposit(), long} {
		if got, err := key.Sum(m); err != nil || got != bareHMAC([]byte("secret"), m.Append(nil)) {
			t.Fatalf("path of %d bytes: %x, %v", len(m.Path), got, err)
		}
	}
}

func TestSigningAllocatesNothing(t *testing.T) {
	key, m, dst := newKey(t, "secret"), deposit(), make([]byte, 0, 64)
	separated := m
	separated.Separator = "||"
	for _, m := range []sign.Message{m, separated} {
		allocations := testing.AllocsPerRun(1000, func() {
			if _, err := key.Sum(m); err != nil {
				t.Fatal(err)
			}
			var err error
			if dst, err = key.AppendHex(dst[:0], m); err != nil {
				t.Fatal(err)
			}
		})
		if allocations != 0 {
			t.Errorf("separator %q: %v allocations", m.Separator, allocations)
		}
	}
}

// TestKeyNeverShows prints a key in every way that might end in a log. The
// secret is looked for as text, as hex in both cases, and as decimal bytes.
func TestKeyNeverShows(t *testing.T) {
	const secret = "Zq"
	key := newKey(t, secret)
	type open struct{ Key sign.Key }
	type closed struct{ key *sign.Key }
	values := []any{key, *key, open{*key}, &open{*key}, closed{key}, []*sign.Key{key}, map[string]sign.Key{"k": *key}, sign.Verifier{Keys: []*sign.Key{key}}}
	traces := []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), "90 113", "0x5a, 0x71", "90,113"}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, value := range values {
		var text strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%T", "%08.3f"} {
			fmt.Fprintf(&text, verb+"\n", value)
		}
		if encoded, err := json.Marshal(value); err == nil {
			text.Write(encoded)
		}
		logger.Info("key", "value", value)
		for _, trace := range traces {
			if strings.Contains(text.String(), trace) {
				t.Errorf("%T shows %q in\n%s", value, trace, text.String())
			}
		}
	}
	for _, trace := range traces[:1] {
		if strings.Contains(log.String(), trace) {
			t.Errorf("the log shows %q", trace)
		}
	}
	// The negative control: the same search finds a secret that is not guarded.
	if naked := fmt.Sprintf("%v", []byte(secret)); !strings.Contains(naked, traces[3]) {
		t.Errorf("the search would not find %q", naked)
	}
	text, err := key.MarshalText()
	if key.String() != "••••" || key.GoString() != "••••" || fmt.Sprintf("%x", key) != "••••" || string(text) != "••••" || err != nil || key.LogValue().String() != "••••" {
		t.Error("a key does not print as dots")
	}
}
