package journaltest

import (
	"fmt"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

func batchChecks() []check {
	return []check{
		{"a refused row is reported, unless it was corrected", refusedRowIsReported},
		{"a refusal of the credentials is not the row's", credentialsAreNotTheRows},
		{"a reference made from the line keeps the window", lineRefKeepsTheWindow},
		{"rows of which no operation came are kept", rowsAreKept},
		{"each row counts once, as it stands now", rowsCountOnce},
		{"a long batch is read in pages", longBatch},
		{"what stands is found by reference", standingByRef},
		{"a batch's keys are told apart", batchKeys},
		{"what counts towards the shift", shiftIsCounted},
		{"a row that moved to another line", rowMoved},
	}
}

// row makes a proposal of the batch "may".
func (w *world) row(x wish, line int, report bool) journal.Proposal {
	w.Helper()
	w.clock.advance(time.Millisecond)
	p, err := x.proposal(w.clock.now())
	if err != nil {
		w.Fatal(err)
	}
	p.Batch, p.Line, p.ReportRefused = "may", line, report
	return p
}

func (w *world) beginRow(x wish, line int) journal.Entry {
	w.Helper()
	e, replayed, err := w.desk.Begin(w.Context(), w.row(x, line, true), journal.Guard{})
	if err != nil || replayed {
		w.Fatalf("replayed %t, error %v", replayed, err)
	}
	return e
}

func refused(code string, status int) journal.Answer {
	return journal.Answer{Verdict: api.Refused.String(), HTTPStatus: status, Code: code}
}

func refusedRowIsReported(w *world) {
	x := deposit("u1", 100).withRef("r-1")
	first := w.beginRow(x, 2)
	w.settle(w.desk, first.ID, refused("EXCEEDS_MAX_AMOUNT", 403))
	e, replayed, err := w.desk.Begin(w.Context(), w.row(x, 2, true), journal.Guard{})
	if err != nil || !replayed || e.ID != first.ID {
		w.Fatalf("operation %d, replayed %t, error %v", e.ID, replayed, err)
	}
	if _, replayed, err := w.desk.Peek(w.Context(), w.row(x, 2, true), journal.Guard{}); err != nil || !replayed {
		w.Errorf("peek: replayed %t, error %v", replayed, err)
	}
	corrected := w.beginRow(x.withAmount(90), 2)
	w.settle(w.desk, corrected.ID, answer(api.Done))
	// The file as it was before the correction must not be paid beside it.
	w.held(w.desk, x, journal.Guard{}, journal.HeldRef, corrected.ID)
	// Whoever does not ask for a report finds the reference free, as ever.
	y := deposit("u2", 100).withRef("r-2")
	w.settle(w.desk, w.beginRow(y, 3).ID, refused("EXCEEDS_MAX_AMOUNT", 403))
	w.begin(w.desk, y)
}

func credentialsAreNotTheRows(w *world) {
	x := deposit("u1", 100).withRef("r-1")
	w.settle(w.desk, w.beginRow(x, 2).ID, refused("INVALID_SIGNATURE", 401))
	w.beginRow(x, 2)

	// What a person says was not credited was never refused: it is sent.
	y := deposit("u2", 100).withRef("r-2")
	first := w.beginRow(y, 3)
	w.into(first.ID, journal.StateUnknown)
	w.update(w.desk, first.ID, journal.Decision{Ruling: journal.RuledNotCredited})
	w.beginRow(y, 3)
}

func lineRefKeepsTheWindow(w *world) {
	g := journal.Guard{Window: window}
	first := w.begin(w.desk, deposit("u1", 100))
	w.settle(w.desk, first.ID, answer(api.Done))
	p := w.row(deposit("u1", 100).withRef(journal.LineRef("may", 2)), 2, true)
	if _, _, err := w.desk.Begin(w.Context(), p, g); err == nil {
		w.Error("a row without a reference of its own was not held back by an equal operation")
	}
	p.Ref = "order-1"
	if _, _, err := w.desk.Begin(w.Context(), p, g); err != nil {
		w.Errorf("a row with a reference of its own: %v", err)
	}
}

func keptRow(ref string, line int, outcome string) journal.BatchRow {
	return journal.BatchRow{
		Profile: "main", Batch: "may", Ref: ref, Line: line, Kind: api.KindDeposit, UserID: "u404", Amount: 100,
		Currency: "UZS", PaymentMethod: "bank_card", Outcome: outcome, Code: "USER_NOT_FOUND", Message: "не найден",
	}
}

func (w *world) keep(r journal.BatchRow) {
	w.Helper()
	w.clock.advance(time.Millisecond)
	if err := w.desk.KeepRow(w.Context(), r); err != nil {
		w.Fatal(err)
	}
}

// rows lists a batch as "line outcome", read by another desk.
func (w *world) rows(name string) []string {
	w.Helper()
	var all []string
	for r, err := range w.open("till-9").BatchRows(w.Context(), "main", name) {
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, fmt.Sprint(r.Line, " ", r.Outcome))
	}
	return all
}

func (w *world) wantRows(want ...string) {
	w.Helper()
	if got := w.rows("may"); !slices.Equal(got, want) {
		w.Errorf("the batch has %q, wanted %q", got, want)
	}
}

func rowsAreKept(w *world) {
	w.keep(keptRow("r-1", 2, "refused"))
	w.keep(keptRow("r-1", 2, "not_sent")) // again
	other := keptRow("r-1", 2, "held")
	other.Batch = "june"
	w.keep(other)
	foreign := keptRow("r-7", 7, "held")
	foreign.Profile = "second"
	w.keep(foreign)
	w.wantRows("2 not_sent")
	for r, err := range w.desk.BatchRows(w.Context(), "main", "may") {
		want := keptRow("r-1", 2, "not_sent")
		want.At = r.At
		if err != nil || r != want || r.At.IsZero() {
			w.Errorf("%+v, %v", r, err)
		}
	}
	names, err := w.desk.Batches(w.Context(), "main")
	if err != nil || !slices.Equal(names, []string{"june", "may"}) {
		w.Errorf("%q, %v", names, err)
	}
}

func rowsCountOnce(w *world) {
	w.keep(keptRow("r-2", 2, "refused"))
	w.keep(keptRow("r-3", 3, "refused"))
	done := w.beginRow(deposit("u1", 100).withRef("r-2"), 2) // tried again, and done
	w.settle(w.desk, done.ID, answer(api.Done))
	w.settle(w.desk, w.beginRow(deposit("u2", 100).withRef("r-4"), 4).ID, refused("EXCEEDS_MAX_AMOUNT", 403))
	w.settle(w.desk, w.beginRow(deposit("u2", 90).withRef("r-4"), 2).ID, answer(api.Done)) // corrected, from another file
	w.settle(w.desk, w.beginRow(deposit("u3", 100).withRef("r-5"), 5).ID, answer(api.NotSent))
	w.keep(keptRow("r-5", 5, "held"))                // came after it
	w.beginRow(deposit("u4", 100).withRef("r-6"), 6) // open
	w.keep(keptRow("r-6", 6, "held"))                // tried again meanwhile
	w.into(w.beginRow(deposit("u5", 100).withRef("r-7"), 7).ID, journal.StateUnknown)
	w.wantRows("2 done", "2 done", "3 refused", "5 held", "6 open", "7 unknown")
}

func longBatch(w *world) {
	const rows = 507
	want := make([]string, 0, rows)
	for line := 1; line <= rows; line++ {
		ref := fmt.Sprint("r-", line)
		if line%100 == 0 {
			w.keep(keptRow(ref, line, "refused"))
			want = append(want, fmt.Sprint(line, " refused"))
			continue
		}
		w.beginRow(deposit(fmt.Sprint("u", line), 100).withRef(ref), line)
		want = append(want, fmt.Sprint(line, " open"))
	}
	w.wantRows(want...)
	for range w.desk.BatchRows(w.Context(), "main", "may") {
		break // a reader that has seen enough
	}
}

func standingByRef(w *world) {
	refs := []string{"none"}
	for i := range 205 {
		ref := fmt.Sprint("r-", i)
		e := w.beginRow(deposit(fmt.Sprint("u", i), 100).withRef(ref), i)
		if i == 0 {
			w.settle(w.desk, e.ID, answer(api.Done))
		}
		refs = append(refs, ref)
	}
	w.begin(w.desk, deposit("u", 5).withProfile("other").withRef("elsewhere"))
	standing, err := w.desk.Standing(w.Context(), "main", append(refs, "elsewhere"))
	if err != nil || len(standing) != 205 {
		w.Fatalf("%d, %v", len(standing), err)
	}
	e := standing[0]
	if t := e.Call.Terms; e.State != journal.StateDone || t.UserID != "u0" || t.Amount != 100 || e.Ref != "r-0" || e.SettledAt.IsZero() {
		w.Errorf("%+v", e)
	}
	if standing[204].State != journal.StateOpen {
		w.Errorf("%+v", standing[204])
	}
}

func shiftIsCounted(w *world) {
	w.begin(w.desk, deposit("early", 100))
	w.clock.advance(time.Second)
	since := w.clock.now()
	w.settle(w.desk, w.begin(w.desk, deposit("a", 100)).ID, answer(api.Done))
	w.settle(w.desk, w.begin(w.desk, deposit("b", 100)).ID, answer(api.Refused))
	w.begin(w.desk, deposit("c", 50))
	w.begin(w.desk, deposit("d", 70).withCurrency("USD"))
	used, err := w.desk.ShiftUsed(w.Context(), "main", "UZS", journal.Guard{ShiftSince: since})
	if err != nil || used != 150 {
		w.Errorf("used %d, %v", used, err)
	}
}

func batchKeys(w *world) {
	want := func(wantOwn, wantMade bool) {
		w.Helper()
		own, made, err := w.open("till-8").BatchKeys(w.Context(), "main", "may")
		if err != nil || own != wantOwn || made != wantMade {
			w.Errorf("own %t, made %t, %v; wanted %t, %t", own, made, err, wantOwn, wantMade)
		}
	}
	want(false, false)
	w.beginRow(deposit("u1", 100).withRef(journal.LineRef("may", 2)), 2)
	want(false, true)
	w.beginRow(deposit("u2", 100).withRef("r-3"), 3)
	want(true, true)
	// A reference is not made because it begins with the batch's name.
	for i, ref := range []string{"june/0", "june/01", "june/A1", "june/", "june/1a", "june/1/2"} {
		p := w.row(deposit(fmt.Sprint("v", i), 100).withRef(ref), i+2, true)
		p.Batch = "june"
		if _, _, err := w.desk.Begin(w.Context(), p, journal.Guard{}); err != nil {
			w.Fatal(err)
		}
	}
	if own, made, err := w.desk.BatchKeys(w.Context(), "main", "june"); err != nil || !own || made {
		w.Errorf("own %t, made %t, %v; wanted true, false", own, made, err)
	}
}
