package batch

import "sync"

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
