package statement

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

const russian = "Выписка за день\n\nНомер депозита;Тип;Клиент;Сумма;Валюта;Дата и время;Статус\n" +
	"d1;Депозит;2564568;6 000,00;uzs;27.11.2025 17:39:17;Успешно\n;Вывод;\"kxa;1\";-5000;UZS;27.11.2025 17:40;в обработке\n;;;11000,00;;;\n"

func TestReadInEveryEncoding(t *testing.T) {
	windows, err := charmap.Windows1251.NewEncoder().String(russian)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(russian, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	big, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(russian)
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Zone = time.FixedZone("", 5*3600)
	digests := map[string]bool{}
	for name, text := range map[string]string{"UTF-8": russian, "BOM": "\ufeff" + russian, "Windows-1251": windows, "UTF-16": utf16, "UTF-16BE": big,
		"tabs": strings.ReplaceAll(strings.ReplaceAll(russian, "kxa;1", "kxa1"), ";", "\t"), "bars": strings.ReplaceAll(strings.ReplaceAll(russian, "kxa;1", "kxa1"), ";", "|")} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(text), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Rows) != 2 || len(f.Ignored) != 1 || f.Ignored[0].Reason != IgnoredNobody || digests[f.Digest] || len(f.Digest) != 64 {
				t.Fatalf("%+v", f)
			}
			digests[f.Digest] = true
			a, b := f.Rows[0], f.Rows[1]
			if a.Line != 4 || a.ID != "d1" || a.OwnID || a.Kind != api.KindDeposit || a.UserID != "2564568" || a.Amount != 600000 || a.Currency != "UZS" ||
				a.Booking != Booked || !a.From.Equal(time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC)) || a.Until.Sub(a.From) != time.Second {
				t.Errorf("%+v", a)
			}
			if b.Line != 5 || b.ID != "" || b.Kind != api.KindPayout || b.Amount != 500000 || b.Booking != Unproven || b.Status != "в обработке" || b.Until.Sub(b.From) != time.Minute {
				t.Errorf("%+v", b)
			}
			if !strings.HasPrefix(string(a.Raw), "d1") || strings.ContainsAny(string(a.Raw), "\r\n") {
				t.Errorf("raw %q", a.Raw)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	const head = "kind;user;amount;time;currency\n"
	for name, c := range map[string]struct {
		text    string
		problem Problem
		line    int
	}{
		"nothing":                 {" \n\n", ProblemEmpty, 0},
		"only a mark":             {"\ufeff", ProblemNoColumns, 0},
		"no header":               {"1;2;3\n4;5;6\n", ProblemNoColumns, 1},
		"no user and no id":       {"amount;time\n1;2\n", ProblemNoColumns, 1},
		"no sums":                 {"deposit_id;user\nd;a\n", ProblemNoColumns, 1},
		"a cell of no column":     {head + "deposit;a;1;;UZS;beyond\n", ProblemCells, 2},
		"two sums":                {"user;amount;sum\n1;2;3\n", ProblemTwice, 1},
		"an open quotation mark":  {head + "deposit;\"a;1;;\n", ProblemSyntax, 0},
		"a cell too many":         {"kind,user,amount\ndeposit,a,6000,00\n", ProblemCells, 2},
		"a sum in two ways":       {head + "deposit;a;6,000;;\n", ProblemAmount, 2},
		"no sum":                  {head + "deposit;a;;;\n", ProblemAmount, 2},
		"a formula":               {head + "deposit;a;=1+1;;\n", ProblemAmount, 2},
		"a day in two ways":       {head + "deposit;a;1;03/04/2025;\n", ProblemTime, 2},
		"a year of another age":   {head + "deposit;a;1;1025-01-01;\n", ProblemTime, 2},
		"a currency by its name":  {head + "deposit;a;1;;сум\n", ProblemCurrency, 2},
		"no kind, and no sign":    {"user;amount\na;1\n", ProblemKind, 2},
		"both ids":                {"deposit_id;payout_id;amount\nd;p;1\n", ProblemKind, 2},
		"a deposit with a payout": {"id;kind;amount\npout_1;deposit;1\n", ProblemKind, 2},
		"deposits both ways":      {head + "deposit;a;-1;;\ndeposit;b;2;;\n", ProblemSigns, 3},
		"an invisible character":  {head + "deposit;a\u202eb;1;;\n", ProblemText, 2},
		"an invisible request_id": {"request_id;amount\nr\u200b1;1\n", ProblemText, 2},
		"an invisible id":         {"payout_id;amount\np\u200b1;1\n", ProblemText, 2},
		"a user too long":         {head + "deposit;" + strings.Repeat("a", 300) + ";1;;\n", ProblemText, 2},
		"bytes of nothing":        {head + "deposit;a\x00;1;;\n", ProblemEncoding, 0},
		"a character of no text":  {head + "deposit;a\x98;1;;\n", ProblemEncoding, 0},
		"two encodings in one":    {head + "deposit;ж;1;;\ndeposit;\xe6;1;;\n", ProblemEncoding, 3},
		"a line too long":         {head + "deposit;a;1;;\n" + "fee;" + strings.Repeat("b", maxLine) + ";1;;\n", ProblemTooLarge, 3},
		"a file too long":         {strings.Repeat("x", maxSize+1), ProblemTooLarge, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), options())
			var problem *Error
			if !errors.As(err, &problem) || problem.Problem != c.problem || problem.Line != c.line && c.line != 0 || problem.Error() == "" {
				t.Fatalf("error %v, wanted %s in line %d", err, c.problem, c.line)
			}
		})
	}
	if _, err := Read(iotest.ErrReader(io.ErrUnexpectedEOF), options()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func TestColumnsByHand(t *testing.T) {
	o := options()
	o.Columns = map[Field]string{FieldUserID: " кому ", FieldAmount: "Итого", FieldKind: "что"}
	f, err := Read(strings.NewReader("сумма;Кому;Что;итого\n1;a;депозит;2\n"), o)
	if err != nil || len(f.Rows) != 1 || f.Rows[0].Amount != 200 || f.Rows[0].UserID != "a" {
		t.Fatalf("%+v, %v", f, err)
	}
	o.Columns = map[Field]string{FieldProjectUserID: "user", FieldAmount: "Сумма, UZS"} // and is not the user_id as well
	if f, err = Read(strings.NewReader("user;kind;Сумма, UZS\n#A;deposit;2\n"), o); err != nil || f.Rows[0].UserID != "" || f.Rows[0].ProjectUserID != "#A" || f.Rows[0].Amount != 200 {
		t.Fatalf("%+v, %v", f, err)
	}
	o.Columns = map[Field]string{FieldUserID: " кому ", FieldAmount: "Итого", FieldKind: "что"}
	o.Columns[FieldTime] = "когда"
	var problem *Error
	if _, err = Read(strings.NewReader("сумма;Кому;Что;итого\n1;a;депозит;2\n"), o); !errors.As(err, &problem) || problem.Problem != ProblemNoColumn || problem.Value != "когда" {
		t.Fatal(err)
	}
}

// Without a column for it, the sign tells: deposits draw on the account.
func TestKindBySign(t *testing.T) {
	const text = "user;amount\na;-1\nb;2\nc;\u22123\n"
	kinds := func(o Options) string {
		f, err := Read(strings.NewReader(text), o)
		if err != nil {
			return err.Error()
		}
		said := ""
		for _, r := range f.Rows {
			said += string(r.Kind)[:1]
			if r.Amount <= 0 {
				t.Errorf("%+v", r)
			}
		}
		return said
	}
	o := options()
	if got := kinds(o); got != "dpd" {
		t.Error(got)
	}
	o.Negative = api.KindPayout
	if got := kinds(o); got != "pdp" {
		t.Error(got)
	}
	o.Kind = api.KindDeposit
	if got := kinds(o); !strings.Contains(got, string(ProblemSigns)) {
		t.Error(got)
	}
}

func TestAmountsAsExportsPrintThem(t *testing.T) {
	for text, want := range map[string]money.Amount{
		"6000": 600000, "6000.00": 600000, "6000,5": 600050, "6 000,00": 600000, "6\u00a0000,00": 600000, "6,000.00": 600000, "6.000,00": 600000,
		"1,234,567.89": 123456789, "-6000": -600000, "\u2212 1,00": -100, "+1": 100, "1.234.567,8": 123456780,
	} {
		amount, negative, err := readAmount(text)
		if negative {
			amount = -amount
		}
		if err != nil || amount != want {
			t.Errorf("%q: %v, %v", text, amount, err)
		}
	}
	for _, text := range []string{"", "6,000", "6.000", "1,23.45", "1,2345.00", ",5", "1e5", "--1", "1,000.000", "0x10", "1.2.3", "6000 UZS", "1234,567.00", "1234.567,00", "1,234,56.00"} {
		if amount, _, err := readAmount(text); err == nil {
			t.Errorf("%q was read as %v", text, amount)
		}
	}
}

func TestTimesAsExportsPrintThem(t *testing.T) {
	zone := time.FixedZone("", 5*3600)
	want := time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC)
	for text, long := range map[string]time.Duration{
		"2025-11-27T12:39:17Z": time.Second, "2025-11-27T17:39:17+05:00": time.Second, "2025-11-27 17:39:17": time.Second,
		"27.11.2025 17:39:17": time.Second, "27.11.2025, 17:39:17": time.Second, "2025-11-27 17:39:17 +0500": time.Second,
		"1764247157": time.Second, "1764247157000": time.Millisecond,
	} {
		at, ok := readTime(text, zone, layouts())
		if !ok || !at.from.Equal(want) || at.until.Sub(at.from) != long || at.zoned != (strings.ContainsAny(text, "Z+") || len(text) < 15) {
			t.Errorf("%q: %+v, %t", text, at, ok)
		}
	}
	if at, ok := readTime("27.11.2025", zone, layouts()); !ok || at.until.Sub(at.from) != day || at.from.Hour() != 0 || at.zoned {
		t.Errorf("%+v", at)
	}
	if at, ok := readTime("2025-11-27 17:39:17.281", zone, layouts()); !ok || at.from.Nanosecond() != 281_000_000 {
		t.Error(at)
	}
	for _, text := range []string{"", "27/11/2025", "11/27/2025 10:00", "2025-13-01", "yesterday", "10:00", "99999999999", "31.02.2025"} {
		if at, ok := readTime(text, zone, layouts()); ok {
			t.Errorf("%q was read as %+v", text, at)
		}
	}
}

// One line is one line, in whichever file it stands; two that look alike are two.
func TestKeys(t *testing.T) {
	lines := "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100,00;UZS;27.11.2025 12:01;ok\n;;;deposit;a;101;UZS;2025-11-27 12:01;ok\n"
	f := mustRead(t, header+lines)
	keys := map[string]bool{}
	for _, r := range f.Rows {
		keys[r.Key] = true
	}
	if len(keys) != 4 {
		t.Fatalf("%d keys of 4 lines", len(keys))
	}
	other := mustRead(t, header+";;;deposit;z;1;UZS;2025-11-27 12:01;ok\n"+lines)
	for i, r := range f.Rows {
		if other.Rows[i+1].Key != r.Key {
			t.Errorf("line %d has another key in another file", r.Line)
		}
	}
	o := options()
	o.Profile = "other"
	f, err := Read(strings.NewReader(header+lines), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Rows {
		if keys[r.Key] {
			t.Errorf("line %d has the key of another profile's line", r.Line)
		}
	}
	if hashed("ab", "c") == hashed("a", "bc") {
		t.Error("two texts run together")
	}
}

// TestKeysTellLinesOfDifferentFilesApart: a line that differs in one thing only
// is another one, and must not be taken for the one that was recorded.
func TestKeysTellLinesOfDifferentFilesApart(t *testing.T) {
	const head = "deposit_id;payout_id;request_id;kind;user_id;project_user_id;amount;currency;time;status\n"
	keys := map[string]string{}
	for _, line := range []string{
		";;;deposit;a;;100;UZS;2025-11-27 12:01;ok", ";;;deposit;b;;100;UZS;2025-11-27 12:01;ok", ";;;deposit;a;b;100;UZS;2025-11-27 12:01;ok",
		";;;deposit;;a;100;UZS;2025-11-27 12:01;ok", ";;;deposit;a;;100.01;UZS;2025-11-27 12:01;ok", ";;;deposit;a;;100;USD;2025-11-27 12:01;ok",
		";;;deposit;a;;100;UZS;2025-11-27 12:01:00;ok", ";;;deposit;a;;100;UZS;2025-11-27 12:02;ok", ";;;deposit;a;;100;UZS;;ok",
		";;;payout;a;;100;UZS;2025-11-27 12:01;ok", "x;;;deposit;a;;100;UZS;2025-11-27 12:01;ok", "y;;;deposit;a;;100;UZS;2025-11-27 12:01;ok",
		";x;;payout;a;;100;UZS;2025-11-27 12:01;ok", ";;x;payout;a;;100;UZS;2025-11-27 12:01;ok",
	} {
		key := mustRead(t, head+line+"\n").Rows[0].Key
		if other, ok := keys[key]; ok {
			t.Errorf("%s and %s have one key", line, other)
		}
		keys[key] = line
	}
}

// TestKeysOfLinesThatAreAlike: which of them is the first does not depend on
// their order, and what is booked keeps its number if a failed one comes.
func TestKeysOfLinesThatAreAlike(t *testing.T) {
	plain, spelled, failed := ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", ";;;deposit;a;100,00;UZS;27.11.2025 12:01;ok\n", " ;;;deposit;a;100;UZS;2025-11-27 12:01;failed\n"
	keys := func(text string) map[string]string {
		of := map[string]string{}
		for _, r := range mustRead(t, header+text).Rows {
			of[string(r.Raw)+"\n"] = r.Key
		}
		return of
	}
	one, two, three := keys(plain+spelled), keys(spelled+plain), keys(failed+plain)
	if one[plain] != two[plain] || one[spelled] != two[spelled] || one[plain] == one[spelled] {
		t.Error("the order of the lines changes their keys")
	}
	if alone := keys(plain); three[plain] != alone[plain] || three[failed] == alone[plain] {
		t.Error("a failed line takes the key of a booked one")
	}
}

// TestWords holds the words by which a line says what it is.
func TestWords(t *testing.T) {
	for word, want := range map[string]string{
		"Deposit": "deposit", "Pay-in": "deposit", "ввод": "deposit", "Пополнение": "deposit", "Зачисление": "deposit", "withdrawal": "payout", "Withdraw": "payout",
		"payouts": "payout", "Выплата": "payout", "вывод": "payout", "fee": "fee", "Комиссия за вывод": "fee", "Возврат комиссии": "back", "refund": "back",
		"Сторно": "back", "charge-back": "back", "Отмена депозита": "back", "Возврат": "back", "bonus": "other", "top-up": "other",
	} {
		kind, known := readKind(word)
		got := string(kind)
		switch {
		case known:
		case isFee(word):
			got = "fee"
		case takesBack(word):
			got = "back"
		default:
			got = "other"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", word, got, want)
		}
	}
	f := mustRead(t, "id;amount\nraisboy_dep_1;5\npout_1;5\n")
	if a, b := f.Rows[0], f.Rows[1]; a.Kind != api.KindDeposit || b.Kind != api.KindPayout || a.OwnID || b.OwnID {
		t.Errorf("%+v %+v", a, b)
	}
	if f := mustRead(t, "id;kind;amount;currency\n1;deposit;5;eur\n"); !f.Rows[0].OwnID || f.Rows[0].Currency != "EUR" {
		t.Errorf("%+v", f.Rows[0])
	}
}
