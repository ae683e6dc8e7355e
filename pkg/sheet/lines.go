// Package sheet reads tables as other people's programs save them: lines in
// UTF-8, UTF-16 or Windows-1251, and headers that are written in many ways.
//
// [Lines] stands between a file and whoever reads its cells: package batch for
// rows that are to be paid, and package statement for what a partner says was.
// What a column means, and which lines can be believed, is decided there.
package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxLine bounds a line in bytes, and with it the memory of a reader. The widest
// row that means anything has well under a thousand.
const MaxLine = 64 << 10

// Encoding is how a file's characters are written.
type Encoding string

// The encodings that are told apart.
const (
	UTF8        Encoding = "UTF-8"
	UTF16       Encoding = "UTF-16"       // by its byte order mark
	Windows1251 Encoding = "Windows-1251" // what is no UTF-8
)

// What can be wrong with a line.
var (
	ErrLong     = errors.New("line too long")
	ErrEncoding = errors.New("neither UTF-8 nor Windows-1251 throughout")
	ErrBinary   = errors.New("no text: a workbook, an archive, or UTF-16 without its mark")
)

// Lines gives a file's lines in UTF-8, one at a time and as they come: a pipe's
// first row is there before its second is written.
type Lines struct {
	in       *bufio.Reader
	begun    bool
	number   int // of the line given last
	encoding Encoding
	foreign  bool // a line that only UTF-8 explains was seen
	binary   bool // there are no lines
}

// NewLines reads from in, no further than it must for the next line.
func NewLines(in io.Reader) *Lines {
	return &Lines{in: bufio.NewReaderSize(in, MaxLine), encoding: UTF8}
}

// begin looks at the byte order mark.
func (l *Lines) begin() {
	l.begun = true
	switch mark, _ := l.in.Peek(2); { // an error comes again with the first line
	case len(mark) < 2:
	case l.bears(mark):
		l.binary = true
	case mark[0] == 0xff && mark[1] == 0xfe, mark[0] == 0xfe && mark[1] == 0xff:
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		l.in, l.encoding = bufio.NewReaderSize(transform.NewReader(l.in, decoder), MaxLine), UTF16
	case mark[0] == 0xef:
		if mark, _ := l.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = l.in.Discard(3) // they are in the buffer
		}
	}
}

// bears reports the first bytes of a file that is no table: what people give by
// mistake for the one they meant to save.
func (l *Lines) bears(mark []byte) bool {
	for _, magic := range []string{
		"PK\x03\x04",                       // .xlsx, .ods, .zip
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", // .xls
		"\x1f\x8b",                         // .gz
		"%PDF-",
	} {
		if string(mark) != magic[:2] {
			continue
		}
		begin, _ := l.in.Peek(len(magic))
		return string(begin) == magic
	}
	return false
}

// Number is that of the line given last, from 1.
func (l *Lines) Number() int { return l.number }

// Encoding is how the characters read so far were written.
func (l *Lines) Encoding() Encoding { return l.encoding }

// Next gives the next line with its end, valid until the following call, and
// io.EOF after the last. After ErrLong and ErrEncoding the line was passed over,
// and reading can go on; after ErrBinary it cannot.
func (l *Lines) Next() ([]byte, error) {
	if !l.begun {
		l.begin()
	}
	if l.binary {
		return nil, ErrBinary
	}
	line, err := l.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.in.ReadSlice('\n')
		}
		l.number++
		if err == nil || errors.Is(err, io.EOF) {
			err = ErrLong
		}
		return nil, err
	}
	if len(line) == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	l.number++
	if l.binary = l.number == 1 && l.encoding != UTF16 && bytes.IndexByte(line, 0) >= 0; l.binary {
		return nil, ErrBinary
	}
	return l.decode(line)
}

func (l *Lines) decode(line []byte) ([]byte, error) {
	ascii := true
	for _, b := range line {
		ascii = ascii && b < utf8.RuneSelf
	}
	switch {
	case ascii:
		return line, nil
	case l.encoding != Windows1251 && utf8.Valid(line):
		l.foreign = true
		return line, nil
	case l.encoding == UTF16 || l.foreign || utf8.Valid(line):
		// Two files glued together: whichever way it is read, some of it turns
		// into other letters. What Windows-1251 writes is as good as never UTF-8.
		return nil, ErrEncoding
	}
	l.encoding = Windows1251
	decoded := make([]byte, 0, 2*len(line))
	for _, b := range line {
		decoded = utf8.AppendRune(decoded, charmap.Windows1251.DecodeByte(b))
	}
	return decoded, nil
}
