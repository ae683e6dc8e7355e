package journal

import "testing"

func TestStatesHaveNames(t *testing.T) {
	for s, c := range map[State]struct {
		name                string
		unsettled, holdsRef bool
	}{
		StateUnknown: {"unknown", true, true}, StateOpen: {"open", true, true}, StateDone: {"done", false, true},
		StateRefused: {"refused", false, false}, StateNotSent: {"not_sent", false, false},
		StateMismatch: {"mismatch", true, true}, StateConflict: {"conflict", true, true},
	} {
		if read, ok := ParseState(s.String()); s.String() != c.name || !ok || read != s {
			t.Errorf("%d is %q and reads as %d, %t", s, s, read, ok)
		}
		if s.Unsettled() != c.unsettled || s.HoldsRef() != c.holdsRef {
			t.Errorf("%s: unsettled %t, holds its ref %t", s, s.Unsettled(), s.HoldsRef())
		}
	}
	if s, ok := ParseState("splendid"); ok || s != StateUnknown {
		t.Errorf("an unheard-of state reads as %s, %t", s, ok)
	}
	if State(99).String() != "unknown" {
		t.Errorf("%s", State(99))
	}
}
