package render

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

// shiftSheet is the page's form. It needs nothing from anywhere else, so that it
// can be kept, sent and printed as it is.
//
//go:embed shift.html.tmpl
var shiftSheet string

// ShiftHTML writes a report as one page that needs nothing else, with a chart,
// for a printer or an archive. Everything that came from outside is escaped.
func (r *Renderer) ShiftHTML(w io.Writer, report shift.Report) error {
	form, err := template.New("shift").Parse(shiftSheet)
	if err != nil {
		return fmt.Errorf("the form of a shift's page: %w", err)
	}
	p := r.shiftPage(&report)
	sheet := htmlSheet{Lang: r.Catalog.Lang().String(), Title: p.title, Remarks: p.remarks, Head: htmlPairs(p.head), Foot: htmlPairs(p.foot)}
	for _, s := range p.sections {
		part := htmlSection{Title: s.title, Note: s.note, Pairs: htmlPairs(s.pairs)}
		if len(s.table) > 0 {
			part.Columns = r.headings("label.kind", "label.outcome", "label.method", "shift.label_count", "label.amount")
			for _, t := range s.table {
				part.Rows = append(part.Rows, htmlRow{Words: []string{t.kind, t.outcome, t.method}, Numbers: []string{t.count, t.sum}})
			}
		}
		if len(s.items) > 0 {
			part.Columns = r.headings("label.number", "label.outcome", "label.user", "label.amount")
			for _, i := range s.items {
				part.Rows = append(part.Rows, htmlRow{Words: []string{i.number, i.what, i.user}, Numbers: []string{i.sum}})
			}
		}
		if s.bars {
			part.Charts = r.charts(s.table)
		}
		sheet.Sections = append(sheet.Sections, part)
	}
	return form.Execute(w, sheet)
}

type htmlSheet struct {
	Lang, Title string
	Remarks     []string
	Head, Foot  []htmlPair
	Sections    []htmlSection
}

type htmlPair struct {
	Label, Value string
	Strong       bool
}

type htmlSection struct {
	Title, Note string
	Pairs       []htmlPair
	Columns     []string
	Rows        []htmlRow
	Charts      []htmlChart
}

type htmlRow struct{ Words, Numbers []string }

func htmlPairs(pairs []pair) []htmlPair {
	list := make([]htmlPair, 0, len(pairs))
	for _, p := range pairs {
		list = append(list, htmlPair{p.label, p.value, p.strong})
	}
	return list
}

func (r *Renderer) headings(keys ...string) []string {
	list := make([]string, 0, len(keys))
	for _, key := range keys {
		list = append(list, r.Catalog.T(key, nil))
	}
	return list
}

// A htmlChart shows the sums of one currency as bars, in units of the drawing.
type htmlChart struct {
	Title  string
	Height int
	Bars   []htmlBar
}

type htmlBar struct {
	Label, Sum string
	Y, TextY   int
	Width      int
	Below      bool // a sum below zero
}

// The drawing's measures.
const (
	barStep = 44
	barRoom = 560
)

// charts draws the totals of each currency to one scale: sums of two currencies
// cannot be compared.
func (r *Renderer) charts(lines []shiftLine) []htmlChart {
	greatest := map[string]money.Amount{}
	for _, l := range lines {
		greatest[l.total.Currency] = max(greatest[l.total.Currency], size(l.total.Sum))
	}
	var charts []htmlChart
	for i, l := range lines {
		currency := l.total.Currency
		if greatest[currency] == 0 {
			continue
		}
		if i == 0 || lines[i-1].total.Currency != currency {
			charts = append(charts, htmlChart{Title: Sanitize(currency)})
		}
		c := &charts[len(charts)-1]
		bar := htmlBar{
			Label: l.kind + ": " + l.outcome + ", " + l.method, Sum: l.sum, Y: c.Height + 18, TextY: c.Height + 13,
			Width: max(1, int(float64(size(l.total.Sum))/float64(greatest[currency])*barRoom)), Below: l.total.Sum < 0,
		}
		c.Bars = append(c.Bars, bar)
		c.Height += barStep
	}
	return charts
}

// size is an amount without its sign.
func size(a money.Amount) money.Amount { return max(a, -a) }
