package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// row is a fact as a database holds it.
type row struct {
	operation int64
	position  int
	kind      string
	at        int64 // Unix milliseconds
	desk      string
	osUser    string
	content   []byte
	raw       []byte
	checksum  []byte
}

func (f Fact) row() (row, error) {
	content, err := json.Marshal(f.Content)
	if err != nil {
		return row{}, fmt.Errorf("encode a fact: %w", err)
	}
	r := row{
		operation: f.Operation, position: f.Position, kind: string(f.Kind()), at: f.At.UnixMilli(),
		desk: f.Desk, osUser: f.OSUser, content: content, raw: f.Raw,
	}
	r.checksum = r.sum()
	return r, nil
}

func (r row) sum() []byte {
	c := newChecksum("fact")
	c.int(r.operation)
	c.int(int64(r.position))
	c.text(r.kind)
	c.int(r.at)
	c.text(r.desk)
	c.text(r.osUser)
	c.bytes(r.content)
	c.bytes(r.raw)
	return c.sum()
}

func (r row) damaged(what string) error {
	return &DamageError{Table: "facts", Operation: r.operation, Position: r.position, What: what}
}

// fact checks the row's checksum and reads it back.
func (r row) fact() (Fact, error) {
	if string(r.checksum) != string(r.sum()) {
		return Fact{}, r.damaged("checksum")
	}
	return r.read()
}

// read gives the fact of a row whose checksum is known to be right.
func (r row) read() (Fact, error) {
	f := Fact{
		Operation: r.operation, Position: r.position, At: time.UnixMilli(r.at),
		Desk: r.desk, OSUser: r.osUser, Raw: r.raw,
	}
	var err error
	if f.Content, err = readContent(FactKind(r.kind), r.content); err != nil {
		return Fact{}, r.damaged(err.Error())
	}
	return f, nil
}

// kept gives the fact as a reader of the row will find it, which is what may be
// folded. JSON changes nothing of it but text that is not UTF-8, whose place it
// takes by an escape that nothing else is written with.
func (r row) kept(f Fact) (Fact, error) {
	if bytes.Contains(r.content, []byte(`\ufffd`)) {
		return r.read()
	}
	f.At = time.UnixMilli(r.at)
	return f, nil
}

func readContent(kind FactKind, content []byte) (Content, error) {
	switch kind {
	case FactIntent:
		return decode[Intent](content)
	case FactAttempt:
		return decode[Attempt](content)
	case FactAnswer:
		return decode[Answer](content)
	case FactWebhook:
		return decode[Webhook](content)
	case FactDecision:
		return decode[Decision](content)
	case FactNotice:
		return decode[Notice](content)
	case FactStatement:
		return decode[Statement](content)
	}
	return nil, fmt.Errorf("fact of an unknown kind %q", kind)
}

func decode[C Content](content []byte) (Content, error) {
	var c C
	if err := json.Unmarshal(content, &c); err != nil {
		return nil, fmt.Errorf("read a fact: %w", err)
	}
	return c, nil
}
