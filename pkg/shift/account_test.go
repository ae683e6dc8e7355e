package shift

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

func morning() time.Time { return time.Date(2025, 11, 27, 9, 0, 0, 0, time.UTC) }

// An op is an operation in short; a fact comes a minute after the one before.
type op struct {
	id       int64
	payout   bool
	amount   money.Amount
	currency string
	minutes  int // after the morning's beginning
	facts    []journal.Content
	open     bool // its owner lives
}

func (o op) entry(t interface{ Fatal(...any) }) journal.Entry {
	at := morning().Add(time.Duration(o.minutes) * time.Minute)
	to := api.Endpoints{BaseURL: "https://project.example"}
	if o.currency == "" {
		o.currency = "UZS"
	}
	call, err := api.Deposit{UserID: "u", Amount: o.amount, Currency: o.currency, PaymentMethod: "bank_card", Timestamp: at}.Call(to)
	if o.payout {
		call, err = api.Payout{UserID: "u", Amount: o.amount, Currency: o.currency, PaymentMethod: "bank_card", RequestID: "r", Timestamp: at}.Call(to)
	}
	if err != nil {
		t.Fatal(err)
	}
	facts := []journal.Fact{{Operation: o.id, Position: 1, At: at, Raw: call.Body, Content: journal.Intent{Kind: call.Kind, Profile: "main", URL: call.URL, Owner: "o"}}}
	for i, c := range o.facts {
		f := journal.Fact{Operation: o.id, Position: i + 2, At: at.Add(time.Duration(i+1) * time.Minute), Content: c}
		if d, ok := c.(journal.Decision); ok && d.URL != "" {
			notice, err := api.Notice{PayoutID: "p1", Status: api.PayoutStatus(d.Ruling), Amount: o.amount, Currency: o.currency, Timestamp: at, URL: d.URL}.Call()
			if err != nil {
				t.Fatal(err)
			}
			f.Raw = notice.Body
		}
		facts = append(facts, f)
	}
	e, err := journal.Fold(facts)
	if err != nil {
		t.Fatal(err)
	}
	if e.State == journal.StateOpen && !o.open {
		e.State = journal.StateUnknown
	}
	return e
}

func listed(entries []journal.Entry) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func moved(kind journal.MovementKind, amount money.Amount, minutes int) journal.Movement {
	return journal.Movement{Kind: kind, Amount: amount, Currency: "UZS", At: morning().Add(time.Duration(minutes) * time.Minute)}
}

func answer(v api.Verdict) journal.Content {
	return journal.Answer{Verdict: v.String(), DepositID: "d1"}
}
func lost() journal.Content { return journal.Answer{Verdict: "unknown"} }
func requested() journal.Content {
	return journal.Answer{Verdict: "done", PayoutID: "p1", PayoutStatus: api.StatusPending}
}

func hook(s api.PayoutStatus) journal.Content {
	return journal.Webhook{PayoutID: "p1", Status: s}
}

func decided(r journal.Ruling) journal.Content {
	return journal.Decision{Ruling: r, URL: "https://project.example/api/payments/notify/1/p1"}
}

func delivered() journal.Content {
	return journal.Notice{State: journal.NoticeDelivered, Verdict: "done"}
}

// TestAccount: 1000.00 at first; each operation is of 100.00.
func TestAccount(t *testing.T) {
	opening := moved(journal.MovementOpening, 100000, 0)
	deposit := func(minutes int, facts ...journal.Content) op {
		return op{id: 7, amount: 10000, minutes: minutes, facts: facts}
	}
	payout := func(minutes int, facts ...journal.Content) op {
		return op{id: 7, payout: true, amount: 10000, minutes: minutes, facts: facts}
	}
	for _, c := range []struct {
		name                string
		op                  op
		expected, low, high money.Amount
	}{
		{"a deposit", deposit(5, answer(api.Done)), 90000, 90000, 90000},
		{"a refused deposit", deposit(5, answer(api.Refused)), 100000, 100000, 100000},
		{"one that never left", deposit(5, answer(api.NotSent)), 100000, 100000, 100000},
		{"an unknown deposit may have been drawn", deposit(5, lost()), 100000, 90000, 100000},
		{"an abandoned one, too", deposit(5), 100000, 90000, 100000},
		{"one in flight, too", op{id: 7, amount: 10000, minutes: 5, open: true}, 100000, 90000, 100000},
		{"a mismatch, by the greater sum", deposit(5, journal.Answer{Verdict: "mismatch", Amount: 25000}), 100000, 75000, 100000},
		{"an accepted mismatch", deposit(5, journal.Answer{Verdict: "mismatch", Amount: 25000}, journal.Decision{Ruling: journal.RuledAccepted, Amount: 25000}), 75000, 75000, 75000},
		{"a conflict goes both ways", deposit(5, answer(api.Done), journal.Answer{Verdict: "done", DepositID: "d2"}), 100000, 90000, 110000},
		{"an unknown one that a person found credited", deposit(5, lost(), journal.Decision{Ruling: journal.RuledCredited}), 90000, 90000, 90000},
		{"one that a statement proves", deposit(5, lost(), journal.Statement{Row: "1", Amount: 10000, Currency: "UZS"}), 90000, 90000, 90000},
		{"a deposit before the opening", deposit(-5, answer(api.Done)), 100000, 100000, 100000},
		{"an unknown one before the opening", deposit(-5, lost()), 100000, 100000, 100000},
		{"one whose answer came after the opening", op{id: 7, amount: 10000, minutes: -1, facts: []journal.Content{lost(), answer(api.Done)}}, 100000, 90000, 100000},
		{"one that was sent again after the opening, without an answer", op{id: 7, amount: 10000, minutes: -2, facts: []journal.Content{lost(), journal.Attempt{Owner: "o"}}}, 100000, 90000, 100000},
		{"a payout that was completed by its answer before the opening, and heard of again", payout(-2, journal.Answer{Verdict: "done", PayoutID: "p1", PayoutStatus: api.StatusCompleted}, hook(api.StatusCompleted)), 100000, 100000, 100000},
		{"one whose notice was delivered before the opening, and that was heard of again", payout(-5, requested(), hook(api.StatusAccepted), decided(journal.RuledCompleted), delivered(), hook(api.StatusAccepted)), 100000, 100000, 100000},
		{"a requested payout may fill", payout(5, requested()), 100000, 100000, 110000},
		{"an unknown payout may fill", payout(5, lost()), 100000, 100000, 110000},
		{"a refused payout", payout(5, answer(api.Refused)), 100000, 100000, 100000},
		{"a payout completed by the project", payout(5, requested(), hook(api.StatusCompleted)), 110000, 110000, 110000},
		{"a cancelled payout", payout(5, requested(), hook(api.StatusCancelled)), 100000, 100000, 100000},
		{"one that was handed over, not yet told", payout(5, requested(), hook(api.StatusAccepted), decided(journal.RuledCompleted)), 100000, 100000, 110000},
		{"one that was handed over and told", payout(5, requested(), hook(api.StatusAccepted), decided(journal.RuledCompleted), delivered()), 110000, 110000, 110000},
		{"one that was handed over, and the project says so itself", payout(5, requested(), hook(api.StatusAccepted), decided(journal.RuledCompleted), hook(api.StatusCompleted)), 110000, 110000, 110000},
		{"one completed before the opening", payout(-5, requested(), hook(api.StatusCompleted)), 100000, 100000, 100000},
		{"one requested before and completed after the opening", payout(-1, requested(), hook(api.StatusCompleted)), 110000, 110000, 110000},
		{"a payout that is a mismatch, by the greater sum", payout(5, journal.Answer{Verdict: "mismatch", PayoutID: "p1", Amount: 25000}), 100000, 100000, 125000},
		{"a payout that is a mismatch, by the sum that was asked for", payout(5, journal.Answer{Verdict: "mismatch", PayoutID: "p1", Amount: 5000}), 100000, 100000, 110000},
		{"a payout that a statement proves, which says nothing about its end", payout(5, lost(), journal.Statement{Row: "1", Amount: 10000, Currency: "UZS"}), 100000, 100000, 110000},
		{"a payout in conflict", payout(5, requested(), hook(api.StatusCompleted), hook(api.StatusCancelled)), 100000, 90000, 110000},
	} {
		t.Run(c.name, func(t *testing.T) {
			accounts, err := Accounts(listed([]journal.Entry{c.op.entry(t)}), []journal.Movement{opening}, "UZS")
			if err != nil || len(accounts) != 1 {
				t.Fatal(accounts, err)
			}
			a := accounts[0]
			if a.Expected != c.expected || a.Low != c.low || a.High != c.high {
				t.Errorf("%s between %s and %s, wanted %s between %s and %s", a.Expected, a.Low, a.High, c.expected, c.low, c.high)
			}
			if certain := a.Low == a.High; certain != (len(a.Uncertain) == 0) || !certain && !slices.Equal(a.Uncertain, []int64{7}) {
				t.Errorf("uncertain %v", a.Uncertain)
			}
		})
	}
}

func TestAccountMovements(t *testing.T) {
	for _, c := range []struct {
		name      string
		movements []journal.Movement
		want      string
	}{
		{"nothing", nil, "0.00: false 0.00 0.00 0.00"},
		{"without an opening", []journal.Movement{moved(journal.MovementTopup, 500, 1)}, "5.00: false 0.00 5.00 0.00"},
		{"in any order", []journal.Movement{moved(journal.MovementTopup, 500, 3), moved(journal.MovementOpening, 1000, 1), moved(journal.MovementWithdrawal, 200, 2)}, "13.00: true 10.00 5.00 2.00"},
		{"before the opening", []journal.Movement{moved(journal.MovementOpening, 1000, 1), moved(journal.MovementTopup, 500, 0)}, "10.00: true 10.00 0.00 0.00"},
		{"at the very moment", []journal.Movement{moved(journal.MovementTopup, 500, 1), moved(journal.MovementOpening, 1000, 1)}, "15.00: true 10.00 5.00 0.00"},
		{"the latest opening", []journal.Movement{moved(journal.MovementOpening, 2000, 5), moved(journal.MovementTopup, 500, 2), moved(journal.MovementOpening, 1000, 1)}, "20.00: true 20.00 0.00 0.00"},
		{"of two at one moment the later word", []journal.Movement{moved(journal.MovementOpening, 2000, 1), moved(journal.MovementOpening, 0, 1)}, "0.00: true 0.00 0.00 0.00"},
		{"a mistake and what corrects it", []journal.Movement{moved(journal.MovementTopup, 500, 1), moved(journal.MovementWithdrawal, 500, 2)}, "0.00: false 0.00 5.00 5.00"},
	} {
		accounts, err := Accounts(listed(nil), c.movements, "UZS")
		if err != nil || len(accounts) != 1 {
			t.Fatal(err)
		}
		a := accounts[0]
		if got := fmt.Sprintf("%s: %t %s %s %s", a.Expected, a.HasOpening, a.Opening, a.Topups, a.Withdrawals); got != c.want {
			t.Errorf("%s: %s, wanted %s", c.name, got, c.want)
		}
	}
}

func TestAccountsByCurrency(t *testing.T) {
	entries := []journal.Entry{op{id: 1, amount: 100, facts: []journal.Content{answer(api.Done)}}.entry(t),
		op{id: 2, amount: 100, currency: "EUR", facts: []journal.Content{answer(api.Done)}}.entry(t)}
	usd := moved(journal.MovementTopup, 500, 1)
	usd.Currency = "USD"
	accounts, err := Accounts(listed(entries), []journal.Movement{usd}, "USD")
	said := ""
	for _, a := range accounts {
		said += fmt.Sprint(a.Currency, " ", a.Expected, "; ")
	}
	if err != nil || said != "USD 5.00; EUR -1.00; UZS -1.00; " {
		t.Fatal(said, err)
	}
}

func TestAccountsPassErrorsOn(t *testing.T) {
	wanted := errors.New("damaged")
	_, err := Accounts(func(yield func(journal.Entry, error) bool) { yield(journal.Entry{}, wanted) }, nil, "UZS")
	if !errors.Is(err, wanted) {
		t.Error(err)
	}
	_, err = Accounts(listed(nil), []journal.Movement{moved(journal.MovementTopup, math.MaxInt64, 1), moved(journal.MovementTopup, 1, 1)}, "UZS")
	if !errors.Is(err, money.ErrOverflow) {
		t.Error(err)
	}
}

// TestTheTruthIsWithinTheRange: whatever became of the operations whose end the
// desk does not know, the true balance lies between low and high.
func TestTheTruthIsWithinTheRange(t *testing.T) {
	uncertain := 0
	rapid.Check(t, func(t *rapid.T) {
		truth := money.Amount(rapid.IntRange(0, 100000).Draw(t, "opening"))
		movements := []journal.Movement{moved(journal.MovementOpening, truth, 0)}
		var entries []journal.Entry
		for i := range rapid.IntRange(0, 8).Draw(t, "operations") {
			o := op{id: int64(i + 1), payout: rapid.Bool().Draw(t, "payout"), amount: money.Amount(rapid.IntRange(1, 9999).Draw(t, "amount")), minutes: i + 1}
			happened := rapid.Bool().Draw(t, "happened")
			if happened && !o.payout {
				truth -= o.amount
			}
			known := [][]journal.Content{nil, {lost()}, {lost(), lost()}}
			switch {
			case o.payout:
				known = append(known, []journal.Content{requested()}, []journal.Content{requested(), hook(api.StatusAccepted), decided(journal.RuledCompleted)})
				if happened {
					truth += o.amount
					known = append(known, []journal.Content{requested(), hook(api.StatusCompleted)})
				} else {
					known = append(known, []journal.Content{answer(api.Refused)}, []journal.Content{requested(), hook(api.StatusCancelled)})
				}
			case happened:
				known = append(known, []journal.Content{answer(api.Done)})
			default:
				known = append(known, []journal.Content{answer(api.Refused)}, []journal.Content{answer(api.NotSent)})
			}
			o.facts = rapid.SampledFrom(known).Draw(t, "known")
			entries = append(entries, o.entry(t))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "movements") {
			m := moved(rapid.SampledFrom([]journal.MovementKind{journal.MovementTopup, journal.MovementWithdrawal}).Draw(t, "kind"), 5000, i)
			movements = append(movements, m)
			if truth += m.Amount; m.Kind == journal.MovementWithdrawal {
				truth -= 2 * m.Amount
			}
		}
		accounts, err := Accounts(listed(rapid.Permutation(entries).Draw(t, "order")), rapid.Permutation(movements).Draw(t, "order"), "UZS")
		if err != nil {
			t.Fatal(err)
		}
		a := accounts[0]
		if a.Low > truth || truth > a.High || a.Low > a.Expected || a.Expected > a.High {
			t.Fatalf("%s, expected %s between %s and %s", truth, a.Expected, a.Low, a.High)
		}
		if a.Expected != a.Opening+a.Topups-a.Deposits+a.Payouts-a.Withdrawals {
			t.Fatalf("%+v does not add up", a)
		}
		if len(a.Uncertain) == 0 && a.Expected != truth {
			t.Fatalf("%s for sure, but it is %s", a.Expected, truth)
		}
		uncertain += len(a.Uncertain)
	})
	if uncertain == 0 {
		t.Error("nothing was ever uncertain: the trial shows nothing")
	}
}

func ExampleAccounts() {
	movements := []journal.Movement{
		{Kind: journal.MovementOpening, Amount: 100000, Currency: "UZS", At: time.Unix(0, 0)},
		{Kind: journal.MovementTopup, Amount: 50000, Currency: "UZS", At: time.Unix(60, 0)},
	}
	accounts, err := Accounts(listed(nil), movements, "UZS")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range accounts {
		fmt.Println(a.Currency, a.Opening, a.Topups, a.Expected)
	}
	// Output:
	// UZS 1000.00 500.00 1500.00
}
