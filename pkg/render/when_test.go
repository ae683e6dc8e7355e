package render

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/text"
)

func TestWhen(t *testing.T) {
	place := time.FixedZone("+05", 5*60*60)
	now := time.Date(2026, 11, 22, 17, 39, 17, 281_000_000, place)
	at := func(width int, lang text.Lang) *Renderer {
		return New(Options{Out: io.Discard, Err: io.Discard, Catalog: text.New(lang), Width: width, Location: place,
			Now: func() time.Time { return now }})
	}
	for _, test := range []struct {
		back                       time.Duration
		english, russian, shortest string
	}{
		{0, "just now", "только что", "17:39"},
		{59 * time.Second, "just now", "только что", "17:38"},
		{time.Minute, "1 minute ago", "1 минуту назад", "17:38"},
		{2 * time.Minute, "2 minutes ago", "2 минуты назад", "17:37"},
		{5 * time.Minute, "5 minutes ago", "5 минут назад", "17:34"},
		{21 * time.Minute, "21 minutes ago", "21 минуту назад", "17:18"},
		{time.Hour, "16:39", "16:39", "16:39"},
		{17*time.Hour + 39*time.Minute, "00:00", "00:00", "00:00"},
		{18 * time.Hour, "2026-11-21 23:39", "21.11.2026 23:39", "21.11 23:39"},
		{400 * 24 * time.Hour, "2025-10-18 17:39", "18.10.2025 17:39", "18.10.2025"},
		{-time.Minute, "17:40", "17:40", "17:40"}, // by another till's clock
		{-24 * time.Hour, "2026-11-23 17:39", "23.11.2026 17:39", "23.11 17:39"},
	} {
		then := now.Add(-test.back)
		if got := at(60, text.English).when(then); got != test.english {
			t.Errorf("%v: %q, wanted %q", test.back, got, test.english)
		}
		if got := at(60, text.Russian).when(then); got != test.russian {
			t.Errorf("%v: %q, wanted %q", test.back, got, test.russian)
		}
		if got := at(60, text.Russian).shortly(then); got != test.shortest {
			t.Errorf("%v: %q, wanted %q", test.back, got, test.shortest)
		}
		for _, got := range []string{at(0, text.Russian).when(then), at(0, text.English).hour(then)} {
			if read, err := time.Parse("2006-01-02T15:04:05.000-07:00", got); err != nil || !read.Equal(then) {
				t.Errorf("%v: %q in a pipe", test.back, got)
			}
		}
	}
	if got := at(60, text.Russian).hour(now.Add(-time.Hour)); got != "16:39:17" {
		t.Errorf("today in a history: %q", got)
	}
	without := New(Options{Out: io.Discard, Err: io.Discard, Catalog: text.New(text.English), Width: 60, Location: place})
	if got := without.when(now); got != "2026-11-22 17:39" {
		t.Errorf("without a clock: %q", got)
	}
}

// TestAt: a window that was drawn narrower breaks its lines there; what is for
// scripts, or no terminal, stays as it is.
func TestAt(t *testing.T) {
	var out strings.Builder
	o := Options{Out: &out, Err: io.Discard, Catalog: text.New(text.English), Width: 80}
	wide := New(o)
	if err := wide.At(20).print(wide.At(20).wrapOut("a sentence that is longer than twenty columns")...); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if len(strings.TrimRight(line, "\n")) > 20 {
			t.Errorf("%q is wider than the window", line)
		}
	}
	if wide.At(0) != wide || wide.At(80) != wide {
		t.Error("nothing changed, and yet another renderer")
	}
	o.Format = JSON
	if r := New(o); r.At(20) != r {
		t.Error("JSON has a width")
	}
	o.Format, o.Width = Text, 0
	if New(o).At(20).Width != 0 {
		t.Error("a pipe became a terminal")
	}
}
