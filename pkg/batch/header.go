package batch

import "strings"

// fieldOf knows a column by its name in any case, in English or Russian, with
// whatever stands between its words.
func fieldOf(name string) (field, bool) {
	switch plainName(name) {
	case "user id", "user", "userid", "player", "player id",
		"пользователь", "игрок", "клиент", "id пользователя", "ид пользователя", "id игрока", "id клиента":
		return fieldUser, true
	case "amount", "sum", "сумма", "сумма платежа", "сумма выплаты":
		return fieldAmount, true
	case "currency", "валюта":
		return fieldCurrency, true
	case "payment method", "method", "paymentmethod", "метод", "метод оплаты", "способ", "способ оплаты":
		return fieldMethod, true
	case "ref", "reference", "номер", "№", "n", "номер чека", "номер документа", "номер квитанции", "референс":
		return fieldRef, true
	case "request id", "requestid", "номер заявки", "заявка", "id заявки":
		return fieldRequest, true
	case "kind":
		return fieldKind, true
	}
	return 0, false
}

// ours reports a column of our own output that means nothing on the way in.
func ours(name string) bool {
	switch plainName(name) {
	case "line", "outcome", "code", "message", "id", "profile", "sandbox", "desk", "held by", "held reason",
		"project user id", "deposit id", "payout id", "payout status", "http status", "hint", "attempts", "replayed",
		"recorded", "created at", "settled at", "notice", "valid", "max amount", "batch", "operation", "at":
		return true
	}
	return false
}

// plainName is a name without what spreadsheets and people change about it.
func plainName(name string) string {
	name = strings.NewReplacer("_", " ", "-", " ", "ё", "е", "\u00a0", " ").Replace(strings.ToLower(name))
	return strings.Join(strings.Fields(name), " ")
}

// meant finds the column that a name may be a mistyping of: to pass over
// "currncy" would pay in another currency than the file says.
func meant(name string) (field, bool) {
	name = plainName(name)
	for _, known := range []string{
		"user id", "user", "пользователь", "amount", "сумма", "currency", "валюта", "payment method", "method", "метод",
		"reference", "номер", "request id",
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
