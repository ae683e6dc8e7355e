package desk

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// Sender signs and sends a call, once, and says what came of it. *api.Client
// is one.
type Sender interface {
	Send(ctx context.Context, call api.Call) api.Outcome
}

// Limits are the desk's own bounds, in minor units; zero means no bound.
type Limits struct {
	DepositMax money.Amount // for one deposit
	PayoutMax  money.Amount // for one payout
	ShiftMax   money.Amount // for everything since ShiftSince, per currency
	ShiftSince time.Time    // local midnight; of no account with ShiftFirst
	ShiftFirst int64        // the first operation of the open shift; 0: none is open

	// ConfirmAbove holds back one operation above it, where nobody is there to
	// confirm its amount: the rows of an endless batch.
	ConfirmAbove money.Amount
}

// A Desk moves money by the rules. Journal, Client and Now are required; it is
// safe for concurrent use once its fields are set.
type Desk struct {
	Journal *journal.Journal
	Client  Sender // for validations, deposits and payouts

	// Notices sends Webhook 2. It dials only what a webhook_url may name; nil
	// means that nothing is delivered from here.
	Notices Sender

	Now func() time.Time

	// Sleep waits, or returns early with the context's error. Nil: a timer.
	Sleep func(context.Context, time.Duration) error

	// Confirm asks the operator before anything is written; nil: not asked. Its
	// error is returned as it is, and nothing is sent.
	Confirm func(context.Context, Preview) error

	// Stop is closed when the operator wants no more: nothing new begins and
	// nothing is repeated, but an answer that is awaited is awaited. The
	// contexts given to methods, when cancelled, give up that wait as well.
	Stop <-chan struct{}

	// Waiting is called when a request is in flight and Stop closes, so that
	// the operator can be told; nil: nobody is.
	Waiting func()

	Profile   string
	Sandbox   bool
	APIKey    string // its fingerprint is recorded, not the key
	Endpoints api.Endpoints
	Limits    Limits
	Window    time.Duration // how long an equal done operation holds one back

	// Passing is called at each [Point] that an order passes; nil: nobody is. It
	// is there for fault trials, which end the process at one of them.
	Passing func(Point)

	// NoticeHosts are hosts, with a port where it is not the scheme's own, that
	// a webhook_url may name besides the profile's own.
	NoticeHosts []string
}

// ErrStopped is returned when the operator stopped before anything was sent.
var ErrStopped = errors.New("stopped before anything was sent")

// An Order is what an operator asks for.
type Order struct {
	Kind          api.Kind // KindDeposit or KindPayout
	UserID        string
	Amount        money.Amount // minor units
	Currency      string
	PaymentMethod string
	RequestID     string // of a payout; empty: Ref, else a new UUIDv7
	Ref           string
	Batch         string // the batch it is a row of; without a Ref, its name and Line are one
	Line          int
	Again         bool // an equal operation a moment ago is meant to be repeated
	SkipValidate  bool

	ReportRefused bool // see journal.Proposal: a batch that is run again
	Straight      bool // nobody is asked and nothing is known of it: Begin alone says what holds it back

	// Stands is of use with Again, see journal.Guard: a stream's rows are not known
	// before they come. Nil: the whole batch is known.
	Stands func(line int) bool

	// Answered is called when the project has said that it is done, and only the
	// record of that is still to be written; nil: nobody is.
	Answered func()
}

// terms are what makes the order the same as another, or not.
func (o Order) terms() api.Terms {
	t := api.Terms{UserID: o.UserID, Amount: o.Amount, Currency: o.Currency, PaymentMethod: o.PaymentMethod}
	if o.Kind == api.KindPayout {
		t.RequestID = o.RequestID
	}
	return t
}

// A Preview is what the operator confirms.
type Preview struct {
	Order         Order
	ProjectUserID string       // the project's own id of the user; empty: not validated
	MaxAmount     money.Amount // minor units; see HasMaxAmount
	HasMaxAmount  bool
	Profile       string
	Sandbox       bool
}

// A Receipt is what came of an order.
type Receipt struct {
	// Entry is the operation. Its ID is 0 if nothing was begun: then State,
	// Code and Message say what the validation came to, or nothing if Held.
	Entry journal.Entry

	Held     *journal.HeldError // nothing was sent; see its Reason
	Replayed bool               // recorded earlier; nothing was sent now
	Recorded bool               // false: answered, but the answer could not be written

	// RecordError says why it could not. With Recorded it is about a notice
	// whose delivery could not even be begun: nothing was sent, it stays queued.
	RecordError error

	ServerDate time.Time     // the clock of the project, from its last answer; zero: none
	RetryAfter time.Duration // of a 429 or 503; 0: not said
}

// RefusesCredentials reports that the project refused the signature, the key
// or the clock rather than the operation.
func (r Receipt) RefusesCredentials() bool {
	e := r.Entry
	return e.State == journal.StateRefused && e.Decision == nil &&
		api.Outcome{Verdict: api.Refused, HTTPStatus: e.HTTPStatus, Code: e.Code}.RefusesCredentials()
}

// Check finds what is wrong with the order before anything is asked of the
// network: a *api.FieldError. It needs no address.
func (d *Desk) Check(o Order) error {
	o, err := identify(o)
	if err != nil {
		return err
	}
	return d.request(o).Check()
}

// request is a deposit or a payout on its way to be frozen.
type request interface {
	Check() error
	Call(to api.Endpoints) (api.Call, error)
}

func (d *Desk) request(o Order) request {
	if o.Kind == api.KindPayout {
		return api.Payout{
			UserID: o.UserID, Amount: o.Amount, Currency: o.Currency, PaymentMethod: o.PaymentMethod,
			RequestID: o.RequestID, Timestamp: d.Now(),
		}
	}
	return api.Deposit{
		UserID: o.UserID, Amount: o.Amount, Currency: o.Currency, PaymentMethod: o.PaymentMethod, Timestamp: d.Now(),
	}
}

// freeze makes the bytes that are signed, sent and recorded.
func (d *Desk) freeze(o Order) (api.Call, error) { return d.request(o).Call(d.Endpoints) }

// Freeze gives the call that the order would send now, for a dry run.
func (d *Desk) Freeze(o Order) (api.Call, error) {
	o, err := identify(o)
	if err != nil {
		return api.Call{}, err
	}
	return d.freeze(o)
}

func (d *Desk) stopped() bool {
	select {
	case <-d.Stop:
		return true
	default:
		return false
	}
}

// agreed asks for consent where somebody is to be asked, who may think so long
// that the command is stopped meanwhile.
func (d *Desk) agreed(e journal.Entry, confirm func(journal.Entry) error) error {
	if confirm != nil {
		if err := confirm(e); err != nil {
			return err
		}
	}
	if d.stopped() {
		return ErrStopped
	}
	return nil
}

func (d *Desk) sleep(ctx context.Context, wait time.Duration) error {
	if d.Sleep != nil {
		return d.Sleep(ctx, wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-d.Stop:
		return ErrStopped
	}
}

// ownHosts are the hosts of the profile's own addresses.
func (d *Desk) ownHosts() []string {
	origins, err := d.Endpoints.Origins()
	if err != nil {
		return nil
	}
	hosts := make([]string, 0, len(origins))
	for _, origin := range origins {
		if u, err := url.Parse(origin); err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}
