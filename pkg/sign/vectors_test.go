package sign_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
)

// vectorFile pins signatures that were made outside Go.
const vectorFile = "../../testdata/vectors/signature-vectors.json"

type vector struct {
	Name, Method, Path, Body, Timestamp, Secret, Canonical, Signature string

	APIKey string `json:"api_key"`
}

func (v vector) message() sign.Message {
	return sign.Message{Method: v.Method, Path: v.Path, Body: []byte(v.Body), Timestamp: v.Timestamp, APIKey: v.APIKey}
}

// readVectors fails the test rather than give it nothing to look at.
func readVectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Separator string
		Cases     []vector
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("the file has no cases")
	}
	if file.Separator != sign.DefaultSeparator {
		t.Fatalf("the file's separator is %q", file.Separator)
	}
	for _, v := range file.Cases {
		if len(v.Signature) != 64 || v.Secret == "" || v.Canonical == "" {
			t.Fatalf("%s: the case is not whole", v.Name)
		}
	}
	return file.Cases
}

func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			m := v.message()
			if got := string(m.Append(nil)); got != v.Canonical {
				t.Errorf("signature string\n%q, want\n%q", got, v.Canonical)
			}
			key := newKey(t, v.Secret)
			got, err := key.Hex(m)
			if err != nil || got != v.Signature {
				t.Errorf("signature %s, %v; want %s", got, err, v.Signature)
			}
			now, err := sign.ParseTimestamp(v.Timestamp)
			if err != nil {
				t.Fatal(err)
			}
			verifier := sign.Verifier{Keys: []*sign.Key{key}, APIKey: v.APIKey}
			if _, err := verifier.Verify(m, v.Signature, now.Add(time.Minute)); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// TestVectorsCatchOtherReadings is the negative control: readings of the
// document that the project decided against give other signatures.
func TestVectorsCatchOtherReadings(t *testing.T) {
	wrong := map[string]func(*sign.Message){
		"separator \\n as two characters": func(m *sign.Message) { m.Separator = `\n` },
		"carriage return and line feed":   func(m *sign.Message) { m.Separator = "\r\n" },
		"method in small letters":         func(m *sign.Message) { m.Method = "post" },
		"path with a slash at its end":    func(m *sign.Message) { m.Path += "/" },
		"body with a line feed more":      func(m *sign.Message) { m.Body = append(m.Body, '\n') },
		"timestamp with a space":          func(m *sign.Message) { m.Timestamp += " " },
		"key and timestamp changed over":  func(m *sign.Message) { m.APIKey, m.Timestamp = m.Timestamp, m.APIKey },
	}
	for _, v := range readVectors(t) {
		for name, change := range wrong {
			m := v.message()
			change(&m)
			if got, err := newKey(t, v.Secret).Hex(m); err != nil || got == v.Signature {
				t.Errorf("%s, %s: %s, %v", v.Name, name, got, err)
			}
		}
	}
}

func newKey(t testing.TB, secret string) *sign.Key {
	t.Helper()
	key, err := sign.NewKey([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
