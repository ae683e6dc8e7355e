package journal

import (
	"database/sql"
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

// TestALineIsFoundWithoutItsIndex: an index that lost its entry does not let the
// line prove a second operation.
func TestALineIsFoundWithoutItsIndex(t *testing.T) {
	j := filled(t)
	prove := func(want any) {
		t.Helper()
		_, err := j.Update(t.Context(), 3, func(Entry) ([]Addition, error) {
			return []Addition{{Content: Statement{Row: "row", Amount: 300, Currency: "UZS"}}}, nil
		})
		if !errors.As(err, want) {
			t.Fatalf("error %v, wanted %T", err, want)
		}
	}
	withSQL(t, j, func(db *sql.DB) error { // the index is another table's, which is empty
		_, err := db.Exec(`CREATE TABLE decoy (row_key TEXT NOT NULL PRIMARY KEY) STRICT; PRAGMA writable_schema = 1;
			UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_decoy_1')
			WHERE name = 'sqlite_autoindex_statement_rows_1'; PRAGMA schema_version = 1000; PRAGMA writable_schema = 0`)
		return err
	})
	if proved, err := j.Proved(t.Context(), []string{"row"}); err != nil || len(proved) != 0 {
		t.Fatalf("the index is not empty: %v, %v", proved, err)
	}
	var used *UsedRowError
	if prove(&used); used.By != 2 {
		t.Fatalf("it proves %d", used.By)
	}
	rawSQL(t, j, `UPDATE statement_rows SET operation = 9 WHERE operation + 0 = 2`)
	var damage *DamageError
	prove(&damage)
}

// TestVerifySeesAMovementThatIsGoneFromTheMiddle: the numbers leave no gap.
func TestVerifySeesAMovementThatIsGoneFromTheMiddle(t *testing.T) {
	j := filled(t)
	for range 3 {
		if _, err := j.Move(t.Context(), Movement{Profile: "main", Kind: MovementTopup, Amount: 5, Currency: "UZS"}, 0); err != nil {
			t.Fatal(err)
		}
	}
	rawSQL(t, j, `DELETE FROM movements WHERE id IN (3, 4)`)
	r, err := j.Verify(t.Context())
	if err != nil || len(r.Damaged) != 1 || r.Damaged[0].Table != "movements" {
		t.Fatalf("%v, error %v", r.Damaged, err)
	}
}
