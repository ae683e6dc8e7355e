package batch

import "github.com/raisboy/raisboy/pkg/sheet"

// fieldOf knows a column by its name in any case, in English or Russian, with
// whatever stands between its words. "№" is none: it is what a spreadsheet's rows
// are counted with, and next month's first row is not this month's.
func fieldOf(name string) (field, bool) {
	switch sheet.Plain(name) {
	case "userid", "user", "player", "playerid",
		"пользователь", "игрок", "клиент", "idпользователя", "идпользователя", "idигрока", "idклиента":
		return fieldUser, true
	case "amount", "sum", "сумма", "суммаплатежа", "суммавыплаты":
		return fieldAmount, true
	case "currency", "валюта":
		return fieldCurrency, true
	case "paymentmethod", "method", "метод", "методоплаты", "способ", "способоплаты":
		return fieldMethod, true
	case "ref", "reference", "номер", "номерчека", "номердокумента", "номерквитанции", "референс":
		return fieldRef, true
	case "requestid", "номерзаявки", "заявка", "idзаявки":
		return fieldRequest, true
	case "kind":
		return fieldKind, true
	}
	return 0, false
}

// ours reports a column of our own output that means nothing on the way in.
func ours(name string) bool {
	switch sheet.Plain(name) {
	case "line", "outcome", "code", "message", "id", "profile", "sandbox", "desk", "heldby", "heldreason",
		"projectuserid", "depositid", "payoutid", "payoutstatus", "httpstatus", "hint", "attempts", "replayed",
		"recorded", "createdat", "settledat", "notice", "valid", "maxamount", "batch", "operation", "at":
		return true
	}
	return false
}

// meant finds the column that a name may be a mistyping of: to pass over
// "currncy" would pay in another currency than the file says.
func meant(name string) (field, bool) {
	name = sheet.Plain(name)
	for _, known := range []string{
		"userid", "user", "пользователь", "amount", "сумма", "currency", "валюта", "paymentmethod", "method", "метод",
		"reference", "номер", "requestid",
	} {
		allowed := 1
		if len([]rune(known)) > 5 {
			allowed = 2
		}
		if distance([]rune(name), []rune(known)) <= allowed {
			return fieldOf(known)
		}
	}
	return 0, false
}

// distance counts the letters to change, add or drop between two words.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := before
			if x != y {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
