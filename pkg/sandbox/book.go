package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// The statuses of a payout (sections 4 and 5).
const (
	statusPending   = "pending"
	statusAccepted  = "accepted"
	statusCompleted = "completed"
	statusCancelled = "cancelled"
)

func final(status string) bool { return status == statusCompleted || status == statusCancelled }

// Account is the merchant account (the document's last section): deposits draw
// on it, completed payouts fill it. Sums are in minor units.
type Account struct {
	Opening   money.Amount // what Options.Opening put there
	Deposited money.Amount // all deposits
	PaidOut   money.Amount // completed payouts
	Waiting   money.Amount // payouts that are not final yet
	Balance   money.Amount // Opening − Deposited + PaidOut; may be negative
}

// payout is a payout as the ledger has it.
type payout struct {
	created   Entry
	accepted  Entry // its time is the webhook's timestamp
	status    string
	delivered bool // the agent acknowledged Webhook 1
}

// book is what the ledger's entries amount to. It changes by apply alone, so a
// reloaded ledger is the same book.
type book struct {
	entries   []Entry
	deposits  map[string]string  // SHA-256 of a body → deposit_id
	payouts   map[string]*payout // by payout_id
	byRequest map[string]*payout // by request_id
	account   Account
}

func newBook(opening money.Amount) *book {
	return &book{
		deposits:  map[string]string{},
		payouts:   map[string]*payout{},
		byRequest: map[string]*payout{},
		account:   Account{Opening: opening, Balance: opening},
	}
}

// apply takes one entry into the book.
func (b *book) apply(e Entry) {
	b.entries = append(b.entries, e)
	switch e.Kind {
	case DepositCreated:
		b.deposits[e.BodySHA256] = e.DepositID
		b.account.Deposited += e.Amount
		b.account.Balance -= e.Amount
	case PayoutCreated:
		p := &payout{created: e, status: statusPending}
		b.payouts[e.PayoutID] = p
		b.byRequest[e.RequestID] = p
		b.account.Waiting += e.Amount
	case PayoutStatus:
		if p := b.payouts[e.PayoutID]; p != nil {
			b.move(p, e)
		}
	case Redirected:
	case WebhookSent:
		if p := b.payouts[e.PayoutID]; p != nil && e.Status == statusAccepted && success(e.HTTPStatus) {
			p.delivered = true
		}
	}
}

// move brings a payout to another status; a final one stays.
func (b *book) move(p *payout, e Entry) {
	if final(p.status) {
		return
	}
	p.status = e.Status
	if e.Status == statusAccepted {
		p.accepted = e
	}
	if !final(e.Status) {
		return
	}
	b.account.Waiting -= p.created.Amount
	if e.Status == statusCompleted {
		b.account.PaidOut += p.created.Amount
		b.account.Balance += p.created.Amount
	}
}

// find looks a payout up by its payout_id, else by its request_id.
func (b *book) find(id string) *payout {
	if p := b.payouts[id]; p != nil {
		return p
	}
	return b.byRequest[id]
}

// undelivered lists the payouts made since then whose Webhook 1 nobody has
// acknowledged, oldest first.
func (b *book) undelivered(since time.Time) []string {
	var ids []string
	for _, e := range b.entries {
		if e.Kind != PayoutCreated || e.At.Before(since) {
			continue
		}
		if p := b.payouts[e.PayoutID]; !p.delivered && !final(p.status) {
			ids = append(ids, e.PayoutID)
		}
	}
	return ids
}

func success(status int) bool { return status >= 200 && status <= 299 }

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
