package batch

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"sync"
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

// lineSet is a set of lines of a file.
type lineSet []uint64

const wordBits = 64

func (l *lineSet) add(line int) {
	for len(*l) <= line/wordBits {
		*l = append(*l, 0)
	}
	(*l)[line/wordBits] |= 1 << (line % wordBits)
}

func (l lineSet) have(line int) bool {
	return line/wordBits < len(l) && l[line/wordBits]&(1<<(line%wordBits)) != 0
}

// Lines is a set of lines for several workers. Its zero value is empty.
type Lines struct {
	mutex sync.Mutex
	set   lineSet
}

// Add puts a line into the set.
func (l *Lines) Add(line int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.set.add(line)
}

// Have reports whether the line is in the set.
func (l *Lines) Have(line int) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.set.have(line)
}
