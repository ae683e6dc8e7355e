package render

import (
	"errors"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// A Transition is what the listener shows: a payout that moved on, whether by a
// webhook that was just received or by another command's doing.
type Transition struct {
	Entry    journal.Entry    // as it is now
	From, To api.PayoutStatus // From empty: its status was not known
	At       time.Time

	// Of a webhook; zero where something else moved the payout.
	EventID        int64  // number of the stored event
	Duplicate      bool   // it said nothing new
	Unrecognised   bool   // its status is none of the document's: nothing changed
	WebhookURL     string // its own
	SignedPath     string // "webhook_url" or "request"
	Timestamp      string // its own
	AddressProblem error  // one of desk's ErrNotice errors; nil: none

	Conflict bool // it contradicts what is known or was decided
}

// Listening says where webhooks are received: the first event.
func (r *Renderer) Listening(url string) error {
	switch r.Format {
	case JSON:
		return r.emit(object{{"event", "listening"}, {"url", url}})
	case CSV:
		r.tell(r.Catalog.T("event.listening", data{"URL": url}))
		return r.emitHeader(r.transition(Transition{}))
	case Text:
	}
	return r.print(r.wrapOut(r.Catalog.T("event.listening", data{"URL": url}))...)
}

// Transition prints a payout's move: one line, and below it what to do. In JSON
// and CSV what must be known before cash is handed over goes to Err as well.
func (r *Renderer) Transition(t Transition) error {
	return r.PrepareTransition(t)()
}

// PrepareTransition makes what Transition shows, and leaves the showing for later:
// where many come at a time, only that needs an order.
func (r *Renderer) PrepareTransition(t Transition) (show func() error) {
	if r.Format == Text {
		lines := append(r.moved(t), r.after(r.out, t, r.Width)...)
		return func() error { return r.print(lines...) }
	}
	write := r.prepare(r.transition(t))
	if !t.Conflict && t.AddressProblem == nil {
		return write
	}
	lines := append([]string{r.sentence(t)}, r.after(r.err, t, 0)...)
	return func() error {
		r.tell(lines...)
		return write()
	}
}

// transition is the event as scripts read it. A duplicate has from = to.
func (r *Renderer) transition(t Transition) object {
	e, terms := &t.Entry, t.Entry.Call.Terms
	event := "payout.status"
	if t.Unrecognised {
		event = "webhook.unrecognised"
	}
	return object{
		{"event", event},
		{"id", orNullNumber(t.EventID)},
		{"operation", orNullNumber(e.ID)},
		{"payout_id", orNull(e.PayoutID)},
		{"request_id", orNull(terms.RequestID)},
		{"from", orNull(string(t.From))},
		{"to", orNull(string(t.To))},
		{"amount", figure(e.Amount().String())},
		{"currency", terms.Currency},
		{"webhook_url", orNull(t.WebhookURL)},
		{"signed_path", orNull(t.SignedPath)},
		{"duplicate", t.Duplicate},
		{"conflict", t.Conflict},
		{"received_at", r.stamp(t.At)},
		{"timestamp", orNull(t.Timestamp)},
	}
}

// moved is the transition's line, its statuses coloured.
func (r *Renderer) moved(t Transition) []string {
	lines := hang(r.timeOfDay(t.At), r.sentence(t), r.Width)
	return r.out.strong(toneOfMove(t), lines)
}

func toneOfMove(t Transition) tone {
	switch {
	case t.Conflict, t.AddressProblem != nil:
		return alarm
	case t.Duplicate, t.Unrecognised:
		return plain
	case t.To == api.StatusCancelled:
		return bad
	case t.To == api.StatusPending:
		return waiting
	}
	return good
}

// sentence says what moved.
func (r *Renderer) sentence(t Transition) string {
	e := &t.Entry
	from := r.Catalog.T("event.new", nil)
	if t.From != "" {
		from = statusName(t.From)
	}
	facts := data{"ID": e.ID, "User": person(e), "Amount": r.total(e), "From": from, "To": statusName(t.To),
		"Payout": Sanitize(e.PayoutID), "Status": statusName(t.To)}
	switch {
	case t.Unrecognised:
		return r.Catalog.T("event.unrecognised", facts)
	case t.Duplicate:
		return r.Catalog.T("event.duplicate", facts)
	}
	return r.Catalog.T("event.transition", facts)
}

// statusName is a status as the API has it: pending → accepted reads the same
// in both languages, in the journal and in a call with the manager.
func statusName(s api.PayoutStatus) string { return Sanitize(string(s)) }

// after says what a transition asks of the cashier.
func (r *Renderer) after(p palette, t Transition, width int) []string {
	a := adviser{r.Flags}
	c := a.entry(&t.Entry)
	verdict := p.strong(c.tone, wrap(r.Catalog.T(c.verdict, nil), width))
	switch {
	case t.Duplicate, t.Unrecognised:
		return nil
	case t.Conflict, t.Entry.State.Unsettled():
		return append(verdict, r.stepLines(p, c.next, width)...)
	case t.AddressProblem != nil:
		return p.strong(alarm, wrap(r.Catalog.T(addressKey(t.AddressProblem), nil), width))
	case t.To == api.StatusCancelled:
		return verdict
	case t.To == api.StatusAccepted:
		return append(verdict, r.stepLines(p, c.next, width)...)
	}
	return nil
}

// addressKey explains why a webhook_url is not used.
func addressKey(err error) string {
	switch {
	case errors.Is(err, desk.ErrNoticeForm):
		return "event.address_form"
	case errors.Is(err, desk.ErrNoticeScheme):
		return "event.address_scheme"
	case errors.Is(err, desk.ErrNoticeHost):
		return "event.address_host"
	case errors.Is(err, desk.ErrNoticePath):
		return "event.address_path"
	}
	return "event.address_other"
}

// Orphan prints a webhook about a payout that is not in the journal.
func (r *Renderer) Orphan(seen desk.Observation) error {
	w := seen.Event.Webhook
	sentence := r.Catalog.T("event.orphan", data{"Payout": Sanitize(w.PayoutID), "Status": statusName(w.Status)})
	switch r.Format {
	case CSV:
		r.tell(sentence)
		return nil
	case Text:
		return r.print(r.out.strong(caution, hang(r.timeOfDay(seen.Event.ReceivedAt), sentence, r.Width))...)
	case JSON:
	}
	var amount any
	if w.HasAmount && w.Amount != 0 {
		amount = w.Amount.String()
	}
	return r.emit(object{
		{"event", "webhook.orphan"}, {"id", orNullNumber(seen.Event.ID)}, {"payout_id", orNull(w.PayoutID)},
		{"request_id", orNull(w.RequestID)}, {"status", orNull(string(w.Status))}, {"amount", amount},
		{"currency", orNull(w.Currency)}, {"received_at", r.stamp(seen.Event.ReceivedAt)},
		{"timestamp", orNull(w.Timestamp)},
	})
}

// RejectedWebhook prints a webhook that did not pass verification. In text it
// is shown with Verbose alone: anybody can send one.
func (r *Renderer) RejectedWebhook(event journal.Event) error {
	switch r.Format {
	case JSON:
		return r.emit(object{
			{"event", "webhook.rejected"}, {"reason", event.Reason}, {"method", orNull(event.Method)},
			{"path", orNull(event.Path)}, {"received_at", r.stamp(event.ReceivedAt)},
		})
	case Text, CSV:
	}
	if r.Verbose {
		sentence := r.Catalog.T("event.rejected", data{"Reason": Sanitize(event.Reason)})
		r.tell(r.err.faint([]string{r.timeOfDay(event.ReceivedAt) + sentence})...)
		r.tell(r.stepLines(r.err, adviser{r.Flags}.diagnoseWebhook(event), 0)...)
	}
	return nil
}

// NoticeDelivered prints what came of an attempt to deliver Webhook 2.
func (r *Renderer) NoticeDelivered(x desk.Receipt) error {
	n := x.Entry.Notice
	if n == nil {
		return nil
	}
	var now time.Time
	if r.Now != nil {
		now = r.Now()
	}
	c := adviser{r.Flags}.notice(&x.Entry)
	lines := r.noticeLines(&x.Entry, c, now)
	switch r.Format {
	case Text:
		return r.print(lines...)
	case CSV:
		r.tell(lines...)
		return nil
	case JSON:
	}
	o := object{{"event", "notice"}, {"operation", x.Entry.ID}, {"payout_id", orNull(x.Entry.PayoutID)}}
	if notice, ok := r.noticeValue(n).(object); ok {
		o = append(o, notice...)
	}
	return r.emit(append(o, member{"at", r.stamp(now)}))
}

func (r *Renderer) noticeLines(e *journal.Entry, c counsel, now time.Time) []string {
	sentence := r.Catalog.T("event.notice", data{"ID": e.ID, "Notice": r.say(r.Catalog, c.why[0])})
	lines := r.out.strong(c.tone, hang(r.timeOfDay(now), sentence, r.Width))
	for _, s := range c.why[1:] {
		lines = append(lines, r.wrapOut(r.say(r.Catalog, s))...)
	}
	if e.Notice.State == journal.NoticeQueued {
		return lines // the listener itself delivers it
	}
	return append(lines, r.stepLines(r.out, c.next, r.Width)...)
}

// timeOfDay stands before an event's line.
func (r *Renderer) timeOfDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.Location).Format("15:04:05") + "  "
}
