package batch

import "sync"

// maxWaiting bounds how many rows wait behind equal ones.
const maxWaiting = 1024

// lanes keep equal rows one behind the other, and know which rows are at work.
type lanes struct {
	mutex   sync.Mutex
	changed *sync.Cond
	queues  map[laneKey][]Planned // a lane that is there is busy
	waiting int                   // rows in all queues
	halted  bool
	tickets map[int]bool // of rows at work; true: it waits for others
	next    int
}

// laneKey is what two rows have in common that the journal takes for one. The
// currency is as the row has it: a default is the same for all of them.
type laneKey struct {
	user, currency string
	amount         int64
}

func newLanes() *lanes {
	l := &lanes{queues: map[laneKey][]Planned{}, tickets: map[int]bool{}}
	l.changed = sync.NewCond(&l.mutex)
	return l
}

func keyOf(p Planned) laneKey {
	return laneKey{p.Row.UserID, p.Row.Currency, int64(p.Row.Amount)}
}

// enter reports that a row's lane is free, and its own from now on. Otherwise
// the row was left in the queue.
func (l *lanes) enter(p Planned) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for l.waiting >= maxWaiting && !l.halted {
		l.changed.Wait()
	}
	key := keyOf(p)
	queue, busy := l.queues[key]
	if !busy {
		l.queues[key] = nil
		return true
	}
	l.queues[key] = append(queue, p)
	l.waiting++
	return false
}

// leave gives the next row of the lane, which stays busy; false: there is none.
func (l *lanes) leave(p Planned) (Planned, bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	key := keyOf(p)
	queue := l.queues[key]
	if len(queue) == 0 {
		delete(l.queues, key)
		return Planned{}, false
	}
	l.queues[key] = queue[1:]
	l.waiting--
	l.changed.Broadcast()
	return queue[0], true
}

// begin gives a ticket to a row that goes to work; end takes it back.
func (l *lanes) begin() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.next++
	l.tickets[l.next] = false
	return l.next
}

func (l *lanes) end(ticket int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	delete(l.tickets, ticket)
	l.changed.Broadcast()
}

// awaitOthers waits until every row that is at work now has ended or waits
// itself.
func (l *lanes) awaitOthers(ticket int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.tickets[ticket] = true
	l.changed.Broadcast()
	var others []int
	for other, waits := range l.tickets {
		if other != ticket && !waits {
			others = append(others, other)
		}
	}
	for _, other := range others {
		for !l.halted {
			if waits, working := l.tickets[other]; !working || waits {
				break
			}
			l.changed.Wait()
		}
	}
	l.tickets[ticket] = false
}

func (l *lanes) halt() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.halted = true
	l.changed.Broadcast()
}
