package batch

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// A row that was done, and that stands on another line now because one above it
// was taken out, is found before it is sent, also where equal rows are meant.
func TestCheckFindsRowsThatMoved(t *testing.T) {
	done := func(line int, user string, amount money.Amount) desk.Standing {
		return desk.Standing{Line: line, Operation: int64(line), Order: desk.Order{Kind: api.KindDeposit, UserID: user, Amount: amount, Currency: "UZS"}}
	}
	for _, test := range []struct {
		name, file, want string
		change           func(*Check, *fakeJournal)
	}{
		{"the line above it was taken out", "user,amount\n3,300\n", "2:0 moved", nil},
		{"its line is there", "user,amount\n3,300\n\n3,300\n", "", nil},
		{"another row", "user,amount\n3,301\n4,300\n", "", nil},
		{"another currency", "user,amount,currency\n3,300,USD\n", "", nil},
		{"the default currency by its name", "user,amount,currency\n3,300,UZS\n", "2:0 moved", nil},
		{"one of two", "user,amount\n3,300\n3,300\n", "2:0 moved", nil},
		{"two of three", "user,amount\n3,300\n3,300\n3,300\n", "2:0 moved|3:0 moved", func(_ *Check, j *fakeJournal) {
			j.standing = append(j.standing, done(5, "3", 30000), done(6, "3", 30000))
			j.standing = j.standing[1:]
		}},
		{"a row with a ref", "user,amount,ref\n3,300,b/2\n", "", nil},
		{"the batch was never run", "user,amount\n3,300\n", "", func(_ *Check, j *fakeJournal) { j.made = false }},
		{"an operation of another kind", "user,amount\n3,300\n", "", func(c *Check, _ *fakeJournal) { c.Terms.Kind = api.KindPayout }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, j := checkOf(api.KindDeposit), fakeJournal{made: true, standing: []desk.Standing{done(4, "3", 30000)}}
			c.Terms.Again = true
			if test.change != nil {
				test.change(c, &j)
			}
			c.Journal = j
			var got []string
			for _, m := range planOf(t, c, test.file).Mistakes {
				got = append(got, strings.TrimSpace(mistake(m)))
			}
			if joined := strings.Join(got, "|"); joined != test.want {
				t.Errorf("got  %s\nwant %s", joined, test.want)
			}
		})
	}
}

// Three marks of each row of a million must fit the bound of memory.
func TestMarkIsSmall(t *testing.T) {
	if size := int(unsafe.Sizeof(mark{})); size > 16 {
		t.Errorf("a mark has %d bytes", size)
	}
	m, n := newMark("a", 1<<30, true), newMark("a", 1<<30, false)
	if m.line() != 1<<30 || !m.keyed() || n.keyed() || m.digest != n.digest {
		t.Errorf("%v, %v", m, n)
	}
}
