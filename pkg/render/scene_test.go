package render_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sign/diagnose"
	"github.com/raisboy/raisboy/pkg/text"
)

// A scene is something printed.
type scene struct {
	name string
	show func(*render.Renderer) error

	// exact marks lines that may be as wide as they are: the bytes that would
	// be sent, a command to be copied.
	exact bool
}

// scenes are everything that the package prints.
func scenes(t testing.TB) []scene {
	t.Helper()
	var all []scene
	add := func(name string, show func(*render.Renderer) error) { all = append(all, scene{name: name, show: show}) }
	for _, x := range receipts(t) {
		add("receipt: "+x.name, func(r *render.Renderer) error { return r.Receipt(x.value) })
	}
	for _, e := range entries(t) {
		add("entry: "+e.name, func(r *render.Renderer) error { return r.Entry(e.value) })
		if e.value.Notice != nil {
			x := desk.Receipt{Entry: e.value, Recorded: true}
			add("conclusion: "+e.name, func(r *render.Renderer) error { return r.Conclusion(x) })
			add("notice: "+e.name, func(r *render.Renderer) error { return r.NoticeDelivered(x) })
		}
	}
	for _, v := range validations() {
		add("validation: "+v.name, func(r *render.Renderer) error { return r.Validation("2564568", v.value) })
	}
	for _, m := range transitions(t) {
		add("transition: "+m.name, func(r *render.Renderer) error { return r.Transition(m.value) })
	}
	add("entries", func(r *render.Renderer) error { return r.Entries(list(entries(t))) })
	add("entries: none", func(r *render.Renderer) error { return r.Entries(list(nil)) })
	add("unsettled", func(r *render.Renderer) error { return r.Unsettled(list(unsettled(t))) })
	add("unsettled: none", func(r *render.Renderer) error { return r.Unsettled(list(nil)) })
	return append(all, miscellany(t)...)
}

func unsettled(t testing.TB) []named[journal.Entry] {
	t.Helper()
	var some []named[journal.Entry]
	for _, e := range entries(t) {
		if e.value.State.Unsettled() {
			some = append(some, e)
		}
	}
	return some
}

func miscellany(t testing.TB) []scene {
	t.Helper()
	event := journal.Event{ID: 9, Kind: journal.EventOrphan, ReceivedAt: at(7), Reason: "invalid_signature", Method: "POST", Path: "/hook\x1b[31m",
		Webhook: api.Webhook{PayoutID: "pout_\u202e999", Status: api.StatusAccepted, Amount: 500000, HasAmount: true, Currency: "UZS"}}
	header := http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {"key_123"}, "X-Signature": {"5f70"}, "X-Timestamp": {"1764247157"}}
	explain, headers, curl := signature(), signature(), signature()
	explain.Explain, headers.Headers, curl.URL = true, true, "https://project.example/api/v4/payments/raisboy/validate-user"
	damaged := journal.Report{Rows: 21, Damaged: []*journal.DamageError{{Table: "facts", Operation: 42, Position: 2, What: "checksum"}}}
	return []scene{
		{"listening", func(r *render.Renderer) error { return r.Listening("http://127.0.0.1:8788") }, false},
		{"orphan", func(r *render.Renderer) error {
			return r.Orphan(desk.Observation{Observation: journal.Observation{Event: event}})
		}, false},
		{"rejected", func(r *render.Renderer) error { return r.RejectedWebhook(event) }, false},
		{"signature", func(r *render.Renderer) error { return r.Signature(signature()) }, true},
		{"signature: explained", func(r *render.Renderer) error { return r.Signature(explain) }, false},
		{"signature: headers", func(r *render.Renderer) error { return r.Signature(headers) }, true},
		{"signature: curl", func(r *render.Renderer) error { return r.Signature(curl) }, true},
		{"signature check: match", func(r *render.Renderer) error { return r.Diagnosis(diagnose.Report{Match: true, Tried: 1}, false) }, false},
		{"signature check: no match", func(r *render.Renderer) error {
			return r.Diagnosis(diagnose.Report{Tried: 2, Depth: 1, Readable: true}, false)
		}, false},
		{"dry run", func(r *render.Renderer) error { return r.DryRun(deposit().call(t), header) }, true},
		{"journal intact", func(r *render.Renderer) error { return r.Verified(journal.Report{Rows: 22}) }, false},
		{"journal damaged", func(r *render.Renderer) error { return r.Verified(damaged) }, false},
		{"sandbox ready", func(r *render.Renderer) error {
			return r.SandboxReady("http://127.0.0.1:8787", "http://127.0.0.1:8789", "/var/lib/raisboy/sandbox.jsonl")
		}, false},
		{"sandbox sent", func(r *render.Renderer) error { return r.SandboxSent("webhook1", "pout_789", 200) }, false},
		{"version", func(r *render.Renderer) error { return r.Version("1.2.3", "abc1234", "go1.26.0", "linux/amd64") }, false},
		{"problem", func(r *render.Renderer) error { r.Problem("amount \x1b[31mmust\nbe", "type 6000.00"); return nil }, false},
	}
}

// shown runs one scene by itself.
func shown(t testing.TB, s scene, o render.Options) (out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	o.Out, o.Err, o.Location = &stdout, &stderr, tashkent()
	o.Now = func() time.Time { return at(50) }
	if o.Catalog == nil {
		o.Catalog = text.New(text.English)
	}
	if err := s.show(render.New(o)); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return stdout.String(), stderr.String()
}
