package journal

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// EventKind says what became of an incoming webhook.
type EventKind string

// The kinds of stored events.
const (
	EventAccepted     EventKind = "accepted"
	EventCompleted    EventKind = "completed"
	EventCancelled    EventKind = "cancelled"
	EventUnrecognised EventKind = "unrecognised" // verified, but not a status of the document
	EventRejected     EventKind = "rejected"     // it did not pass verification
	EventOrphan       EventKind = "orphan"       // about a payout that is not in the journal
)

// An Event is one incoming webhook as it was received.
type Event struct {
	ID         int64 // 0: a repeat of which enough are stored already
	Profile    string
	Kind       EventKind
	Operation  int64 // 0: none
	Webhook    api.Webhook
	Reason     string // why it was rejected
	Duplicate  bool   // it said nothing new
	ReceivedAt time.Time
	Method     string
	Path       string // as it came on the wire
	SignedPath string // "webhook_url" or "request": over which path the signature held
	Headers    map[string][]string
	Body       []byte

	// Forward says how far it was passed on to a local application. Given to
	// Observe with ForwardWaiting as its State, the event is queued for that.
	Forward Forward
}

// eventContent is what of an event needs no column of its own.
type eventContent struct {
	Method     string              `json:"method"`
	Path       string              `json:"path"`
	SignedPath string              `json:"signed_path,omitempty"`
	Headers    map[string][]string `json:"headers"`
}

// maxRejected bounds how many rejected webhooks are kept: anyone can send them.
const maxRejected = 1000

// maxRepeats bounds how many repeats of a payout's webhooks are kept. Whoever
// caught one webhook can send it again by the thousand until it is stale.
const maxRepeats = 100

// An Observation is what a webhook changed.
type Observation struct {
	Event  Event
	Found  bool // an operation is concerned
	Before Entry
	After  Entry
}

// Observe stores a verified webhook and applies it to the operation that it is
// about, in one transaction. It returns once that is durable: only then may
// the webhook be acknowledged. A webhook about an unknown payout is stored as
// an orphan and attached when its operation turns up.
func (j *Journal) Observe(ctx context.Context, event Event) (Observation, error) {
	var seen Observation
	w := event.Webhook
	err := j.store.write(ctx, func(q querier) error {
		var err error
		seen = Observation{Event: event}
		var stored Entry
		stored, seen.Event.ID, err = j.concerned(ctx, q, event.Profile, w)
		switch {
		case errors.Is(err, ErrNotFound):
			seen.Event.Kind = EventOrphan
			return j.keepEvent(ctx, q, &seen.Event)
		case err != nil:
			return err
		}
		if seen.Before, err = j.awaken(ctx, q, stored); err != nil {
			return err
		}
		seen.Found, seen.After, seen.Event.Operation = true, seen.Before, stored.ID
		seen.Event.Kind = recognise(w)
		fact := factOf(seen.Event)
		seen.Event.Duplicate = seen.Event.Kind != EventUnrecognised && alreadyKnown(stored, fact)
		if err := j.keepEvent(ctx, q, &seen.Event); err != nil {
			return err
		}
		if seen.Event.Duplicate || seen.Event.Kind == EventUnrecognised {
			return nil
		}
		seen.After, err = j.append(ctx, q, stored, []Addition{{Content: fact}})
		return err
	})
	return seen, err
}

// Reject stores a webhook that did not pass verification, for the diagnosis.
// Of rejected ones only the newest are kept.
func (j *Journal) Reject(ctx context.Context, event Event) error {
	event.Kind = EventRejected
	return j.store.write(ctx, func(q querier) error {
		var err error
		if event.ID, err = j.nextEvent(ctx, q); err != nil {
			return err
		}
		if err := j.insertEvent(ctx, q, event); err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `DELETE FROM events WHERE kind = 'rejected' AND id NOT IN
			(SELECT id FROM events WHERE kind = 'rejected' ORDER BY id DESC LIMIT ?)`, maxRejected)
		return err
	})
}

// recognise says what a verified webhook is about. Only the statuses that the
// document gives to webhooks change anything (Raisboy API, section 5).
func recognise(w api.Webhook) EventKind {
	if w.HasSuccess && !w.Success {
		return EventUnrecognised
	}
	switch w.Status {
	case api.StatusAccepted:
		return EventAccepted
	case api.StatusCompleted:
		return EventCompleted
	case api.StatusCancelled:
		return EventCancelled
	case api.StatusPending:
	}
	return EventUnrecognised
}

func factOf(event Event) Webhook {
	w := event.Webhook
	return Webhook{
		Event: event.ID, PayoutID: w.PayoutID, RequestID: w.RequestID, Status: w.Status,
		Amount: w.Amount, HasAmount: w.HasAmount, Currency: w.Currency, WebhookURL: w.WebhookURL,
	}
}

// alreadyKnown reports whether an equal webhook is among the facts.
func alreadyKnown(e Entry, w Webhook) bool {
	for _, f := range e.Facts {
		if known, ok := f.Content.(Webhook); ok {
			known.Event = w.Event
			if known == w {
				return true
			}
		}
	}
	return false
}

// attachOrphans applies webhooks that came before anything was known about
// their payout.
func (j *Journal) attachOrphans(ctx context.Context, q querier, e *Entry) error {
	if e.Call.Kind != api.KindPayout {
		return nil
	}
	for {
		known := e.PayoutID
		if err := j.attachWaiting(ctx, q, e); err != nil || e.PayoutID == known {
			return err
		}
		// An orphan told the payout_id, by which more of them may be found.
	}
}

func (j *Journal) attachWaiting(ctx context.Context, q querier, e *Entry) error {
	ids, err := j.ids(ctx, q, `SELECT id FROM events WHERE operation = 0 AND payout_id <> '' AND payout_id = ? AND profile = ? AND kind = 'orphan'
		UNION SELECT id FROM events WHERE operation = 0 AND request_id <> '' AND request_id = ? AND profile = ? AND kind = 'orphan' ORDER BY id`,
		e.PayoutID, e.Profile, e.Call.Terms.RequestID, e.Profile)
	if err != nil {
		return err
	}
	for _, id := range ids {
		event, err := j.event(ctx, q, id)
		if err != nil {
			return err
		}
		event.Operation, event.Kind = e.ID, recognise(event.Webhook)
		fact := factOf(event)
		event.Duplicate = alreadyKnown(*e, fact)
		if _, err := q.ExecContext(ctx, `DELETE FROM events WHERE id = ?`, id); err != nil {
			return err
		}
		if err := j.insertEvent(ctx, q, event); err != nil {
			return err
		}
		if err := j.requeue(ctx, q, event); err != nil {
			return err
		}
		if event.Duplicate || event.Kind == EventUnrecognised {
			continue
		}
		if err := j.add(ctx, q, e, []Addition{{Content: fact}}); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) nextEvent(ctx context.Context, q querier) (int64, error) {
	var id int64
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM events`).Scan(&id)
	return id, err
}

const eventColumns = "id, profile, kind, operation, payout_id, request_id, reason, duplicate, received_at, content, body, checksum"

func (j *Journal) insertEvent(ctx context.Context, q querier, e Event) error {
	content, err := json.Marshal(eventContent{Method: e.Method, Path: e.Path, SignedPath: e.SignedPath, Headers: e.Headers})
	if err != nil {
		return err
	}
	at := e.ReceivedAt.UnixMilli()
	w := e.Webhook
	_, err = q.ExecContext(ctx, "INSERT INTO events ("+eventColumns+") VALUES ("+placeholders(12)+")",
		e.ID, e.Profile, string(e.Kind), e.Operation, w.PayoutID, w.RequestID, e.Reason, e.Duplicate, at, content, e.Body,
		e.sum(at, content))
	return err
}

func (e Event) sum(at int64, content []byte) []byte {
	c := newChecksum("events")
	c.int(e.ID)
	c.int(e.Operation)
	c.flag(e.Duplicate)
	c.int(at)
	for _, text := range []string{e.Profile, string(e.Kind), e.Webhook.PayoutID, e.Webhook.RequestID, e.Reason} {
		c.text(text)
	}
	c.bytes(content)
	c.bytes(e.Body)
	return c.sum()
}
