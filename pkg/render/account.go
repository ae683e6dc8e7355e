package render

import (
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

// Accounts prints what the merchant account should hold, a block or an object a
// currency. What a person has to know about it goes to Err.
func (r *Renderer) Accounts(accounts []shift.Account) error {
	for i, a := range accounts {
		if r.Format != Text {
			if err := r.emit(r.account(a)); err != nil {
				return err
			}
			continue
		}
		lines := r.accountLines(a)
		if i > 0 {
			lines = append([]string{""}, lines...)
		}
		if err := r.print(lines...); err != nil {
			return err
		}
	}
	for _, a := range accounts {
		if !a.HasOpening && !r.Quiet {
			r.tell(r.wrapOut(r.Catalog.T("account.no_opening", data{"Currency": Sanitize(a.Currency)}))...)
		}
	}
	return nil
}

// stated says that a line of a partner's statement proves it.
func stated(e *journal.Entry) []step {
	if e.Proof == nil {
		return nil
	}
	return []step{{key: "receipt.stated", data: data{"Line": e.Proof.Line}}}
}

// account is the balance as scripts read it. Without an opening "opening" is
// null, and the sums count from nothing.
func (r *Renderer) account(a shift.Account) object {
	var opening any
	if a.HasOpening {
		opening = figure(a.Opening.String())
	}
	uncertain := a.Uncertain
	if uncertain == nil {
		uncertain = []int64{}
	}
	return object{
		{"currency", a.Currency},
		{"expected", figure(a.Expected.String())},
		{"low", figure(a.Low.String())},
		{"high", figure(a.High.String())},
		{"opening", opening},
		{"topups", figure(a.Topups.String())},
		{"withdrawals", figure(a.Withdrawals.String())},
		{"deposits", figure(a.Deposits.String())},
		{"payouts", figure(a.Payouts.String())},
		{"uncertain", uncertain},
	}
}

// accountLines lays the balance out as a sum that can be followed by hand.
func (r *Renderer) accountLines(a shift.Account) []string {
	type line struct{ label, sign, value string }
	written := func(amount money.Amount) string { return sum{amount, ""}.in(r.Catalog) }
	opening := line{"account.opening", "", written(a.Opening)}
	parts := []line{
		opening, {"account.topups", "+", written(a.Topups)}, {"account.deposits", "−", written(a.Deposits)},
		{"account.payouts", "+", written(a.Payouts)}, {"account.withdrawals", "−", written(a.Withdrawals)},
	}
	labels, values := 0, 0
	for _, p := range parts {
		labels, values = max(labels, lipgloss.Width(r.Catalog.T(p.label, nil))), max(values, lipgloss.Width(p.value))
	}
	values = max(values, lipgloss.Width(written(a.Expected)))
	lay := func(label, sign, value string) string {
		return pad(label, labels) + "  " + pad(sign, 1) + " " + repeat(" ", values-lipgloss.Width(value)) + value
	}
	lines := r.out.strong(plain, r.wrapOut(r.Catalog.T("account.title", data{"Currency": Sanitize(a.Currency)})))
	for _, p := range parts {
		lines = append(lines, lay(r.Catalog.T(p.label, nil), p.sign, p.value))
	}
	lines = append(lines, r.out.strong(plain, []string{lay(r.Catalog.T("account.expected", nil), "=", written(a.Expected))})...)
	if len(a.Uncertain) == 0 {
		return lines
	}
	lines = append(lines, r.out.strong(caution, r.wrapOut(r.Catalog.T("account.range", data{
		"Low": sum{a.Low, a.Currency}.in(r.Catalog), "High": sum{a.High, a.Currency}.in(r.Catalog)})))...)
	return append(lines, r.wrapOut(r.Catalog.N("account.uncertain", len(a.Uncertain), data{"IDs": numbers(a.Uncertain)}))...)
}

// maxNumbers is how many operations a sentence names.
const maxNumbers = 12

// numbers names operations in a sentence.
func numbers(ids []int64) string {
	if len(ids) > maxNumbers {
		return listed(ids[:maxNumbers]) + ", …"
	}
	return listed(ids)
}

// Movement prints one movement of the merchant account that was recorded.
func (r *Renderer) Movement(m journal.Movement) error {
	if r.Format != Text {
		return r.emit(r.movement(m))
	}
	lines := r.out.strong(good, r.wrapOut(r.Catalog.T("account.recorded", data{
		"Kind": r.movementKind(m.Kind), "Amount": sum{m.Amount, m.Currency}.in(r.Catalog), "At": r.clock(r.Catalog, m.At), "ID": m.ID})))
	if m.Note != "" {
		lines = append(lines, r.wrapOut(r.Catalog.T("receipt.note", data{"Note": Sanitize(m.Note)}))...)
	}
	return r.print(lines...)
}

// Movements prints what was done to the merchant account by hand.
func (r *Renderer) Movements(all []journal.Movement) error {
	if r.Format == CSV {
		if err := r.emitHeader(r.movement(journal.Movement{})); err != nil {
			return err
		}
	}
	if r.Format != Text {
		for _, m := range all {
			if err := r.emit(r.movement(m)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		if !r.Quiet {
			r.tell(r.Catalog.T("account.none", nil))
		}
		return nil
	}
	rows := make([][]string, 0, len(all))
	for _, m := range all {
		rows = append(rows, []string{number(m.ID), r.clock(r.Catalog, m.At), r.movementKind(m.Kind),
			sum{m.Amount, m.Currency}.in(r.Catalog), Sanitize(m.Note), Sanitize(m.Desk)})
	}
	lines, err := r.layOut([]column{{label: "label.number", right: true}, {label: "label.time", drop: 2}, {label: "label.kind"},
		{label: "label.amount", right: true}, {label: "account.note", cut: 10}, {label: "account.desk", drop: 3}}, rows)
	if err != nil {
		return err
	}
	return r.print(lines...)
}

func (r *Renderer) movementKind(k journal.MovementKind) string {
	return r.Catalog.T("movement."+string(k), nil)
}

func (r *Renderer) movement(m journal.Movement) object {
	return object{
		{"id", m.ID},
		{"kind", string(m.Kind)},
		{"amount", figure(m.Amount.String())},
		{"currency", m.Currency},
		{"note", orNull(m.Note)},
		{"at", r.stamp(m.At)},
		{"recorded_at", r.stamp(m.RecordedAt)},
		{"desk", orNull(m.Desk)},
	}
}

// Clock writes a moment as the operator reads it, in local time.
func (r *Renderer) Clock(t time.Time) string { return r.clock(r.Catalog, t) }

// NoteAt says something about a moment in passing: the place At of the key.
func (r *Renderer) NoteAt(key string, at time.Time) {
	r.Note(key, data{"At": moment{at}})
}

// NoteSums says something about two sums in passing: the places Expected and
// Difference of the key.
func (r *Renderer) NoteSums(key, currency string, expected, difference money.Amount) {
	r.Note(key, data{"Expected": sum{expected, currency}, "Difference": sum{difference, currency}})
}
