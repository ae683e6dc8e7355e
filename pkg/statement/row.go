package statement

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/money"
)

// Booking says what a line's status means for its money. The zero value proves
// nothing.
type Booking uint8

// The bookings.
const (
	Unproven Booking = iota // pending, or a status that nobody here knows
	Failed                  // called off or refused: no money moved
	Booked                  // the money moved; so says a line of a statement without statuses
)

// A Row is one line of a statement about a deposit or a payout.
type Row struct {
	Line          int    // in the file, from 1
	Raw           []byte // the line as it stands there, without its end
	Kind          api.Kind
	ID            string // the project's deposit_id or payout_id; see OwnID
	OwnID         bool   // the id may be the partner's own number: that it is another proves nothing
	RequestID     string
	UserID        string
	ProjectUserID string
	Amount        money.Amount // minor units, without a sign
	Currency      string
	Booking       Booking
	Status        string // as it stands in the file; untrusted text

	// From and Until bound the time that the line says: a minute where it says
	// no seconds, a day where it says only that, both hours where a clock that is
	// set back showed it twice. Until is not included. Both are zero if it says
	// none.
	From, Until time.Time
	Zoned       bool // it says in which zone that is

	// Key identifies the line in whichever file it stands: by its id, and
	// without one by everything else. See [journal.Statement].
	Key string
}

// An Ignored line is about neither a deposit nor a payout.
type Ignored struct {
	Line   int
	Raw    []byte
	Reason IgnoredReason

	about    Row  // whom and what it names, of IgnoredKind
	fee      bool // by its own word
	takeback bool // by its own word it takes back what another line gave
}

// IgnoredReason says why a line was passed over.
type IgnoredReason string

// The reasons.
const (
	IgnoredNobody IgnoredReason = "no_user_or_id" // a total, a heading, an empty line
	IgnoredKind   IgnoredReason = "kind"          // a fee, a top-up: of another kind, by its own words
	IgnoredZero   IgnoredReason = "zero"          // a sum of nothing
	IgnoredHeader IgnoredReason = "header"        // the header once more
)

// A File is a statement as it was read.
type File struct {
	Digest  string // SHA-256 of its bytes, in hex
	Rows    []Row  // in the file's order
	Ignored []Ignored
}

// About checks that the statement says anything: one of which no line is about
// a deposit or a payout was most likely not understood, and agrees with
// everything. The error is an *[Error].
func (f *File) About() error {
	if len(f.Rows) > 0 {
		return nil
	}
	problem := &Error{Problem: ProblemNothing}
	for _, i := range f.Ignored {
		if i.Reason == IgnoredKind {
			problem.Line, problem.Value = i.Line, cut(string(i.Raw))
			break
		}
	}
	return problem
}

// identify gives every row its key. Rows that say the same and have no id are
// told apart by number, in an order that does not depend on their place.
func identify(profile string, rows []Row) {
	same := map[string][]*Row{}
	for i := range rows {
		r := &rows[i]
		switch {
		case r.ID != "":
			r.Key = hashed(profile, string(r.Kind), "id", r.ID)
		case r.RequestID != "":
			r.Key = hashed(profile, string(r.Kind), "request", r.RequestID)
		default:
			key := strings.Join([]string{r.UserID, r.ProjectUserID, r.Amount.String(), r.Currency, stampOf(r.From), stampOf(r.Until)}, "\x00")
			same[string(r.Kind)+"\x00"+key] = append(same[string(r.Kind)+"\x00"+key], r)
		}
	}
	for key, equal := range same {
		slices.SortStableFunc(equal, func(a, b *Row) int {
			if a.Booking != b.Booking {
				return int(b.Booking) - int(a.Booking) // what is booked keeps its number if others come and go
			}
			return strings.Compare(string(a.Raw), string(b.Raw))
		})
		for n, r := range equal {
			r.Key = hashed(profile, "terms", key, strconv.Itoa(n+1))
		}
	}
}

func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// hashed makes one short name of several texts, none of which run together.
func hashed(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}
