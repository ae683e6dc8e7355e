package render_test

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sign"
)

const (
	depositID = "raisboy_dep_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	noticeURL = "https://project.example/api/payments/notify/7/pout_789"

	// hostile is what an answer would say that wants to paint the screen.
	hostile = "\x1b[2J\x1b]0;owned\aok\u202egnp\u2066 \u200b=1+1\r\nline\x00two"
)

func tashkent() *time.Location { return time.FixedZone("+05", 5*60*60) }

func at(second int) time.Time {
	return time.Date(2025, 11, 27, 17, 39, second, 281_000_000, tashkent())
}

// story is an operation being told fact by fact.
type story struct {
	kind    api.Kind
	user    string
	project string
	amount  money.Amount
	ref     string
	sandbox bool
	line    int
	id      int64
}

func (s story) call(t testing.TB) api.Call {
	t.Helper()
	to := api.Endpoints{BaseURL: "https://project.example"}
	var call api.Call
	var err error
	if s.kind == api.KindPayout {
		call, err = api.Payout{UserID: s.user, Amount: s.amount, Currency: "UZS", PaymentMethod: api.MethodBankCard,
			RequestID: "payout_req_789", Timestamp: at(0)}.Call(to)
	} else {
		call, err = api.Deposit{UserID: s.user, Amount: s.amount, Currency: "UZS", PaymentMethod: api.MethodBankCard,
			Timestamp: at(0)}.Call(to)
	}
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// tell folds the story's facts, as the journal would.
func (s story) tell(t testing.TB, contents ...journal.Content) journal.Entry {
	t.Helper()
	call := s.call(t)
	facts := []journal.Fact{{Content: journal.Intent{
		Kind: s.kind, Profile: "main", Sandbox: s.sandbox, URL: call.URL, ProjectUserID: s.project, Ref: s.ref,
		Line: s.line, Owner: "owner-1",
	}, Raw: call.Body}}
	for _, content := range contents {
		f := journal.Fact{Content: content}
		if d, ok := content.(journal.Decision); ok && d.URL != "" {
			notice, err := api.Notice{URL: d.URL, PayoutID: "pout_789", Status: api.PayoutStatus(d.Ruling), Amount: s.amount,
				Currency: "UZS", Timestamp: at(9)}.Call()
			if err != nil {
				t.Fatal(err)
			}
			f.Raw = notice.Body
		}
		facts = append(facts, f)
	}
	for i := range facts {
		facts[i].Operation, facts[i].Position, facts[i].At = s.id, i+1, at(i)
		facts[i].Desk, facts[i].OSUser = "till-1", "anna"
	}
	e, err := journal.Fold(facts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func deposit() story {
	return story{kind: api.KindDeposit, user: "2564568", project: "#KXA1234", amount: 600000, id: 42}
}

func payout() story {
	return story{kind: api.KindPayout, user: "kxa1234", amount: 500000, id: 7}
}

func answer(v api.Verdict, cause api.Cause, status int, code string) journal.Answer {
	return journal.Answer{Verdict: v.String(), Cause: cause, HTTPStatus: status, Code: code, Message: code}
}

func created() journal.Answer {
	return journal.Answer{Verdict: "done", HTTPStatus: 201, PayoutID: "pout_789", PayoutStatus: api.StatusPending}
}

func accepted() journal.Webhook {
	return journal.Webhook{Event: 7, PayoutID: "pout_789", RequestID: "payout_req_789", Status: api.StatusAccepted,
		Amount: 500000, HasAmount: true, Currency: "UZS", WebhookURL: noticeURL}
}

func final(s api.PayoutStatus) journal.Webhook {
	return journal.Webhook{Event: 8, PayoutID: "pout_789", Status: s}
}

func decided(r journal.Ruling) journal.Decision { return journal.Decision{Ruling: r, URL: noticeURL} }

// entries are operations in every state that matters, by name.
func entries(t testing.TB) []named[journal.Entry] {
	t.Helper()
	d, p, refused := deposit(), payout(), deposit()
	refused.sandbox, refused.line = true, 3
	odd := deposit()
	odd.user, odd.project, odd.ref = "+7@longid_01234567890123456789012345678901234567890123456789abcd", hostile, "=HYPERLINK(1)"
	oddAnswer := answer(api.Refused, "", 403, "NEW_REASON")
	oddAnswer.Message = hostile
	wrong := answer(api.Refused, "", 400, api.CodeValidationErrors)
	wrong.Fields = []api.FieldProblem{{Field: "user_id", Problem: "presence"}, {Field: "amount\x1b[31m", Problem: "coerce"}}
	return []named[journal.Entry]{
		{"deposit credited", d.tell(t, journal.Answer{Verdict: "done", HTTPStatus: 201, Message: "OK", DepositID: depositID})},
		{"deposit refused in the sandbox", refused.tell(t, answer(api.Refused, "", 403, api.CodeExceedsMaxAmount))},
		{"deposit with wrong fields", d.tell(t, wrong)},
		{"deposit with a hostile answer", odd.tell(t, oddAnswer)},
		{"deposit not sent", d.tell(t, answer(api.NotSent, api.CauseNoConnection, 0, ""))},
		{"deposit unknown", d.tell(t, answer(api.Unknown, api.CauseTimeout, 0, ""))},
		{"deposit rate limited", d.tell(t, answer(api.Unknown, api.CauseRateLimited, 429, ""))},
		{"deposit already processed", d.tell(t, answer(api.Unknown, api.CauseAlreadyProcessed, 400, api.CodeDepositAlreadyProcessed))},
		{"deposit open", d.tell(t)},
		{"deposit settled by a person", d.tell(t, answer(api.Unknown, api.CauseTimeout, 0, ""),
			journal.Decision{Ruling: journal.RuledCredited, Note: "Olim called"})},
		{"deposit in conflict", d.tell(t, journal.Answer{Verdict: "done", HTTPStatus: 201, DepositID: "raisboy_dep_1"},
			journal.Attempt{}, journal.Answer{Verdict: "done", HTTPStatus: 201, DepositID: depositID})},
		{"payout requested", p.tell(t, created())},
		{"payout refused", p.tell(t, answer(api.Refused, "", 401, api.CodeInvalidSignature))},
		{"payout unknown", p.tell(t, answer(api.Unknown, api.CauseConnectionLost, 0, ""))},
		{"payout mismatch", p.tell(t, answer(api.Mismatch, api.CauseEchoMismatch, 201, ""))},
		{"payout accepted", p.tell(t, created(), accepted())},
		{"payout paid, notice queued", p.tell(t, created(), accepted(), decided(journal.RuledCompleted))},
		{"payout paid, notice tried in vain", p.tell(t, created(), accepted(), decided(journal.RuledCompleted), journal.Notice{Started: true},
			journal.Notice{State: journal.NoticeQueued, Verdict: "unknown", Cause: api.CauseTimeout, NextAt: at(30)})},
		{"payout paid, notice delivered", p.tell(t, created(), accepted(), decided(journal.RuledCompleted), journal.Notice{Started: true},
			journal.Notice{State: journal.NoticeDelivered, Verdict: "done", HTTPStatus: 200})},
		{"payout paid, notice stopped", p.tell(t, created(), accepted(), decided(journal.RuledCompleted), journal.Notice{Started: true},
			journal.Notice{State: journal.NoticeStopped, Verdict: "refused", HTTPStatus: 404, Code: api.CodePaymentNotFound, Detail: "payment_not_found"})},
		{"payout paid, then cancelled by the project", p.tell(t, created(), accepted(), decided(journal.RuledCompleted), final(api.StatusCancelled))},
		{"payout cancelled by the project", p.tell(t, created(), accepted(), final(api.StatusCancelled))},
	}
}

type named[V any] struct {
	name  string
	value V
}

func entryOf(t testing.TB, name string) journal.Entry {
	t.Helper()
	for _, e := range entries(t) {
		if e.name == name {
			return e.value
		}
	}
	t.Fatalf("no entry %q", name)
	return journal.Entry{}
}

// receipts are all entries as receipts, and those that never became an entry.
func receipts(t testing.TB) []named[desk.Receipt] {
	t.Helper()
	var all []named[desk.Receipt]
	for _, e := range entries(t) {
		all = append(all, named[desk.Receipt]{e.name, desk.Receipt{Entry: e.value, Recorded: true}})
	}
	sketch := journal.Entry{Call: deposit().call(t), Profile: "main", State: journal.StateNotSent}
	asked := sketch
	asked.Code = string(api.CauseTimeout)
	unknown := entryOf(t, "deposit unknown")
	credited := entryOf(t, "deposit credited")
	requested := entryOf(t, "payout requested")
	for _, h := range []struct {
		name string
		held journal.HeldError
	}{
		{"held: unresolved", journal.HeldError{Reason: journal.HeldUnresolved, By: &unknown}},
		{"held: duplicate", journal.HeldError{Reason: journal.HeldDuplicate, By: &credited}},
		{"held: duplicate payout", journal.HeldError{Reason: journal.HeldDuplicate, By: &requested}},
		{"held: limit", journal.HeldError{Reason: journal.HeldLimit, Limit: 500000, Key: "limits.deposit_max"}},
		{"held: shift limit", journal.HeldError{Reason: journal.HeldLimit, Limit: 50000000, Used: 49900000, Key: "limits.shift_max"}},
		{"held: max_amount", journal.HeldError{Reason: journal.HeldMaxAmount, Limit: 500000}},
		{"held: conflict", journal.HeldError{Reason: journal.HeldConflict, By: &unknown}},
		{"held: ref", journal.HeldError{Reason: journal.HeldRef, By: &credited}},
		{"held: lock", journal.HeldError{Reason: journal.HeldLock, By: &credited,
			Holder: journal.Holder{Desk: "till-2", OSUser: "olim", Since: at(3)}}},
	} {
		all = append(all, named[desk.Receipt]{h.name, desk.Receipt{Entry: sketch, Held: &h.held, Recorded: true}})
	}
	busy := entryOf(t, "payout accepted")
	return append(all,
		named[desk.Receipt]{"held: lock on a recorded payout", desk.Receipt{Entry: busy, Recorded: true, Held: &journal.HeldError{
			Reason: journal.HeldLock, By: &busy, Holder: journal.Holder{Desk: "till-2", OSUser: "olim", Since: at(3)}}}},
		named[desk.Receipt]{"user not checked", desk.Receipt{Entry: asked, Recorded: true}},
		named[desk.Receipt]{"replayed", desk.Receipt{Entry: credited, Recorded: true, Replayed: true}},
		named[desk.Receipt]{"not recorded", desk.Receipt{Entry: credited, RecordError: errors.New("disk full")}},
	)
}

func transitions(t testing.TB) []named[render.Transition] {
	t.Helper()
	pay := entryOf(t, "payout accepted")
	hook := render.Transition{EventID: 7, Entry: pay, From: api.StatusPending, To: api.StatusAccepted, At: at(5),
		WebhookURL: noticeURL, SignedPath: "webhook_url", Timestamp: "2025-11-28T12:39:17.281+00:00"}
	again, unrecognised, address := hook, hook, hook
	again.From, again.Duplicate = api.StatusAccepted, true
	unrecognised.To, unrecognised.Unrecognised = "odd\x1b[31m", true
	address.AddressProblem = desk.ErrNoticeHost
	return []named[render.Transition]{
		{"requested", render.Transition{Entry: entryOf(t, "payout requested"), To: api.StatusPending, At: at(4)}},
		{"accepted", hook},
		{"accepted again", again},
		{"accepted with a strange address", address},
		{"unrecognised", unrecognised},
		{"cancelled", render.Transition{EventID: 8, Entry: entryOf(t, "payout cancelled by the project"), From: api.StatusAccepted,
			To: api.StatusCancelled, At: at(6), SignedPath: "request"}},
		{"conflict", render.Transition{EventID: 9, Entry: entryOf(t, "payout paid, then cancelled by the project"),
			From: api.StatusCompleted, To: api.StatusCompleted, At: at(6), Conflict: true}},
		{"completed", render.Transition{Entry: entryOf(t, "payout paid, notice delivered"), From: api.StatusAccepted,
			To: api.StatusCompleted, At: at(8)}},
	}
}

func validations() []named[api.Outcome] {
	return []named[api.Outcome]{
		{"may", api.Outcome{Verdict: api.Done, HTTPStatus: 201, UserID: "#KXA1234", MaxAmount: 500000, HasMaxAmount: true}},
		{"may, no bound", api.Outcome{Verdict: api.Done, HTTPStatus: 201, UserID: hostile}},
		{"unknown user", api.Outcome{Verdict: api.Refused, HTTPStatus: 404, Code: api.CodeUserNotFound, Message: "USER_NOT_FOUND"}},
		{"fields", api.Outcome{Verdict: api.Refused, HTTPStatus: 400, Code: api.CodeValidationErrors,
			Fields: []api.FieldProblem{{Field: "user_id", Problem: "presence"}}}},
		{"signature", api.Outcome{Verdict: api.Refused, HTTPStatus: 401, Code: api.CodeInvalidSignature}},
		{"no answer", api.Outcome{Verdict: api.NotSent, Cause: api.CauseNoConnection}},
	}
}

func signature() render.Signature {
	return render.Signature{
		Message: sign.Message{Method: "POST", Path: "/api/v4/payments/raisboy/validate-user",
			Body: []byte("{\"user_id\":\"2564568\"}\n"), Timestamp: "1764247157", APIKey: "key_123"},
		Signature: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
	}
}

func list(all []named[journal.Entry]) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		for i, e := range all {
			e.value.ID = int64(i + 1)
			if !yield(e.value, nil) {
				return
			}
		}
	}
}
