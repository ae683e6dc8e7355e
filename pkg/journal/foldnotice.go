package journal

import "github.com/raisboy/raisboy/pkg/api"

func (e *Entry) impliedNow() State {
	if e.ownFinalContradicted() {
		return StateConflict
	}
	return e.evidence.implies()
}

// endsDiffer reports that a payout ended both ways, in whosever words.
func (e *Entry) endsDiffer() bool {
	return e.evidence.completed && e.evidence.cancelled || e.ownFinalContradicted()
}

// ownFinalContradicted reports that the project ended the payout the other way
// than this desk did.
func (e *Entry) ownFinalContradicted() bool {
	if e.Notice == nil {
		return false
	}
	return e.Notice.Status == api.StatusCompleted && e.evidence.cancelled ||
		e.Notice.Status == api.StatusCancelled && e.evidence.completed
}

func (e *Entry) notified(c Notice) {
	n := e.Notice
	if n == nil {
		return
	}
	n.Begun = true
	if c.Started {
		return
	}
	n.Attempts++
	n.State, n.HTTPStatus, n.NextAt, n.LastError = c.State, c.HTTPStatus, c.NextAt, c.Detail
	if n.Code = c.Code; n.Code == "" {
		n.Code = string(c.Cause)
	}
	verdict, sent := api.ParseVerdict(c.Verdict)
	n.Ambiguous = n.Ambiguous || sent && verdict == api.Unknown // without a verdict nothing left this machine
}

// pauseNotice holds a notice back that would contradict what the project says.
func (e *Entry) pauseNotice() {
	if e.Notice != nil && e.Notice.State == NoticeQueued && e.ownFinalContradicted() {
		e.Notice.State = NoticePaused
	}
}
