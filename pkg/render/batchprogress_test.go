package render

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/batch"
	"github.com/raisboy/raisboy/pkg/text"
)

// What is unknown is said on every terminal, whatever has to give way.
func TestProgressLineOnNarrowTerminals(t *testing.T) {
	for _, test := range []struct {
		lang       text.Lang
		rows, done int
		width      int
		want       string
	}{
		{text.English, 200, 72, 120, "███████░░░░░░░░░░░░░ 73 of 200, 18/s, 7 s left; done 72, failed 0, unknown 1"},
		{text.English, 200, 72, 60, "73 of 200, 18/s, 7 s left; done 72, failed 0, unknown 1"},
		{text.English, 200, 72, 50, "█░░░░ 73/200, 7 s; done 72, failed 0, unknown 1"},
		{text.Russian, 200, 72, 80, "██░░░░ 73 из 200, 18/с, осталось 7 с; проведено 72, не прошло 0, неизвестно 1"},
		{text.Russian, 200, 72, 60, "████░░░░░░░ 73/200, 7 с; прошло 72, не прошло 0, неизв. 1"},
		{text.Russian, 1000000, 72, 60, "73/1000000, 15 ч 13 мин; прошло 72, не прошло 0, неизв. 1"},
		{text.Russian, 200, 72, 48, "73/200, 7 с; прошло 72, не прошло 0, неизв. 1"},
		{text.Russian, 0, 72, 60, "строк: 73, 18/с; проведено 72, не прошло 0, неизвестно 1"},
		{text.Russian, 0, 72, 50, "73; прошло 72, не прошло 0, неизв. 1"},
		{text.English, 200, 72, 0, "73 of 200, 18/s, 7 s left; done 72, failed 0, unknown 1"},
		{text.Russian, 2000, 72, 0, "73 из 2000, 18/с, осталось 1 мин 46 с; проведено 72, не прошло 0, неизвестно 1"},
	} {
		var tally batch.Tally
		for range test.done {
			tally.Add("done", "", "UZS", 1, false)
		}
		tally.Add("unknown", "", "UZS", 1, false)
		r := New(Options{Out: &strings.Builder{}, Err: &strings.Builder{}, Catalog: text.New(test.lang)})
		got := r.ProgressLine(Progress{Tally: &tally, Rows: test.rows, Elapsed: 4 * time.Second}, test.width)
		if got != test.want || test.width > 0 && lipgloss.Width(got)+EchoWidth >= test.width {
			t.Errorf("%d columns:\ngot  %s\nwant %s", test.width, got, test.want)
		}
	}
}
