package batch

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/sheet"
)

// read gives rows as "line user amount currency method ref request" and
// mistakes as "line:column problem field".
func read(t *testing.T, kind api.Kind, in io.Reader) (got []string, r *Reader) {
	t.Helper()
	r = NewReader(in, Options{Kind: kind})
	for {
		row, err := r.Next()
		var wrong *RowError
		var format *FormatError
		switch {
		case errors.Is(err, io.EOF):
			return got, r
		case errors.As(err, &wrong):
			for _, m := range wrong.Mistakes {
				got = append(got, mistake(m))
			}
		case errors.As(err, &format):
			return append(got, "FILE "+mistake(format.Mistake)), r
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, strings.TrimSpace(fmt.Sprint(row.Line, " ", row.UserID, " ", row.Amount, " ", row.Currency, " ",
				row.PaymentMethod, " ", row.Ref, " ", row.RequestID)))
		}
	}
}

func mistake(m *Mistake) string {
	return strings.TrimSpace(fmt.Sprintf("%d:%d %s %s", m.Line, m.Column, m.Problem, m.Field))
}

func TestReader(t *testing.T) {
	windows, err := charmap.Windows1251.NewEncoder().String("Пользователь;Сумма;Номер;Комментарий\r\n2564568;6000,50;ч-1;Анна\r\n")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("пользователь\tсумма\n1\t2,5\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, in, want string
		kind           api.Kind
		encoding       sheet.Encoding
	}{
		{name: "plain", in: "user_id,amount,currency,payment_method,ref,request_id\n1,6000,UZS,wallet_transfer,r-1,q-1\n",
			want: "2 1 6000.00 UZS wallet_transfer r-1 q-1"},
		{name: "any order and case", in: "REF,Amount,USER_ID\nr-1,6000.5,1\n", want: "2 1 6000.50   r-1"},
		{name: "a spreadsheet's own", in: "\ufeffпользователь;сумма;валюта;метод;номер\r\n2564568;\"6\u00a0000,00\";UZS;bank_card;ч-1\r\n;;;;\r\n",
			want: "2 2564568 6000.00 UZS bank_card ч-1"},
		{name: "Windows-1251", in: windows, want: "2 2564568 6000.50   ч-1", encoding: sheet.Windows1251},
		{name: "UTF-16", in: wide, want: "2 1 2.50", encoding: sheet.UTF16},
		{name: "excel says its separator", in: "sep=;\nuser;amount\n1;2\n", want: "3 1 2.00"},
		{name: "a quoted line break in a column of no interest", in: "user,note,amount\n1,\"a\nb\",2\n3,,4\n", want: "2 1 2.00|4 3 4.00"},
		{name: "a tab and quotes", in: "\"user\"\t\"amount\"\n\"1\"\t\"2,50\"\n", want: "2 1 2.50"},
		{name: "mistakes and what lies between", in: "user,amount\n1,6.000\n2,5\n3,x,y\n,5\n4,\n5",
			want: "2:3 amount amount|3 2 5.00|4:3 amount amount|4:5 cells|5  5.00|6:3 amount amount|7:0 amount amount"},
		{name: "a quote that stays open", in: "user,amount\n1,2\n\n3,\"4\n" + strings.Repeat("5,6\n", 20000), want: "2 1 2.00|FILE 4:0 quote"},
		{name: "a quote that is closed rows later", in: "user,amount,note\n1,2,\"a\n3,4,b\n5,6,c\"\n7,8,d\n", want: "2:5 swallowed|5 7 8.00"},
		{name: "quotes over lines that are no rows", in: "user,amount,note\n1,2,\"a\n3,b,4\n,5,c\n6\"\n", want: "2 1 2.00"},
		{name: "a spreadsheet's apostrophes", in: "user,amount,ref\n'00123,'100,'7\n’1,2,a\n'a,3,'b\n", want: "2:1 apostrophe user_id|2:8 apostrophe amount|2:13 apostrophe ref|3:1 apostrophe user_id|4 'a 3.00   'b"},
		{name: "a workbook", in: "PK\x03\x04\x14\x00\x06\x00\n", want: "FILE 1:0 binary"},
		{name: "columns in characters", in: "игрок;сумма\nАнна;1,2,3\n", want: "2:6 amount amount"},
		{name: "a lone quote", in: "user,amount\n1\"2,5\n3,4\n", want: "2:0 quote|3 3 4.00"},
		{name: "a quote that is never closed", in: "user,amount\n\"1,5\n" + strings.Repeat("2,3\n", sheet.MaxLine), want: "FILE"},
		{name: "a long line", in: "user,amount\n" + strings.Repeat("x", 2*sheet.MaxLine) + ",5\n3,4\n", want: "2:0 long_row|3 3 4.00"},
		{name: "mixed encodings", in: "user,amount\nж,5\n\xe6,5\n3,4\n", want: "2 ж 5.00|3:0 encoding|4 3 4.00"},
		{name: "an id that a spreadsheet rounded", in: "user,amount\n\"2,56457E+14\",5\n", want: "2:1 scientific user_id"},
		{name: "no header", in: "1,2\n3,4\n", want: "FILE 1:0 no_header"},
		{name: "no amount", in: "user,ref\n3,4\n", want: "FILE 1:0 missing_column amount"},
		{name: "twice", in: "user,amount,сумма\n3,4,5\n", want: "FILE 1:13 twice amount"},
		{name: "a mistyped column", in: "user,amount,currncy\n3,4,USD\n", want: "FILE 1:13 doubtful_name"},
		{name: "our own output", in: "id,kind,user_id,amount,line,outcome\n7,deposit,'-5,4.00,2,done\n", want: "2 -5 4.00"},
		{name: "of another kind", in: "kind,user_id,amount\npayout,5,4.00\n", want: "2:1 kind kind"},
		{name: "our own output, of what began with a mark itself", in: "user_id,amount,ref\n''=5,4.00,'＝1\n7,4.00,'a\n", want: "2 '=5 4.00   ＝1|3 7 4.00   'a"},
		{name: "lines that end in CR alone", in: "user_id,amount,ref\r1,5,r-1\r2,6,r-2\r", want: "FILE 1:0 line_ends"},
		{name: "lines that end in CR CR LF", in: "user_id,amount\r\r\n1,5\r\r\n", want: "2 1 5.00"},
		{name: "counted rows", in: "№;Игрок;Сумма\n1;7;5\n2;8;6\n", want: "2 7 5.00|3 8 6.00"},
		{name: "users alone", in: "user_id\n1\n2\n", kind: api.KindValidation, want: "2 1 0.00|3 2 0.00"},
		{name: "orders, of which the users", in: "user_id,amount\n1,?\n", kind: api.KindValidation, want: "2 1 0.00"},
		{name: "nothing", in: "", want: ""},
		{name: "a header alone", in: "user,amount\n", want: ""},

		{name: "JSON lines", in: "{\"user_id\":\"1\",\"amount\":\"6 000,50\"}\n\n{\"user_id\":2,\"amount\":6.000,\"ref\":null,\"x\":[1,{}]}",
			want: "1 1 6000.50|3 2 6.00"},
		{name: "JSON with mistakes", in: "{\"user_id\":\"1\"}\n{\"amount\":1}\n{\"user_id\":true,\"amount\":[]}\n{\"user_id\":\"1\",\"amount\":1.005}\n" +
			"{\"user_id\":\"1\",\"user_id\":\"2\",\"amount\":1}\n{\"user_id\":\"1\",\"user\":\"2\",\"amount\":1}\n{\"user_id\":\"1\",\"amount\":1} {}\nnull\n{\"user_id\":\"1\",\"amount\":0}\n{\"user_id\":1e3,\"amount\":1}\n",
			want: "1:0 missing_column amount|2:0 missing_column user_id|3:12 json_type user_id|3:26 json_type amount|4:25 amount amount|" +
				"5:15 json|6:16 twice user_id|7:29 json|8:5 json|9:25 amount amount|10:12 json_type user_id"},
		{name: "a JSON array", in: "[{\"user_id\":1}]", want: "FILE 1:0 not_lines"},
		{name: "JSON over several lines", in: "{\n\"user_id\":1}", want: "FILE 1:0 not_lines"},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind, encoding := test.kind, test.encoding
			if kind == "" {
				kind = api.KindDeposit
			}
			if encoding == "" {
				encoding = sheet.UTF8
			}
			for name, in := range map[string]io.Reader{
				"whole": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
			} {
				rows, r := read(t, kind, in)
				got := strings.Join(rows, "|")
				if test.want == "FILE" && strings.HasPrefix(got, "FILE") {
					continue
				}
				if got != test.want {
					t.Errorf("%s: got  %s\nwant %s", name, got, test.want)
				}
				if r.Encoding() != encoding {
					t.Errorf("%s: encoding %s, want %s", name, r.Encoding(), encoding)
				}
			}
		})
	}
}

// A pipe's first row is there before its second is written.
func TestReaderDoesNotWaitForMore(t *testing.T) {
	for _, form := range []string{"user,amount\n1,2\n", "{\"user\":\"1\",\"amount\":2}\n"} {
		in, out := io.Pipe()
		go func() { _, _ = io.WriteString(out, form) }()
		row, err := NewReader(in, Options{Kind: api.KindDeposit}).Next()
		if err != nil || row.UserID != "1" || row.Amount != 200 {
			t.Errorf("%+v, %v", row, err)
		}
	}
}

// What broke off must not be paid as far as it came.
func TestReaderOfAnEndlessBatchWantsItsEnd(t *testing.T) {
	r := NewReader(strings.NewReader("user,amount\n1,6000\n1,60"), Options{Kind: api.KindDeposit, Whole: true})
	if row, err := r.Next(); err != nil || row.Amount != 600000 {
		t.Fatal(row, err)
	}
	var wrong *RowError
	if _, err := r.Next(); !errors.As(err, &wrong) || wrong.Mistakes[0].Problem != ProblemCutOff {
		t.Fatal(err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}
