package journal

import (
	"cmp"
	"slices"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// evidence is what machines have said about an operation. Every member only
// ever grows, so the order in which answers and webhooks arrive does not change
// what they say together, and nothing that was once said is lost.
type evidence struct {
	pending   bool // an attempt began and came to nothing yet
	ambiguous bool // an attempt may have moved the money
	refused   bool
	notSent   bool
	confirmed bool // an answer said done
	webhook   bool // a webhook proves that the payout exists
	stated    bool // a line of a partner's statement proves that it moved
	mismatch  bool // something confirmed differs from what was sent
	doubled   bool // two answers, or lines, confirmed different deposits

	completed, cancelled bool // final statuses from the project

	whenDecided  State // what the evidence implied when the last ruling was made
	contradicted bool  // a machine has spoken against that ruling since
}

// implies gives the state that the evidence alone speaks for: the worst stands.
func (v *evidence) implies() State {
	unambiguouslyRefused := (v.refused || v.notSent) && !v.ambiguous && !v.confirmed
	switch {
	case v.doubled, v.completed && v.cancelled, (v.webhook || v.stated) && unambiguouslyRefused && !v.pending:
		return StateConflict
	case v.mismatch:
		return StateMismatch
	case v.confirmed, v.webhook, v.stated:
		return StateDone
	case v.pending:
		return StateOpen
	case v.ambiguous:
		return StateUnknown
	case v.refused:
		return StateRefused
	case v.notSent:
		return StateNotSent
	}
	return StateUnknown
}

// Fold tells an operation's state from its facts. It is pure: the same facts
// give the same entry, on any machine, at any time. An operation whose last
// attempt has no answer is StateOpen; whether its owner still lives is not
// among the facts, so [Journal] turns it into StateUnknown when it reads.
//
// A *DamageError is returned for facts that cannot be an operation: none, a
// gap in the numbering, an intent that is missing or not the first.
func Fold(facts []Fact) (Entry, error) {
	var e Entry
	for _, f := range facts {
		if err := e.apply(f); err != nil {
			return Entry{}, err
		}
	}
	if len(facts) == 0 {
		return Entry{}, &DamageError{Table: "facts", What: "no facts"}
	}
	return e, nil
}

func (e *Entry) apply(f Fact) error {
	next := len(e.Facts) + 1
	if _, isIntent := f.Content.(Intent); f.Position != next || isIntent != (next == 1) {
		return &DamageError{Table: "facts", Operation: f.Operation, Position: next, What: "order"}
	}
	before, endsDiffered, against := e.State, e.endsDiffer(), e.speaksAgainst(f.Content)
	switch c := f.Content.(type) {
	case Intent:
		if err := e.begin(f, c); err != nil {
			return err
		}
	case Attempt:
		e.Owner = c.Owner
		e.evidence.pending = true
		e.Decision = nil // a ruling is about what was sent before it
	case Answer:
		e.answered(c)
	case Webhook:
		e.observed(c)
	case Decision:
		e.decided(c, f)
	case Notice:
		e.notified(c)
	case Statement:
		e.stated(c)
	}
	e.Facts = append(e.Facts, f)
	e.evidence.contradicted = e.evidence.contradicted || against || !endsDiffered && e.endsDiffer()
	e.State = e.judge()
	switch {
	case e.State.Unsettled():
		e.SettledAt = time.Time{}
	case e.State != before || e.SettledAt.IsZero():
		e.SettledAt = f.At
	}
	e.pauseNotice()
	return nil
}

// judge weighs the last ruling against the evidence. Evidence that a ruling
// did not yet know and that contradicts it makes a conflict.
func (e *Entry) judge() State {
	implied := e.impliedNow()
	switch {
	case e.Decision == nil:
		return implied
	case e.evidence.contradicted:
		return StateConflict
	}
	ruled, _ := e.Decision.Ruling.settles()
	if implied == e.evidence.whenDecided || implied == ruled {
		return ruled
	}
	switch implied {
	case StateUnknown, StateOpen:
		return ruled // says nothing against it
	case StateNotSent:
		if ruled == StateRefused {
			return ruled
		}
	case StateDone, StateRefused, StateMismatch, StateConflict:
	}
	return StateConflict
}

// speaksAgainst reports that a fact contradicts the last ruling by itself. The
// sum of the evidence does not tell, where it was against the ruling already
// and the ruling was made in spite of it.
func (e *Entry) speaksAgainst(c Content) bool {
	if e.Decision == nil {
		return false
	}
	ruled, _ := e.Decision.Ruling.settles()
	switch c := c.(type) {
	case Webhook:
		otherSum := e.Decision.Ruling == RuledAccepted && c.HasAmount && c.Amount != e.Amount()
		return ruled == StateRefused || otherSum
	case Statement:
		return ruled == StateRefused || e.Decision.Ruling == RuledAccepted && c.Amount != e.Amount()
	case Answer:
		verdict, _ := api.ParseVerdict(c.Verdict)
		return ruled == StateRefused && (verdict == api.Done || verdict == api.Mismatch)
	}
	return false
}

func (e *Entry) begin(f Fact, c Intent) error {
	call, err := api.ParseCall(c.Kind, c.URL, f.Raw)
	if err != nil {
		return &DamageError{Table: "facts", Operation: f.Operation, Position: f.Position, What: err.Error()}
	}
	*e = Entry{
		ID: f.Operation, Profile: c.Profile, Sandbox: c.Sandbox, Desk: f.Desk, OSUser: f.OSUser,
		Call: call, KeyID: c.KeyID, ProjectUserID: c.ProjectUserID, Ref: c.Ref, Batch: c.Batch, Line: c.Line,
		Owner: c.Owner, CreatedAt: f.At, evidence: evidence{pending: true},
	}
	return nil
}

func (e *Entry) answered(c Answer) {
	v := &e.evidence
	before := v.implies()
	// An owner that lost its lock may be answered after another began to send
	// the same bytes: its answer counts, but does not end the other's attempt.
	if c.Owner == "" || c.Owner == e.Owner {
		v.pending = false
	}
	e.Attempts++
	// An id counts even in an answer that could not be believed otherwise: which
	// of two answers came first must make no difference.
	v.doubled = v.doubled || differ(e.DepositID, c.DepositID)
	v.mismatch = v.mismatch || differ(e.PayoutID, c.PayoutID)
	verdict, _ := api.ParseVerdict(c.Verdict)
	switch verdict {
	case api.Done:
		v.confirmed = true
	case api.Refused:
		v.refused = true
	case api.NotSent:
		v.notSent = true
	case api.Mismatch:
		v.mismatch = true
	case api.Unknown:
		v.ambiguous = true
	}
	// What is shown is the answer that decided the state: a refusal after an
	// ambiguous attempt must not read as if it were the operation's own.
	if after := v.implies(); after != before || verdict == api.Done || e.Attempts == 1 && after != StateDone {
		e.HTTPStatus, e.Message, e.Fields = c.HTTPStatus, c.Message, c.Fields
		if e.Code = c.Code; e.Code == "" {
			e.Code = string(c.Cause)
		}
	}
	e.claimed(c.Amount)
	e.DepositID = cmp.Or(e.DepositID, c.DepositID)
	e.PayoutID = cmp.Or(e.PayoutID, c.PayoutID)
	e.advance(c.PayoutStatus)
}

func (e *Entry) observed(c Webhook) {
	v := &e.evidence
	t := e.Call.Terms
	before := v.implies()
	v.webhook = true
	v.mismatch = v.mismatch ||
		c.HasAmount && c.Amount != t.Amount ||
		c.Currency != "" && c.Currency != t.Currency ||
		c.RequestID != "" && c.RequestID != t.RequestID ||
		differ(e.PayoutID, c.PayoutID)
	if after := v.implies(); after != before && after == StateDone {
		e.HTTPStatus, e.Code, e.Message, e.Fields = 0, "", "", nil // of an attempt whose answer was lost
	}
	e.claimed(c.Amount)
	e.PayoutID = cmp.Or(e.PayoutID, c.PayoutID)
	e.WebhookURL = cmp.Or(e.WebhookURL, c.WebhookURL)
	e.advance(c.Status)
}

// claimed keeps the first sum by which the project contradicts what was sent.
func (e *Entry) claimed(amount money.Amount) {
	if e.Claimed == 0 && amount != 0 && amount != e.Call.Terms.Amount {
		e.Claimed = amount
	}
}

// advance moves a payout's status on; its rank never falls, and of two
// opposite final ones the first stays (and makes a conflict).
func (e *Entry) advance(s api.PayoutStatus) {
	e.evidence.completed = e.evidence.completed || s == api.StatusCompleted
	e.evidence.cancelled = e.evidence.cancelled || s == api.StatusCancelled
	if s.Rank() > e.PayoutStatus.Rank() {
		e.PayoutStatus = s
	}
}

func (e *Entry) decided(c Decision, f Fact) {
	if _, settles := c.Ruling.settles(); settles {
		e.evidence.whenDecided = e.impliedNow()
		e.evidence.contradicted = false
		e.evidence.pending = false
		e.Decision = &c
		e.HTTPStatus, e.Code, e.Message, e.Fields = 0, "", "", nil // the word of a machine that no longer decides
		e.PayoutID = cmp.Or(e.PayoutID, c.PayoutID)
		if e.Call.Kind == api.KindPayout && c.Ruling != RuledNotCreated && e.PayoutStatus == "" {
			e.PayoutStatus = api.StatusPending
		}
		return
	}
	status := api.PayoutStatus(c.Ruling) // completed and cancelled are named alike
	call, err := api.ParseCall(api.KindNotice, c.URL, f.Raw)
	if err != nil {
		// The status stands although the notice cannot be read: it is stopped,
		// which asks for a person, and nothing is forgotten.
		e.Notice = &NoticeProgress{Status: status, State: NoticeStopped, LastError: err.Error()}
	} else {
		e.Notice = &NoticeProgress{Status: status, State: NoticeQueued, Call: call}
	}
	e.PayoutStatus = status
}

// differ reports two ids that were both given and are not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// fork gives a copy to which facts can be applied without changing the original.
func (e Entry) fork() Entry {
	e.Facts = slices.Clone(e.Facts)
	if e.Notice != nil {
		notice := *e.Notice
		e.Notice = &notice
	}
	return e
}

// With gives the entry as it would be with further facts: what is shown of an
// answer that could not be recorded.
func (e Entry) With(at time.Time, additions []Addition) Entry {
	e = e.fork()
	for _, a := range additions {
		f := Fact{Operation: e.ID, Position: len(e.Facts) + 1, At: at, Desk: e.Desk, OSUser: e.OSUser, Content: a.Content, Raw: a.Raw}
		if e.apply(f) != nil {
			break // only an intent can fail, and none is added
		}
	}
	return e
}
