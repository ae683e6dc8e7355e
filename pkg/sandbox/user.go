package sandbox

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/raisboy/raisboy/pkg/money"
)

// plainMax is what a plain user may move at a time.
const plainMax money.Amount = 1_000_000_00

// user is what the sandbox knows about a user_id; the package comment has the
// table.
type user struct {
	projectID  string // the id that validation answers with
	max        money.Amount
	unbounded  bool // no max_amount
	atValidate refusal
	atCreate   refusal
	conduct    Conduct // at creation
	mismatch   bool    // a payout's answer shows another amount
}

// refusal is an answer that a user always gets; the zero value is none. A 415,
// and a 400 without a name, have Grape's shape.
type refusal struct {
	status int
	name   string
}

func (r refusal) is() bool { return r.status != 0 }

func (r refusal) answer(s shape) answer {
	switch {
	case r.status == http.StatusUnsupportedMediaType:
		return unsupportedType("application/json")
	case r.name == "":
		return grapeFields([]problem{{"user_id", "presence"}})
	}
	return s.refuse(r.status, r.name)
}

// lookUp finds a user by the id sent.
func lookUp(id string) user {
	name, _, marked := strings.Cut(id, "-")
	u := user{projectID: id, max: plainMax}
	if !plain(id, "-_") || len(id) > maxID || !plain(name, "") {
		return unknown(u)
	}
	if special(&u, name) || !marked {
		return u
	}
	return unknown(u)
}

// unknown makes u a user who does not exist.
func unknown(u user) user {
	u.atValidate = refusal{http.StatusNotFound, "USER_NOT_FOUND"}
	u.atCreate = refusal{http.StatusNotFound, "PROJECT_NOT_FOUND"}
	return u
}

// special gives u the conduct that its name stands for, and tells whether the
// name stands for one.
func special(u *user, name string) bool {
	if limit, ok := limitOf(name); ok {
		u.max = limit
		return true
	}
	switch name {
	case "2564568": // the document's own example
		u.projectID, u.max = "#KXA1234", 5000_00
	case "unomax":
		u.unbounded = true
	case "mismatch":
		u.mismatch = true
	case "u404":
		*u = unknown(*u)
	case "u403":
		u.atValidate = refusal{http.StatusForbidden, "PROHIBITED_FOR_USER"}
		u.atCreate = u.atValidate
	case "u401":
		u.atValidate = refusal{http.StatusUnauthorized, "INVALID_SIGNATURE"}
		u.atCreate = u.atValidate
	case "u415":
		u.atValidate = refusal{status: http.StatusUnsupportedMediaType}
		u.atCreate = u.atValidate
	case "u400":
		u.atValidate = refusal{status: http.StatusBadRequest}
		u.atCreate = u.atValidate
	default:
		return misbehaving(u, name)
	}
	return true
}

// misbehaving is the part of special for those who validate normally.
func misbehaving(u *user, name string) bool {
	switch name {
	case "drop":
		u.conduct = DropAfter
	case "e500":
		u.conduct = E500
	case "html":
		u.conduct = HTML
	case "truncated":
		u.conduct = Truncate
	case "slow":
		u.conduct = Slow
	case "u429":
		u.conduct = TooMany
	case "u302":
		u.conduct = Found
	case "dup":
		u.atCreate = refusal{http.StatusBadRequest, "DEPOSIT_ALREADY_PROCESSED"}
	case "currency":
		u.atCreate = refusal{http.StatusBadRequest, "CURRENCY_NOT_SUPPORTED"}
	case "method":
		u.atCreate = refusal{http.StatusBadRequest, "UNSUPPORTED_PAYMENT_METHOD"}
	case "badstatus":
		u.atCreate = refusal{http.StatusBadRequest, "INVALID_STATUS"}
	case "noproject":
		u.atCreate = refusal{http.StatusNotFound, "PROJECT_NOT_FOUND"}
	default:
		return false
	}
	return true
}

// limitOf reads the limit in umax<N>, whole units of the currency.
func limitOf(name string) (money.Amount, bool) {
	digits, found := strings.CutPrefix(name, "umax")
	if !found || len(digits) > 10 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return money.Amount(n * 100), err == nil
}

// plain reports that a name is made of Latin letters, digits and what is allowed
// besides.
func plain(s, besides string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(besides, r)
	})
}
