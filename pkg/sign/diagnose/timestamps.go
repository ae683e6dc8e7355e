package diagnose

import (
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/sign"
)

// timestampVariants lists what is signed in the place of X-Timestamp's value:
// another form of the same moment, the body's moment, or one a little off.
func timestampVariants(header, inBody string, depth int, room *int) []variant {
	var c timestamps
	c.known = map[string]bool{header: true}
	c.made = []variant{{text: []byte(header)}}
	c.room, c.depth = room, depth
	moment, exact, ok := readMoment(header)
	if inBody != "" {
		c.add("timestamp.body", inBody, 1)
	}
	if ok {
		c.forms(moment, "timestamp.", 1)
		c.off(moment, header)
	}
	if other, _, readable := readMoment(inBody); readable {
		c.forms(other, "timestamp.body", 1)
	}
	c.add("timestamp.empty", "", 1)
	c.add("timestamp.spaced", header+" ", 1)
	c.add("timestamp.spaced", " "+header, 1)
	c.add("timestamp.quoted", `"`+header+`"`, 1)
	if ok && !exact {
		c.guesses(moment)
	}
	return c.made
}

type timestamps struct {
	made  []variant
	known map[string]bool
	room  *int
	depth int
}

func (c *timestamps) add(name, text string, cost int) {
	if c.known[text] || cost > c.depth {
		return
	}
	if *c.room -= len(text); *c.room < 0 {
		return
	}
	c.known[text] = true
	c.made = append(c.made, variant{text: []byte(text), deviations: []string{name}, weight: len(c.made), cost: cost})
}

// A layoutOf names a form of ISO 8601 or of others that libraries write.
type layoutOf struct{ name, layout string }

// momentLayouts are those that fit a moment, the commonest first.
func momentLayouts() []layoutOf {
	return []layoutOf{
		{"iso_z", "2006-01-02T15:04:05Z"}, {"iso_offset", "2006-01-02T15:04:05-07:00"},
		{"iso_fraction", "2006-01-02T15:04:05.000Z"}, {"iso_fraction", "2006-01-02T15:04:05.000-07:00"},
		{"iso_fraction", "2006-01-02T15:04:05.000000-07:00"}, {"iso_fraction", "2006-01-02T15:04:05.000000Z"},
		{"iso_fraction", "2006-01-02T15:04:05.000000000Z"},
		{"iso_fraction", "2006-01-02T15:04:05.000000"}, {"iso_fraction", "2006-01-02T15:04:05.000"},
		{"iso_zoneless", "2006-01-02T15:04:05"}, {"iso_offset", "2006-01-02T15:04:05-0700"},
		{"other_form", "2006-01-02 15:04:05"}, {"other_form", "2006-01-02 15:04:05 -0700"},
		{"other_form", "2006-01-02 15:04:05 UTC"}, {"other_form", "2006-01-02 15:04:05-07:00"},
		{"other_form", "Mon, 02 Jan 2006 15:04:05 GMT"}, {"other_form", "20060102T150405Z"}, {"other_form", "20060102150405"},
		{"other_form", "2006-01-02"},
	}
}

// forms adds the moment in every form. A prefix that ends in a point is followed
// by the form's name; another one is the name.
func (c *timestamps) forms(t time.Time, prefix string, cost int) {
	name := func(form string) string {
		if strings.HasSuffix(prefix, ".") {
			return prefix + form
		}
		return prefix
	}
	c.add(name("seconds"), strconv.FormatInt(t.Unix(), 10), cost)
	c.add(name("milliseconds"), strconv.FormatInt(t.UnixMilli(), 10), cost)
	for _, one := range momentLayouts() {
		c.add(name(one.name), t.UTC().Format(one.layout), cost)
	}
	for _, hours := range []int{5, 3, 4, 6} { // the zones round the project
		zone := time.FixedZone("", hours*3600)
		for _, layout := range []string{"2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05.000-07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
			c.add(name("zone"), t.In(zone).Format(layout), cost)
		}
	}
	c.add(name("microseconds"), strconv.FormatInt(t.UnixMicro(), 10), cost)
	c.add(name("fraction"), strconv.FormatInt(t.Unix(), 10)+".0", cost)
	c.add(name("fraction"), strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64), cost)
	c.add(name("fraction"), strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64), cost)
}

// off adds moments near by in the header's own form: a clock that was asked
// twice, or a zone that was counted twice.
func (c *timestamps) off(t time.Time, header string) {
	layout := "2006-01-02T15:04:05-07:00"
	switch {
	case isDigits(header):
		layout = ""
	case strings.HasSuffix(header, "Z"):
		layout = "2006-01-02T15:04:05Z"
	}
	near := func(name string, by time.Duration) {
		if layout == "" {
			c.add(name, strconv.FormatInt(t.Add(by).Unix(), 10), 1)
		} else {
			c.add(name, t.Add(by).UTC().Format(layout), 1)
		}
	}
	for _, seconds := range []int{-1, 1, -2, 2, -3, 3} {
		near("timestamp.other_moment", time.Duration(seconds)*time.Second)
	}
	for _, hours := range []int{5, -5, 3, -3} {
		near("timestamp.zone", time.Duration(hours)*time.Hour)
	}
}

// guesses adds the moment with every number of milliseconds: the signer had
// them, the header has lost them. They count as two, for there are thousands.
func (c *timestamps) guesses(t time.Time) {
	for ms := range 1000 {
		at := t.Add(time.Duration(ms) * time.Millisecond)
		c.add("timestamp.milliseconds", strconv.FormatInt(at.UnixMilli(), 10), 2)
	}
	for _, layout := range []string{"2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.000-07:00"} {
		for ms := range 1000 {
			c.add("timestamp.iso_fraction", t.Add(time.Duration(ms)*time.Millisecond).UTC().Format(layout), 2)
		}
	}
}

// readMoment reads a timestamp tolerantly: what the rule allows, milliseconds,
// and ISO 8601 without an offset as UTC. exact: it says its milliseconds.
func readMoment(text string) (moment time.Time, exact, ok bool) {
	if isDigits(text) && (len(text) == 13 || len(text) == 16) {
		n, err := strconv.ParseInt(text, 10, 64)
		if len(text) == 16 {
			n /= 1000
		}
		return time.UnixMilli(n).UTC(), true, err == nil
	}
	if t, err := sign.ParseTimestamp(text); err == nil {
		return t, strings.Contains(text, "."), true
	}
	if t, err := sign.ParseTimestamp(text + "Z"); err == nil {
		return t, strings.Contains(text, "."), true
	}
	return time.Time{}, false, false
}

func isDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}
