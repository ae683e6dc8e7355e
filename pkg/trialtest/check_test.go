//go:build unix

package trialtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/sandbox"
)

// What can be found wrong.
const (
	lost       = "lost"       // the project moved money, the journal does not say so
	doubled    = "doubled"    // the project moved money twice for one order
	invented   = "invented"   // the journal says done, the project moved nothing
	unrecorded = "unrecorded" // a request arrived whose bytes are in no intent
	resent     = "resent"     // a deposit arrived more often than it was ordered
	otherID    = "other id"   // a payout has two ids
	damaged    = "damaged"    // the journal cannot be read as it was written
	lied       = "lied"       // an exit code promised what is not so
)

// A finding is one thing that is wrong.
type finding struct{ kind, what string }

func (f finding) String() string { return f.kind + ": " + f.what }

// evidence is what both sides have to show for themselves, once nobody is at
// work. An order is told by its user and amount: no two in a trial share both.
type evidence struct {
	Entries  []journal.Entry
	Report   journal.Report
	Received []request
	Ledger   []sandbox.Entry
}

// check compares the two sides.
func (e evidence) check() []finding {
	var found []finding
	add := func(kind, format string, args ...any) {
		found = append(found, finding{kind, fmt.Sprintf(format, args...)})
	}
	for _, d := range e.Report.Damaged {
		add(damaged, "%v", d)
	}
	e.checkReceived(add)
	e.checkLedger(add)
	e.checkJournal(add)
	return found
}

type reporter func(kind, format string, args ...any)

// byBody finds the entry whose frozen bytes these are.
func (e evidence) byBody(digest string) *journal.Entry {
	i := slices.IndexFunc(e.Entries, func(entry journal.Entry) bool {
		return request{body: entry.Call.Body}.digest() == digest
	})
	if i < 0 {
		return nil
	}
	return &e.Entries[i]
}

// checkReceived: whatever arrived was on disk before, and a deposit arrives once
// unless a person ordered it to be sent again.
func (e evidence) checkReceived(add reporter) {
	times := map[string]int{}
	for _, r := range e.Received {
		entry := e.byBody(r.digest())
		if entry == nil {
			add(unrecorded, "%s %s", r.path, r.body)
			continue
		}
		if times[r.digest()]++; entry.Call.Kind != api.KindDeposit {
			continue
		}
		ordered := 1
		for _, f := range entry.Facts {
			if f.Kind() == journal.FactAttempt {
				ordered++
			}
		}
		if times[r.digest()] > ordered {
			add(resent, "operation %d", entry.ID)
		}
	}
}

// checkLedger: all that the project did is in the journal, as done or as
// something that a person is to look at.
func (e evidence) checkLedger(add reporter) {
	orders, ids := map[string]int{}, map[string]string{}
	for _, l := range e.Ledger {
		var entry *journal.Entry
		switch l.Kind {
		case sandbox.DepositCreated:
			entry = e.byBody(l.BodySHA256)
		case sandbox.PayoutCreated:
			entry = e.byRequest(l.RequestID)
			if id := ids[l.RequestID]; id != "" && id != l.PayoutID {
				add(otherID, "%s: %s and %s", l.RequestID, id, l.PayoutID)
			}
			ids[l.RequestID] = l.PayoutID
		case sandbox.PayoutStatus, sandbox.WebhookSent, sandbox.Redirected:
			continue
		}
		order := orderKey(string(l.Kind), l.UserID, l.Amount.String())
		if orders[order]++; orders[order] > 1 {
			add(doubled, "%s", order)
		}
		switch {
		case entry == nil:
			add(lost, "%s: not in the journal", order)
		case entry.State == journal.StateRefused || entry.State == journal.StateNotSent:
			add(lost, "%s: operation %d is %s", order, entry.ID, entry.State)
		case l.PayoutID != "" && entry.PayoutID != "" && l.PayoutID != entry.PayoutID:
			add(otherID, "operation %d: %s, the project has %s", entry.ID, entry.PayoutID, l.PayoutID)
		}
	}
}

// byRequest finds the entry of a request_id; of several, the one that holds it.
func (e evidence) byRequest(id string) *journal.Entry {
	var found *journal.Entry
	for i := range e.Entries {
		entry := &e.Entries[i]
		if entry.Call.Terms.RequestID == id && (found == nil || entry.State.HoldsRef()) {
			found = entry
		}
	}
	return found
}

// checkJournal: what is done was done.
func (e evidence) checkJournal(add reporter) {
	for i := range e.Entries {
		entry := &e.Entries[i]
		if entry.State == journal.StateDone && !e.moved(entry) {
			add(invented, "operation %d", entry.ID)
		}
	}
}

// moved reports whether the project moved the operation's money.
func (e evidence) moved(entry *journal.Entry) bool {
	digest := request{body: entry.Call.Body}.digest()
	return slices.ContainsFunc(e.Ledger, func(l sandbox.Entry) bool {
		return l.Kind == sandbox.DepositCreated && l.BodySHA256 == digest ||
			l.Kind == sandbox.PayoutCreated && l.RequestID == entry.Call.Terms.RequestID
	})
}

// fulfilled reports whether the project moved an order's money.
func (e evidence) fulfilled(o order) bool {
	return slices.ContainsFunc(e.Ledger, func(l sandbox.Entry) bool {
		return orderKey(string(l.Kind), l.UserID, l.Amount.String()) == o.key()
	})
}

func orderKey(kind, user, amount string) string {
	return strings.Join([]string{kind, user, amount}, " ")
}

// unknown counts what is left for a person, and how much of it was moved.
func (e evidence) unknown() (all, moved int) {
	for i := range e.Entries {
		if e.Entries[i].State == journal.StateUnknown {
			all++
			if e.moved(&e.Entries[i]) {
				moved++
			}
		}
	}
	return all, moved
}
