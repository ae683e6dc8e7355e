package journal

import (
	"crypto/sha256"
	"encoding/binary"
)

// checksum gathers values with their lengths, so that no two rows run together,
// and hashes them in one piece.
type checksum []byte

func newChecksum(table string) *checksum {
	c := make(checksum, 0, 512)
	c.text(table)
	return &c
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
	return sum[:]
}
