package journaltest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

func accountChecks() []check {
	return []check{
		{"a movement is kept whole", movementIsKept},
		{"movements keep their order and their profile", movementsKeepOrder},
		{"an equal movement a moment ago holds another back", repeatedMovement},
		{"what is no movement is not recorded", noMovement},
		{"desks that move at once", movementsRace},
		{"a line of a statement settles", lineSettles},
		{"a line proves one operation", lineProvesOne},
		{"a line that desks race for", linesRace},
		{"a line that was refused leaves no claim", refusedLine},
	}
}

func (w *world) move(j *journal.Journal, kind journal.MovementKind, amount money.Amount, note string) journal.Movement {
	w.Helper()
	w.clock.advance(time.Millisecond)
	m, err := j.Move(w.Context(), journal.Movement{Profile: "main", Kind: kind, Amount: amount, Currency: "UZS", Note: note}, 0)
	if err != nil {
		w.Fatalf("move: %v", err)
	}
	return m
}

func (w *world) movements(j *journal.Journal) []journal.Movement {
	w.Helper()
	all, err := j.Movements(w.Context(), "main")
	if err != nil {
		w.Fatalf("movements: %v", err)
	}
	return all
}

func movementIsKept(w *world) {
	at := start().Add(-time.Hour)
	given := journal.Movement{Profile: "main", Kind: journal.MovementTopup, Amount: 12345600, Currency: "UZS", Note: "менеджер\x00\xff", At: at}
	recorded, err := w.desk.Move(w.Context(), given, time.Minute)
	if err != nil {
		w.Fatal(err)
	}
	all := w.movements(w.open("till-2"))
	if len(all) != 1 || !all[0].At.Equal(at) || !all[0].RecordedAt.Equal(w.clock.now()) {
		w.Fatalf("kept %+v", all)
	}
	got := all[0]
	got.At, got.RecordedAt = recorded.At, recorded.RecordedAt
	if got != recorded || got.ID != 1 || got.Desk != "till-1" || got.OSUser != "cashier" || got.Note != given.Note || got.Amount != given.Amount {
		w.Fatalf("kept %+v of %+v", got, recorded)
	}
	before, err := w.desk.Verify(w.Context())
	if err != nil || before.Rows != 1 {
		w.Fatalf("%d rows, error %v", before.Rows, err)
	}
}

func movementsKeepOrder(w *world) {
	w.move(w.desk, journal.MovementOpening, 0, "")
	w.move(w.open("till-2"), journal.MovementWithdrawal, 5, "b")
	if _, err := w.desk.Move(w.Context(), journal.Movement{Profile: "other", Kind: journal.MovementTopup, Amount: 7, Currency: "USD"}, 0); err != nil {
		w.Fatal(err)
	}
	w.move(w.desk, journal.MovementTopup, 6, "c")
	said := ""
	for _, m := range w.movements(w.desk) {
		said += fmt.Sprint(m.ID, " ", m.Kind, " ", m.Amount, "; ")
	}
	if said != "1 opening 0.00; 2 withdrawal 0.05; 4 topup 0.06; " {
		w.Fatal(said)
	}
}

func repeatedMovement(w *world) {
	m := journal.Movement{Profile: "main", Kind: journal.MovementTopup, Amount: 100, Currency: "UZS", Note: "bank"}
	try := func(m journal.Movement, window time.Duration, by int64) {
		w.Helper()
		_, err := w.open("till-2").Move(w.Context(), m, window)
		var repeated *journal.RepeatedMovementError
		if errors.As(err, &repeated) != (by != 0) || by != 0 && repeated.First.ID != by || by == 0 && err != nil {
			w.Fatalf("%+v: error %v, wanted it held back by %d", m, err, by)
		}
	}
	try(m, time.Minute, 0)
	try(m, time.Minute, 1)
	for _, change := range []func(*journal.Movement){
		func(m *journal.Movement) { m.Amount++ }, func(m *journal.Movement) { m.Note = "cash" },
		func(m *journal.Movement) { m.Kind = journal.MovementWithdrawal }, func(m *journal.Movement) { m.Currency = "USD" },
		func(m *journal.Movement) { m.Profile = "other" },
	} {
		other := m
		change(&other)
		try(other, time.Minute, 0)
	}
	try(m, 0, 0) // it was said that it is meant
	w.clock.advance(-time.Hour)
	try(m, time.Minute, 1) // a clock that was set back hides nothing
	w.clock.advance(2 * time.Hour)
	try(m, time.Minute, 0)
}

func noMovement(w *world) {
	for _, m := range []journal.Movement{
		{}, {Profile: "main", Kind: "gift", Amount: 1, Currency: "UZS"}, {Profile: "main", Kind: journal.MovementTopup, Currency: "UZS"},
		{Profile: "main", Kind: journal.MovementWithdrawal, Amount: -1, Currency: "UZS"}, {Profile: "main", Kind: journal.MovementTopup, Amount: 1},
		{Kind: journal.MovementTopup, Amount: 1, Currency: "UZS"}, {Profile: "main", Kind: journal.MovementOpening, Amount: -1, Currency: "UZS"},
	} {
		if _, err := w.desk.Move(w.Context(), m, 0); !errors.Is(err, journal.ErrMovement) {
			w.Errorf("%+v: error %v", m, err)
		}
	}
	if all := w.movements(w.desk); len(all) != 0 {
		w.Errorf("recorded %+v", all)
	}
}

func movementsRace(w *world) {
	desks := []*journal.Journal{w.desk, w.open("till-2"), w.open("till-3")}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			_, err := desks[i%3].Move(w.Context(), journal.Movement{
				Profile: "main", Kind: journal.MovementTopup, Amount: money.Amount(i + 1), Currency: "UZS"}, time.Minute)
			if err != nil {
				w.Error(err)
			}
		})
	}
	group.Wait()
	total := money.Amount(0)
	for i, m := range w.movements(w.desk) {
		if total += m.Amount; m.ID != int64(i+1) {
			w.Errorf("movement %d stands at %d", m.ID, i+1)
		}
	}
	if total != 78 {
		w.Errorf("total %s", total)
	}
}

// line is a line of a statement that says what the wish asked for.
func line(row string, x wish) journal.Statement {
	return journal.Statement{Row: row, Digest: "sha", Line: 2, By: "terms", Amount: x.amount, Currency: "UZS", At: start()}
}

func lineSettles(w *world) {
	x := deposit("2564568", 600000)
	e := w.begin(w.desk, x)
	w.settle(w.desk, e.ID, answer(api.Unknown))
	s := line("row-1", x)
	s.DepositID = "raisboy_dep_1"
	raw := []byte("2564568;\xcc;6000,00")
	got, err := w.desk.Update(w.Context(), e.ID, func(journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: s, Raw: raw}}, nil
	})
	if err != nil {
		w.Fatal(err)
	}
	w.wantState(got, journal.StateDone)
	got = w.get(w.open("till-2"), e.ID)
	if got.Proof == nil || got.Proof.Row != "row-1" || got.DepositID != "raisboy_dep_1" || string(got.Facts[2].Raw) != string(raw) || got.SettledAt.IsZero() {
		w.Fatalf("kept %+v, %+v", got.Proof, got)
	}
	if proved, err := w.desk.Proved(w.Context(), []string{"row-0", "row-1"}); err != nil || len(proved) != 1 || proved["row-1"] != e.ID {
		w.Fatalf("proved %v, error %v", proved, err)
	}
}

func lineProvesOne(w *world) {
	x, y := deposit("2564568", 600000), deposit("456789", 600000)
	first, second := w.begin(w.desk, x), w.begin(w.desk, y)
	w.settle(w.desk, first.ID, answer(api.Unknown))
	w.settle(w.desk, second.ID, answer(api.Unknown))
	w.update(w.desk, first.ID, line("row-1", x))
	for _, id := range []int64{second.ID, first.ID} {
		_, err := w.open(fmt.Sprint("till-", id+1)).Update(w.Context(), id, func(journal.Entry) ([]journal.Addition, error) {
			return []journal.Addition{{Content: line("row-1", x)}}, nil
		})
		var used *journal.UsedRowError
		if !errors.As(err, &used) || used.By != first.ID {
			w.Fatalf("operation %d: error %v", id, err)
		}
	}
	w.wantState(w.get(w.desk, first.ID), journal.StateDone)
	w.wantState(w.get(w.desk, second.ID), journal.StateUnknown)
}

func linesRace(w *world) {
	const n = 8
	var ids []int64
	for i := range n {
		e := w.begin(w.desk, deposit(fmt.Sprint("user", i), 600000))
		w.settle(w.desk, e.ID, answer(api.Unknown))
		ids = append(ids, e.ID)
	}
	desks := []*journal.Journal{w.desk, w.open("till-2")}
	var proved atomic.Int64
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() {
			_, err := desks[i%2].Update(w.Context(), id, func(journal.Entry) ([]journal.Addition, error) {
				return []journal.Addition{{Content: line("row-1", deposit("", 600000))}}, nil
			})
			var used *journal.UsedRowError
			switch {
			case err == nil:
				proved.Add(1)
			case !errors.As(err, &used):
				w.Error(err)
			}
		})
	}
	group.Wait()
	done := 0
	for _, id := range ids {
		if w.get(w.desk, id).State == journal.StateDone {
			done++
		}
	}
	if proved.Load() != 1 || done != 1 {
		w.Fatalf("one line proved %d operations, %d are done", proved.Load(), done)
	}
}

func refusedLine(w *world) {
	x := deposit("2564568", 600000)
	e := w.begin(w.desk, x)
	_, err := w.desk.Update(w.Context(), e.ID, func(e journal.Entry) ([]journal.Addition, error) {
		return []journal.Addition{{Content: line("row-1", x)}, {Content: e.Facts[0].Content, Raw: e.Facts[0].Raw}}, nil
	})
	if err == nil {
		w.Fatal("a second intent was taken")
	}
	if proved, err := w.desk.Proved(w.Context(), []string{"row-1"}); err != nil || len(proved) != 0 {
		w.Fatalf("proved %v, error %v", proved, err)
	}
}
