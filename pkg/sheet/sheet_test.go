package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// all reads to the end, and gives what stands for every line.
func all(t *testing.T, in io.Reader) (lines []string, encoding Encoding) {
	t.Helper()
	for l := NewLines(in); ; {
		line, err := l.Next()
		switch {
		case errors.Is(err, io.EOF):
			if l.Number() != len(lines) {
				t.Fatalf("line %d of %d", l.Number(), len(lines))
			}
			return lines, l.Encoding()
		case errors.Is(err, ErrLong), errors.Is(err, ErrEncoding):
			lines = append(lines, err.Error())
		case errors.Is(err, ErrBinary):
			if _, again := l.Next(); len(lines) > 0 || !errors.Is(again, ErrBinary) {
				t.Fatalf("%q, then %v", lines, again)
			}
			return []string{err.Error()}, l.Encoding()
		case err != nil:
			t.Fatal(err)
		default:
			lines = append(lines, string(line))
		}
	}
}

func TestLines(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		encoding       Encoding
	}{
		{"nothing", "", "", UTF8},
		{"no end", "a\r\nb", "a\r\n|b", UTF8},
		{"a mark", "\ufeffж\n", "ж\n", UTF8},
		{"a mark alone", "\ufeff", "", UTF8},
		{"Windows-1251", "a\n\xcf\xb8\xf0\n", "a\n|Пёр\n", Windows1251},
		{"UTF-16, little end first", "\xff\xfea\x00\n\x00", "a\n", UTF16},
		{"UTF-16, big end first", "\xfe\xff\x04\x36\x00\n", "ж\n", UTF16},
		{"first the one, then the other", "ж\n\xe6\nb\n", "ж\n|" + ErrEncoding.Error() + "|b\n", UTF8},
		{"a workbook", "PK\x03\x04\x14\x00\x06\x00\nb\n", ErrBinary.Error(), UTF8},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\n", ErrBinary.Error(), UTF8},
		{"an archive", "\x1f\x8b\x08\x00abc", ErrBinary.Error(), UTF8},
		{"a document", "%PDF-1.4\nb\n", ErrBinary.Error(), UTF8},
		{"UTF-16 without a mark", "a\x00,\x00\n\x00", ErrBinary.Error(), UTF8},
		{"what only begins so", "PK,%\n", "PK,%\n", UTF8},
		{"two characters", "PK", "PK", UTF8},
		{"РП in Windows-1251", "\xd0\xcf;\n", "РП;\n", Windows1251},
		{"nothing that can be seen, later", "a\nb\x00\n", "a\n|b\x00\n", UTF8},
		{"a long line", strings.Repeat("x", MaxLine+1) + "\nb\n", ErrLong.Error() + "|b\n", UTF8},
	} {
		for name, in := range map[string]io.Reader{
			"whole": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
		} {
			got, encoding := all(t, in)
			if text := strings.Join(got, "|"); text != test.want || encoding != test.encoding {
				t.Errorf("%s, %s: %q in %s, want %q in %s", test.name, name, text, encoding, test.want, test.encoding)
			}
		}
	}
}

func TestLinesGivesTheErrorOfItsSource(t *testing.T) {
	if _, err := NewLines(iotest.ErrReader(io.ErrUnexpectedEOF)).Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func TestPlain(t *testing.T) {
	for name, want := range map[string]string{
		" USER_ID ": "userid", "Payment-Method": "paymentmethod", "ID\u00a0Пользователя": "idпользователя", "Счёт": "счет", "№": "№", "Сумма:": "сумма", "Amount, %": "amount%",
	} {
		if got := Plain(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// FuzzLines: whatever a file holds, what is read is text, and UTF-8 without a
// mark is given as it stands.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"a\nb", "\ufeffж\r\n", "\xcf\xb8\n", "\xff\xfea\x00\n\x00", "\xfe\xff\x04", "ж\n\xe6\n", "PK\x03\x04\n", "a\x00\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		lines, _ := all(t, bytes.NewReader(file))
		text := strings.Join(lines, "")
		if !utf8.ValidString(text) {
			t.Fatalf("%q is no text", text)
		}
		marked, binary := bytes.HasPrefix(file, []byte("\ufeff")), text == ErrBinary.Error()
		if utf8.Valid(file) && !marked && !binary && len(file) < MaxLine && text != string(file) {
			t.Errorf("%q became %q", file, text)
		}
	})
}

// TestTwoEncodingsInEitherOrder: glued files are not read as other letters.
func TestTwoEncodingsInEitherOrder(t *testing.T) {
	for _, file := range []string{"ж\n\xe6\n", "\xe6\nж\n"} {
		lines := NewLines(strings.NewReader(file))
		if _, err := lines.Next(); err != nil {
			t.Fatal(err)
		}
		if _, err := lines.Next(); !errors.Is(err, ErrEncoding) {
			t.Errorf("%q: error %v", file, err)
		}
	}
}
