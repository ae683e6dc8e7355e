package config

import "testing"

// BenchmarkLoad is what a command pays before it begins: with a file, and from
// the environment alone.
func BenchmarkLoad(b *testing.B) {
	b.Run("environment", func(b *testing.B) {
		s := machine(b, "", map[string]string{"RAISBOY_BASE_URL": "https://a.example", "RAISBOY_API_KEY": "k", "RAISBOY_SECRET": "s"})
		load(b, s)
	})
	b.Run("file", func(b *testing.B) { load(b, machine(b, twoProfiles, nil)) })
}

// load loads b.N times.
func load(b *testing.B, s Sources) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(s); err != nil {
			b.Fatal(err)
		}
	}
}
