package statement

import (
	"maps"
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/sheet"
)

// A Field is what a column of a statement can be. Its name is what --column
// takes before the equals sign.
type Field string

// The fields.
const (
	FieldID            Field = "id" // a deposit_id or a payout_id
	FieldDepositID     Field = "deposit_id"
	FieldPayoutID      Field = "payout_id"
	FieldRequestID     Field = "request_id"
	FieldKind          Field = "kind"
	FieldUserID        Field = "user_id"
	FieldProjectUserID Field = "project_user_id"
	FieldAmount        Field = "amount"
	FieldCurrency      Field = "currency"
	FieldTime          Field = "time"
	FieldStatus        Field = "status"
)

// Fields lists the fields in the order in which a person would look for them.
func Fields() []Field {
	return []Field{FieldID, FieldDepositID, FieldPayoutID, FieldRequestID, FieldKind, FieldUserID, FieldProjectUserID,
		FieldAmount, FieldCurrency, FieldTime, FieldStatus}
}

// names are the headers by which a field is known, in the form that sheet.Plain gives.
// A word that means the opposite to the other side (credit, debit) is none.
func (f Field) names() []string {
	switch f {
	case FieldID:
		return []string{"id", "transactionid", "operationid", "txid", "идентификатор", "idтранзакции", "idоперации",
			"номертранзакции", "номероперации"}
	case FieldDepositID:
		return []string{"depositid", "idдепозита", "номердепозита"}
	case FieldPayoutID:
		return []string{"payoutid", "idвыплаты", "номервыплаты"}
	case FieldRequestID:
		return []string{"requestid", "idзапроса", "номерзапроса"}
	case FieldKind:
		return []string{"kind", "type", "operation", "operationtype", "вид", "тип", "операция", "видоперации", "типоперации"}
	case FieldUserID:
		return []string{"userid", "user", "player", "playerid", "client", "clientid", "пользователь", "idпользователя",
			"клиент", "idклиента", "игрок", "idигрока"}
	case FieldProjectUserID:
		return []string{"projectuserid", "idвпроекте", "idнапроекте"}
	case FieldAmount:
		return []string{"amount", "sum", "сумма", "суммаоперации"}
	case FieldCurrency:
		return []string{"currency", "валюта"}
	case FieldTime:
		return []string{"time", "date", "datetime", "createdat", "timestamp", "at", "время", "дата", "датаивремя", "датавремя", "датаоперации"}
	case FieldStatus:
		return []string{"status", "state", "outcome", "result", "paymentstatus", "transactionstatus", "operationstatus", "статус", "состояние",
			"результат", "статусоперации", "статустранзакции", "статусплатежа", "состояниеоперации"}
	}
	return nil
}

// columns say in which cell of a line a field stands.
type columns struct {
	at    map[Field]int
	names []string // the header's cells
}

// recognise reads a header. Fields that were named by hand are found by that
// name alone; the others by the names that they are known by.
func recognise(header []string, named map[Field]string) (columns, *Error) {
	c := columns{at: map[Field]int{}, names: header}
	put := func(field Field, cell int) *Error {
		if before, taken := c.at[field]; taken {
			return &Error{Problem: ProblemTwice, Column: string(field), Value: header[before] + ", " + header[cell]}
		}
		c.at[field] = cell
		return nil
	}
	byHand := map[int]bool{}
	for _, field := range Fields() {
		name, ok := named[field]
		if !ok {
			continue
		}
		found := false
		for cell, text := range header {
			if !strings.EqualFold(strings.TrimSpace(text), strings.TrimSpace(name)) {
				continue
			}
			if err := put(field, cell); err != nil {
				return c, err
			}
			byHand[cell], found = true, true
		}
		if !found {
			return c, &Error{Problem: ProblemNoColumn, Column: string(field), Value: name}
		}
	}
	for cell, text := range header {
		name := sheet.Plain(text)
		for _, field := range Fields() {
			if _, ok := named[field]; ok || byHand[cell] || !slices.Contains(field.names(), name) {
				continue
			}
			if err := put(field, cell); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// usable reports that lines can be told from each other by these columns.
func (c columns) usable() bool {
	_, amount := c.at[FieldAmount]
	return amount && (c.has(FieldID) || c.has(FieldDepositID) || c.has(FieldPayoutID) || c.has(FieldRequestID) || c.person())
}

func (c columns) has(f Field) bool { _, ok := c.at[f]; return ok }
func (c columns) person() bool     { return c.has(FieldUserID) || c.has(FieldProjectUserID) }

// name is what the header calls a field.
func (c columns) name(f Field) string {
	if at, ok := c.at[f]; ok {
		return strings.TrimSpace(c.names[at])
	}
	return string(f)
}

// equal reports that two headers put the same in the same places.
func (c columns) equal(other columns) bool { return maps.Equal(c.at, other.at) }

// strays calls f with what a line has in columns that are no field's, until f
// gives false.
func (c columns) strays(record []string, f func(cell int, text string) bool) {
	known := make([]bool, len(record))
	for _, at := range c.at {
		if at < len(known) {
			known[at] = true
		}
	}
	for cell, text := range record {
		if text = strings.TrimSpace(text); !known[cell] && text != "" && !f(cell, text) {
			return
		}
	}
}

// cell is a line's text for a field, empty where the line has none.
func (c columns) cell(record []string, f Field) string {
	at, ok := c.at[f]
	if !ok || at >= len(record) {
		return ""
	}
	return strings.TrimSpace(record[at])
}
