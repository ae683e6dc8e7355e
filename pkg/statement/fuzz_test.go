package statement

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/api"
)

// FuzzRead reads files of any bytes: a statement is a stranger's.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", russian, header + "d1;p1;r;deposit;a;1;UZS;2025-11-27;ok\n", "user;amount\na;-1\nb;2\n", "\xff\xfea\x00", "\xfe\xff\x00a", "\ufeff",
		"user,amount\n\"a\nb\",1\n", "user|amount\r\na|1\r\n", "id\tkind\tamount\npout_1\tpayout\t5\n", "Клиент;Сумма\n\xcf;1\n", "a;b;c;\n\n;;;\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := Read(bytes.NewReader(content), options())
		if err != nil {
			var problem *Error
			if !errors.As(err, &problem) || problem.Problem == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		seen := map[int]bool{}
		for _, r := range file.Rows {
			if !r.Kind.MovesMoney() || r.Amount <= 0 || r.Currency == "" || r.Key == "" || r.Line < 2 || seen[r.Line] || !utf8.Valid(r.Raw) {
				t.Fatalf("%+v", r)
			}
			if r.ID == "" && r.RequestID == "" && r.UserID == "" && r.ProjectUserID == "" {
				t.Fatalf("a line about nobody: %+v", r)
			}
			if r.From.After(r.Until) || r.From.IsZero() != r.Until.IsZero() {
				t.Fatalf("from %v until %v", r.From, r.Until)
			}
			seen[r.Line] = true
		}
		again, err := Read(bytes.NewReader(content), options())
		if err != nil || len(again.Rows) != len(file.Rows) || again.Digest != file.Digest {
			t.Fatal("read otherwise the second time")
		}
		for i := range file.Rows {
			if again.Rows[i].Key != file.Rows[i].Key {
				t.Fatal("another key the second time")
			}
		}
		ops := entriesOf(t, wish{id: 1, user: "a", amount: 100, facts: nil}, wish{id: 2, user: "b", kind: api.KindPayout, request: "r", amount: 200})
		for _, r := range Match(file, ops, rules()) {
			if r.Outcome == Provable && (r.Row == nil || r.Entry == nil || r.Row.Booking != Booked || r.Row.Amount != r.Entry.Amount()) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
