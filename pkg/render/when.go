package render

import (
	"time"

	"github.com/raisboy/raisboy/pkg/text"
)

// when is a moment in a list. On a terminal it is how long ago it was, for the
// last hour; then the time of day, and for other days the date with it. In a
// pipe it is what scripts read: RFC 3339.
func (r *Renderer) when(t time.Time) string {
	switch {
	case r.Width <= 0:
		stamp, _ := r.stamp(t).(string)
		return stamp
	case r.past(t) < time.Hour:
		return r.ago(t)
	case r.today(t):
		return t.In(r.Location).Format("15:04")
	}
	return r.date(t, "02.01.2006 15:04", "2006-01-02 15:04")
}

// shortly is a moment in a list for which there is little room.
func (r *Renderer) shortly(t time.Time) string {
	if r.today(t) {
		return t.In(r.Location).Format("15:04")
	}
	if r.Now != nil && t.In(r.Location).Year() == r.Now().In(r.Location).Year() {
		return r.date(t, "02.01 15:04", "01-02 15:04")
	}
	return r.date(t, "02.01.2006", "2006-01-02")
}

// hour is a moment of a history, to the second: today's without the date.
func (r *Renderer) hour(t time.Time) string {
	switch {
	case r.Width <= 0:
		stamp, _ := r.stamp(t).(string)
		return stamp
	case r.today(t):
		return t.In(r.Location).Format("15:04:05")
	}
	return r.clock(r.Catalog, t)
}

// ago says how long ago it was, within a day; empty: longer, or not yet.
func (r *Renderer) ago(t time.Time) string {
	switch past := r.past(t); {
	case past < time.Minute:
		return r.Catalog.T("time.now", nil)
	case past < time.Hour:
		return r.Catalog.N("time.minutes", int(past/time.Minute), nil)
	case past < 24*time.Hour:
		return r.Catalog.N("time.hours", int(past/time.Hour), nil)
	}
	return ""
}

// past is how long ago it was; what lies in the future, by another till's clock,
// is as far away as can be.
func (r *Renderer) past(t time.Time) time.Duration {
	const never = 1<<63 - 1
	if r.Now == nil {
		return never
	}
	if past := r.Now().Sub(t); past >= 0 {
		return past
	}
	return never
}

func (r *Renderer) today(t time.Time) bool {
	if r.Now == nil {
		return false
	}
	now, then := r.Now().In(r.Location), t.In(r.Location)
	return now.Year() == then.Year() && now.YearDay() == then.YearDay()
}

func (r *Renderer) date(t time.Time, russian, english string) string {
	if r.Catalog.Lang() == text.Russian {
		return t.In(r.Location).Format(russian)
	}
	return t.In(r.Location).Format(english)
}

// At is the renderer for a terminal of another width, which its owner may have
// changed; the same one where nothing depends on it.
func (r *Renderer) At(width int) *Renderer {
	if r.Format != Text || r.Width <= 0 || width <= 0 || width == r.Width {
		return r
	}
	o := r.Options
	o.Width = width
	return New(o)
}
