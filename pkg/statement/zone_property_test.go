package statement

import (
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
