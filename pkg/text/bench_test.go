package text_test

import (
	"testing"

	"github.com/raisboy/raisboy/pkg/text"
)

// What the first sentence of a command costs: reading the files.
func BenchmarkFirstSentence(b *testing.B) {
	for b.Loop() {
		_ = text.New(text.Russian).T("verdict.credited", nil)
	}
}

func BenchmarkSentence(b *testing.B) {
	c := text.New(text.Russian)
	for b.Loop() {
		_ = c.T("held.unresolved.meaning", map[string]any{"ID": 42})
	}
}
