package journal

import (
	"crypto/sha256"
	"encoding/binary"
)

// checksum gathers values with their lengths, so that no two rows run together,
// and hashes them in one piece. What a row mostly has finds room in place, so
// that a checksum costs no memory but its result.
type checksum struct {
	n     int
	first [640]byte
	all   []byte // in place of first, once that is full
}

func newChecksum(table string) (c checksum) {
	c.text(table)
	return c
}

func (c *checksum) int(v int64) {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(v))
	gatherInto(c, number[:])
}

func (c *checksum) bytes(v []byte) {
	c.int(int64(len(v)))
	gatherInto(c, v)
}

func (c *checksum) text(v string) {
	c.int(int64(len(v)))
	gatherInto(c, v)
}

func (c *checksum) flag(v bool) { c.int(map[bool]int64{true: 1}[v]) }

func gatherInto[V string | []byte](c *checksum, v V) {
	if c.all == nil && c.n+len(v) <= len(c.first) {
		c.n += copy(c.first[c.n:], v)
		return
	}
	if c.all == nil {
		c.all = append(make([]byte, 0, 2*(c.n+len(v))), c.first[:c.n]...)
	}
	c.all = append(c.all, v...)
}

func (c *checksum) sum() []byte {
	gathered := c.all
	if gathered == nil {
		gathered = c.first[:c.n]
	}
	sum := sha256.Sum256(gathered)
	return sum[:]
}
