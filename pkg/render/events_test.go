package render_test

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

// The contract's line for stored events ("Formats"); show adds to it.
const (
	eventKeys     = "id kind payout_id request_id operation received_at reason duplicate forwarded"
	shownKeys     = eventKeys + " headers body method path signed_path"
	shownRawKeys  = eventKeys + " headers body_base64 method path signed_path"
	replayKeys    = "id url taken http_status answer error at"
	forwardedTime = "2025-11-27T17:40:17.281+05:00"
)

// eventsIn gives a renderer with what it has written.
func eventsIn(f render.Format, lang text.Lang, change ...func(*render.Options)) (r *render.Renderer, out, complaint *bytes.Buffer) {
	out, complaint = new(bytes.Buffer), new(bytes.Buffer)
	o := render.Options{Out: out, Err: complaint, Format: f, Catalog: text.New(lang), Location: time.FixedZone("", 5*3600)}
	for _, c := range change {
		c(&o)
	}
	return render.New(o), out, complaint
}

func someEvent() journal.Event {
	at := time.Date(2025, 11, 27, 12, 39, 17, 281_000_000, time.UTC)
	return journal.Event{
		ID: 7, Kind: journal.EventAccepted, Operation: 42, Webhook: api.Webhook{PayoutID: "pout_1", RequestID: "req_1"},
		ReceivedAt: at, Method: "POST", Path: "/hooks", SignedPath: "webhook_url",
		Headers: map[string][]string{"X-Signature": {"aa", "bb"}, "Host": {"desk\x1b[2J"}}, Body: []byte("{\"a\":\"\u202e<\"}"),
		Forward: journal.Forward{State: journal.ForwardTaken, Attempts: 2, HTTPStatus: 204, TriedAt: at.Add(time.Minute)},
	}
}

func TestEventKeysAreTheContract(t *testing.T) {
	rejected := journal.Event{ID: 8, Kind: journal.EventRejected, Reason: "invalid_signature", Body: []byte{0xff}}
	for _, test := range []struct {
		name string
		keys string
		show func(*render.Renderer) error
	}{
		{"list", eventKeys, func(r *render.Renderer) error { return r.Events(listed(someEvent())) }},
		{"list of a rejected one", eventKeys, func(r *render.Renderer) error { return r.Events(listed(rejected)) }},
		{"show", shownKeys, func(r *render.Renderer) error { return r.Event(someEvent()) }},
		{"show of what is no text", shownRawKeys, func(r *render.Renderer) error { return r.Event(rejected) }},
		{"replay", replayKeys, func(r *render.Renderer) error { return r.Replayed(render.Forwarding{Event: 7}) }},
	} {
		r, out, _ := eventsIn(render.JSON, text.Russian)
		if err := test.show(r); err != nil {
			t.Fatal(err)
		}
		if got := keysOf(t, out.String()); got != test.keys {
			t.Errorf("%s has the keys\n%s, not\n%s", test.name, got, test.keys)
		}
	}
	r, out, _ := eventsIn(render.JSON, text.English)
	if err := r.Event(someEvent()); err != nil {
		t.Fatal(err)
	}
	o := fields(t, out.String())
	if o["forwarded"] != forwardedTime || o["body"] != string(someEvent().Body) || strings.ContainsAny(out.String(), "\u202e\x1b") {
		t.Errorf("%s", out)
	}
}

func listed(events ...journal.Event) iter.Seq2[journal.Event, error] {
	return func(yield func(journal.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestEventsForPeople(t *testing.T) {
	waiting := someEvent()
	waiting.Forward = journal.Forward{State: journal.ForwardWaiting, Attempts: 3, HTTPStatus: 503, NextAt: waiting.ReceivedAt.Add(time.Hour)}
	for _, test := range []struct {
		lang text.Lang
		want []string
	}{
		{text.English, []string{"Webhook 7: accepted", "waits for the application, 3 attempts, HTTP 503, next at 18:39:17", "X-Signature: aa\n", "X-Signature: bb\n"}},
		{text.Russian, []string{"Вебхук 7: принята", "ждёт приложения, 3 попытки, HTTP 503, следующая в 18:39:17"}},
	} {
		r, out, _ := eventsIn(render.Text, test.lang)
		if err := r.Event(waiting); err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if strings.ContainsAny(out.String(), "\u202e\x1b") {
			t.Errorf("%q", out)
		}
	}
	for _, width := range []int{0, 20, 40, 80} {
		r, out, _ := eventsIn(render.Text, text.Russian, func(o *render.Options) { o.Width = width })
		if err := r.Events(listed(someEvent(), waiting)); err != nil || strings.Count(out.String(), "\n") != 4 {
			t.Errorf("width %d: %v\n%s", width, err, out)
		}
	}
	r, out, complaint := eventsIn(render.Text, text.English)
	if err := r.Events(listed()); err != nil || out.Len() != 0 || complaint.String() != "No webhooks.\n" {
		t.Errorf("none: %v, %q, %q", err, out, complaint)
	}
	broken := errors.New("damaged")
	failing := func(yield func(journal.Event, error) bool) { yield(journal.Event{}, broken) }
	if err := r.Events(failing); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	r, out, _ = eventsIn(render.CSV, text.English)
	if err := r.Events(listed(waiting)); err != nil || !strings.HasPrefix(out.String(), strings.ReplaceAll(eventKeys, " ", ",")+"\n7,accepted,") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Without -v only the beginning and the end of trouble is said.
func TestForwardedIsQuietWhileItWorks(t *testing.T) {
	taken := render.Forwarding{Event: 7, URL: "http://127.0.0.1:3000/", Status: 204, Answer: "{}", First: true}
	refused := render.Forwarding{Event: 7, URL: "http://127.0.0.1:3000/", Status: 503, First: true}
	dead := render.Forwarding{Event: 7, URL: "http://127.0.0.1:3000/", Failure: "refused\x1b"}
	givenUp := render.Forwarding{Event: 7, URL: "http://127.0.0.1:3000/", GivenUp: true}
	for _, test := range []struct {
		name    string
		f       render.Forwarding
		verbose bool
		quiet   bool
		want    string
	}{
		{"taken", taken, false, false, ""},
		{"taken, -v", taken, true, false, "webhook 7 → http://127.0.0.1:3000/: HTTP 204: {}\n"},
		{"first refusal", refused, false, false, "webhook 7 → http://127.0.0.1:3000/: HTTP 503; it will be passed on again\n"},
		{"first refusal, -q", refused, false, true, ""},
		{"later", dead, false, false, ""},
		{"later, -v", dead, true, false, "webhook 7 → http://127.0.0.1:3000/: no answer: refused\n"},
		{"given up, -q", givenUp, false, true, "webhook 7: the application did not take it for a week, so it is given up. By hand: raisboy events replay 7 --sandbox\n"},
	} {
		r, out, complaint := eventsIn(render.Text, text.English, func(o *render.Options) {
			o.Verbose, o.Quiet, o.Catalog = test.verbose, test.quiet, o.Catalog.Suggesting("--sandbox")
		})
		r.Forwarded(test.f)
		if complaint.String() != test.want || out.Len() != 0 {
			t.Errorf("%s: %q on Err, %q on Out", test.name, complaint, out)
		}
	}
}

func TestBacklog(t *testing.T) {
	all := journal.Backlog{Pending: 1, Accepted: 2, Unsettled: 5, Notices: 21, Forwards: 3}
	for _, test := range []struct {
		lang text.Lang
		b    journal.Backlog
		want string
	}{
		{text.English, journal.Backlog{}, "nothing waits\n"},
		{text.Russian, journal.Backlog{}, "ничего не ждёт\n"},
		{text.English, all, "waiting: 2 payouts to pay out, 1 payout not accepted yet, 5 unsettled payouts (raisboy resolve), 21 notices to the project, 3 webhooks for the application\n"},
		{text.Russian, all, "в ожидании: 2 выплаты к выдаче, 1 выплата ещё не принята, 5 выплат не выяснено (raisboy resolve), 21 сообщение проекту, 3 вебхука для приложения\n"},
	} {
		r, out, complaint := eventsIn(render.Text, test.lang)
		r.Backlog(test.b)
		if complaint.String() != test.want || out.Len() != 0 {
			t.Errorf("%q", complaint)
		}
	}
	for format, want := range map[render.Format]string{
		render.JSON: "{\"event\":\"output.skipped\",\"count\":5}\n", render.CSV: "",
		render.Text: "5 events were not shown, because nobody read the output; raisboy events list has them.\n",
	} {
		r, _, _ := eventsIn(format, text.English)
		if line, err := r.Skipped(5); err != nil || string(line) != want {
			t.Errorf("%v: %q, %v", format, line, err)
		}
	}
}
