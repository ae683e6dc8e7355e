package journal

import (
	"context"
	"strings"
	"testing"
)

// shifted is a journal with two closed shifts, an open one and two prints.
func shifted(t *testing.T) *Journal {
	t.Helper()
	ctx := context.Background()
	j := newTest(t)
	seal := func(ShiftBook) ([]byte, error) { return []byte("a Z"), nil }
	for _, user := range []string{"u", "v"} {
		e := mustBegin(t, j, testDeposit(t, user, 100))
		if _, err := j.OpenShift(ctx, Opening{Profile: "main", Float: 7, Currency: "UZS"}); err != nil {
			t.Fatal(err)
		}
		mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done"}})
		if _, _, err := j.Print(ctx, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := j.CloseShift(ctx, Closing{Profile: "main", Counted: 5, HasCounted: true}, seal); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := j.Print(ctx, 1); err != nil {
		t.Fatal(err)
	}
	mustBegin(t, j, testDeposit(t, "w", 100))
	if _, err := j.OpenShift(ctx, Opening{Profile: "main", Currency: "UZS"}); err != nil {
		t.Fatal(err)
	}
	if r, err := j.Verify(ctx); err != nil || !r.OK() {
		t.Fatal(r.Damaged, err)
	}
	return j
}

// TestVerifySeesEveryColumnOfShifts changes one value at a time.
func TestVerifySeesEveryColumnOfShifts(t *testing.T) {
	for _, row := range []struct{ table, where string }{
		{"shift_openings", "number = 1"}, {"shift_openings", "number = 3"}, // a closed one, the open one
		{"shift_closings", "number = 2"},
		{"shift_counts", "number = 1 AND phase = 1"}, {"shift_counts", "number = 3"},
		{"receipt_prints", "operation = 1 AND number = 2"},
	} {
		j := shifted(t)
		loosen(t, j, row.table)
		for _, column := range columns(t, j, row.table) {
			t.Run(row.table+"."+column, func(t *testing.T) { changeEveryWay(t, j, row.table, column, row.where) })
		}
	}
}

// TestVerifySeesWhatWasDoneToShifts does what somebody would who has the file,
// mends every checksum of the row, and hopes that nobody notices.
func TestVerifySeesWhatWasDoneToShifts(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, j *Journal)
		says  string
	}{
		{"a Z is taken away", func(t *testing.T, j *Journal) { rawSQL(t, j, `DELETE FROM shift_closings WHERE number = 1`) }, "never closed"},
		{"a shift is taken away", func(t *testing.T, j *Journal) {
			rawSQL(t, j, `DELETE FROM shift_closings WHERE number = 1`)
			rawSQL(t, j, `DELETE FROM shift_openings WHERE number = 1`)
		}, "a number is missing"},
		{"a count is taken away", func(t *testing.T, j *Journal) {
			rawSQL(t, j, `DELETE FROM shift_counts WHERE number = 1 AND phase = 1`)
		}, "did not count these rows"},
		{"a count of an opening is taken away", func(t *testing.T, j *Journal) { rawSQL(t, j, `DELETE FROM shift_counts WHERE number = 3`) }, "did not count these rows"},
		{"a Z says something else", func(t *testing.T, j *Journal) {
			forge(t, j, func(s *Shift) { s.Snapshot = []byte("another Z") })
		}, "its hash is another's"},
		{"a Z says something else under its own hash", func(t *testing.T, j *Journal) {
			forge(t, j, func(s *Shift) { s.Hash = []byte("another hash that somebody computed") })
		}, "does not follow the Z before it"},
		{"the cash that was counted is another", func(t *testing.T, j *Journal) {
			rawSQL(t, j, `UPDATE shift_closings SET counted = 6 WHERE number = 1`)
		}, "checksum"},
		{"a print is taken away", func(t *testing.T, j *Journal) {
			rawSQL(t, j, `DELETE FROM receipt_prints WHERE operation = 1 AND number = 1`)
		}, "print 1 is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := shifted(t)
			test.spoil(t, j)
			r, err := j.Verify(context.Background())
			if err != nil || r.OK() {
				t.Fatalf("damaged %v, error %v", r.Damaged, err)
			}
			var said []string
			for _, d := range r.Damaged {
				said = append(said, d.What)
			}
			if all := strings.Join(said, "; "); !strings.Contains(all, test.says) {
				t.Errorf("said %q, wanted %q", all, test.says)
			}
		})
	}
}

// forge rewrites the first Z, with a checksum that fits.
func forge(t *testing.T, j *Journal, change func(*Shift)) {
	t.Helper()
	shifts, err := j.Shifts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s := shifts[0]
	change(&s)
	rawSQL(t, j, `UPDATE shift_closings SET snapshot = ?, snapshot_hash = ?, checksum = ? WHERE number = 1`, s.Snapshot, s.Hash, s.sumOfClosing())
}
