package journal

import "context"

// An Addition is a fact that is to be appended: what it says, and the bytes
// that crossed the wire, if any did.
type Addition struct {
	Content Content
	Raw     []byte
}

// Update appends facts to an operation. decide sees the operation as it is
// inside the transaction and says what is to be added; nothing, or an error,
// adds nothing. The entry is returned as it is afterwards, durably.
//
// Evidence must never be lost, so a caller that records an answer passes a
// context that is not cancelled with the command.
func (j *Journal) Update(ctx context.Context, id int64, decide func(Entry) ([]Addition, error)) (Entry, error) {
	var entry Entry
	err := j.store.write(ctx, func(q querier) error {
		e, err := j.entry(ctx, q, id)
		if err != nil {
			return err
		}
		entry = e
		additions, err := decide(e)
		if err != nil || len(additions) == 0 {
			return err
		}
		// The fold starts from the facts alone: an owner's death, which only
		// the locks tell, must not leak into what is stored.
		if e, err = Fold(e.Facts); err != nil {
			return err
		}
		if err := j.add(ctx, q, &e, additions); err != nil {
			return err
		}
		if err := j.attachOrphans(ctx, q, &e); err != nil {
			return err
		}
		entry, err = j.awaken(ctx, q, e)
		return err
	})
	return entry, err
}

// Reopen appends an Attempt with this process as owner: the frozen bytes are
// about to be sent again. check decides inside the transaction whether they
// may be.
func (j *Journal) Reopen(ctx context.Context, id int64, check func(Entry) error) (Entry, error) {
	owner, err := j.ownership(ctx)
	if err != nil {
		return Entry{}, err
	}
	return j.Update(ctx, id, func(e Entry) ([]Addition, error) {
		if err := check(e); err != nil {
			return nil, err
		}
		return []Addition{{Content: Attempt{Owner: owner}}}, nil
	})
}
