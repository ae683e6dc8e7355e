package journal

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
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
				note := func(a, b int64) { all = append(all, [2]int64{a, b}) }
				if err := direct.pairs(t.Context(), note, &DamageError{Table: "kept"}, query, args...); err != nil {
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
	// What is no number is damage; that there is no table is not.
	var damaged *DamageError
	if all, err := pairs("SELECT id, b FROM kept"); !errors.As(err, &damaged) || damaged.Table != "kept" {
		t.Errorf("%v, %v", all, err)
	}
	var storage *StorageError
	if _, err := pairs("SELECT id, 1 FROM nowhere"); !errors.As(err, &storage) {
		t.Errorf("no table: %v", err)
	}
}

// A view that is given up asks no more, and says so: not that there was nothing.
func TestDirectStatementIsGivenUp(t *testing.T) {
	s, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "journal.db"), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close(func() error { return nil }) }()
	ctx, cancel := context.WithCancel(t.Context())
	err = s.view(t.Context(), func(q querier) error {
		direct, ok := q.(pairReader)
		if !ok {
			t.Fatalf("a %T", q)
		}
		read := func(int64, int64) {}
		if err := direct.pairs(ctx, read, &DamageError{}, "SELECT 1, 2"); err != nil {
			t.Errorf("before: %v", err)
		}
		cancel()
		return direct.pairs(ctx, read, &DamageError{}, "SELECT 1, 2")
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// To look and then to write reads the statement of the search once: a command
// that makes one deposit does both.
func TestSearchIsPreparedOnce(t *testing.T) {
	j := newTest(t)
	p := testDeposit(t, "u", 100)
	if _, _, err := j.Peek(t.Context(), p, Guard{Window: time.Minute}); err != nil {
		t.Fatal(err)
	}
	mustBegin(t, j, p)
	s, ok := j.store.(*sqliteStore)
	if !ok {
		t.Fatalf("a %T", j.store)
	}
	var prepared []string
	err := s.write(t.Context(), func(q querier) error {
		c, ok := q.(*preparedConn)
		if !ok {
			t.Fatalf("a %T", q)
		}
		for query := range c.queries {
			prepared = append(prepared, query)
		}
		for query := range c.directs {
			prepared = append(prepared, query)
		}
		return nil
	})
	searches := 0
	for _, query := range prepared {
		if strings.Contains(query, "UNION ALL") {
			searches++
		}
	}
	if err != nil || searches != 1 {
		t.Errorf("%d searches are prepared, %v: %q", searches, err, prepared)
	}
}
