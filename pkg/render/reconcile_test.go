package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/statement"
	"github.com/raisboy/raisboy/pkg/text"
)

// TestReasonsAreSaidInFullOnANarrowTerminal: what is wrong with a line stands
// nowhere else. It says whose status it is, and of a payout that it is not paid.
func TestReasonsAreSaidInFullOnANarrowTerminal(t *testing.T) {
	credited, requested, called := entryOf(t, "deposit credited"), entryOf(t, "payout requested"), entryOf(t, "payout requested")
	row := func(line int, kind api.Kind, b statement.Booking, status string) *statement.Row {
		return &statement.Row{Line: line, Kind: kind, UserID: "2564568", Amount: 600000, Currency: "UZS", Booking: b, Status: status, From: at(0), Until: at(1)}
	}
	x := render.Reconciliation{Digest: "digest", Results: []statement.Result{
		{Outcome: statement.Different, Row: row(2, api.KindDeposit, statement.Booked, ""), Entry: &credited, Reasons: []string{statement.ReasonReversed}},
		{Outcome: statement.Different, Row: row(3, api.KindDeposit, statement.Failed, "declined"), Entry: &credited, Reasons: []string{statement.ReasonStatus}},
		{Outcome: statement.Different, Row: row(4, api.KindPayout, statement.Booked, "ok"), Entry: &called, Reasons: []string{statement.ReasonStatus}},
		{Outcome: statement.Unclear, Row: row(5, api.KindPayout, statement.Unproven, "pending"), Reasons: []string{statement.ReasonStatus}},
		{Outcome: statement.Ambiguous, Row: row(6, api.KindDeposit, statement.Booked, ""), Candidates: []int64{4, 5}, Reasons: []string{statement.ReasonTerms}},
		{Outcome: statement.Settled, Row: row(7, api.KindPayout, statement.Booked, ""), Entry: &requested},
	}}
	for lang, want := range map[text.Lang][]string{
		text.English: {"line 2: credited, another line may take it back: a refund?", "line 3: credited, by its status no money moved, «declined»", "called off here, booked there",
			"by its status not certain yet, «pending»", "several fit, could be 4, 5", "line 7: requested", "Hand over nothing"},
		text.Russian: {"строка 2: зачислен, есть строка, которая может это отменять: возврат?", "по статусу деньги не прошли, «declined»", "здесь отменена, а в выписке проведена",
			"по статусу ещё не ясно, «pending»", "подходит несколько, может быть 4, 5", "запрошена", "Ничего по ней не выдавайте"},
	} {
		for _, width := range []int{60, 80, 200} {
			out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Reconciled(x) }}, render.Options{
				Catalog: text.New(lang), Width: width, Now: func() time.Time { return at(9) }})
			words := strings.Join(strings.Fields(out), " ")
			for _, sentence := range want {
				if _, remark, found := strings.Cut(sentence, ": "); found && width == 200 {
					sentence = remark // in a column of its own
				}
				if !strings.Contains(words, sentence) {
					t.Errorf("%v, %d columns: no %q in\n%s", lang, width, sentence, out)
				}
			}
			for line := range strings.Lines(out) {
				if lipgloss.Width(strings.TrimRight(line, "\n")) > width {
					t.Errorf("%v: wider than %d: %q", lang, width, line)
				}
			}
		}
	}
}
