package text_test

import (
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/text"
)

func TestSpan(t *testing.T) {
	for _, tt := range []struct {
		d                time.Duration
		russian, english string
	}{
		{0, "0 с", "0 s"},
		{400 * time.Millisecond, "0 с", "0 s"},
		{59*time.Second + 600*time.Millisecond, "1 мин", "1 min"},
		{-(7*time.Minute + 12*time.Second), "7 мин 12 с", "7 min 12 s"},
		{2*time.Hour + 5*time.Second, "2 ч", "2 h"},
		{2*time.Hour + 5*time.Minute + 9*time.Second, "2 ч 5 мин", "2 h 5 min"},
		{20*365*24*time.Hour + 3*time.Hour, "7300 дн. 3 ч", "7300 d 3 h"},
		{-1 << 63, "106751 дн. 23 ч", "106751 d 23 h"},
	} {
		for lang, want := range map[text.Lang]string{text.Russian: tt.russian, text.English: tt.english} {
			if got := text.New(lang).Span(tt.d); got != want {
				t.Errorf("%v: %q, wanted %q", tt.d, got, want)
			}
		}
	}
}
