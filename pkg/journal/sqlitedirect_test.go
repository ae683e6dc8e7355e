package journal

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// What is handed to the driver itself is what database/sql would hand to it, and
// what comes back is what was written.
func TestDirectStatements(t *testing.T) {
	s, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "journal.db"), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close(func() error { return nil }) }()
	number, text, blob := int64(1<<40), "текст", []byte{0, 1}
	type named string
	err = s.write(t.Context(), func(q querier) error {
		if _, err := q.ExecContext(t.Context(), "CREATE TABLE kept (id INTEGER PRIMARY KEY, a, b, c, d, e, f, g)"); err != nil {
			return err
		}
		for range 2 { // once prepared, once kept
			result, err := q.ExecContext(t.Context(), "INSERT INTO kept (a, b, c, d, e, f, g) VALUES (?, ?, ?, ?, ?, ?, ?)",
				&number, &text, &blob, named("n"), 7, true, nil)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); n != 1 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		}
		var types string
		err := q.QueryRowContext(t.Context(), `SELECT a || typeof(a) || b || typeof(b) || hex(c) || typeof(c) || d || typeof(d)
			|| e || typeof(e) || f || typeof(f) || typeof(g) FROM kept WHERE id = 2`).Scan(&types)
		if want := "1099511627776integerтекстtext0001blobntext7integer1integernull"; types != want || err != nil {
			t.Errorf("%s, want %s, %v", types, want, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pairs := func(query string, args ...any) (all [][2]int64, err error) {
		err = s.view(t.Context(), func(q querier) error {
			direct, ok := q.(pairReader)
			if !ok {
				t.Fatalf("a %T", q)
			}
			for range 2 {
				all = nil
				if err := direct.pairs(t.Context(), func(a, b int64) { all = append(all, [2]int64{a, b}) }, query, args...); err != nil {
					return err
				}
			}
			return nil
		})
		return all, err
	}
	all, err := pairs("SELECT id, a FROM kept WHERE d = ? ORDER BY id", "n")
	if want := [][2]int64{{1, 1 << 40}, {2, 1 << 40}}; err != nil || len(all) != 2 || all[0] != want[0] || all[1] != want[1] {
		t.Errorf("%v, %v", all, err)
	}
	if all, err := pairs("SELECT id, a FROM kept WHERE d = ?", "nobody"); len(all) != 0 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
	// What is no number is damage, and not a row that was not there.
	if all, err := pairs("SELECT id, b FROM kept"); err == nil {
		t.Errorf("%v", all)
	}
	if _, err := pairs("SELECT id FROM nowhere"); err == nil {
		t.Error("no table, and no error")
	}
}

// A view that was given up does not read on.
func TestDirectStatementIsGivenUp(t *testing.T) {
	j := newTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := j.Peek(ctx, testDeposit(t, "u", 100), Guard{Window: time.Minute})
	if err == nil {
		t.Error("looked after it was given up")
	}
}
