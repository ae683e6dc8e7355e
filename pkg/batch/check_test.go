package batch

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// fakeJournal knows nothing but what it is told.
type fakeJournal struct {
	own, made bool
	left      money.Amount // 0: no limit
	standing  []desk.Standing
	done      bool // all rows are
}

func (j fakeJournal) BatchStanding(context.Context, string) iter.Seq2[desk.Standing, error] {
	return func(yield func(desk.Standing, error) bool) {
		for _, s := range j.standing {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (j fakeJournal) Priors(_ context.Context, orders []desk.Order) ([]desk.Prior, error) {
	priors := make([]desk.Prior, len(orders))
	for i := range priors {
		if j.done {
			priors[i] = desk.Prior{Entry: journal.Entry{ID: int64(i + 1), State: journal.StateDone}, Same: true}
		}
	}
	return priors, nil
}

func (j fakeJournal) BatchKeys(context.Context, string) (own, made bool, err error) {
	return j.own, j.made, nil
}

func (j fakeJournal) ShiftLeft(context.Context, string) (money.Amount, bool, error) {
	return j.left, j.left > 0, nil
}

func checkOf(kind api.Kind) *Check {
	d := &desk.Desk{Now: time.Now, Endpoints: api.Endpoints{BaseURL: "http://127.0.0.1:1"}}
	return &Check{
		Terms: Terms{Kind: kind, Batch: "b", Currency: "UZS", PaymentMethod: "bank_card"}, Rows: d.Check, Journal: fakeJournal{},
	}
}

func planOf(t testing.TB, c *Check, file string) *Plan {
	t.Helper()
	plan, err := c.Run(context.Background(), NewReader(strings.NewReader(file), Options{Kind: c.Terms.Kind}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plan.Close(); err != nil {
			t.Error(err)
		}
	})
	return plan
}

func TestCheckFindsWhatIsWrongWithTheWhole(t *testing.T) {
	for _, test := range []struct {
		name, file, want string
		change           func(*Check)
	}{
		{"nothing", "user,amount\n1,2\n", "", func(*Check) {}},
		{"no name", "user,amount\n1,2\n2,3\n", "2:0 no_ref ref", func(c *Check) { c.Terms.Batch = "" }},
		{"refs and no name", "user,amount,ref\n1,2,a\n2,3,b\n", "", func(c *Check) { c.Terms.Batch = "" }},
		{"mixed", "user,amount,ref\n1,2,a\n2,3,\n", "3:5 mixed_refs ref", func(*Check) {}},
		{"known by line", "user,amount,ref\n1,2,a\n", "2:5 other_keys ref", func(c *Check) { c.Journal = fakeJournal{made: true} }},
		{"known by line, corrected", "user,amount,ref\n1,2,b/7\n", "", func(c *Check) { c.Journal = fakeJournal{made: true} }},
		{"known by line, with refs that only look like it", "user,amount,ref\n1,2,b/07\n", "2:5 other_keys ref", func(c *Check) { c.Journal = fakeJournal{made: true} }},
		{"known by ref", "user,amount\n1,2\n", "2:0 other_keys ref", func(c *Check) { c.Journal = fakeJournal{own: true} }},
		{"twice", "user,amount,ref\n1,2,a\n2,3,a\n3,4,a\n", "3:0 duplicate_ref ref|4:0 duplicate_ref ref", func(*Check) {}},
		{"one payout twice", "user,amount,ref,request_id\n1,2,a,q\n1,2,b,q\n", "3:0 duplicate_request request_id", func(c *Check) { c.Terms.Kind = api.KindPayout }},
		{"equal", "user,amount\n1,2\n1,2.00\n1,3\n", "3:0 equal_row", func(*Check) {}},
		{"equal by default", "user,amount,currency\n1,2,UZS\n1,2,\n", "3:0 equal_row", func(*Check) {}},
		{"equal and meant", "user,amount\n1,2\n1,2\n", "", func(c *Check) { c.Terms.Again = true }},
		{"equal but for the ref", "user,amount,ref\n1,2,a\n1,2,b\n", "", func(*Check) {}},
		{"count and sum", "user,amount\n1,2\n2,3\n", "0:0 count|0:0 sum", func(c *Check) { c.Expect = Expectation{HasCount: true, Count: 3, Sum: 600} }},
		{"as expected", "user,amount\n1,2\n2,3\n", "", func(c *Check) { c.Expect = Expectation{HasCount: true, Count: 2, Sum: 500} }},
		{"a limit", "user,amount\n1,2\n2,3\n", "3:3 limit amount", func(c *Check) { c.Limits.DepositMax = 200 }},
		{"a limit that was lowered", "user,amount\n1,2\n2,3\n", "", func(c *Check) {
			c.Limits.DepositMax, c.Journal = 200, fakeJournal{done: true}
		}},
		{"a shift's limit", "user,amount\n1,2\n2,3\n", "0:0 limit amount", func(c *Check) { c.Journal = fakeJournal{left: 499} }},
		{"within the shift's limit", "user,amount\n1,2\n2,3\n", "", func(c *Check) { c.Journal = fakeJournal{left: 500} }},
		{"a field", "user,amount,method\n1,2,cash\n", "2:5 field payment_method", func(*Check) {}},
		{"two mistakes in a row", "user,amount,method\n1,x,cash\n", "2:3 amount amount|2:5 field payment_method", func(*Check) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := checkOf(api.KindDeposit)
			test.change(c)
			var got []string
			for _, m := range planOf(t, c, test.file).Mistakes {
				got = append(got, mistake(m))
			}
			if joined := strings.Join(got, "|"); joined != test.want {
				t.Errorf("got  %s\nwant %s", joined, test.want)
			}
		})
	}
}

// All mistakes are listed, as long as somebody could read them, and the others counted.
func TestCheckListsAllMistakes(t *testing.T) {
	for rows, listed := range map[int]int{300: 300, 10100: 10000} {
		c := checkOf(api.KindDeposit)
		plan := planOf(t, c, "user,amount\n"+strings.Repeat("1,-2\n", rows))
		if len(plan.Mistakes) != listed || plan.More != rows-listed || plan.Mistakes[listed-1].Line != listed+1 {
			t.Errorf("of %d mistakes %d are listed, and %d more", rows, len(plan.Mistakes), plan.More)
		}
	}
}

// What is given to be run is what was read, whatever it is.
func TestPlanKeepsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := newSpool()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.close() }()
		var rows []Planned
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			text := func(name string) string { return rapid.StringN(0, 70, -1).Draw(t, name) }
			p := Planned{Straight: rapid.Bool().Draw(t, "straight"), Row: Row{
				Line: rapid.IntRange(1, 1<<30).Draw(t, "line"), Amount: money.Amount(rapid.Int64Range(0, int64(money.Max)).Draw(t, "amount")),
				UserID: text("user"), Currency: text("currency"), PaymentMethod: text("method"), Ref: text("ref"), RequestID: text("request"),
			}}
			if err := s.add(&p.Row, p.Straight); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, p)
		}
		for range 2 {
			i := 0
			for p, err := range s.rows() {
				if err != nil || p != rows[i] {
					t.Fatalf("row %d: %+v, %v; want %+v", i, p, err, rows[i])
				}
				i++
			}
			if i != len(rows) {
				t.Fatalf("%d rows of %d", i, len(rows))
			}
		}
	})
}

// The rows lie in a file that nobody else can read, and that is gone afterwards.
func TestPlanLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder)
	plan, err := checkOf(api.KindDeposit).Run(t.Context(), NewReader(strings.NewReader("user,amount\n1,2\n"), Options{Kind: api.KindDeposit}))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := plan.spool.file.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("%v, %v", info, err)
	}
	if err := plan.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A row written as any spreadsheet might is read as it was meant.
func TestReaderModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "comma")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		names := map[field][]string{
			fieldUser: {"user_id", "USER", "Пользователь"}, fieldAmount: {"amount", " Сумма "}, fieldRef: {"ref", "НОМЕР"},
			fieldCurrency: {"currency", "Валюта"},
		}
		columns := rapid.Permutation([]field{fieldUser, fieldAmount, fieldRef, fieldCurrency}).Draw(t, "columns")
		quote := func(text string) string {
			if strings.ContainsAny(text, comma+"\"\n") || rapid.Bool().Draw(t, "quoted") {
				return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
			}
			return text
		}
		var file strings.Builder
		if rapid.Bool().Draw(t, "mark") {
			file.WriteString("\ufeff")
		}
		line := func(cell func(field) string) {
			for i, f := range columns {
				if i > 0 {
					file.WriteString(comma)
				}
				file.WriteString(quote(cell(f)))
			}
			file.WriteString(end)
		}
		line(func(f field) string { return rapid.SampledFrom(names[f]).Draw(t, "name") })
		var want []string
		for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
			user := rapid.StringMatching(`[A-Za-z0-9#Жя",;]{1,12}`).Draw(t, "user")
			amount := money.Amount(rapid.Int64Range(1, int64(money.Max)).Draw(t, "amount"))
			ref := rapid.StringMatching(`[a-zж0-9]{0,8}`).Draw(t, "ref")
			group := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f"}).Draw(t, "group")
			point := rapid.SampledFrom([]string{".", ","}).Draw(t, "point")
			line(func(f field) string {
				return map[field]string{fieldUser: user, fieldAmount: amount.Format(group, point), fieldRef: ref, fieldCurrency: "UZS"}[f]
			})
			want = append(want, fmt.Sprint(i+2, user, amount, ref))
		}
		r := NewReader(strings.NewReader(file.String()), Options{Kind: api.KindDeposit})
		for _, row := range want {
			got, err := r.Next()
			if text := fmt.Sprint(got.Line, got.UserID, got.Amount, got.Ref); err != nil || text != row {
				t.Fatalf("%q: got %s, %v; want %s", file.String(), text, err, row)
			}
		}
	})
}
