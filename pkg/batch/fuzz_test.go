package batch

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/api"
)

// FuzzReader: whatever a file holds, reading ends, every row and mistake has a
// line of the file, texts are text, and it does not matter in which pieces it comes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"user,amount\n1,6.000\n2,5\n\"3\n", "\ufeffпользователь;сумма;номер\r\n2;\"1 000,50\";ч-1\r\n", "sep=;\nuser;amount\n1;2\n",
		"{\"user_id\":\"1\",\"amount\":1.5}\n{\"user_id\":{}}\nnull\n", "\xcf\xee;\xf1\xf3\xec\xec\xe0\n1;2\n", "\xff\xfeu\x00s\x00e\x00r\x00",
		"[", "{\n", "user\tamount\n1\t2\t3\n", "user,amount\n\"a\n\nb\",5", "\n\n user , amount \n 1 , 2 \n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		whole := allOf(t, bytes.NewReader(file), len(file))
		pieces := allOf(t, iotest.OneByteReader(bytes.NewReader(file)), len(file))
		if whole != pieces {
			t.Errorf("whole:\n%s\nin pieces:\n%s", whole, pieces)
		}
	})
}

func allOf(t *testing.T, in io.Reader, size int) string {
	var got []string
	r := NewReader(in, Options{Kind: api.KindPayout})
	for range size + 2 { // no row without a byte
		row, err := r.Next()
		var wrong *RowError
		var format *FormatError
		switch {
		case errors.Is(err, io.EOF):
			return strings.Join(got, "\n")
		case errors.As(err, &wrong):
			for _, m := range wrong.Mistakes {
				if m.Line < 1 || m.Line > size+1 || m.Column < 0 || m.Column > size+1 || !utf8.ValidString(m.Value) {
					t.Fatalf("%+v", m)
				}
				got = append(got, mistake(m))
			}
			continue
		case errors.As(err, &format):
			return strings.Join(append(got, mistake(format.Mistake)), "\n")
		case err != nil:
			t.Fatal(err)
		}
		for _, text := range row.texts() {
			if !utf8.ValidString(*text) {
				t.Fatalf("%q is no text", *text)
			}
		}
		if row.Line < 1 || row.Line > size+1 || row.Amount <= 0 {
			t.Fatalf("%+v", row)
		}
		got = append(got, row.UserID+" "+row.Amount.String()+" "+row.Ref)
	}
	t.Fatal("reading does not end")
	return ""
}
