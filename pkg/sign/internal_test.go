package sign

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

// TestSecondCallerSignsAlike takes the spare workspace away, as another caller
// would in the middle of a signature: the one that is made instead must come
// from the Key's own copy of the secret, white space and all.
func TestSecondCallerSignsAlike(t *testing.T) {
	original := []byte(" \tsecret\r\n")
	m := Message{Method: "POST", Path: "/", Body: []byte("{}"), Timestamp: "1", APIKey: "k"}
	mac := hmac.New(sha256.New, original)
	mac.Write(m.Append(nil))
	want := mac.Sum(nil)

	given := bytes.Clone(original)
	key, err := NewKey(given)
	if err != nil {
		t.Fatal(err)
	}
	clear(given)
	for _, caller := range []string{"first", "second"} {
		if got, err := key.Sum(m); err != nil || !bytes.Equal(got[:], want) {
			t.Errorf("%s caller: %x, %v", caller, got, err)
		}
		key.state.spare.Store(nil)
	}
}

func TestGiantsAreNotKept(t *testing.T) {
	key, err := NewKey([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	m := Message{Method: "POST", Path: "/", Timestamp: "1", APIKey: "k"}
	for _, length := range []int{10, 64 << 10, maxSpareText + 1, 1 << 20} {
		m.Body = make([]byte, length)
		if _, err := key.Sum(m); err != nil {
			t.Fatal(err)
		}
		if kept := cap(key.state.spare.Load().text); kept > maxSpareText || length == 64<<10 && kept == 0 {
			t.Errorf("after a body of %d bytes %d are kept", length, kept)
		}
	}
}
