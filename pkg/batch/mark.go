package batch

import (
	"bytes"
	"cmp"
	"crypto/sha256"
)

// A mark is a row's place, by a digest of what makes it itself. A million of
// them, three times over, must fit the bound of memory: it is 16 bytes.
type mark struct {
	digest [12]byte
	place  uint32 // the line, and in the lowest bit whether the row has a ref of its own
}

func newMark(text string, line int, keyed bool) mark {
	sum := sha256.Sum256([]byte(text))
	m := mark{digest: [12]byte(sum[:12]), place: uint32(line) << 1}
	if keyed {
		m.place |= 1
	}
	return m
}

func (m mark) line() int   { return int(m.place >> 1) }
func (m mark) keyed() bool { return m.place&1 == 1 }

// compare orders marks by what they mark, and equal ones by their lines.
func (m mark) compare(other mark) int {
	return cmp.Or(bytes.Compare(m.digest[:], other.digest[:]), cmp.Compare(m.place, other.place))
}
