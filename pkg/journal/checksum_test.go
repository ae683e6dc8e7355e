package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// TestChecksumOfAnyLength: what a checksum is of does not depend on whether it
// found room in place.
func TestChecksumOfAnyLength(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newChecksum("facts")
		gathered := append(binary.BigEndian.AppendUint64(nil, 5), "facts"...)
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			part := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(0, 400).Draw(t, "length"))
			switch rapid.IntRange(0, 2).Draw(t, "as") {
			case 0:
				c.int(int64(len(part)))
				gathered = binary.BigEndian.AppendUint64(gathered, uint64(len(part)))
				continue
			case 1:
				c.text(string(part))
			default:
				c.bytes(part)
			}
			gathered = append(binary.BigEndian.AppendUint64(gathered, uint64(len(part))), part...)
		}
		if want := sha256.Sum256(gathered); !bytes.Equal(c.sum(), want[:]) {
			t.Fatalf("another checksum of %d bytes", len(gathered))
		}
	})
}
