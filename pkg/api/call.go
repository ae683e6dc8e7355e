package api

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/money"
)

// Kind says which endpoint a Call is for.
type Kind string

// The four requests that a cash desk makes.
const (
	KindValidation Kind = "validation" // section 2, asks whether a user may move money
	KindDeposit    Kind = "deposit"    // section 3, credits a user
	KindPayout     Kind = "payout"     // section 4, asks for a payout
	KindNotice     Kind = "notice"     // section 5, Webhook 2: the final status of a payout
)

// MovesMoney reports whether the kind must be in the journal before it is sent.
func (k Kind) MovesMoney() bool { return k == KindDeposit || k == KindPayout }

// A Call is one request with its body frozen: what is signed, sent and recorded
// are these bytes and no others. Terms is what the body says, read back from
// it, so that an answer can be held against it and the journal can be searched.
type Call struct {
	Kind  Kind
	URL   string
	Body  []byte
	Terms Terms

	// Repeatable says that the project promises the same result for the same
	// body: true for a validation, for a payout (its request_id, section 4) and
	// for a notice; never for a deposit, which has no request id.
	Repeatable bool
}

// Terms are the members of a request body that matter beyond the wire. Members
// that a kind does not have are zero.
type Terms struct {
	UserID        string
	Amount        money.Amount // minor units
	Currency      string       // ISO 4217
	PaymentMethod string
	RequestID     string
	PayoutID      string
	Status        string // "paid" of a deposit, the final status of a notice
	Timestamp     string // the body's own, as sent
}

// Endpoints are the addresses of a project: the origin, the path prefix of
// sections 2 and 3, and the full URL of section 4, which lies elsewhere.
type Endpoints struct {
	BaseURL   string // "https://project.example", no trailing slash
	APIPrefix string // "/api/v4/payments/raisboy"
	PayoutURL string // full; empty: BaseURL + "/api/payout/create"
}

// Paths of the document.
const (
	defaultAPIPrefix  = "/api/v4/payments/raisboy"
	defaultPayoutPath = "/api/payout/create"
)

// URL gives the address of a kind of request; a notice has none of its own, it
// goes to the webhook_url of Webhook 1.
func (e Endpoints) URL(kind Kind) string {
	base := strings.TrimRight(e.BaseURL, "/")
	prefix := e.APIPrefix
	if prefix == "" {
		prefix = defaultAPIPrefix
	}
	prefix = "/" + strings.Trim(prefix, "/")
	switch kind {
	case KindValidation:
		return base + prefix + "/validate-user"
	case KindDeposit:
		return base + prefix + "/deposit/create"
	case KindPayout:
		if e.PayoutURL != "" {
			return e.PayoutURL
		}
		return base + defaultPayoutPath
	case KindNotice:
	}
	return ""
}

// Origins lists the distinct scheme://host[:port] that requests to these
// endpoints go to, the base URL's first. The journal binds a profile to them.
func (e Endpoints) Origins() ([]string, error) {
	var origins []string
	for _, raw := range []string{e.BaseURL, e.URL(KindPayout)} {
		u, err := url.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("address %q: %w", raw, err)
		}
		if u.Scheme == "" || u.Host == "" {
			return nil, fmt.Errorf("address %q: %w", raw, ErrNoOrigin)
		}
		origin := strings.ToLower(u.Scheme + "://" + u.Host)
		if len(origins) == 0 || origins[0] != origin {
			origins = append(origins, origin)
		}
	}
	return origins, nil
}

// ErrNoOrigin is returned for an address without a scheme or a host.
var ErrNoOrigin = errors.New("scheme or host is missing")

// PayoutStatus is where a payout stands (sections 4 and 5).
type PayoutStatus string

// The statuses of a payout in the order in which they follow each other;
// completed and cancelled are both final.
const (
	StatusPending   PayoutStatus = "pending"
	StatusAccepted  PayoutStatus = "accepted"
	StatusCompleted PayoutStatus = "completed"
	StatusCancelled PayoutStatus = "cancelled"
)

// Rank orders the statuses: 1 pending, 2 accepted, 3 either final one, 0 for
// what the document does not know. A payout's rank never falls.
func (s PayoutStatus) Rank() int {
	switch s {
	case StatusPending:
		return 1
	case StatusAccepted:
		return 2
	case StatusCompleted, StatusCancelled:
		return 3
	}
	return 0
}

// Final reports whether nothing can follow.
func (s PayoutStatus) Final() bool { return s.Rank() == 3 }

// bodyTimestamp prints a time as the document's bodies do:
// 2025-11-27T12:39:17.281+00:00, always UTC, always with its offset.
func bodyTimestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000+00:00")
}
