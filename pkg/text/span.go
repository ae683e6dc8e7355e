package text

import (
	"strings"
	"time"
)

// Span says how long something lasts, to the second, in its two greatest units,
// e.g. "7 min 12 s". The sign is left out.
func (c *Catalog) Span(d time.Duration) string {
	left := d.Round(time.Second).Abs()
	var parts []string
	for _, unit := range []struct {
		key    string
		length time.Duration
	}{{"time.span.days", 24 * time.Hour}, {"time.span.hours", time.Hour}, {"time.span.minutes", time.Minute}, {"time.span.seconds", time.Second}} {
		n := int64(left / unit.length)
		left %= unit.length
		if n > 0 {
			parts = append(parts, c.T(unit.key, map[string]any{"N": n}))
		}
		if n == 0 && len(parts) > 0 || len(parts) == 2 {
			break // a third unit, or one after a gap, says nothing more
		}
	}
	if len(parts) == 0 {
		return c.T("time.span.seconds", map[string]any{"N": 0})
	}
	return strings.Join(parts, " ")
}
