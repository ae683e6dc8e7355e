package journal

import "testing"

// TestProofKeepsTheFirstLine: which line proved an operation is not forgotten
// when another one says the same, and a line of another deposit is no proof.
func TestProofKeepsTheFirstLine(t *testing.T) {
	line := func(row, deposit, payout string) Content {
		return Statement{Row: row, Amount: 100, Currency: "UZS", DepositID: deposit, PayoutID: payout}
	}
	lost := Answer{Verdict: "unknown"}
	e := mustFold(t, facts(testPayout(t, "u", 100, "r"), lost, line("1", "", "p1"), line("2", "", "p1")))
	if e.Proof == nil || e.Proof.Row != "1" || e.PayoutID != "p1" || e.State != StateConflict {
		t.Errorf("%s, proof %+v, payout %q", e.State, e.Proof, e.PayoutID)
	}
	for _, c := range []struct {
		name     string
		contents []Content
		want     State
	}{
		{"the line's deposit is the answer's", []Content{Answer{Verdict: "done", DepositID: "d1"}, line("1", "d1", "")}, StateDone},
		{"the line's deposit is another than the answer's", []Content{Answer{Verdict: "done", DepositID: "d1"}, line("1", "d2", "")}, StateConflict},
		{"the answer's deposit is another than the line's", []Content{lost, line("1", "d1", ""), Answer{Verdict: "done", DepositID: "d2"}}, StateConflict},
		{"the line's payout is another than the answer's", []Content{Answer{Verdict: "done", PayoutID: "p1"}, line("1", "", "p2")}, StateMismatch},
		{"a line of another sum", []Content{lost, Statement{Row: "1", Amount: 101, Currency: "UZS"}}, StateMismatch},
	} {
		if e := mustFold(t, facts(testPayout(t, "u", 100, "r"), c.contents...)); e.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, e.State, c.want)
		}
	}
}
