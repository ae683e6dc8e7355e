package statement

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// A deed is an operation with what really became of it.
type deed struct {
	wish
	happened bool   // the money moved
	id       string // the project's id of it, where it happened
}

// genDeed draws operations that are easily taken for each other: few users, few
// sums, a few minutes. What the journal knows of them is true, but for a person's
// ruling and a refusal, which may be wrong.
func genDeed(id int64) *rapid.Generator[deed] {
	return rapid.Custom(func(t *rapid.T) deed {
		d := deed{wish: wish{id: id, user: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "user"),
			project: rapid.SampledFrom([]string{"", "#A"}).Draw(t, "project user"),
			amount:  rapid.SampledFrom([]money.Amount{10000, 20000}).Draw(t, "amount"), minutes: rapid.IntRange(0, 60).Draw(t, "minute")}}
		d.happened = rapid.Bool().Draw(t, "happened")
		payout := rapid.Bool().Draw(t, "payout")
		if d.id = fmt.Sprint("d", id); payout {
			d.id, d.kind, d.request = fmt.Sprint("p", id), api.KindPayout, fmt.Sprint("r", id)
		}
		answer := func(v api.Verdict, id string) journal.Content {
			if payout {
				return created(v, id, "")
			}
			return answered(v, id)
		}
		lost := []journal.Content{answer(api.Unknown, "")}
		no, yes := journal.Decision{Ruling: journal.RuledNotCredited}, journal.Decision{Ruling: journal.RuledCredited}
		if payout {
			no.Ruling, yes.Ruling = journal.RuledNotCreated, journal.RuledCreated
		}
		known := [][]journal.Content{lost, nil, append(slices.Clone(lost), no), append(slices.Clone(lost), yes), {answer(api.Refused, "")}}
		if d.happened {
			known = append(known, []journal.Content{answer(api.Done, d.id)}, []journal.Content{answer(api.Done, "")})
		} else {
			known = append(known, []journal.Content{answer(api.NotSent, "")})
		}
		d.facts = rapid.SampledFrom(known).Draw(t, "known")
		return d
	})
}

// genLine is what a statement says of a deed that happened: true, but in few
// words, and by another clock.
func genLine(d deed, line int) *rapid.Generator[Row] {
	return rapid.Custom(func(t *rapid.T) Row {
		kind := api.KindDeposit
		if d.kind == api.KindPayout {
			kind = api.KindPayout
		}
		r := Row{Line: line, Kind: kind, UserID: d.user, Amount: d.amount, Currency: "UZS", Booking: Booked, Raw: []byte{'x'}}
		switch rapid.IntRange(0, 5).Draw(t, "id") {
		case 0, 1:
			r.ID = d.id
		case 2:
			r.RequestID = d.request
		case 3:
			r.ID, r.OwnID = fmt.Sprint("7", d.wish.id), true
		}
		if d.project != "" && rapid.Bool().Draw(t, "by the project's id") {
			r.UserID = d.project
		}
		skew := rapid.IntRange(-10, 10).Draw(t, "skew")
		r.From = noon().Add(time.Duration(d.minutes+skew) * time.Minute)
		r.Until = r.From.Add(time.Minute)
		return r
	})
}

// A day is a project's truth, a journal and a statement.
type scene struct {
	deeds   []deed
	entries []journal.Entry
	file    *File
}

func genScene(complete bool) *rapid.Generator[scene] {
	return rapid.Custom(func(t *rapid.T) scene {
		s := scene{file: &File{Digest: "digest"}}
		for i := range rapid.IntRange(1, 7).Draw(t, "operations") {
			d := genDeed(int64(i+1)).Draw(t, "deed")
			s.deeds = append(s.deeds, d)
			s.entries = append(s.entries, d.entry(t))
			if d.happened && (complete || rapid.IntRange(0, 4).Draw(t, "listed") > 0) {
				s.file.Rows = append(s.file.Rows, genLine(d, len(s.file.Rows)+2).Draw(t, "line"))
			}
		}
		if !complete {
			for range rapid.IntRange(0, 2).Draw(t, "foreign lines") {
				d := genDeed(99).Draw(t, "foreign")
				r := genLine(d, len(s.file.Rows)+2).Draw(t, "line")
				r.Booking = rapid.SampledFrom([]Booking{Booked, Failed, Unproven}).Draw(t, "booking")
				s.file.Rows = append(s.file.Rows, r)
			}
			if len(s.file.Rows) > 0 && rapid.Bool().Draw(t, "a repeated line") {
				r := rapid.SampledFrom(s.file.Rows).Draw(t, "which")
				r.Line = len(s.file.Rows) + 2
				s.file.Rows = append(s.file.Rows, r)
			}
		}
		identify("main", s.file.Rows)
		return s
	})
}

// TestNothingIsSettledThatDidNotHappen: a statement that lists all that happened
// in this journal, by whatever words, never settles what did not; and what it
// contradicts did happen.
func TestNothingIsSettledThatDidNotHappen(t *testing.T) {
	settled, contradicted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(true).Draw(t, "scene")
		for _, r := range Match(s.file, s.entries, rules()) {
			switch r.Outcome {
			case Provable:
				settled++
			case Contradicts:
				contradicted++
			default:
				continue
			}
			if d := s.deeds[r.Entry.ID-1]; !d.happened {
				t.Fatalf("line %d proves operation %d by %s, which did not happen", r.Row.Line, r.Entry.ID, r.By)
			}
		}
	})
	if settled == 0 || contradicted == 0 {
		t.Fatalf("%d settled, %d contradicted: the trial shows nothing", settled, contradicted)
	}
}

// fitsNaively is a second reading of when a line could be an operation.
func fitsNaively(r *Row, e *journal.Entry) bool {
	terms := e.Call.Terms
	id := e.DepositID + e.PayoutID
	if r.Booking != Booked || r.Kind != e.Call.Kind || r.Amount != terms.Amount || r.Currency != terms.Currency {
		return false
	}
	if r.UserID != terms.UserID && r.UserID != e.ProjectUserID || r.ID != "" && !r.OwnID && id != "" && r.ID != id || r.RequestID != "" && r.RequestID != terms.RequestID {
		return false
	}
	last := e.Facts[len(e.Facts)-1].At
	return r.From.Add(-15*time.Minute).Before(last.Add(time.Millisecond)) && r.Until.Add(15*time.Minute).After(e.CreatedAt)
}

// TestALineSettlesOnlyWithoutARival: where a line proves an operation by its
// terms, no other line that is left could be it, and no other operation that is
// left could be the line.
func TestALineSettlesOnlyWithoutARival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(false).Draw(t, "scene")
		results := Match(s.file, s.entries, rules())
		byID := map[int64]bool{}
		lines := map[int]bool{}
		for _, r := range results {
			if r.By == ByID || r.By == ByRow || r.Outcome == Duplicate || r.Outcome == Ambiguous && r.By == "" {
				lines[r.Row.Line] = true
				for _, id := range append(r.Candidates, r.operation()) {
					byID[id] = true
				}
			}
		}
		for _, r := range results {
			if r.By != ByTerms || r.Outcome != Provable {
				continue
			}
			for i := range s.entries {
				e := &s.entries[i]
				if e.ID != r.Entry.ID && !byID[e.ID] && e.State != journal.StateNotSent && fitsNaively(r.Row, e) {
					t.Fatalf("line %d was taken for %d, and could be %d", r.Row.Line, r.Entry.ID, e.ID)
				}
			}
			for i := range s.file.Rows {
				if row := &s.file.Rows[i]; row.Line != r.Row.Line && !lines[row.Line] && fitsNaively(row, r.Entry) {
					t.Fatalf("line %d was taken for %d, and so could line %d", r.Row.Line, r.Entry.ID, row.Line)
				}
			}
		}
	})
}

// accounted checks that each line is in one result, and each operation spoken
// for by one line at most.
func accounted(t *rapid.T, f *File, results []Result) {
	lines, operations, keys := map[int]int{}, map[int64]int{}, map[string]int{}
	for _, r := range results {
		if r.Row != nil {
			lines[r.Row.Line]++
		}
		if r.Entry != nil {
			operations[r.Entry.ID]++
		}
		if r.Outcome == Provable || r.Outcome == Contradicts {
			keys[r.Row.Key]++
		}
	}
	for i := range f.Rows {
		if lines[f.Rows[i].Line] != 1 {
			t.Fatalf("line %d is in %d results", f.Rows[i].Line, lines[f.Rows[i].Line])
		}
	}
	for id, n := range operations {
		if n != 1 {
			t.Fatalf("operation %d is in %d results", id, n)
		}
	}
	for _, n := range keys {
		if n != 1 {
			t.Fatal("one line proves two operations")
		}
	}
}

// content is what a result says, without the place of its line.
func content(r Result) string {
	row := "-"
	if r.Row != nil {
		row = strings.ReplaceAll(r.Row.says(), "\x00", "|")
	}
	return fmt.Sprint(r.Outcome, " ", r.By, " ", r.operation(), " ", row, " ", r.Candidates, " ", r.Reasons)
}

func contents(results []Result) []string {
	var all []string
	for _, r := range results {
		all = append(all, content(r))
	}
	slices.Sort(all)
	return all
}

func TestOrderMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(false).Draw(t, "scene")
		results := Match(s.file, s.entries, rules())
		accounted(t, s.file, results)
		shuffled := &File{Digest: s.file.Digest, Rows: rapid.Permutation(s.file.Rows).Draw(t, "lines")}
		for i := range shuffled.Rows {
			shuffled.Rows[i].Line = i + 2
		}
		identify("main", shuffled.Rows)
		again := Match(shuffled, rapid.Permutation(s.entries).Draw(t, "operations"), rules())
		if a, b := contents(results), contents(again); !slices.Equal(a, b) {
			t.Fatalf("in one order\n%s\nin another\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	})
}

// TestTheSameStatementAgain: once everything that it proves is recorded, it
// proves nothing more, whatever else began meanwhile.
func TestTheSameStatementAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(false).Draw(t, "scene")
		proved := map[string]int64{}
		for _, r := range Match(s.file, s.entries, rules()) {
			if r.Outcome != Provable && r.Outcome != Contradicts {
				continue
			}
			facts := slices.Clone(r.Entry.Facts)
			proof := r.Proof(s.file.Digest)
			facts = append(facts, journal.Fact{Operation: r.Entry.ID, Position: len(facts) + 1, At: noon().Add(time.Hour), Content: proof})
			e, err := journal.Fold(facts)
			if err != nil {
				t.Fatal(err)
			}
			want := map[Outcome]journal.State{Provable: journal.StateDone, Contradicts: journal.StateConflict}[r.Outcome]
			if e.State != want {
				t.Fatalf("%s became %s", r.Outcome, e.State)
			}
			proved[proof.Row] = e.ID
			s.entries[e.ID-1] = e
		}
		if rapid.Bool().Draw(t, "another begins") {
			s.entries = append(s.entries, genDeed(int64(len(s.entries)+1)).Draw(t, "deed").entry(t))
		}
		rules := rules()
		rules.Proved = maps.Clone(proved)
		for _, r := range Match(s.file, s.entries, rules) {
			if r.Row == nil {
				continue
			}
			if id, ok := proved[r.Row.Key]; ok && r.Outcome != Duplicate && (r.Entry == nil || r.Entry.ID != id || r.By != ByRow) {
				t.Fatalf("the line that proved %d is now %s", id, content(r))
			}
			if r.Entry != nil && r.Entry.Proof != nil && (r.Outcome == Provable || r.Outcome == Contradicts) {
				t.Fatalf("proved once more: %s", content(r))
			}
		}
	})
}

// GoString keeps a failed trial readable.
func (s scene) GoString() string {
	var b strings.Builder
	for i, d := range s.deeds {
		fmt.Fprintf(&b, "\n%d %s %s %s %s minute %d, happened %t, %s", d.wish.id, d.entryKind(), d.user, d.project, d.amount, d.minutes, d.happened, s.entries[i].State)
	}
	for i := range s.file.Rows {
		r := &s.file.Rows[i]
		fmt.Fprintf(&b, "\nline %d: %s id %q own %t request %q %s %s %s %d", r.Line, r.Kind, r.ID, r.OwnID, r.RequestID, r.UserID, r.Amount, r.From.Format("15:04"), r.Booking)
	}
	return b.String()
}

func (d deed) entryKind() api.Kind {
	if d.kind == api.KindPayout {
		return d.kind
	}
	return api.KindDeposit
}
