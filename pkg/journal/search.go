package journal

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// What stands in a proposal's way is looked for as if any page of the database
// could be damaged, for SQLite notices no flipped bit. Two rules keep one
// damaged page from hiding an operation:
//
//   - It is looked for in two ways that have no index in common.
//   - Conditions in SQL only leave out what no single damaged value can pass
//     for; the rest is decided here, on rows whose checksums were held against
//     their content.

// A lookup is one way to operations. fits says what the query asked for: an
// entry that it gives and that does not fit was reached by a damaged index.
type lookup struct {
	where string // a condition on operations, one of few
	fits  func(*Entry) bool
}

// ways are lookups and what they look for.
type ways struct {
	lookups []lookup
	args    []any // of all of them, in their order
}

// maxWays is how many a proposal can have: two by each of its keys, and two by
// each of the ids of its user. maxSought is how many values they look for.
const maxWays, maxSought = 8, 26

func newWays() ways {
	return ways{lookups: make([]lookup, 0, maxWays), args: make([]any, 0, maxSought)}
}

func (w *ways) add(where string, fits func(*Entry) bool, args ...any) {
	w.lookups = append(w.lookups, lookup{where, fits})
	w.args = append(w.args, args...)
}

// query asks all of them at once, and for the number of the next operation.
func (w *ways) query() string {
	var query strings.Builder
	query.WriteString(`SELECT -1, COALESCE(MAX(id), 0) + 1 FROM operations`)
	for i, l := range w.lookups {
		query.WriteString(" UNION ALL SELECT " + strconv.Itoa(i) + ", id FROM operations WHERE " + l.where)
	}
	return query.String()
}

// shape tells queries apart.
func (w *ways) shape() (shape [maxWays]string) {
	for i, l := range w.lookups {
		shape[i] = l.where
	}
	return shape
}

// A search is what the ways of a proposal lead to. It is one statement, however
// many ways there are: each costs little, asking costs more.
type search struct {
	ways
	j       *Journal
	q       querier
	next    int64            // the number of the next operation
	ids     [maxWays][]int64 // by lookup
	entries map[int64]*Entry
}

// ask asks all lookups at once.
func (s *search) ask(ctx context.Context) error {
	note := func(way, id int64) {
		if way < 0 {
			s.next = id
		} else {
			s.ids[way] = append(s.ids[way], id)
		}
	}
	query := s.j.statement(s.shape(), s.query)
	damage := &DamageError{Table: "operations"}
	if q, ok := beneath(s.q).(pairReader); ok {
		return q.pairs(ctx, note, damage, query, s.args...)
	}
	return each(ctx, s.q, func(scan scanner) error {
		var way, id int64
		if err := scan(&way, &id); err != nil {
			return readError(err, damage)
		}
		note(way, id)
		return nil
	}, query, s.args...)
}

// A pairReader has a quicker way to two numbers than by way of *sql.Rows. What is
// no number is the damage.
type pairReader interface {
	pairs(ctx context.Context, read func(first, second int64), damage *DamageError, query string, args ...any) error
}

// found reads what the lookups from one number to before another lead to, oldest first.
func (s *search) found(ctx context.Context, from, to int) ([]Entry, error) {
	var order []int64
	for way := from; way < to; way++ {
		for _, id := range s.ids[way] {
			e, err := s.entry(ctx, id)
			if err != nil {
				return nil, err
			}
			if !s.lookups[way].fits(e) {
				return nil, &DamageError{Table: "operations", Operation: id, What: "an index leads to it that has no reason to"}
			}
			order = append(order, id)
		}
	}
	slices.Sort(order)
	order = slices.Compact(order)
	if len(order) == 0 {
		return nil, nil
	}
	found := make([]Entry, 0, len(order))
	for _, id := range order {
		found = append(found, *s.entries[id])
	}
	return found, nil
}

func (s *search) entry(ctx context.Context, id int64) (*Entry, error) {
	if e := s.entries[id]; e != nil {
		return e, nil
	}
	e, err := s.j.entry(ctx, s.q, id)
	if errors.Is(err, ErrNotFound) {
		return nil, &DamageError{Table: "operations", Operation: id, What: "an index leads to nothing"}
	}
	if err != nil {
		return nil, err
	}
	if s.entries == nil {
		s.entries = map[int64]*Entry{}
	}
	s.entries[id] = &e
	return &e, nil
}
