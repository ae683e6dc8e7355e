package render

import (
	"strconv"

	"github.com/raisboy/raisboy/pkg/shift"
)

// A page is a report as people read it, whatever it is printed on: paper, a
// terminal or the web.
type page struct {
	title    string
	remarks  []string // in a line of their own each, below the title
	head     []pair
	sections []section
	foot     []pair // long values: hashes
}

// A section is a part of a page under a title of its own.
type section struct {
	title string
	note  string      // what to make of it
	pairs []pair      // label and value
	table []shiftLine // totals, instead
	items []shiftItem // operations by number, instead
	bars  bool        // the section's table is worth a chart
}

// A pair is a label with its value. A strong one is what people look for.
type pair struct {
	label, value string
	strong       bool
}

// A shiftLine is a total in words.
type shiftLine struct {
	kind, outcome, method, count, sum string
	total                             shift.Total
}

// A shiftItem is an operation named in a report.
type shiftItem struct{ label, number, what, user, sum string }

func (r *Renderer) shiftPage(report *shift.Report) page {
	p := page{title: r.Catalog.T("shift.title_x", data{"Number": report.Shift})}
	if report.Type == shift.Z {
		p.title = r.Catalog.T("shift.title_z", data{"Number": report.Shift})
	} else {
		p.remarks = append(p.remarks, r.Catalog.T("shift.not_closed", nil))
	}
	if report.Reprint {
		p.remarks = append(p.remarks, r.Catalog.T("shift.reprint", nil))
	}
	if report.Sandbox {
		p.remarks = append(p.remarks, r.Catalog.T("receipt.sandbox", nil))
	}
	add := func(key, value string) {
		if value != "" {
			p.head = append(p.head, pair{label: r.Catalog.T(key, nil), value: value})
		}
	}
	add("shift.label_desk", Sanitize(report.Desk))
	add("shift.label_profile", Sanitize(report.Profile))
	add("shift.label_opened", r.clock(r.Catalog, report.OpenedAt))
	add("shift.label_by", Sanitize(report.OpenedBy))
	if !report.ClosedAt.IsZero() {
		add("shift.label_closed", r.clock(r.Catalog, report.ClosedAt))
		add("shift.label_by", Sanitize(report.ClosedBy))
	}
	p.sections = append(p.sections, section{title: r.Catalog.T("shift.section_totals", nil), table: r.shiftLines(report.Totals), bars: true})
	if len(report.Totals) == 0 {
		p.sections[0].note = r.Catalog.T("shift.nothing", nil)
	}
	for _, t := range report.Cash {
		p.sections = append(p.sections, r.tillSection(t))
	}
	if report.Account != nil {
		p.sections = append(p.sections, r.accountSection(*report.Account))
	}
	p.sections = append(p.sections, r.itemSections(report)...)
	if report.Hash != "" {
		p.foot = append(p.foot, pair{label: "SHA-256", value: report.Hash})
	}
	if report.Previous != "" {
		p.foot = append(p.foot, pair{label: r.Catalog.T("shift.label_previous", nil), value: report.Previous})
	}
	return p
}

func (r *Renderer) shiftLines(totals []shift.Total) []shiftLine {
	lines := make([]shiftLine, 0, len(totals))
	for _, t := range totals {
		lines = append(lines, shiftLine{
			kind: r.Catalog.T("shift.kind."+t.Kind, nil), outcome: r.totalWord(t.Outcome, t.Status), method: r.method(t.Method),
			count: strconv.FormatInt(t.Count, 10), sum: sum{t.Sum, t.Currency}.in(r.Catalog), total: t,
		})
	}
	return lines
}

func (r *Renderer) tillSection(t shift.Till) section {
	s := section{title: r.Catalog.T("shift.section_cash", data{"Currency": Sanitize(t.Currency)})}
	add := func(key, value string, strong bool) {
		s.pairs = append(s.pairs, pair{r.Catalog.T(key, nil), value, strong})
	}
	add("shift.cash_float", r.plainAmount(t.Float), false)
	add("shift.cash_in", r.plainAmount(t.In), false)
	add("shift.cash_out", r.plainAmount(t.Out), false)
	add("shift.cash_expected", r.plainAmount(t.Expected), true)
	if t.Low != t.High {
		add("shift.cash_low", r.plainAmount(t.Low), false)
		add("shift.cash_high", r.plainAmount(t.High), false)
		s.note = r.Catalog.T("shift.cash_range", nil)
	}
	if t.HasCounted {
		key := "shift.cash_difference"
		switch {
		case t.Difference > 0:
			key = "shift.cash_over"
		case t.Difference < 0:
			key = "shift.cash_short"
		}
		add("shift.cash_counted", r.plainAmount(t.Counted), false)
		add(key, r.plainAmount(t.Difference), true)
	}
	return s
}

// accountSection is the merchant account as all desks together left it.
func (r *Renderer) accountSection(a shift.Account) section {
	s := section{title: r.Catalog.T("shift.section_account", data{"Currency": Sanitize(a.Currency)})}
	s.pairs = append(s.pairs, pair{r.Catalog.T("shift.account_expected", nil), r.plainAmount(a.Expected), true})
	if a.Low != a.High {
		s.pairs = append(s.pairs,
			pair{r.Catalog.T("shift.cash_low", nil), r.plainAmount(a.Low), false},
			pair{r.Catalog.T("shift.cash_high", nil), r.plainAmount(a.High), false})
	}
	return s
}

// itemSections name the operations that need a person's eye.
func (r *Renderer) itemSections(report *shift.Report) []section {
	var sections []section
	for _, list := range []struct {
		title, note string
		items       []shift.Item
	}{
		{"shift.section_open", "shift.note_open", report.Open},
		{"shift.section_unpaid", "shift.note_unpaid", report.Unpaid},
		{"shift.section_late", "shift.note_late", report.Late},
	} {
		if len(list.items) == 0 {
			continue
		}
		s := section{title: r.Catalog.T(list.title, nil), note: r.Catalog.T(list.note, nil)}
		for _, i := range list.items {
			s.items = append(s.items, shiftItem{
				label: r.Catalog.T("label.number", nil), number: number(i.Operation), what: r.itemWord(i), user: Sanitize(i.UserID), sum: sum{i.Amount, i.Currency}.in(r.Catalog),
			})
		}
		sections = append(sections, s)
	}
	if len(report.Outside) > 0 {
		sections = append(sections, section{title: r.Catalog.T("shift.section_outside", nil), note: r.Catalog.T("shift.note_outside", nil),
			table: r.shiftLines(report.Outside)})
	}
	return sections
}

func (r *Renderer) itemWord(i shift.Item) string {
	return r.Catalog.T("kind."+i.Kind, nil) + ", " + r.totalWord(i.Outcome, i.Status)
}
