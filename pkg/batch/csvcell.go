package batch

import (
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
)

// swallowed reports a cell that holds whole rows. Of a note in which somebody
// typed one quotation mark, and of another further down, CSV makes one cell, by
// its rules; nobody would miss the rows between them.
func (c *csvReader) swallowed(cell string) bool {
	if !c.reader.options.Kind.MovesMoney() || !strings.Contains(cell, "\n") {
		return false
	}
	inside := strings.Split(cell, "\n")[1:]
	for _, line := range inside {
		var user, amount string
		for i, text := range strings.Split(line, string(c.csv.Comma)) {
			switch {
			case i >= len(c.columns) || !c.columns[i].known:
			case c.columns[i].field == fieldUser:
				user = strings.TrimSpace(text)
			case c.columns[i].field == fieldAmount:
				amount = strings.TrimSpace(text)
			}
		}
		if _, err := money.Parse(amount); err == nil && user != "" {
			return true
		}
	}
	return false
}

// apostrophe finds a number behind the sign by which a spreadsheet keeps it as
// text. It belongs to nobody's id, and once it is gone the same row has another
// ref.
func (c *csvReader) apostrophe(f field, text string, line, at int) *Mistake {
	rest := strings.TrimLeft(text, "'’‘`")
	switch {
	case rest == text, rest == "", strings.Trim(rest, "0123456789 ,.") != "":
		return nil
	case f == fieldAmount && !c.reader.options.Kind.MovesMoney():
		return nil
	}
	return &Mistake{Line: line, Column: at, Field: f.String(), Problem: ProblemApostrophe, Value: clip(text)}
}
