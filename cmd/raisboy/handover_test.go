//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestUnansweredHandover: somebody told to hand over cash who then answers no,
// or nothing, may have done it. They are told what is recorded, and not to pay
// twice.
func TestUnansweredHandover(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, "")
	screen := s.listen()
	id, _ := s.payout("5000")
	screen.await(`"to":"accepted"`)
	ask := func(verb, lang, typed string) (string, int) {
		said, code := talk(t, 60, s.env, []string{commandForTests(t), "payout", verb, id, "--sandbox", "--confirm", "--lang", lang}, turn{"[y/N]", typed})
		return strings.Join(strings.Fields(plain(said)), " "), code
	}
	for lang, wants := range map[string][]string{
		"ru": {"не записано, что по выплате 1 выданы деньги", "уже отданы, больше не выдавайте", "raisboy payout complete 1 --sandbox"},
		"en": {"payout 1 is not recorded as handed over", "hand over nothing more", "raisboy payout complete 1 --sandbox"},
	} {
		for _, answer := range []string{"n\n", "\n", "\x03", "\x04"} {
			said, code := ask("complete", lang, answer)
			if code != int(exitInterrupted) {
				t.Errorf("answer %q: exit %d", answer, code)
			}
			for _, want := range wants {
				if !strings.Contains(said, want) {
					t.Errorf("answer %q: no %q in\n%s", answer, want, said)
				}
			}
		}
	}
	if said, _ := ask("cancel", "ru", "n\n"); strings.Contains(said, "не записано, что") {
		t.Errorf("nobody was told to hand anything over:\n%s", said)
	}
	if said, code := ask("complete", "ru", "д\n"); code != 0 || !strings.Contains(said, "ВЫПЛАЧЕНО") {
		t.Errorf("exit %d\n%s", code, said)
	}
}
