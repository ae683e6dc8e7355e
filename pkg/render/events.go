package render

import (
	"cmp"
	"encoding/base64"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/raisboy/raisboy/pkg/journal"
)

// Events prints stored webhooks: a table, JSON lines, or CSV. JSON and CSV are
// written as they come. An empty list is said on Err in text, is nothing in
// JSON, and a header alone in CSV.
func (r *Renderer) Events(events iter.Seq2[journal.Event, error]) error {
	if r.Format == CSV {
		if err := r.emitHeader(r.event(&journal.Event{})); err != nil {
			return err
		}
	}
	var rows [][]string
	for e, err := range events {
		switch {
		case err != nil:
			return err
		case r.Format != Text:
			if err := r.emit(r.event(&e)); err != nil {
				return err
			}
			continue
		}
		operation := ""
		if e.Operation != 0 {
			operation = number(e.Operation)
		}
		rows = append(rows, []string{
			number(e.ID), r.clock(r.Catalog, e.ReceivedAt), r.eventKind(&e), operation,
			Sanitize(cmp.Or(e.Webhook.PayoutID, e.Webhook.RequestID)), r.remark(&e),
		})
	}
	switch {
	case r.Format != Text:
		return nil
	case len(rows) == 0:
		if !r.Quiet {
			r.tell(r.Catalog.T("event.none", nil))
		}
		return nil
	}
	lines, err := r.tabulate([]column{{label: "label.number", right: true}, {label: "label.time", drop: 2}, {label: "event.label.kind"},
		{label: "label.operation", right: true, drop: 3}, {label: "label.payout_id", cut: 12, drop: 4}, {label: "event.label.note", drop: 1, cut: 10}}, rows)
	if err != nil {
		return err
	}
	return r.print(lines...)
}

func (r *Renderer) eventKind(e *journal.Event) string {
	return r.Catalog.T("event.kind."+string(e.Kind), nil)
}

// remark is what the table says about an event besides its kind.
func (r *Renderer) remark(e *journal.Event) string {
	switch {
	case e.Reason != "":
		return Sanitize(e.Reason)
	case e.Duplicate:
		return r.Catalog.T("event.repeat", nil)
	case e.Forward.State == journal.ForwardWaiting, e.Forward.State == journal.ForwardGivenUp:
		return r.Catalog.T("event.forward."+string(e.Forward.State), nil)
	}
	return ""
}

// event is the stored webhook as scripts read it.
func (r *Renderer) event(e *journal.Event) object {
	var forwarded any
	if e.Forward.State == journal.ForwardTaken {
		forwarded = r.stamp(e.Forward.TriedAt)
	}
	return object{
		{"id", orNullNumber(e.ID)},
		{"kind", string(e.Kind)},
		{"payout_id", orNull(e.Webhook.PayoutID)},
		{"request_id", orNull(e.Webhook.RequestID)},
		{"operation", orNullNumber(e.Operation)},
		{"received_at", r.stamp(e.ReceivedAt)},
		{"reason", orNull(e.Reason)},
		{"duplicate", e.Duplicate},
		{"forwarded", forwarded},
	}
}

// Event prints one stored webhook with everything that came in. Nothing is left
// out of the headers: a signature tells nobody the secret, and it is evidence.
func (r *Renderer) Event(e journal.Event) error {
	names := slices.Sorted(maps.Keys(e.Headers))
	if r.Format != Text {
		headers := object{}
		for _, name := range names {
			headers = append(headers, member{name, e.Headers[name]})
		}
		o := append(r.event(&e), member{"headers", headers})
		if utf8.Valid(e.Body) {
			o = append(o, member{"body", string(e.Body)})
		} else {
			o = append(o, member{"body_base64", base64.StdEncoding.EncodeToString(e.Body)})
		}
		return r.emit(append(o, member{"method", orNull(e.Method)}, member{"path", orNull(e.Path)}, member{"signed_path", orNull(e.SignedPath)}))
	}
	var lines []string
	line := func(label, value string) {
		if value != "" {
			lines = append(lines, hang(r.Catalog.T(label, nil)+": ", Sanitize(value), r.Width)...)
		}
	}
	lines = append(lines, r.out.strong(plain, r.wrapOut(r.Catalog.T("event.title", data{"ID": e.ID, "Kind": r.eventKind(&e)})))...)
	line("label.time", r.clock(r.Catalog, e.ReceivedAt))
	if e.Operation != 0 {
		line("label.operation", number(e.Operation))
	}
	line("label.payout_id", e.Webhook.PayoutID)
	line("label.request_id", e.Webhook.RequestID)
	line("event.label.reason", e.Reason)
	if e.Duplicate {
		lines = append(lines, r.wrapOut(r.Catalog.T("event.repeat", nil))...)
	}
	line("event.label.signed", e.SignedPath)
	if e.Forward.State != "" {
		line("event.label.forwarded", r.forwarded(e.Forward))
	}
	lines = append(lines, "", Sanitize(e.Method+" "+e.Path))
	for _, name := range names {
		for _, value := range e.Headers[name] {
			lines = append(lines, Sanitize(name)+": "+Sanitize(value))
		}
	}
	return r.print(append(lines, "", Sanitize(strings.ToValidUTF8(string(e.Body), "�")))...)
}

// forwarded says how far an event was passed on.
func (r *Renderer) forwarded(f journal.Forward) string {
	said := r.Catalog.T("event.forward."+string(f.State), nil)
	if f.Attempts > 0 {
		said += ", " + r.Catalog.N("event.attempts", f.Attempts, nil)
	}
	said = joined(said, f.HTTPStatus)
	if f.State == journal.ForwardWaiting && f.Attempts > 0 {
		said += ", " + r.Catalog.T("event.next", data{"Time": strings.TrimSpace(r.timeOfDay(f.NextAt))})
	}
	return said
}

// A Forwarding is one attempt to pass a webhook on to a local application.
type Forwarding struct {
	Event   int64
	URL     string
	Status  int    // HTTP status of the answer; 0: none came
	Answer  string // its beginning
	Failure string // why there was none
	GivenUp bool
	First   bool // no attempt was made before this one
	At      time.Time
}

func (f Forwarding) taken() bool { return f.Status/100 == 2 }

// Replayed prints what the application answered to a webhook that was passed on
// by hand.
func (r *Renderer) Replayed(f Forwarding) error {
	if r.Format != Text {
		return r.emit(object{
			{"id", f.Event}, {"url", f.URL}, {"taken", f.taken()}, {"http_status", orNullNumber(f.Status)},
			{"answer", orNull(f.Answer)}, {"error", orNull(f.Failure)}, {"at", r.stamp(f.At)},
		})
	}
	tone := good
	if !f.taken() {
		tone = bad
	}
	lines := r.out.strong(tone, r.wrapOut(r.forwardLine(f)))
	if f.Status != 0 && f.Answer != "" {
		lines = append(lines, r.wrapOut(Sanitize(f.Answer))...)
	}
	return r.print(lines...)
}

func (r *Renderer) forwardLine(f Forwarding) string {
	places := data{"ID": f.Event, "URL": Sanitize(f.URL), "Status": f.Status}
	if f.Status != 0 {
		return r.Catalog.T("event.answered", places)
	}
	return r.Catalog.T("event.unreachable", places)
}

// Forwarded says on Err what became of an attempt of the listener: with Verbose
// each with the application's answer, otherwise where one begins to fail and
// where it is given up.
func (r *Renderer) Forwarded(f Forwarding) {
	switch {
	case f.GivenUp:
		r.tell(r.err.strong(caution, []string{r.timeOfDay(f.At) + r.Catalog.T("event.given_up", data{"ID": f.Event})})...)
	case r.Verbose:
		line := r.forwardLine(f)
		if detail := cmp.Or(f.Failure, f.Answer); detail != "" {
			line += ": " + oneLine(detail)
		}
		r.tell(r.err.faint([]string{r.timeOfDay(f.At) + line})...)
	case !f.taken() && f.First && !r.Quiet:
		r.tell(r.err.strong(caution, []string{r.timeOfDay(f.At) + r.forwardLine(f) + "; " + r.Catalog.T("event.again", nil)})...)
	}
}
