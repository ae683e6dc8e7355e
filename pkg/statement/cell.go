package statement

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// readAmount reads a sum with its sign, as exports print it: 6000, 6 000,00,
// 6,000.00, 6.000,00, -6000. What can be read in two ways is refused.
func readAmount(text string) (amount money.Amount, negative bool, err error) {
	text = strings.TrimSpace(text)
	for _, sign := range []string{"-", "\u2212", "+"} {
		if rest, found := strings.CutPrefix(text, sign); found {
			text, negative = strings.TrimSpace(rest), sign != "+"
			break
		}
	}
	text = ungrouped(text)
	amount, err = money.Parse(text)
	return amount, negative, err
}

// ungrouped takes the groups out of a sum that has both a point and a comma:
// the last of the two is the decimal one, and the groups must be of three.
func ungrouped(text string) string {
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	if comma < 0 || point < 0 {
		return text
	}
	group, decimal := ",", max(comma, point)
	if comma > point {
		group = "."
	}
	whole := strings.Split(text[:decimal], group)
	for i, digits := range whole {
		if strings.Trim(digits, "0123456789") != "" || digits == "" || len(digits) > 3 || i > 0 && len(digits) != 3 {
			return text
		}
	}
	return strings.Join(whole, "") + text[decimal:]
}

// A layout is a form of times, and how long the moment is that it names.
type layout struct {
	form  string
	long  time.Duration
	zoned bool // it names a zone
}

// An instant is the moment that a line says, as far as it says it. Until is not
// included.
type instant struct {
	from, until time.Time
	zoned       bool
}

const day = 24 * time.Hour

// layouts are the forms of times that can be read in one way only. A slash is
// none of them: 03/04 is two days of the year.
func layouts() []layout {
	var all []layout
	for _, date := range []string{"2006-01-02", "02.01.2006"} {
		for _, gap := range []string{" ", "T", ", "} {
			for _, zone := range []string{"", "Z07:00", " Z07:00", "Z0700", " Z0700"} {
				all = append(all, layout{date + gap + "15:04:05" + zone, time.Second, zone != ""}, layout{date + gap + "15:04" + zone, time.Minute, zone != ""})
			}
		}
		all = append(all, layout{date, day, false})
	}
	return all
}

// readTime reads a moment, in the given zone if it names none, and gives the
// span that it may mean. Unix seconds and milliseconds are moments, too. What
// the zone's clocks never showed is refused: it was written in another zone.
func readTime(text string, zone *time.Location, forms []layout) (instant, bool) {
	if len(text) == 10 || len(text) == 13 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
			if len(text) == 10 {
				return instant{time.Unix(n, 0), time.Unix(n+1, 0), true}, true
			}
			return instant{time.UnixMilli(n), time.UnixMilli(n + 1), true}, true
		}
	}
	for _, l := range forms {
		at, err := time.ParseInLocation(l.form, text, zone)
		switch {
		case err != nil:
			continue
		case at.Year() < 1970 || at.Year() > 9999:
			return instant{}, false
		case l.long == day:
			return instant{from: at, until: at.AddDate(0, 0, 1)}, true
		case l.zoned:
			return instant{at, at.Add(l.long), true}, true
		}
		if wall, err := time.Parse(l.form, text); err != nil || shown(at) != shown(wall) {
			return instant{}, false // the clocks were set forward over it
		}
		earlier, later := twice(at)
		return instant{from: earlier, until: later.Add(l.long)}, true
	}
	return instant{}, false
}

// shown is what a clock on the wall shows.
func shown(at time.Time) string { return at.Format("2006-01-02 15:04:05") }

// twice gives both moments at which the zone's clocks showed what they show at
// one, where they were set back in between; else that one twice.
func twice(at time.Time) (earlier, later time.Time) {
	begin, end := at.ZoneBounds()
	_, offset := at.Zone()
	for _, bound := range []struct {
		at   time.Time
		step time.Duration // into the neighbouring span
	}{{begin, -time.Second}, {end, 0}} {
		if bound.at.IsZero() {
			continue
		}
		_, beside := bound.at.Add(bound.step).Zone()
		other := at.Add(time.Duration(offset-beside) * time.Second)
		switch {
		case !other.Equal(at) && shown(other) == shown(at) && other.Before(at):
			return other, at
		case !other.Equal(at) && shown(other) == shown(at):
			return at, other
		}
	}
	return at, at
}

// readKind reads the word for a kind of operation; known is false for a word
// that means something else.
func readKind(text string) (kind api.Kind, known bool) {
	switch sheet.Plain(text) {
	case "deposit", "deposits", "payin", "депозит", "пополнение", "зачисление", "ввод":
		return api.KindDeposit, true
	case "payout", "payouts", "withdrawal", "withdraw", "выплата", "вывод":
		return api.KindPayout, true
	}
	return "", false
}

// isFee and takesBack read words for other kinds of lines: what a partner keeps
// for its trouble, and what undoes another line.
func isFee(text string) bool {
	word := sheet.Plain(text)
	return containsAny(word, "fee", "commission", "комисс", "tax", "налог") && !takesBack(text)
}

func takesBack(text string) bool {
	return containsAny(sheet.Plain(text), "refund", "revers", "return", "chargeback", "cancel", "rollback", "storno", "void", "correct",
		"возврат", "сторно", "отмен", "аннул", "коррек", "исправ")
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// isTotal reports a word that stands where a user or an id should, in a line
// that adds others up.
func isTotal(text string) bool {
	switch word := sheet.Plain(text); word {
	case "total", "totals", "subtotal", "grandtotal", "balance", "всего", "остаток", "сальдо":
		return true
	default:
		return strings.HasPrefix(word, "итог")
	}
}

// isRounded reports a number as a spreadsheet shows it that could not hold it:
// 2,56457E+15 was another id.
func isRounded(text string) bool {
	mantissa, power, found := strings.Cut(strings.ToUpper(text), "E+")
	return found && mantissa != "" && power != "" && strings.Trim(power, "0123456789") == "" && strings.Trim(mantissa, "0123456789.,") == ""
}

// readStatus reads what a line's status means for its money.
func readStatus(text string) Booking {
	word := sheet.Plain(text)
	if slices.Contains([]string{"success", "successful", "succeeded", "completed", "complete", "done", "paid", "credited", "ok",
		"успешно", "успех", "выполнено", "выполнен", "выполнена", "завершено", "завершен", "завершена", "проведено",
		"проведен", "проведена", "зачислено", "зачислен", "выплачено", "выплачена", "исполнено", "исполнен"}, word) {
		return Booked
	}
	if slices.Contains([]string{"failed", "fail", "failure", "cancelled", "canceled", "rejected", "declined", "refused", "error", "expired",
		"отменено", "отменен", "отменена", "отклонено", "отклонен", "отклонена", "ошибка", "отказ", "неуспешно",
		"неудача", "незачислено", "невыплачено"}, word) {
		return Failed
	}
	return Unproven
}

// isStatus reports a word that is the status of a line whose money did not move,
// or not yet. Where no column is known to hold a status it must not be missed.
func isStatus(text string) bool {
	if text == "" || readStatus(text) == Booked {
		return false
	}
	return readStatus(text) == Failed || slices.Contains([]string{"pending", "processing", "inprogress", "onhold", "reversed",
		"refunded", "voided", "вобработке", "обрабатывается", "ожидает", "ожидание", "ожидаетподтверждения", "возвращено", "возвращен", "возвращена", "сторнировано"}, sheet.Plain(text))
}
