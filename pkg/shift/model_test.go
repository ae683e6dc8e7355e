package shift_test

import (
	"context"
	"flag"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/counttest"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/shift"
)

// An account is what the model holds a desk to have settled: by kind, currency
// and how it ended.
type account map[line]tally

type line struct{ kind, currency, end string }

type tally struct {
	count int64
	sum   money.Amount
}

func (a account) add(l line, count int64, sum money.Amount) {
	t := a[l]
	if t = (tally{t.count + count, t.sum + sum}); t == (tally{}) {
		delete(a, l)
		return
	}
	a[l] = t
}

// truth reads every operation and says whose it is and how it ended: written a
// second time, without a look at the package.
func truth(t *rapid.T, j *journal.Journal, desk string) (settled account, open, unpaid []int64) {
	settled = account{}
	for e, err := range j.List(context.Background(), journal.Filter{Profile: "main"}) {
		if err != nil {
			t.Fatal(err)
		}
		if tillOf(e) != desk {
			continue
		}
		end := e.State.String()
		switch {
		case e.State == journal.StateUnknown, e.State == journal.StateOpen, e.State == journal.StateConflict, e.State == journal.StateMismatch:
			open = append(open, e.ID)
			continue
		case e.State == journal.StateDone && e.Call.Kind == api.KindPayout:
			if end = string(e.PayoutStatus); end != "completed" && end != "cancelled" {
				unpaid = append(unpaid, e.ID)
				continue
			}
		}
		settled.add(line{string(e.Call.Kind), e.Call.Terms.Currency, end}, 1, e.Amount())
	}
	return settled, open, unpaid
}

func tillOf(e journal.Entry) string {
	till := e.Facts[0].Desk
	for _, f := range e.Facts {
		if d, ok := f.Content.(journal.Decision); ok && d.Ruling == journal.RuledCompleted && e.Call.Kind == api.KindPayout {
			till = f.Desk
		}
	}
	return till
}

// report adds what a report says was settled.
func (a account) report(totals []shift.Total) {
	for _, t := range totals {
		switch t.Outcome {
		case "open", "unknown", "mismatch", "conflict":
			continue
		}
		end := t.Outcome
		if t.Kind == "payout" && end == "done" {
			if end = t.Status; end != "completed" && end != "cancelled" {
				continue
			}
		}
		a.add(line{t.Kind, t.Currency, end}, t.Count, t.Sum)
	}
}

// A machine drives the desks of one journal through their days.
type machine struct {
	*world
	told map[string]account // what all reports of a desk say together; nil: it had no shift yet
	open map[string]bool
}

func desks() []string { return []string{"till-1", "till-2", "till-3"} }

func (m *machine) desk(t *rapid.T) string { return rapid.SampledFrom(desks()).Draw(t, "desk") }

func (m *machine) operate(t *rapid.T) {
	kind := rapid.SampledFrom([]api.Kind{api.KindDeposit, api.KindPayout}).Draw(t, "kind")
	currency := rapid.SampledFrom([]string{"UZS", "UZS", "USD"}).Draw(t, "currency")
	m.begin(m.desk(t), kind, money.Amount(rapid.IntRange(1, 5).Draw(t, "amount")*100), currency)
}

// happen appends a fact that a desk might, in whatever order: the fold makes
// sense of it, and the shifts have to follow.
func (m *machine) happen(t *rapid.T) {
	if m.begun == 0 {
		t.Skip("nothing was begun") // of this action, not of the test
	}
	id := int64(rapid.IntRange(1, m.begun).Draw(t, "operation"))
	e, err := m.desks[desks()[0]].Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	facts := []journal.Content{done(), unknown(), journal.Answer{Verdict: "refused", HTTPStatus: 400}, journal.Answer{Verdict: "not sent"},
		journal.Decision{Ruling: journal.RuledCredited}, journal.Decision{Ruling: journal.RuledNotCredited},
		journal.Answer{Verdict: "done", DepositID: "another"}, journal.Decision{Ruling: journal.RuledAccepted, Amount: 700}}
	if e.Call.Kind == api.KindPayout {
		facts = []journal.Content{requested(), requested(), unknown(), hook(api.StatusAccepted), hook(api.StatusCompleted), hook(api.StatusCancelled),
			ended(journal.RuledCompleted), ended(journal.RuledCompleted), ended(journal.RuledCancelled),
			journal.Decision{Ruling: journal.RuledCreated}, journal.Decision{Ruling: journal.RuledNotCreated}, journal.Attempt{Owner: "gone"}}
	}
	m.learn(m.desk(t), id, rapid.SampledFrom(facts).Draw(t, "fact"))
}

// jump sets the clock, back as well.
func (m *machine) jump(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(-48, 48).Draw(t, "hours")) * time.Hour)
}

func (m *machine) turn(t *rapid.T) {
	desk := m.desk(t)
	if m.open[desk] {
		m.closeAt(t, desk)
		return
	}
	if m.told[desk] == nil {
		m.told[desk], _, _ = truth(t, m.desks[desk], desk) // before the first shift all is history
	}
	m.world.open(desk, money.Amount(rapid.IntRange(0, 3).Draw(t, "float"))*100)
	m.open[desk] = true
}

func (m *machine) closeAt(t *rapid.T, desk string) {
	j := m.desks[desk]
	before, err := shift.Current(context.Background(), j, "main", desk)
	if err != nil {
		t.Fatal(err)
	}
	z, err := shift.Close(context.Background(), j, journal.Closing{Profile: "main"})
	if err != nil {
		t.Fatal(err)
	}
	m.open[desk] = false
	m.told[desk].report(z.Outside)
	m.told[desk].report(z.Totals)
	settled, open, unpaid := truth(t, j, desk)
	if diff := cmp.Diff(settled, m.told[desk], cmp.AllowUnexported(line{}, tally{})); diff != "" {
		t.Fatalf("the reports of %s do not add up to what is true (-true +told):\n%s", desk, diff)
	}
	if diff := cmp.Diff(append([]int64{}, open...), z.OpenItems()); diff != "" {
		t.Fatalf("open items of %s (-true +told):\n%s", desk, diff)
	}
	if diff := cmp.Diff(append([]int64{}, unpaid...), z.UnpaidItems()); diff != "" {
		t.Fatalf("unpaid items of %s (-true +told):\n%s", desk, diff)
	}
	if diff := cmp.Diff(before.Totals, z.Totals); diff != "" {
		t.Fatalf("the X before the Z said something else:\n%s", diff)
	}
	m.checkCash(t, z)
}

// checkCash reckons the till from the report's own lines.
func (m *machine) checkCash(t *rapid.T, z shift.Report) {
	if z.Cash[0].Currency != "UZS" {
		t.Fatalf("the first till is of %s", z.Cash[0].Currency)
	}
	for _, till := range z.Cash {
		want := till.Float
		for _, total := range z.Totals {
			switch {
			case total.Currency != till.Currency || total.Outcome != "done":
			case total.Kind == "deposit":
				want += total.Sum
			case total.Status == "completed":
				want -= total.Sum
			}
		}
		if till.Expected != want || till.Low > till.Expected || till.High < till.Expected || till.Currency != "UZS" && till.Float != 0 {
			t.Fatalf("till %+v, expected %v", till, want)
		}
	}
}

func (m *machine) end(t *rapid.T) {
	for _, desk := range desks() {
		if m.open[desk] {
			m.closeAt(t, desk)
		}
	}
	j := m.desks[desks()[0]]
	report, err := j.Verify(context.Background())
	if err != nil || !report.OK() {
		t.Fatalf("the journal is damaged: %v, error %v", report.Damaged, err)
	}
	if damaged, err := shift.Verify(context.Background(), j); err != nil || len(damaged) > 0 {
		t.Fatalf("the reports are damaged: %v, error %v", damaged, err)
	}
}

// TestReportsTelescope: whatever happens, in whatever order and by whatever
// clock, all reports of a desk together say what is true of it.
func TestReportsTelescope(t *testing.T) {
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", strconv.Itoa(counttest.Trials(t, 12))); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", before) }()
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{world: newWorld(rt, t.TempDir(), desks()...), told: map[string]account{}, open: map[string]bool{}}
		defer m.close()
		rt.Repeat(map[string]func(*rapid.T){
			"operate": m.operate, "happen": m.happen, "happen more": m.happen, "jump": m.jump, "turn": m.turn, "turn more": m.turn,
		})
		m.end(rt)
	})
}
