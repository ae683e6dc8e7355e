package batch

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"os"
	"runtime"

	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// A spool keeps checked rows in a private temporary file: in memory a million
// of them would not fit the bound, and a file that is read a second time may not
// be the same file any more.
type spool struct {
	file   *os.File
	out    *bufio.Writer
	record []byte
}

// A SpoolError says that checked rows could not be kept, or not be had back.
type SpoolError struct {
	Folder string // of temporary files
	Err    error
}

func (e *SpoolError) Error() string { return "keep rows in " + e.Folder + ": " + e.Err.Error() }
func (e *SpoolError) Unwrap() error { return e.Err }

func spoolError(err error) error {
	if err == nil {
		return nil
	}
	return &SpoolError{os.TempDir(), err}
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "raisboy-batch-*") // 0600
	if err != nil {
		return nil, spoolError(err)
	}
	if runtime.GOOS != "windows" { // there, close removes it
		if err := os.Remove(f.Name()); err != nil {
			return nil, errors.Join(spoolError(err), f.Close())
		}
	}
	return &spool{file: f, out: bufio.NewWriterSize(f, sheet.MaxLine)}, nil
}

func (s *spool) close() error {
	err := s.file.Close()
	if runtime.GOOS == "windows" {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

// add appends a row. straight: the journal knew nothing of it.
func (s *spool) add(r *Row, straight bool) error {
	b := s.record[:0]
	b = binary.AppendUvarint(b, uint64(r.Line)<<1|map[bool]uint64{true: 1}[straight])
	b = binary.AppendUvarint(b, uint64(r.Amount))
	for _, text := range r.texts() {
		b = binary.AppendUvarint(b, uint64(len(*text)))
		b = append(b, *text...)
	}
	s.record = b
	_, err := s.out.Write(b)
	return spoolError(err)
}

func (r *Row) texts() [5]*string {
	return [5]*string{&r.UserID, &r.Currency, &r.PaymentMethod, &r.Ref, &r.RequestID}
}

// rows gives the rows back in their order.
func (s *spool) rows() iter.Seq2[Planned, error] {
	return func(yield func(Planned, error) bool) {
		if err := s.out.Flush(); err != nil {
			yield(Planned{}, spoolError(err))
			return
		}
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			yield(Planned{}, spoolError(err))
			return
		}
		in := bufio.NewReaderSize(s.file, sheet.MaxLine)
		for {
			p, err := readPlanned(in)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(p, spoolError(err)) || err != nil {
				return
			}
		}
	}
}

func readPlanned(in *bufio.Reader) (Planned, error) {
	head, err := binary.ReadUvarint(in)
	if err != nil {
		return Planned{}, err
	}
	p := Planned{Row: Row{Line: int(head >> 1)}, Straight: head&1 == 1}
	whole := func(err error) error {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	amount, err := binary.ReadUvarint(in)
	if err != nil {
		return p, whole(err)
	}
	p.Row.Amount = money.Amount(amount)
	for _, text := range p.Row.texts() {
		length, err := binary.ReadUvarint(in)
		if err != nil || length > sheet.MaxLine {
			return p, whole(errors.Join(err))
		}
		if length == 0 {
			continue
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(in, b); err != nil {
			return p, whole(err)
		}
		*text = string(b)
	}
	return p, nil
}
