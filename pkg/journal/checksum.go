package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// checksum gathers values with their lengths, so that no two rows run together,
// and hashes them in one piece. It is used once: sum gives its memory back.
type checksum []byte

// checksums are those that were used. A batch has four for each row, each as long
// as what it is about; longer ones than these are rare.
var checksums = sync.Pool{New: func() any {
	c := make(checksum, 0, longChecksum)
	return &c
}}

const longChecksum = 2048

func newChecksum(table string) *checksum {
	c, _ := checksums.Get().(*checksum)
	*c = (*c)[:0]
	c.text(table)
	return c
}

func (c *checksum) int(v int64) { *c = binary.BigEndian.AppendUint64(*c, uint64(v)) }

func (c *checksum) bytes(v []byte) {
	c.int(int64(len(v)))
	*c = append(*c, v...)
}

func (c *checksum) text(v string) {
	c.int(int64(len(v)))
	*c = append(*c, v...)
}

func (c *checksum) flag(v bool) { c.int(map[bool]int64{true: 1}[v]) }

func (c *checksum) sum() []byte {
	sum := sha256.Sum256(*c)
	if cap(*c) <= longChecksum {
		checksums.Put(c)
	}
	return sum[:]
}
