package batch

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/money"
)

// Terms are what all rows of a batch have in common.
type Terms struct {
	Kind          api.Kind // KindDeposit, KindPayout or KindValidation
	Batch         string   // its name; may be empty where every row has a ref
	Currency      string   // of rows that name none
	PaymentMethod string   // likewise
	Again         bool     // equal rows are meant; what was refused is sent again
	SkipValidate  bool
}

// Order is what the row asks of the desk.
func (t Terms) Order(r Row) desk.Order {
	o := desk.Order{
		Kind: t.Kind, UserID: r.UserID, Amount: r.Amount, Currency: r.Currency, PaymentMethod: r.PaymentMethod, Ref: r.Ref,
		Batch: t.Batch, Line: r.Line, Again: t.Again, SkipValidate: t.SkipValidate, ReportRefused: !t.Again,
	}
	if t.Kind == api.KindPayout {
		o.RequestID = r.RequestID
	}
	if o.Currency == "" {
		o.Currency = t.Currency
	}
	if o.PaymentMethod == "" {
		o.PaymentMethod = t.PaymentMethod
	}
	return o
}

// Journal is what a check asks about rows. *desk.Desk is one.
type Journal interface {
	Priors(ctx context.Context, orders []desk.Order) ([]desk.Prior, error)
	BatchKeys(ctx context.Context, name string) (own, made bool, err error)
	BatchStanding(ctx context.Context, name string) iter.Seq2[desk.Standing, error]
	ShiftLeft(ctx context.Context, currency string) (money.Amount, bool, error)
}

// Balance is what a merchant account is expected to have left for a kind of
// operation, in minor units; false: it is not known. It is told, and holds
// nothing back.
type Balance func(ctx context.Context, kind api.Kind, currency string) (money.Amount, bool, error)

// A Check reads a batch and finds out what is wrong with it, before anything is
// sent. Rows is required.
type Check struct {
	Terms   Terms
	Rows    RowCheck
	Journal Journal // nil: nothing was ever recorded
	Balance Balance // nil: not known
	Expect  Expectation
	Limits  desk.Limits
}

// An Expectation is what whoever gave the file knows about it.
type Expectation struct {
	HasCount bool
	Count    int
	Sum      money.Amount // of all rows, minor units; 0: not given
}

// RowCheck finds what is wrong with an order: a *api.FieldError. Desk.Check is
// one.
type RowCheck func(desk.Order) error

// maxMistakes bounds how many mistakes are kept, and with them the memory that a
// file of nothing else takes; the others are counted.
const maxMistakes = 10000

// A Plan is a batch that was read and checked. Close it.
type Plan struct {
	Summary  Summary
	Mistakes []*Mistake // none: it may be run
	More     int        // mistakes beyond those kept

	spool *spool
}

// A Planned row is one that may be run.
type Planned struct {
	Row      Row
	Straight bool // the journal knows nothing of it

	wrong *RowError // it cannot be run, only reported
}

// Rows gives the rows as they were checked.
func (p *Plan) Rows() iter.Seq2[Planned, error] { return p.spool.rows() }

// Close removes what was kept of the rows.
func (p *Plan) Close() error { return p.spool.close() }

// A Total sums up the rows of a currency and payment method.
type Total struct {
	Currency, PaymentMethod string
	Rows                    int
	Sum                     money.Amount
}

// A Summary is what a person is told before they say yes.
type Summary struct {
	Rows   int
	Sum    money.Amount // of all rows, whatever their currency, as a spreadsheet adds them up
	Totals []Total
	Equal  int // rows that are equal to an earlier one but for their ref
	Above  int // rows over Limits.ConfirmAbove

	Done     int // rows that were done before, and will only be reported
	LastDone time.Time
	Refused  int     // rows that were refused before, likewise
	Open     int     // rows whose end is not known, likewise
	New      []Total // what is left to be sent, by currency

	Balances []AccountBalance
}

// An AccountBalance is what the merchant account has left for a currency, as
// far as is known.
type AccountBalance struct {
	Currency       string
	Expected, Need money.Amount
}

// Run reads the batch to its end. A *FormatError is a mistake that ends the
// reading, and is among the plan's mistakes as well.
func (c *Check) Run(ctx context.Context, in *Reader) (*Plan, error) {
	s, err := newSpool()
	if err != nil {
		return nil, err
	}
	k := checking{Check: c, ctx: ctx, plan: &Plan{spool: s}, keys: Keys{Batch: c.Terms.Batch, Journal: c.Journal}}
	if err := k.run(in); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return k.plan, nil
}
