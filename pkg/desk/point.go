package desk

// A Point is a place that an order passes on its way, at which a crash leaves
// something else behind than at the others.
type Point string

// The points, in the order in which they are passed. A resend passes those from
// PointAfterIntent on.
const (
	PointBeforeIntent Point = "before-intent" // everything is checked, nothing written
	PointAfterIntent  Point = "after-intent"  // the intent is on disk, nothing sent
	PointAfterAnswer  Point = "after-answer"  // it is known what came of it, nothing recorded
	PointSettling     Point = "settling"      // inside the transaction that records the answer
	PointAfterSettled Point = "after-settled" // the answer is on disk, nobody was told
)

func (d *Desk) pass(p Point) {
	if d.Passing != nil {
		d.Passing(p)
	}
}
