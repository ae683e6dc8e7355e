package batch

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

// maxRow bounds a row in bytes, and with it the memory of a reader. The widest
// row that means anything has well under a thousand.
const maxRow = 64 << 10

// Encoding is how a file's characters are written.
type Encoding string

// The encodings that are told apart.
const (
	UTF8        Encoding = "UTF-8"
	UTF16       Encoding = "UTF-16"       // by its byte order mark
	Windows1251 Encoding = "Windows-1251" // what is no UTF-8
)

var (
	errLong     = errors.New("row too long")
	errEncoding = errors.New("neither UTF-8 nor Windows-1251 throughout")
)

// A source gives a file's lines in UTF-8, one at a time and as they come: a
// pipe's first row is there before its second is written.
type source struct {
	in       *bufio.Reader
	begun    bool
	line     int // number of the line given last
	encoding Encoding
	foreign  bool // a line that only UTF-8 explains was seen
}

func newSource(in io.Reader) *source {
	return &source{in: bufio.NewReaderSize(in, maxRow), encoding: UTF8}
}

// begin looks at the byte order mark.
func (s *source) begin() {
	s.begun = true
	switch mark, _ := s.in.Peek(2); { // an error comes again with the first line
	case len(mark) < 2:
	case mark[0] == 0xff && mark[1] == 0xfe, mark[0] == 0xfe && mark[1] == 0xff:
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		s.in, s.encoding = bufio.NewReaderSize(transform.NewReader(s.in, decoder), maxRow), UTF16
	case mark[0] == 0xef:
		if mark, _ := s.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = s.in.Discard(3) // they are in the buffer
		}
	}
}

// next gives the next line with its end, valid until the following call. After
// errLong and errEncoding the line was passed over, and reading can go on.
func (s *source) next() ([]byte, error) {
	if !s.begun {
		s.begin()
	}
	line, err := s.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.in.ReadSlice('\n')
		}
		s.line++
		if err == nil || errors.Is(err, io.EOF) {
			err = errLong
		}
		return nil, err
	}
	if len(line) == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	s.line++
	return s.decode(line)
}

func (s *source) decode(line []byte) ([]byte, error) {
	ascii := true
	for _, b := range line {
		ascii = ascii && b < utf8.RuneSelf
	}
	switch {
	case ascii:
		return line, nil
	case s.encoding != Windows1251 && utf8.Valid(line):
		s.foreign = true
		return line, nil
	case s.encoding == UTF16 || s.foreign:
		return nil, errEncoding
	}
	s.encoding = Windows1251
	decoded := make([]byte, 0, 2*len(line))
	for _, b := range line {
		decoded = utf8.AppendRune(decoded, charmap.Windows1251.DecodeByte(b))
	}
	return decoded, nil
}
