package render

import (
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// Problem says on Err what went wrong and what to do about it, one line each.
// An empty remedy prints no second line. Both may quote what a user typed.
func (r *Renderer) Problem(cause, remedy string) {
	lines := r.labelled(bad, "label.error", cause)
	if remedy != "" {
		lines = append(lines, r.labelled(waiting, "label.hint", remedy)...)
	}
	r.tell(lines...)
}

// labelled is one line, broken between words only where a terminal is narrower.
func (r *Renderer) labelled(t tone, key, sentence string) []string {
	label := r.Catalog.T(key, nil)
	lines := r.wrapErr(label + " " + oneLine(sentence))
	lines[0] = r.err.tint(t, label) + strings.TrimPrefix(lines[0], label)
	return lines
}

func oneLine(s string) string { return strings.TrimSpace(Sanitize(s)) }

// Note says something in passing on Err, unless Quiet. The key is the
// catalog's.
func (r *Renderer) Note(key string, facts map[string]any) {
	if !r.Quiet {
		r.tell(r.wrapErr(r.say(r.Catalog, step{key: key, data: facts}))...)
	}
}

// Wrapped breaks what is asked on a terminal between words.
func (r *Renderer) Wrapped(question string) string {
	return strings.Join(r.wrapErr(question), "\n")
}

// Question asks about an order: what goes where, and whether it is real. The
// key's places may be Amount, User, Profile and Money.
func (r *Renderer) Question(key string, p desk.Preview) string {
	return r.say(r.Catalog, step{key: key, data: data{
		"Amount": sum{p.Order.Amount, p.Order.Currency}, "User": userOf(p.Order.UserID, p.ProjectUserID), "Profile": p.Profile, "Money": moneyWord(p.Sandbox),
	}})
}

// EntryQuestion asks about a recorded operation. The key's places may be ID,
// Amount, User, Profile and Money.
func (r *Renderer) EntryQuestion(key string, e journal.Entry) string {
	return r.say(r.Catalog, step{key: key, data: data{
		"ID": e.ID, "Amount": sum{e.Amount(), e.Call.Terms.Currency}, "User": any(person(&e)),
		"Profile": e.Profile, "Money": moneyWord(e.Sandbox),
	}})
}

func moneyWord(sandbox bool) word {
	if sandbox {
		return "prompt.play"
	}
	return "prompt.real"
}

// Verified prints what a check of the journal found.
func (r *Renderer) Verified(report journal.Report) error {
	if r.Format != Text {
		damaged := make([]object, 0, len(report.Damaged))
		for _, d := range report.Damaged {
			damaged = append(damaged, object{
				{"table", d.Table}, {"operation", orNullNumber(d.Operation)},
				{"position", orNullNumber(d.Position)}, {"what", Sanitize(d.What)},
			})
		}
		return r.emit(object{{"ok", report.OK()}, {"rows", report.Rows}, {"damaged", damaged}})
	}
	if report.OK() {
		return r.print(append(r.out.strong(good, r.wrapOut(r.Catalog.T("journal.intact", nil))),
			r.wrapOut(r.Catalog.N("journal.rows", report.Rows, nil))...)...)
	}
	lines := r.out.strong(alarm, r.wrapOut(r.Catalog.N("journal.damaged", len(report.Damaged), nil)))
	for _, d := range report.Damaged {
		lines = append(lines, hang("  ", Sanitize(d.Error()), r.Width)...)
	}
	return r.print(append(lines, r.wrapOut(r.Catalog.N("journal.rows", report.Rows, nil))...)...)
}

// SandboxReady says where a sandbox listens, where its webhooks go, and where
// its ledger is kept.
func (r *Renderer) SandboxReady(url, agent, ledger string) error {
	if r.Format != Text {
		return r.emit(object{{"event", "sandbox"}, {"url", url}, {"agent_url", agent}, {"ledger", ledger}})
	}
	return r.print(append(r.wrapOut(r.Catalog.T("sandbox.ready", data{"URL": url, "Agent": agent})),
		r.wrapOut(r.Catalog.T("sandbox.ledger", data{"Ledger": Sanitize(ledger)}))...)...)
}

// SandboxSent says what the agent answered to a webhook sent by hand.
func (r *Renderer) SandboxSent(what, id string, status int) error {
	if r.Format != Text {
		return r.emit(object{{"sent", what}, {"id", id}, {"http_status", orNullNumber(status)}})
	}
	return r.print(r.wrapOut(r.Catalog.T("sandbox.sent", data{
		"What": Sanitize(what), "ID": Sanitize(id), "Status": strconv.Itoa(status)}))...)
}

// Version prints the build. The same in every language.
func (r *Renderer) Version(number, revision, goVersion, platform string) error {
	if r.Format != Text {
		return r.emit(object{
			{"version", number}, {"commit", orNull(revision)}, {"go", goVersion}, {"platform", platform},
		})
	}
	line := "raisboy " + number
	if revision != "" {
		line += " (" + revision + ")"
	}
	return r.print(r.wrapOut(line + ", " + goVersion + ", " + platform)...)
}
