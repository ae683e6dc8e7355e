//go:build unix

package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/text"
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

// TestHandoverNotRecorded: the journal may fail after the cashier was told to
// hand over. That nothing was sent is then not all there is to say.
func TestHandoverNotRecorded(t *testing.T) {
	t.Parallel()
	full := &journal.StorageError{Problem: journal.ProblemFull, Path: "main.db"}
	for lang, wants := range map[text.Lang][2]string{
		text.English: {"payout 7 could not be recorded as handed over: the disk is full", "if the cash left the till, hand over nothing more; free"},
		text.Russian: {"не удалось записать, что по выплате 7 выданы деньги: диск заполнен", "если деньги уже отданы, больше не выдавайте; освободите"},
	} {
		a := &app{process: &process{out: io.Discard, err: io.Discard, now: time.Now}, catalog: text.New(lang)}
		p := a.explain(&notHandedOver{ID: 7, Err: full})
		if p.exit != exitSetup || !strings.Contains(p.cause, wants[0]) || !strings.Contains(p.remedy, wants[1]) {
			t.Errorf("exit %d, %q, %q", p.exit, p.cause, p.remedy)
		}
	}
}
