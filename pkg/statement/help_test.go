package statement

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// noon is the day of all tests.
func noon() time.Time { return time.Date(2025, 11, 27, 12, 0, 0, 0, time.UTC) }

// A wish is an operation in short.
type wish struct {
	id      int64
	profile string // of a journal; empty: main
	kind    api.Kind
	user    string
	project string
	amount  money.Amount
	minutes int // after noon
	request string
	facts   []journal.Content
}

func answered(v api.Verdict, id string) journal.Content {
	return journal.Answer{Verdict: v.String(), DepositID: id}
}

func created(v api.Verdict, id string, status api.PayoutStatus) journal.Content {
	return journal.Answer{Verdict: v.String(), PayoutID: id, PayoutStatus: status}
}

// entry folds the wish into an operation. Every fact comes a second after the
// one before it.
func (x wish) entry(t interface{ Fatal(...any) }) journal.Entry {
	at := noon().Add(time.Duration(x.minutes) * time.Minute)
	var call api.Call
	var err error
	to := api.Endpoints{BaseURL: "https://project.example"}
	if x.amount == 0 {
		x.amount = 10000
	}
	if x.kind == api.KindPayout {
		call, err = api.Payout{UserID: x.user, Amount: x.amount, Currency: "UZS", PaymentMethod: "bank_card", RequestID: x.request, Timestamp: at}.Call(to)
	} else {
		call, err = api.Deposit{UserID: x.user, Amount: x.amount, Currency: "UZS", PaymentMethod: "bank_card", Timestamp: at}.Call(to)
	}
	if err != nil {
		t.Fatal(err)
	}
	facts := []journal.Fact{{Operation: x.id, Position: 1, At: at, Raw: call.Body, Content: journal.Intent{
		Kind: call.Kind, Profile: "main", URL: call.URL, ProjectUserID: x.project, Owner: "o"}}}
	for i, c := range x.facts {
		facts = append(facts, journal.Fact{Operation: x.id, Position: i + 2, At: at.Add(time.Duration(i+1) * time.Second), Content: c})
	}
	e, err := journal.Fold(facts)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.facts) == 0 {
		e.State = journal.StateUnknown // as the journal says of an owner that is gone
	}
	return e
}

func entriesOf(t interface{ Fatal(...any) }, wishes ...wish) []journal.Entry {
	var all []journal.Entry
	for _, x := range wishes {
		all = append(all, x.entry(t))
	}
	return all
}

func options() Options { return Options{Profile: "main", Currency: "UZS", Zone: time.UTC} }

func mustRead(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), options())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func rules() Rules {
	return Rules{Window: 15 * time.Minute, Since: noon().Add(-12 * time.Hour), Until: noon().Add(12 * time.Hour)}
}

// said is what results say, in short: "3 provable by terms 7".
func said(results []Result) string {
	var lines []string
	for _, r := range results {
		text := "-"
		if r.line() != lastLine {
			text = fmt.Sprint(r.line())
		}
		text += " " + string(r.Outcome)
		if r.By != "" {
			text += " by " + r.By
		}
		if r.Entry != nil {
			text += fmt.Sprint(" ", r.Entry.ID)
		}
		if len(r.Candidates) > 0 {
			text += fmt.Sprint(" of ", r.Candidates)
		}
		if len(r.Reasons) > 0 {
			text += ": " + strings.Join(r.Reasons, "+")
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
