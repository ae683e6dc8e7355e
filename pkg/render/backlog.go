package render

import (
	"strings"

	"github.com/raisboy/raisboy/pkg/journal"
)

// Backlog says on Err, in one faint line, what waits for somebody: for a
// terminal on which nothing else happens. The line is added like any other, so
// that neither a resize nor a pipe finds anything to break.
func (r *Renderer) Backlog(b journal.Backlog) {
	if r.Quiet {
		return
	}
	var parts []string
	for _, part := range []struct {
		key string
		n   int
	}{
		{"listen.accepted", b.Accepted}, {"listen.pending", b.Pending}, {"listen.unsettled", b.Unsettled},
		{"listen.notices", b.Notices}, {"listen.forwards", b.Forwards},
	} {
		if part.n > 0 {
			parts = append(parts, r.Catalog.N(part.key, part.n, nil))
		}
	}
	line := r.Catalog.T("listen.nothing", nil)
	if len(parts) > 0 {
		line = r.Catalog.T("listen.waiting", data{"What": strings.Join(parts, ", ")})
	}
	now := ""
	if r.Now != nil {
		now = r.timeOfDay(r.Now())
	}
	r.tell(r.err.faint([]string{now + line})...)
}

// Skipped is the line that stands for n events that were not printed, because
// for too long nobody read what was. The journal has them.
func (r *Renderer) Skipped(n int) ([]byte, error) {
	switch r.Format {
	case JSON:
		line, err := object{{"event", "output.skipped"}, {"count", n}}.json()
		return append(line, '\n'), err
	case CSV:
		r.tell(r.wrapOut(r.Catalog.N("listen.skipped", n, nil))...)
		return nil, nil
	case Text:
	}
	return []byte(r.Catalog.N("listen.skipped", n, nil) + "\n"), nil
}
