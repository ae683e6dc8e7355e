package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/api"
)

// rawSQL changes the database behind the journal's back.
func rawSQL(t *testing.T, j *Journal, query string, args ...any) {
	t.Helper()
	withSQL(t, j, func(db *sql.DB) error {
		result, err := db.Exec(query, args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%s: %d rows changed, error %w", query, n, err)
		}
		return nil
	})
}

// filled is a journal with something in every column.
func filled(t *testing.T) *Journal {
	t.Helper()
	ctx := context.Background()
	j := newTest(t)
	if err := j.Bind(ctx, "main", false, []string{"https://project.example"}); err != nil {
		t.Fatal(err)
	}
	p := testPayout(t, "u", 100, "r")
	p.Ref, p.Batch, p.Line, p.ProjectUserID = "ref", "batch", 7, "#A"
	e := mustBegin(t, j, p) // 1
	mustUpdate(t, j, e.ID, Addition{Content: Answer{Verdict: "done", PayoutID: "p1", PayoutStatus: api.StatusPending}, Raw: []byte("{}")})
	mustObserve(t, j, `{"success":true,"payout_id":"p1","request_id":"r","status":"accepted"}`)
	call, err := api.Notice{PayoutID: "p1", Status: api.StatusCompleted, Amount: 100, Currency: "UZS", Timestamp: newClock().now(), URL: "https://project.example/n"}.Call()
	if err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, j, e.ID, Addition{Content: Decision{Ruling: RuledCompleted, URL: call.URL}, Raw: call.Body},
		Addition{Content: Notice{State: NoticeQueued, NextAt: newClock().now()}})
	mustUpdate(t, j, mustBegin(t, j, testDeposit(t, "v", 200)).ID, Addition{Content: Answer{Verdict: "done"}},
		Addition{Content: Statement{Row: "row", Amount: 200, Currency: "UZS"}}) // 2
	for _, m := range []Movement{{Kind: MovementOpening, Amount: 7, Note: "n"}, {Kind: MovementTopup, Amount: 8}} {
		m.Profile, m.Currency = "main", "UZS"
		if _, err := j.Move(ctx, m, 0); err != nil {
			t.Fatal(err)
		}
	}
	mustBegin(t, j, testDeposit(t, "w", 300)) // 3
	event := testEvent(t, `{"payout_id":"p9","request_id":"q9","status":"accepted"}`)
	event.Reason = "invalid_signature"
	if err := j.Reject(ctx, event); err != nil { // 2
		t.Fatal(err)
	}
	if r, err := j.Verify(ctx); err != nil || !r.OK() {
		t.Fatal(r.Damaged, err)
	}
	return j
}

// columns lists a table's columns, so that one that is added later is tried too.
func columns(t *testing.T, j *Journal, table string) []string {
	t.Helper()
	var names []string
	err := j.store.view(context.Background(), func(q querier) error {
		rows, err := q.QueryContext(context.Background(), `SELECT name FROM pragma_table_info(?)`, table)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}

// loosen makes a table that takes values of any type, as a page does whose bits
// have flipped.
func loosen(t *testing.T, j *Journal, table string) {
	t.Helper()
	withSQL(t, j, func(db *sql.DB) error {
		_, err := db.Exec(fmt.Sprintf("CREATE TABLE loose AS SELECT * FROM %[1]s; DROP TABLE %[1]s; ALTER TABLE loose RENAME TO %[1]s", table))
		return err
	})
}

// TestVerifySeesEveryColumn changes one value at a time: to another one of its
// type, and to values of other types.
func TestVerifySeesEveryColumn(t *testing.T) {
	for _, row := range []struct{ table, where string }{
		{"facts", "operation = 1 AND position = 2"}, {"operations", "id = 1"}, {"origins", "profile = 'main'"},
		{"events", "id = 1"}, {"events", "id = 2"}, // one that was believed, one that was rejected
		{"movements", "id = 1"}, {"statement_rows", "operation = 2"},
	} {
		j := filled(t)
		loosen(t, j, row.table)
		for _, column := range columns(t, j, row.table) {
			t.Run(row.table+"."+column, func(t *testing.T) { changeEveryWay(t, j, row.table, column, row.where) })
		}
	}
}

func changeEveryWay(t *testing.T, j *Journal, table, column, where string) {
	withSQL(t, j, func(db *sql.DB) error {
		var rowid int64
		var old any
		if err := db.QueryRow(fmt.Sprintf("SELECT rowid, %s FROM %s WHERE %s", column, table, where)).Scan(&rowid, &old); err != nil {
			return err
		}
		set := func(value any) error {
			_, err := db.Exec(fmt.Sprintf("UPDATE %s SET %s = ? WHERE rowid = ?", table, column), value, rowid)
			return err
		}
		changes := []any{[]byte{0xff, 0, 0xff}, "word", nil}
		switch v := old.(type) {
		case int64:
			changes = append(changes, v^1<<40, -v-1)
		case string:
			changes = append(changes, v+"x", "")
		case []byte:
			changes = append(changes, append(v[:len(v):len(v)], 0), v[:len(v)-1], []byte{})
		}
		for _, value := range changes {
			if cmp.Equal(value, old) {
				continue
			}
			if err := set(value); err != nil {
				return err
			}
			if r, err := j.Verify(context.Background()); err != nil || r.OK() {
				t.Errorf("%v for %v: damaged %v, error %v; wanted it noticed", value, old, r.Damaged, err)
			}
		}
		if err := set(old); err != nil {
			return err
		}
		if r, err := j.Verify(context.Background()); err != nil || !r.OK() {
			t.Errorf("put back, yet damaged %v, error %v", r.Damaged, err)
		}
		return nil
	})
}

func withSQL(t *testing.T, j *Journal, run func(*sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite", j.store.(*sqliteStore).path+"?_pragma=busy_timeout(15000)&_pragma=synchronous(0)")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(run(db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestDamageStopsWhoTouchesIt: no damaged operation is shown, counted on,
// written to, or passed over.
func TestDamageStopsWhoTouchesIt(t *testing.T) {
	ctx := context.Background()
	for name, damage := range map[string]string{
		"a flipped answer":      `UPDATE facts SET content = CAST(replace(content, 'done', 'tone') AS BLOB) WHERE operation = 1 AND position = 2`,
		"a state made up":       `UPDATE operations SET state = 'unknown' WHERE id = 1`,
		"a deleted last fact":   `DELETE FROM facts WHERE operation = 1 AND position = 5`,
		"a deleted middle fact": `DELETE FROM facts WHERE operation = 1 AND position = 2`,
		"a deleted intent":      `DELETE FROM facts WHERE operation = 1 AND position = 1`,
		"all facts deleted":     `DELETE FROM facts WHERE operation = 1`,
		"a swapped fact": `UPDATE facts SET position = -1 WHERE operation = 1 AND position = 2;
			UPDATE facts SET position = 2 WHERE operation = 1 AND position = 3; UPDATE facts SET position = 3 WHERE operation = 1 AND position = -1`,
		"a fact of another's": `UPDATE facts SET operation = 1, position = 6 WHERE operation = 2 AND position = 2`,
		"a value too short":   `UPDATE facts SET checksum = x'' WHERE operation = 1 AND position = 3`,
		"no number":           `UPDATE operations SET amount = 'much' WHERE id = 1`,
		"no time":             `UPDATE facts SET at = 'noon' WHERE operation = 1 AND position = 3`,
	} {
		t.Run(name, func(t *testing.T) {
			j := filled(t)
			if strings.HasPrefix(name, "no ") {
				loosen(t, j, strings.Fields(damage)[1])
			}
			rawSQL(t, j, damage)
			p := testPayout(t, "u", 100, "r")
			p.Ref = "ref"
			_, getErr := j.Get(ctx, 1)
			_, findErr := j.Find(ctx, "main", "r")
			_, _, beginErr := j.Begin(ctx, p, Guard{})
			_, _, peekErr := j.Peek(ctx, p, Guard{})
			_, updateErr := j.Update(ctx, 1, func(Entry) ([]Addition, error) { return []Addition{{Content: Answer{Verdict: "done"}}}, nil })
			_, observeErr := j.Observe(ctx, testEvent(t, `{"payout_id":"p1","status":"completed"}`))
			var listErr error
			for _, err := range j.List(ctx, Filter{Limit: 3}) {
				listErr = errors.Join(listErr, err)
			}
			for what, err := range map[string]error{
				"get": getErr, "find": findErr, "begin": beginErr, "peek": peekErr, "update": updateErr, "observe": observeErr, "list": listErr,
			} {
				var damaged *DamageError
				if !errors.As(err, &damaged) {
					t.Errorf("%s: error %v, wanted damage", what, err)
				}
			}
			if r, err := j.Verify(ctx); err != nil || r.OK() {
				t.Errorf("damaged %v, error %v", r.Damaged, err)
			}
		})
	}
}

func TestVerifyMissesNoOperation(t *testing.T) {
	for name, c := range map[string]struct {
		damage string
		want   string
	}{
		"an operation without its row":  {`DELETE FROM operations WHERE id = 2`, "operations"},
		"an operation deleted whole":    {`DELETE FROM facts WHERE operation = 2; DELETE FROM operations WHERE id = 2`, "operations"},
		"the first one deleted whole":   {`DELETE FROM facts WHERE operation = 1; DELETE FROM operations WHERE id = 1`, "operations"},
		"the last one without its row":  {`DELETE FROM operations WHERE id = 3`, "operations"},
		"an operation of another page":  {`DELETE FROM facts WHERE operation = 3`, "facts"},
		"a profile that is not JSON":    {`UPDATE origins SET origins = '{'`, "origins"},
		"an event that is another body": {`UPDATE events SET body = CAST('{}' AS BLOB) WHERE id = 1`, "events"},
	} {
		t.Run(name, func(t *testing.T) {
			j := filled(t)
			rawSQL(t, j, c.damage)
			r, err := j.Verify(context.Background())
			if err != nil || r.OK() || r.Damaged[0].Table != c.want {
				t.Fatalf("damaged %v, error %v; wanted %s", r.Damaged, err, c.want)
			}
		})
	}
}

// A row whose checksum is right and whose content is not is still noticed: it
// was written so, by a fault of ours or by a forger.
func TestRightChecksumOfWrongContent(t *testing.T) {
	good := mustFold(t, facts(testDeposit(t, "u", 100)))
	for name, spoil := range map[string]func(*row){
		"kind":    func(r *row) { r.kind = "rumour" },
		"content": func(r *row) { r.content = []byte("{") },
		"type":    func(r *row) { r.content = []byte(`{"line":"one"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := good.Facts[0].row()
			if err != nil {
				t.Fatal(err)
			}
			spoil(&r)
			r.checksum = r.sum()
			var damage *DamageError
			if _, err := r.fact(); !errors.As(err, &damage) {
				t.Fatalf("error %v", err)
			}
		})
	}
}
