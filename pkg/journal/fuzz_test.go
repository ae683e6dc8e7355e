package journal

import (
	"errors"
	"testing"
)

// FuzzReadFact reads rows of arbitrary bytes, with a checksum that is right, as
// after a fault that no checksum tells.
func FuzzReadFact(f *testing.F) {
	for _, kind := range []FactKind{FactIntent, FactAttempt, FactAnswer, FactWebhook, FactDecision, FactNotice, FactStatement, ""} {
		f.Add(string(kind), []byte(`{}`), []byte(nil))
		f.Add(string(kind), []byte(`{"kind":"payout","verdict":"done","ruling":"completed","state":"queued","sent_at":"x"}`), []byte(`{"a":1}`))
	}
	f.Fuzz(func(t *testing.T, kind string, content, raw []byte) {
		r := row{operation: 1, position: 1, kind: kind, content: content, raw: raw}
		if _, err := r.fact(); err == nil {
			t.Fatal("a row without a checksum was believed")
		}
		r.checksum = r.sum()
		fact, err := r.fact()
		if err != nil {
			var damage *DamageError
			if !errors.As(err, &damage) {
				t.Fatalf("error %v, wanted damage", err)
			}
			return
		}
		if string(fact.Kind()) != kind {
			t.Fatalf("%s read as %s", kind, fact.Kind())
		}
		// What was read can be written and read again, and folds without a panic.
		again, err := fact.row()
		if err != nil {
			return // a year that JSON cannot print
		}
		if _, err := again.fact(); err != nil {
			t.Fatal(err)
		}
		behind := facts(testPayout(t, "u", 100, "r"), fact.Content)
		behind[1].Raw = raw
		_, _ = Fold(behind)
		_, _ = Fold([]Fact{fact})
	})
}
