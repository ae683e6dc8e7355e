package render

import "github.com/raisboy/raisboy/pkg/journal"

// Brief says in a few words which operation it is: what a shell shows beside its
// number while somebody is choosing one.
func (r *Renderer) Brief(e journal.Entry) string {
	return r.kind(e.Call.Kind) + " " + r.total(&e) + " → " + person(&e) + ", " + r.outcome(&e) + ", " + r.minute(&e)
}

// BriefEvent says in a few words which stored webhook it is.
func (r *Renderer) BriefEvent(e journal.Event) string {
	about := Sanitize(e.Webhook.PayoutID)
	if e.Kind == journal.EventRejected {
		about = Sanitize(e.Reason)
	}
	return joinedWords(string(e.Kind), about, r.clock(r.Catalog, e.ReceivedAt))
}

func joinedWords(words ...string) string {
	line := ""
	for _, word := range words {
		switch {
		case line == "":
			line = word
		case word != "":
			line += ", " + word
		}
	}
	return line
}
