package journal

import (
	"errors"
	"strings"
	"testing"
)

// TestVerifySeesWhatIsGone takes whole rows away, and puts one in.
func TestVerifySeesWhatIsGone(t *testing.T) {
	for name, c := range map[string]struct{ statement, table string }{
		"a movement":              {`DELETE FROM movements WHERE id = 1`, "movements"},
		"the claim of a line":     {`DELETE FROM statement_rows`, "statement_rows"},
		"a claim without a fact":  {`UPDATE statement_rows SET position = 1, checksum = ?`, "statement_rows"},
		"a claim of another line": {`UPDATE statement_rows SET row_key = 'other', checksum = ?`, "statement_rows"},
	} {
		t.Run(name, func(t *testing.T) {
			j := filled(t)
			var args []any
			if strings.Contains(c.statement, "?") { // the checksum is right, as after a mistake in the program
				spoilt := claim{row: "row", operation: 2, position: 1}
				if strings.Contains(c.statement, "other") {
					spoilt = claim{row: "other", operation: 2, position: 3}
				}
				args = append(args, spoilt.sum())
			}
			rawSQL(t, j, c.statement, args...)
			r, err := j.Verify(t.Context())
			if err != nil || r.OK() || r.Damaged[0].Table != c.table {
				t.Fatalf("%v, error %v", r.Damaged, err)
			}
		})
	}
}

// TestALineIsFoundWithoutItsIndex: a claim whose index entry is lost still keeps
// its line from proving a second operation.
func TestALineIsFoundWithoutItsIndex(t *testing.T) {
	j := filled(t)
	loosen(t, j, "statement_rows") // the index is gone with the primary key
	e := mustBegin(t, j, testDeposit(t, "x", 200))
	_, err := j.Update(t.Context(), e.ID, func(Entry) ([]Addition, error) {
		return []Addition{{Content: Answer{Verdict: "unknown"}}, {Content: Statement{Row: "row", Amount: 200, Currency: "UZS"}}}, nil
	})
	var used *UsedRowError
	if !errors.As(err, &used) || used.By != 2 {
		t.Fatalf("error %v", err)
	}
	rawSQL(t, j, `UPDATE statement_rows SET operation = 9`)
	_, err = j.Update(t.Context(), e.ID, func(Entry) ([]Addition, error) {
		return []Addition{{Content: Statement{Row: "row", Amount: 200, Currency: "UZS"}}}, nil
	})
	var damage *DamageError
	if !errors.As(err, &damage) {
		t.Fatalf("error %v, wanted damage", err)
	}
}
