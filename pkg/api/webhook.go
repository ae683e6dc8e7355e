package api

import (
	"fmt"

	"github.com/raisboy/raisboy/pkg/money"
)

// A Webhook is what the project tells the desk about a payout (Raisboy API,
// section 5): that it may be paid out (accepted), or its final status. Members
// that were not there, or null, are zero. Nothing in it may be acted on before
// its signature was verified.
type Webhook struct {
	Success    bool
	HasSuccess bool // Webhook 1 has it, a final status need not

	PayoutID  string
	RequestID string
	Status    PayoutStatus // as it came; Rank 0 is a status that the document does not know

	Amount    money.Amount // minor units; 0 if the number is no sum that can be kept exactly
	HasAmount bool         // an amount was there, readable or not
	RawAmount string       // the number as it came, "5000.0"
	Currency  string

	WebhookURL string // where Webhook 2 goes; unchecked
	Timestamp  string // the body's own, as it came
}

// ReadWebhook reads a webhook's body strictly: members that the document does
// not name are passed over, named ones of another type or over the bounds make
// it ErrInvalidJSON, nothing at all ErrEmptyBody. The body's size is bounded
// by the receiver, and here to 1 MiB.
func ReadWebhook(body []byte) (Webhook, error) {
	tree, err := readStrict(body)
	if err != nil {
		return Webhook{}, err
	}
	var w Webhook
	switch flag := tree.get("success"); flag.kind {
	case kindTrue, kindFalse:
		w.Success, w.HasSuccess = flag.kind == kindTrue, true
	case kindNone, kindNull:
	default:
		return Webhook{}, wrongMember("success")
	}
	for _, text := range []struct {
		name  string
		limit int // bytes
		to    *string
	}{
		{"payout_id", MaxRemoteID, &w.PayoutID},
		{"request_id", MaxRemoteID, &w.RequestID},
		{"status", MaxID, (*string)(&w.Status)},
		{"currency", MaxID, &w.Currency},
		{"webhook_url", MaxURL, &w.WebhookURL},
		{"timestamp", MaxID, &w.Timestamp},
	} {
		member := tree.get(text.name)
		if member.absent() {
			continue
		}
		if member.kind != kindString || len(member.text) > text.limit {
			return Webhook{}, wrongMember(text.name)
		}
		*text.to = member.text
	}
	if err := w.readAmount(tree.get("amount")); err != nil {
		return Webhook{}, err
	}
	return w, nil
}

// readAmount keeps a number that is no sum of ours (5000.005, 1e99) as a zero
// with its text: it equals no payout's amount, so that it ends as a mismatch
// that a person sees, and not as a webhook that was never recorded.
func (w *Webhook) readAmount(member value) error {
	if member.absent() {
		return nil
	}
	amount, ok := readAmount(member)
	if !ok && !isNumber(member) {
		return wrongMember("amount")
	}
	w.Amount, w.HasAmount, w.RawAmount = amount, true, clip(member.text, maxName)
	return nil
}

func wrongMember(name string) error {
	return fmt.Errorf("%w: %s is of another type or too long", ErrInvalidJSON, name)
}
