package statement

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/journal"
)

// TestAWronglyReadZoneSettlesNothingThatDidNotHappen: the statement lists all
// that happened, and its times are taken for another zone's. What lies a few
// hours apart and is alike is easily taken for each other then.
func TestAWronglyReadZoneSettlesNothingThatDidNotHappen(t *testing.T) {
	settled := 0
	rapid.Check(t, func(t *rapid.T) {
		zone := time.Duration(rapid.SampledFrom([]int{-5, -3, 0, 1, 3, 5, 8}).Draw(t, "zone")) * time.Hour
		file := &File{Digest: "digest"}
		var deeds []deed
		var entries []journal.Entry
		for i := range rapid.IntRange(1, 4).Draw(t, "operations") {
			d := genDeed(int64(i+1)).Draw(t, "deed")
			d.minutes = rapid.IntRange(-10*60, 10*60).Draw(t, "minute")
			e := d.entry(t)
			if d.happened && denied(&e) {
				d.happened = false // a final answer that was wrong as well is one mistake too many
			}
			deeds, entries = append(deeds, d), append(entries, e)
			if d.happened {
				r := genLine(d, len(file.Rows)+2).Draw(t, "line")
				r.From, r.Until = r.From.Add(zone), r.Until.Add(zone)
				file.Rows = append(file.Rows, r)
			}
		}
		identify("main", file.Rows)
		since, until := file.days(time.UTC)
		for _, r := range Match(file, entries, Rules{Window: 15 * time.Minute, Since: since, Until: until}) {
			if r.Outcome != Provable {
				continue
			}
			settled++
			if !deeds[r.Entry.ID-1].happened {
				t.Fatalf("%s later, line %d proves operation %d by %s, which did not happen", zone, r.Row.Line, r.Entry.ID, r.By)
			}
		}
	})
	if settled == 0 {
		t.Error("nothing was ever settled: the trial shows nothing")
	}
}

// TestAHalfImportIsCompleted: whatever part of the proofs was recorded before the
// program died, the same statement again proves the rest, and nothing else.
func TestAHalfImportIsCompleted(t *testing.T) {
	halves := 0
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(false).Draw(t, "scene")
		rules := rules()
		rules.Proved = map[string]int64{}
		wanted := map[string]int64{} // the line's key → operation
		for _, r := range Match(s.file, s.entries, rules) {
			if r.Outcome != Provable && r.Outcome != Contradicts {
				continue
			}
			if wanted[r.Row.Key] = r.Entry.ID; rapid.Bool().Draw(t, "it died") {
				continue
			}
			proof := r.Proof(s.file.Digest)
			facts := append(slices.Clone(r.Entry.Facts), journal.Fact{Operation: r.Entry.ID, Position: len(r.Entry.Facts) + 1, At: noon().Add(time.Hour), Content: proof})
			e, err := journal.Fold(facts)
			if err != nil {
				t.Fatal(err)
			}
			rules.Proved[proof.Row], s.entries[e.ID-1] = e.ID, e
		}
		done, again := len(rules.Proved), 0
		for _, r := range Match(s.file, s.entries, rules) {
			if r.Outcome != Provable && r.Outcome != Contradicts {
				continue
			}
			again++
			if id, ok := wanted[r.Row.Key]; !ok || id != r.Entry.ID || rules.Proved[r.Row.Key] != 0 {
				t.Fatalf("the second time line %d proves %d", r.Row.Line, r.Entry.ID)
			}
		}
		if done+again != len(wanted) {
			t.Fatalf("of %d proofs %d were recorded, and the second time %d were found", len(wanted), done, again)
		}
		if done > 0 && again > 0 {
			halves++
		}
	})
	if halves == 0 {
		t.Error("nothing was ever recorded by half: the trial shows nothing")
	}
}
