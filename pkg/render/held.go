package render

import (
	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
)

// held gives the counsel about an order that was held back.
func (a adviser) held(x *desk.Receipt) counsel {
	h := x.Held
	by := &x.Entry
	if h.By != nil {
		by = h.By
	}
	currency := x.Entry.Call.Terms.Currency
	facts := data{"ID": by.ID, "Limit": sum{h.Limit, currency}, "Used": sum{h.Used, currency}, "Key": h.Key}
	reason := string(h.Reason)
	sending := h.Reason == journal.HeldUnresolved && by.State == journal.StateOpen
	if sending { // its owner lives: nothing to settle, only to wait
		reason = "sending"
	}
	if h.Moved {
		reason = "moved"
		facts["Ref"] = by.Ref
	}
	key := "held." + reason
	meaning := key + ".meaning"
	if h.Reason == journal.HeldDuplicate && !h.Moved && by.Call.Kind == api.KindPayout {
		meaning = "held.requested.meaning" // nothing need have been handed over
	}
	c := counsel{
		tone: caution, verdict: "verdict.held",
		why: []step{{key: meaning, data: facts}}, next: []step{{key: key + ".remedy", data: facts}},
	}
	switch h.Reason {
	case journal.HeldUnresolved, journal.HeldConflict:
		if sending {
			c.next[0].command = a.command(by, "journal", "show", number(by.ID))
			break
		}
		c.next[0].command = a.command(by, "resolve", number(by.ID))
	case journal.HeldRef:
		c.next[0].command = a.command(by, "journal", "show", number(by.ID))
	case journal.HeldLock:
		c.next[0].command = a.command(by, "journal", "show", number(by.ID))
		if h.Holder.Desk != "" {
			c.why = append(c.why, step{key: "held.lock.holder", data: data{
				"Desk": h.Holder.Desk, "OSUser": h.Holder.OSUser, "Since": moment{h.Holder.Since},
			}})
		}
	case journal.HeldLimit:
		if h.Used != 0 {
			c.why = append(c.why, step{key: "held.limit.used", data: facts})
		}
	case journal.HeldDuplicate:
		if h.Moved {
			c.next[0].command = a.command(by, "journal", "show", number(by.ID))
		}
	case journal.HeldMaxAmount:
	}
	return c
}

// notice says where the delivery of Webhook 2 stands.
func (a adviser) notice(e *journal.Entry) counsel {
	n := e.Notice
	if n == nil {
		return counsel{}
	}
	facts := data{"Status": word("status." + string(n.Status))}
	var c counsel
	switch n.State {
	case journal.NoticeDelivered:
		return counsel{tone: good, why: []step{{key: "notice.delivered", data: facts}}}
	case journal.NoticeQueued:
		c = counsel{tone: waiting, why: []step{{key: "notice.queued", data: facts}}}
		if n.Code != "" {
			c.why = append(c.why, meaning(n.Code))
		}
		c.next = []step{{key: "notice.queued_next", command: a.command(e, "payout", "deliver", number(e.ID))}}
	case journal.NoticeStopped:
		facts["Reason"] = any(word("notice.no_reason"))
		if answer := answerOf(n.HTTPStatus, n.Code, ""); answer != "" {
			facts["Reason"] = answer
		}
		c = counsel{tone: alarm, why: []step{{key: "notice.stopped", data: facts}}}
		switch n.Code {
		case "":
		case string(api.CauseInvalidCall): // of all addresses it is the project's
			c.why = append(c.why, step{key: "notice.address"})
		default:
			c.why = append(c.why, meaning(n.Code))
		}
		c.next = append(noticeRemedy(n.Code), step{key: "notice.stopped_next"})
	case journal.NoticePaused:
		c = counsel{tone: alarm, why: []step{{key: "notice.paused", data: facts}}, next: []step{{key: "notice.paused_next"}}}
	}
	if n.Ambiguous && n.Attempts > 1 { // what a single attempt came to was just said
		c.why = append(c.why, step{key: "notice.ambiguous"})
	}
	return c
}

// noticeRemedy says what can be done about the code of a notice. Where it goes
// was said by the project, in Webhook 1: no setting of this profile leads there.
func noticeRemedy(code string) []step {
	switch api.Cause(code) {
	case api.CauseRedirect:
		return []step{{key: "notice.redirect_remedy"}}
	case api.CauseInvalidCall:
		return []step{{key: "notice.address_remedy"}}
	default:
		return remedy(code)
	}
}

// choices are the ways to settle an unsettled operation, or to end an accepted
// payout: what it would mean, and the command.
func (a adviser) choices(e *journal.Entry) []step {
	id := number(e.ID)
	resolve := func(key string, flags ...string) step {
		return step{key: key, command: a.command(e, append([]string{"resolve", id}, flags...)...)}
	}
	deposit := e.Call.Kind == api.KindDeposit
	ask := step{key: "choice.ask"} // nobody here can know it
	credited := []step{ask, resolve("choice.credited", "--credited"), resolve("choice.not_credited", "--not-credited")}
	created := []step{ask, resolve("choice.created", "--created"), resolve("choice.not_created", "--not-created")}
	switch {
	case e.State == journal.StateMismatch:
		return []step{ask, resolve("choice.accept", "--accept", "--confirm-amount", "N"), resolve("choice.not_created", "--not-created")}
	case e.State == journal.StateUnknown && deposit:
		return append(credited, resolve("choice.resend_deposit", "--resend"))
	case e.State == journal.StateUnknown:
		return append(created, resolve("choice.resend", "--resend"))
	case e.State == journal.StateConflict && deposit:
		return credited
	case e.State == journal.StateConflict:
		return created
	case e.State == journal.StateOpen:
		return []step{{key: "choice.look", command: a.command(e, "journal", "show", id)}}
	case e.PayoutOpen() && e.PayoutStatus == api.StatusAccepted:
		return []step{
			{key: "choice.complete", command: a.command(e, "payout", "complete", id)},
			{key: "choice.cancel", command: a.command(e, "payout", "cancel", id)},
		}
	case e.Notice != nil && e.Notice.State == journal.NoticeQueued:
		return []step{{key: "choice.deliver", command: a.command(e, "payout", "deliver", id)}}
	}
	return nil
}
