package journal

import (
	"context"
	"testing"
)

// A hasty store lets something happen between what a view sees and what it asks
// about the owner.
type hastyStore struct {
	store
	meanwhile func()
}

func (s hastyStore) locks() locker { return hastyLocker{s.store.locks(), s.meanwhile} }

type hastyLocker struct {
	locker
	meanwhile func()
}

func (l hastyLocker) held(ctx context.Context, name string) (bool, error) {
	l.meanwhile()
	return l.locker.held(ctx, name)
}

// TestSettledWhileLookedAt: the owner records its answer and ends while another
// desk looks. That desk must not call the operation unknown.
func TestSettledWhileLookedAt(t *testing.T) {
	for name, look := range map[string]func(j *Journal, p Proposal) (Entry, error){
		"get": func(j *Journal, _ Proposal) (Entry, error) { return j.Get(t.Context(), 1) },
		"peek": func(j *Journal, p Proposal) (Entry, error) {
			e, _, err := j.Peek(t.Context(), p, Guard{})
			return e, err
		},
		"list": func(j *Journal, _ Proposal) (e Entry, err error) {
			for e, err = range j.List(t.Context(), Filter{States: []State{StateDone, StateUnknown}, Limit: 1}) {
				break
			}
			return e, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			reader := newTest(t)
			owner, err := Open(t.Context(), reader.store.(*sqliteStore).path, testOptions())
			if err != nil {
				t.Fatal(err)
			}
			p := testDeposit(t, "u", 100)
			p.Ref = "order-7"
			e := mustBegin(t, owner, p)
			ended := false
			reader.store = hastyStore{reader.store, func() {
				if ended {
					return
				}
				ended = true
				mustUpdate(t, owner, e.ID, Addition{Content: Answer{Verdict: "done"}})
				if err := owner.Close(); err != nil {
					t.Error(err)
				}
			}}
			if got, err := look(reader, p); err != nil || got.State != StateDone || !ended {
				t.Errorf("%s, error %v", got.State, err)
			}
		})
	}
}
