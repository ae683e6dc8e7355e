package render

import (
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// operation is a receipt as scripts read it: the contract of "Operation", every
// key present, absent values null. What was held back has no id of its own: the
// operation that holds it back is "held_by".
func (r *Renderer) operation(x *desk.Receipt) object {
	e, t := &x.Entry, x.Entry.Call.Terms
	outcome, id := e.State.String(), orNullNumber(e.ID)
	var heldBy, heldReason any
	if h := x.Held; h != nil {
		outcome, id, heldReason = "held", nil, string(h.Reason)
		if h.By != nil {
			heldBy = orNullNumber(h.By.ID)
		}
	}
	return object{
		{"id", id},
		{"kind", string(e.Call.Kind)},
		{"profile", e.Profile},
		{"sandbox", e.Sandbox},
		{"desk", orNull(e.Desk)},
		{"outcome", outcome},
		{"held_by", heldBy},
		{"held_reason", heldReason},
		{"user_id", ownID(t.UserID)},
		{"project_user_id", orNull(e.ProjectUserID)},
		{"amount", figure(e.Amount().String())},
		{"currency", t.Currency},
		{"payment_method", t.PaymentMethod},
		{"ref", idOrNull(e.Ref)},
		{"request_id", idOrNull(t.RequestID)},
		{"deposit_id", orNull(e.DepositID)},
		{"payout_id", orNull(e.PayoutID)},
		{"payout_status", orNull(string(e.PayoutStatus))},
		{"http_status", orNullNumber(e.HTTPStatus)},
		{"code", orNull(e.Code)},
		{"message", wordsOf(e.Message, e.Fields)},
		{"hint", r.hint(adviser{r.Flags}.receipt(x))},
		{"attempts", e.Attempts},
		{"replayed", x.Replayed},
		{"recorded", x.Recorded},
		{"created_at", r.stamp(e.CreatedAt)},
		{"settled_at", r.stamp(e.SettledAt)},
	}
}

// noticeValue is the member "notice"; null: there is none.
func (r *Renderer) noticeValue(n *journal.NoticeProgress) any {
	if n == nil {
		return nil
	}
	var lastError string
	if n.State != journal.NoticeDelivered { // its code: what the network library said is in the log alone
		if lastError = n.Code; lastError == "" {
			lastError = n.LastError
		}
	}
	return object{
		{"status", string(n.Status)},
		{"state", string(n.State)},
		{"attempts", n.Attempts},
		{"http_status", orNullNumber(n.HTTPStatus)},
		{"last_error", orNull(Sanitize(lastError))},
		{"next_attempt_at", r.stamp(n.NextAt)},
	}
}
