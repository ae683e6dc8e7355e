package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"github.com/raisboy/raisboy/pkg/money"
)

// LedgerError reports a ledger file that cannot be used.
type LedgerError struct {
	Path string
	Line int // the damaged line, counted from 1; 0 if the file itself is the trouble
	Err  error
}

func (e *LedgerError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("sandbox: ledger %s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("sandbox: ledger %s, line %d: %v", e.Path, e.Line, e.Err)
}

func (e *LedgerError) Unwrap() error { return e.Err }

// errClosed is the ledger's answer once the server is closed.
var errClosed = errors.New("sandbox: closed")

// ledger keeps the book, and the file from which it can be made again. Servers
// that share a file see each other's entries: every look at the book is taken
// under the file's lock, after what others appended has been read.
type ledger struct {
	mu     sync.Mutex
	book   *book
	path   string // "" keeps the book in memory
	file   *os.File
	lock   *flock.Flock
	offset int64 // how much of the file the book has
	lines  int
	closed bool
}

func openLedger(path string, opening money.Amount) (*ledger, error) {
	l := &ledger{book: newBook(opening), path: path}
	if path == "" {
		return l, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &LedgerError{Path: path, Err: err}
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &LedgerError{Path: path, Err: err}
	}
	l.file = file
	// A file of its own: Windows' locks would keep others from reading.
	l.lock = flock.New(path+".lock", flock.SetPermissions(0o600))
	if err := l.view(func(*book) {}); err != nil {
		_ = l.close()
		return nil, err
	}
	return l, nil
}

// view shows the book as it is now; it must not be kept or changed.
func (l *ledger) view(look func(*book)) error {
	return l.change(func(b *book) []Entry { look(b); return nil })
}

// change lets decide look at the book and appends the entries it returns,
// first to the file and then to the book, before anybody else may look. If
// they cannot be written nothing has changed.
func (l *ledger) change(decide func(*book) []Entry) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errClosed
	}
	if l.file != nil {
		if err := l.lock.Lock(); err != nil {
			return &LedgerError{Path: l.path, Err: err}
		}
		defer func() { err = errors.Join(err, l.lock.Unlock()) }()
		if err := l.catchUp(); err != nil {
			return err
		}
	}
	entries := decide(l.book)
	if len(entries) == 0 {
		return nil
	}
	if l.file != nil {
		if err := l.write(entries); err != nil {
			return &LedgerError{Path: l.path, Err: err}
		}
	}
	for _, e := range entries {
		l.book.apply(e)
	}
	return nil
}

// catchUp reads what was appended since the last look. Under the lock nobody
// is writing, so a last line without its end was torn by a crash: it was never
// answered, and is cut off.
func (l *ledger) catchUp() error {
	info, err := l.file.Stat()
	if err != nil {
		return &LedgerError{Path: l.path, Err: err}
	}
	if info.Size() == l.offset {
		return nil
	}
	if info.Size() < l.offset {
		return &LedgerError{Path: l.path, Err: errors.New("has become shorter")}
	}
	rest := make([]byte, info.Size()-l.offset)
	if _, err := io.ReadFull(io.NewSectionReader(l.file, l.offset, int64(len(rest))), rest); err != nil {
		return &LedgerError{Path: l.path, Err: err}
	}
	whole := bytes.LastIndexByte(rest, '\n') + 1
	for text := range bytes.Lines(rest[:whole]) {
		var e Entry
		if err := json.Unmarshal(text, &e); err != nil {
			return &LedgerError{Path: l.path, Line: l.lines + 1, Err: err}
		}
		l.book.apply(e)
		l.offset += int64(len(text))
		l.lines++
	}
	if whole < len(rest) {
		if err := l.file.Truncate(l.offset); err != nil {
			return &LedgerError{Path: l.path, Err: err}
		}
	}
	return nil
}

// write appends the entries to the file in one piece; what could not be
// written whole is taken back.
func (l *ledger) write(entries []Entry) error {
	text, err := lines(entries)
	if err != nil {
		return err
	}
	if _, err := l.file.WriteAt(text, l.offset); err != nil {
		return errors.Join(err, l.file.Truncate(l.offset))
	}
	l.offset += int64(len(text))
	l.lines += len(entries)
	return nil
}

// lines prints entries as JSON lines.
func lines(entries []Entry) ([]byte, error) {
	var out bytes.Buffer
	for _, e := range entries {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		out.Write(append(text, '\n'))
	}
	return out.Bytes(), nil
}

func (l *ledger) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.file == nil {
		l.closed = true
		return nil
	}
	l.closed = true
	return errors.Join(l.lock.Close(), l.file.Close())
}
