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
		stored, err := j.known(ctx, q, id)
		if err != nil {
			return err
		}
		if entry, err = j.awaken(ctx, q, stored); err != nil {
			return err
		}
		additions, err := decide(entry)
		if err != nil || len(additions) == 0 {
			return err
		}
		entry, err = j.append(ctx, q, stored, additions)
		return err
	})
	return entry, err
}

// known gives an operation as the facts alone tell it, from memory if the
// transaction's connection wrote it itself and nobody has written since.
func (j *Journal) known(ctx context.Context, q querier, id int64) (Entry, error) {
	if r, ok := q.(rememberer); ok {
		if e, ok := r.recall(id); ok {
			return e, nil
		}
	}
	return j.folded(ctx, q, id)
}

// append adds facts to an entry as the facts alone tell it: an owner's death,
// which only the locks tell, must not leak into what is stored. The entry that
// was given stays as it is.
func (j *Journal) append(ctx context.Context, q querier, stored Entry, additions []Addition) (Entry, error) {
	e := stored.fork()
	if err := j.add(ctx, q, &e, additions); err != nil {
		return Entry{}, err
	}
	// Webhooks wait for a request_id, which stands in the intent, or for a
	// payout_id, which may have become known only now.
	if e.PayoutID != stored.PayoutID {
		if err := j.attachOrphans(ctx, q, &e); err != nil {
			return Entry{}, err
		}
	}
	return j.awaken(ctx, q, e)
}

// Reopen appends an Attempt with this process as owner: the frozen bytes are
// about to be sent again, because somebody ordered it who may have left a note.
// check decides inside the transaction whether they may be.
func (j *Journal) Reopen(ctx context.Context, id int64, note string, check func(Entry) error) (Entry, error) {
	owner, err := j.ownership(ctx)
	if err != nil {
		return Entry{}, err
	}
	return j.Update(ctx, id, func(e Entry) ([]Addition, error) {
		if err := check(e); err != nil {
			return nil, err
		}
		return []Addition{{Content: Attempt{Owner: owner, Note: note}}}, nil
	})
}
