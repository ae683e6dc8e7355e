package render

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/batch"
)

// BatchSummary says on Err what was found in a batch before anything is sent.
func (r *Renderer) BatchSummary(s batch.Summary) { r.tell(r.summary(s, r.wrapErr)...) }

// BatchPlan prints the same as the result of a dry run; more is how many mistakes
// there are beside those listed.
func (r *Renderer) BatchPlan(s batch.Summary, mistakes []*batch.Mistake, more int) error {
	if r.Format == Text {
		r.tell(r.err.strong(caution, []string{r.Catalog.T("dry.nothing", nil)})...)
		return r.print(r.summary(s, r.wrapOut)...)
	}
	totals := func(all []batch.Total, methods bool) []object {
		list := make([]object, 0, len(all))
		for _, t := range all {
			o := object{{"currency", t.Currency}}
			if methods {
				o = append(o, member{"payment_method", t.PaymentMethod})
			}
			list = append(list, append(o, member{"rows", t.Rows}, member{"sum", t.Sum.String()}))
		}
		return list
	}
	found := make([]object, 0, len(mistakes))
	for _, m := range mistakes {
		found = append(found, object{
			{"line", orNullNumber(m.Line)}, {"column", orNullNumber(m.Column)}, {"field", orNull(m.Field)},
			{"problem", string(m.Problem)}, {"message", Sanitize(m.Error())},
		})
	}
	return r.emit(object{
		{"rows", s.Rows}, {"sum", s.Sum.String()}, {"totals", totals(s.Totals, true)}, {"new", totals(s.New, false)},
		{"done", s.Done}, {"refused", s.Refused}, {"unsettled", s.Open}, {"equal", s.Equal}, {"above", s.Above}, {"mistakes", found},
		{"more_mistakes", more},
	})
}

func (r *Renderer) summary(s batch.Summary, wrapped func(string) []string) []string {
	lines := []string{r.Catalog.N("batch.rows", s.Rows, nil)}
	if len(s.Totals) > 0 {
		columns := []column{
			{label: "label.method"}, {label: "batch.label.rows", right: true}, {label: "batch.label.sum", right: true},
		}
		var rows [][]string
		for _, t := range s.Totals {
			rows = append(rows, []string{r.method(t.PaymentMethod), number(int64(t.Rows)), sum{t.Sum, t.Currency}.in(r.Catalog)})
		}
		if table, err := r.tabulate(columns, rows); err == nil {
			lines = append(lines, table...)
		}
	}
	for _, part := range []struct {
		key string
		n   int
	}{
		{"batch.done-before", s.Done}, {"batch.refused-before", s.Refused}, {"batch.open-before", s.Open},
		{"batch.equal", s.Equal}, {"batch.above", s.Above},
	} {
		if part.n > 0 {
			lines = append(lines, wrapped(r.Catalog.N(part.key, part.n, nil))...)
		}
	}
	if before := s.Done + s.Refused + s.Open; before > 0 && len(s.New) > 0 {
		rows, _ := batch.SumOf(s.New)
		lines = append(lines, wrapped(r.Catalog.N("batch.new", rows, data{"Sum": r.joined(s.New)}))...)
	}
	for _, b := range s.Balances {
		lines = append(lines, wrapped(r.say(r.Catalog, step{key: "batch.balance", data: data{
			"Expected": sum{b.Expected, b.Currency}, "Need": sum{b.Need, b.Currency},
		}}))...)
	}
	return lines
}

// BatchMistakes lists on Err what is wrong, one mistake a line; said are the
// sentences about them, more is how many others there are.
func (r *Renderer) BatchMistakes(mistakes []*batch.Mistake, said []string, more int) {
	lines := make([]string, 0, len(mistakes)+1)
	for i, m := range mistakes {
		text := oneLine(said[i])
		switch {
		case m.Column > 0:
			text = r.Catalog.T("batch.at", data{"Line": m.Line, "Column": m.Column}) + " " + text
		case m.Line > 0:
			text = r.Catalog.T("batch.line", data{"Line": m.Line}) + " " + text
		}
		lines = append(lines, r.wrapErr(text)...)
	}
	if more > 0 {
		lines = append(lines, r.wrapErr(r.Catalog.N("batch.more-mistakes", more, nil))...)
	}
	r.tell(lines...)
}

// BatchMistakeSum writes a sum as people read it, for a sentence about a mistake.
func (r *Renderer) BatchMistakeSum(e *batch.LimitError) (amount, limit string) {
	return sum{e.Amount, e.Currency}.in(r.Catalog), sum{e.Limit, e.Currency}.in(r.Catalog)
}

// BatchMistakeWas names the operation that the journal has in a row's place, as
// people read it, for a sentence about a mistake.
func (r *Renderer) BatchMistakeWas(c *api.Call) string {
	t := c.Terms
	return r.kind(c.Kind) + " " + sum{t.Amount, t.Currency}.in(r.Catalog) + " → " + Sanitize(t.UserID) + ", " + Sanitize(t.PaymentMethod) // as the file names it
}

// BatchUnknown says on Err, loudly, how many rows have no known end.
func (r *Renderer) BatchUnknown(rows int, kind api.Kind) {
	key := "batch.unknown"
	if kind == api.KindPayout {
		key = "batch.unknown-payouts"
	}
	r.tell(r.err.strong(alarm, r.wrapErr(r.Catalog.N(key, rows, nil)))...)
	r.tell(r.wrapErr(r.Catalog.T("batch.unknown-next", nil))...)
}

// BatchNotBegun says on Err how many rows a batch that stopped did not come to.
func (r *Renderer) BatchNotBegun(rows int) {
	r.tell(r.wrapErr(r.Catalog.N("batch.not-begun", rows, nil))...)
}

// BatchLeftOut says on Err how many rows are not in a file to be corrected,
// because they may have been paid.
func (r *Renderer) BatchLeftOut(rows int) {
	if rows > 0 {
		r.tell(r.err.strong(alarm, r.wrapErr(r.Catalog.N("batch.left-out", rows, nil)))...)
		r.tell(r.wrapErr(r.Catalog.T("batch.unknown-next", nil))...)
	}
}
