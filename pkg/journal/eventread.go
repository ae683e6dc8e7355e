package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
)

// event reads and checks one stored webhook.
func (j *Journal) event(ctx context.Context, q querier, id int64) (Event, error) {
	var (
		e                 Event
		kind              string
		payoutID, request string
		at                int64
		content, checksum []byte
	)
	err := q.QueryRowContext(ctx, `SELECT `+eventColumns+` FROM events WHERE id = ?`, id).
		Scan(&e.ID, &e.Profile, &kind, &e.Operation, &payoutID, &request, &e.Reason, &e.Duplicate, &at, &content, &e.Body, &checksum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Event{}, fmt.Errorf("event %d: %w", id, ErrNotFound)
	case err != nil:
		return Event{}, readError(err, &DamageError{Table: "events"})
	}
	e.Kind, e.ReceivedAt = EventKind(kind), time.UnixMilli(at)
	e.Webhook.PayoutID, e.Webhook.RequestID = payoutID, request
	if string(checksum) != string(e.sum(at, content)) {
		return Event{}, &DamageError{Table: "events", Operation: e.Operation, What: fmt.Sprintf("checksum of event %d", id)}
	}
	var c eventContent
	if err := json.Unmarshal(content, &c); err != nil {
		return Event{}, &DamageError{Table: "events", Operation: e.Operation, What: err.Error()}
	}
	e.Method, e.Path, e.SignedPath, e.Headers = c.Method, c.Path, c.SignedPath, c.Headers
	if e.Kind == EventRejected {
		return e, nil // its body was never believed
	}
	if e.Webhook, err = api.ReadWebhook(e.Body); err != nil {
		return Event{}, &DamageError{Table: "events", Operation: e.Operation, What: err.Error()}
	}
	e.Forward, err = j.forward(ctx, q, id)
	return e, err
}

// Event reads one stored webhook; ErrNotFound if there is none.
func (j *Journal) Event(ctx context.Context, id int64) (Event, error) {
	var e Event
	err := j.store.view(ctx, func(q querier) (err error) {
		e, err = j.event(ctx, q, id)
		return err
	})
	return e, err
}

// An EventFilter chooses stored webhooks. Its zero value chooses all.
type EventFilter struct {
	Profile      string
	Kind         EventKind
	Since, Until time.Time // when they were received; Until is not included
	Limit        int       // the newest so many; 0: all
}

// eventPage is how many events are read at a time.
const eventPage = 200

// Events gives the chosen webhooks, oldest first. It reads them page by page,
// each from where the one before it ended, so that a list of any length neither
// fills the memory nor holds up the writers; what comes in meanwhile is listed.
// A webhook that is damaged is given as a *DamageError with an Event that has
// nothing but its number, and the list goes on if the reader does; after any
// other error it is over.
func (j *Journal) Events(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		after, err := j.firstOf(ctx, f)
		for err == nil {
			var page []listedEvent
			page, err = j.eventPage(ctx, f, after)
			for _, l := range page {
				if !yield(l.event, l.err) {
					return
				}
				after = l.event.ID
			}
			if err == nil && len(page) < eventPage {
				return
			}
		}
		yield(Event{}, err)
	}
}

// listedEvent is a webhook of a list, or the damage in its place.
type listedEvent struct {
	event Event
	err   error // a *DamageError
}

// firstOf gives the number after which a limited list begins.
func (j *Journal) firstOf(ctx context.Context, f EventFilter) (int64, error) {
	if f.Limit <= 0 {
		return 0, nil
	}
	where, args := f.where()
	var first int64
	err := j.store.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT COALESCE(MIN(id), 0) FROM (SELECT id FROM events WHERE `+where+
			` ORDER BY id DESC LIMIT ?) AS newest`, append(args, f.Limit)...).Scan(&first)
	})
	return first - 1, err
}

// eventPage reads the next events. What was read before an error is given too.
func (j *Journal) eventPage(ctx context.Context, f EventFilter, after int64) ([]listedEvent, error) {
	where, args := f.where()
	var page []listedEvent
	err := j.store.view(ctx, func(q querier) error {
		ids, err := j.ids(ctx, q, `SELECT id FROM events WHERE `+where+` AND id > ? ORDER BY id LIMIT ?`, append(args, after, eventPage)...)
		for i := 0; err == nil && i < len(ids); i++ {
			var e Event
			var damage *DamageError
			e, err = j.event(ctx, q, ids[i])
			switch {
			case errors.As(err, &damage):
				page, err = append(page, listedEvent{Event{ID: ids[i]}, damage}), nil
			case err == nil:
				page = append(page, listedEvent{event: e})
			}
		}
		return err
	})
	return page, err
}

func (f EventFilter) where() (string, []any) {
	clauses, args := []string{"1 = 1"}, []any(nil)
	add := func(clause string, value any) { clauses, args = append(clauses, clause), append(args, value) }
	if f.Profile != "" {
		add("profile = ?", f.Profile)
	}
	if f.Kind != "" {
		add("kind = ?", string(f.Kind))
	}
	if !f.Since.IsZero() {
		add("received_at >= ?", f.Since.UnixMilli())
	}
	if !f.Until.IsZero() {
		add("received_at < ?", f.Until.UnixMilli())
	}
	return strings.Join(clauses, " AND "), args
}
