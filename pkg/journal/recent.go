package journal

// maxRecent bounds how many operations are remembered: more than can be in
// flight at a time.
const maxRecent = 1024

// recent holds the open operations as one connection wrote them, so that an
// answer is appended without reading and checking anew what was written a moment
// ago. It is only for what the connection itself wrote, and only for as long as
// no other connection wrote anything: whatever decides whether money may move
// reads the database.
type recent struct {
	version int64 // SQLite's data_version: it changes with another connection's commit
	entries map[int64]Entry
}

// A rememberer is a querier that holds operations as it wrote them itself.
type rememberer interface {
	recall(id int64) (Entry, bool)
	remember(e Entry)
}

// asOf forgets everything if another connection has written since.
func (r *recent) asOf(version int64) {
	if r.version != version {
		r.forget()
		r.version = version
	}
}

func (r *recent) forget() { clear(r.entries) }

// recall gives an operation as it is in the database.
func (r *recent) recall(id int64) (Entry, bool) {
	e, ok := r.entries[id]
	return e, ok
}

// remember takes note of what was written of an operation. Settled ones are
// rarely written to again.
func (r *recent) remember(e Entry) {
	if e.State != StateOpen {
		delete(r.entries, e.ID)
		return
	}
	if r.entries == nil || len(r.entries) >= maxRecent {
		r.entries = map[int64]Entry{}
	}
	r.entries[e.ID] = e.fork()
}
