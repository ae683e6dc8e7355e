package render

import (
	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/shift"
)

// shiftText prints a report for a terminal: tables, and lists by number.
func (r *Renderer) shiftText(report *shift.Report) error {
	p := r.shiftPage(report)
	lines := r.out.strong(plain, r.wrapOut(p.title))
	for _, remark := range p.remarks {
		lines = append(lines, r.out.strong(caution, r.wrapOut(remark))...)
	}
	lines = append(lines, r.headLines(p.head)...)
	for _, s := range p.sections {
		lines = append(append(lines, ""), r.out.strong(plain, r.wrapOut(s.title))...)
		lines = append(lines, r.pairLines(s.pairs)...)
		if s.note != "" {
			lines = append(lines, r.wrapOut(s.note)...)
		}
		table, err := r.shiftTable(s)
		if err != nil {
			return err
		}
		lines = append(lines, table...)
	}
	if len(p.foot) > 0 {
		lines = append(lines, "")
	}
	for _, f := range p.foot {
		lines = append(lines, r.out.faint(hang(f.label+" ", f.value, r.Width))...)
	}
	return r.print(lines...)
}

// headLines puts values beside their labels.
func (r *Renderer) headLines(pairs []pair) []string {
	labels := 0
	for _, p := range pairs {
		labels = max(labels, lipgloss.Width(p.label)+gap)
	}
	var lines []string
	for _, p := range pairs {
		lines = append(lines, hang(pad(p.label, labels), p.value, r.Width)...)
	}
	return lines
}

// pairLines puts values below each other. Sums end in the same column.
func (r *Renderer) pairLines(pairs []pair) []string {
	labels, values := 0, 0
	for _, p := range pairs {
		labels, values = max(labels, lipgloss.Width(p.label)), max(values, lipgloss.Width(p.value))
	}
	var lines []string
	for _, p := range pairs {
		if r.Width > 0 && labels+gap+values > r.Width {
			lines = append(lines, hang(p.label+" ", p.value, r.Width)...)
			continue
		}
		line := pad(p.label, labels) + repeat(" ", gap) + repeat(" ", values-lipgloss.Width(p.value)) + p.value
		if p.strong {
			line = r.out.strong(plain, []string{line})[0]
		}
		lines = append(lines, line)
	}
	return lines
}

// shiftTable draws a section's totals or operations.
func (r *Renderer) shiftTable(s section) ([]string, error) {
	var columns []column
	var rows [][]string
	switch {
	case len(s.table) > 0:
		columns = []column{{label: "label.kind"}, {label: "label.outcome"}, {label: "label.method", drop: 1, cut: 8},
			{label: "shift.label_count", right: true}, {label: "label.amount", right: true}}
		for _, t := range s.table {
			rows = append(rows, []string{t.kind, t.outcome, t.method, t.count, t.sum})
		}
	case len(s.items) > 0:
		columns = []column{{label: "label.number", right: true}, {label: "label.outcome"}, {label: "label.user", drop: 1, cut: 6},
			{label: "label.amount", right: true}}
		for _, i := range s.items {
			rows = append(rows, []string{i.number, i.what, i.user, i.sum})
		}
	default:
		return nil, nil
	}
	return r.tabulate(columns, rows)
}
