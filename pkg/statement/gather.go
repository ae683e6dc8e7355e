package statement

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A Book is what a statement is compared with. *journal.Journal is one.
type Book interface {
	List(ctx context.Context, f journal.Filter) iter.Seq2[journal.Entry, error]
	Find(ctx context.Context, profile, key string) ([]journal.Entry, error)
	Get(ctx context.Context, id int64) (journal.Entry, error)
	Proved(ctx context.Context, rows []string) (map[string]int64, error)
}

// margin is how much further than the statement's days the journal is looked
// through, so that ids are found although the zone of the times is wrong.
const margin = day

// days gives from when to when the statement reaches: the whole days, in the
// zone, of its first and its last line. Both are zero if no line has a time.
func (f *File) days(zone *time.Location) (since, until time.Time) {
	for i := range f.Rows {
		r := &f.Rows[i]
		if r.From.IsZero() {
			continue
		}
		if since.IsZero() || r.From.Before(since) {
			since = r.From
		}
		if r.Until.After(until) {
			until = r.Until
		}
	}
	if since.IsZero() {
		return since, until
	}
	since, until = since.In(zone), until.Add(-time.Millisecond).In(zone)
	return time.Date(since.Year(), since.Month(), since.Day(), 0, 0, 0, 0, zone),
		time.Date(until.Year(), until.Month(), until.Day()+1, 0, 0, 0, 0, zone)
}

// Gather fetches the operations of a profile that the statement may be about,
// and completes the rules with what its lines prove already and with operations
// of other profiles that the lines could be about. Rules without a time are given
// that of the statement: whole days in the zone.
func Gather(ctx context.Context, book Book, profile string, f *File, rules Rules, zone *time.Location) ([]journal.Entry, Rules, error) {
	since, until := f.days(zone)
	var filter journal.Filter // of all profiles: see Rules.Others
	if !f.timeless() {        // else a line could be of any time
		// Everything that was under way meanwhile, however long ago it began: what
		// is left out here could be what makes a line ambiguous.
		filter.ChangedSince, filter.Until = since.Add(-rules.Window-margin), until.Add(rules.Window+margin)
	}
	if rules.Since.IsZero() {
		rules.Since = since
	}
	if rules.Until.IsZero() {
		rules.Until = until
	}
	if !filter.ChangedSince.IsZero() && rules.Since.Before(filter.ChangedSince) {
		filter.ChangedSince = rules.Since
	}
	if !filter.Until.IsZero() && rules.Until.After(filter.Until) {
		filter.Until = rules.Until
	}
	g := gathering{book: book, profile: profile, known: map[int64]bool{}, named: map[string]bool{}}
	for e, err := range book.List(ctx, filter) {
		if err != nil {
			return nil, rules, err
		}
		if g.add(e); e.Profile != profile && !e.Sandbox {
			rules.Others = append(rules.Others, e)
		}
	}
	if strange := g.strange(f, rules); len(strange) > 0 && (!filter.ChangedSince.IsZero() || !filter.Until.IsZero()) {
		for e, err := range book.List(ctx, journal.Filter{Kind: api.KindDeposit}) {
			if err != nil {
				return nil, rules, err
			}
			if !strange[e.DepositID] {
				continue
			}
			if g.add(e); e.Profile != profile && !e.Sandbox {
				rules.Others = append(rules.Others, e)
			}
		}
	}
	keys := make([]string, len(f.Rows))
	for i := range f.Rows {
		keys[i] = f.Rows[i].Key
	}
	var err error
	if rules.Proved, err = book.Proved(ctx, keys); err != nil {
		return nil, rules, err
	}
	err = g.lookUp(ctx, f, rules.Proved)
	return g.entries, rules, err
}

func (f *File) timeless() bool {
	for i := range f.Rows {
		if f.Rows[i].From.IsZero() {
			return true
		}
	}
	return len(f.Rows) == 0
}

// A gathering is the operations that were found so far.
type gathering struct {
	book    Book
	profile string
	entries []journal.Entry
	known   map[int64]bool
	named   map[string]bool // ids of operations that are known
}

func (g *gathering) add(e journal.Entry) {
	if e.Profile != g.profile || g.known[e.ID] {
		return
	}
	g.known[e.ID] = true
	g.entries = append(g.entries, e)
	g.named[e.PayoutID], g.named[e.Call.Terms.RequestID], g.named[e.DepositID] = true, true, true
}

// strange gives the ids of deposits that no operation of the statement's days
// has, in lines that would be evidence for one. No index leads to a deposit's id,
// so that the whole journal is looked through for them.
func (g *gathering) strange(f *File, rules Rules) map[string]bool {
	strange := map[string]bool{}
	open := map[terms][]*journal.Entry{}
	for i := range g.entries {
		if e := &g.entries[i]; e.State != journal.StateDone && e.Call.Kind == api.KindDeposit {
			key := terms{amount: e.Call.Terms.Amount, currency: e.Call.Terms.Currency}
			open[key] = append(open[key], e)
		}
	}
	for i := range f.Rows {
		r := &f.Rows[i]
		if r.ID == "" || r.OwnID || r.Kind != api.KindDeposit || g.named[r.ID] {
			continue
		}
		if slices.ContainsFunc(open[terms{amount: r.Amount, currency: r.Currency}], func(e *journal.Entry) bool { return sameTerms(r, e, rules.Window) }) {
			strange[r.ID] = true
		}
	}
	return strange
}

// lookUp adds operations of any time that a line names.
func (g *gathering) lookUp(ctx context.Context, f *File, proved map[string]int64) error {
	for i := range f.Rows {
		r := &f.Rows[i]
		if id, ok := proved[r.Key]; ok && !g.known[id] {
			e, err := g.book.Get(ctx, id)
			if err != nil {
				return err
			}
			g.add(e)
		}
		for _, id := range distinct(r.ID, r.RequestID) {
			if g.named[id] {
				continue
			}
			g.named[id] = true
			found, err := g.book.Find(ctx, g.profile, id)
			if err != nil {
				return err
			}
			for _, e := range found {
				g.add(e)
			}
		}
	}
	return nil
}
