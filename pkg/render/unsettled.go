package render

import (
	"iter"

	"github.com/raisboy/raisboy/pkg/journal"
)

// Unsettled prints what somebody must still find out about, each operation with
// the commands that settle it. JSON and CSV are as in Entries.
func (r *Renderer) Unsettled(entries iter.Seq2[journal.Entry, error]) error {
	if r.Format != Text {
		return r.stream(entries)
	}
	a := adviser{r.Flags}
	count := 0
	for e, err := range entries {
		if err != nil {
			return err
		}
		c := a.entry(&e)
		lines := r.out.strong(c.tone, hang(number(e.ID)+"  ", r.Catalog.T(c.verdict, nil), r.Width))
		lines = append(lines, r.wrapOut(r.when(e.CreatedAt)+", "+r.kind(e.Call.Kind)+", "+r.total(&e)+" → "+person(&e))...)
		if e.Code != "" {
			lines = append(lines, r.wrapOut(r.say(r.Catalog, meaning(e.Code)))...)
		}
		for _, s := range a.choices(&e) {
			lines = append(lines, r.stepLines(r.out, []step{s}, r.Width)...)
		}
		if err := r.print(append(lines, "")...); err != nil {
			return err
		}
		count++
	}
	if r.Quiet {
		return nil
	}
	if count == 0 {
		r.tell(r.Catalog.T("list.settled", nil))
	} else {
		r.tell(r.Catalog.N("list.unsettled", count, nil))
	}
	return nil
}
