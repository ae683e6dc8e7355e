package render

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/raisboy/raisboy/pkg/text"
)

// Format is the form of what goes to stdout.
type Format uint8

// The formats of --output. Text is the zero value.
const (
	Text Format = iota
	JSON        // one object a line, keys in a fixed order
	CSV         // one header, then a row a value
)

// ParseFormat reads "text", "json" or "csv", as in --output.
func ParseFormat(s string) (Format, bool) {
	switch s {
	case "text":
		return Text, true
	case "json":
		return JSON, true
	case "csv":
		return CSV, true
	}
	return Text, false
}

// Options say where and how a Renderer writes. Out, Err and Catalog are
// required.
type Options struct {
	Out     io.Writer // data; in text also what people read
	Err     io.Writer // people
	Format  Format
	Catalog *text.Catalog // the language of text

	// Excel writes CSV as a spreadsheet in Russian opens it without asking: a byte
	// order mark, semicolons, a decimal comma, CRLF.
	Excel bool

	Color    bool // of Out; see DecideColor
	ErrColor bool // of Err

	// Width is the terminal's, in columns. 0: Out is no terminal; then nothing
	// is wrapped, cut or framed.
	Width int

	// ErrWidth is that of the terminal behind Err, where Out is none. 0: as Width.
	ErrWidth int

	Quiet   bool // say less; never less about money whose end is not known
	Verbose bool // show rejected webhooks too

	Location *time.Location   // of the times printed; nil: local
	Now      func() time.Time // for events that bear no time; nil: none is shown

	// Flags are appended to every command that is suggested, so that it reaches
	// the same profile: "--profile main". Empty: "--sandbox" for operations of
	// the sandbox.
	Flags string
}

// A Renderer prints values. Its methods return the error of writing to Out;
// what cannot be written to Err is lost, for there is nobody left to tell. It
// is safe for concurrent use.
type Renderer struct {
	Options
	out, err palette
	english  *text.Catalog // sentences within JSON and CSV

	mutex  sync.Mutex
	header string // the CSV header written last
}

// New makes a Renderer. It writes nothing and reads no sentence yet.
func New(o Options) *Renderer {
	if o.Location == nil {
		o.Location = time.Local
	}
	return &Renderer{
		Options: o,
		out:     newPalette(o.Out, o.Color),
		err:     newPalette(o.Err, o.ErrColor),
		english: text.New(text.English).Suggesting(o.Flags),
	}
}

// print writes lines to Out in one piece.
func (r *Renderer) print(lines ...string) error {
	if len(lines) == 0 {
		return nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_, err := io.WriteString(r.Out, strings.Join(lines, "\n")+"\n")
	return err
}

// tell writes lines to Err in one piece.
func (r *Renderer) tell(lines ...string) {
	if len(lines) > 0 {
		_, _ = io.WriteString(r.Err, strings.Join(lines, "\n")+"\n")
	}
}

// emit writes a value in a form for scripts.
func (r *Renderer) emit(o object) error { return r.prepare(o)() }

// prepare makes what emit writes, and leaves the writing for later.
func (r *Renderer) prepare(o object) (write func() error) {
	failed := func(err error) func() error { return func() error { return err } }
	if r.Format == CSV {
		row, err := o.row(csvForm{r.Excel})
		if err != nil {
			return failed(err)
		}
		return func() error { return r.writeRow(o, row) }
	}
	line, err := o.json()
	if err != nil {
		return failed(err)
	}
	return func() error { return r.print(string(line)) }
}

// writeRow writes a CSV row, with its header unless the row before had the same.
func (r *Renderer) writeRow(o object, row string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	header, err := r.headerOf(o)
	if err == nil {
		_, err = io.WriteString(r.Out, header+row)
	}
	return err
}

// emitHeader writes the header of a list that may stay empty.
func (r *Renderer) emitHeader(o object) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	header, err := r.headerOf(o)
	if err == nil {
		_, err = io.WriteString(r.Out, header)
	}
	return err
}

// headerOf gives the header that an object needs; empty if it was written last.
func (r *Renderer) headerOf(o object) (string, error) {
	header, err := csvForm{r.Excel}.line(o.names())
	if err != nil || r.header == header {
		return "", err
	}
	first := r.header == ""
	if r.header = header; first && r.Excel {
		header = byteOrderMark + header
	}
	return header, nil
}

// wrapErr wraps for the terminal behind Err.
func (r *Renderer) wrapErr(sentence string) []string { return wrap(sentence, r.errColumns()) }

// errColumns is how wide the terminal behind Err is; 0: it is none.
func (r *Renderer) errColumns() int {
	if r.Width <= 0 {
		return r.ErrWidth
	}
	return r.Width
}

// wrapOut wraps for the terminal behind Out.
func (r *Renderer) wrapOut(sentence string) []string { return wrap(sentence, r.Width) }
