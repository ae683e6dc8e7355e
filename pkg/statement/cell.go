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
	form string
	long time.Duration
}

const day = 24 * time.Hour

// layouts are the forms of times that can be read in one way only. A slash is
// none of them: 03/04 is two days of the year.
func layouts() []layout {
	var all []layout
	for _, date := range []string{"2006-01-02", "02.01.2006"} {
		for _, gap := range []string{" ", "T", ", "} {
			for _, zone := range []string{"", "Z07:00", " Z07:00", "Z0700", " Z0700"} {
				all = append(all, layout{date + gap + "15:04:05" + zone, time.Second}, layout{date + gap + "15:04" + zone, time.Minute})
			}
		}
		all = append(all, layout{date, day})
	}
	return all
}

// readTime reads a moment, in the given zone if it names none, and gives the
// span that it may mean. Unix seconds and milliseconds are moments, too.
func readTime(text string, zone *time.Location, forms []layout) (from, until time.Time, ok bool) {
	if len(text) == 10 || len(text) == 13 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
			if len(text) == 10 {
				return time.Unix(n, 0), time.Unix(n+1, 0), true
			}
			return time.UnixMilli(n), time.UnixMilli(n + 1), true
		}
	}
	for _, l := range forms {
		at, err := time.ParseInLocation(l.form, text, zone)
		switch {
		case err != nil:
			continue
		case at.Year() < 1970 || at.Year() > 9999:
			return from, until, false
		case l.long == day:
			return at, at.AddDate(0, 0, 1), true
		}
		return at, at.Add(l.long), true
	}
	return from, until, false
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
