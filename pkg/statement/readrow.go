package statement

import (
	"errors"
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// What the ids of the document's examples begin with (Raisboy API, sections 3
// and 4).
const (
	depositPrefix = "raisboy_dep_"
	payoutPrefix  = "pout_"
)

// row reads a line's cells. A line that is about nobody, or about something
// else than deposits and payouts, has a reason instead.
func (p *parser) row(record []string) (row Row, reason IgnoredReason, s sign, problem *Error) {
	cell := func(f Field) string { return p.columns.cell(record, f) }
	deposit, payout := cell(FieldDepositID), cell(FieldPayoutID)
	row = Row{
		RequestID: cell(FieldRequestID), UserID: cell(FieldUserID), ProjectUserID: cell(FieldProjectUserID), Status: cell(FieldStatus),
	}
	for _, id := range []string{deposit, payout, cell(FieldID)} {
		if row.ID == "" {
			row.ID = id
		}
	}
	row.OwnID = deposit == "" && payout == "" && row.ID != "" && !strings.HasPrefix(row.ID, depositPrefix) && !strings.HasPrefix(row.ID, payoutPrefix)
	if row.nobody() {
		return row, IgnoredNobody, s, nil
	}
	if word := cell(FieldKind); word != "" {
		known := false
		p.credited = p.credited || sheet.Plain(word) == "зачисление"
		p.debited = p.debited || slices.Contains([]string{"списание", "debit", "дебет"}, sheet.Plain(word))
		if row.Kind, known = readKind(word); !known {
			row.Amount, _, _ = readAmount(cell(FieldAmount)) // none, if it cannot be read
			return row, IgnoredKind, s, nil
		}
	}
	if row.Booking = readStatus(row.Status); !p.columns.has(FieldStatus) {
		row.Booking = Booked
	}
	if problem := p.kindByID(&row, deposit, payout); problem != nil {
		return row, "", s, problem
	}
	s.explicit = row.Kind != ""
	if problem := p.texts(row); problem != nil {
		return row, "", s, problem
	}
	if problem := p.strays(record, &s); problem != nil {
		return row, "", s, problem
	}
	var err error
	row.Amount, s.negative, err = readAmount(cell(FieldAmount))
	var unread *money.ParseError
	switch {
	case errors.As(err, &unread) && unread.Reason == money.Zero:
		return row, IgnoredZero, s, nil
	case err != nil:
		return row, "", s, &Error{Problem: ProblemAmount, Column: p.columns.name(FieldAmount), Value: cut(cell(FieldAmount)), Err: err}
	}
	if row.Currency = strings.ToUpper(cell(FieldCurrency)); row.Currency == "" {
		row.Currency = p.options.Currency
	} else if !threeLetters(row.Currency) {
		return row, "", s, &Error{Problem: ProblemCurrency, Column: p.columns.name(FieldCurrency), Value: cut(row.Currency)}
	}
	if text := cell(FieldTime); text != "" {
		at, ok := readTime(text, p.options.Zone, p.forms)
		if !ok {
			return row, "", s, &Error{Problem: ProblemTime, Column: p.columns.name(FieldTime), Value: cut(text)}
		}
		row.From, row.Until, row.Zoned = at.from, at.until, at.zoned
	}
	return row, "", s, nil
}

// nobody reports a line without a user and an id, or with the word for a total
// in the only place of either.
func (r *Row) nobody() bool {
	named := 0
	for _, text := range []string{r.ID, r.RequestID, r.UserID, r.ProjectUserID} {
		if text != "" && !isTotal(text) {
			named++
		}
	}
	return named == 0
}

// strays looks at the columns that are no field's, for what must not be missed:
// a status, where no column is known to hold it, and the word for a kind.
func (p *parser) strays(record []string, s *sign) *Error {
	var problem *Error
	p.columns.strays(record, func(cell int, text string) bool {
		if !p.columns.has(FieldStatus) && isStatus(text) {
			problem = &Error{Problem: ProblemStatus, Column: p.header(cell), Value: cut(text)}
			return false
		}
		if kind, known := readKind(text); known && !p.columns.has(FieldKind) {
			s.word, s.column = kind, p.header(cell)
		}
		return true
	})
	return problem
}

func (p *parser) header(cell int) string {
	if cell < len(p.columns.names) {
		return strings.TrimSpace(p.columns.names[cell])
	}
	return ""
}

// kindByID lets ids say what a line is about: a deposit and a payout are never
// one, and only payouts have request ids (Raisboy API, sections 3 and 4).
func (p *parser) kindByID(row *Row, deposit, payout string) *Error {
	said := row.Kind
	says := func(kind api.Kind) bool {
		if said == "" {
			said = kind
		}
		return said == kind
	}
	fits := true
	if deposit != "" || strings.HasPrefix(row.ID, depositPrefix) {
		fits = says(api.KindDeposit)
	}
	if payout != "" || strings.HasPrefix(row.ID, payoutPrefix) || row.RequestID != "" {
		fits = fits && says(api.KindPayout)
	}
	if !fits {
		return &Error{Problem: ProblemKind, Column: p.columns.name(FieldKind), Value: cut(row.ID)}
	}
	row.Kind = said
	return nil
}

func (p *parser) texts(row Row) *Error {
	for _, text := range []struct {
		field Field
		value string
		limit int
	}{
		{FieldID, row.ID, api.MaxRemoteID}, {FieldRequestID, row.RequestID, api.MaxRemoteID},
		{FieldUserID, row.UserID, api.MaxRemoteID}, {FieldProjectUserID, row.ProjectUserID, api.MaxRemoteID},
	} {
		if text.value == "" {
			continue
		}
		if err := api.CheckText(string(text.field), text.value, text.limit); err != nil {
			return &Error{Problem: ProblemText, Column: p.columns.name(text.field), Value: cut(text.value), Err: err}
		}
		if isRounded(text.value) {
			return &Error{Problem: ProblemNumber, Column: p.columns.name(text.field), Value: cut(text.value)}
		}
	}
	return nil
}

func threeLetters(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// kinds settles what the rows are about that do not say it themselves, once all
// signs are known.
func (p *parser) kinds() *Error {
	if p.credited && p.debited { // it is told from the account's side, where a credit is a payout
		return &Error{Problem: ProblemSides, Column: p.columns.name(FieldKind)}
	}
	signed := false
	for _, s := range p.signs {
		signed = signed || s.negative && !s.explicit
	}
	negative, positive := api.KindDeposit, api.KindPayout
	if p.options.Negative == api.KindPayout {
		negative, positive = positive, negative
	}
	seen := map[api.Kind]sign{} // of kinds that are not told by the sign: the first one
	for i := range p.file.Rows {
		row, s := &p.file.Rows[i], p.signs[i]
		switch {
		case s.explicit:
		case p.options.Kind != "":
			row.Kind = p.options.Kind
		case !signed:
			return &Error{Problem: ProblemKind, Line: row.Line}
		case s.negative:
			row.Kind = negative
		default:
			row.Kind = positive
		}
		if s.word != "" && s.word != row.Kind {
			return &Error{Problem: ProblemKind, Line: row.Line, Column: s.column, Value: string(s.word)}
		}
		if !s.explicit && p.options.Kind == "" {
			continue // the sign was its kind
		}
		s = sign{negative: s.negative, explicit: true}
		if before, ok := seen[row.Kind]; ok && before != s {
			// One of the two is taken back by the other, or means something else.
			return &Error{Problem: ProblemSigns, Line: row.Line, Column: p.columns.name(FieldAmount), Value: string(row.Kind)}
		}
		seen[row.Kind] = s
	}
	return nil
}
