package statement

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// TestReadRefusesWhatASpreadsheetOrAGluePotMade are files that look right and
// are not what the partner wrote.
func TestReadRefusesWhatASpreadsheetOrAGluePotMade(t *testing.T) {
	tashkent := options()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tashkent.Zone = berlin
	for name, c := range map[string]struct {
		text    string
		problem Problem
		line    int
	}{
		"a rounded id":                         {"id;kind;user;amount\n2,56457E+15;deposit;a;1\n", ProblemNumber, 2},
		"a rounded user":                       {"kind;user;amount\ndeposit;2.56457E+15;1\n", ProblemNumber, 2},
		"a status in a column of another name": {"kind;user;amount;Verdict\ndeposit;a;1;\ndeposit;b;1;Declined\n", ProblemStatus, 3},
		"a status that is not final there":     {"kind;user;amount;итог платежа\ndeposit;a;1;в обработке\n", ProblemStatus, 2},
		"a kind in a column of another name":   {"user;amount;what\na;1;Выплата\n", ProblemKind, 2},
		"credits and debits":                   {"тип;клиент;сумма\nзачисление;a;1\nсписание;b;1\n", ProblemSides, 0},
		"columns change their order":           {"kind;user;amount;fee\ndeposit;a;1;2\nkind;user;fee;amount\ndeposit;a;2;1\n", ProblemHeader, 3},
		"a longer header further down":         {"kind;user;amount\ndeposit;a;1\nkind;user;amount;time;status\ndeposit;a;2;;ok\n", ProblemHeader, 3},
		"decimals in a cell of their own":      {"kind,user,amount,note,more\ndeposit,a,6000,50,,\n", ProblemCells, 2},
		"thousands in cells of their own":      {"kind,user,amount,note,more\ndeposit,a,6,000.00,,\n", ProblemCells, 2},
		"a time that no clock showed":          {"kind;user;amount;time\ndeposit;a;1;2025-03-30 02:30:00\n", ProblemTime, 2},
		"two encodings, the old one first":     {"kind;user;amount\ndeposit;\xe6;1\ndeposit;ж;1\n", ProblemEncoding, 3},
		"a number in another number's columns": {"kind;user;amount\ndeposit;a;6E+03\n", ProblemAmount, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(c.text), tashkent)
			var problem *Error
			if !errors.As(err, &problem) || problem.Problem != c.problem || problem.Line != c.line {
				t.Fatalf("error %v, wanted %s in line %d; read %+v", err, c.problem, c.line, f)
			}
		})
	}
	o := options()
	o.Kind = api.KindDeposit
	var problem *Error
	if _, err := Read(strings.NewReader("user;amount;what\na;1;Выплата\n"), o); !errors.As(err, &problem) || problem.Problem != ProblemKind || problem.Column != "what" {
		t.Errorf("a payout was taken for a deposit, because --kind says so: %v", err)
	}
}

// TestReadPassesOver what says nothing: the header once more, and totals.
func TestReadPassesOver(t *testing.T) {
	f := mustRead(t, "Номер депозита;Тип;Клиент;Сумма\nd1;депозит;a;1\nНомер депозита;Тип;Клиент;Сумма\nИтого по клиенту:;;;1\nВсего;;;1\nd2;депозит;total;2\nd3;депозит;a;0,00\n")
	said := ""
	for _, i := range f.Ignored {
		said += string(i.Reason) + " "
	}
	if len(f.Rows) != 2 || f.Rows[1].UserID != "total" || said != "header no_user_or_id no_user_or_id zero " {
		t.Fatalf("%d rows, ignored %s", len(f.Rows), said)
	}
	f = mustRead(t, "user;amount;deposit_id\na;1;d1\nuser;amount;deposit_id\n")
	if len(f.Rows) != 1 || len(f.Ignored) != 1 || f.Ignored[0].Reason != IgnoredHeader {
		t.Fatalf("%+v", f)
	}
	f = mustRead(t, strings.Repeat("Выписка\n", 19)+"kind;user;amount;note\ndeposit;a;6000;12;;\n")
	if len(f.Rows) != 1 || f.Rows[0].Amount != 600000 || f.Rows[0].Line != 21 {
		t.Fatalf("%+v", f)
	}
	var problem *Error
	if _, err := Read(strings.NewReader(strings.Repeat("Выписка\n", 20)+"kind;user;amount\ndeposit;a;6000\n"), options()); !errors.As(err, &problem) || problem.Problem != ProblemNoColumns {
		t.Error(err)
	}
	f = mustRead(t, "kind,user,amount,note\ndeposit,a,6000,,\ndeposit,b,6000,12\n") // a delimiter at the end
	if len(f.Rows) != 2 || f.Rows[0].Amount != 600000 {
		t.Fatalf("%+v", f)
	}
}

// TestNothingUnderstoodIsNoAgreement: a statement whose words for kinds nobody
// knows here has nothing to disagree with.
func TestNothingUnderstoodIsNoAgreement(t *testing.T) {
	for text, line := range map[string]int{"type;user;amount\nfee;a;1\n": 2, "type;user;amount\n": 0, "type;user;amount\n;;1\nCard deposit;a;1\n": 3} {
		var problem *Error
		if err := mustRead(t, text).About(); !errors.As(err, &problem) || problem.Problem != ProblemNothing || problem.Line != line || (problem.Value == "") != (line == 0) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := mustRead(t, "type;user;amount\ndeposit;a;1\n").About(); err != nil {
		t.Error(err)
	}
}

// TestAnHourThatComesTwice: clocks that are set back show 02:30 two times, and
// the line may mean either.
func TestAnHourThatComesTwice(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		text := map[string]string{"Europe/Berlin": "26.10.2025 02:30:15", "America/New_York": "2025-11-02 01:30:15"}[name]
		at, ok := readTime(text, zone, layouts())
		if !ok || at.until.Sub(at.from) != time.Hour+time.Second || at.from.In(zone).Minute() != 30 || at.zoned {
			t.Errorf("%s: %+v, %t", name, at, ok)
		}
		for _, ordinary := range []string{"2025-10-26 00:30:15", "2025-11-02 03:30:15", "2025-10-26 04:00:00", "2025-07-01 12:00:00"} {
			if at, ok := readTime(ordinary, zone, layouts()); !ok || at.until.Sub(at.from) != time.Second {
				t.Errorf("%s, %s: %+v, %t", name, ordinary, at, ok)
			}
		}
		if at, ok := readTime(text[:10], zone, layouts()); !ok || at.until.Sub(at.from) != 25*time.Hour {
			t.Errorf("%s, the day: %+v, %t", name, at, ok)
		}
	}
}
